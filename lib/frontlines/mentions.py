"""Place mentions in running text: found in one pass over the folded text, then settled and chosen."""

import re
from bisect import bisect
from collections import defaultdict
from dataclasses import replace
from typing import Any, TypeVar

from ahocorasick_rs import AhoCorasick

from frontlines import folding, readings, toponyms
from frontlines.toponyms import Choice, Index, Mention

_UPPER = "".join(chr(c) for c in range(0x250) if chr(c).isupper())
_ARTICLE = r"(?:[AaEeUuÜü]l|[AaEe][rstdnz]|[Aa][sdt]h|[Ee]ch|[Ee]ş)"
_WORD = rf"(?:{_ARTICLE}[-‐]|[AaEe]l )?[{_UPPER}][\w'’ʿʾ`]+(?:[-‐][\w'’ʿʾ`]+)*"
_SUFFIX = re.compile(r"['’](?:s|n?[ıiuü]n|n?[dt][ae]n?|[yn]?[aeıiuü]|l[ıiuü])$")
_UNKNOWN = re.compile(rf"(?<![\w'’-])(?:{_WORD})(?: (?:{_WORD})){{0,2}}")
_NAME_GOES_ON = re.compile(rf"[ -]((?:{_ARTICLE}[- ])?[{_UPPER}][\w'’ʿʾ`]+)")
_LOWER_ARTICLE = re.compile(_ARTICLE.replace("[AaEeUuÜü]l", "[aeuü]l") + "[-‐]")
_CAPITAL_BEFORE = re.compile(rf"(?<!\w)([{_UPPER}][\w'’ʿʾ`]+) $")
_BREAK = re.compile(r"[,;:!?()\[\]«»“”\"/|…]|\.\s|[–—]|\n\s*\n")
_COMPOUND_AFTER = re.compile(r"[-‐](?!(?:ville|centre|city)\b)[a-zà-ÿ]")
_COMPOUND_BEFORE = re.compile(r"(?:^|[\s(«“\"'’])([^\W\d_]+)[-‐]$")
_ARTICLE_BEFORE = re.compile(r"(?<![\w])([^\W\d_]{2,3})[-‐ ]$")
_ARABIC_PREFIX = re.compile(r"(?<= )[وف]?[بلك]?$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:…»”\"\n–—-]\s*|[«“(]\s*)$")
_INHABITED = toponyms.SETTLEMENTS | {"neighbourhood", "district", "governorate"}
_MINOR = 4.5  # villages, quarters, crossings: after another name in capitals they are a surname
_BESIDE = 200  # characters: places named so near to each other belong together
_ARABIC = re.compile("[\u0621-\u064a]")


