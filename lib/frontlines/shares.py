"""Evidence on the ground: which places speak for what around them, and the share of each side nearby."""

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
from scipy.spatial import cKDTree

from frontlines import data, plausible
from frontlines.errors import SchemaError

Floats = NDArray[np.float64]

# areas are measured here: Lambert azimuthal equal-area centred on Syria; metres
AREA_CRS = "+proj=laea +lat_0=35 +lon_0=38.5 +datum=WGS84 +units=m +no_defs"
# among the best of 3 ... 30 km by blocked cross-validation on the record (test_front.py holds it there)
BANDWIDTH_KM = 6.0
REACH_KM = 15.0  # beyond this from any evidence, ground is unknown
CELL_KM = 2.0  # grid of the shares
_OWN_KM = {"neighbourhood": 1.5, "square": 1.5, "site": 3.0}
_IMPLIED_KM = 3.0  # what only a later loss tells lay near the line by that very fact
_BARRIERS = ("Euphrates",)
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
        The rows that have a point in Syria or at its rim, with weight (0-1), bank (its number in `banks`)
        and geometry (`AREA_CRS`).

    Raises
    ------
    SchemaError
        If there are none, or a day or a point cannot be.
    """
    plausible.require(timeline.reset_index(drop=True), "timeline")
    known = timeline[timeline["lat"].notna() & timeline["lon"].notna()].reset_index(drop=True)
    points = gpd.points_from_xy(known["lon"], known["lat"], crs=4326)
    frame = gpd.GeoDataFrame(known, geometry=points).to_crs(AREA_CRS)
    frame = frame[frame.within(_syria_and_rim())]
    if frame.empty:
        raise SchemaError("no place of this timeline lies in Syria; zones need at least one with lat and lon")
    weight = frame["certainty"].map(_WEIGHT) * 0.5 ** (frame["age_days"] / _HALF_LIFE_DAYS)
    frame = frame.assign(weight=weight).sort_values(["weight", "place_id"], ascending=[False, True])
    return with_bank(frame[~frame.geometry.duplicated()].sort_values("place_id", ignore_index=True))


def with_bank(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Say on which bank of the rivers each point lies.

    Parameters
    ----------
    frame
        Points, in `AREA_CRS`.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows with a column `bank`, the number of one of `banks`.
    """
    apart = [shapely.distance(bank, frame.geometry.to_numpy()) for bank in banks()]
    return frame.assign(bank=np.argmin(apart, axis=0))


def own_reach(evidence: gpd.GeoDataFrame) -> Floats:
    """
    Say how far a place can stand for the ground around it by its kind alone.

    Parameters
    ----------
    evidence
        A table of `evidence_of`.

    Returns
    -------
    numpy.ndarray
        Kilometres: 1.5 for a quarter or square, 3 for a site, no limit for what else there is. The rule that
        they set only themselves is CODEBOOK's, "Control rules".
    """
    reach = evidence["place_id"].map(_kinds()).map(_OWN_KM).fillna(np.inf).astype("float64")
    reach = reach.where(evidence["implied"] != "yes", np.minimum(reach, _IMPLIED_KM))
    return np.asarray(reach, dtype=np.float64)


def speaks_around(evidence: gpd.GeoDataFrame, reach_km: float) -> NDArray[np.bool_]:
    """
    Tell which places speak for the ground around them, as far as the reach.

    Parameters
    ----------
    evidence
        A table of `evidence_of`.
    reach_km
        As for `front.zones`.

    Returns
    -------
    numpy.ndarray
        True for towns and the like, and for a quarter or site that has none of them within reach.
    """
    xy, wide = coordinates_of(evidence), np.isinf(own_reach(evidence))
    if not wide.any():
        return np.ones(len(xy), dtype=bool)
    distance, _ = cKDTree(xy[wide]).query(xy)
    return np.asarray(wide | (distance > reach_km * 1e3))


@cache
def _kinds() -> dict[str, str]:
    places = data.table("gazetteer/places")
    return dict(zip(places["place_id"], places["kind"], strict=True))


def coordinates_of(frame: gpd.GeoDataFrame) -> Floats:
    """
    Give the points of a table as numbers.

    Parameters
    ----------
    frame
        With points as geometry.

    Returns
    -------
    numpy.ndarray
        A row x, y for each.
    """
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
def banks() -> list[Any]:
    """
    Cut Syria along the rivers that have been a line between forces: nobody's word carries across them.

    Returns
    -------
    list of shapely.Polygon
        In `AREA_CRS`, the largest first: west and east of the Euphrates.
    """
    rivers = data.layer("rivers").to_crs(AREA_CRS)
    cuts = rivers.loc[rivers["name_en"].isin(_BARRIERS), "geometry"]
    edges = shapely.union_all([shapely.boundary(syria()), *cuts], grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize([edges]))
    faces = faces[shapely.dwithin(syria(), shapely.point_on_surface(faces), 1.0)]
    large = shapely.area(faces) > 1e8
    sides = sorted(faces[large], key=lambda face: -float(face.area))
    # islands, in the river and off the coast, belong to the nearest
    nearest = [int(shapely.distance(sides, face).argmin()) for face in faces[~large]]
    parts = [[face, *faces[~large][np.equal(nearest, i)]] for i, face in enumerate(sides)]
    return [shapely.union_all(part) for part in parts]


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
    thin = thinned(evidence)
    sides = sorted(thin["side"].unique())
    heat = np.zeros((len(sides), len(y), len(x)))
    column, row = np.split((coordinates_of(thin) - [x[0], y[0]]) / step, 2, axis=1)
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


def thinned(evidence: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Keep the weightiest evidence of each side in each square of 3 km.

    Parameters
    ----------
    evidence
        A table of `evidence_of`.

    Returns
    -------
    geopandas.GeoDataFrame
        The rows kept: many villages told of in one list are one piece of evidence.
    """
    square = np.floor(coordinates_of(evidence) / (_THIN_KM * 1e3)).astype(int)
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
