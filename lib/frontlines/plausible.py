"""Whether a day and a point can be what they say: a slip of the hand must not become a map."""

import re
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from frontlines import data
from frontlines.errors import SchemaError

FAR_KM = 100.0  # from a place or a country: what lies near, along or beside it lies within
AT_KM = 50.0  # from the place that an event is at, or from its governorate
SWAPPED = "; are lat and lon swapped?"
_RIM_KM = 10.0  # an outline is drawn no better
_DEGREE_KM = 111.2
_DAY = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DAYS = ("date", "date_end", "day", "since")
Fault = tuple[int, str, str, str]  # row (1 is the first under the header), column, value, what was expected


def is_day(text: str) -> bool:
    """
    Tell whether a text is a day as the tables write days, of the years 1900 to 2099.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    bool
        True for ``"2024-12-06"``, not for ``"2024-02-30"``, ``"1024-12-06"`` or ``"6/12/2024"``.
    """
    form = _DAY.fullmatch(text)
    return bool(form) and bool(pd.notna(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")))


def astray(lat: pd.Series, lon: pd.Series, area: pd.Series) -> pd.Series:
    """
    Say of each point why it cannot lie in its country or governorate.

    Parameters
    ----------
    lat, lon
        WGS84 degrees; NaN where there is no point.
    area
        ISO 3166-1 alpha-3, or 3166-2 of a governorate of Syria; ``""`` where unknown.

    Returns
    -------
    pandas.Series
        What was expected, as text; ``""`` where nothing speaks against the point.

    Notes
    -----
    The map layers hold Syria whole, its neighbours as far as the map reaches, and no other country: a point
    on the map is in none of those others.
    """
    told = pd.Series("", index=lat.index, dtype="str")
    sheet, outlines = _outlines()
    for one in filter(None, area.unique()):
        outline, name = outlines.get(one, (shapely.box(-2e4, -1e4, 2e4, 1e4) - sheet, one))
        rows = told.index[(area == one) & lat.notna() & lon.notna()]
        here, turned = _points(lat[rows], lon[rows]), _points(lon[rows], lat[rows])
        off = ~shapely.dwithin(outline, here, _RIM_KM)
        swapped = off & shapely.intersects(outline, turned)
        # of a country that goes on beyond the sheet, only points on it can be judged
        judged = shapely.intersects(sheet, here) | shapely.contains_properly(sheet, outline)
        far = off & judged & ~shapely.dwithin(outline, here, AT_KM if "-" in one else FAR_KM)
        told[rows] = np.select([swapped, far], [f"a point in {name}{SWAPPED}", f"a point in {name}"], "")
    return told


def misplaced(frame: pd.DataFrame) -> list[Fault]:
    """
    List points far from the place of their row, and places taken in Syria whose points lie there if turned.

    Parameters
    ----------
    frame
        A table with lat, lon (WGS84 degrees, or empty), and perhaps place_id and event_type.

    Returns
    -------
    list of tuple
        Row (1 is the first), column, value, what was expected.
    """
    if not {"lat", "lon"} <= {*frame.columns}:
        return []
    frame = frame.reset_index(drop=True)
    lat, lon = (pd.to_numeric(frame[column], errors="coerce") for column in ("lat", "lon"))
    there = (lat.abs() <= 90) & (lon.abs() <= 180)
    lat, lon = lat.where(there), lon.where(there)
    nothing = pd.Series("", index=frame.index, dtype="str")
    types = data.table("codebook/control_rules")["event_type"]
    taken = frame["event_type"].isin(types) if "event_type" in frame else ~there.isna()
    turned = astray(lat, lon, nothing.mask(taken, "SYR"))
    least = frame.get("place_relation", nothing).map({"": AT_KM}).fillna(FAR_KM)
    far = _far_from_place(frame.get("place_id", nothing), lat, lon, least)
    wrong = far.where(far != "", turned.where(turned.str.endswith(SWAPPED), ""))
    rows = wrong.index[wrong != ""]
    return [(i + 1, "lat", f"{frame['lat'][i]}, {frame['lon'][i]}", wrong[i]) for i in rows]


def require(frame: pd.DataFrame, what: str) -> None:
    """
    Refuse a table whose days or points cannot be.

    Parameters
    ----------
    frame
        A table of places or events, its index counting from 0; days are looked for in date, date_end, day
        and since.
    what
        What the message calls it.

    Raises
    ------
    SchemaError
        With the first fault, and how many there are.
    """
    faults = misplaced(frame)
    rules = dict.fromkeys(_DAYS, (is_day, "a day as YYYY-MM-DD")) | {
        column: (partial(_within, most=most), f"a number from -{most} to {most}, or empty")
        for column, most in (("lat", 90), ("lon", 180))
    }
    for column, (fits, expected) in rules.items():
        if column in frame:
            values = frame[column].astype("str").where(frame[column].notna(), "").reset_index(drop=True)
            bad = [value for value in values.unique() if value and not fits(value)]
            faults += [(i + 1, column, values[i], expected) for i in values.index[values.isin(bad)]]
    if faults:
        row, column, value, expected = min(faults)
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SchemaError(
            f"{what}: row {frame.index[row - 1] + 1}, {column}: {value!r}; expected {expected}{more}"
        )


def _within(value: str, most: int) -> bool:
    return -most <= float(pd.to_numeric(value, errors="coerce")) <= most


def _far_from_place(ids: pd.Series, lat: pd.Series, lon: pd.Series, least: pd.Series) -> pd.Series:
    """Hold points against the gazetteer's, and against those that ids of points (``at:``) name."""
    known = data.table("gazetteer/places", numeric=("lat", "lon", "precision_km")).set_index("place_id")
    known = known[["lat", "lon", "precision_km"]].reindex(ids.unique())
    told = known.index.to_series().str.extract(r"^at:(-?[\d.]+),(-?[\d.]+)$").astype("float64")
    known = known.fillna({"lat": told[0], "lon": told[1]}).fillna({"precision_km": 0}).loc[ids]
    known = known.set_index(ids.index)
    apart = np.hypot(lat - known["lat"], (lon - known["lon"]) * np.cos(np.radians(known["lat"]))) * _DEGREE_KM
    far = apart > np.maximum(least, 2 * known["precision_km"])
    rows = far.index[far]
    return pd.Series("", index=far.index, dtype="str").mask(far, pd.Series(
        [f"a point near {ids[i]} ({known['lat'][i]}, {known['lon'][i]}){SWAPPED}" for i in rows],
        index=rows, dtype="str",
    ))  # fmt: skip


def _points(lat: Any, lon: Any) -> Any:
    """Put points on a plane that is true to distance around Syria, in km."""
    return shapely.points(np.asarray(lon) * np.cos(np.radians(35)) * _DEGREE_KM, np.asarray(lat) * _DEGREE_KM)


@cache
def _outlines() -> tuple[Any, dict[str, tuple[Any, str]]]:
    """Give the sheet of the map, and the outline and name of each country and governorate on it."""
    found = {}
    for layer, column in (("countries", "iso3"), ("governorates", "adm1")):
        for row in data.layer(layer).itertuples():
            flat = shapely.transform(
                row.geometry, lambda at: shapely.get_coordinates(_points(at[:, 1], at[:, 0]))
            )
            shapely.prepare(flat)
            found[getattr(row, column)] = (flat, row.name_en)
    sheet = shapely.box(*shapely.total_bounds([outline for outline, _ in found.values()]))
    return sheet, found
