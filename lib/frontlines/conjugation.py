"""French verbs in forms that the parser knows badly, and verbs it knows well to stand in their place."""

import re
from collections.abc import Iterator
from functools import cache

from frontlines import data

# endings of the third person; what stands in for a verb in them, before a consonant or behind an elision
_ENDINGS = {
    "e": ("porte", "apporte"),
    "ent": ("trouvent", "étudient"),
    "ait": ("portait", "évoquait"),
    "aient": ("trouvaient", "évitaient"),
    "a": ("porta", "évoqua"),
    "èrent": ("trouvèrent", "évitèrent"),
    "wants": ("veut", "espère"),
    "want": ("veulent", "espèrent"),
    "era": ("trouvera", "évitera"),
    "eront": ("trouveront", "éviteront"),
    "erait": ("porterait", "éviterait"),
    "eraient": ("trouveraient", "apporteraient"),
}
_IRREGULAR = {
    "dément": ("démentir", "e"),
    "conquiert": ("conquérir", "e"),
    "accueille": ("accueillir", "e"),
    "pressent": ("presser", "ent"),
    "compte": ("compter", "wants"),
    "comptent": ("compter", "want"),
}
_STOPS = (".", "!", "?", "»", ". ", "»", ".»")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@cache
def _words(name: str) -> frozenset[str]:
    rows = data.table("codebook/classes.fr")
    return frozenset(";".join(rows.loc[rows["class"] == name, "lemmas"]).split(";"))


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
    closed = re.sub("[eé]([^aeiouyé]{1,2})$", r"è\1", re.sub("y$", "i", stem))
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
    rows = data.table("codebook/triggers.fr")
    spoken = {*data.table("codebook/speech.fr")["lemma"], *_words("governing")}
    verbs = {v.removeprefix("se ") for v in rows.loc[rows["pos"] == "VERB", "trigger"]} - spoken
    known: dict[str, tuple[str, str]] = {}
    for verb in sorted(v for v in verbs if v.endswith("er") and " " not in v):
        for form, ending in conjugate(verb).items():
            known.setdefault(form, (verb, ending))
    del known["entre"]  # "between", far more often
    return known | _IRREGULAR


@cache
def participles() -> dict[str, str]:
    """
    Give the past participles of the verbs in -er of the trigger table.

    Returns
    -------
    dict
        Form to infinitive. The parser takes one with a capital for a name.
    """
    rows = data.table("codebook/triggers.fr")
    verbs = {v.removeprefix("se ") for v in rows.loc[rows["pos"] == "VERB", "trigger"]}
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
    return participles() | {form: verb for form, (verb, _) in forms().items()}


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
    table = forms()
    before, stopped = "", start
    for match in _WORD.finditer(text, start, end):
        word = match[0].lower()
        apart = text[stopped : match.start()]
        elided = apart in ("'", "’")
        before = f"{before}'" if elided else before
        opens = (
            match.start() == start
            or text[max(start, match.start() - 3) : match.start()].strip(" «") in _STOPS
        )
        if opens and match[0] != word and word in participles():
            yield match.start(), match.end(), word
        elif word in table and (stopped != start or before):
            ending = table[word][1]
            if _is_verb(word, ending, before, apart, nouns, named=stopped in names):
                yield match.start(), match.end(), _ENDINGS[ending][elided]
        before, stopped = word, match.end()


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
