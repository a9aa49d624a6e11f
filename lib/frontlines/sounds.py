"""Names by their sound: keys on which the transliterations of one name agree."""

import re
import unicodedata
from functools import cache

from frontlines.folding import ARABIC_ARTICLE, ARABIC_FORMS, ARTICLES, MARKS

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
    lower = MARKS.sub("", unicodedata.normalize("NFC", name.translate(_TURKISH).lower()))
    return re.sub(r"é\b", "a", lower).translate(_CEDILLAS)


@cache
def _word_sound(word: str) -> str:
    if "\u0600" <= word[:1] <= "\u06ff":
        bare = word.translate(ARABIC_FORMS)
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
