"""A government meant by its capital: "Damascus said", "selon Ankara", "Şam yönetimi"."""

import re
from functools import cache
from itertools import pairwise

from frontlines import data, folding, readings
from frontlines.readings import LEADS, SAYS
from frontlines.tokens import Tokens
from frontlines.toponyms import Index, Mention

# right after these words a capital is a place, whatever verb follows
_WHERE_WORDS = "in at near from to into toward towards around outside vers dans depuis a في الي من"
_WHERE = frozenset(_WHERE_WORDS.split())
_PAUSE = re.compile(r"[.,;:!?\n()–—]| - ")
_AND = re.compile(r"\s*(?:et|and|ve|,)\s*|\s+و")


class Metonyms:
    """The capitals, and the words that make a government of one."""

    def __init__(self) -> None:
        words = readings.words()
        self._before = frozenset(words.metonyms["before"])
        self._after, self._skip = words.metonyms["after"], frozenset(words.metonyms["skip"])
        self._kinds = words.before
        self.capitals = frozenset(data.table("gazetteer/capitals")["place_id"])

    def stands_alone(self, text: str, end: int) -> bool:
        """Tell whether an acronym ("US") is not the adjective of the word after it."""
        match = re.match(r"['’]s|\.?\s*([^\W\d_]*)", text[end : end + 30])
        word = " ".join(folding.words((match and match[1]) or ""))
        known = word in self._skip or self.actor_after([word])
        return (
            not word or known or (word in self._kinds and len(word) < 8) or word in ("and", "or", "et", "ve")
        )

    def actor_before(self, words: list[str]) -> bool:
        """Tell whether the words before a capital make it a government."""
        if words[-2:-1] == ["a"] and words[-1].startswith(self._after):
            return True
        ends = words[-4:]
        ends[-1:] = [w.removeprefix("و") for w in ends[-1:]]
        return any(" ".join(ends[i:]) in self._before for i in range(len(ends)))

    def actor_after(self, words: list[str]) -> bool:
        """Tell whether a verb of saying or willing follows a capital."""
        for word_number, word in enumerate(words):
            rest = " ".join(words[word_number:])
            if rest.startswith(self._after):
                return True
            if word not in self._skip:
                return False
        return False


@cache
def metonyms() -> Metonyms:
    """Give the tables, read once."""
    return Metonyms()


def mark(told: Tokens, found: list[Mention], index: Index) -> None:
    """Set the reading to actor where a capital stands for its government."""
    text, ids, words = told.text, index.ids, metonyms()
    mine = [m for m in found if m.choice.place >= 0 and ids[m.choice.place] in words.capitals]
    for mention in mine:
        first, after = told.first(mention.start), told.first(mention.end)
        sign = told.signed[first - 1] if first else 0
        led = sign & LEADS or (sign & SAYS and told.words[first - 2] == "a")
        if after < len(told.words) and told.signed[after] & SAYS and told.words[first - 1] not in _WHERE:
            clause = _PAUSE.split(text[mention.end : mention.end + 60])[0]
            mention.reading = "actor" if words.actor_after(folding.words(clause)) else "place"
        if led and words.actor_before(told.words[max(0, first - 4) : first]):
            mention.reading = "actor"
    for first_one, second in pairwise(mine):
        if "actor" in (first_one.reading, second.reading) and _AND.fullmatch(
            text, first_one.end, second.start
        ):
            first_one.reading = second.reading = "actor"
