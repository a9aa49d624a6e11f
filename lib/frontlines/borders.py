"""Border crossings: the state of each gate on each day, as the neighbour and the Syrian side had it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from frontlines import control, data, gazetteer
from frontlines.errors import SchemaError

_ACT_COLUMNS = (
    "event_id", "crossing_id", "date", "event_type", "actor", "layer", "effect", "authority", "general",
    "status", "sourced",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("event_id", "date", "event_type", "actor", "place_name", "status", "reason")
STATUS_COLUMNS = (
    "crossing_id", "place_id", "name", "name_other_side", "other_country", "kind", "lat", "lon",
    "precision_km", "day", "state", "state_neighbour", "state_syria", "struck_on", "since", "event_ids",
    "status", "sourced", "holder", "holder_basis",
)  # fmt: skip
STRIP_COLUMNS = (
    "crossing_id", "place_id", "name", "name_other_side", "other_country", "kind", "day", "state", "changed",
    "event_ids", "sourced",
)  # fmt: skip
SPELL_COLUMNS = (
    "crossing_id", "name", "other_country", "state", "first_day", "last_day", "days", "began_before",
    "goes_on",
)  # fmt: skip
STATES = ("open", "restricted", "damaged", "closed", "informal", "unknown")
GATES = ("official", "unofficial", "informal")  # the kinds that lie between two states
_SEVERITY = ("", "open", "restricted", "damaged", "closed")
_STATUS = ("stated", "attributed")  # of what a state rests on, the least direct is shown
_NEAR_KM, _HOLDER_KM = 10.0, 5.0
_AREAS = ("country", "border", "region")
_NEEDED = {
    "crossings": ("crossing_id", "place_id", "name", "other_country", "kind", "lat", "lon", "state_on_26nov"),
    "events": ("event_id", "date", "event_type", "actor", "place_id", "place_relation", "status"),
}
_Row = Mapping[str, Any]


def left_out(crossings: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """
    List the border events that set no crossing, with the reason.

    Parameters
    ----------
    crossings
        The crossings of `data/record/crossings.csv`.
    events
        An events table (CODEBOOK).

    Returns
    -------
    pandas.DataFrame
        Columns of `LEFT_OUT_COLUMNS`, in the order of `events`. Rows of other families appear only where they
        name a crossing.

    Raises
    ------
    SchemaError
        If `crossings` or `events` lacks a column that is needed.
    """
    return _applied(crossings, events)[1]


def status(
    crossings: pd.DataFrame, events: pd.DataFrame, *, day: str, timeline: pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Give the state of every crossing at the end of a day.

    Parameters
    ----------
    crossings
        The crossings of `data/record/crossings.csv`: their state and holder on 26 November 2024.
    events
        An events table (CODEBOOK), of the record or of a dispatch. `denied` and `expected` set nothing.
    day
        ISO day (UTC+3).
    timeline
        What `control.timeline` gives for that day; without it the holder is that of 26 November, or the
        taker of the crossing where `events` has one.

    Returns
    -------
    pandas.DataFrame
        Columns of `STATUS_COLUMNS`, one row a crossing in the order of `crossings`. `state` is one of
        `STATES`; `state_neighbour` and `state_syria` are what each authority last ordered (empty: nothing
        reported); `struck_on` the last strike with no passage reported since; `since` the day of the last
        change (empty: before the record begins); `event_ids` what the state rests on (joined with ``;``;
        empty: the list of 26 November), `status` the least direct of them; `holder` the side that holds the
        Syrian side, and `holder_basis` how that is known; lat, lon in WGS84 degrees, precision in km.

    Notes
    -----
    A gate is closed if either authority says so; damaged if it was struck and no authority has reported a
    passage since; else the less open of what the two have ordered; else as on 26 November. What each type of
    event does is `data/codebook/border_rules.csv`. One at a country or a border is general: it means the
    neighbour's official and unofficial gates, not the informal ways; a gate named on the same day is its
    exception. One at a town or post that is no crossing means the nearest gate within 10 km. A range counts
    from its last day, as in `control`.
    """
    table = _states(crossings, _applied(crossings, events)[0], day=day)
    holders = _holders(crossings, _taken(crossings, events, day) if timeline is None else timeline, day=day)
    table["holder"], table["holder_basis"] = zip(*holders, strict=True) if holders else ((), ())
    return table[list(STATUS_COLUMNS)]


