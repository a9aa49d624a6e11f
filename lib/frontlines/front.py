"""Zones and the lines between them, estimated from places held, with how sure they are."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import map_coordinates

from frontlines import control
from frontlines.context import with_context
from frontlines.errors import SchemaError, UnknownCodeError
from frontlines.movement import movement
from frontlines.shares import (
    AREA_CRS,
    BANDWIDTH_KM,
    CELL_KM,
    REACH_KM,
    Shares,
    above_zero,
    banks,
    evidence_of,
    own_reach,
    polygonal,
    shares_of,
    speaks_around,
    syria,
)  # fmt: skip
from frontlines.validation import accuracy, calibration, predicted

__all__ = [
    "AREA_CRS", "BANDWIDTH_KM", "METHODS", "accuracy", "area_by_side", "band", "calibration", "lines",
    "movement", "predicted", "syria", "zones",
]  # fmt: skip

METHODS = ("voronoi", "kernel")
BAND = 0.6  # the front's band: the two largest shares differ by less


def zones(
    timeline: pd.DataFrame,
    *,
    day: date | str,
    method: str = "voronoi",
    reach_km: float = REACH_KM,
    bandwidth_km: float = BANDWIDTH_KM,
) -> gpd.GeoDataFrame:
    """
    Estimate the ground of each side from the places it holds.

    Parameters
    ----------
    timeline
        Who holds each place: a table of `control.timeline` (lat, lon in WGS84 degrees).
    day
        The day to write into the result (UTC+3).
    method
        ``voronoi``: each point of the ground goes with the nearest place; ``kernel``: with the side that has
        the largest share of nearby evidence (not a probability). Either way nothing carries across the
        Euphrates; a quarter or square stands for 1.5 km around it, and a site, or a place of which only a
        later loss tells, for 3 km, unless no town with evidence is within reach. Where nobody reports from a
        sub-district's villages, `data/record/subdistricts.csv` may say what they go with, however far.
    reach_km
        Ground farther than this from any place with evidence is ``unknown``.
    bandwidth_km
        Standard deviation of the kernel; ``voronoi`` uses it for the column share alone.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a side, sorted by side: side (sides, ``contested``, ``joint``, ``unknown``), share (mean share
        of nearby evidence, 0-1; NaN for unknown), day, area_km2 (in `AREA_CRS`), geometry (EPSG:4326).
        Together the rows cover Syria without the Golan Heights, and do not overlap.

    Raises
    ------
    UnknownCodeError
        If there is no such method.
    SchemaError
        If reach or bandwidth is not positive.
    """
    if method not in METHODS:
        raise UnknownCodeError(f"no method {method!r}; there are {', '.join(METHODS)}")
    if not (reach_km > 0 and bandwidth_km > 0):
        raise SchemaError(f"reach_km ({reach_km}) and bandwidth_km ({bandwidth_km}) must be more than 0")
    evidence = with_context(evidence_of(timeline))
    wide = speaks_around(evidence, reach_km)
    around = evidence[wide]
    shares = shares_of(evidence, bandwidth_km)
    ground: list[tuple[str, Any]] = []
    for number, bank in enumerate(banks()):
        here = around[around["bank"] == number]
        if here.empty:
            continue
        if method == "voronoi":
            drawn = _joined(here, _cells(here, reach_km))
        else:
            drawn = _largest(here, shares_of(here, bandwidth_km), reach_km)
        ground += [(side, shape.intersection(bank)) for side, shape in sorted(drawn.items())]
    # what stands for itself alone lies on top of the ground around it
    own = _cells(evidence, np.minimum(reach_km, own_reach(evidence)))[~wide]
    ground += sorted(_joined(evidence[~wide], own).items())
    rows = [(side, _mean_share(shape, side, shares), control._iso(day), shape.area / 1e6, shape)
            for side, shape in sorted(_tiles(ground).items())]  # fmt: skip
    columns = ["side", "share", "day", "area_km2", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=AREA_CRS).to_crs(4326)
    frame.attrs = {"method": method, "reach_km": reach_km}
    # rounding may make a hole touch its ring
    valid = [polygonal(shape) for shape in shapely.make_valid(frame.geometry.to_numpy())]
    return frame.set_geometry(valid, crs=4326)


def band(
    timeline: pd.DataFrame,
    *,
    reach_km: float = REACH_KM,
    bandwidth_km: float = BANDWIDTH_KM,
    below: float = BAND,
) -> gpd.GeoDataFrame:
    """
    Draw the band in which the front may lie: where the two largest shares differ little.

    Parameters
    ----------
    timeline
        A table of `control.timeline`.
    reach_km, bandwidth_km
        As for `zones`.
    below
        The difference of shares (0-1) under which ground belongs to the band.

    Returns
    -------
    geopandas.GeoDataFrame
        One row: area_km2 (in `AREA_CRS`), geometry (EPSG:4326); empty where there is but one side.
    """
    evidence = with_context(evidence_of(timeline))
    evidence = evidence[speaks_around(evidence, reach_km)]
    shape = shapely.union_all([
        _mixed(evidence[evidence["bank"] == number], bandwidth_km, below)
        .intersection(_within(evidence[evidence["bank"] == number], reach_km))
        .intersection(bank)
        for number, bank in enumerate(banks())
        if number in set(evidence["bank"])
    ])  # fmt: skip
    frame = gpd.GeoDataFrame({"area_km2": [shape.area / 1e6]}, geometry=[shape], crs=AREA_CRS)
    return frame[~frame.is_empty].to_crs(4326)


def lines(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Draw the lines along which the zones of two sides meet.

    Parameters
    ----------
    zones
        A table of `zones`.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns side_a, side_b (in alphabetical order), day, length_km (in `AREA_CRS`), geometry (EPSG:4326);
        ``unknown`` has no front, and sides that meet along less than 1 km are left out. Sorted by side_a,
        side_b.
    """
    ground = zones[zones["side"] != "unknown"].to_crs(AREA_CRS)
    rows = []
    for i, a in enumerate(ground.itertuples()):
        for b in ground.iloc[i + 1 :].itertuples():
            # one metre of tolerance: the two outlines were cut apart from each other
            met = shapely.line_merge(a.geometry.boundary.intersection(b.geometry.buffer(1.0)))
            if met.length > 1e3:
                rows.append((*sorted((a.side, b.side)), a.day, met.length / 1e3, met))
    columns = ["side_a", "side_b", "day", "length_km", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=AREA_CRS)
    return frame.sort_values(["side_a", "side_b"], ignore_index=True).to_crs(4326)


