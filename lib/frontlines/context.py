"""Sub-districts as context: where nobody reports from the villages, they go with their seat."""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from frontlines import data
from frontlines.shares import AREA_CRS, coordinates_of, own_reach, with_bank

# a sub-district that goes with its seat is written as points this far apart
_APART_KM = 6.0
_WEIGHT = 0.25
_COUNTRY = 1e7  # metres, wider than any country


def with_context(evidence: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Let sub-districts go with their seats, or with what is nearer in them.

    Parameters
    ----------
    evidence
        A table of `evidence_of`.

    Returns
    -------
    geopandas.GeoDataFrame
        The evidence, with columns context (False) and seat (its own id), and after it points 6 km apart in
        each sub-district of `data/record/subdistricts.csv` whose seat is held (context True). A point has
        the side and evidence of the nearest place of its sub-district, or of the seat where there is none
        (column seat), and a quarter of the weight. None lies within 3 km of other evidence, nor where the
        nearest place is not held.
    """
    frame = evidence.assign(context=False, seat=evidence["place_id"])
    wide = frame[np.isinf(own_reach(frame))]
    seats = frame[frame["state"] == "held"].drop_duplicates("place_id").set_index("place_id")
    points = _context_points()
    points = points[points["seat"].isin(seats.index)]
    if points.empty:
        return frame
    points = points.assign(seat=_nearest_within(points, wide))
    apart, _ = cKDTree(coordinates_of(wide)).query(coordinates_of(points))
    points = points[points["seat"].isin(seats.index) & (apart > _APART_KM / 2 * 1e3)]
    said = seats.loc[points["seat"]].reset_index(drop=True)
    rows = said.assign(
        place_id=points["place_id"].to_numpy(),
        seat=points["seat"].to_numpy(),
        bank=points["bank"].to_numpy(),
        weight=said["weight"] * _WEIGHT,
        geometry=points.geometry.to_numpy(),
        context=True,
        implied="",
    )
    return gpd.GeoDataFrame(pd.concat([frame, rows], ignore_index=True), geometry="geometry", crs=AREA_CRS)


def _nearest_within(points: gpd.GeoDataFrame, wide: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Name for each point the nearest place in its own sub-district, or the seat where there is none."""
    # sub-districts lie a country apart from each other in a third dimension
    known = np.column_stack([coordinates_of(wide), subdistricts_of(wide) * _COUNTRY])
    asked = np.column_stack([coordinates_of(points), points["number"] * _COUNTRY])
    distance, nearest = cKDTree(known).query(asked)
    found = np.where(distance < _COUNTRY, wide["place_id"].to_numpy()[nearest], points["seat"].to_numpy())
    return np.asarray(found, dtype=object)


@cache
def _subdistricts() -> gpd.GeoDataFrame:
    return data.layer("subdistricts").to_crs(AREA_CRS)


def subdistricts_of(frame: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """
    Find the sub-district that each place lies in or is nearest to.

    Parameters
    ----------
    frame
        Places, in `shares.AREA_CRS`.

    Returns
    -------
    numpy.ndarray
        The numbers of the sub-districts in their layer.
    """
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
    return with_bank(points)
