"""Dispatches by the thousand, rows by the million: coded and resolved partition by partition, on Dask."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from frontlines import coder, dispatch, events, gazetteer, partitions, records, workers
from frontlines.dispatch import Dispatch
from frontlines.errors import DispatchError, FrontlinesError, SchemaError
from frontlines.partitions import Entry
from frontlines.records import Partition

DISPATCHES, ROWS = 50, 100_000  # records in a partition
ANSWERS = (
    "place_id", "name", "kind", "country", "adm1", "lat", "lon", "precision_km", "relation", "score",
    "method", "candidates",
)  # fmt: skip
_LONGEST = 1_000_000  # characters: what is longer is no dispatch
_REASON = 400  # characters
_CODED = ("fr", "en")
_TRIED, _NEARLY_ALL = 500, 0.9  # texts that tell a corpus' language, and how many must agree
_HERE = timezone(timedelta(hours=3))
_WHOLE = ("n_mentions", "start", "end")
_TYPES = dict.fromkeys(events.NUMERIC, pa.float64()) | dict.fromkeys(_WHOLE, pa.int64())
_EVENTS = pa.schema([(column, _TYPES.get(column, pa.string())) for column in events.COLUMNS])

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Job:
    """What to do with each partition: what a worker is sent, what it does, what becomes of its answer."""

    options: dict[str, Any]
    rows: int
    columns: Sequence[str]
    sent: Callable[[Partition], Any]
    work: Callable[[Any], Any]
    told: Callable[[Partition, Any], tuple[pa.Table, list[Entry]]]
    texts: bool


def code(
    source: str | Path,
    out: str | Path,
    *,
    text: str = "text",
    published: str | None = None,
    language: str | None = None,
    rows: int = DISPATCHES,
    count: int | None = None,
    scheduler: str | None = None,
) -> pd.DataFrame:
    """
    Code many dispatches into one events table.

    Parameters
    ----------
    source
        A folder of ``.txt`` files in UTF-8 (`dispatches.csv` in it: file, language, published); or a CSV,
        Parquet or JSON lines file with a dispatch in each row.
    out
        The Parquet file to write. Beside it `<out>.records.csv` (record, dispatch_id, language, with ? where
        it is that of the others, events) and, if there are any, `<out>.refused.csv` (record, reason); a
        record is a path in the folder or a row from 1.
    text
        The column of the texts.
    published
        Day of publication of all (``YYYY-MM-DD``), or the column of it; else the column `published`.
    language
        ``"fr"`` or ``"en"``, or the column of it; else the column `language`, else recognised. A text too
        short to tell (a headline) is read in the language of the corpus, if nine in ten of the first texts
        that tell one agree; else it is refused.
    rows
        Dispatches in a partition: what a kill may cost, and what is held in memory for each worker.
    count
        Processes to start; as many as there are cores if not given.
    scheduler
        Address of a running Dask scheduler to use instead.

    Returns
    -------
    pandas.DataFrame
        Columns what, rows: ``records in`` is ``coded`` and ``refused``; ``events``; each reason.

    Raises
    ------
    DispatchError, SchemaError
        If the source cannot be read, or lacks a column.
    MissingDataError
        If Dask is missing, the scheduler does not answer, or a worker died on a partition again and again.

    Notes
    -----
    Partitions stand in `<out>.parts/` as they finish; the same call goes on from there after a kill. The
    second of two equal texts is refused. Run from a script, the call stands under
    ``if __name__ == "__main__":``, since worker processes import the script.
    """
    day = published if published and published[:1].isdigit() else None
    dispatch.parse_day(day, name="--published")
    dated = published if published and not day else "published"

    def sent(part: Partition) -> list[tuple[str, str, str, str]]:
        days = [day] * len(part.names) if day else _texts(part, dated)
        spoken = [language] * len(part.names) if language in _CODED else _texts(part, language or "language")
        return list(zip(part.names, _texts(part, text), days, spoken, strict=True))

    def told(_: Partition, answer: tuple[pd.DataFrame, list[Entry]]) -> tuple[pa.Table, list[Entry]]:
        return pa.Table.from_pandas(answer[0], schema=_EVENTS, preserve_index=False), answer[1]

    columns = [text, *([dated] if published and not day else [])]
    columns += [language] if language and language not in _CODED else []
    prevails = None if language in _CODED else _prevailing(Path(source), columns)
    work = partial(code_records, otherwise=prevails)
    options = {"code": text, "published": published, "language": language}
    job = _Job(options, rows, columns, sent, work, told, texts=True)
    return _run(job, Path(source), Path(out), count, scheduler)


def places(
    source: str | Path,
    out: str | Path,
    *,
    columns: Sequence[str],
    rows: int = ROWS,
    count: int | None = None,
    scheduler: str | None = None,
) -> pd.DataFrame:
    """
    Resolve the place columns of a table of any length.

    Parameters
    ----------
    source
        A CSV, Parquet or JSON lines file, or a folder of Parquet files.
    out
        The Parquet file to write: the rows in their order, and for each place column the columns of
        `ANSWERS` as ``<column>_place_id`` and so on (lat, lon EPSG:4326, precision_km in km).
    columns
        The place columns. Each different name of a partition is resolved once.
    rows
        Rows in a partition.
    count, scheduler
        As for `code`.

    Returns
    -------
    pandas.DataFrame
        Columns what, rows: ``records in`` is ``rows out`` and ``refused``; each reason.

    Raises
    ------
    SchemaError, DispatchError, MissingDataError
        As `code`.
    """
    names = list(dict.fromkeys(columns))
    if not names:
        raise SchemaError("no place column is named; say which hold place names")

    def sent(part: Partition) -> pa.Array:
        columns = [pc.unique(_strings(part, name)) for name in names]
        return pc.unique(pa.concat_arrays(columns)).drop_null()

    def told(part: Partition, answers: pa.Table) -> tuple[pa.Table, list[Entry]]:
        return _answered(part, names, answers), []

    job = _Job({"places": names}, rows, names, sent, resolve_names, told, texts=False)
    return _run(job, Path(source), Path(out), count, scheduler)


# --- what a worker does ---


def code_records(
    texts: Iterable[tuple[str, str, str, str]], *, otherwise: str | None = None
) -> tuple[pd.DataFrame, list[Entry]]:
    """
    Code some records; whatever is wrong with one is said of it, and the others go on.

    Parameters
    ----------
    texts
        Record, text, day of publication or moment (ISO 8601; one with a zone is put into UTC+3), language.
    otherwise
        The language of texts too short to tell.

    Returns
    -------
    events : pandas.DataFrame
        An events table.
    ledger : list of tuple
        Record, dispatch_id, language, number of events, and the reason if it was refused.
    """
    coded: list[dict[str, Any]] = []
    ledger: list[Entry] = []
    every = [(text[0], *_tried(text[0], partial(_dispatch, text, otherwise))) for text in texts]
    found = iter(_coded([begun[0] for _, begun, _ in every if begun]))
    for record, begun, refused in every:
        rows, reason = next(found) if begun else (None, refused)
        if begun is None or rows is None:
            ledger.append((record, "", "", 0, reason))
            continue
        coded += rows
        ledger.append((record, begun[0].dispatch_id, begun[0].language + begun[1], len(rows), ""))
    return events.framed(coded), ledger


def _dispatch(given: tuple[str, str, str, str], otherwise: str | None) -> tuple[Dispatch, str]:
    """Make a dispatch of a record; with a question mark where its language is that of the others."""
    record, text, published, language = given
    if len(text) > _LONGEST:
        raise SchemaError(f"longer than {_LONGEST:,} characters; cut it into dispatches")
    told = language.strip() or (text.strip() and dispatch.recognise(text, name=record, otherwise=""))
    spoken = told or otherwise  # if neither is known, the text is refused
    return dispatch.from_text(text, published=_day(published), language=spoken, name=record), "?" * (not told)


def _coded(some: list[Dispatch]) -> list[tuple[list[dict[str, Any]] | None, str]]:
    """Code dispatches together; if one fails, each alone."""
    together, _ = _tried("", partial(coder.events_of, some))
    if together is not None:
        return [(rows, "") for rows in together]
    alone = [_tried(one.name, partial(coder.events_of, [one])) for one in some]
    return [(rows[0] if rows else None, reason) for rows, reason in alone]


def _tried(record: str, work: Callable[[], Answer]) -> tuple[Answer | None, str]:
    """Do some work on a record, or say what is wrong with it."""
    try:
        return work(), ""
    except FrontlinesError as fault:
        return None, str(fault).removeprefix(f"{record}: ")[:_REASON]
    except Exception as fault:  # one text must not end the work on a million
        return None, f"a defect of ours: {type(fault).__name__}: {fault}"[:_REASON]


def resolve_names(names: pa.Array) -> pa.Table:
    """
    Resolve the different names of a partition.

    Parameters
    ----------
    names
        Texts, each once.

    Returns
    -------
    pyarrow.Table
        Columns query and `ANSWERS`, one row a name.
    """
    asked = names.to_pylist()
    try:
        found = gazetteer.resolve(asked)
    except Exception:  # one name must not end the work on a million
        found = pd.concat([_alone(name) for name in asked], ignore_index=True)
    return pa.Table.from_pandas(found[["query", *ANSWERS]], preserve_index=False)


def _alone(name: str) -> pd.DataFrame:
    try:
        return gazetteer.resolve([name])
    except Exception as fault:
        method = f"a defect of ours: {type(fault).__name__}: {fault}"
        return gazetteer.resolve([""]).assign(query=name, method=method)


def _prevailing(source: Path, columns: Sequence[str]) -> str | None:
    """Tell the language of nearly all of the first texts that tell one; None where there is none."""
    parts = islice(records.read(source, rows=_TRIED, columns=columns), 1)
    told = Counter(map(_told, chain.from_iterable(_texts(part, columns[0]) for part in parts)))
    told.pop("", None)
    most = max(told, key=lambda one: told[one], default="")
    return most if most in _CODED and told[most] >= _NEARLY_ALL * told.total() else None


def _told(text: str) -> str:
    """Recognise a text's language; empty where it cannot be told."""
    try:
        return dispatch.recognise(text, otherwise="")
    except DispatchError:
        return "another"


