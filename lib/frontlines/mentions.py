"""Place mentions in running text: the known names settled, the unknown heard, each with its choice."""

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import compress
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np

from frontlines import borderlines, folding, hits, metonyms, readings, tokens, toponyms
from frontlines.tokens import Tokens
from frontlines.toponyms import Choice, Hints, Index, Mention

_UPPER = "".join(chr(c) for c in range(0x250) if chr(c).isupper())
_ARTICLE = r"(?:[AaEeUuÜü]l|[AaEe][rstdnz]|[Aa][sdt]h|[Ee]ch|[Ee]ş)"
_WORD = rf"(?:{_ARTICLE}[-‐]|[AaEe]l )?[{_UPPER}][\w'’ʿʾ`]+(?:[-‐][\w'’ʿʾ`]+)*"
_SUFFIX = re.compile(r"['’](?:s|n?[ıiuü]n|n?[dt][ae]n?|[yn]?[aeıiuü]|l[ıiuü])$")
_UNKNOWN = re.compile(rf"(?<![\w'’-])(?:{_WORD})(?: (?:{_WORD})){{0,2}}")
_NAME_GOES_ON = re.compile(rf"[ -]((?:{_ARTICLE}[- ])?[{_UPPER}][\w'’ʿʾ`]+)")
_LOWER_ARTICLE = re.compile(_ARTICLE.replace("[AaEeUuÜü]l", "[aeuü]l") + "[-‐]")
_CAPITAL_BEFORE = re.compile(rf"(?<!\w)([{_UPPER}][\w'’ʿʾ`]+) $")
_SENTENCE_START = re.compile(r"(?:^|[.!?:…»”\"\n–—-]\s*|[«“(]\s*)$")
_INHABITED = toponyms.SETTLEMENTS | {"neighbourhood", "district", "governorate"}
_NEARLY = toponyms.SETTLEMENTS | {"neighbourhood", "crossing"}  # kinds of a name a consonant away
_BESIDE = 200  # characters: places named so near to each other belong together
_REMEMBERED = 100_000  # choices that are kept
_CLEAR = 0.9  # of a choice: others may be made by it
_AROUND = 12  # places on each side that are looked at


