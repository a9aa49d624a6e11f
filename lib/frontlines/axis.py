"""Along one road: whose ground it runs through, kilometre by kilometre, and how far a side has come."""

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from scipy.interpolate import make_interp_spline

from frontlines.errors import SchemaError

_STEP_KM = 1.0  # the road is sampled this often
_OPEN = ("contested", "joint")  # ground that does not end a side's advance


def stops(network: nx.Graph, start: str, end: str) -> pd.DataFrame:
    """
    List the stops of the shortest way from one place to another.

    Parameters
    ----------
    network
        What `roads.graph` gives, for example of the rows of one road.
    start, end
        Place ids.

    Returns
    -------
    pandas.DataFrame
        Columns place_id (empty where the road only passes), name, lat, lon (WGS84 degrees), km (from the
        start), in the order of the way.

    Raises
    ------
    SchemaError
        If no road of the network joins the two.
    """
    try:
        path = nx.shortest_path(network, start, end, weight="km")
    except (nx.NodeNotFound, nx.NetworkXNoPath):
        raise SchemaError(
            f"no road of this graph leads from {start} to {end}; give two of its stops"
        ) from None
    first = network.nodes[start]
    rows = [(start, first["name"], first["lat"], first["lon"], 0.0)]
    for a, b in pairwise(path):
        edge, place = network.edges[a, b], network.nodes[b]
        points = list(zip(edge["lats"], edge["lons"], strict=True))
        if points[0] == (place["lat"], place["lon"]):
            points.reverse()
        legs = np.hypot(*np.diff(np.array(points), axis=0).T * [[1.0], [np.cos(np.radians(35))]])
        km = rows[-1][4] + edge["km"] * np.cumsum(legs) / legs.sum()
        rows += [("", "", *point, float(k)) for point, k in zip(points[1:-1], km[:-1], strict=True)]
        rows.append((b, place["name"], place["lat"], place["lon"], float(km[-1])))
    return pd.DataFrame(rows, columns=["place_id", "name", "lat", "lon", "km"])


def along(zones: gpd.GeoDataFrame, way: pd.DataFrame) -> pd.DataFrame:
    """
    Say whose ground a road runs through, stretch by stretch.

    Parameters
    ----------
    zones
        Tables of `front.zones`, of one day or of several.
    way
        A table of `stops`.

    Returns
    -------
    pandas.DataFrame
        Columns day, km_from, km_to, side, one row a stretch, sorted by day and km_from.
    """
    km = np.arange(_STEP_KM / 2, way["km"].iloc[-1], _STEP_KM)
    line = make_interp_spline(way["km"], way[["lon", "lat"]], k=1)(km)
    points = gpd.GeoDataFrame({"km": km}, geometry=gpd.points_from_xy(*line.T), crs=4326)
    rows = []
    for day, ground in zones.groupby("day"):
        found = points.sjoin(ground[["side", "geometry"]], predicate="within", how="left")
        side = found[~found.index.duplicated()]["side"].fillna("unknown").to_numpy()
        cuts = [0, *(np.flatnonzero(side[1:] != side[:-1]) + 1), len(side)]
        rows += [(day, a * _STEP_KM, b * _STEP_KM, side[a]) for a, b in pairwise(cuts)]
    return pd.DataFrame(rows, columns=["day", "km_from", "km_to", "side"])


def advance(stretches: pd.DataFrame, side: str) -> pd.DataFrame:
    """
    Measure how much of a road a side holds by day, and how far it has come from the start.

    Parameters
    ----------
    stretches
        A table of `along`.
    side
        The side.

    Returns
    -------
    pandas.DataFrame
        Columns day, held_km (of the road in the side's ground), gained_km (since the day before in the
        table; the first day 0), front_km (how far one comes from the start through the side's ground, or
        ground contested or held jointly; 0 where it does not hold the start).
    """
    mine = stretches[stretches["side"] == side]
    days = sorted(stretches["day"].unique())
    held = (mine["km_to"] - mine["km_from"]).groupby(mine["day"]).sum().reindex(days, fill_value=0.0)
    front = [_front(stretches[stretches["day"] == day], side) for day in days]
    return pd.DataFrame(
        {
            "day": days,
            "held_km": held.to_numpy(),
            "gained_km": held.diff().fillna(0.0).to_numpy(),
            "front_km": front,
        }
    )


def _front(road: pd.DataFrame, side: str) -> float:
    come = 0.0
    for row in road.sort_values("km_from").itertuples():
        if row.side != side and not (come and row.side in _OPEN):
            break
        come = row.km_to if row.side == side else come
    return come