class Finder:
    """The automata and tables that finding needs, built once."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.words = readings.words()
        self.latin: dict[str, list[int]] = {}
        self.arabic: dict[str, list[int]] = {}
        self._add_names()
        for name in self.words.masks:
            (self.arabic if _ARABIC.search(name) else self.latin)[name] = []
        self._latin_names, self._arabic_names = list(self.latin), list(self.arabic)
        self.latin_automaton = AhoCorasick([f" {n} " for n in self._latin_names], store_patterns=False)
        self.arabic_automaton = AhoCorasick([f"{n} " for n in self._arabic_names], store_patterns=False)

    def _add_names(self) -> None:
        names = self.index.names
        rows = zip(names["name"], names["folded"], names["place"], names["lang"], strict=True)
        required: dict[str, bool] = defaultdict(lambda: True)
        for name, folded, place, lang in rows:
            if not folded or (lang == "und" and self.index.countries[place] != "SYR") or lang in ("de", "ku"):
                continue
            table = self.arabic if _ARABIC.search(folded) else self.latin
            if len(folded) > 2 or name.isupper():
                _put(table, folded, place)
            required[folded] &= name.isupper() and len(folded) <= 4
            bare = folded.partition(" ")[2] if folded.partition(" ")[0] in folding.ARTICLES else ""
            if table is self.latin and len(bare) > 3:
                _put(table, bare, place)
                required[bare] = False
            elif table is self.arabic and folded.startswith(folding.ARABIC_ARTICLE):
                _put(table, "لل" + folded[2:], place)
        self.capitals_only = {n for n, only in required.items() if only}

    def find(self, text: str, language: str | None) -> list[Mention]:
        """Give the mentions of `text`, each with its choice, in their order."""
        found, masked = self._known(text)
        found = _settled(readings.borders(text, self.index) + found, masked)
        for mention in found:
            self._read_around(text, mention)
        found = [m for m in found if not self._needs_more(text, m, language)]
        found = [longer for m in found if (longer := self._longer(text, m))]
        found = _settled(found + self._unknown(text, found, masked), [])
        self._choose(text, found)
        readings.mark_actors(text, found, self.index, self.words)
        return found

    def _known(self, text: str) -> tuple[list[Mention], list[tuple[int, int]]]:
        folded = folding.fold(text)
        found, masked = [], []
        hits = [
            (self._latin_names[i], s + 1, e - 1)
            for i, s, e in self.latin_automaton.find_matches_as_indexes(folded.text, overlapping=True)
        ]
        if _ARABIC.search(text):
            hits += [
                (self._arabic_names[i], s, e - 1)
                for i, s, e in self.arabic_automaton.find_matches_as_indexes(folded.text, overlapping=True)
                if _ARABIC_PREFIX.search(folded.text, max(0, s - 3), s) or folded.text[s - 1] == " "
            ]
        for name, s, e in hits:
            start, end = folded.span(s, e)
            places = self.latin.get(name) if name in self.latin else self.arabic[name]
            if not places:
                masked.append((start, end))
            elif self._stands(text, start, end, name):
                start = _with_article(text, start)
                found.append(Mention(start, end, places))
        return found, masked

    def _stands(self, text: str, start: int, end: int, name: str) -> bool:
        raw = text[start:end]
        if name in self.capitals_only and not raw.replace(".", "").isupper():
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
        if name in self.capitals_only and not self.words.stands_alone(text, end):
            return False
        return any(
            w[0].isupper() or w[0].isdigit()
            for w in re.findall(r"[^\W_]+", raw)
            if w.lower() not in folding.ARTICLES
        )

    def _read_around(self, text: str, mention: Mention) -> None:
        """Read the kind words before and after; take a site's kind word into the mention."""
        kind, site, start, end, cue = self.words.around(text, mention.start, mention.end)
        mention.cue = cue
        if not kind:
            return
        kinds = toponyms.SETTLEMENTS if kind in toponyms.SETTLEMENTS else frozenset({kind})
        if kind == "district":
            kinds = frozenset({"district", "neighbourhood"})
        mention.hints = replace(mention.hints, kinds=kinds, site=site)
        fitting = [p for p in mention.candidates if self.index.kinds[p] in kinds]
        if not fitting and not site:
            fitting = self._of_kind(text, mention, kinds, (min(start, mention.start), max(end, mention.end)))
            mention.candidates = fitting or mention.candidates
        if site:
            fitting = self.words.sites_of(self.index, mention.candidates, site)
            mention.candidates = fitting or mention.candidates
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
        return [p for p, _ in self.index.by_sound(name, cue=True) if self.index.kinds[p] in kinds]

    def _needs_more(self, text: str, mention: Mention, language: str | None) -> bool:
        """Tell whether the words are an ordinary word or a person's, and nothing beside them says place."""
        raw = " ".join(folding.words(text[mention.start : mention.end]))
        if mention.method.startswith("border"):
            return False
        if mention.hints.kinds:
            return False
        if self.words.ordinary(raw, language):
            heading = text[mention.start : mention.end].isupper()
            return heading or not mention.cue or bool(_ARABIC.match(raw))
        after = _NAME_GOES_ON.match(text, mention.end)
        if after and self.words.also_person(raw) and not text[mention.start : mention.end].isupper():
            return not self.words.known_word(after[1])
        minor = all(self.index.prior[p] < _MINOR for p in mention.candidates)
        return self.words.person_before(text, mention.start) or (
            minor and self.words.named_before(text, mention.start)
        )

    def _longer(self, text: str, mention: Mention) -> Mention | None:
        """Give the longer name that a name such as Qara or Tall begins, if it does; none: left to the ear."""
        if self._ends_other(text, mention):
            return None
        more = _NAME_GOES_ON.match(text, mention.end) if mention.method == "exact" else None
        name = text[mention.start : more.end()] if more else ""
        if not more or " " in text[mention.start : mention.end] or self.words.known_word(more[1]):
            return mention
        likely = self.index.by_sound(name, cue=True)
        if likely:
            best = [p for p, s in likely if s > likely[0][1] - 0.1]
            return replace(mention, end=more.end(), candidates=best, method="sound", score=0.9 * likely[0][1])
        word = " ".join(folding.words(text[mention.start : mention.end]))
        return None if word in self.words.elements else mention

    def _ends_other(self, text: str, mention: Mention) -> bool:
        """Tell whether a name with its article is the end of another: Mouadamiyat al-Cham, Omar al-Homsi."""
        if not _LOWER_ARTICLE.match(text, mention.start):
            return False
        before = _CAPITAL_BEFORE.search(text, max(0, mention.start - 30), mention.start)
        return before is not None and not self.words.known_word(before[1])

    def _unknown(self, text: str, found: list[Mention], masked: list[tuple[int, int]]) -> list[Mention]:
        taken = bytearray(len(text))
        for start, end in [(m.start, m.end) for m in found] + masked:
            taken[start:end] = b"\1" * (end - start)
        free = (m.span() for m in _UNKNOWN.finditer(text) if taken.find(1, *m.span()) < 0)
        return [mention for span in free if (mention := self._by_sound(text, *span))]

    def _by_sound(self, text: str, start: int, end: int) -> Mention | None:
        start, end = self.words.trimmed(text, start, end)
        name = text[start:end]
        if len(name) < 4 or self.words.known_word(name) or name.lower() in text:
            return None
        mention = Mention(start, end, [], "sound")
        self._read_around(text, mention)
        opening = bool(_SENTENCE_START.search(text, max(0, start - 6), start))
        built = folding.words(name)[0] in self.words.elements
        cue = bool(mention.hints.kinds) or mention.cue or built
        if not cue and (self.words.person_before(text, start) or " " in name):
            return None
        sure = opening or name.isupper()
        likely = [(p, s) for p, s in self.index.by_sound(name, cue=cue) if cue or not sure or s > 0.9]
        bare = _SUFFIX.sub("", name)
        if not likely and bare != name:
            return self._by_sound(text, start, start + len(bare))
        if not likely and cue and len(name) > 5:
            mention.method = "fuzzy"
            likely = [(p, s * 0.9) for p, s in self.index.by_likeness(name)]
        kinds = mention.hints.kinds
        likely = [
            (p, s)
            for p, s in likely
            if not (kinds and kinds <= _INHABITED) or self.index.kinds[p] in _INHABITED
        ]
        if likely and (cue or len(name) > 4):
            mention.candidates = [p for p, s in likely if s > likely[0][1] - 0.1]
            mention.score = round(0.9 * likely[0][1], 3)
            return mention
        settlement = mention.hints.kinds & (toponyms.SETTLEMENTS | {"neighbourhood"})
        return replace(mention, method="unknown name after a kind word") if settlement else None

    def _is_state(self, mention: Mention) -> bool:
        return len(mention.candidates) == 1 and self.index.kinds[mention.candidates[0]] == "country"

    def _choose(self, text: str, found: list[Mention]) -> None:
        anchors = [
            (m.start, m.candidates[0])
            for m in found
            if self._kind_if_sure(m) not in ("", "country", "border")
        ]
        states = [
            (m.start, self.index.countries[m.candidates[0]])
            for m in found
            if self._kind_if_sure(m) == "country"
        ]
        gates = self.words.gates_in(text)
        for mention in found:
            if not mention.candidates:
                mention.choice = Choice(-1, 0.0, mention.method)
                continue
            hints = mention.hints
            if len(mention.candidates) > 1:
                hints = replace(
                    hints,
                    near=self._near(mention, anchors),
                    beside=frozenset(
                        c for at, c in _around(states, mention.start) if abs(at - mention.start) < _BESIDE
                    ),
                    gate=any(a <= mention.start < b for a, b in _around(gates, mention.start, 2)),
                )
            mention.choice = self.index.choose(mention.candidates, hints, mention.method, mention.score)

    def _near(
        self, mention: Mention, anchors: list[tuple[int, int]]
    ) -> tuple[tuple[float, float, float], ...]:
        weights: dict[tuple[float, float], float] = {}
        for at, place in _around(anchors, mention.start):
            weight = 1.0 if abs(at - mention.start) < _BESIDE else 0.4
            if at != mention.start and weight > weights.get(self.index.points[place], 0.0):
                weights[self.index.points[place]] = weight
        return tuple((*point, weight) for point, weight in weights.items())

    def _kind_if_sure(self, mention: Mention) -> str:
        return self.index.kinds[mention.candidates[0]] if len(mention.candidates) == 1 else ""


