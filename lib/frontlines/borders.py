"""Border crossings: the state of each gate on each day, as the neighbour and the Syrian side had it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from frontlines import control, data
from frontlines.gates import GATES, LEFT_OUT_COLUMNS, applied, near

__all__ = [
    "GATES", "LEFT_OUT_COLUMNS", "STATES", "by_day", "closures", "left_out", "open_by_neighbour",
    "status", "strip", "uses",
]  # fmt: skip
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
USE_COLUMNS = ("event_id", "date", "event_type", "actor", "place_name", "status", "use", "told")
USES = ("state", "holder", "overtaken", "left out")
STATES = ("open", "restricted", "damaged", "closed", "informal", "unknown")
_SEVERITY = ("", "open", "restricted", "damaged", "closed")
_STATUS = ("stated", "attributed")  # of what a state rests on, the least direct is shown
_HOLDER_KM = 5.0  # a town nearer than this speaks for the Syrian side
_Row = Mapping[str, Any]


def left_out(crossings: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """
    List the events that set no crossing, with the reason.

    Parameters
    ----------
    crossings
        The crossings of `data/record/crossings.csv`.
    events
        An events table (CODEBOOK).

    Returns
    -------
    pandas.DataFrame
        Columns of `LEFT_OUT_COLUMNS`, in the order of `events`.

    Raises
    ------
    SchemaError
        If `crossings` or `events` lacks a column that is needed.
    """
    return applied(crossings, events)[1]


def uses(crossings: pd.DataFrame, events: pd.DataFrame, *, days: Sequence[str]) -> pd.DataFrame:
    """
    Account for every event: what became of it, or why it is left out.

    Parameters
    ----------
    crossings
        The crossings of `data/record/crossings.csv`.
    events
        An events table (CODEBOOK).
    days
        ISO days (UTC+3), in order: those that are looked at.

    Returns
    -------
    pandas.DataFrame
        Columns of `USE_COLUMNS`, one row an event in the order of `events`. `use` is one of `USES`:
        ``state``, on some day the state of a gate rests on it (`told`: the gates); ``holder``, it says who
        holds the Syrian side (the gates); ``overtaken``, in the evening of its day its gates rest on others
        (their ids; empty: still on the list of 26 November); ``left out`` (the reason).
    """
    acts, refused = applied(crossings, events)
    evenings = [_states(crossings, acts, day=day) for day in days]
    rests = pd.concat(evenings).set_index(["crossing_id", "day"])["event_ids"]
    seen = rests.str.split(";").explode().reset_index().groupby("event_ids")["crossing_id"].unique()
    done, why = dict(list(acts.groupby("event_id"))), refused.set_index("event_id")["reason"]
    rows = []
    for event in events.to_dict("records"):
        mine = done.get(event["event_id"], acts[:0])
        day, gates = max(mine["date"].max(), days[0]) if len(mine) else "", list(mine["crossing_id"].unique())
        if event["event_id"] in why:
            use, told = "left out", why[event["event_id"]]
        elif event["event_id"] in seen:
            use, told = "state", ";".join(seen[event["event_id"]])
        elif day > days[-1]:
            use, told = "left out", f"after {days[-1]}"
        elif (mine["layer"] == "holder").all():
            use, told = "holder", ";".join(gates)
        else:
            use, told = "overtaken", ";".join(dict.fromkeys(rests[[(gate, day) for gate in gates]]))
        rows.append({**event, "use": use, "told": told})
    return pd.DataFrame(rows, columns=list(USE_COLUMNS))


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
    neighbour's official and unofficial gates, not the informal ways. Its exceptions are the gates that its
    quote excepts (`data/codebook/exception_words.csv`), or that the same authority names on that day. One
    at a town or post that is no crossing means the nearest gate within 10 km. A range counts from its last
    day.
    """
    acts = applied(crossings, events)[0]
    known = _taken(crossings, events, day) if timeline is None else timeline
    return _status(crossings, acts, known, day=day)


def by_day(crossings: pd.DataFrame, events: pd.DataFrame, *, held: pd.DataFrame) -> pd.DataFrame:
    """
    Give the state of every crossing at the end of each of several days.

    Parameters
    ----------
    crossings, events
        As for `status`.
    held
        What `control.by_day` gives; its days are the days.

    Returns
    -------
    pandas.DataFrame
        The rows of `status` for each day of `held`, by day.
    """
    acts = applied(crossings, events)[0]
    frames = [_status(crossings, acts, known, day=str(day)) for day, known in held.groupby("day")]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(STATUS_COLUMNS))


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
    acts = applied(gates, events)[0]
    frames = [_states(gates, acts, day=day) for day in days]
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


def _status(crossings: pd.DataFrame, acts: pd.DataFrame, timeline: pd.DataFrame, *, day: str) -> pd.DataFrame:
    """Put the state of the gates and their holders together; the columns of `STATUS_COLUMNS`."""
    table = _states(crossings, acts, day=day)
    holders = _holders(crossings, timeline, day=day)
    table["holder"], table["holder_basis"] = zip(*holders, strict=True) if holders else ((), ())
    return table[list(STATUS_COLUMNS)]


def _states(crossings: pd.DataFrame, acts: pd.DataFrame, *, day: str) -> pd.DataFrame:
    """Fold the acts up to a day, gate by gate; the columns of `STATUS_COLUMNS` without the holder."""
    by_gate: dict[str, list[_Row]] = {}
    for act in acts[acts["date"] <= day].to_dict("records"):
        by_gate.setdefault(act["crossing_id"], []).append(act)
    rows = [_gate(gate, by_gate.get(gate["crossing_id"], [])) for gate in crossings.to_dict("records")]
    table = pd.DataFrame(rows, columns=list(STATUS_COLUMNS[:-2])).assign(day=day)
    return table.astype({"crossing_id": "str", "state": "str"})


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
        listed = str(gate.get("side_on_26nov") or "unknown")
        if gate["place_id"] in sides:
            holders.append((sides[gate["place_id"]], "place"))
        elif len(town := near(changed, gate, km=_HOLDER_KM)):
            told = town.iloc[0]
            holders.append((str(told["side"]), f"near {told['place_name']}, {told['km']:.0f} km"))
        elif listed in gone:
            holders.append(("unknown", "the holder of 26 November had gone"))
        else:
            holders.append((listed, "26 November"))
    return holders