def _day(published: str) -> str | None:
    if len(published) <= len("2024-12-06"):
        return published or None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return published  # refused by name
    return str((moment.astimezone(_HERE) if moment.tzinfo else moment).date())


def _strings(part: Partition, column: str) -> pa.Array:
    """Give a column as text, empty where it is missing."""
    if column not in part.table.column_names:
        return pa.array([""] * len(part.names), pa.string())
    try:
        found = part.table[column].combine_chunks().cast(pa.string())
    except pa.ArrowException:
        kind = part.table[column].type
        raise SchemaError(f"column {column!r} is of type {kind}; expected text") from None
    return pc.fill_null(found, "")


def _texts(part: Partition, column: str) -> list[str]:
    return list(_strings(part, column).to_pylist())


def _answered(part: Partition, names: Sequence[str], answers: pa.Table) -> pa.Table:
    """Put the answers beside their rows."""
    table, known = part.table, answers["query"].combine_chunks().cast(pa.string())
    for name in names:
        of = pc.index_in(_strings(part, name), value_set=known)
        for column in ANSWERS:
            if f"{name}_{column}" in part.table.column_names:
                raise SchemaError(f"column '{name}_{column}' is there already; rename it")
            table = table.append_column(f"{name}_{column}", answers[column].take(of))
    return table