_T = TypeVar("_T", bound=tuple[Any, ...])


def _around(items: list[_T], start: int, count: int = 12) -> list[_T]:
    """Give the items next to an offset, `count` on each side."""
    at = bisect(items, start, key=lambda item: item[0])
    return items[max(0, at - count) : at + count]


def _put(table: dict[str, list[int]], name: str, place: int) -> None:
    places = table.setdefault(name, [])
    if place not in places:
        places.append(place)


def _with_article(text: str, start: int) -> int:
    before = _ARTICLE_BEFORE.search(text, max(0, start - 5), start)
    if not before or before[1].lower() not in folding.ARTICLES:
        return start
    hyphen = text[start - 1] != " "
    return before.start(1) if hyphen or before[1].lower() in ("al", "el") else start


def _settled(mentions: list[Mention], masked: list[tuple[int, int]]) -> list[Mention]:
    """Keep the longest of overlapping readings; what a longer name of something else covers is none."""
    spans = [(m.start, m.end, m) for m in mentions] + [(s, e, None) for s, e in masked]
    taken = bytearray(max((e for _, e, _ in spans), default=0))
    kept = []
    for start, end, mention in sorted(spans, key=lambda x: (x[0] - x[1], x[2] is not None)):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            if mention:
                kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


_FINDERS: dict[int, Finder] = {}


def finder() -> Finder:
    """Give the finder of the gazetteer as it is now."""
    index = toponyms.load()
    if id(index) not in _FINDERS:
        _FINDERS.clear()
        _FINDERS[id(index)] = Finder(index)
    return _FINDERS[id(index)]
