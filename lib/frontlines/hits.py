"""Known names in a text: one pass of an automaton, and which of its hits stand there as names."""

import re
from itertools import chain, pairwise
from operator import itemgetter

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from frontlines import folding, metonyms, readings, tokens
from frontlines.tokens import Tokens
from frontlines.toponyms import Index, Mention

# what must be looked at around a mention, as bits; none: it stands as it is
AROUND, BEHIND, AHEAD, ARTICLE, ORDINARY, DOUBLE, MINOR = 1, 2, 4, 8, 16, 32, 64
_MINOR_PRIOR = 4.5  # villages, quarters, crossings: after another name in capitals they are a surname
_REACH = 60  # characters before a name among which a kind word may stand
_BREAK = re.compile(r"[,;:!?()\[\]«»“”\"/|…]|\.\s|[–—]|\n\s*\n")
_COMPOUND_AFTER = re.compile(r"[-‐](?!(?:ville|centre|city)\b)[a-zà-ÿ]")
_COMPOUND_BEFORE = re.compile(r"(?:^|[\s(«“\"'’])([^\W\d_]+)[-‐]$")
_ARABIC_PREFIX = re.compile(r"(?<= )[وف]?[بلك]?$")
_ARABIC = re.compile("[\u0621-\u064a]")
# of a name: only in capitals; of several words; masked; its first word is an article
_ACRONYM, _SEVERAL, _MASK, _LED = 128, 256, 512, 1024

_Span = tuple[int, int, Mention | None]
Around = tuple[NDArray[np.int32], NDArray[np.int32]]  # what `surroundings` gives