def strip(crossings: pd.DataFrame, events: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """
    Give the state of every gate on every day.

    Parameters
    ----------
    crossings
        The crossings of `data/record/crossings.csv`; airports and lines inside Syria are left aside.
    events
        An events table (CODEBOOK).
    days
        ISO days (UTC+3), in order.

    Returns
    -------
    pandas.DataFrame
        Columns of `STRIP_COLUMNS`, by crossing and day; `changed` is ``yes`` on a day whose state differs
        from that of the day before in `days`.
    """
    gates = crossings[crossings["kind"].isin(GATES)]
    applied = _applied(gates, events)[0]
    frames = [_states(gates, applied, day=day) for day in days]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(STATUS_COLUMNS))
    table["place"] = table["crossing_id"].map({gate: i for i, gate in enumerate(gates["crossing_id"])})
    table = table.sort_values(["place", "day"], ignore_index=True)
    before = table.groupby("crossing_id")["state"].shift()
    table["changed"] = np.where(before.notna() & (before != table["state"]), "yes", "")
    return table[list(STRIP_COLUMNS)]


def open_by_neighbour(states: pd.DataFrame) -> pd.DataFrame:
    """
    Count the gates in each state, by neighbour and day.

    Parameters
    ----------
    states
        What `strip` gives.

    Returns
    -------
    pandas.DataFrame
        Columns day, other_country, one for each of `STATES` (number of crossings), crossings (their sum); by
        neighbour and day.
    """
    keys = ["other_country", "day"]
    counts = states.pivot_table(index=keys, columns="state", values="name", aggfunc="count", fill_value=0)
    counts = counts.reindex(columns=list(STATES), fill_value=0).rename_axis(columns=None)
    counts["crossings"] = counts.sum(axis=1)
    return counts.reset_index()[["day", "other_country", *STATES, "crossings"]]


def closures(states: pd.DataFrame) -> pd.DataFrame:
    """
    List how long each gate was shut: closed, or damaged with no passage reported.

    Parameters
    ----------
    states
        What `strip` gives.

    Returns
    -------
    pandas.DataFrame
        Columns of `SPELL_COLUMNS`, one row a closure: its states (joined with ``;``), first and last day,
        length in days, and ``yes`` where it began before the first day or goes on after the last.
    """
    edge = states["day"].min(), states["day"].max()
    order = {day: i for i, day in enumerate(sorted(states["day"].unique()))}
    shut = states[states["state"].isin(["closed", "damaged"])]
    same = (shut["crossing_id"] == shut["crossing_id"].shift()) & (shut["day"].map(order).diff() == 1)
    rows = []
    for _, spell in shut.groupby((~same).cumsum()):
        first, last = spell["day"].iloc[0], spell["day"].iloc[-1]
        length = (pd.Timestamp(last) - pd.Timestamp(first)).days + 1
        ends = ["yes" if day == limit else "" for day, limit in zip((first, last), edge, strict=True)]
        gate = spell.iloc[0][["crossing_id", "name", "other_country"]]
        rows.append((*gate, ";".join(spell["state"].unique()), first, last, length, *ends))
    return pd.DataFrame(rows, columns=list(SPELL_COLUMNS))


