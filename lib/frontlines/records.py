"""Many records of a folder or a table, some at a time: what can be read, and what not, with the reason."""

import csv
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from frontlines import data, dispatch, intake
from frontlines.errors import DispatchError, FrontlinesError, SchemaError

FORMS = (".csv", ".tsv", ".zip", ".parquet", ".jsonl", ".ndjson", ".json")
KNOWN = ("text", "published", "language")  # columns that are used where they are there
_BUFFER = 1 << 20  # bytes read ahead of a Parquet column: never a whole row group


@dataclass(frozen=True)
class Partition:
    """
    Some records that follow each other.

    Attributes
    ----------
    number
        Its place among the partitions, from 0.
    table
        Those that could be read, with the columns of the source.
    names
        Theirs: the path in the folder, or the row (of JSON lines, the line) counted from 1.
    refused
        Name and reason of the others.
    """

    number: int
    table: pa.Table
    names: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        """Count its records, refused ones too."""
        return len(self.names) + len(self.refused)


def read(source: Path, *, rows: int, columns: Sequence[str]) -> Iterator[Partition]:
    """
    Read a folder of dispatches or a table piece by piece, never whole.

    Parameters
    ----------
    source
        A folder of ``.txt`` files (and, if it is there, `dispatches.csv` with file, language, published), or
        of Parquet files; or a CSV, Parquet or JSON lines file.
    rows
        Records in a partition, at most.
    columns
        Columns that must be there.

    Yields
    ------
    Partition
        The same for the same source, however often it is read.

    Raises
    ------
    DispatchError
        If there is nothing of that kind.
    SchemaError
        If a column is missing, or the file as a whole cannot be read.
    """
    if not source.exists():
        raise DispatchError(f"{source}: no such file or folder; name a folder of .txt files or a table")
    number = 0
    for table, names, refused in _opened(source, rows, columns):
        if names or refused:
            yield Partition(number, table, tuple(names), tuple(refused))
            number += 1


def count(source: Path) -> int | None:
    """
    Count the records of a source where that costs little.

    Parameters
    ----------
    source
        As for `read`.

    Returns
    -------
    int or None
        Files of a folder, rows of Parquet files; None for other tables.
    """
    if source.is_dir() and not _parquet_files(source):
        return len(_texts(source))
    try:
        return sum(pq.read_metadata(file).num_rows for file in _parquet_files(source)) or None
    except (pa.ArrowException, OSError):
        return None


def state(source: Path) -> str:
    """
    Tell a source from the same one changed.

    Parameters
    ----------
    source
        As for `read`.

    Returns
    -------
    str
        A hash of names, sizes and times of change.
    """
    files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    told = hashlib.sha256()
    for path in files:
        known = path.stat()
        told.update(f"{path.relative_to(source.parent)} {known.st_size} {known.st_mtime_ns}\n".encode())
    return told.hexdigest()[:16]


_Some = tuple[pa.Table, list[str], list[tuple[str, str]]]


def _opened(source: Path, rows: int, columns: Sequence[str]) -> Iterator[_Some]:
    if _parquet_files(source):
        return _of_parquet(_parquet_files(source), rows, columns)
    if source.is_dir():
        if not _texts(source):
            raise DispatchError(f"{source}: no .txt file in this folder, nor in those within it")
        for other in set(columns) - set(KNOWN):
            raise SchemaError(f"{source}: a folder of texts has no column {other!r}; name a table")
        return _of_folder(source, rows)
    ending = source.suffix.lower()
    if ending not in FORMS:
        raise SchemaError(f"{source}: ends in none of {', '.join(FORMS)}; nor is it a folder")
    lines = ending in (".jsonl", ".ndjson", ".json")
    return _of_lines(source, rows, columns) if lines else _of_csv(source, rows, columns)


