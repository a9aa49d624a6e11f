"""The share of nearby evidence for each side, and how well it tells places that it has not seen."""

from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import contourpy
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from frontlines import data
from frontlines.errors import SchemaError

Floats = NDArray[np.float64]

# areas are measured here: Lambert azimuthal equal-area centred on Syria; metres
AREA_CRS = "+proj=laea +lat_0=35 +lon_0=38.5 +datum=WGS84 +units=m +no_defs"
# the best of 3 ... 30 km by blocked cross-validation on the record (chapter 04; test_front.py holds it)
BANDWIDTH_KM = 8.0
CELL_KM = 2.0  # grid of the shares
_THIN_KM = 3.0  # one piece of evidence a side per square of this width
_WEIGHT = {"high": 1.0, "medium": 0.8, "low": 0.5}
_HALF_LIFE_DAYS = 60.0  # an old report still counts, a fresh one more
_OUTSIDE_KM = 3.0  # a place this far over the border line still counts: coordinates are rough


class Shares(NamedTuple):
    """
    Share of nearby evidence on a grid, one layer a side.

    Attributes
    ----------
    x, y
        Of the columns and rows, in metres of `AREA_CRS`.
    sides
        Of the layers.
    share
        Layer, row, column: 0-1; 0 everywhere out of reach of the kernel.
    """

    x: Floats
    y: Floats
    sides: list[str]
    share: Floats


def evidence_of(timeline: pd.DataFrame) -> gpd.GeoDataFrame:
    """
    Place the evidence on the ground: inside Syria, one a spot, weighted by certainty and age.

    Parameters
    ----------
    timeline
        A table of `control.timeline`.

    Returns
    -------
    geopandas.GeoDataFrame
        The rows that have a point in Syria or at its rim, with weight (0-1) and geometry (`AREA_CRS`).

    Raises
    ------
    SchemaError
        If there are none.
    """
    known = timeline[timeline["lat"].notna() & timeline["lon"].notna()].reset_index(drop=True)
    points = gpd.points_from_xy(known["lon"], known["lat"], crs=4326)
    frame = gpd.GeoDataFrame(known, geometry=points).to_crs(AREA_CRS)
    frame = frame[frame.within(_syria_and_rim())]
    if frame.empty:
        raise SchemaError("no place of this timeline lies in Syria; zones need at least one with lat and lon")
    weight = frame["certainty"].map(_WEIGHT) * 0.5 ** (frame["age_days"] / _HALF_LIFE_DAYS)
    frame = frame.assign(weight=weight).sort_values(["weight", "place_id"], ascending=[False, True])
    return frame[~frame.geometry.duplicated()].sort_values("place_id", ignore_index=True)


def _coordinates(frame: gpd.GeoDataFrame) -> Floats:
    return np.asarray(shapely.get_coordinates(frame.geometry.to_numpy()), dtype=np.float64)


@cache
def syria() -> Any:
    """
    Give the outline that zones are clipped to: Syria without the Golan Heights.

    Returns
    -------
    shapely.Polygon
        In `AREA_CRS`.
    """
    shape = data.layer("syria").to_crs(AREA_CRS).union_all()
    shapely.prepare(shape)
    return shape


@cache
def _syria_and_rim() -> Any:
    golan = data.layer("golan").to_crs(AREA_CRS).union_all()
    shape = syria().buffer(_OUTSIDE_KM * 1e3).difference(golan)
    shapely.prepare(shape)
    return shape


def shares_of(evidence: gpd.GeoDataFrame, bandwidth_km: float) -> Shares:
    """
    Sum a Gaussian kernel over the thinned evidence of each side, as shares of the total.

    Parameters
    ----------
    evidence
        A table of `evidence_of`.
    bandwidth_km
        Standard deviation of the kernel.

    Returns
    -------
    Shares
        On a grid of 2 km over Syria.
    """
    west, south, east, north = syria().bounds
    step = CELL_KM * 1e3
    x = np.arange(west - 4e4, east + 4e4 + step, step)
    y = np.arange(south - 4e4, north + 4e4 + step, step)
    thin = _thinned(evidence)
    sides = sorted(thin["side"].unique())
    heat = np.zeros((len(sides), len(y), len(x)))
    column, row = np.split((_coordinates(thin) - [x[0], y[0]]) / step, 2, axis=1)
    column, row = column.ravel(), row.ravel()
    layer = np.array([sides.index(side) for side in thin["side"]])
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        # each place spreads over the four grid points around it
        part = np.abs(1 - dx - column % 1) * np.abs(1 - dy - row % 1) * thin["weight"].to_numpy()
        np.add.at(heat, (layer, row.astype(int) + dy, column.astype(int) + dx), part)
    sigma = bandwidth_km / CELL_KM
    heat = np.stack([gaussian_filter(one, sigma, mode="constant", truncate=6.0) for one in heat])
    total = heat.sum(axis=0)
    share = np.divide(heat, total, out=np.zeros_like(heat), where=total > 0)
    return Shares(x, y, sides, share)


