"""Files of ACLED, UCDP GED, GDELT and our own into the events table: every row counted, none lost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from frontlines import acled, codebook, crosswalk, events, intake
from frontlines.crosswalk import FAULTS, Faults
from frontlines.errors import SchemaError, UnknownCodeError

SOURCES = ("acled", "ucdp", "gdelt", "events")
REPORT = ("what", "rows")
_TABLES = (".parquet", ".gpkg", ".geojson", ".json")


@dataclass(frozen=True)
class Imported:
    """What became of a file: `events`, the rows `refused` with the reason, and the `report` of counts."""

    events: pd.DataFrame
    refused: pd.DataFrame
    report: pd.DataFrame


def read(path: str | Path, *, source: str) -> Imported:
    """
    Read a file of another project, or our own events table, whole.

    Parameters
    ----------
    path
        A CSV in UTF-8 (comma, semicolon or tab), or a zip archive of one; for ``"events"`` also Parquet,
        GeoPackage or GeoJSON, as `export.write` writes them.
    source
        ``"acled"``, ``"ucdp"``, ``"gdelt"`` (2.0 events) or ``"events"``.

    Returns
    -------
    Imported
        `events`: the columns of CODEBOOK.md (days UTC+3, WGS84 degrees, km), then each column of the file as
        `original_*` (of our own table: its further columns under their own names). `refused`: row (1 is the
        first under the header), column, value, expected, and the row itself as `original_*` (one that cannot
        be split into cells stands in value). `report`: what, rows; rows in are rows out and rows refused.

    Raises
    ------
    SchemaError
        If the file is not of that kind, or no row of it can be used.
    UnknownCodeError
        If there is no such source.

    Notes
    -----
    Columns, types and precisions are translated by the tables of `data/exchange/`, each row with its source.
    UCDP GED and GDELT do not say who holds a place: none of their rows becomes a control event. A place is
    the gazetteer's where its name and the file's point agree; else ``at:`` and the point.
    """
    return _whole(Path(path), _pieces(Path(path), source))


def table(path: str | Path) -> pd.DataFrame:
    """
    Read an events table of any of our forms, whole or not at all.

    Parameters
    ----------
    path
        CSV, Parquet, GeoPackage or GeoJSON.

    Returns
    -------
    pandas.DataFrame
        The events columns, then further ones.

    Raises
    ------
    SchemaError
        If it is no events table, or a row breaks the codebook.
    """
    found = read(path, source="events")
    for fault in found.refused.head(1).itertuples():
        more = f" ({len(found.refused) - 1} rows more; `frontlines check` lists all)"
        raise SchemaError(
            f"{Path(path).name}: row {fault.row}, {fault.column}: {fault.value!r}; expected {fault.expected}"
            + more * (len(found.refused) > 1)
        )
    return found.events


def refused_file(out: str | Path) -> Path:
    """
    Name the table of refused rows beside a file.

    Parameters
    ----------
    out
        What `convert` writes.

    Returns
    -------
    pathlib.Path
        Its name with ``.refused.csv``.
    """
    return Path(f"{out}.refused.csv")


def convert(path: str | Path, out: str | Path, *, source: str, safe_cells: bool = False) -> Imported:
    """
    Read a file piece by piece into a Parquet file, in bounded memory, or whole into a CSV.

    Parameters
    ----------
    path, source
        As for `read`.
    out
        The file to write, ending in ``.parquet`` or ``.csv``; `refused_file` is written beside it where rows
        are refused.
    safe_cells
        Put an apostrophe before texts that a spreadsheet would run as a formula, in all CSV that is written.

    Returns
    -------
    Imported
        As `read` gives it, with the first rows only in `events`, and `refused` without the rows themselves.

    Raises
    ------
    SchemaError, UnknownCodeError
        As `read`; `out` is then not touched.
    """
    if Path(out).suffix.lower() not in (".parquet", ".csv"):
        raise UnknownCodeError(f"{out}: ends in none of .parquet, .csv")
    beside = refused_file(out)
    with (
        events.aside(Path(out)) as part,
        events.aside(beside) as aside,
        aside.open("w", encoding="utf-8", newline="") as refused,
    ):
        pieces = _noting(_pieces(Path(path), source), refused, safe_cells)
        write = _to_parquet if part.suffix.lower() == ".parquet" else partial(_to_csv, safe_cells=safe_cells)
        found = write(Path(path), pieces, part)
    if found.refused.empty:
        beside.unlink()  # nor is one of an earlier run there now
    return found


_Piece = tuple[pd.DataFrame, pd.DataFrame]


def _noting(pieces: Iterable[_Piece], stream: TextIO, safe_cells: bool) -> Iterator[_Piece]:
    """Write refused rows as they come, and pass on only what is wrong with them."""
    for good, bad in pieces:
        if len(bad):
            safe = intake.safe(bad, formulas=safe_cells)
            safe.to_csv(stream, index=False, header=not stream.tell(), lineterminator="\n")
        yield good, bad[list(FAULTS)]


def _to_csv(path: Path, pieces: Iterable[_Piece], out: Path, *, safe_cells: bool) -> Imported:
    found = _whole(path, pieces)
    events.write(intake.safe(found.events, formulas=safe_cells), out)
    return found


def _whole(path: Path, pieces: Iterable[_Piece]) -> Imported:
    every = list(pieces)
    good = [frame for frame, _ in every if len(frame)]
    return _imported(path, good, [bad for _, bad in every], rows=sum(map(len, good)))


def _to_parquet(path: Path, pieces: Iterable[_Piece], out: Path) -> Imported:
    first: list[pd.DataFrame] = []
    refused: list[pd.DataFrame] = []
    writer: pq.ParquetWriter | None = None
    rows = 0
    try:
        for good, bad in pieces:
            refused.append(bad)
            if not len(good):
                continue
            table = pa.Table.from_pandas(_typed(good), preserve_index=False)
            if writer is None:
                writer = pq.ParquetWriter(out, table.schema, compression="zstd")
                first = [good.head()]
            writer.write_table(table.cast(writer.schema))
            rows += len(good)
    finally:
        if writer is not None:
            writer.close()
    return _imported(path, first, refused, rows=rows)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Fix the types, so that all pieces of a file have the same."""
    whole = dict.fromkeys(("n_mentions", "start", "end"), "Int64")
    return frame.astype(dict.fromkeys(("lat", "lon", "precision_km"), "float64") | whole)