def area_by_side(
    baseline: pd.DataFrame | None,
    events: pd.DataFrame,
    *,
    days: Iterable[date | str],
    method: str = "voronoi",
    reach_km: float = REACH_KM,
    grouping: Mapping[str, str] | None = None,
    sourced_only: bool = False,
) -> pd.DataFrame:
    """
    Measure each side's estimated ground, day by day, beside the number of places that it rests on.

    Parameters
    ----------
    baseline, events, grouping, sourced_only
        As for `control.timeline`.
    days
        The days (UTC+3).
    method, reach_km
        As for `zones`.

    Returns
    -------
    pandas.DataFrame
        Columns day, side, area_km2 (whole km2 in `AREA_CRS`), places: a row for every day and every side that
        appears on any of them, ``unknown`` included; sorted by day and side.
    """
    held = control.by_day(baseline, events, days=days, grouping=grouping, sourced_only=sourced_only)
    drawn = pd.concat(
        [zones(timeline, day=day, method=method, reach_km=reach_km) for day, timeline in held.groupby("day")]
    )
    sides = sorted({*drawn["side"], *held["side"]})
    cells = pd.MultiIndex.from_product([sorted(drawn["day"].unique()), sides], names=["day", "side"])
    area = drawn.groupby(["day", "side"])["area_km2"].sum().reindex(cells, fill_value=0.0)
    places = held.groupby(["day", "side"]).size().reindex(cells, fill_value=0)
    return pd.DataFrame({"area_km2": area.round().astype(int), "places": places}).reset_index()


