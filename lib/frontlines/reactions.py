"""Reactions: who answered the events in Syria, how, when, and how long after what."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from frontlines import codebook, data
from frontlines.errors import UnknownCodeError

COLUMNS = (
    "event_id", "day", "kind", "bloc", "actor", "joint", "target", "event_type", "plover", "weight",
    "goldstein", "trigger", "trigger_day", "lag_days", "place_name", "status", "sourced", "description",
)  # fmt: skip
LEFT_OUT_COLUMNS = ("event_id", "date", "event_type", "actor", "status", "reason")
TRIGGER_COLUMNS = ("trigger", "day", "place_id", "event_id")
PAIR_COLUMNS = ("actor", "bloc", "other", "other_bloc", "meetings", "first_day", "days", "event_ids")
_NEEDED = ("event_id", "date", "event_type", "actor", "target", "place_name", "status")
_ARMED = ("control", "violence", "posture")
_Row = Mapping[str, Any]


def falls(control_events: pd.DataFrame, place_ids: Sequence[str]) -> pd.DataFrame:
    """
    Give the day on which each of some places was reported taken, as triggers for `table`.

    Parameters
    ----------
    control_events
        An events table (CODEBOOK) with captures and handovers.
    place_ids
        The places, for example the cities; one that was never reported taken gets no row.

    Returns
    -------
    pandas.DataFrame
        Columns of `TRIGGER_COLUMNS`, by day: name of the place, first day (UTC+3) of a capture or handover of
        the place itself that is neither denied nor expected, and its event id.
    """
    taken = control_events[
        control_events["event_type"].isin(["capture", "handover"])
        & ~control_events["status"].isin(["denied", "expected"])
        & (control_events["place_relation"] == "")
        & control_events["place_id"].isin(list(place_ids))
    ]
    first = taken.sort_values(["date", "event_id"]).drop_duplicates("place_id")
    named = first.rename(columns={"place_name": "trigger", "date": "day"})
    return named[list(TRIGGER_COLUMNS)].reset_index(drop=True)


def table(
    events: pd.DataFrame, *, triggers: pd.DataFrame | None = None, blocs: pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Give the reactions among events, one row an act and actor.

    Parameters
    ----------
    events
        An events table (CODEBOOK): the record's reactions and border events, or those of a dispatch. A column
        `same_as` (ids joined with ``;``) marks what is told in another row.
    triggers
        What the acts may answer: `TRIGGER_COLUMNS`, as `falls` gives; without it the lags are empty.
    blocs
        Columns actor, bloc; `data/codebook/blocs.csv` if not given. An actor that is not in it is ``other``.

    Returns
    -------
    pandas.DataFrame
        Columns of `COLUMNS`, by day, event and actor. `kind` is ``reaction``, ``border`` (a neighbour's
        measure at its border), ``belligerent`` (armed acts of foreign actors, never mixed with reactions) or
        ``party`` (words of those who fight inside Syria). `joint` is the number of actors of one act: count
        acts by their `event_id`. `plover`, `weight` (PLOVER, -10 to 10) and `goldstein` are empty for types
        without a PLOVER type. `lag_days` counts from the last trigger on or before the day.

    Raises
    ------
    SchemaError
        If `events` lacks a column that is needed.

    Notes
    -----
    Weights and their sources: `data/codebook/weights.csv`. Denied and expected acts, acts told twice, acts
    without an actor and acts of the war itself are not in the table; `left_out` lists them.
    """
    kept = _sorted_out(events, _bloc_of(blocs))[0]
    rows = [row for event in kept for row in _rows(event)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS[:-7] + COLUMNS[-4:]))
    frame = frame.sort_values(["day", "event_id", "actor"], kind="stable", ignore_index=True)
    return _with_lags(frame, triggers)[list(COLUMNS)]


