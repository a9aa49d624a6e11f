"""Who holds which place on which day: from a baseline and the control events, each row with its evidence."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

import geopandas as gpd
import pandas as pd

from frontlines import data, plausible
from frontlines.errors import SchemaError, UnknownCodeError
from frontlines.holding import Act, Hold, state_of, trace

COLUMNS = (
    "place_id", "place_name", "lat", "lon", "side", "holder", "state", "certainty", "sourced", "since",
    "age_days", "event_ids", "implied",
)  # fmt: skip
_NEEDED = ("event_id", "date", "event_type", "gainer", "loser", "place_id", "place_relation", "status")
_OPTIONAL = (
    "date_end", "actor", "place_name", "lat", "lon", "source", "n_mentions", "side_from", "side_to",
    "certainty", "sourced",
)  # fmt: skip
# areas and lines are held place by place: what is said of them says nothing of a point
_NOT_HELD = ("country", "governorate", "district", "border", "road", "river")
_POINT_KM = 6  # a region known no nearer than this is no point either; a hill is
# CODEBOOK, "Sides": OPP is HTS unless the place says south; local factions of these three are SOUTH
_SOUTH = ("SY-DR", "SY-QU", "SY-SU")


def timeline(
    baseline: pd.DataFrame | None,
    events: pd.DataFrame,
    *,
    day: date | str,
    grouping: Mapping[str, str] | None = None,
    sourced_only: bool = False,
) -> pd.DataFrame:
    """
    Say who holds each place at the end of a day.

    Parameters
    ----------
    baseline
        Who held what at the start: place_id, place_name, lat, lon (WGS84 degrees), day, side, certainty,
        sourced (yes, no), perhaps goes_with. None or empty to go by the events alone.
    events
        Events in the codebook's columns: the record's control changes, coded dispatches, or both. The
        record's side_from, side_to, certainty, sourced are used where filled; else sides follow from gainer
        and loser (of an advance: from actor).
    day
        The day (UTC+3), itself included.
    grouping
        Sides to count as others, for example ``{"SNA": "HTS"}``.
    sourced_only
        Leave out changes that rest on no citable report; the baseline stays.

    Returns
    -------
    pandas.DataFrame
        One row a place, sorted by place_id: place_id, place_name, lat, lon, side (a side, or ``contested``,
        ``joint``, ``unknown``), holder (the side or sides that hold it, joined with ``;``; of a contested
        place the one there before), state (``held``, ``contested``, ``joint``, ``unknown``), certainty,
        sourced (yes, no), since (first day of that state), age_days (days from the latest evidence to the
        day), event_ids (joined with ``;``; empty for a baseline), implied (yes where only a later loss
        tells).

    Raises
    ------
    SchemaError
        If the events hold no control events, a column is missing, or the day lies before the baseline.
    UnknownCodeError
        If the grouping or the baseline names a side that the codebook does not have.

    Notes
    -----
    Rules: `data/codebook/control_rules.csv`, and CODEBOOK, "Control rules". Within a day, an event that takes
    a place from its holder goes first; a force enters, another leaves, then the place is taken. Where events
    of one day name different takers, the greater certainty decides, then stated over attributed, sourced
    over unsourced, more mentions over fewer; if all are equal the place is held jointly. An act dated to a
    range counts from the range's last day. A place of the baseline that no event names shares the fate of
    the place that it goes_with; what is known of it so is of low certainty and unsourced.
    """
    until = _iso(day)
    _begun(baseline, until)
    group = _grouping(grouping or {})
    acts = _acts(_control_events(events), group, sourced_only=sourced_only)
    start = _starts(baseline, group)
    acts = _shared(baseline, acts) | acts
    places = _places(baseline, events)
    rows = []
    for place_id in sorted({*start, *acts}):
        hold = trace(start.get(place_id), acts.get(place_id, []), until)
        if hold is not None:
            rows.append((place_id, *places[place_id], *_row(hold, until)))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"lat": float, "lon": float, "age_days": int})


def by_day(
    baseline: pd.DataFrame | None,
    events: pd.DataFrame,
    *,
    days: Iterable[date | str],
    grouping: Mapping[str, str] | None = None,
    sourced_only: bool = False,
) -> pd.DataFrame:
    """
    Say who holds each place on each of several days.

    Parameters
    ----------
    baseline, events, grouping, sourced_only
        As for `timeline`.
    days
        The days (UTC+3).

    Returns
    -------
    pandas.DataFrame
        The rows of `timeline` for each day, with a column day before them, sorted by day and place_id.
    """
    frames = []
    for day in sorted({_iso(day) for day in days}):
        frame = timeline(baseline, events, day=day, grouping=grouping, sourced_only=sourced_only)
        frame.insert(0, "day", day)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["day", *COLUMNS])


def changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """
    List the places whose side differs between two days.

    Parameters
    ----------
    before, after
        Two tables of `timeline`.

    Returns
    -------
    pandas.DataFrame
        Columns place_id, place_name, side_from, side_to, certainty, event_ids (of the later day), sorted by
        side_from, side_to and place_name; a place that only the later day knows comes from ``unknown``.
    """
    both = after.merge(before[["place_id", "side"]], on="place_id", how="left", suffixes=("_to", "_from"))
    both["side_from"] = both["side_from"].fillna("unknown")
    both = both[both["side_from"] != both["side_to"]]
    columns = ["place_id", "place_name", "side_from", "side_to", "certainty", "event_ids"]
    return both.sort_values(["side_from", "side_to", "place_name"], ignore_index=True)[columns]


def _iso(day: date | str) -> str:
    try:
        return date.fromisoformat(str(day)).isoformat()
    except ValueError:
        raise SchemaError(f"{day!r} is not a day; write it as YYYY-MM-DD, for example 2024-12-06") from None


def _begun(baseline: pd.DataFrame | None, until: str) -> None:
    if baseline is None or baseline.empty:
        return
    plausible.require(baseline.reset_index(drop=True), "baseline")
    if until < (first := min(baseline["day"])):
        raise SchemaError(f"nothing is known of {until}: the baseline begins on {first}; give a later day")


def _grouping(grouping: Mapping[str, str]) -> dict[str, str]:
    known = _sides()
    for side in (*grouping.keys(), *grouping.values()):
        if side not in known:
            raise UnknownCodeError(f"grouping names side {side!r}; there are {', '.join(sorted(known))}")
    return {side: grouping.get(side, side) for side in known}


@cache
def _sides() -> frozenset[str]:
    sides = data.table("codebook/sides")
    return frozenset(sides.loc[sides["kind"] == "side", "side"])


def _control_events(events: pd.DataFrame) -> pd.DataFrame:
    data.need(events, _NEEDED, "events")
    rules = data.table("codebook/control_rules").set_index("event_type")["effect"]
    control = events.reset_index(drop=True)[events["event_type"].isin(rules.index).to_numpy()]
    if control.empty:
        found = ", ".join(sorted(set(events["event_type"]))) or "none"
        raise SchemaError(
            f"no control events in this table (its event types: {found}); "
            f"who holds what needs {', '.join(rules.index)}"
        )
    plausible.require(control[_counts(control)], "events")
    lacking = [column for column in _OPTIONAL if column not in control]
    return control.assign(effect=control["event_type"].map(rules), **dict.fromkeys(lacking, ""))


def _acts(control: pd.DataFrame, group: Mapping[str, str], *, sourced_only: bool) -> dict[str, list[Act]]:
    control = control[_counts(control)]
    if sourced_only:
        control = control[control["sourced"] != "no"]
    south = _in_south(control)
    acts: dict[str, list[Act]] = {}
    for row, southern in zip(control.to_dict("records"), south, strict=True):
        acts.setdefault(row["place_id"], []).append(_act(row, group, southern=southern))
    for listed in acts.values():
        listed.sort(key=lambda act: act.day)
    return acts


def _shared(baseline: pd.DataFrame | None, acts: Mapping[str, list[Act]]) -> dict[str, list[Act]]:
    """Give the acts of another place to those that go with it."""
    if baseline is None or "goes_with" not in baseline:
        return {}
    pairs = baseline.loc[baseline["goes_with"].isin(acts), ["place_id", "goes_with"]]
    return {
        place: [act._replace(certainty="low", sourced=False) for act in acts[other]]
        for place, other in pairs.itertuples(index=False)
    }


def _counts(control: pd.DataFrame) -> pd.Series:
    """Tell which events may set a place: asserted, at a place that can be held, at it or in its centre."""
    done = ~control["status"].isin(["denied", "expected"])
    there = (control["place_id"] != "") & control["place_relation"].isin(["", "centre"])
    return done & there & ~control["place_id"].isin(_areas())


@cache
def _areas() -> frozenset[str]:
    """Give the places of the gazetteer that are no points, so that nobody can be said to hold them whole."""
    places = data.table("gazetteer/places", numeric=("precision_km",))
    wide = (places["kind"] == "region") & ~(places["precision_km"] <= _POINT_KM)
    return frozenset(places.loc[places["kind"].isin(_NOT_HELD) | wide, "place_id"])


def _in_south(control: pd.DataFrame) -> list[bool]:
    lon, lat = (pd.to_numeric(control[column]) for column in ("lon", "lat"))
    return list(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).within(_south()))


@cache
def _south() -> Any:
    governorates = data.layer("governorates")
    return governorates.loc[governorates["adm1"].isin(_SOUTH), "geometry"].union_all()


def _act(row: dict[str, Any], group: Mapping[str, str], *, southern: bool) -> Act:
    day = row["date_end"] or row["date"]
    effect = row["effect"]
    taker = row["gainer"] or (row["actor"] if effect == "set_contested" else "")
    gain = _to_sides(row["side_to"], taker, row["date"], group, southern=southern)
    lose = _to_sides(row["side_from"], row["loser"], row["date"], group, southern=southern)
    if effect == "set_gainer" and row["place_relation"] == "centre":
        effect = "set_contested"
    elif effect == "set_gainer" and not gain:
        effect = "set_unknown"
    return Act(
        event_id=row["event_id"],
        day=day,
        effect=effect,
        gain=() if effect == "set_unknown" else gain,
        lose=lose,
        certainty=row["certainty"] or _certainty(row, gain),
        sourced=row["sourced"] != "no",
        stated=row["status"] == "stated",
        mentions=int(row["n_mentions"]) if pd.notna(row["n_mentions"]) and row["n_mentions"] != "" else 1,
    )


def _to_sides(
    sides: str, actors: str, day: str, group: Mapping[str, str], *, southern: bool
) -> tuple[str, ...]:
    """Name the sides meant: as the record says, else the sides of the actors on that day."""
    found = [side for side in sides.split(";") if side in group]
    if not found:
        named = filter(None, actors.split(";"))
        found = ["SOUTH" if actor == "OPP" and southern else _side_of(actor, day) for actor in named]
    return tuple(sorted({group[side] for side in found if side}))


@cache
def _side_of(actor: str, day: str) -> str:
    """Give the side of an actor on a day; empty for those who hold no ground."""
    rows = data.table("codebook/actors")
    rows = rows[(rows["actor"] == actor) & (rows["valid_from"] <= day)]
    rows = rows[(rows["valid_to"] >= day) | (rows["valid_to"] == "")]
    return str(rows["side"].iloc[0]) if len(rows) else ""


def _certainty(row: dict[str, Any], gain: tuple[str, ...]) -> str:
    """Weigh a coded event: a party's own claim, or one by nobody named, is low."""
    if row["status"] == "stated":
        return "medium"
    speakers = {_side_of(source, row["date"]) for source in row["source"].split(";") if source}
    return "low" if not row["source"] or speakers & set(gain) else "medium"