# --- from the source to the file ---


def _run(job: _Job, source: Path, out: Path, count: int | None, scheduler: str | None) -> pd.DataFrame:
    if out.suffix.lower() != ".parquet" or out.is_dir():
        raise SchemaError(f"-o {out}: name a file that ends in .parquet")
    found = records.read(source, rows=job.rows, columns=job.columns)
    first = list(islice(found, 2))  # what is wrong with the source as a whole shows here
    if not first:
        raise SchemaError(f"{source.name}: there is no record in it")
    now = {"source": records.state(source), "rows": job.rows, "tables": workers.tables(), **job.options}
    every = chain(first, found)
    bar = tqdm(total=records.count(source), unit=" records", desc=out.name, delay=1, disable=None)
    with partitions.folder(out, now) as parts:
        with bar, workers.shared(count, scheduler, one=len(first) < 2) as share:
            left = partitions.left(_once(every, job.columns[0]) if job.texts else every, parts, bar)
            for part, answer in share(left, job.sent, job.work):
                partitions.write(parts, part, *job.told(part, answer))
                bar.update(len(part))
        return partitions.join(parts, out, texts=job.texts)


def _once(every: Iterable[Partition], column: str) -> Iterator[Partition]:
    """Refuse a text that came before; of each, eight bytes of its hash are kept."""
    seen: set[bytes] = set()
    for part in every:
        keep, refused = [], list(part.refused)
        for at, text in enumerate(_texts(part, column)):
            mark = hashlib.blake2b(text.encode(), digest_size=8).digest()
            if text and mark in seen:
                refused.append((part.names[at], "the same text as an earlier record"))
            else:
                keep.append(at)
            seen.add(mark)
        names = tuple(part.names[at] for at in keep)
        yield replace(
            part, table=part.table.take(pa.array(keep, pa.int64())), names=names, refused=tuple(refused)
        )
