"""The roads: a graph of towns and gates, who holds each stop on a day, and what a side can use of it."""

from collections.abc import Sequence

import networkx as nx
import pandas as pd

from frontlines import data, gazetteer, toponyms
from frontlines.errors import SchemaError, UnknownCodeError

STOP_COLUMNS = ("place_id", "name", "country", "lat", "lon", "side", "holders", "state", "event_ids")
STATES = ("held", "joint", "contested", "unknown", "shut", "abroad")
EDGE_COLUMNS = (
    "from_id", "to_id", "from_name", "to_name", "road", "kind", "km", "side", "state", "lats", "lons",
)  # fmt: skip
_NEEDED = {
    "roads": ("from_id", "to_id", "road", "kind", "through"),
    "timeline": ("place_id", "side", "holder", "state", "event_ids"),
    "gates": ("place_id", "state", "holder", "event_ids"),
}
_DOUBTFUL = ("contested", "unknown")
_POLICIES = ("closed", "open")


def graph(roads: pd.DataFrame, *, minor: bool = False) -> nx.Graph:
    """
    Make a graph of roads between places.

    Parameters
    ----------
    roads
        Columns from_id, to_id (ids of the gazetteer), road, kind (``highway``, ``road``, ``minor``), through
        (ids that it passes in between, joined with ``;``), as in `data/geo/roads.csv`.
    minor
        Take minor roads too: ways on which a few cars go round a town, and no lorries.

    Returns
    -------
    networkx.Graph
        Nodes: place ids with name, country (ISO 3166-1 alpha-3), lat, lon (WGS84 degrees). Edges: road, kind,
        km, lats, lons. What lies in `through` shapes an edge and cannot shut it.

    Raises
    ------
    SchemaError
        If a column is missing or a place is not in the gazetteer.

    Notes
    -----
    Lengths are great-circle lengths from place to place (sphere of 6,371 km), so lower bounds of what a car
    drives: no detour factor is applied.
    """
    data.need(roads, _NEEDED["roads"], "roads")
    used = roads if minor else roads[roads["kind"] != "minor"]
    lines = [[row.from_id, *filter(None, row.through.split(";")), row.to_id] for row in used.itertuples()]
    places = gazetteer.places().set_index("place_id")
    if unknown := sorted({stop for line in lines for stop in line} - set(places.index)):
        raise SchemaError(
            f"roads name places that the gazetteer has not: {', '.join(unknown)}; add them there"
        )
    network = nx.Graph()
    for row, line in zip(used.itertuples(), lines, strict=True):
        stops = places.loc[line, ["lat", "lon"]].to_numpy(float)
        km = float(toponyms.apart(stops[:-1], stops[1:]).sum())
        network.add_edge(row.from_id, row.to_id, road=row.road, kind=row.kind, km=km,
                         lats=tuple(stops[:, 0]), lons=tuple(stops[:, 1]))  # fmt: skip
    for place in network:
        network.nodes[place].update(places.loc[place, ["name", "country", "lat", "lon"]].to_dict())
    return network


def stops(
    network: nx.Graph,
    timeline: pd.DataFrame,
    gates: pd.DataFrame,
    *,
    passable: Sequence[str] = ("open", "restricted"),
) -> pd.DataFrame:
    """
    Say who holds each stop of the graph on a day, and whether its gate lets anybody through.

    Parameters
    ----------
    network
        What `graph` gives.
    timeline
        What `control.timeline` gives for the day.
    gates
        What `borders.status` gives for the day.
    passable
        States of a gate in which it counts as open.

    Returns
    -------
    pandas.DataFrame
        Columns of `STOP_COLUMNS`, one row a stop, by place_id. `state` is one of `STATES`: a gate is ``shut``
        if its state is not in `passable`, and ``unknown`` if it is unknown or informal; ``abroad`` lies
        outside Syria; a place of which nothing is reported is ``unknown``. `side` is the side, or the state
        where there is not one; `holders` all sides that hold it (joined with ``;``).

    Raises
    ------
    SchemaError
        If a table lacks a column.
    """
    data.need(timeline, _NEEDED["timeline"], "timeline")
    data.need(gates, _NEEDED["gates"], "gates")
    held = timeline.set_index("place_id")
    doors = gates[gates["place_id"] != ""].set_index("place_id")
    rows = []
    for place, at in sorted(network.nodes(data=True)):
        side, holders, state, ids = "abroad", "", "abroad", ""
        if at["country"] == "SYR":
            side, holders, state, ids = _held(place, held, doors)
        if place in doors.index:
            door = doors.loc[place]
            state = state if door["state"] in passable else _shut(door["state"])
            ids = ";".join(filter(None, (ids, door["event_ids"])))
        rows.append((place, at["name"], at["country"], at["lat"], at["lon"], side, holders, state, ids))
    return pd.DataFrame(rows, columns=list(STOP_COLUMNS))