def _thinned(evidence: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    square = np.floor(_coordinates(evidence) / (_THIN_KM * 1e3)).astype(int)
    frame = evidence.assign(sx=square[:, 0], sy=square[:, 1])
    frame = frame.sort_values(["weight", "place_id"], ascending=[False, True])
    return frame.drop_duplicates(["sx", "sy", "side"]).sort_values("place_id", ignore_index=True)


def above_zero(shares: Shares, height: Floats) -> Any:
    """
    Outline where a height on the grid is above zero.

    Parameters
    ----------
    shares
        The grid.
    height
        A number for each of its rows and columns.

    Returns
    -------
    shapely.Geometry
        Polygons in `AREA_CRS`.
    """
    generator = contourpy.contour_generator(shares.x, shares.y, height, fill_type="OuterOffset")
    filled: Any = generator.filled(0.0, np.inf)
    shapes = [
        shapely.Polygon(points[: o[1]], [points[a:b] for a, b in pairwise(o[1:])])
        for points, o in zip(*filled, strict=True)
    ]
    return polygonal(shapely.union_all([polygonal(shape) for shape in shapely.make_valid(shapes)]))


def polygonal(shape: Any) -> Any:
    """
    Drop the points and lines that cutting leaves behind.

    Parameters
    ----------
    shape
        Any geometry.

    Returns
    -------
    shapely.Geometry
        A polygon or multipolygon, perhaps empty.
    """
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.area(parts) > 0]
    return shapely.union_all(parts) if len(parts) else shapely.Polygon()


def accuracy(
    timeline: pd.DataFrame, *, method: str = "voronoi", bandwidth_km: float = BANDWIDTH_KM
) -> pd.DataFrame:
    """
    Test a method on places that it has not seen: leave one sub-district out at a time.

    Parameters
    ----------
    timeline
        A table of `control.timeline`.
    method
        ``voronoi`` or ``kernel``.
    bandwidth_km
        Standard deviation of the kernel.

    Returns
    -------
    pandas.DataFrame
        Columns side, places, right (share of the side's places told rightly from those of all other
        sub-districts); the row ``balanced`` has the mean over the sides with places in more than one
        sub-district, ``all`` the mean over the places.
    """
    told = predicted(timeline, method=method, bandwidth_km=bandwidth_km)
    told["right"] = told["side"] == told["predicted"]
    table = told.groupby("side").agg(
        places=("right", "size"), right=("right", "mean"), blocks=("block", "nunique")
    )
    fair = table.loc[table.pop("blocks") > 1, "right"].mean()
    means = pd.DataFrame(
        {"side": ["balanced", "all"], "places": len(told), "right": [fair, told["right"].mean()]}
    )
    return pd.concat([table.reset_index(), means], ignore_index=True)


def predicted(
    timeline: pd.DataFrame, *, method: str = "voronoi", bandwidth_km: float = BANDWIDTH_KM
) -> pd.DataFrame:
    """
    Tell the side of each place from the places of all other sub-districts.

    Parameters
    ----------
    timeline
        A table of `control.timeline`; only places ``held`` are tested and used.
    method
        ``voronoi`` or ``kernel``.
    bandwidth_km
        Standard deviation of the kernel.

    Returns
    -------
    pandas.DataFrame
        Columns place_id, block (number of its sub-district), side, predicted, share (of the predicted side,
        0-1; 1 for ``voronoi``).

    Raises
    ------
    SchemaError
        If the places do not spread over two sub-districts or more.
    """
    evidence = evidence_of(timeline[timeline["state"] == "held"])
    xy, side = _coordinates(evidence), evidence["side"].to_numpy()
    sides = np.unique(side)
    block = _block(evidence)
    if len(np.unique(block)) < 2:
        raise SchemaError("all places lie in one sub-district; a test on unseen ones needs two or more")
    apart = xy[:, None, :] - xy[None, :, :]
    distance = np.hypot(apart[..., 0], apart[..., 1])
    distance[block[:, None] == block[None, :]] = np.inf
    if method == "kernel":
        thin = evidence["place_id"].isin(_thinned(evidence)["place_id"])
        distance[:, ~thin] = np.inf
        # differences from the nearest keep far places from vanishing in rounding
        nearest = distance.min(axis=1, keepdims=True)
        worth = np.exp((nearest**2 - distance**2) / (2 * (bandwidth_km * 1e3) ** 2))
        worth *= evidence["weight"].to_numpy()
    else:
        worth = (distance == distance.min(axis=1, keepdims=True)).astype(float)
    share = np.stack([worth[:, side == one].sum(axis=1) for one in sides], axis=1)
    share /= share.sum(axis=1, keepdims=True)
    best = share.argmax(axis=1)
    return pd.DataFrame(
        {
            "place_id": evidence["place_id"].to_numpy(),
            "block": block,
            "side": side,
            "predicted": sides[best],
            "share": share[np.arange(len(best)), best],
        }
    )


def _block(evidence: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Find the sub-district, by its number, that each place lies in or is nearest to."""
    districts = data.layer("subdistricts").to_crs(AREA_CRS)
    tree = shapely.STRtree(districts.geometry.to_numpy())
    return np.asarray(tree.nearest(evidence.geometry.to_numpy()), dtype=np.int64)