def _within(evidence: gpd.GeoDataFrame, reach_km: float) -> Any:
    return shapely.union_all(shapely.buffer(evidence.geometry.to_numpy(), reach_km * 1e3, quad_segs=8))


def _cells(evidence: gpd.GeoDataFrame, reach_km: Any) -> Any:
    """Give each place the ground that is nearest to it, no farther than its reach."""
    points = evidence.geometry.to_numpy()
    disks = shapely.buffer(points, np.asarray(reach_km) * 1e3, quad_segs=16)
    if len(points) < 2:
        return disks
    frame = syria().envelope.buffer(2e5)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    return shapely.intersection(shapely.get_parts(cells), disks)


def _joined(evidence: gpd.GeoDataFrame, cells: Any) -> dict[str, Any]:
    """Join the ground of each side."""
    side = evidence["side"].to_numpy()
    return {one: shapely.union_all(cells[side == one]) for one in np.unique(side)}


def _largest(evidence: gpd.GeoDataFrame, shares: Shares, reach_km: float) -> dict[str, Any]:
    """Give the ground to the side with the largest share; what falls between three joins the nearest."""
    reach = _within(evidence, reach_km)
    if len(shares.sides) == 1:
        return {shares.sides[0]: reach}
    ground: dict[str, Any] = {}
    left = reach
    for i, side in enumerate(shares.sides):
        lead = shares.share[i] - np.delete(shares.share, i, axis=0).max(axis=0)
        lead[shares.share.sum(axis=0) == 0] = -1  # out of the kernel's reach
        ground[side] = above_zero(shares, lead).intersection(left)
        left = polygonal(left.difference(ground[side]))
    ground = {side: shape for side, shape in ground.items() if not shape.is_empty}
    names, shapes = list(ground), np.array(list(ground.values()))
    for piece in shapely.get_parts(left):
        nearest = names[int(shapely.distance(shapes, piece.representative_point()).argmin())]
        ground[nearest] = ground[nearest].union(piece)
    return ground


def _mixed(evidence: gpd.GeoDataFrame, bandwidth_km: float, below: float) -> Any:
    """Outline where the two largest shares differ by less than a limit."""
    shares = shares_of(evidence, bandwidth_km)
    if len(shares.sides) < 2:
        return shapely.Polygon()
    ordered = np.sort(shares.share, axis=0)
    return above_zero(shares, below - (ordered[-1] - ordered[-2]))


def _mean_share(shape: Any, side: str, shares: Shares) -> float:
    """Average a side's share over the grid points within its zone."""
    if side not in shares.sides or side == "unknown":
        return float("nan")
    gx, gy = np.meshgrid(shares.x, shares.y)
    inside = shapely.contains_xy(shape, gx.ravel(), gy.ravel())
    layer = shares.share[shares.sides.index(side)]
    if not inside.any():
        point = shape.representative_point()
        at = [[(point.y - shares.y[0]) / (CELL_KM * 1e3)], [(point.x - shares.x[0]) / (CELL_KM * 1e3)]]
        return round(float(map_coordinates(layer, at, order=1)[0]), 3)
    return round(float(layer.ravel()[inside].mean()), 3)


def _tiles(ground: list[tuple[str, Any]]) -> dict[str, Any]:
    """Cut Syria into zones that meet in the same vertices, so that no projection can tear them apart."""
    layers = [(side, polygonal(shape)) for side, shape in ground]
    shapes = np.array([shape for _, shape in layers], dtype=object)
    edges = [shapely.boundary(syria()), *shapely.boundary(shapes)]
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all(edges, grid_size=1.0)]))
    faces = shapely.segmentize(faces, CELL_KM * 1e3)
    middle = shapely.point_on_surface(faces)
    faces, middle = (x[shapely.dwithin(syria(), middle, 1.0)] for x in (faces, middle))
    owner = np.full(len(faces), "unknown", dtype=object)
    for side, shape in layers:  # the later lies on top
        shapely.prepare(shape)
        owner[shapely.intersects(shape, middle)] = side
    return {side: shapely.union_all(faces[owner == side]) for side in np.unique(owner)}
