"""French verbs in forms that the parser knows badly, and verbs it knows well to stand in their place."""

import re
from collections.abc import Iterator
from functools import cache

from frontlines import data
from frontlines.lexicon import acts

_OF = re.compile(r" (?:de|des|du|par|à|au|aux) | d['’]")
_ARTICLE = re.compile(r" (?:les?|la|ses|tous|leurs) | l['’]|(?= [A-ZÉ])")
_STOPS = (".", "!", "?", "»", ". ", "»", ".»")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@cache
def _words(name: str) -> frozenset[str]:
    rows = data.table("codebook/classes.fr")
    return frozenset(";".join(rows.loc[rows["class"] == name, "lemmas"]).split(";"))


@cache
def _pairs(name: str) -> dict[str, list[str]]:
    """Read a class of words that each stand for others: ``pris=prendre``."""
    return {word: rest.split("/") for word, _, rest in (cell.partition("=") for cell in _words(name))}


@cache
def moved(name: str = "moved") -> dict[str, tuple[str, str]]:
    """
    Give past participles that the parser takes for nouns.

    Parameters
    ----------
    name
        A class of stems with their verbs: ``moved``, or ``opening`` for those that open a sentence.

    Returns
    -------
    dict
        Form to infinitive and ending.
    """
    stems = _pairs(name).items()
    return {stem + end: (verb, end) for stem, (verb,) in stems for end in ("", "e", "s", "es")}


def conjugate(verb: str) -> dict[str, str]:
    """
    Give the forms of the third person of a verb in -er.

    Parameters
    ----------
    verb
        Its infinitive.

    Returns
    -------
    dict
        Form to ending.
    """
    stem = verb.removesuffix("er")
    soft = re.sub("c$", "ç", re.sub("g$", "ge", stem))
    closed = re.sub("(?:e(?=[^aeiouyé]$)|é(?=[^aeiouyé]{1,2}$))", "è", re.sub("y$", "i", stem))
    if re.search("(?:pel|jet)$", stem):
        closed = stem + stem[-1]
    grave = closed if not re.search("é[^aeiouyé]{1,2}$", stem) else stem
    forms = {closed + "e": "e", closed + "ent": "ent", stem + "èrent": "èrent"}
    forms |= {soft + ending: ending for ending in ("ait", "aient", "a")}
    return forms | {grave + ending: ending for ending in ("era", "eront", "erait", "eraient")}


@cache
def forms() -> dict[str, tuple[str, str]]:
    """
    Give the forms that are read by a stand-in, of the verbs of the trigger table.

    Returns
    -------
    dict
        Form to infinitive and ending.
    """
    spoken = {*data.table("codebook/speech.fr")["lemma"], *_words("governing")}
    verbs = {v.removeprefix("se ") for v in acts("fr", "VERB")} - spoken
    known: dict[str, tuple[str, str]] = {}
    for verb in sorted(v for v in verbs if v.endswith("er") and " " not in v):
        for form, ending in conjugate(verb).items():
            known.setdefault(form, (verb, ending))
    del known["entre"]  # "between", far more often
    return known | {form: (verb, ending) for form, (verb, ending) in _pairs("irregular").items()}


@cache
def participles() -> dict[str, str]:
    """
    Give the past participles of the verbs in -er of the trigger table.

    Returns
    -------
    dict
        Form to infinitive. The parser takes one with a capital for a name.
    """
    verbs = {v.removeprefix("se ") for v in acts("fr", "VERB")}
    verbs = {v for v in verbs if v.endswith("er") and " " not in v}
    return {v.removesuffix("er") + end: v for v in sorted(verbs) for end in ("é", "ée", "és", "ées")}


@cache
def infinitives() -> dict[str, str]:
    """
    Give the infinitive of every form that `find` may find.

    Returns
    -------
    dict
        Form to infinitive.
    """
    known = {form: verb for form, (verb, _) in (forms() | moved("opening")).items()}
    return _acts() | known | participles()


@cache
def _acts() -> dict[str, str]:
    """Give the nouns of the trigger table: one that opens a sentence may be unknown to the parser."""
    nouns = acts("fr", "NOUN") - _words("mark")
    return {noun: noun for noun in sorted(nouns)}


def find(
    text: str, start: int, end: int, names: set[int], nouns: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    """
    Find the forms in a paragraph that are read by a stand-in.

    Parameters
    ----------
    text
        The raw dispatch.
    start, end
        Offsets of the paragraph.
    names
        Offsets at which a mention of a place or an actor ends: a form behind one is a verb.
    nouns
        Words that are nouns or adjectives too.

    Yields
    ------
    tuple of (int, int, str)
        Offsets, and the stand-in.
    """
    table, known = forms(), infinitives()
    before, stopped = "", start
    for match in _WORD.finditer(text, start, end):
        (begin, finish), word = match.span(), match[0].lower()
        if word in known:
            apart = text[stopped:begin]
            elided = apart in ("'", "’")
            before = f"{before}'" if elided else before
            opens = begin == start or text[max(start, begin - 3) : begin].strip(" «") in _STOPS
            if opens and (stand_in := _opening(word, text, finish, raised=match[0] != word)):
                yield begin, finish, stand_in
            elif word in table and (stopped != start or before):
                ending = table[word][1]
                if _is_verb(word, ending, before, apart, nouns, named=stopped in names):
                    yield begin, finish, _pairs("endings")[ending][elided]
        before, stopped = word, finish


def is_act(text: str, start: int, end: int) -> bool:
    """
    Tell whether what looks like a name is a noun for an act: "Libération des détenus de X".

    Parameters
    ----------
    text
        The raw dispatch.
    start, end
        Offsets of the mention.

    Returns
    -------
    bool
        True for a word of the trigger table before a preposition that says of what, or by whom.
    """
    word, before = text[start:end].lower(), text[max(0, start - 9) : start].lower().split()
    # "le Quai d'Orsay presse ses ressortissants": no media
    told = word in _pairs("irregular") and _ARTICLE.match(text, end) and before[-1:] not in ([], ["la"])
    return bool(told) or (word in _acts() and _OF.match(text, end) is not None)


def _opening(word: str, text: str, end: int, *, raised: bool) -> str:
    """Give what stands for the first word of a sentence: a noun for an act, a participle; else nothing."""
    if word in _acts() and _OF.match(text, end):
        return "Destruction"
    if raised and word in moved("opening"):
        verb, ending = moved("opening")[word]
        return ("forcé" if verb == "contraindre" else "arraché") + ending
    return word if raised and word in participles() else ""


def _is_verb(word: str, ending: str, before: str, apart: str, nouns: frozenset[str], *, named: bool) -> bool:
    if before in _words("before_verb") or ending not in ("e", "ent", "a", "wants", "want"):
        return True
    if apart.strip() not in ("", "'", "’", ")", ","):
        return False
    if word in nouns:
        return named and not apart.strip(" )")
    if ending == "ent":
        return True
    return before not in _words("before_noun")