class Finder:
    """The names and tables that finding needs, built once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.words = readings.words()
        self.hits = hits.Hits(index)
        self._plain: dict[tuple[object, ...], Choice | None] = {}
        self._named = tokens.Memory(self._name)
        # words that sound like no place even after a word that says place
        self._mute = tokens.Memory(lambda word: len(word) < 4 or not self._heard(word, True, 0.0))

    def find(self, text: str, language: str | None) -> list[Mention]:
        """Give the mentions of `text`, each with its choice, in their order."""
        told = Tokens(text, self.words.signs)
        around = hits.surroundings(told)
        known, masked = self.hits.find(told, around)
        found = []
        for mention in hits.settled(borderlines.borders(told, self.index) + known, masked):
            if mention.look & hits.AROUND:
                self._read_around(told, mention)
            if not mention.look & ~hits.AROUND:
                found.append(mention)
            elif not self._needs_more(told, mention, language) and (longer := self._longer(told, mention)):
                found.append(longer)
        found = hits.settled(found + list(self._unknown(told, around, found, masked)), [])
        self._choose(told, found)
        metonyms.mark(told, found, self.index)
        return found

    def _read_around(self, told: Tokens, mention: Mention) -> None:
        """Read the kind words before and after; take a site's kind word into the mention."""
        kind, site, start, end, cue = self.words.around(told, mention.start, mention.end)
        mention.cue = cue
        if not kind:
            return
        mention.hints = _hints(kind, site)
        kinds = mention.hints.kinds
        fitting = [p for p in mention.candidates if self.index.kinds[p] in kinds]
        if not fitting and not site:
            fitting = self._of_kind(
                told.text, mention, kinds, (min(start, mention.start), max(end, mention.end))
            )
            mention.candidates = tuple(fitting) or mention.candidates
        if site:
            fitting = self.words.sites_of(self.index, mention.candidates, site)
            mention.candidates = tuple(fitting) or mention.candidates
        if fitting and kind in ("site", "square", "crossing", "region", "road", "river"):
            mention.start, mention.end = min(start, mention.start), max(end, mention.end)
            mention.method = "exact; kind word"

    def _of_kind(
        self, text: str, mention: Mention, kinds: frozenset[str], wide: tuple[int, int]
    ) -> list[int]:
        """Give the places of a kind that have this name with its kind word, or one that sounds like it."""
        words = self.index.folded.get(" ".join(folding.words(text[slice(*wide)])), [])
        found = [p for p in words if self.index.kinds[p] in kinds]
        if found or not mention.candidates:
            return found
        name = text[mention.start : mention.end]
        return [p for p, _, _ in self.index.ear.likely(name, told=1) if self.index.kinds[p] in kinds]

    def _needs_more(self, told: Tokens, mention: Mention, language: str | None) -> bool:
        """Tell whether the words are an ordinary word or a person's, and nothing beside them says place."""
        text, look = told.text, mention.look
        if mention.hints.kinds or mention.method.startswith("border"):
            return False
        name = text[mention.start : mention.end]
        raw = " ".join(folding.words(name)) if look & (hits.ORDINARY | hits.DOUBLE) else ""
        if look & hits.ORDINARY and self.words.ordinary(raw, language):
            cue = mention.cue or self.words.around(told, mention.start, mention.end)[-1]
            return name.isupper() or not cue or bool("\u0621" <= raw[0] <= "\u064a")
        after = _NAME_GOES_ON.match(text, mention.end) if look & hits.DOUBLE else None
        if after and self.words.also_person(raw) and not name.isupper():
            return not self.words.known_word(after[1])
        if not look & hits.BEHIND:
            return False
        first = told.first(mention.start)
        minor = bool(look & hits.MINOR) and self.words.named_before(told, first)
        return minor or self.words.person_before(told, first)

    def _longer(self, told: Tokens, mention: Mention) -> Mention | None:
        """Give the longer name that a name such as Qara or Tall begins, if it does; none: left to the ear."""
        text = told.text
        if mention.look & hits.ARTICLE and self._ends_other(text, mention):
            return None
        begins = mention.look & hits.AHEAD and mention.method == "exact"
        more = _NAME_GOES_ON.match(text, mention.end) if begins else None
        name = text[mention.start : more.end()] if more else ""
        if not more or " " in text[mention.start : mention.end] or self.words.known_word(more[1]):
            return mention
        likely = [(p, s) for p, s, same in self.index.ear.likely(name, told=1) if same]
        if likely:
            best = tuple(p for p, s in likely if s > likely[0][1] - 0.1)
            return replace(mention, end=more.end(), candidates=best, method="sound", score=0.9 * likely[0][1])
        word = " ".join(folding.words(text[mention.start : mention.end]))
        return None if word in self.words.elements else mention

    def _ends_other(self, text: str, mention: Mention) -> bool:
        """Tell whether a name with its article is the end of another: Mouadamiyat al-Cham, Omar al-Homsi."""
        if not _LOWER_ARTICLE.match(text, mention.start):
            return False
        before = _CAPITAL_BEFORE.search(text, max(0, mention.start - 30), mention.start)
        return before is not None and not self.words.known_word(before[1])

    def _unknown(
        self, told: Tokens, around: hits.Around, found: list[Mention], masked: list[tuple[int, int]]
    ) -> Iterator[Mention]:
        """Hear the capitalised words that are no known name."""
        taken = bytearray(len(told.text) + 1)
        for start, end in [(m.start, m.end) for m in found] + masked:
            taken[start:end] = b"\1" * (end - start)
        before, behind = around
        single = hits.single(told, behind)
        begins = told.capital | ((behind[:-1] & hits.AHEAD) != 0)
        begins &= (np.frombuffer(taken, np.uint8)[told.start] == 0) & ~hits.tied(told)
        begins &= ~(single & ((told.signs & readings.KNOWN) != 0))
        before = before | np.append(False, told.signs[:-1] & readings.CUE != 0) * hits.AROUND
        capitals = set(compress(told.words, told.capital))
        lower = {"", *capitals.intersection(compress(told.words, ~told.capital))}
        done = 0
        for first in begins.nonzero()[0].tolist():
            start, alone = told.starts[first], single[first]
            if start < done or (alone and told.words[first] in lower):
                continue
            match = None if alone else _UNKNOWN.match(told.text, start)
            if not alone and not match:
                continue
            done = match.end() if match else told.ends[first]
            mute = alone and self._mute[told.text[start:done]]
            mute = mute and not (before[first] | behind[first + 1]) & hits.AROUND
            free = taken.find(1, start, done) < 0
            if free and not mute and (mention := self._by_sound(told, (before, behind), start, done, lower)):
                yield mention

    def _by_sound(
        self, told: Tokens, around: hits.Around, start: int, end: int, lower: set[str]
    ) -> Mention | None:
        text, (before, behind) = told.text, around
        cut, folded = self._named[text[start:end]]
        if folded in lower:
            return None
        start += cut
        name = text[start:end]
        mention, first = Mention(start, end, (), "sound"), told.first(start)
        if (before[first] | behind[told.first(end)]) & hits.AROUND:
            self._read_around(told, mention)
        cue = bool(mention.hints.kinds) or mention.cue or folded.partition(" ")[0] in self.words.elements
        if not cue and (" " in name or self.words.person_before(told, first)):
            return None
        sure = cue or not (name.isupper() or _SENTENCE_START.search(text, max(0, start - 6), start))
        likely = self._heard(name, cue, 0.0 if sure else 0.9)
        bare = _SUFFIX.sub("", name)
        if bare != name and not (likely and likely[0][2]):
            return self._by_sound(told, around, start, start + len(bare), lower)
        kinds = mention.hints.kinds
        if kinds and kinds <= _INHABITED:
            likely = [x for x in likely if self.index.kinds[x[0]] in _INHABITED]
        if likely and (cue or len(name) > 4):
            _, best, same = likely[0]
            mention.candidates = tuple(p for p, s, _ in likely if s > best - 0.05)
            mention.method = "sound" if same else "fuzzy"
            mention.score = round((0.9 if same else 0.8) * best, 3)
            return mention
        settlement = mention.hints.kinds & (toponyms.SETTLEMENTS | {"neighbourhood"})
        return replace(mention, method="unknown name after a kind word") if settlement else None

    def _name(self, words: str) -> tuple[int, str]:
        """Tell how much is to be cut from the front of capitalised words, and the folded name, "" if none."""
        cut, _ = self.words.trimmed(words, 0, len(words))
        name = words[cut:]
        none = len(name) < 4 or self.words.known_word(name)
        return cut, "" if none else " ".join(folding.words(name))

    def _heard(self, name: str, cue: bool, least: float) -> list[tuple[int, float, bool]]:
        """Give the places a name sounds like; after a word that says place, also a consonant away."""
        return [
            (place, alike, same)
            for place, alike, same in self.index.ear.likely(name, told=int(cue))
            if alike >= least and (same or (cue and len(name) > 5 and self.index.kinds[place] in _NEARLY))
        ]

    def _choose(self, told: Tokens, found: list[Mention]) -> None:
        undecided = []
        for mention in found:
            if choice := self._plainly(mention):
                mention.choice = choice
            else:
                undecided.append(mention)
        if undecided:
            self._weigh(told, found, undecided)

    def _weigh(self, told: Tokens, found: list[Mention], undecided: list[Mention]) -> None:
        """Choose by the countries and places that are named near for certain."""
        self._weigh_by(told, [m for m in found if m.choice.place >= 0], undecided)
        doubtful = {id(m): m for m in undecided if m.choice.score < _CLEAR}
        if 0 < len(doubtful) < len(undecided):  # "Hamidiyé, près de Quneitra"
            sure = [m for m in found if m.choice.place >= 0 and id(m) not in doubtful]
            self._weigh_by(told, sure, list(doubtful.values()))

    def _weigh_by(self, told: Tokens, sure: list[Mention], undecided: list[Mention]) -> None:
        named = [(m.start, m.choice.place, len(m.candidates) == 1) for m in sure]
        kinds, countries, points = self.index.kinds, self.index.countries, self.index.points
        states = [(at, countries[p]) for at, p, _ in named if kinds[p] == "country"]
        anchors = [(at, points[p], alone) for at, p, alone in named if kinds[p] not in ("country", "border")]
        gates = set(told.sentence[(told.signs & readings.GATE) != 0].tolist())
        for mention in undecided:
            beside = (c for at, c in _around(states, mention.start) if abs(at - mention.start) < _BESIDE)
            hints = replace(
                mention.hints,
                near=_near(anchors, mention.start),
                beside=frozenset(beside),
                gate=bool(gates) and int(told.sentence[told.holding(mention.start)]) in gates,
            )
            mention.choice = self.index.weigh(mention.candidates, hints, mention.method, mention.score)

    def _plainly(self, mention: Mention) -> Choice | None:
        """Choose without a look at the places named near, if they make no difference."""
        key = (mention.candidates, mention.hints.kinds, mention.method, mention.score)
        if key not in self._plain:
            if len(self._plain) > _REMEMBERED:
                self._plain.clear()
            self._plain[key] = (
                self.index.plainly(mention.candidates, mention.hints, mention.method, mention.score)
                if mention.candidates
                else Choice(-1, 0.0, mention.method)
            )
        return self._plain[key]


