"""Places and their names: find them in a text, resolve a name, in French, English, Arabic and Turkish."""

from collections.abc import Iterable

import pandas as pd

from frontlines import data
from frontlines.errors import UnknownCodeError

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
