"""A text as folded words: where each stands in the raw text, and what the tables say of it."""

from collections.abc import Callable
from functools import cache, cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from frontlines import folding

# traits of a raw character
UPPER, DIGIT, CLAUSE, SENTENCE, BREAK, HYPHEN, WORD, ARABIC = 1, 2, 4, 8, 16, 32, 64, 128
_TRAITS: tuple[tuple[int, Callable[[str], bool]], ...] = (
    (UPPER, lambda c: c < "\u0250" and c.isupper()),
    (DIGIT, str.isdigit),
    (CLAUSE, ".;:!?()«»\n,".__contains__),
    (SENTENCE, ".\n".__contains__),
    (BREAK, '.\n,;:!?()[]«»“”"/|…–—'.__contains__),
    (HYPHEN, "-‐".__contains__),
    (WORD, lambda c: c.isalnum() or c == "_"),
    (ARABIC, lambda c: "\u0621" <= c <= "\u064a"),
)
_REMEMBERED = 500_000  # words of which what is told is kept
_T = TypeVar("_T")


class Memory(dict[str, _T]):
    """What there is to tell of a word, or of several; asked once."""

    def __init__(self, tell: Callable[[str], _T]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, word: str) -> _T:  # noqa: D105
        if len(self) > _REMEMBERED:
            self.clear()
        self[word] = found = self._tell(word)
        return found


Signs = Memory[int]  # what the tables say of a word, as a number of bits


class Tokens:
    """A text, its words (folded), and for each: raw start and end, signs, first letter, clause."""

    def __init__(self, text: str, signs: Signs) -> None:
        folded = folding.fold(text)
        self.text, self.folded, self.offsets, self.codes = text, folded.text, folded.offsets, folded.codes
        self.words = folded.text.split(" ")[1:-1]
        first, last = folded.spaces[:-1] + 1, folded.spaces[1:] - 1
        self.start, self.end = folded.offsets[first], folded.offsets[last] + 1
        # of each raw character, with the space before the text at 0
        self.traits = _traits().take(folded.codes, mode="clip")
        self.signs = np.fromiter(map(signs.__getitem__, self.words), np.int32, len(self.words))
        self.capital = self.trait(self.start, UPPER)
        self.clause = self.count(CLAUSE)[self.start]
        # plain numbers, read one at a time
        self.starts, self.ends = self.start.data, self.end.data
        self.capitals, self.signed = self.capital.data, self.signs.data
        self.clauses = self.clause.data

    @cached_property
    def sentence(self) -> NDArray[np.intp]:
        """The number of the sentence that each word stands in."""
        return self.count(SENTENCE)[self.start]

    def trait(self, at: NDArray[np.intp], which: int) -> NDArray[np.bool_]:
        """Tell of raw offsets (-1 and the text's length allowed) whether the characters have a trait."""
        found: NDArray[np.bool_] = (self.traits[at + 1] & which) != 0
        return found

    def count(self, which: int) -> NDArray[np.intp]:
        """Count the characters with a trait up to each offset."""
        return np.cumsum((self.traits & which) != 0, dtype=np.intp)

    def gap(self, number: int) -> str:
        """Give the raw characters between a word and the one before it."""
        return self.text[self.ends[number - 1] : self.starts[number]]

    def first(self, at: int) -> int:
        """Give the number of the first word that starts at an offset or after it."""
        return int(self.start.searchsorted(at))

    def holding(self, at: int) -> int:
        """Give the number of the word that an offset lies in."""
        return int(self.start.searchsorted(at, "right")) - 1

    def run(self, first: int, last: int) -> str:
        """Give words, joined by spaces."""
        return " ".join(self.words[max(0, first) : last])


@cache
def _traits() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, np.uint8)
    for code in range(folding.TOP):
        table[code] = sum(bit for bit, has in _TRAITS if has(chr(code)))
    return table
