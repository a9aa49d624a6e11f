"""What the words around a name say: its kind, a border, a person, a government meant by its capital."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from frontlines import data, folding, toponyms
from frontlines.tokens import Memory, Signs, Tokens
from frontlines.toponyms import Index

# what the tables say of a word, as bits
KIND, CUE, AFTER, PERSON, KNOWN, ELEMENT, GATE, ARTICLE, AL, BORDER, LEADS, SAYS = (
    1 << bit for bit in range(12)
)
_JOINTS = frozenset(["of", "at", "in"])
_TAIL = 60  # characters before a name in which its kind word stands
_LINKS = {"de", "d", "du", "des", "la", "le", "l", "les", "of", "the", "في", "ال"}
# "province stratégiquement importante de Homs"; but "base arrière de Hama" is not Hama's air base
_ADJECTIVES_BETWEEN = frozenset({"governorate", "city", "town", "village", "neighbourhood", "district"})
_APOSTROPHES, _LEAD = re.compile("['’ʿʾ`]"), re.compile(r"([^\W\d_]{1,4})(['’ ])")
_OPENS = re.compile(r"[\s.!?:…»”\"–—-]")
_BORDER_WORD = re.compile(r"frontiere|border|frontier|sinir|حدود")
_CASE_ENDING = "n?(?:[dt][ae](?:n|ki)?|[aeiu]|[iu]n)"
_ELIDED = frozenset(["l", "d", "qu", "s", "n"])
_DIRECTIONS = frozenset(
    ["sud", "nord", "est", "ouest", "north", "south", "east", "west", "kuzey", "güney", "doğu", "batı"]
)


# near enough to be the site that belongs to a town: its airport, its prison
_SITE_KM = 30.0


class Words:
    """The tables of words that stand beside names."""

    def __init__(self) -> None:
        kinds, names = data.table("gazetteer/kind_words"), data.table("gazetteer/not_places")
        kinds["word"] = folding.fold_names(kinds["word"])
        names["folded"] = folding.fold_names(names["name"])
        rows = list(zip(kinds["word"], kinds["kind"], kinds["site"], kinds["position"], strict=True))
        self.before = {w: (k, s) for w, k, s, p in rows if p == "before"}
        self._after = {w: (k, s) for w, k, s, p in rows if p == "after"}
        turkish = kinds[(kinds["lang"] == "tr") & (kinds["position"] == "after")]["word"]
        stems = sorted((re.escape(w) for w in turkish if len(w) > 2), key=len, reverse=True)
        self._turkish = re.compile(f"({'|'.join(stems)})(?:{_CASE_ENDING})")
        by_reason = names.groupby("reason")["folded"].apply(frozenset).to_dict()
        words = names[names["reason"] == "word"].groupby("lang")["folded"].apply(frozenset).to_dict()
        self._ordinary: dict[str | None, frozenset[str]] = {**words, None: by_reason["word"]}
        self.masks = by_reason["organisation"] | by_reason["person"]
        self._persons = by_reason["given name"] | by_reason["title"]
        self._double = by_reason["place or given name"]
        self.directions = _DIRECTIONS
        self.elements = frozenset(w for w, k, _, p in rows if k == "element")
        self.gates = frozenset(w for w, k, _, p in rows if k in ("crossing", "border"))
        self._sites: dict[str, list[int]] = defaultdict(list)
        actors = data.table("gazetteer/metonym_words")
        actors["word"] = folding.fold_names(actors["word"])
        self.metonyms: dict[str, tuple[str, ...]] = actors.groupby("position")["word"].apply(tuple).to_dict()
        adjectives = data.table("gazetteer/border_adjectives")["form"]
        self._known = by_reason["word"] | self._persons | frozenset(folding.fold_names(adjectives))
        articles = folding.ARTICLES
        self._loose = self._known | {w.partition(" ")[2] for w in self._known if w.split()[0] in articles}
        heads = ((w.split(), k) for w, (k, _) in self.before.items())
        self._last = {w.split()[-1] for w in self.before}
        self._edges = {
            KIND: {
                next((x for x in reversed(w) if x not in _JOINTS), w[-1]) for w, k in heads if k != "place"
            },
            CUE: {w.split()[-1] for w, (k, _) in self.before.items() if k == "place"},
            AFTER: {w.split()[0] for w in self._after},
            PERSON: self._persons,
            KNOWN: self._known - self.elements,
            ELEMENT: self.elements,
            GATE: self.gates,
            ARTICLE: articles,
            AL: {"al", "el"},
            LEADS: {w.split()[-1] for w in self.metonyms["before"]},
            SAYS: set(self.metonyms["skip"]),
        }
        self._begins = {
            AFTER: tuple(w for w in turkish if len(w) > 2),
            SAYS: tuple({w.split()[0] for w in self.metonyms["after"]}),
        }
        self.signs = Signs(self._sign)
        self._knows = Memory(self._known_word)

    def around(self, told: Tokens, start: int, end: int) -> tuple[str, str, int, int, bool]:
        """Give kind, class of site, start and end with the kind word, and whether a place is likely here."""
        first = told.first(start)
        kind, site, begin, cue = self._kind_before(told, first, start)
        after_kind, after_site, finish = self._kind_after(told, told.first(end), end)
        if after_kind:
            return after_kind, after_site, start, finish, True
        return kind, site, begin, end, cue or bool(kind)

    def _kind_before(self, told: Tokens, first: int, start: int) -> tuple[str, str, int, bool]:
        if not first or told.ends[first - 1] > start:  # a prefix is written on to the name
            return "", "", start, False
        clause = int(told.clause.searchsorted(told.clauses[min(first, len(told.words) - 1)]))
        least = min(first, max(clause, told.first(start - _TAIL)))
        all_words = words = told.words[least:first]
        while words and words[-1] in _LINKS and " ".join(words[-2:]) not in self.before:
            words = words[:-1]
        linked = len(words) < len(all_words)
        for end in range(len(words), max(0, len(words) - (4 if linked else 1)), -1):
            if words[end - 1] not in self._last and _bare(words[end - 1]) not in self._last:
                continue
            for at in range(max(0, end - 4), end):
                found = self._kind_of(words[at:end])
                if found and found[0] != "place" and (end == len(words) or found[0] in _ADJECTIVES_BETWEEN):
                    return *found, told.starts[least + at], True
        if not told.signed[first - 1] & CUE:
            return "", "", start, False
        ends = (" ".join(all_words[-n:]) for n in (1, 2, 3))
        return "", "", start, any(self.before.get(end, ("",))[0] == "place" for end in ends)

    def _kind_of(self, run: list[str]) -> tuple[str, str] | None:
        """Look a kind word up; in Arabic and, to, by and with are written on to it."""
        word = " ".join(run)
        return (self.before.get(word) or self.before.get(_bare(word))) if word else None

    def _kind_after(self, told: Tokens, after: int, end: int) -> tuple[str, str, int]:
        at, text = end, told.text
        if not any(sign & AFTER for sign in told.signed[after : after + 2]):
            return "", "", end
        if text[end : end + 1] in ("'", "’") and after < len(told.words) and told.starts[after] == end + 1:
            at, after = told.ends[after], after + 1
        for size in range(self._run_after(told, after, at), 0, -1):
            run = told.run(after, after + size)
            stem = run if run in self._after else self._turkish_stem(run)
            if stem:
                return *self._after[stem], told.starts[after + size - 1] + len(stem.split()[-1])
        return "", "", end

    def _run_after(self, told: Tokens, after: int, at: int) -> int:
        """Count the words, up to three, that follow with a space or hyphen between."""
        size, text = 0, told.text
        while size < 3 and after + size < len(told.words):
            gap = text[at : told.starts[after + size]]
            if gap not in (" ", "-") and (size or not 0 < len(gap) < 3 or gap.strip().strip("-")):
                break
            at = told.ends[after + size]
            size += 1
        return size

    def _turkish_stem(self, run: str) -> str:
        """Take the case endings off: kırsalındaki, kapısında."""
        match = self._turkish.fullmatch(run)
        return match[1] if match else ""

    def _sign(self, word: str) -> int:
        """Tell in bits what the tables say of a word, with an Arabic prefix or without."""
        bare = _bare(word)
        told = sum(bit for bit, words in self._edges.items() if word in words)
        told |= KIND * (bare in self._edges[KIND]) | LEADS * (word.removeprefix("و") in self._edges[LEADS])
        for bit, starts in self._begins.items():
            told |= bit * word.startswith(starts)
        return told | BORDER * (_BORDER_WORD.search(word) is not None)

    def person_before(self, told: Tokens, first: int) -> bool:
        """Tell whether a given name or a title stands right before."""
        person = first > 0 and told.signed[first - 1] & PERSON and told.capitals[first - 1]
        return bool(person) and told.gap(first) in (" ", ". ")

    def ordinary(self, word: str, language: str | None) -> bool:
        """Tell whether a folded name is an ordinary word of the language, too."""
        return word in self._ordinary.get(language, frozenset())

    def also_person(self, word: str) -> bool:
        """Tell whether the name of a place is a person's first name, too: Jordan, Georgia, Paris."""
        return word in self._double

    def named_before(self, told: Tokens, first: int) -> bool:
        """Tell whether a capitalised word that we do not know, within a sentence, stands right before."""
        if first < 2 or not told.capitals[first - 1] or told.gap(first) != " ":
            return False
        start = told.starts[first - 1]
        name, before = told.text[start : told.ends[first - 1]], told.text[max(0, start - 2) : start]
        inside = len(before) == 2 and before[1] == " " and not _OPENS.match(before)
        return inside and not name.isupper() and not self.known_word(name)

    def known_word(self, name: str) -> bool:
        """Tell whether a capitalised word is in our tables of ordinary words, persons and adjectives."""
        return self._knows[name]

    def _known_word(self, name: str) -> bool:
        words = folding.words(_APOSTROPHES.sub("", name))
        return any(w in self._known and w not in self.elements for w in words)

    def ordinary_after_article(self, name: str) -> bool:
        """Tell whether a name, with an article or without, is an ordinary word of a language, too."""
        return name in self._loose

    def trimmed(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Cut a preposition or elision with a capital from the front: "À Rastane", "L'Oronte"."""
        while match := _LEAD.match(text, start, end):
            word = " ".join(folding.words(match[1]))
            if word not in self.before and not (match[2] != " " and word in _ELIDED):
                break
            start = match.end()
        return start, end

    def sites(self, index: Index) -> dict[str, list[int]]:
        """Give the sites of each class: those with one of its words in a name."""
        if not self._sites:
            rows = [(w, s) for table in (self.before, self._after) for w, (_, s) in table.items() if s]
            named = zip(index.names["folded"].tolist(), index.names["place"].tolist(), strict=True)
            for folded, place in (n for n in named if index.kinds[n[1]] == "site"):
                for site in {s for w, s in rows if f" {w} " in f" {folded} "}:
                    self._sites[site].append(place)
        return self._sites

    def sites_of(self, index: Index, candidates: Sequence[int], site: str) -> list[int]:
        """Give the sites of a class that carry the name, or that belong to the place that does."""
        ofclass = dict.fromkeys(self.sites(index)[site])
        direct = [p for p in candidates if p in ofclass]
        if direct:
            return direct
        near = sorted(
            (toponyms.km(index.points[p], index.points[s]), s)
            for p in candidates
            if index.kinds[p] in toponyms.SETTLEMENTS
            for s in ofclass
        )
        names = index.names_of
        owners = {names[p] for p in candidates}
        named = [s for d, s in near if d < _SITE_KM and any(o in names[s] for o in owners)]
        close = [s for d, s in near if d < _SITE_KM / 2]
        return named[:1] or close * (len(close) == 1)


def _bare(word: str) -> str:
    """Take an Arabic prefix off."""
    return word[1:] if len(word) > 3 and word[0] in "وفبل" else word


@cache
def words() -> Words:
    """Give the tables, read once."""
    return Words()
