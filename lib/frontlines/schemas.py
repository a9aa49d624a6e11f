"""The tables of a record, recognised by their columns and checked: all faults at once."""

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from functools import cache

import pandas as pd

from frontlines import codebook, data, plausible
from frontlines.errors import SchemaError, UnknownCodeError
from frontlines.plausible import Fault

# the columns that tell a table from the others; the first is its key
_MARKS = {
    "baseline": ("place_id", "day", "side"),
    "crossings": ("crossing_id", "state_on_26nov"),
    "sources": ("source_id", "publisher", "address"),
    "border_events": ("event_id", "event_type", "crossing_ids"),
    "reactions": ("event_id", "event_type", "original_type"),
    "control_changes": ("event_id", "event_type", "side_to"),
    "events": ("event_id", "event_type"),
}
_EVENTS = ("events", "control_changes", "border_events", "reactions")
_FILLED = ("day", "side", "side_on_26nov", "certainty", "basis", "sourced", "publisher", "address", "kind")
_LIMITS = {"lat": (-90, 90), "lon": (-180, 180), "precision_km": (0, 5000)}
_LOOSE_DAY = r"(\d{4}(-\d\d(-\d\d)?)?)?"  # of a page, a month or a year may be all that is known


def recognise(frame: pd.DataFrame) -> str:
    """
    Tell which table of a record this is, by its columns.

    Parameters
    ----------
    frame
        A table as read.

    Returns
    -------
    str
        ``baseline``, ``control_changes``, ``border_events``, ``reactions``, ``crossings``, ``sources``, or
        ``events`` for coded events.

    Raises
    ------
    SchemaError
        If it has the columns of none.
    """
    for name, marks in _MARKS.items():
        if set(marks) <= set(frame.columns):
            return name
    if {"event_id", "event_type"} & set(frame.columns):
        return "events"  # what it lacks, the check will say
    known = "; ".join(f"{name}: {', '.join(marks)}" for name, marks in _MARKS.items())
    raise SchemaError(f"a table with these columns is not known; it needs those of one of {known}")


def check(frame: pd.DataFrame, schema: str) -> pd.DataFrame:
    """
    List every fault of a table of a record.

    Parameters
    ----------
    frame
        The table, as read: text or numbers.
    schema
        A name that `recognise` gives.

    Returns
    -------
    pandas.DataFrame
        Columns row (1 is the first under the header; 0: the table), column, value, expected, sorted; empty if
        sound.

    Raises
    ------
    UnknownCodeError
        If there is no such schema.

    Notes
    -----
    What a column may hold is written in `data/columns.csv`: its type, vocabulary and reference. That a row
    said to be sourced names a source is a rule of `data/record/README.md`.
    """
    if schema not in _MARKS:
        raise UnknownCodeError(f"no schema {schema!r}; there are {', '.join(_MARKS)}")
    faults: list[Fault] = []
    rest = _columns(schema)
    if schema in _EVENTS:
        found = codebook.check(frame, "events")
        faults += list(found.itertuples(index=False, name=None))
        rest = [column for column in rest if column not in _columns("events")]
    text = frame.loc[:, ~frame.columns.duplicated()].reset_index(drop=True)
    text = text.astype("str").where(text.notna(), "")
    for column in rest:
        if column not in text:
            faults.append((0, column, "", "column is missing"))
            continue
        for expected, fits in _rules(schema, column):
            wrong = text.loc[[not fits(value) for value in text[column]], column]
            faults += [(int(i) + 1, column, value, expected) for i, value in wrong.items()]
    if schema == "baseline":
        faults += plausible.misplaced(text)
    faults += _doubled(text, _MARKS[schema][0]) + _bare(text)
    columns = ["row", "column", "value", "expected"]
    return pd.DataFrame(sorted(set(faults)), columns=columns)


@cache
def _columns(schema: str) -> list[str]:
    shipped = list(data.table(f"record/{'control_changes' if schema == 'events' else schema}").columns)
    return shipped[: shipped.index("side_from")] if schema == "events" else shipped


def _rules(schema: str, column: str) -> Iterable[tuple[str, Callable[[str], bool]]]:
    """Give what each value of a column must be, in words and as a test."""
    described = _described(schema, column)
    optional = {""} if column not in _FILLED else set[str]()
    if column == _MARKS[schema][0] or column in _FILLED:
        yield "a value", bool
    if column in _LIMITS:
        low, high = _LIMITS[column]
        yield f"a number from {low} to {high}, or empty", lambda value: _within(value, low, high)
    elif column == "date":
        yield "a day, month or year as YYYY-MM-DD", lambda value: bool(re.fullmatch(_LOOSE_DAY, value))
    elif described["type"] == "date":
        yield "a day as YYYY-MM-DD", lambda value: value in optional or plausible.is_day(value)
    elif column == "address":
        yield "a web address", lambda value: bool(re.fullmatch(r"(https?://\S+)?", value))
    allowed = _allowed(column, described)
    if allowed:
        words = ", ".join(sorted(allowed)) if len(allowed) < 14 else f"one of {described['reference']}"
        several = column in ("side_from", "side_to", "side", "goes_with")
        yield (
            words,
            lambda value: all(p in allowed | optional for p in (value.split(";") if several else [value])),
        )


def _allowed(column: str, described: "pd.Series[str]") -> set[str]:
    if column in ("side_from", "side_to"):
        return {*codebook.vocabulary("side"), "contested", "unknown"}
    if described["vocabulary"]:
        return set(codebook.vocabulary(described["vocabulary"]))
    if described["reference"]:
        table, _, name = described["reference"].partition(".")
        return set(data.table(table)[name])
    return set()


@cache
def _described(schema: str, column: str) -> "pd.Series[str]":
    """Find the row of `data/columns.csv` that names the file most closely."""
    rows = data.table("columns")
    fits = [not file or fnmatch(f"record/{schema}.csv", file) for file in rows["file"]]
    rows = rows[(rows["column"] == column).to_numpy() & pd.Series(fits).to_numpy()]
    return rows.loc[rows["file"].str.len().idxmax()]


def _doubled(text: pd.DataFrame, key: str) -> list[Fault]:
    if key not in text:
        return []
    doubled = text.loc[text[key].duplicated() & (text[key] != ""), key]
    return [(int(i) + 1, key, value, "an id that stands once") for i, value in doubled.items()]


def _bare(text: pd.DataFrame) -> list[Fault]:
    if not {"sourced", "sources"} <= set(text.columns):
        return []
    bare = text.loc[(text["sourced"] == "yes") & (text["sources"] == ""), "sources"]
    return [(int(i) + 1, "sources", "", "an id of a source, for sourced is yes") for i in bare.index]


def _within(value: str, low: float, high: float) -> bool:
    number = pd.to_numeric(value, errors="coerce")
    return value == "" or bool(low <= number <= high)