def _parquet_files(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(path for path in source.glob("*.parquet") if path.name[0] not in "._")
    return [source] if source.suffix.lower() == ".parquet" else []


def _texts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.txt") if not path.name.startswith("."))


def _of_folder(folder: Path, rows: int) -> Iterator[_Some]:
    known = _catalogue(folder)
    paths = iter(_texts(folder))
    while some := list(islice(paths, rows)):
        texts: dict[str, list[str]] = {name: [] for name in KNOWN}
        names, refused = [], []
        for path in some:
            name = path.relative_to(folder).as_posix()
            try:
                text = dispatch.decode(path.read_bytes(), name)
            except (DispatchError, OSError) as fault:
                refused.append((name, _reason(fault, name)))
                continue
            names.append(name)
            for column in KNOWN:
                texts[column].append(text if column == "text" else known.get(name, {}).get(column) or "")
        yield pa.table({c: pa.array(values, pa.string()) for c, values in texts.items()}), names, refused


def _catalogue(folder: Path) -> dict[str, dict[str, str]]:
    file = folder / "dispatches.csv"
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as rows:
        return {row.get("file") or "": row for row in csv.DictReader(rows)}


def _of_parquet(files: list[Path], rows: int, columns: Sequence[str]) -> Iterator[_Some]:
    done = 0
    for file in files:
        try:
            with pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False) as parquet:
                _require(file, parquet.schema_arrow.names, columns)
                for batch in parquet.iter_batches(batch_size=rows):
                    yield _legible(pa.Table.from_batches([batch]), _counted(done, len(batch)), columns)
                    done += len(batch)
        except (pa.ArrowException, OSError) as fault:
            what = " ".join(str(fault).split())
            raise SchemaError(f"{file.name}: cannot be read as Parquet ({what}); write it again") from None


def _legible(table: pa.Table, names: list[str], columns: Sequence[str]) -> _Some:
    """Refuse rows whose text is no UTF-8: Parquet does not look."""
    bad = sorted({at for column in columns for at in _illegible(table[column].combine_chunks())})
    keep = [at for at in range(len(names)) if at not in set(bad)] if bad else None
    if keep is None:
        return table, names, []
    refused = [(names[at], "not UTF-8") for at in bad]
    return table.take(pa.array(keep, pa.int64())), [names[at] for at in keep], refused


def _illegible(column: pa.Array) -> list[int]:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return [at for at, value in enumerate(column) if not _is_legible(value)]
    return []


def _is_legible(value: pa.Scalar) -> bool:
    try:
        value.as_py()
    except UnicodeDecodeError:
        return False
    return True


def _of_csv(source: Path, rows: int, columns: Sequence[str]) -> Iterator[_Some]:
    pieces = intake.read(source, known=(*columns, *KNOWN))
    _require(source, pieces.header, columns)
    told = 0
    for piece in pieces:
        table = pa.Table.from_pandas(piece, preserve_index=False)
        names = [str(row) for row in piece.index]
        for at in range(0, len(names), rows):
            yield table.slice(at, rows), names[at : at + rows], _broken(pieces, told)
            told = len(pieces.broken)
    yield pa.table({}), [], _broken(pieces, told)


def _broken(pieces: intake.Pieces, told: int) -> list[tuple[str, str]]:
    return [(str(row), f"the row does not have {expected}") for row, _, _, expected in pieces.broken[told:]]


def _of_lines(source: Path, rows: int, columns: Sequence[str]) -> Iterator[_Some]:
    with source.open("rb") as stream:
        lines = ((number, line) for number, line in enumerate(stream, start=1) if line.strip())
        while some := list(islice(lines, rows)):
            names, found, refused = [], [], []
            for number, line in some:
                try:
                    found.append(_object(line, columns))
                    names.append(str(number))
                except ValueError as fault:
                    refused.append((str(number), str(fault)))
            keys = list(dict.fromkeys(key for row in found for key in row))
            table = pa.table({k: pa.array([_as_text(r.get(k)) for r in found], pa.string()) for k in keys})
            yield table, names, refused


def _object(line: bytes, columns: Sequence[str]) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise ValueError(f"not UTF-8 (byte {fault.start} of the line)") from None
    except (json.JSONDecodeError, RecursionError) as fault:
        raise ValueError(f"no JSON: {fault}") from None
    if not isinstance(row, dict):
        raise ValueError("no JSON object, with a key for each column")
    missing = [column for column in columns if column not in row]
    if missing:
        raise ValueError(f"no key {missing[0]!r}")
    return row


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return data.legible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _require(file: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    for column in columns:
        if column not in header:
            more = f" and {len(header) - 8} more" * (len(header) > 8)
            raise SchemaError(
                f"{file.name}: no column {column!r}; it has {', '.join(header[:8]) or 'none'}{more}"
            )


def _counted(done: int, more: int) -> list[str]:
    return [str(row) for row in range(done + 1, done + more + 1)]


def _reason(fault: Exception, name: str) -> str:
    if isinstance(fault, FrontlinesError):
        return str(fault).removeprefix(f"{name}: ")
    return f"cannot be read: {getattr(fault, 'strerror', '') or fault}"
