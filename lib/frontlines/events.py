"""The events table: its columns, reading and writing it, identity, and merging what is told twice."""

import csv
import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from frontlines import codebook, data
from frontlines.errors import MissingDataError

COLUMNS = (
    "event_id", "dispatch_id", "date", "date_end", "date_precision", "event_type", "actor", "target",
    "gainer", "loser", "place_id", "place_name", "place_relation", "lat", "lon", "precision_km", "status",
    "source", "label_used", "n_mentions", "start", "end", "quote", "coder", "rule",
)  # fmt: skip
MENTION_COLUMNS = ("event_id", "start", "end", "quote")
_TEXT = pd.StringDtype(na_value=math.nan)
NUMERIC = ("lat", "lon", "precision_km", "n_mentions", "start", "end")
_WHOLE = ("n_mentions", "start", "end")
_EMPTY: dict[str, Any] = {column: None if column in NUMERIC else "" for column in COLUMNS}
# the most direct status wins when mentions are merged; stated and denied stay two events
_DIRECTNESS = {"stated": 0, "attributed": 1, "expected": 2, "denied": 3}
_ALIKE = ("dispatch_id", "event_type", "place_id", "place_relation")
_COMPARED = ("status", "actor", "target", "date", "date_precision")
_IDENTITY = ("dispatch_id", "date", "event_type", "actor", "target", "place_id", "place_relation", "status")


def empty() -> pd.DataFrame:
    """
    Make an events table without rows.

    Returns
    -------
    pandas.DataFrame
        The columns of `COLUMNS`.
    """
    return tidy(pd.DataFrame(columns=list(COLUMNS)))


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Give a table the events columns in their order and types.

    Parameters
    ----------
    frame
        A table with any of `COLUMNS`; others are kept at the end, missing ones are added empty.

    Returns
    -------
    pandas.DataFrame
        lat, lon (WGS84 degrees), precision_km, n_mentions, start, end as numbers (the last three whole
        where none is missing), the rest as text.
    """
    tidied = _framed({column: frame[column].tolist() for column in COLUMNS if column in frame}, len(frame))
    tidied.index = frame.index
    others = frame[[column for column in frame.columns if column not in COLUMNS]]
    return tidied.join(others) if others.columns.size else tidied


def _framed(held: Mapping[str, list[Any]], rows: int) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    for column in COLUMNS:
        values = held.get(column, [None] * rows)
        if column in NUMERIC:
            numbers = np.array([_number(value) for value in values], dtype="float64")
            # offsets cut a text, and only whole numbers can
            whole = column in _WHOLE and not np.isnan(numbers).any()
            columns[column] = numbers.astype("int64") if whole else numbers
        else:
            columns[column] = pd.array([_words(value) for value in values], dtype=_TEXT)
    return pd.DataFrame(columns, columns=list(COLUMNS))


def _number(value: Any) -> Any:
    return math.nan if value is None or value is pd.NA or value == "" else value


def _words(value: Any) -> str:
    return value if isinstance(value, str) else "" if pd.isna(value) else str(value)


def read(path: str | Path) -> pd.DataFrame:
    """
    Read and validate an events table.

    Parameters
    ----------
    path
        A UTF-8 CSV with the columns of `COLUMNS`; further columns are kept.

    Returns
    -------
    pandas.DataFrame
        The events, tidied; dates are ISO 8601 days (UTC+3), coordinates WGS84 degrees.

    Raises
    ------
    SchemaError
        If the file is no CSV, or breaks the schema; the message lists all faults.
    """
    frame = data.read_csv(path)
    codebook.validate(frame, "events")
    return tidy(frame)


def write(frame: pd.DataFrame, path: str | Path) -> None:
    """
    Write an events table as CSV: UTF-8, LF, coordinates with five decimals.

    Parameters
    ----------
    frame
        An events table.
    path
        Where to; a file there is replaced only when the new one is whole.
    """
    with aside(Path(path)) as part:
        part.write_text(to_csv(frame), encoding="utf-8", newline="\n")


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """
    Give a path to write to, and rename it to the target once it is whole.

    Parameters
    ----------
    target
        The file wanted; untouched if anything goes wrong.

    Yields
    ------
    pathlib.Path
        A path in the same folder, with the same ending.

    Raises
    ------
    MissingDataError
        If there is no such folder.
    """
    if not target.parent.is_dir():
        raise MissingDataError(f"{target}: there is no folder {target.parent}; make it first")
    part = target.with_name(f".part-{target.name}")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def to_csv(frame: pd.DataFrame) -> str:
    """
    Put an events table into CSV text.

    Parameters
    ----------
    frame
        An events table.

    Returns
    -------
    str
        The rows with a header line; coordinates with five decimals, offsets as whole numbers.
    """
    frame = tidy(frame)
    for column, decimals in {"lat": 5, "lon": 5, "precision_km": 1}.items():
        frame[column] = [
            f"{x:.{decimals}f}".rstrip("0").rstrip(".") if pd.notna(x) else "" for x in frame[column]
        ]
    for column in ("n_mentions", "start", "end"):
        frame[column] = frame[column].astype("Int64")
    return csv_text(frame)


def csv_text(frame: pd.DataFrame) -> str:
    """
    Put any table into CSV text.

    Parameters
    ----------
    frame
        Any table.

    Returns
    -------
    str
        Comma, LF, a header line, empty for unknown.
    """
    # a bare carriage return ends a line for readers, and the writer of CSV does not quote it
    texts = frame.select_dtypes("str")
    returns = any(texts[column].str.contains("\r", regex=False).any() for column in texts)
    quoting = csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL
    return str(frame.to_csv(index=False, lineterminator="\n", quoting=quoting))


def merge(mentions: Iterable[Mapping[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Merge mentions of one event: same type, actor, target, place, relation and day.

    Parameters
    ----------
    mentions
        As for `merged`.

    Returns
    -------
    events : pandas.DataFrame
        An events table.
    event_mentions : pandas.DataFrame
        Columns event_id, start, end, quote: every mention of every event.
    """
    rows, groups = merged(mentions)
    told = [
        (event["event_id"], row["start"], row["end"], row["quote"])
        for event, group in zip(rows, groups, strict=True)
        for row in group
    ]
    return framed(rows), pd.DataFrame(told, columns=list(MENTION_COLUMNS))


