"""Whether a row of the record tells the act of a dispatch: its kind, sides, doers, place, border, days."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from frontlines import actors, codebook

TAKING = frozenset({"capture", "handover"})
# what the record may call an act that a dispatch calls so: who takes a place has entered it
_ANSWERS = {
    "capture": TAKING,
    "handover": TAKING,
    "withdrawal": {"withdrawal", *TAKING},
    "advance": {"advance", "encirclement", *TAKING},
    "encirclement": {"encirclement", "advance", *TAKING},
}
_BEARINGS = {"north_of": 0.0, "east_of": 90.0, "south_of": 180.0, "west_of": 270.0}
_NEAR_KM = {"near": 25.0, "outskirts": 25.0, "along": 25.0}
_DIRECTION_KM = 60.0  # how far "the towns south of Damascus" may lie
_KM = 111.195  # to a degree of latitude
_Row = Mapping[str, Any]


def same_act(event: _Row, known: pd.DataFrame) -> pd.Series:
    """
    Find the rows that tell the same act, whenever it was.

    Parameters
    ----------
    event
        A row of an events table, with kind, adm1 and country of its place.
    known
        The record, with the same columns; side_from and side_to where it has them.

    Returns
    -------
    pandas.Series
        Yes or no for each row of the record.
    """
    family = families()[event["event_type"]]
    types = _ANSWERS.get(event["event_type"], {event["event_type"]})
    fits = known["event_type"].isin(types) & (known["status"] != "expected")
    if family == "control":
        return fits & _same_place(event, known) & _same_sides(event, known)
    fits &= same_doers(event, known)
    if family == "reaction" or not event["place_id"]:
        return fits if event["actor"] else fits & False
    return fits & (same_border(event, known) if family == "border" else _same_place(event, known))


def families() -> dict[str, str]:
    """
    Give the family of each event type.

    Returns
    -------
    dict of str to str
        Type to family, as `data/codebook/event_types.csv` has them.
    """
    return dict(codebook.event_types()[["event_type", "family"]].to_numpy(str))


def same_doers(event: _Row, known: pd.DataFrame) -> pd.Series:
    """
    Find the rows with an actor in common.

    Parameters
    ----------
    event, known
        As for `same_act`.

    Returns
    -------
    pandas.Series
        Yes or no for each row of the record; yes for all if the event names no actor.
    """
    doers = set(event["actor"].split(";")) - {""}
    return known["actor"].str.split(";").map(lambda ids: not doers or bool(doers & set(ids))).astype(bool)


def _same_sides(event: _Row, known: pd.DataFrame) -> pd.Series:
    """Compare who takes or leaves, by side: the dispatch's "opposition" may be the record's HTS."""
    leaving = event["event_type"] == "withdrawal"
    who = event["loser" if leaving else "gainer"]
    if not who and event["event_type"] != "handover":  # in a handover the actor may be the one who gives
        who = event["actor"]
    mine = _sides(who, event["date"])
    role, column = ("loser", "side_from") if leaving else ("gainer", "side_to")
    theirs = known[role].where((known[role] != "") | leaving, known["actor"])
    named = known[column] if column in known else pd.Series("", index=known.index)
    told = zip(theirs, known["date"], named, strict=True)
    fits = [not mine or bool(mine & (_sides(ids, day) | set(sides.split(";")))) for ids, day, sides in told]
    return pd.Series(fits, index=known.index, dtype=bool)


def _sides(ids: str, day: str) -> set[str]:
    return {actors.side(one, date.fromisoformat(day)) or one for one in ids.split(";") if one}


def _same_place(event: _Row, known: pd.DataFrame) -> pd.Series:
    here = known["place_id"] == event["place_id"]
    if not event["place_id"]:
        return here & False
    if event["kind"] == "country":
        return known["country"] == event.get("country", "")
    if event["kind"] == "governorate":
        return here | (known["adm1"] == event["adm1"])
    north = (known["lat"] - event["lat"]) * _KM
    east = (known["lon"] - event["lon"]) * _KM * np.cos(np.radians(event["lat"]))
    km = np.hypot(north, east)
    if event["place_relation"] in _NEAR_KM:
        return here | (km <= _NEAR_KM[event["place_relation"]])
    if event["place_relation"] in _BEARINGS:
        off = (np.degrees(np.arctan2(east, north)) - _BEARINGS[event["place_relation"]] + 180) % 360 - 180
        return (km <= _DIRECTION_KM) & (off.abs() <= 45) & ~here
    return here


def same_border(event: _Row, known: pd.DataFrame) -> pd.Series:
    """
    Find the rows at the same gate, or at any, where either act is general: at a country or border.

    Parameters
    ----------
    event, known
        As for `same_act`.

    Returns
    -------
    pandas.Series
        Yes or no for each row of the record.
    """
    general = event["kind"] in ("country", "border")
    return general | known["kind"].isin(["country", "border"]) | (known["place_id"] == event["place_id"])


def gap(event: _Row, row: _Row, slack_days: int) -> tuple[int, str]:
    """
    Measure how far an event is from a row of the record, in days.

    Parameters
    ----------
    event, row
        Rows with date, date_end, date_precision; the record's with variants (days of other reports).
    slack_days
        An inferred day may be so many days late.

    Returns
    -------
    days : int
        The event's day less the record's nearest one: negative where the event is earlier.
    day : str
        That day of the record.
    """
    first, last = _span(event)
    if event["date_precision"] == "inferred":
        first -= timedelta(days=slack_days)
    best = None
    for start, end in [_span(row), *((day, day) for day in _days(row["variants"]))]:
        days = (first - end).days if first > end else -(start - last).days if last < start else 0
        near = str(end if days > 0 else max(start, min(last, end)))
        if best is None or abs(days) < abs(best[0]):
            best = (days, near)
    return best or (0, row["date"])


def _span(row: _Row) -> tuple[date, date]:
    return date.fromisoformat(row["date"]), date.fromisoformat(row["date_end"] or row["date"])


def _days(variants: str) -> list[date]:
    found = []
    for word in variants.split(";"):
        try:
            found.append(date.fromisoformat(word.strip()))
        except ValueError:  # a variant may be another taker instead
            continue
    return found