def _imported(path: Path, good: list[pd.DataFrame], refused: list[pd.DataFrame], *, rows: int) -> Imported:
    bad = pd.concat(refused).sort_values("row", ignore_index=True) if refused else Faults().table()
    if not rows:
        first = "it has none"
        for fault in bad.head(1).itertuples():
            where = f"row {fault.row}, {fault.column}" if fault.column else f"row {fault.row}"
            first = f"{where}: {fault.value!r}; expected {fault.expected}"
        raise SchemaError(f"{path.name}: no row can be used: {first}")
    reasons = (bad["column"] + ": " + bad["expected"]).str.removeprefix(": ").value_counts()
    counts = [("rows in", rows + len(bad)), ("rows out", rows), ("rows refused", len(bad))]
    counts += sorted(((f"refused, {why}", n) for why, n in reasons.items()), key=lambda c: (-c[1], c[0]))
    report = pd.DataFrame(counts, columns=list(REPORT))
    return Imported(pd.concat(good, ignore_index=True), bad, report)


def _pieces(path: Path, source: str) -> Iterator[_Piece]:
    """Give the events and the refused rows of each piece of the file."""
    if source not in SOURCES:
        raise UnknownCodeError(f"source was {source!r}; expected one of {', '.join(SOURCES)}")
    pieces, broken = _opened(path, source)
    seen, told, piece = np.empty(0, dtype="uint64"), 0, pd.DataFrame()
    for piece in pieces:
        faults = Faults()
        frame = _translated(piece, path, source, faults)
        seen = _once(frame["event_id"], seen, faults)
        # the reader is ahead: what is broken further down comes with the rows beside it
        near = [one for one in broken[told:] if one[0] < piece.index.max()]
        bad = pd.concat([faults.table(), _listed(near)]).sort_values("row")
        told += len(near)
        yield frame[~frame.index.isin(bad["row"])].reset_index(drop=True), _kept(bad, piece)
    if broken[told:]:
        yield events.empty(), _kept(_listed(broken[told:]), piece.head(0))


