"""The closed vocabularies, and the check of a table against them: all faults at once."""

import re
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from frontlines import data, plausible
from frontlines.errors import SchemaError, UnknownCodeError

if TYPE_CHECKING:
    import pandera.pandas as pa

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def event_types() -> pd.DataFrame:
    """
    Give the 27 event types.

    Returns
    -------
    pandas.DataFrame
        Columns event_type, family, plover, acled_event, acled_sub_event, label_en, label_fr, label_ar,
        label_tr, covers.
    """
    return data.table("codebook/event_types")


def vocabulary(name: str) -> tuple[str, ...]:
    """
    Give the values of a closed vocabulary.

    Parameters
    ----------
    name
        ``event_type``, ``actor``, ``side``, or a vocabulary of `data/codebook/vocabularies.csv`.

    Returns
    -------
    tuple of str
        The allowed values, in the order of the table.

    Raises
    ------
    UnknownCodeError
        If there is no such vocabulary.
    """
    if name in ("event_type", "actor", "side"):
        values = data.table(f"codebook/{name}s")[name]
    else:
        words = data.table("codebook/vocabularies")
        if name not in set(words["vocabulary"]):
            known = ["event_type", "actor", "side", *words["vocabulary"].unique()]
            raise UnknownCodeError(f"no vocabulary {name!r}; there are {', '.join(known)}")
        values = words.loc[words["vocabulary"] == name, "value"]
    return tuple(dict.fromkeys(values))


def validate(frame: pd.DataFrame, schema: str) -> None:
    """
    Check a table against its schema.

    Parameters
    ----------
    frame
        The table, as read: text or numbers.
    schema
        ``"events"``.

    Raises
    ------
    SchemaError
        With every fault: its row (1 is the first under the header), column, value, and what was expected.
    UnknownCodeError
        If there is no such schema.
    """
    faults = check(frame, schema)
    if len(faults):
        lines = [
            f"row {f.row}, {f.column}: {f.value!r}; expected {f.expected}"
            if f.row
            else f"{f.column}: {f.expected}"
            for f in faults.itertuples()
        ]
        raise SchemaError(f"{len(lines)} fault(s) in the {schema} table: " + " | ".join(lines))


def check(frame: pd.DataFrame, schema: str) -> pd.DataFrame:
    """
    List every fault of a table against its schema.

    Parameters
    ----------
    frame
        The table, as read: text or numbers.
    schema
        ``"events"``.

    Returns
    -------
    pandas.DataFrame
        Columns row (1 is the first under the header; 0: the table), column, value, expected; empty if sound.

    Raises
    ------
    UnknownCodeError
        If there is no such schema.
    """
    from pandera.errors import SchemaErrors

    if schema != "events":
        raise UnknownCodeError(f"no schema {schema!r}; there is events")
    columns = ["row", "column", "value", "expected"]
    rows: list[tuple[int, str, str, str]] = []
    doubled = frame.columns[frame.columns.duplicated()].unique()
    if len(doubled):
        rows += [(0, str(name), "", "column stands twice; keep one") for name in doubled]
        frame = frame.loc[:, ~frame.columns.duplicated()]
    text = frame.reset_index(drop=True).astype("str").where(frame.reset_index(drop=True).notna(), "")
    try:
        _events_schema().validate(text, lazy=True)
    except SchemaErrors as found:
        for case in found.failure_cases.itertuples():
            if case.index is None or pd.isna(case.index):
                rows.append((0, str(case.failure_case), "", "column is missing"))
            else:
                rows.append((int(case.index) + 1, str(case.column), str(case.failure_case), str(case.check)))
    rows += _crossed(text) + plausible.misplaced(text)
    return pd.DataFrame(sorted(set(rows)), columns=columns)


def _crossed(text: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    """Check what one column alone cannot show: order of days and offsets, pairs that go together."""
    rows = []
    for i, row in enumerate(text.to_dict("records"), start=1):
        if row.get("date_end") and row["date_end"] < row.get("date", ""):
            rows.append((i, "date_end", row["date_end"], f"a day not before date {row.get('date')}"))
        if bool(row.get("lat")) != bool(row.get("lon")):
            rows.append((i, "lon", str(row.get("lon")), "lat and lon together, or neither"))
        if row.get("place_relation") and not row.get("place_id"):
            rows.append((i, "place_relation", row["place_relation"], "a place_id to relate to"))
        start, end = row.get("start", ""), row.get("end", "")
        if bool(start) != bool(end) or (start.isdecimal() and end.isdecimal() and int(end) <= int(start)):
            rows.append((i, "end", end, f"an offset after start {start!r}, or neither"))
        rows += [(i, c, v, "text without control characters") for c, v in row.items() if _CONTROL.search(v)]
    return rows


@cache
def _events_schema() -> "pa.DataFrameSchema":
    import pandera.pandas as pa  # only a check needs it; a vocabulary does not wait for it

    def coded(vocabulary_name: str, *, several: bool = False, optional: bool = True) -> pa.Column:
        allowed = frozenset(vocabulary(vocabulary_name)) | ({""} if optional else frozenset())
        where = f"one of data/codebook's {vocabulary_name} values"
        where += ": " + ", ".join(sorted(filter(None, allowed))) if len(allowed) < 14 else ""

        def known(value: str) -> bool:
            parts = value.split(";") if several and value else [value]
            return all(part in allowed for part in parts) and (len(parts) == 1 or "" not in parts)

        return pa.Column(str, pa.Check(known, element_wise=True, error=where))

    def day(*, optional: bool) -> pa.Column:
        def fits(value: str) -> bool:
            return (optional and value == "") or plausible.is_day(value)

        return pa.Column(str, pa.Check(fits, element_wise=True, error="a day as YYYY-MM-DD"))

    def number(low: float, high: float, *, whole: bool = False) -> pa.Column:
        def within(value: str) -> bool:
            plain = not whole or value.removesuffix(".0").isdecimal()
            return value == "" or (plain and low <= pd.to_numeric(value, errors="coerce") <= high)

        what = f"a number from {low} to {high}{', whole' * whole}, or empty"
        return pa.Column(str, pa.Check(within, element_wise=True, error=what))

    text = pa.Column(str)
    filled = pa.Column(str, pa.Check(lambda v: v != "", element_wise=True, error="a value"))
    return pa.DataFrameSchema(
        {
            "event_id": pa.Column(
                str,
                [pa.Check(lambda v: v != "", element_wise=True, error="a value"),
                 pa.Check(lambda s: ~s.duplicated(), error="an id that stands once")],
            ),
            "dispatch_id": text,
            "date": day(optional=False),
            "date_end": day(optional=True),
            "date_precision": coded("date_precision", optional=False),
            "event_type": coded("event_type", optional=False),
            "actor": coded("actor", several=True),
            "target": coded("actor", several=True),
            "gainer": coded("actor", several=True),
            "loser": coded("actor", several=True),
            "place_id": text,
            "place_name": text,
            "place_relation": coded("place_relation"),
            "lat": number(-90, 90),
            "lon": number(-180, 180),
            "precision_km": number(0, 5000),
            "status": coded("status", optional=False),
            "source": coded("actor", several=True),
            "label_used": text,
            "n_mentions": number(1, 1_000_000, whole=True),
            "start": number(0, 10_000_000_000, whole=True),
            "end": number(0, 10_000_000_000, whole=True),
            "quote": text,
            "coder": filled,
            "rule": text,
        }
    )  # fmt: skip
