"""Where `data/` is: the one place that knows, and the one way to read what the project ships."""

import csv
import io
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from frontlines.errors import MissingDataError, SchemaError

if TYPE_CHECKING:
    import geopandas as gpd

_SHIPPED = Path(__file__).resolve().parents[2] / "data"
LARGEST = 100_000_000  # bytes of a table that is read whole
_CONTROL = {*range(1, 9), *range(14, 32)}  # bytes that no text holds
_HALVES = re.compile("[\ud800-\udfff]")


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
    folder = Path(os.environ.get("FRONTLINES_DATA") or _SHIPPED)
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


def layer(name: str) -> "gpd.GeoDataFrame":
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


def read_csv(path: str | Path) -> pd.DataFrame:
    """
    Read a table that a user brings: as text, unchecked, and whole or not at all.

    Parameters
    ----------
    path
        A CSV in UTF-8 with a header line, at most 100 MB.

    Returns
    -------
    pandas.DataFrame
        The rows, all cells text, empty ones ``""``; blank lines are passed over.

    Raises
    ------
    SchemaError
        If the file is no such table: what is wrong, and in which row.
    """
    path = Path(path)
    wrong = f"{path.name}: cannot be read as a CSV in UTF-8"
    try:
        rows = _rows(path)
    except UnicodeDecodeError as fault:
        hint = as_utf8(fault.object, path.name)
        raise SchemaError(f"{wrong} (byte {fault.start}: {fault.reason}); {hint}") from None
    except (OSError, csv.Error) as fault:
        raise SchemaError(f"{wrong} ({fault}); save it as one") from None
    except ValueError as fault:
        raise SchemaError(f"{wrong} ({fault})") from None
    if not rows:
        raise SchemaError(f"{wrong} (the file is empty); give a header line, and a row for each event")
    header = rows[0]
    doubled = [name for i, name in enumerate(header) if name in header[:i]]
    if doubled:
        raise SchemaError(f"{path.name}: column {doubled[0]!r} stands twice in the header; keep one")
    if len(header) == 1 and (other := {";", "\t"} & {*header[0]}):
        raise SchemaError(f"{wrong} (its cells are separated by {other.pop()!r}); save it with commas")
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(header):
            raise SchemaError(f"{wrong} (row {number} has {len(row)} cells; expected {len(header)}); mend it")
    return pd.DataFrame(rows[1:], columns=pd.Index(header, dtype="str"), dtype="str")


def need(frame: pd.DataFrame, columns: Sequence[str], name: str) -> None:
    """
    Refuse a table that lacks columns.

    Parameters
    ----------
    frame
        The table.
    columns
        What it needs.
    name
        What the message calls it.

    Raises
    ------
    SchemaError
        If one is missing.
    """
    if missing := [column for column in columns if column not in frame]:
        raise SchemaError(f"the {name} table lacks {', '.join(missing)}; it needs {', '.join(columns)}")


def _rows(path: Path) -> list[list[str]]:
    if path.stat().st_size > LARGEST:
        raise ValueError("it has more than 100 MB; give it in parts")
    raw = path.read_bytes()
    if b"\x00" in raw:
        raise ValueError(
            f"byte {raw.index(0)} is zero: it looks like a binary file or UTF-16; {as_utf8(raw, path.name)}"
        )
    lines = io.StringIO(raw.decode("utf-8-sig"), newline="")
    return [row for row in csv.reader(lines, strict=True) if row]


def as_utf8(raw: bytes, name: str) -> str:
    """
    Say how to put a file into UTF-8, by what its first bytes look like.

    Parameters
    ----------
    raw
        The beginning of the file.
    name
        What the command calls it.

    Returns
    -------
    str
        The end of a message.
    """
    head = raw[:4096]
    arabic = sum(byte >= 0x80 for byte in head) > len(head) / 3
    likely = "WINDOWS-1256" if arabic else "WINDOWS-1252"
    even, odd = (head[at::2].count(0) for at in (0, 1))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        likely = "UTF-16"
    elif max(even, odd) > len(head) / 5 and not _CONTROL & {*head}:
        likely = "UTF-16LE" if odd > even else "UTF-16BE"
    return f"save it in UTF-8, for example with `iconv -f {likely} -t UTF-8 {name}`"


def legible(text: str) -> str:
    """
    Put U+FFFD for each half of a surrogate pair, as is left where a text was cut: none can be written.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        A text of the same length, so that offsets hold; the same one if it has none.
    """
    return _HALVES.sub("\ufffd", text)


def forget() -> None:
    """Forget the tables read so far: a file of `data/` has changed."""
    _read_table.cache_clear()


@cache
def _read_table(path: str) -> pd.DataFrame:
    _require(path)
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")


@cache
def _read_layer(path: str) -> "gpd.GeoDataFrame":
    import geopandas as gpd  # it takes longer to load than the gazetteer

    _require(path)
    return gpd.read_file(path)


def _require(path: str) -> None:
    if not Path(path).is_file():
        raise MissingDataError(f"{path} is missing; restore it with `git checkout -- data`")