class Hits:
    """The automata of all names."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.words = readings.words()
        tables: tuple[dict[str, list[int]], dict[str, list[int]]] = ({}, {})
        self._fill(*tables)
        for name in self.words.masks:
            tables[bool(_ARABIC.search(name))][name] = []
        self.names = [*tables[0], *tables[1]]
        self.places = [tuple(places) for table in tables for places in table.values()]
        self.traits = np.array(list(map(self._traits, self.names, self.places)), np.int32)
        self.latin = AhoCorasick([f" {n} " for n in tables[0]], store_patterns=False)
        self.arabic = AhoCorasick([f"{n} " for n in tables[1]], store_patterns=False)
        self._first_arabic = len(tables[0])

    def _fill(self, latin: dict[str, list[int]], arabic: dict[str, list[int]]) -> None:
        names = self.index.names
        rows = zip(*(names[c].tolist() for c in ("name", "folded", "place", "lang")), strict=True)
        countries, articles = self.index.countries, folding.ARTICLES
        acronyms, plain = set[str](), set[str]()
        for name, folded, place, lang in rows:
            if (lang == "und" and countries[place] != "SYR") or lang in ("de", "ku"):
                continue
            table = latin if folded.isascii() or not _ARABIC.search(folded) else arabic
            acronym = len(folded) <= 4 and name.isupper()
            if len(folded) > 2 or acronym:
                _put(table, folded, place)
            (acronyms if acronym else plain).add(folded)
            article, _, bare = folded.partition(" ")
            if table is arabic and folded.startswith(folding.ARABIC_ARTICLE):
                _put(table, "لل" + folded[2:], place)
            elif len(bare) > 3 and article in articles and table is latin:
                _put(table, bare, place)
                plain.add(bare)
        self.acronyms = acronyms - plain

    def _traits(self, name: str, places: tuple[int, ...]) -> int:
        if not places:
            return _MASK
        words = self.words
        ordinary = ORDINARY if words.ordinary_after_article(name) else 0
        double = DOUBLE if words.also_person(name) else 0
        minor = MINOR if max(map(self.index.prior.__getitem__, places)) < _MINOR_PRIOR else 0
        several = _SEVERAL if " " in name else 0
        led = _LED if several and name.partition(" ")[0] in folding.ARTICLES else 0
        return ordinary | double | minor | several | led | (_ACRONYM if name in self.acronyms else 0)

    def find(self, told: Tokens, around: Around) -> tuple[list[Mention], list[tuple[int, int]]]:
        """Give the names that stand in a text as mentions, and the stretches that are masked."""
        name, begin, finish = self._scan(told).T
        start, end = told.offsets[begin], told.offsets[finish - 1] + 1
        traits = self.traits[name]
        masked = (traits & _MASK) != 0
        spans = list(zip(start[masked].tolist(), end[masked].tolist(), strict=True))
        sure, doubtful = self._standing(told, start, end, traits)
        for i in np.flatnonzero(doubtful & ~masked).tolist():
            sure[i] = self._stands(told, int(start[i]), int(end[i]), self.names[name[i]])
        kept = np.flatnonzero(sure & ~masked)
        return self._mentions(told, around, name[kept], start[kept], end[kept], traits[kept]), spans

    def _scan(self, told: Tokens) -> NDArray[np.int64]:
        """Give number of name, start and end in the folded text of each hit."""
        found = _array(self.latin.find_matches_as_indexes(told.folded, overlapping=True))
        found += (0, 1, -1)
        if told.traits.max() < tokens.ARABIC:
            return found
        more = _array(self.arabic.find_matches_as_indexes(told.folded, overlapping=True))
        text = told.folded
        starts = more[:, 1].tolist()
        whole = [text[s - 1] == " " or bool(_ARABIC_PREFIX.search(text, max(0, s - 3), s)) for s in starts]
        return np.concatenate((found, more[whole] + (self._first_arabic, 0, -1)))

    def _standing(
        self, told: Tokens, start: NDArray[np.int64], end: NDArray[np.int64], traits: NDArray[np.int32]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which hits stand as names by their capitals alone, and which need a look at their letters."""
        upper, several = told.trait(start, tokens.UPPER | tokens.DIGIT), (traits & _SEVERAL) != 0
        plain = told.trait(start, tokens.ARABIC)
        joined = told.trait(end, tokens.HYPHEN) | told.trait(start - 1, tokens.HYPHEN)
        broken = several
        if several.any():
            breaks = told.count(tokens.BREAK)
            broken = several & (breaks[end] > breaks[start])
        odd = broken | ((traits & (_ACRONYM | _LED)) != 0) | (joined & ~plain)
        return (plain | upper) & ~odd, odd | (several & ~upper & ~plain)

    def _stands(self, told: Tokens, start: int, end: int, name: str) -> bool:
        text = told.text
        raw = text[start:end]
        acronym = name in self.acronyms
        if acronym and not raw.replace(".", "").isupper():
            return False
        if " " in name and _BREAK.search(raw) and not raw.replace(".", "").replace(" ", "").isupper():
            return False
        if _ARABIC.match(raw):
            return True
        if _COMPOUND_AFTER.match(text, end):
            return False
        before = _COMPOUND_BEFORE.search(text, max(0, start - 16), start)
        if before and before[1].lower() not in folding.ARTICLES and before[1][0].islower():
            return before[1] in self.words.directions
        if acronym and not name[-1].isdigit() and not metonyms.metonyms().stands_alone(text, end):
            return False
        parts = [w for w in re.findall(r"[^\W_]+", raw) if w.lower() not in folding.ARTICLES]
        return any(w[0].isupper() or w[0].isdigit() for w in parts)

    def _mentions(
        self,
        told: Tokens,
        around: Around,
        name: NDArray[np.int64],
        start: NDArray[np.int64],
        end: NDArray[np.int64],
        traits: NDArray[np.int32],
    ) -> list[Mention]:
        first = told.start.searchsorted(start, "right") - 1
        after = told.start.searchsorted(end)
        led = first > 0
        led &= (told.end[first - 1] == start - 1) & (told.start[first] == start)
        signs = told.signs[first - 1]
        led &= (signs & readings.AL != 0) | (signs & readings.ARTICLE != 0) & told.trait(
            start - 1, tokens.HYPHEN
        )
        before, behind = around
        look = before[first] | behind[after]
        look &= np.where(np.append(told.start, -9)[after] == end + 1, -1, ~AHEAD)
        look |= ~told.trait(start, tokens.UPPER | tokens.ARABIC | tokens.DIGIT) * ARTICLE
        look |= traits & ORDINARY
        look |= traits & np.where(look & BEHIND, MINOR, 0) | traits & np.where(look & AHEAD, DOUBLE, 0)
        rows = zip(*(x.tolist() for x in (name, start, end, first, look, led)), strict=True)
        places, found = self.places, []
        for number, begin, finish, word, bits, article in rows:
            if article and (earlier := _with_article(told, word, begin)) < begin:
                begin = earlier
                word -= 1
                bits |= ARTICLE | int(before[word])
            found.append(Mention(begin, finish, places[number], look=int(bits)))
        return found


