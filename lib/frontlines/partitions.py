"""The partitions of a long work, written as they finish, found again after a kill, joined at the end."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from frontlines import events
from frontlines.errors import MissingDataError, SchemaError
from frontlines.records import Partition

REPORT = ("what", "rows")
# a row of the ledger: record, dispatch_id, language, events, reason if refused
Entry = tuple[str, str, str, int, str]
_LEDGER = pa.schema([(name, pa.int64() if name == "events" else pa.string())
                     for name in ("record", "dispatch_id", "language", "events", "reason")])  # fmt: skip
_CALL = "call.json"
_REASONS = 20  # that the report names; all stand in the table


@contextmanager
def folder(out: Path, now: Mapping[str, Any]) -> Iterator[Path]:
    """
    Make the folder of the partitions, or find that of the same call, cut off.

    Parameters
    ----------
    out
        The file that will be written; the folder is `<out>.parts`.
    now
        What makes two calls the same.

    Yields
    ------
    pathlib.Path
        The folder; it goes when the work is done, or when nothing of it was.

    Raises
    ------
    SchemaError
        If another call has begun there.
    MissingDataError
        If there is no folder to write in.
    """
    parts = out.with_name(f"{out.name}.parts")
    if (parts / _CALL).is_file():
        was = json.loads((parts / _CALL).read_text(encoding="utf-8"))
        other = ", ".join(sorted(key for key in was | now if was.get(key) != now.get(key)))
        if other:
            raise SchemaError(
                f"{parts}: begun by another call (other {other}); take another -o, or remove that folder"
            )
    elif not out.parent.is_dir():
        raise MissingDataError(f"-o {out}: there is no folder {out.parent}; make it first")
    parts.mkdir(exist_ok=True)
    with events.aside(parts / _CALL) as aside:
        aside.write_text(json.dumps(now), encoding="utf-8")
    try:
        yield parts
    except BaseException:
        if not _files(parts, "table"):
            shutil.rmtree(parts, ignore_errors=True)  # another process may do the same
        raise
    shutil.rmtree(parts)


def left(every: Iterable[Partition], parts: Path, bar: "tqdm[Any]") -> Iterator[Partition]:
    """
    Pass over what was written before the kill.

    Parameters
    ----------
    every
        The partitions of the source.
    parts
        Their folder.
    bar
        The progress bar.

    Yields
    ------
    Partition
        Those to do.
    """
    for part in every:
        if (parts / _name(part.number)).exists():
            bar.update(len(part))
        else:
            yield part


def write(parts: Path, part: Partition, table: pa.Table, ledger: list[Entry]) -> None:
    """
    Write a partition; its table comes last, and says that it is whole.

    Parameters
    ----------
    parts
        The folder.
    part
        The partition.
    table
        What it came to.
    ledger
        A row for each record, or none where only refused ones are noted.
    """
    entries = [*ledger, *((name, "", "", 0, reason) for name, reason in part.refused)]
    columns = zip(*entries, strict=True) if entries else [()] * len(_LEDGER)
    book = pa.table([pa.array(c, f.type) for c, f in zip(columns, _LEDGER, strict=True)], schema=_LEDGER)
    for content, kind in ((book, "ledger"), (table, "table")):
        with events.aside(parts / _name(part.number, kind)) as aside:
            pq.write_table(content, aside, compression="zstd")


def _files(parts: Path, kind: str) -> list[Path]:
    return sorted(parts.glob(f"[0-9]*.{kind}.parquet"))


def _name(number: int, kind: str = "table") -> str:
    return f"{number:08}.{kind}.parquet"


def join(parts: Path, out: Path, *, texts: bool) -> pd.DataFrame:
    """
    Join the partitions, one at a time, and count what became of all records.

    Parameters
    ----------
    parts
        The folder.
    out
        The Parquet file to write; `<out>.refused.csv` and, of texts, `<out>.records.csv` stand beside it.
    texts
        Whether the records are dispatches.

    Returns
    -------
    pandas.DataFrame
        Columns what, rows.
    """
    books = _files(parts, "ledger")
    refused = _entries(books, out.with_name(f"{out.name}.refused.csv"), ["record", "reason"])
    rows = _tables(_files(parts, "table"), out)
    kept = rows
    if texts:
        columns = ["record", "dispatch_id", "language", "events"]
        kept = _entries(books, out.with_name(f"{out.name}.records.csv"), columns).total()
    counts = [("records in", kept + refused.total()), ("coded" if texts else "rows out", kept)]
    counts += [("refused", refused.total())] + [("events", rows)] * texts
    first = sorted(refused.items(), key=lambda reason: (-reason[1], reason[0]))[:_REASONS]
    counts += [(f"refused, {why}", n) for why, n in first]
    return pd.DataFrame(counts, columns=list(REPORT))


def _entries(books: Sequence[Path], out: Path, columns: list[str]) -> "Counter[str]":
    """Put the refused records, or the others, into a CSV, if there are any; count them by reason."""
    reasons: Counter[str] = Counter()
    with events.aside(out) as aside, aside.open("w", encoding="utf-8", newline="") as stream:
        for book in books:
            rows = pq.read_table(book).to_pandas()
            rows = rows[(rows["reason"] != "") == ("reason" in columns)]
            rows[columns].to_csv(stream, index=False, header=not stream.tell(), lineterminator="\n")
            reasons.update(rows["reason"])
    if not reasons:
        out.unlink()
    return reasons


def _tables(files: Sequence[Path], out: Path) -> int:
    schemas = [pq.read_schema(path).remove_metadata() for path in files]
    schema = pa.unify_schemas(schemas, promote_options="permissive")
    rows = 0
    with events.aside(out) as aside, pq.ParquetWriter(aside, schema, compression="zstd") as writer:
        for path in files:
            table = pq.read_table(path)
            for field in (field for field in schema if field.name not in table.column_names):
                table = table.append_column(field, pa.nulls(len(table), field.type))
            writer.write_table(table.select(schema.names).cast(schema))
            rows += len(table)
    return rows
