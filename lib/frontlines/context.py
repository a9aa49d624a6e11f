"""Sub-districts as context: where nobody reports from the villages, they go with their seat."""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from frontlines import data
from frontlines.shares import AREA_CRS, banks, coordinates_of, own_reach

# a sub-district that goes with its seat is written as points this far apart
_APART_KM = 10.0
_WEIGHT = 0.25


def with_context(evidence: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Let sub-districts go with their seats, where nothing in them says otherwise.

    Parameters
    ----------
    evidence
        A table of `evidence_of`.

    Returns
    -------
    geopandas.GeoDataFrame
        The evidence, with a column context (False), and after it points 10 km apart in each sub-district of
        `data/record/subdistricts.csv` whose seat is held and which holds no place of another side (True;
        side and evidence are the seat's, weight a quarter). None lies within 5 km of other evidence.
    """
    frame = evidence.assign(context=False)
    wide = frame[np.isinf(own_reach(frame))]
    seats = frame[frame["state"] == "held"].drop_duplicates("place_id").set_index("place_id")
    points = _context_points()
    points = points[points["seat"].isin(seats.index)]
    if points.empty:
        return frame
    number = _subdistrict_numbers(wide)
    sides = wide.groupby(number)["side"].agg(set)
    seat = seats.loc[points["seat"]]
    alone = [sides.get(n, set()) <= {side} for n, side in zip(points["number"], seat["side"], strict=True)]
    apart, _ = cKDTree(coordinates_of(wide)).query(coordinates_of(points))
    keep = np.array(alone) & (apart > _APART_KM / 2 * 1e3)
    rows = seat.reset_index(drop=True).assign(
        place_id=points["place_id"].to_numpy(),
        bank=points["bank"].to_numpy(),
        weight=seat["weight"].to_numpy() * _WEIGHT,
        geometry=points.geometry.to_numpy(),
        context=True,
        implied="",
    )[keep]
    return gpd.GeoDataFrame(pd.concat([frame, rows], ignore_index=True), geometry="geometry", crs=AREA_CRS)


@cache
def _subdistricts() -> gpd.GeoDataFrame:
    return data.layer("subdistricts").to_crs(AREA_CRS)


def _subdistrict_numbers(frame: gpd.GeoDataFrame) -> NDArray[np.int64]:
    tree = shapely.STRtree(_subdistricts().geometry.to_numpy())
    return np.asarray(tree.nearest(frame.geometry.to_numpy()), dtype=np.int64)


@cache
def _context_points() -> gpd.GeoDataFrame:
    """Write each sub-district that goes with a seat as points: place_id, seat, number, bank, geometry."""
    table = data.table("record/subdistricts")
    table = table[table["seat"] != ""].set_index("subdistrict_id")
    shapes = _subdistricts().reset_index(names="number").set_index("subdistrict_id").loc[table.index]
    west, south, east, north = shapes.total_bounds
    step = _APART_KM * 1e3
    gx, gy = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    grid = gpd.GeoDataFrame(geometry=gpd.points_from_xy(gx.ravel(), gy.ravel()), crs=AREA_CRS)
    inner = shapes[["number", "geometry"]].set_geometry(shapes.buffer(-step / 5))
    points = grid.sjoin(inner, predicate="within").rename(columns={"subdistrict_id": "id"})
    small = shapes.loc[shapes.index.difference(points["id"]), ["number", "geometry"]]
    small = small.set_geometry(small.representative_point()).reset_index(names="id")
    points = pd.concat([points[["id", "number", "geometry"]], small], ignore_index=True)
    points = points.join(table[["place_id", "seat"]], on="id")
    apart = [shapely.distance(bank, points.geometry.to_numpy()) for bank in banks()]
    return points.assign(bank=np.argmin(apart, axis=0))