def surroundings(told: Tokens) -> Around:
    """Tell of each word in bits what stands before it, and what begins with it (and with the text's end)."""
    count = len(told.words)
    number = np.arange(count, dtype=np.int32)
    last = np.maximum.accumulate(np.where(told.signs & readings.KIND, number, -1))
    last = np.concatenate(([-1], last))[:count]
    near = (last >= 0) & (told.clause[last] == told.clause) & (told.start - told.start[last] <= _REACH)
    capital = np.append(told.capital, [False, False])
    before = near * AROUND | np.concatenate(([False], told.capital[:-1])) * BEHIND
    signs = np.append(told.signs, [0, 0])
    kind = ((signs[:-1] | signs[1:]) & readings.AFTER) != 0
    name = capital[:-1] | (signs[:-1] & readings.ARTICLE != 0) & capital[1:]
    return before.astype(np.int32), (kind * AROUND | name * AHEAD).astype(np.int32)


def tied(told: Tokens) -> NDArray[np.bool_]:
    """Tell of each word whether an apostrophe or a hyphen ties it to the one before."""
    before = told.codes[told.start]
    found: NDArray[np.bool_] = before == ord("_")
    for sign in "'’-":
        found |= before == ord(sign)
    return found


def single(told: Tokens, behind: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell of each word whether no name goes on after it, and no letter that the folding takes off."""
    after = told.codes[told.end + 1]
    joins = told.trait(told.end, tokens.HYPHEN | tokens.WORD)
    for sign in "'’ʿʾ`":
        joins |= after == ord(sign)
    goes_on = (behind[1:] & AHEAD != 0) & (np.append(told.start[1:], -9) == told.end + 1)
    found: NDArray[np.bool_] = told.capital & ~joins & ~goes_on
    return found


def settled(mentions: list[Mention], masked: list[tuple[int, int]]) -> list[Mention]:
    """Keep the longest of overlapping readings; what a longer name of something else covers is none."""
    spans = [(m.start, m.end, m) for m in mentions] + [(s, e, None) for s, e in masked]
    spans.sort(key=itemgetter(0))
    if all(a[1] <= b[0] for a, b in pairwise(spans)):
        return [mention for _, _, mention in spans if mention]
    kept, contested, reach = list[Mention](), list[_Span](), 0
    for span in spans:
        if span[0] >= reach:
            kept += _longest(contested)
            contested = []
        contested.append(span)
        reach = max(reach, span[1])
    return kept + _longest(contested)


def _longest(spans: list[_Span]) -> list[Mention]:
    """Give the longest of spans that overlap each other, and what it leaves of the others, in order."""
    if len(spans) > 1:
        begin, kept = spans[0][0], list[_Span]()
        taken = bytearray(max(end for _, end, _ in spans) - begin)
        for span in sorted(spans, key=lambda x: (x[0] - x[1], x[2] is not None)):
            start, end = span[0] - begin, span[1] - begin
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                kept.append(span)
        spans = sorted(kept, key=itemgetter(0))
    return [mention for _, _, mention in spans if mention]


def _array(hits: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    flat = np.fromiter(chain.from_iterable(hits), np.int64, 3 * len(hits))
    return flat.reshape(-1, 3)


def _put(table: dict[str, list[int]], name: str, place: int) -> None:
    places = table.setdefault(name, [])
    if place not in places:
        places.append(place)


def _with_article(told: Tokens, word: int, start: int) -> int:
    """Give the start of a name with the article before it: al-Bab."""
    text, before = told.text, told.starts[word - 1]
    inside = before > 0 and (text[before - 1].isalnum() or text[before - 1] == "_")
    whole = 1 < start - 1 - before < 4 and text[start - 1] in "-‐ " and not inside
    return before if whole else start
