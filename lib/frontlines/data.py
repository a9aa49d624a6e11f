"""Where `data/` is: the one place that knows, and the one way to read what the project ships."""

import os
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from frontlines.errors import MissingDataError


def data_dir() -> Path:
    """
    Find the project's `data/` folder.

    Returns
    -------
    pathlib.Path
        The folder named by the environment variable ``FRONTLINES_DATA``, else the `data/` of the
        checkout that this library was installed from.

    Raises
    ------
    MissingDataError
        If the folder does not hold the codebook.
    """
    folder = Path(os.environ.get("FRONTLINES_DATA") or Path(__file__).resolve().parents[2] / "data")
    if not (folder / "codebook").is_dir():
        raise MissingDataError(
            f"no codebook/ in {folder}; install the library from a checkout (`make setup`), "
            "or set FRONTLINES_DATA to the data/ folder of one"
        )
    return folder


def table(name: str, *, numeric: tuple[str, ...] = ()) -> pd.DataFrame:
    """
    Read a table of `data/`, as text.

    Parameters
    ----------
    name
        Path below `data/` without the ending, for example ``"codebook/event_types"``.
    numeric
        Columns to read as numbers; an empty cell becomes NaN.

    Returns
    -------
    pandas.DataFrame
        The rows in the file's order; other cells are strings, empty ones ``""``. The caller owns it.

    Raises
    ------
    MissingDataError
        If there is no such file.
    """
    frame = _read_table(str(data_dir() / f"{name}.csv")).copy()
    for column in numeric:
        frame[column] = pd.to_numeric(frame[column], errors="raise")
    return frame


def layer(name: str) -> gpd.GeoDataFrame:
    """
    Read a layer of `data/geo/`.

    Parameters
    ----------
    name
        File name without the ending, for example ``"governorates"``; see `data/geo/README.md`.

    Returns
    -------
    geopandas.GeoDataFrame
        The features, in EPSG:4326. The caller owns it.

    Raises
    ------
    MissingDataError
        If there is no such file.
    """
    return _read_layer(str(data_dir() / "geo" / f"{name}.geojson")).copy()


def forget() -> None:
    """Forget the tables read so far: a file of `data/` has changed."""
    _read_table.cache_clear()


@cache
def _read_table(path: str) -> pd.DataFrame:
    _require(path)
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")


@cache
def _read_layer(path: str) -> gpd.GeoDataFrame:
    _require(path)
    return gpd.read_file(path)


def _require(path: str) -> None:
    if not Path(path).is_file():
        raise MissingDataError(f"{path} is missing; restore it with `git checkout -- data`")
