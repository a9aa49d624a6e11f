"""Fold text so that spellings meet: case, accents, apostrophes, Arabic letter forms; and keys by sound."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

ARTICLES = frozenset(
    [
        "al",
        "el",
        "ar",
        "as",
        "ash",
        "ad",
        "at",
        "an",
        "az",
        "ath",
        "adh",
        "er",
        "es",
        "ech",
        "ed",
        "et",
        "en",
        "ez",
        "esh",
        "eş",
        "ul",
        "ool",
        "l",
    ]
)
ARABIC_ARTICLE = "ال"
_TOP = 0x2100  # letters above this point (CJK, symbols) stay as they are
_ARABIC_FORMS = str.maketrans("أإآٱىئؤةکیگ", "ااااييوهكيك")
_LATIN_FORMS = {
    "ı": "i",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "œ": "o",
    "æ": "a",
    "ß": "s",
    "ð": "d",
    "þ": "t",
    "ə": "e",
}
_DROPPED = re.compile("[\u0300-\u036f\u0640\u064b-\u0652\u0670\u200b-\u200f\u202a-\u202e]")


@dataclass(frozen=True)
class Folded:
    """A folded text: words of lower-case letters and digits with one space between, and around, them."""

    text: str
    offsets: NDArray[np.intp]

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
    raw = np.frombuffer(f" {text} ".encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = _table()[np.minimum(raw, _TOP)]
    high = np.flatnonzero(raw >= _TOP)
    codes[high] = raw[high]
    space = codes == 32
    kept = codes != 0
    kept[1:] &= ~(space[1:] & space[:-1])
    where = np.flatnonzero(kept)
    folded = codes[where].tobytes().decode("utf-32-le", "surrogatepass")
    # a mark dropped between two spaces leaves them side by side
    if "  " in folded:
        again = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4") == 32
        single = np.flatnonzero(~np.concatenate(([False], again[1:] & again[:-1])))
        where, folded = where[single], "".join(np.array(list(folded))[single])
    return Folded(folded, where - 1)


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
def _translation() -> dict[int, str | None]:
    return {c: _folded(chr(c)) or None for c in range(_TOP)}


@cache
def _table() -> NDArray[np.uint32]:
    return np.array([ord(_folded(chr(c)) or "\0") for c in range(_TOP + 1)], dtype="<u4")


def _folded(character: str) -> str:
    if _DROPPED.match(character):
        return ""
    lower = character.lower()[:1]
    base = unicodedata.normalize("NFKD", _LATIN_FORMS.get(lower, lower).translate(_ARABIC_FORMS))[:1]
    return base if base.isalnum() else " "


# sounds: what English, French, German and Turkish write differently
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("dsch|dge?|dj|zh", "j"),
        ("tch|sch|sh|ch|ş", "S"),
        ("kh|x", "h"),
        ("gh|ğ", "k"),
        ("c(?!k)|ç", "j"),
        ("dh", "d"),
        ("th", "t"),
        ("ph", "f"),
        ("ou(?=[aeiy])|v", "w"),
        ("ou|oo|ow|au|aw|o", "u"),
        ("ee|ie|y", "i"),
        ("[ae]+i", "e"),
        ("[qg]|ck", "k"),
        ("p", "b"),
        ("n(?=b)", "m"),
        (r"(.)\1+", r"\1"),
        ("d$", "t"),
        ("[ae]+h?$|h$", lambda m: "e" if m[0] == "e" else "" if m[0] == "h" else "a"),
    )
]
_ARABIC_SOUNDS = str.maketrans(
    "بتثجحخدذرزسشصضطظغفقكلمنهوي", "bttjhhddrzsSsdtzkfkklmnhwi", "اءع"
)  # fmt: skip
_CEDILLAS = str.maketrans("şçğ", "Sck")
_TURKISH = str.maketrans("İIı", "iii")


def sound(name: str) -> str:
    """
    Write a name by its sound, so that transliterations of one name come out alike or nearly so.

    Parameters
    ----------
    name
        A name in Latin or Arabic script.

    Returns
    -------
    str
        Letters only: articles, hyphens and doublings are gone; `S` stands for sh.
    """
    plain = unicodedata.normalize("NFKD", _keep_cedillas(name))
    words = re.findall(r"[^\W\d_]+", re.sub("['’‘ʿʾʻʼ`´\u0300-\u036f]", "", plain))
    words = [w for w in words if w not in ARTICLES] or words
    # a feminine ending sounds as t inside a name: Maarat al-Numan
    words = [re.sub("ة$", "ت", w) for w in words[:-1]] + words[-1:]
    return "".join(_word_sound(w) for w in words)


def _keep_cedillas(name: str) -> str:
    lower = _DROPPED.sub("", unicodedata.normalize("NFC", name.translate(_TURKISH).lower()))
    return re.sub(r"é\b", "a", lower).translate(_CEDILLAS)


@cache
def _word_sound(word: str) -> str:
    if "\u0600" <= word[:1] <= "\u06ff":
        bare = word.translate(_ARABIC_FORMS)
        bare = bare.removeprefix(ARABIC_ARTICLE) if len(bare) > 4 else bare
        bare = re.sub("n(?=b)", "m", re.sub("[ةا]$|(?<=..)ه$", "a", bare).translate(_ARABIC_SOUNDS))
        return re.sub(r"(.)\1+", r"\1", bare)
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


def key(name: str) -> str:
    """
    Reduce a name to its consonants, on which its transliterations agree.

    Parameters
    ----------
    name
        A name in Latin or Arabic script.

    Returns
    -------
    str
        For example ``"tlrft"`` for Tell Rifaat, Tal Rif'at and Tel Rıfat.
    """
    return skeleton(sound(name))


def skeleton(sound_of_name: str) -> str:
    """
    Take the consonants of a name that `sound` has written.

    Parameters
    ----------
    sound_of_name
        What `sound` gave.

    Returns
    -------
    str
        The key.
    """
    return re.sub(r"(.)\1+", r"\1", re.sub("[aeiu]|(?<=.)w", "", sound_of_name))