def merged(
    mentions: Iterable[Mapping[str, Any]],
) -> tuple[list[dict[str, Any]], list[list[dict[str, Any]]]]:
    """
    Merge mentions of one event, as plain rows: a table costs as much as the merging.

    Parameters
    ----------
    mentions
        One row a mention: values by events column; `event_id` and `n_mentions` are ignored, missing
        ones are empty.

    Returns
    -------
    events : list of dict
        One row an event, in the order of first mentions, with `event_id` (a hash of the dispatch and of
        what was coded; equal rows are numbered) and `n_mentions`.
    mentions : list of list of dict
        Of each event its mentions.

    Notes
    -----
    CODEBOOK, "One event": stated and denied are two events; otherwise the most direct status wins, and its
    source with it. A mention without a target, or with an inferred day, joins the one that names it.
    """
    rows = sorted(({**_EMPTY, **row} for row in mentions), key=lambda row: (row["start"], row["end"]))
    groups: list[list[dict[str, Any]]] = []
    # of each group what differs among its mentions, so that a text that repeats itself takes no longer
    alike: dict[tuple[Any, ...], list[tuple[int, dict[tuple[Any, ...], dict[str, Any]]]]] = {}
    for row in rows:
        candidates = alike.setdefault(tuple(row[key] for key in _ALIKE), [])
        fits = ((at, told) for at, told in candidates if all(_compatible(o, row) for o in told.values()))
        home = next(fits, None)
        if home is None:
            home = (len(groups), {})
            groups.append([])
            candidates.append(home)
        groups[home[0]].append(row)
        home[1].setdefault(tuple(row[key] for key in _COMPARED), row)
    return _identified([_merged(group) for group in groups]), groups


def framed(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """
    Put rows into an events table.

    Parameters
    ----------
    rows
        Values by events column, each column in each row.

    Returns
    -------
    pandas.DataFrame
        An events table, as `tidy` gives it.
    """
    return _framed({column: [row[column] for row in rows] for column in COLUMNS}, len(rows))


def identify(events: pd.DataFrame) -> pd.DataFrame:
    """
    Give each event its stable id.

    Parameters
    ----------
    events
        An events table.

    Returns
    -------
    pandas.DataFrame
        The same with `event_id`: a hash of the dispatch and of what was coded; equal rows are numbered.
    """
    ids = [row["event_id"] for row in _identified(events.to_dict("records"))]
    return events.assign(event_id=pd.Series(ids, index=events.index, dtype="str"))  # text also when empty


def _identified(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    named = []
    for event in events:
        words = (str(event[column]) for column in _IDENTITY)
        key = "e" + hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:10]
        seen[key] = seen.get(key, 0) + 1
        named.append(event | {"event_id": key if seen[key] == 1 else f"{key}-{seen[key]}"})
    return named


def _compatible(a: dict[str, Any], b: dict[str, Any]) -> bool:
    if (a["status"] == "denied") != (b["status"] == "denied"):
        return False
    if any(a[role] != b[role] and a[role] and b[role] for role in ("actor", "target")):
        return False
    inferred = "inferred" in (a["date_precision"], b["date_precision"])
    return a["date"] == b["date"] or (inferred and "expected" not in (a["status"], b["status"]))


def _merged(group: list[dict[str, Any]]) -> dict[str, Any]:
    best = min(group, key=lambda row: _DIRECTNESS[row["status"]])
    merged = group[0] | {"status": best["status"], "source": best["source"], "n_mentions": len(group)}
    for role in ("actor", "target", "gainer", "loser", "label_used"):
        merged[role] = merged[role] or next((row[role] for row in group if row[role]), "")
    dated = next((row for row in group if row["date_precision"] != "inferred"), None)
    if dated is not None:
        merged |= {key: dated[key] for key in ("date", "date_end", "date_precision")}
    return merged
