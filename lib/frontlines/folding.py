"""Fold text so that spellings meet: case, accents, apostrophes, Arabic letter forms."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_ARTICLES = "al el ar as ash ad at an az ath adh er es ech ed et en ez esh eş ul ool l"
ARTICLES = frozenset(_ARTICLES.split())
ARABIC_ARTICLE = "ال"
MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u0652\u0670\u200b-\u200f\u202a-\u202e]")
ARABIC_FORMS = str.maketrans("أإآٱىئؤةکیگ", "ااااييوهكيك")
TOP = 0x2100  # letters above this point (CJK, symbols) stay as they are
_LATIN_FORMS = dict(zip("ıøłđœæßðþə", "ioldoasdte", strict=True))


@dataclass(frozen=True)
class Folded:
    """A folded text: words of lower-case letters and digits with one space between, and around, them."""

    text: str
    offsets: NDArray[np.intp]  # of each folded character in the raw text
    spaces: NDArray[np.intp]  # where the folded text has its spaces
    codes: NDArray[np.unsignedinteger]  # of the raw text's characters, with a space before and after

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the raw offsets of the folded characters from `start` to `end`."""
        return int(self.offsets[start]), int(self.offsets[end - 1]) + 1


def fold(text: str) -> Folded:
    """
    Fold a text for matching, keeping the way back to its own offsets.

    Parameters
    ----------
    text
        Any text; combining marks, harakat, tatweel and direction marks vanish, letters lose case and
        accent, everything that is neither letter nor digit becomes one space.

    Returns
    -------
    Folded
        The folded text, and for each of its characters the offset in `text`.
    """
    raw, encoding = _codes(f" {text} ")
    folded = _table().take(raw, mode="clip").astype(raw.dtype, copy=False)
    if raw.itemsize == 4:
        folded[raw > 0xFFFF] = raw[raw > 0xFFFF]
    kept = None if folded.all() else np.flatnonzero(folded)
    if kept is not None:
        folded = folded[kept]
    space = folded == 32
    single = ~space
    single[0] = True
    single[1:] |= ~space[:-1]
    where = np.flatnonzero(single)
    folded = folded[where]
    return Folded(
        folded.tobytes().decode(encoding, "surrogatepass"),
        (where if kept is None else kept[where]) - 1,
        np.flatnonzero(folded == 32),
        raw,
    )


def _codes(text: str) -> tuple[NDArray[np.unsignedinteger], str]:
    """Give the code points in as few bytes as hold them."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype="u1"), "ascii"
    short = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    if len(short) == len(text):
        return short, "utf-16-le"
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4"), "utf-32-le"


def fold_names(names: Iterable[str]) -> list[str]:
    """
    Fold many names at once.

    Parameters
    ----------
    names
        Names in any script.

    Returns
    -------
    list of str
        The folded names, in order.
    """
    # a letter for private use survives the folding and keeps the names apart
    return [name.strip() for name in fold("\ue000".join(names)).text.split("\ue000")]


def words(text: str) -> list[str]:
    """
    Fold a short text to its words, where the way back to the offsets is not needed.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    list of str
        The folded words, in order.
    """
    return text.translate(_translation()).split()


@cache
def _table() -> NDArray[np.uint16]:
    table = np.arange(0x10000, dtype="<u2")
    table[:TOP] = [ord(_folded(chr(c)) or "\0") for c in range(TOP)]
    return table


@cache
def _translation() -> dict[int, str | None]:
    return {c: chr(f) if f else None for c, f in enumerate(_table()[:TOP].tolist())}


def _folded(character: str) -> str:
    if MARKS.match(character):
        return ""
    lower = character.lower()[:1]
    base = unicodedata.normalize("NFKD", _LATIN_FORMS.get(lower, lower).translate(ARABIC_FORMS))[:1]
    return base if base.isalnum() else " "
