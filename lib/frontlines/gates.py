"""Which gates an event means: by number, by place, by a whole frontier, or by the town beside it."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from frontlines import data, gazetteer, toponyms

ACT_COLUMNS = (
    "event_id", "crossing_id", "date", "event_type", "actor", "layer", "effect", "authority", "general",
    "status", "sourced",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("event_id", "date", "event_type", "actor", "place_name", "status", "reason")
GATES = ("official", "unofficial", "informal")  # the kinds that lie between two states
_NEAR_KM = 10.0  # a town or post this near to a gate means it
_AREAS = ("country", "border", "region")
_NEEDED = {
    "crossings": ("crossing_id", "place_id", "name", "other_country", "kind", "lat", "lon", "state_on_26nov"),
    "events": ("event_id", "date", "event_type", "actor", "place_id", "place_relation", "status"),
}
_Row = Mapping[str, Any]


def applied(crossings: pd.DataFrame, events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Apply each event to the gates that it means.

    Parameters
    ----------
    crossings
        The crossings of `data/record/crossings.csv`.
    events
        An events table (CODEBOOK). A column `crossing_ids` (joined with ``;``) goes before the place.

    Returns
    -------
    acts : pandas.DataFrame
        Columns of `ACT_COLUMNS`: one row an event and gate, in the order in which they take effect: by day
        (UTC+3; of a range its last), the whole frontier before the single gate, then as they stand.
        `authority` is neighbour or syria.
    left_out : pandas.DataFrame
        Columns of `LEFT_OUT_COLUMNS`: events that set no gate, with the reason.

    Raises
    ------
    SchemaError
        If `crossings` or `events` lacks a column that is needed.
    """
    for name, frame in (("crossings", crossings), ("events", events)):
        data.need(frame, _NEEDED[name], name)
    rules = data.table("codebook/border_rules").set_index("event_type")[["layer", "state"]].to_dict("index")
    places = gazetteer.places().set_index("place_id")[["kind", "country"]]
    known = places.reindex(events["place_id"].unique()).fillna("").to_dict("index")
    applied: list[_Row] = []
    refused: list[_Row] = []
    for event in events.to_dict("records"):
        rule = rules.get(event["event_type"], {"layer": "", "state": ""})
        gates, general = _meant(crossings, event, rule["layer"], known[event["place_id"]])
        reason = _refusal(event, rule["layer"], gates, general=general)
        refused += [{**event, "reason": reason}] if reason else []
        if not reason:
            applied += [_act(event, gate, rule, general=general) for gate in gates.to_dict("records")]
    table = pd.DataFrame(applied, columns=list(ACT_COLUMNS))
    table = table.sort_values(["date", "general"], ascending=[True, False], kind="stable", ignore_index=True)
    return table, pd.DataFrame(refused, columns=list(LEFT_OUT_COLUMNS))


def _meant(
    crossings: pd.DataFrame, event: _Row, layer: str, place: Mapping[str, str]
) -> tuple[pd.DataFrame, bool]:
    """Find the crossings that an event means, and whether it means a whole frontier."""
    named = set(str(event.get("crossing_ids") or "").split(";")) - {""}
    at_place = (crossings["place_id"] == event["place_id"]) & (crossings["place_id"] != "")
    gates = crossings[crossings["crossing_id"].isin(named) if named else at_place]
    if named or layer != "authority":
        return gates, False
    excepted = _excepted(crossings, event)
    only_excepted = len(gates) > 0 and set(gates["place_id"]) <= excepted
    if only_excepted or (gates.empty and place["kind"] in _AREAS):
        gates = _of_neighbours(crossings, event, place)
        return gates[~gates["place_id"].isin(excepted)], True
    if gates.empty:
        return near(crossings[crossings["kind"].isin(GATES)], event, km=_NEAR_KM), False
    return gates, False


def _excepted(crossings: pd.DataFrame, event: _Row) -> set[str]:
    """Give the crossings that the quoted words except: "all but Masnaa"."""
    quote, found = str(event.get("quote") or "").replace("’", "'"), set[str]()
    for row in data.table("codebook/exception_words").itertuples() if quote else []:
        for match in re.finditer(rf"\b{re.escape(str(row.words))}\b", quote, re.IGNORECASE):
            part = quote[match.end() :] if row.side == "before" else quote[: match.start()]
            found |= set(gazetteer.find(part, language=str(row.lang))["place_id"])
    return found & set(crossings["place_id"]) - {""}


def _refusal(event: _Row, layer: str, gates: pd.DataFrame, *, general: bool) -> str:
    """Say why an event sets no gate; empty if it sets one."""
    if not layer:
        return f"no act on a gate: {event['event_type']}"
    if event["status"] in ("denied", "expected"):
        return f"{event['status']}: sets nothing"
    if event["place_relation"] not in ("", "centre", "along") and not general:
        return f"{event['place_relation']} the crossing, not at it"
    if gates.empty:
        return "no crossing of the list is meant"
    kinds = set(gates["kind"])
    return "" if kinds & set(GATES) else f"no gate between states: {', '.join(sorted(kinds))}"


def _of_neighbours(crossings: pd.DataFrame, event: _Row, place: Mapping[str, str]) -> pd.DataFrame:
    """Give the gates of a general act: of the neighbour that acts, else of the place, else of the target."""
    neighbours = set(crossings["other_country"]) - {"", "SYR"}
    border = str(event["place_id"]).upper().replace("-", ";")  # fl:border-lbn-syr
    meant: set[str] = set()
    for named in (event["actor"], place["country"], border, event.get("target")):
        meant = meant or set(str(named or "").split(";")) & neighbours
    gates = crossings[crossings["kind"].isin(("official", "unofficial"))]
    return gates[gates["other_country"].isin(meant) & (gates["state_on_26nov"] != "informal")]


def near(places: pd.DataFrame, point: Mapping[str, Any], *, km: float) -> pd.DataFrame:
    """
    Give the place nearest to a point.

    Parameters
    ----------
    places
        Columns lat, lon (WGS84 degrees).
    point
        With lat and lon; without them nothing is near.
    km
        How far it may be.

    Returns
    -------
    pandas.DataFrame
        One row, or none, with its distance in the column km (sphere of 6,371 km).
    """
    here = pd.to_numeric(pd.Series([point.get("lat"), point.get("lon")]), errors="coerce")
    away = toponyms.apart(here.to_numpy(float), places[["lat", "lon"]].to_numpy(float))
    within = np.flatnonzero(away <= km)
    nearest = within[away[within].argsort(kind="stable")[:1]]
    return places.iloc[nearest].assign(km=away[nearest])


def _act(event: _Row, gate: _Row, rule: Mapping[str, str], *, general: bool) -> dict[str, Any]:
    syrian = event["actor"] and gate["other_country"] not in str(event["actor"]).split(";")
    return {
        **{column: event[column] for column in ("event_id", "event_type", "actor", "status")},
        "crossing_id": gate["crossing_id"],
        "date": event.get("date_end") or event["date"],
        "layer": rule["layer"],
        "effect": rule["state"],
        "authority": "" if rule["layer"] != "authority" else "syria" if syrian else "neighbour",
        "general": general,
        "sourced": event.get("sourced") or "yes",
    }