def left_out(events: pd.DataFrame, *, blocs: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    List the events that `table` does not count, with the reason.

    Parameters
    ----------
    events
        An events table (CODEBOOK).
    blocs
        As in `table`.

    Returns
    -------
    pandas.DataFrame
        Columns of `LEFT_OUT_COLUMNS`, in the order of `events`.
    """
    return pd.DataFrame(_sorted_out(events, _bloc_of(blocs))[1], columns=list(LEFT_OUT_COLUMNS))


def matrix(acts: pd.DataFrame, *, rows: str = "actor") -> pd.DataFrame:
    """
    Count who did what.

    Parameters
    ----------
    acts
        What `table` gives, or some of its rows.
    rows
        ``actor`` or ``bloc``.

    Returns
    -------
    pandas.DataFrame
        Columns bloc, actor (with ``rows="actor"``), one for each event type that occurs, in the order of the
        codebook, and acts (their sum); blocs in the order of `data/codebook/marks.csv`, most acts first.

    Raises
    ------
    UnknownCodeError
        If `rows` is something else.
    """
    if rows not in ("actor", "bloc"):
        raise UnknownCodeError(f"rows was {rows!r}; expected 'actor' or 'bloc'")
    keys = ["bloc", "actor"][: 2 if rows == "actor" else 1]
    single = acts.drop_duplicates(["event_id", *keys])
    counts = single.groupby([*keys, "event_type"])["event_id"].nunique().reset_index(name="n")
    wide = counts.pivot_table(index=keys, columns="event_type", values="n", aggfunc="sum", fill_value=0)
    types = [value for value in codebook.vocabulary("event_type") if value in wide.columns]
    wide = wide.reindex(columns=types).rename_axis(columns=None)
    wide["acts"] = wide.sum(axis=1).astype(int)
    wide = wide.reset_index()
    wide["order"] = wide["bloc"].map(_bloc_order())
    by = ["order", "acts", keys[-1]]
    return wide.sort_values(by, ascending=[True, False, True], ignore_index=True).drop(columns="order")


def phases(acts: pd.DataFrame, triggers: pd.DataFrame, *, first_day: str, last_day: str) -> pd.DataFrame:
    """
    Count acts a day between triggers, by bloc.

    Parameters
    ----------
    acts
        What `table` gives, or some of its rows.
    triggers
        `TRIGGER_COLUMNS`; a phase begins on the day of a trigger. Triggers of one day begin one phase.
    first_day, last_day
        ISO days (UTC+3), both counted.

    Returns
    -------
    pandas.DataFrame
        Columns phase (names of its triggers, joined with ``;``; empty before the first), from_day, to_day,
        days, bloc, acts, acts_per_day; a row for each phase and bloc, also where it is 0.
    """
    inside = triggers[(triggers["day"] >= first_day) & (triggers["day"] <= last_day)]
    starts = inside.groupby("day")["trigger"].agg(";".join)
    if first_day not in starts.index:
        starts = pd.concat([pd.Series({first_day: ""}), starts])
    ends = [*(_shift(day, -1) for day in starts.index[1:]), last_day]
    blocs = sorted(acts["bloc"].unique(), key=lambda bloc: _bloc_order()[bloc])
    rows = []
    for (start, name), end in zip(starts.items(), ends, strict=True):
        days = (pd.Timestamp(end) - pd.Timestamp(str(start))).days + 1
        within = acts[acts["day"].between(str(start), end)]
        for bloc in blocs:
            n = within.loc[within["bloc"] == bloc, "event_id"].nunique()
            rows.append((name, start, end, days, bloc, n, round(n / days, 2)))
    return pd.DataFrame(rows, columns=["phase", "from_day", "to_day", "days", "bloc", "acts", "acts_per_day"])


def balance(acts: pd.DataFrame) -> pd.DataFrame:
    """
    Give the mean cooperation-conflict weight of each bloc's acts, on two scales.

    Parameters
    ----------
    acts
        What `table` gives, or some of its rows.

    Returns
    -------
    pandas.DataFrame
        Columns bloc, acts, weighted (acts that have a weight), plover_mean, goldstein_mean (both -10 to 10,
        positive is cooperation); blocs in the order of `data/codebook/marks.csv`.
    """
    single = acts.drop_duplicates(["event_id", "bloc"]).groupby("bloc")
    means = single.agg(
        acts=("event_id", "nunique"),
        weighted=("weight", "count"),
        plover_mean=("weight", "mean"),
        goldstein_mean=("goldstein", "mean"),
    ).round(2)
    return means.sort_index(key=lambda index: index.map(_bloc_order())).reset_index()


def consultations(acts: pd.DataFrame, *, blocs: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Give who met or called whom.

    Parameters
    ----------
    acts
        What `table` gives.
    blocs
        As in `table`.

    Returns
    -------
    pandas.DataFrame
        Columns of `PAIR_COLUMNS` (`days` and `event_ids` joined with ``;``, in step), a row for each pair of
        actors (in the order of the alphabet) with at least one consultation; most meetings first. Who is met
        is not linked with the others who are met by the same actor: only the report's doer with each, and
        joint doers with one another.
    """
    met = acts[acts["event_type"] == "consultation"]
    pairs: dict[tuple[str, str], dict[str, str]] = {}
    for event_id, rows in met.groupby("event_id"):
        doers = sorted(rows["actor"])
        others = sorted(set(rows["target"].iloc[0].split(";")) - {""})
        links = {tuple(sorted((a, b))) for a in doers for b in (*doers, *others) if a != b}
        for a, b in sorted(links):
            pairs.setdefault((a, b), {})[str(event_id)] = str(rows["day"].iloc[0])
    of = _bloc_of(blocs)
    found = [(a, of.get(a, "other"), b, of.get(b, "other"), len(days), min(days.values()),
              ";".join(days.values()), ";".join(days)) for (a, b), days in pairs.items()]  # fmt: skip
    frame = pd.DataFrame(found, columns=list(PAIR_COLUMNS))
    return frame.sort_values(["meetings", "actor", "other"], ascending=[False, True, True], ignore_index=True)


def _bloc_order() -> dict[str, int]:
    marks = data.table("codebook/marks").query("vocabulary == 'bloc'")["value"]
    return {bloc: i for i, bloc in enumerate(marks)}


def _bloc_of(blocs: pd.DataFrame | None) -> dict[str, str]:
    table = data.table("codebook/blocs") if blocs is None else blocs
    order = _bloc_order()
    unknown = sorted(set(table["bloc"]) - set(order))
    if unknown:
        raise UnknownCodeError(
            f"bloc was {', '.join(unknown)} but is expected to be one of {', '.join(order)}; "
            "see data/codebook/marks.csv"
        )
    return dict(zip(table["actor"], table["bloc"], strict=True))


def _sorted_out(
    events: pd.DataFrame, bloc_of: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Split events into those that are counted, with their kind, and the rest, with the reason."""
    data.need(events, _NEEDED, "events")
    families = codebook.event_types().set_index("event_type")["family"]
    kept: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    told: set[str] = set()
    for event in events.to_dict("records"):
        actors = [actor for actor in str(event["actor"]).split(";") if actor]
        blocs = [bloc_of.get(actor, "other") for actor in actors]
        kind, reason = _kind(families.get(event["event_type"], ""), blocs)
        twin = sorted(set(str(event.get("same_as") or "").split(";")) & told)
        if event["status"] in ("denied", "expected"):
            reason = f"{event['status']}: not done"
        elif twin:
            reason = f"told twice: same as {', '.join(twin)}"
        if reason:
            refused.append({**event, "reason": reason})
        else:
            kept.append({**event, "kind": kind, "actors": actors, "blocs": blocs})
            told.add(str(event["event_id"]))
    return kept, refused


def _kind(family: str, blocs: Sequence[str]) -> tuple[str, str]:
    """Say what kind of act it is, or why it is none of ours."""
    foreign = any(bloc != "party" for bloc in blocs)
    if not blocs:
        return "", "no actor named"
    if family == "reaction":
        return ("reaction" if foreign else "party"), ""
    if not foreign:
        return "", "act of a party inside Syria, not a reaction from outside"
    if family == "border":
        return "border", ""
    if family in _ARMED:
        return "belligerent", ""
    return "", f"no reaction: family {family or 'unknown'}"


def _rows(event: _Row) -> list[dict[str, Any]]:
    types = codebook.event_types().set_index("event_type")["plover"]
    weights = data.table("codebook/weights", numeric=("weight", "goldstein")).set_index("plover")
    plover = types[event["event_type"]]
    weighed = weights.loc[plover] if plover in weights.index else {}
    shared = {
        **{key: event[key] for key in ("event_id", "kind", "target", "event_type", "place_name", "status")},
        "day": event["date"],
        "joint": len(event["actors"]),
        "plover": plover,
        "weight": weighed.get("weight"),
        "goldstein": weighed.get("goldstein"),
        "sourced": event.get("sourced") or "yes",
        "description": event.get("description") or event.get("quote") or event.get("note") or "",
    }
    pairs = zip(event["actors"], event["blocs"], strict=True)
    return [{**shared, "actor": actor, "bloc": bloc} for actor, bloc in pairs]


def _with_lags(frame: pd.DataFrame, triggers: pd.DataFrame | None) -> pd.DataFrame:
    """Add the last trigger on or before each act's day, and the days since."""
    known = pd.DataFrame(columns=list(TRIGGER_COLUMNS)) if triggers is None else triggers.sort_values("day")
    last = []
    for day in frame["day"]:
        before = known[known["day"] <= day]
        latest = before[before["day"] == before["day"].max()]
        name, since = ";".join(latest["trigger"]), (latest["day"].iloc[0] if len(latest) else "")
        last.append((name, since, (pd.Timestamp(day) - pd.Timestamp(since)).days if since else pd.NA))
    lags = pd.DataFrame(last, columns=["trigger", "trigger_day", "lag_days"], index=frame.index)
    return frame.join(lags.astype({"lag_days": "Int64", "trigger": "str", "trigger_day": "str"}))


def _shift(day: str, days: int) -> str:
    return str((pd.Timestamp(day) + pd.Timedelta(days=days)).date())