def _applied(crossings: pd.DataFrame, events: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the events into acts on crossings and those that set none."""
    for name, frame in (("crossings", crossings), ("events", events)):
        if missing := [column for column in _NEEDED[name] if column not in frame]:
            raise SchemaError(
                f"the {name} table lacks {', '.join(missing)}; it needs {', '.join(_NEEDED[name])}"
            )
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
        applied += [
            _act(event, gate, rule, general=general) for gate in gates.to_dict("records") if not reason
        ]
    table = pd.DataFrame(applied, columns=list(_ACT_COLUMNS)).sort_values(
        ["date", "general"], ascending=[True, False], kind="stable", ignore_index=True
    )
    return table, pd.DataFrame(refused, columns=list(LEFT_OUT_COLUMNS))


def _states(crossings: pd.DataFrame, applied: pd.DataFrame, *, day: str) -> pd.DataFrame:
    """Fold the acts up to a day, gate by gate; the columns of `STATUS_COLUMNS` without the holder."""
    by_gate: dict[str, list[_Row]] = {}
    for act in applied[applied["date"] <= day].to_dict("records"):
        by_gate.setdefault(act["crossing_id"], []).append(act)
    rows = [_gate(gate, by_gate.get(gate["crossing_id"], [])) for gate in crossings.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(STATUS_COLUMNS[:-2])).astype(
        {"crossing_id": "str", "state": "str"}
    )
    table["day"] = day
    return table


def _meant(
    crossings: pd.DataFrame, event: _Row, layer: str, place: Mapping[str, str]
) -> tuple[pd.DataFrame, bool]:
    """Find the crossings that an event means, and whether it means a whole frontier."""
    named = set(str(event.get("crossing_ids") or "").split(";")) - {""}
    at_place = (crossings["place_id"] == event["place_id"]) & (crossings["place_id"] != "")
    gates = crossings[crossings["crossing_id"].isin(named) if named else at_place]
    if len(gates) or named or layer != "authority":
        return gates, False
    if place["kind"] in _AREAS:
        return _of_neighbours(crossings, event, place), True
    return _near(crossings, event), False


def _refusal(event: _Row, layer: str, gates: pd.DataFrame, *, general: bool) -> str:
    """Say why an event sets no gate; empty if it sets one, or has nothing to do with any."""
    if layer != "authority" and gates.empty and not event.get("crossing_ids"):
        return ""
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


def _near(places: pd.DataFrame, point: _Row, km: float = _NEAR_KM) -> pd.DataFrame:
    """Give the row nearest to a point, if it is within some km (sphere of 6,371 km)."""
    lat, lon = np.radians(pd.to_numeric(pd.Series([point.get("lat"), point.get("lon")]), errors="coerce"))
    lats, lons = np.radians(places["lat"].astype(float)), np.radians(places["lon"].astype(float))
    h = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    near = places.assign(km=12742.0 * np.arcsin(np.sqrt(h))).nsmallest(1, "km")
    return near[near["km"] <= km]


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


def _gate(crossing: _Row, done: Sequence[_Row]) -> dict[str, Any]:
    """Fold the acts on one crossing, in their order, into its state."""
    base = str(crossing["state_on_26nov"]) or "unknown"
    said: dict[str, _Row] = {}
    strike: _Row | None = None
    state, since = base, ""
    rests_on: list[_Row] = []
    for act in done:
        if act["layer"] == "authority":
            if act["general"] and act["effect"] != "closed" and base == "closed" and not said:
                continue
            said[str(act["authority"])] = act
            strike = None if act["effect"] in ("open", "restricted") else strike
        elif act["layer"] == "passage":
            strike = act
        else:
            said.pop("syria", None)
        before = state
        state, rests_on = _fold(base, said, strike)
        since = str(act["date"]) if state != before else since
    return {
        **{column: crossing[column] for column in STATUS_COLUMNS if column in crossing},
        "state": state,
        "state_neighbour": said.get("neighbour", {}).get("effect", ""),
        "state_syria": said.get("syria", {}).get("effect", ""),
        "struck_on": strike["date"] if strike else "",
        "since": since,
        "event_ids": ";".join(str(act["event_id"]) for act in rests_on),
        "status": max((str(act["status"]) for act in rests_on), key=_STATUS.index, default=""),
        "sourced": min((str(act["sourced"]) for act in rests_on), default=str(crossing.get("sourced", ""))),
    }


def _fold(base: str, said: Mapping[str, _Row], strike: _Row | None) -> tuple[str, list[_Row]]:
    """Give the state and the acts that it rests on."""
    worst = max((str(act["effect"]) for act in said.values()), key=_SEVERITY.index, default="")
    if worst == "closed" or (worst and not strike):
        return worst, [act for act in said.values() if act["effect"] == worst]
    return ("damaged", [strike]) if strike else (base, [])


def _taken(crossings: pd.DataFrame, events: pd.DataFrame, day: str) -> pd.DataFrame:
    """Give the holders of the crossings that the events themselves tell of."""
    types = data.table("codebook/control_rules")["event_type"]
    there = events[events["event_type"].isin(types) & events["place_id"].isin(crossings["place_id"])]
    empty = pd.DataFrame(columns=list(control.COLUMNS))
    return control.timeline(None, there, day=day) if len(there) else empty


def _holders(crossings: pd.DataFrame, timeline: pd.DataFrame, *, day: str) -> list[tuple[str, str]]:
    """Give who holds each Syrian side: by the place, by the nearest town that changed hands, by the list."""
    sides = dict(zip(timeline["place_id"], timeline["side"], strict=True))
    changed = timeline[(timeline["event_ids"] != "") & (timeline["implied"] != "yes")]
    state = data.table("codebook/actors").query("actor == 'SYR' and valid_to != ''")
    gone = set(state.loc[state["valid_to"] < day, "side"])
    holders = []
    for gate in crossings.to_dict("records"):
        listed, near = str(gate.get("side_on_26nov") or "unknown"), _near(changed, gate, _HOLDER_KM)
        if gate["place_id"] in sides:
            holders.append((sides[gate["place_id"]], "place"))
        elif len(near):
            holders.append(
                (near["side"].iloc[0], f"near {near['place_name'].iloc[0]}, {near['km'].iloc[0]:.0f} km")
            )
        elif listed in gone:
            holders.append(("unknown", "the holder of 26 November had gone"))
        else:
            holders.append((listed, "26 November"))
    return holders