def _kept(bad: pd.DataFrame, piece: pd.DataFrame) -> pd.DataFrame:
    """Put the rows themselves beside what is wrong with them."""
    rows = piece.reindex(bad["row"], fill_value="").add_prefix(crosswalk.ORIGINAL)
    return pd.concat([bad.reset_index(drop=True), rows.reset_index(drop=True)], axis="columns")


def _translated(piece: pd.DataFrame, path: Path, source: str, faults: Faults) -> pd.DataFrame:
    if source == "events":
        return _own(piece, path, faults)
    frame = crosswalk.translate(piece, source=source, faults=faults)
    return acled.told_back(frame, faults) if source == "acled" else frame


def _opened(path: Path, source: str) -> tuple[Iterable[pd.DataFrame], list[tuple[int, str, str, str]]]:
    if source == "events" and path.suffix.lower() in _TABLES:
        frame = _text(path)
        _require(path, frame.columns, source)
        return [frame], []
    known = list(events.COLUMNS) if source == "events" else crosswalk.columns(source)["column"].tolist()
    pieces = intake.read(path, known=known, positional=source == "gdelt")
    _require(path, pieces.header, source)
    if source == "events":
        return (piece.apply(intake.plain) for piece in pieces), pieces.broken
    return pieces, pieces.broken


def _text(path: Path) -> pd.DataFrame:
    """Read a table that `export` wrote, as text, without its geometry."""
    try:
        if path.suffix.lower() == ".parquet":
            frame = pd.read_parquet(path).drop(columns="geometry", errors="ignore")
        else:
            layers = [name for name, _ in pyogrio.list_layers(path)]
            layer = "events" if "events" in layers else layers[0]
            frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=False, datetime_as_string=True)
    except (ValueError, OSError, pyogrio.errors.DataSourceError) as fault:
        raise SchemaError(
            f"{path.name}: cannot be read ({' '.join(str(fault).split())}); give an events table"
        ) from None
    frame = frame.astype("str").where(frame.notna(), "")
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis="index")


def _require(path: Path, header: Sequence[str], source: str) -> None:
    """Refuse a file without the columns that are needed, and say whose it seems to be."""
    have = {name.lower() for name in header}
    wanted = {name: _missing(have, name) for name in SOURCES}
    if wanted[source]:
        other = next((name for name in SOURCES if not wanted[name]), "")
        hint = f"; it looks like --from {other}" if other else f"; columns are those of {_WHERE[source]}"
        raise SchemaError(f"{path.name}: no column {', '.join(wanted[source][:5])}{hint}")


_WHERE = dict.fromkeys(SOURCES, "data/exchange/columns.csv") | {"events": "data/columns.csv"}


def _missing(have: set[str], source: str) -> list[str]:
    if source == "events":
        return [column for column in events.COLUMNS if column not in have]
    table = crosswalk.columns(source)
    table = table[table["needed"] == "yes"]
    return [row.column for row in table.itertuples() if not {row.column.lower(), row.older.lower()} & have]


def _own(piece: pd.DataFrame, path: Path, faults: Faults) -> pd.DataFrame:
    """Take rows of our own table as they are, if they follow the codebook."""
    found = codebook.check(piece, "events")
    if (found["row"] == 0).any():
        first = found.iloc[0]
        raise SchemaError(f"{path.name}: column {first['value']!r}: {first['expected']}")
    if len(found):
        faults.found.append(found.assign(row=piece.index.to_numpy()[found["row"] - 1]))
    frame = piece.copy()
    for column in events.NUMERIC:  # of rows that are refused
        frame[column] = pd.to_numeric(frame[column], errors="coerce").astype("str").replace("nan", "")
    return events.tidy(frame)


def _once(ids: pd.Series, seen: np.ndarray, faults: Faults) -> np.ndarray:
    """Refuse ids met before; what is kept of them are sorted hashes, eight bytes each."""
    hashes = pd.util.hash_array(ids.to_numpy(dtype=object))
    at = np.searchsorted(seen, hashes)
    again = np.zeros(len(ids), dtype=bool)
    inside = at < len(seen)
    again[inside] = seen[at[inside]] == hashes[inside]
    again |= pd.Series(hashes).duplicated().to_numpy()
    faults.add(pd.Series(again, index=ids.index), "event_id", ids, "an id that stands once")
    fresh = np.sort(hashes[~again])
    return np.insert(seen, np.searchsorted(seen, fresh), fresh)


def _listed(rows: list[tuple[int, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(FAULTS))
