"""What is cut off from what: ways over a side's roads, the falls that cut them, neighbours in reach."""

from collections.abc import Iterable
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd

from frontlines.roads import EDGE_COLUMNS, STATES, STOP_COLUMNS, by_day, edges, graph, stops, usable

__all__ = [
    "EDGE_COLUMNS", "STATES", "STOP_COLUMNS", "by_day", "connected", "critical", "cuts", "edges", "graph",
    "named", "pairs", "parts", "reach", "stops", "usable", "way",
]  # fmt: skip
WAY_COLUMNS = ("from_id", "to_id", "from_name", "to_name", "road", "km", "km_from_start")
PAIR_COLUMNS = ("day", "a", "b", "connected", "km", "through", "critical")
CUT_COLUMNS = ("a", "b", "first_day", "last_day", "cut_on", "fell", "alone")
REACH_COLUMNS = ("day", "place_id", "other_country", "reached", "crossing_ids")


def connected(roads: nx.Graph, a: str, b: str) -> bool:
    """
    Tell whether a way leads from one place to another.

    Parameters
    ----------
    roads
        What `usable` gives.
    a, b
        Place ids.

    Returns
    -------
    bool
        False also where one of the two is not in the graph.
    """
    return a in roads and b in roads and nx.has_path(roads, a, b)


def way(roads: nx.Graph, a: str, b: str) -> pd.DataFrame:
    """
    Give the shortest way from one place to another.

    Parameters
    ----------
    roads
        What `usable` gives.
    a, b
        Place ids.

    Returns
    -------
    pandas.DataFrame
        Columns of `WAY_COLUMNS`, a leg a row, from `a` on; empty where there is no way. Lengths in km.
    """
    line = nx.shortest_path(roads, a, b, weight="km") if connected(roads, a, b) else []
    rows, total = [], 0.0
    for start, end in pairwise(line):
        leg = roads.edges[start, end]
        total += leg["km"]
        called = (roads.nodes[start]["name"], roads.nodes[end]["name"])
        rows.append((start, end, *called, leg["road"], round(leg["km"], 1), round(total, 1)))
    return pd.DataFrame(rows, columns=list(WAY_COLUMNS))


def parts(roads: nx.Graph) -> pd.DataFrame:
    """
    List the pieces that the roads of a side fall into.

    Parameters
    ----------
    roads
        What `usable` gives.

    Returns
    -------
    pandas.DataFrame
        Columns part (from 1, the one of most stops first), place_id, name, country; by part and name.
    """
    pieces = sorted(nx.connected_components(roads), key=lambda piece: (-len(piece), min(piece)))
    rows = [
        (number, place, roads.nodes[place]["name"], roads.nodes[place]["country"])
        for number, piece in enumerate(pieces, start=1)
        for place in piece
    ]
    table = pd.DataFrame(rows, columns=["part", "place_id", "name", "country"])
    return table.sort_values(["part", "name"], ignore_index=True)


def critical(roads: nx.Graph, a: str, b: str) -> list[str]:
    """
    List the places between two others whose single loss would cut them off from each other.

    Parameters
    ----------
    roads
        What `usable` gives.
    a, b
        Place ids.

    Returns
    -------
    list of str
        Place ids, in the order of the shortest way; empty where there is no way, or always another.
    """
    line = [a, *way(roads, a, b)["to_id"]]
    return [place for place in line[1:-1] if not connected(nx.restricted_view(roads, [place], []), a, b)]


def pairs(
    network: nx.Graph,
    days: pd.DataFrame,
    wanted: Iterable[tuple[str, str]],
    *,
    side: str,
    doubtful: str = "closed",
    abroad: bool = True,
) -> pd.DataFrame:
    """
    Say of pairs of places, day by day, whether a side's roads join them.

    Parameters
    ----------
    network
        What `graph` gives.
    days
        The tables of `stops` for several days, one below the other, with a column day (ISO 8601).
    wanted
        Pairs of place ids.
    side, doubtful, abroad
        As for `usable`.

    Returns
    -------
    pandas.DataFrame
        Columns of `PAIR_COLUMNS`, by day and in the order of `wanted`: `connected` (bool), `km` of the
        shortest way (NaN if none), `through` its stops and `critical` those whose single loss would cut the
        pair (place ids joined with ``;``).
    """
    asked, rows = list(wanted), []
    for day, where in days.groupby("day"):
        roads = usable(network, where, side=side, doubtful=doubtful, abroad=abroad)
        for a, b in asked:
            legs = way(roads, a, b)
            km = legs["km_from_start"].iloc[-1] if len(legs) else np.nan
            through = ";".join(legs["to_id"].iloc[:-1])
            rows.append((day, a, b, connected(roads, a, b), km, through, ";".join(critical(roads, a, b))))
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype({"connected": bool, "km": float})