@cache
def _hints(kind: str, site: str) -> Hints:
    """Give what a kind word beside a name tells of it."""
    kinds = toponyms.SETTLEMENTS if kind in toponyms.SETTLEMENTS else frozenset({kind})
    return Hints(kinds=kinds | {"neighbourhood"} if kind == "district" else kinds, site=site)


_T = TypeVar("_T", bound=tuple[Any, ...])


def _around(items: list[_T], start: int) -> list[_T]:
    """Give the items next to an offset."""
    at = bisect(items, start, key=itemgetter(0))
    return items[max(0, at - _AROUND) : at + _AROUND]


def _near(
    anchors: list[tuple[int, tuple[float, float], bool]], start: int
) -> tuple[tuple[float, float, float], ...]:
    weights: dict[tuple[float, float], float] = {}
    for at, point, alone in _around(anchors, start):
        weight = 1.0 if alone and abs(at - start) < _BESIDE else 0.4
        if at != start and weight > weights.get(point, 0.0):
            weights[point] = weight
    return tuple((*point, weight) for point, weight in weights.items())


_FINDERS: dict[int, Finder] = {}


def finder() -> Finder:
    """Give the finder of the gazetteer as it is now."""
    index = toponyms.load()
    if id(index) not in _FINDERS:
        _FINDERS.clear()
        _FINDERS[id(index)] = Finder(index)
    return _FINDERS[id(index)]
