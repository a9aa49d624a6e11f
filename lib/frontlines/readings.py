"""What the words around a name say: its kind, a border, a person, a government meant by its capital."""

import re
from collections import defaultdict
from functools import cache
from itertools import pairwise

from frontlines import data, folding, toponyms
from frontlines.toponyms import Index, Mention

_LINKS = {"de", "d", "du", "des", "la", "le", "l", "les", "of", "the", "في", "ال"}
# "province stratégiquement importante de Homs"; but "base arrière de Hama" is not Hama's air base
_ADJECTIVES_BETWEEN = frozenset({"governorate", "city", "town", "village", "neighbourhood", "district"})
_RUNS = [(size, skip) for skip in range(4) for size in (4, 3, 2, 1)]
_RUNS_BARE = _RUNS[:4]
# right after these words a capital is a place, whatever verb follows
_WHERE = (
    " in ", " at ", " near ", " from ", " to ", " into ", " toward ", " towards ", " around ", " outside ",
    " vers ", " dans ", " depuis ", " a ", " في ", " الي ", " من ",
)  # fmt: skip
_CLAUSE_BREAK = re.compile(r"[.;:!?()«»\n,]")
_WORD = re.compile(r"[^\W_]+")
_BORDER_WORD = re.compile(r"fronti[eè]re|border|frontier|sınır|حدود", re.IGNORECASE)
_CASE_ENDING = "n?(?:[dt][ae](?:n|ki)?|[aeiu]|[iu]n)"
_ELIDED = frozenset(["l", "d", "qu", "s", "n"])
_AFTER = re.compile(r"(?:['’]\w{1,5})?[\s-]{1,2}((?:[^\W\d_]+[ -]?){1,3})")
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
        self._before = {w: (k, s) for w, k, s, p in rows if p == "before"}
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
        self._metonyms = actors.groupby("position")["word"].apply(tuple).to_dict()
        self._before_actor = frozenset(self._metonyms["before"])
        adjectives = data.table("gazetteer/border_adjectives")["form"]
        self._known = by_reason["word"] | self._persons | frozenset(folding.fold_names(adjectives))

    def around(self, text: str, start: int, end: int) -> tuple[str, str, int, int, bool]:
        """Give kind, class of site, start and end with the kind word, and whether a place is likely here."""
        kind, site, begin, cue = self._kind_before(text, start)
        after_kind, after_site, finish = self._kind_after(text, end)
        if after_kind:
            return after_kind, after_site, start, finish, True
        return kind, site, begin, end, cue or bool(kind)

    def _kind_before(self, text: str, start: int) -> tuple[str, str, int, bool]:
        tail = _CLAUSE_BREAK.split(text[max(0, start - 60) : start])[-1]
        all_words = words = folding.words(tail)
        while words and words[-1] in _LINKS and " ".join(words[-2:]) not in self._before:
            words = words[:-1]
        linked = len(words) < len(all_words)
        for size, skip in _RUNS if linked else _RUNS_BARE:
            first = len(words) - size - skip
            found = self._kind_of(words[first : first + size]) if first >= 0 else None
            if found and found[0] != "place" and (not skip or found[0] in _ADJECTIVES_BETWEEN):
                return *found, start - _length_from(tail, len(all_words) - first), True
        ends = (" ".join(all_words[-n:]) for n in (1, 2, 3))
        return "", "", start, any(self._before.get(end, ("",))[0] == "place" for end in ends)

    def _kind_of(self, run: list[str]) -> tuple[str, str] | None:
        """Look a kind word up; in Arabic and, to, by and with are written on to it."""
        word = " ".join(run)
        bare = word[1:] if len(word) > 3 and word[0] in "وفبل" else word
        return (self._before.get(word) or self._before.get(bare)) if word else None

    def _kind_after(self, text: str, end: int) -> tuple[str, str, int]:
        match = _AFTER.match(text, end)
        if not match:
            return "", "", end
        words = list(re.finditer(r"[^\W\d_]+", match[1]))
        for size in range(len(words), 0, -1):
            run = " ".join(folding.words(" ".join(w.group() for w in words[:size])))
            stem = run if run in self._after else self._turkish_stem(run)
            if stem:
                return *self._after[stem], match.start(1) + words[size - 1].start() + len(stem.split()[-1])
        return "", "", end

    def _turkish_stem(self, run: str) -> str:
        """Take the case endings off: kırsalındaki, kapısında."""
        match = self._turkish.fullmatch(run)
        return match[1] if match else ""

    def gates_in(self, text: str) -> "list[tuple[int, int]]":
        """Give the sentences (start, end) that speak of a border or its gates."""
        cuts = [0, *(m.end() for m in re.finditer(r"[.\n]", text)), len(text)]
        return [(a, b) for a, b in pairwise(cuts) if not self.gates.isdisjoint(folding.words(text[a:b]))]

    def person_before(self, text: str, start: int) -> bool:
        """Tell whether a given name or a title stands right before."""
        match = re.search(r"([^\W\d_]+\.?)[ ]$", text[max(0, start - 25) : start])
        if not match or not match[1][0].isupper():
            return False
        return " ".join(folding.words(match[1])) in self._persons

    def ordinary(self, word: str, language: str | None) -> bool:
        """Tell whether a folded name is an ordinary word of the language, too."""
        return word in self._ordinary.get(language, frozenset())

    def also_person(self, word: str) -> bool:
        """Tell whether the name of a place is a person's first name, too: Jordan, Georgia, Paris."""
        return word in self._double

    def named_before(self, text: str, start: int) -> bool:
        """Tell whether a capitalised word that we do not know, within a sentence, stands right before."""
        match = re.search(r"[^\s.!?:…»”\"–—-] ([^\W\d_]+) $", text[max(0, start - 30) : start])
        if not match or not match[1][0].isupper() or match[1].isupper():
            return False
        return not self.known_word(match[1])

    def known_word(self, name: str) -> bool:
        """Tell whether a capitalised word is in our tables of ordinary words, persons and adjectives."""
        words = folding.words(re.sub("['’ʿʾ`]", "", name))
        return any(w in self._known and w not in self.elements for w in words)

    def stands_alone(self, text: str, end: int) -> bool:
        """Tell whether an acronym ("US") is not the adjective of the word after it."""
        match = re.match(r"['’]s|\.?\s*([^\W\d_]*)", text[end : end + 30])
        word = " ".join(folding.words((match and match[1]) or ""))
        known = word in self._metonyms["skip"] or self.actor_after([word])
        return (
            not word or known or (word in self._before and len(word) < 8) or word in ("and", "or", "et", "ve")
        )

    def trimmed(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Cut a preposition or elision with a capital from the front: "À Rastane", "L'Oronte"."""
        while match := re.match(r"([^\W\d_]{1,4})(['’ ])", text[start:end]):
            word = " ".join(folding.words(match[1]))
            if word not in self._before and not (match[2] != " " and word in _ELIDED):
                break
            start += match.end()
        return start, end

    def sites(self, index: Index) -> dict[str, list[int]]:
        """Give the sites of each class: those with one of its words in a name."""
        if not self._sites:
            rows = [(w, s) for table in (self._before, self._after) for w, (_, s) in table.items() if s]
            named = zip(index.names["folded"], index.names["place"], strict=True)
            for folded, place in (n for n in named if index.kinds[n[1]] == "site"):
                for site in {s for w, s in rows if f" {w} " in f" {folded} "}:
                    self._sites[site].append(place)
        return self._sites

    def sites_of(self, index: Index, candidates: list[int], site: str) -> list[int]:
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
        return named[:1] or [s for d, s in near[:1] if d < _SITE_KM / 2]

    def actor_before(self, folded: str) -> bool:
        """Tell whether the words before a capital make it a government."""
        inverted = re.search(r" a (\w+) $", folded)
        if inverted and inverted[1].startswith(self._metonyms["after"]):
            return True
        ends = folded.split()[-4:]
        ends[-1:] = [w.removeprefix("و") for w in ends[-1:]]
        return any(" ".join(ends[i:]) in self._before_actor for i in range(len(ends)))

    def actor_after(self, words: list[str]) -> bool:
        """Tell whether a verb of saying or willing follows a capital."""
        for word_number, word in enumerate(words):
            rest = " ".join(words[word_number:])
            if rest.startswith(self._metonyms["after"]):
                return True
            if word not in self._metonyms["skip"]:
                return False
        return False


def _length_from(text: str, count: int) -> int:
    """Give the length of the text from its word number `count` from the end on."""
    words = list(_WORD.finditer(text))
    return len(text) - words[max(0, len(words) - count)].start()


def borders(text: str, index: Index) -> list[Mention]:
    """Give the mentions of borders by their adjectives: "frontière syro-libanaise", "the Iraqi border"."""
    found: dict[tuple[int, int], Mention] = {}
    for word in _BORDER_WORD.finditer(text):
        for pattern, forms in _border_patterns():
            for match in pattern.finditer(text, max(0, word.start() - 60), word.end() + 60):
                sides = {forms[g.lower()] for g in match.groups() if g}
                if len(sides) == 1:
                    sides = sides | {"SYR"} if "SYR" not in sides else _with_other(text, match, forms)
                place = index.number.get("fl:border-" + "-".join(sorted(c.lower() for c in sides)), -1)
                candidates = [place] if place >= 0 else []
                found[match.span()] = Mention(*match.span(), candidates, "border of the two named")
    return list(found.values())


def _with_other(text: str, match: re.Match[str], forms: dict[str, str]) -> set[str]:
    """Find the neighbour that the sentence names beside Syria."""
    left = max(text.rfind(c, 0, match.start()) for c in ".\n") + 1
    words = re.findall(r"[^\W\d_]+", text[left : match.start()])
    others = [forms[w.lower()] for w in words if forms.get(w.lower(), "SYR") != "SYR"]
    return {"SYR", *others[:1]}


def _border_patterns() -> list[tuple[re.Pattern[str], dict[str, str]]]:
    if not _PATTERNS:
        adjectives = data.table("gazetteer/border_adjectives")
        countries = data.table("gazetteer/names").merge(
            data.table("gazetteer/places")[["place_id", "kind", "country"]], on="place_id"
        )
        countries = countries[
            (countries["kind"] == "country") & countries["country"].isin(adjectives["country"])
        ]
        for lang, pattern in zip(
            *(data.table("gazetteer/border_patterns")[c] for c in ("lang", "pattern")), strict=True
        ):
            mine, own = adjectives[adjectives["lang"] == lang], countries[countries["lang"] == lang]
            forms = dict(zip(mine["form"].str.lower(), mine["country"], strict=True))
            names = dict(zip(own["name"].str.lower(), own["country"], strict=True))
            a, n = (_either(list(x)) for x in (forms, names))
            source = pattern.replace("{A}", a).replace("{B}", a).replace("{N}", n).replace("{M}", n)
            _PATTERNS.append((re.compile(r"(?<!\w)" + source + r"(?!\w)", re.IGNORECASE), forms | names))
    return _PATTERNS


@cache
def words() -> Words:
    """Give the tables, read once."""
    return Words()


_PATTERNS: list[tuple[re.Pattern[str], dict[str, str]]] = []


def _either(words: list[str]) -> str:
    return "(" + "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))) + ")"


def mark_actors(text: str, found: list[Mention], index: Index, words: Words) -> None:
    """Set the reading to actor where a capital stands for its government."""
    capitals = {index.number[i] for i in data.table("gazetteer/capitals")["place_id"] if i in index.number}
    mine = [m for m in found if m.choice.place in capitals]
    for mention in mine:
        before = f" {' '.join(folding.words(text[max(0, mention.start - 40) : mention.start]))} "
        clause = re.split(r"[.,;:!?\n()–—]| - ", text[mention.end : mention.end + 60])[0]
        following = not before.endswith(_WHERE) and words.actor_after(folding.words(clause))
        if following or words.actor_before(before):
            mention.reading = "actor"
    for first, second in pairwise(mine):
        between = text[first.end : second.start]
        joined = re.fullmatch(r"\s*(?:et|and|ve|,)\s*|\s+و", between)
        if joined and "actor" in (first.reading, second.reading):
            first.reading = second.reading = "actor"
