"""Words for pictures: phrases, days, names and sides in English, French, Arabic and Turkish."""

from collections.abc import Iterable
from datetime import date
from functools import cache

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

from frontlines import data
from frontlines.errors import UnknownCodeError

LANGUAGES = ("en", "fr", "ar", "tr")


def say(key: str, language: str = "en", **values: object) -> str:
    """
    Say something in one of the four languages.

    Parameters
    ----------
    key
        A key of `data/codebook/words.csv`.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.
    **values
        What fills the blanks of the phrase.

    Returns
    -------
    str
        The phrase.

    Raises
    ------
    UnknownCodeError
        If there is no such language.
    """
    return _phrases(_known(language))[key].format(**values)


def day_words(day: date | str, language: str = "en") -> str:
    """
    Write a day in words.

    Parameters
    ----------
    day
        A date or ISO 8601 text.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    str
        For example ``6 December 2024``.
    """
    written = format_date(date.fromisoformat(str(day)), "d MMMM y", locale=_known(language))
    return str(written).translate({0x660 + digit: str(digit) for digit in range(10)})


def span_words(first: date | str, last: date | str, language: str = "en") -> str:
    """
    Write a span of days in words, the year once.

    Parameters
    ----------
    first, last
        Dates or ISO 8601 text.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    str
        For example ``26 November - 11 December 2024``.
    """
    begin, end = day_words(first, language), day_words(last, language)
    if begin == end:
        return end
    same_year = str(first)[:4] == str(last)[:4]
    return f"{begin.rsplit(' ', 1)[0] if same_year else begin} – {end}"


def number(value: float, language: str = "en") -> str:
    """
    Write a number with one decimal.

    Parameters
    ----------
    value
        The number.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    str
        For example ``8.7``, in French and Turkish ``8,7``.
    """
    return str(format_decimal(value, "0.0", locale=_known(language)))


def palette(language: str = "en") -> pd.DataFrame:
    """
    Give the fixed look of each side and state.

    Parameters
    ----------
    language
        Language of the column label.

    Returns
    -------
    pandas.DataFrame
        Index side, in legend order; columns kind, color (hex), hatch, marker, label.
    """
    sides = data.table("codebook/sides").set_index("side")
    return sides[["kind", "color", "hatch", "marker"]].assign(label=sides[f"label_{_known(language)}"])


def names(place_ids: Iterable[str], fallback: Iterable[str], language: str = "en") -> list[str]:
    """
    Name places in a language.

    Parameters
    ----------
    place_ids
        Ids of the gazetteer.
    fallback
        What to call each where the gazetteer has no name in that language, or no preferred one in English.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    list of str
        A name for each id, in order.
    """
    # some places bear a name of our own policy, whatever the gazetteer calls them (DESIGN, "Boundaries")
    own = {key[6:]: name for key, name in _phrases(_known(language)).items() if key.startswith("place:")}
    known = _preferred(language) | own
    return [known.get(i) or other for i, other in zip(place_ids, fallback, strict=True)]


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise UnknownCodeError(f"no language {language!r} for pictures; there are {', '.join(LANGUAGES)}")
    return language


@cache
def _phrases(language: str) -> dict[str, str]:
    words = data.table("codebook/words")
    return dict(zip(words["key"], words[language], strict=True))


@cache
def _preferred(language: str) -> dict[str, str]:
    known = data.table("gazetteer/names")
    known = known[known["lang"] == language]
    # where no name is marked as preferred, GeoNames' own stands before colloquial ones
    known = known.sort_values(["preferred", "source"], ascending=[False, True], kind="stable")
    if language == "ar":
        known = known[known["name"].str.contains("[\u0621-\u064a]")]
    known = known.drop_duplicates("place_id")
    if language == "en":
        known = known[known["preferred"] == "yes"]
    return dict(zip(known["place_id"], known["name"], strict=True))