def cuts(
    network: nx.Graph,
    days: pd.DataFrame,
    wanted: Iterable[tuple[str, str]],
    *,
    side: str,
    doubtful: str = "closed",
    abroad: bool = True,
) -> pd.DataFrame:
    """
    Say when each pair of places was cut, and by the fall of what.

    Parameters
    ----------
    network, days, wanted, side, doubtful, abroad
        As for `pairs`.

    Returns
    -------
    pandas.DataFrame
        Columns of `CUT_COLUMNS`, one row a pair, in order: first and last day with a way (empty: never), the
        day after the last with none (`cut_on`; empty: never cut), what fell on it: the places lost that day
        whose loss alone would have cut the pair (`alone` is ``yes``), else a least set that cut it together.
        The two ends count: a town that falls is cut off.
    """
    asked = list(wanted)
    told = pairs(network, days, asked, side=side, doubtful=doubtful, abroad=abroad)
    order = sorted(days["day"].unique())
    rows = []
    for a, b in asked:
        open_on = list(told.loc[(told["a"] == a) & (told["b"] == b) & told["connected"], "day"])
        after = [day for day in order if open_on and day > open_on[-1]]
        fell: list[str] = []
        alone = ""
        if after:
            before, now = (
                usable(network, days[days["day"] == day], side=side, doubtful=doubtful, abroad=abroad)
                for day in (open_on[-1], after[0])
            )
            fell, alone = _fell(before, now, a, b)
        ends = (open_on[0], open_on[-1]) if open_on else ("", "")
        rows.append((a, b, *ends, after[0] if after else "", ";".join(fell), alone))
    return pd.DataFrame(rows, columns=list(CUT_COLUMNS))


def named(table: pd.DataFrame, network: nx.Graph) -> pd.DataFrame:
    """
    Write the names of places in the stead of their ids, for readers.

    Parameters
    ----------
    table
        What `pairs` or `cuts` gives.
    network
        What `graph` gives.

    Returns
    -------
    pandas.DataFrame
        The same rows and columns; lists of places are joined with a comma.
    """
    called = dict(network.nodes(data="name"))
    table = table.copy()
    for column in table.columns.intersection(["a", "b", "through", "critical", "fell"]):
        table[column] = [", ".join(called.get(one, one) for one in ids.split(";")) for ids in table[column]]
    return table


def reach(
    network: nx.Graph, days: pd.DataFrame, gates: pd.DataFrame, place_id: str, *, doubtful: str = "closed"
) -> pd.DataFrame:
    """
    Say which neighbours can be reached from a town by open road, day by day.

    Parameters
    ----------
    network
        What `graph` gives.
    days
        The tables of `stops` for several days, one below the other, with a column day (ISO 8601).
    gates
        Crossings: crossing_id, place_id, other_country.
    place_id
        The town. The roads are those of whoever holds it on the day; ways through another neighbour do not
        count.
    doubtful
        As for `usable`.

    Returns
    -------
    pandas.DataFrame
        Columns of `REACH_COLUMNS`, by day and neighbour: `reached` (bool), and the open gates that the roads
        lead to (joined with ``;``). Neighbours are those with a gate on the graph.
    """
    on_road = gates[gates["place_id"].isin(network)].sort_values(["other_country", "crossing_id"])
    rows = []
    for day, where in days.groupby("day"):
        side = str(where.set_index("place_id").loc[place_id, "holders"])
        roads = usable(network, where, side=side, doubtful=doubtful, abroad=False)
        near = nx.node_connected_component(roads, place_id) if place_id in roads else set()
        for country, doors in on_road.groupby("other_country"):
            found = doors.loc[doors["place_id"].isin(near), "crossing_id"]
            rows.append((day, place_id, country, len(found) > 0, ";".join(found)))
    return pd.DataFrame(rows, columns=list(REACH_COLUMNS)).astype({"reached": bool})


def _fell(before: nx.Graph, now: nx.Graph, a: str, b: str) -> tuple[list[str], str]:
    """Name what was lost between two days and cut the pair: alone if anything did, else a least set."""

    def parted(lost: Iterable[str]) -> bool:
        return not connected(nx.restricted_view(before, list(lost), []), a, b)

    ordered = dict.fromkeys((a, *way(before, a, b)["to_id"], *sorted(before)))
    lost = [place for place in ordered if place not in now]
    if single := [place for place in lost if parted([place])]:
        return single, "yes"
    for place in reversed(lost):
        fewer = [other for other in lost if other != place]
        lost = fewer if parted(fewer) else lost
    return lost, "no"
