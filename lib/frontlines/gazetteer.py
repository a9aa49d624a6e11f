"""Places and their names: find them in a text, resolve a name, in French, English, Arabic and Turkish."""

from collections.abc import Iterable

import pandas as pd

from frontlines import data, mentions, toponyms
from frontlines.errors import UnknownCodeError

ATTRIBUTES = ["place_id", "name", "kind", "country", "adm1", "lat", "lon", "precision_km"]
NUMBERS = ("lat", "lon", "precision_km", "population")


def places() -> pd.DataFrame:
    """
    Give the whole gazetteer.

    Returns
    -------
    pandas.DataFrame
        One row a place: `place_id`, `name`, `kind`, `country` (ISO 3166-1 alpha-3), `adm1` (ISO 3166-2),
        `lat`, `lon` (EPSG:4326), `precision_km`, `population` (NaN if unknown), `source`, `basis`.
    """
    return data.table("gazetteer/places", numeric=NUMBERS)


def lookup(place_ids: Iterable[str]) -> pd.DataFrame:
    """
    Look places up by their ids.

    Parameters
    ----------
    place_ids
        Ids such as ``"gn:169577"`` or ``"fl:al-waer"``.

    Returns
    -------
    pandas.DataFrame
        The columns of `places`, one row an id, in the order given.

    Raises
    ------
    UnknownCodeError
        If an id is not in the gazetteer.
    """
    wanted = list(place_ids)
    frame = places().set_index("place_id", drop=False)
    unknown = [i for i in dict.fromkeys(wanted) if i not in frame.index]
    if unknown:
        raise UnknownCodeError(
            f"place_id {', '.join(map(repr, unknown[:5]))} not in the gazetteer; ids look like 'gn:169577' or "
            "'fl:al-waer', see data/gazetteer/places.csv"
        )
    return frame.loc[wanted].reset_index(drop=True)


def find(text: str, *, language: str | None = None) -> pd.DataFrame:
    """
    Find the places that a text names.

    Parameters
    ----------
    text
        The raw text, in French, English, Arabic or Turkish.
    language
        ``"fr"``, ``"en"``, ``"ar"`` or ``"tr"``; None: any.

    Returns
    -------
    pandas.DataFrame
        One row a mention, sorted by `start`: `start`, `end` (character offsets in `text`), `text`,
        `place_id`, `name`, `kind`, `country`, `adm1`, `lat`, `lon` (EPSG:4326), `precision_km`, `score` (0 to 1),
        `method` (how it was found and chosen), `reading` (``"place"``, or ``"actor"`` where a capital stands for
        its government). A name that stands like a place but is not known has an empty `place_id`.
    """
    index = toponyms.load()
    found = mentions.finder().find(text, language)
    frame = pd.DataFrame(
        {
            "start": [m.start for m in found],
            "end": [m.end for m in found],
            "text": pd.Series([text[m.start : m.end] for m in found], dtype="str"),
        }
    )
    chosen = _attributes(index, [m.choice.place for m in found])
    frame = pd.concat([frame, chosen], axis=1)
    frame["score"] = pd.Series([m.choice.score for m in found], dtype="float64")
    frame["method"] = pd.Series([m.choice.method for m in found], dtype="str")
    frame["reading"] = pd.Series([m.reading for m in found], dtype="str")
    return frame.astype({"start": "int64", "end": "int64"})


def _attributes(index: toponyms.Index, chosen: list[int]) -> pd.DataFrame:
    frame = index.places[ATTRIBUTES].reindex(chosen).reset_index(drop=True)
    texts = ["place_id", "name", "kind", "country", "adm1"]
    return frame.assign(**{c: frame[c].fillna("") for c in texts})