def by_day(
    network: nx.Graph,
    held: pd.DataFrame,
    gates: pd.DataFrame,
    *,
    passable: Sequence[str] = ("open", "restricted"),
) -> pd.DataFrame:
    """
    Say the same of each of several days.

    Parameters
    ----------
    network, passable
        As for `stops`.
    held
        What `control.by_day` gives.
    gates
        What `borders.by_day` gives for those days.

    Returns
    -------
    pandas.DataFrame
        The rows of `stops` for each day of `held`, with a column day (ISO 8601) before them.
    """
    frames = []
    for day, timeline in held.groupby("day"):
        frame = stops(network, timeline, gates[gates["day"] == day], passable=passable)
        frame.insert(0, "day", day)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["day", *STOP_COLUMNS])


def usable(
    network: nx.Graph, where: pd.DataFrame, *, side: str, doubtful: str = "closed", abroad: bool = True
) -> nx.Graph:
    """
    Give the part of the graph that a side can use.

    Parameters
    ----------
    network
        What `graph` gives.
    where
        What `stops` gives for the day.
    side
        A side of the codebook; several that let each other pass are joined with ``;``.
    doubtful
        Whether contested and unknown places let the side through: ``closed`` gives the least that it could
        use, ``open`` the most.
    abroad
        Take ways through a neighbouring state, from gate to gate.

    Returns
    -------
    networkx.Graph
        The stops that the side holds, alone or with others, through gates that are open, and the roads
        between them.

    Raises
    ------
    UnknownCodeError
        If the policy is neither ``closed`` nor ``open``.
    """
    if doubtful not in _POLICIES:
        raise UnknownCodeError(f"doubtful is {doubtful!r}; it is {' or '.join(_POLICIES)}")
    mine = set(side.split(";"))
    holds = where["holders"].map(lambda holders: bool(mine & set(holders.split(";"))))
    takes = holds & where["state"].isin(["held", "joint"])
    takes |= where["state"].isin(_DOUBTFUL) & (doubtful == "open")
    takes |= (where["state"] == "abroad") & abroad
    return network.subgraph(where.loc[takes, "place_id"]).copy()


def edges(network: nx.Graph, where: pd.DataFrame) -> pd.DataFrame:
    """
    Say of each road who can use it on a day.

    Parameters
    ----------
    network
        What `graph` gives.
    where
        What `stops` gives for the day.

    Returns
    -------
    pandas.DataFrame
        Columns of `EDGE_COLUMNS`, one row a road between two stops, in the order of the roads: `state` is
        ``held`` (both ends by one side: `side`), ``front`` (ends by different sides), ``doubtful`` (an end
        contested or unknown), ``shut`` (at a gate that is shut) or ``abroad``; km by great circle.
    """
    at = where.set_index("place_id")
    rows = []
    for start, end, road in network.edges(data=True):
        side, state = _between(at.loc[start], at.loc[end])
        names = at.loc[start, "name"], at.loc[end, "name"]
        rows.append((start, end, *names, road["road"], road["kind"], round(road["km"], 1), side, state,
                     road["lats"], road["lons"]))  # fmt: skip
    return pd.DataFrame(rows, columns=list(EDGE_COLUMNS))


def _held(place: str, held: pd.DataFrame, doors: pd.DataFrame) -> tuple[str, str, str, str]:
    """Give side, holders, state and events of a stop in Syria: by its own row, else as its gate has it."""
    if place in held.index:
        row = held.loc[place]
        return str(row["side"]), str(row["holder"]), str(row["state"]), str(row["event_ids"])
    side = str(doors.loc[place, "holder"]) if place in doors.index else "unknown"
    if side in ("unknown", "contested", "joint"):
        return side, "", "unknown", ""
    return side, side, "held", ""


def _shut(state: str) -> str:
    return "unknown" if state in ("unknown", "informal") else "shut"


def _between(a: pd.Series, b: pd.Series) -> tuple[str, str]:
    """Give side and state of a road by its two ends."""
    states = {a["state"], b["state"]}
    if "shut" in states:
        return "", "shut"
    if "abroad" in states:
        return "", "abroad"
    if states & set(_DOUBTFUL):
        return "", "doubtful"
    both = sorted(set(a["holders"].split(";")) & set(b["holders"].split(";")))
    return (both[0], "held") if both else ("", "front")
