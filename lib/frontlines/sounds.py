"""Names by their sound: keys on which the transliterations of one name agree."""

import re
import unicodedata

from frontlines.folding import ARABIC_ARTICLE, ARABIC_FORMS, ARTICLES, MARKS

# sounds: what English, French, German and Turkish write differently
_SOUNDS = [
    (re.compile(pattern, re.MULTILINE), sound)
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
        ("qu(?=[ei])|[qg]|ck", "k"),
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


_DOUBLED, _INNER_W, _VOWELS = re.compile(r"(.)\1+"), re.compile("(?<=.)w+"), "aeiu"
_ARABIC_ENDING = re.compile("[ةا]$|(?<=..)ه$", re.MULTILINE)
_APOSTROPHES = re.compile("['’‘ʿʾʻʼ`´\u0300-\u036f]")
_WORD = re.compile(r"[^\W\d_]+")
_REMEMBERED = 200_000  # words whose sound is kept
_HEARD: dict[str, str] = {}


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
    return hear([name])[0]


def hear(names: list[str]) -> list[str]:
    """
    Write many names by their sound, each word of them once.

    Parameters
    ----------
    names
        Names in Latin or Arabic script.

    Returns
    -------
    list of str
        What `sound` gives for each.
    """
    if len(_HEARD) > _REMEMBERED:
        _HEARD.clear()
    lines = _plain("\n".join(n.replace("\n", " ") for n in names)).split("\n")
    told = []
    for line in lines:
        words = _WORD.findall(line)
        words = [w for w in words if w not in ARTICLES] or words
        # a feminine ending sounds as t inside a name: Maarat al-Numan
        told.append([w[:-1] + "ت" if w[-1] == "ة" else w for w in words[:-1]] + words[-1:])
    if new := {w for words in told for w in words if w not in _HEARD}:
        _learn(new)
    return ["".join(map(_HEARD.__getitem__, words)) for words in told]


def _plain(names: str) -> str:
    """Take off case, marks and accents, but keep what a cedilla or a last é says."""
    lower = MARKS.sub("", unicodedata.normalize("NFC", names.translate(_TURKISH).lower()))
    lower = re.sub(r"é\b", "a", lower).translate(_CEDILLAS)
    return _APOSTROPHES.sub("", unicodedata.normalize("NFKD", lower))


def _learn(words: set[str]) -> None:
    """Hear words, a line each, so that every rule runs once over all of them."""
    arabic = [w for w in words if "\u0600" <= w[0] <= "\u06ff"]
    latin = list(words.difference(arabic))
    told = "\n".join(latin)
    for pattern, replacement in _SOUNDS:
        told = pattern.sub(replacement, told)
    bare = [w.translate(ARABIC_FORMS) for w in arabic]
    bare = [w.removeprefix(ARABIC_ARTICLE) if len(w) > 4 else w for w in bare]
    script = _ARABIC_ENDING.sub("a", "\n".join(bare)).translate(_ARABIC_SOUNDS)
    script = _DOUBLED.sub(r"\1", re.sub("n(?=b)", "m", script))
    for mine, heard in ((latin, told), (arabic, script)):
        if mine:
            _HEARD.update(zip(mine, heard.split("\n"), strict=True))


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
    Take the consonants of a name that `sound` has written, or of many with a line for each.

    Parameters
    ----------
    sound_of_name
        What `sound` gave.

    Returns
    -------
    str
        The key, or a line for each.
    """
    bare = _INNER_W.sub("", sound_of_name)
    for vowel in _VOWELS:
        bare = bare.replace(vowel, "")
    return _DOUBLED.sub(r"\1", bare)