def _starts(baseline: pd.DataFrame | None, group: Mapping[str, str]) -> dict[str, Hold]:
    if baseline is None or baseline.empty:
        return {}
    starts = {}
    for row in baseline.to_dict("records"):
        sides = [side for side in row["side"].split(";") if side not in ("unknown", "contested")]
        if set(sides) - set(group):
            raise UnknownCodeError(
                f"baseline has side {row['side']!r} at {row['place_name']}; see data/codebook/sides.csv"
            )
        holders = tuple(sorted({group[side] for side in sides}))
        state = "contested" if "contested" in row["side"] else state_of(holders)
        sourced, day = row["sourced"] != "no", row["day"]
        starts[row["place_id"]] = Hold(state, holders, (), row["certainty"], sourced, day, day)
    return starts


def _places(baseline: pd.DataFrame | None, events: pd.DataFrame) -> dict[str, tuple[str, Any, Any]]:
    columns = ["place_id", "place_name", "lat", "lon"]
    frames = [frame for frame in (baseline, events) if frame is not None]
    known = pd.concat([frame.reindex(columns=columns) for frame in frames])
    for column in ("lat", "lon"):
        known[column] = pd.to_numeric(known[column].replace("", None))
    known = known.drop_duplicates("place_id").set_index("place_id")
    return {place_id: (name, lat, lon) for place_id, name, lat, lon in known.itertuples(name=None)}


def _row(hold: Hold, until: str) -> tuple[Any, ...]:
    age = abs((date.fromisoformat(until) - date.fromisoformat(hold.seen)).days)
    return (
        hold.holders[0] if hold.state == "held" else hold.state,
        ";".join(hold.holders),
        hold.state,
        hold.certainty,
        "yes" if hold.sourced else "no",
        hold.since,
        age,
        ";".join(hold.event_ids),
        "yes" if hold.implied else "",
    )
