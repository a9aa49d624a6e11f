"""What ground went from which side to which, and what places and people are on it."""

import geopandas as gpd
import pandas as pd

from frontlines import gazetteer
from frontlines.shares import AREA_CRS

_SETTLED = ("city", "town", "village")


def movement(zones1: gpd.GeoDataFrame, zones2: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Say what ground went from which side to which between two days.

    Parameters
    ----------
    zones1, zones2
        Tables of `zones` of the earlier and the later day, made with the same method and reach.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns side_from, side_to, area_km2 (in `AREA_CRS`), places (settlements of the gazetteer in it),
        people (in those of them whose population is known), uncounted (places whose population is not),
        geometry (EPSG:4326), largest first; ground that stayed is left out, and so are slivers under 1 km2.

    Notes
    -----
    Population is GeoNames': of before the war, and of towns far more than of villages.
    """
    before, after = zones1.to_crs(AREA_CRS), zones2.to_crs(AREA_CRS)
    rows = []
    for a in before.itertuples():
        for b in after[after["side"] != a.side].itertuples():
            shape = a.geometry.intersection(b.geometry)
            if shape.area >= 1e6:
                rows.append((a.side, b.side, shape.area / 1e6, shape))
    columns = ["side_from", "side_to", "area_km2", "geometry"]
    frame = gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=AREA_CRS)
    frame = frame.sort_values("area_km2", ascending=False, ignore_index=True).to_crs(4326)
    return _peopled(frame)


def _peopled(ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Count the settlements of the gazetteer on the ground, and the people in them where known."""
    towns = gazetteer.places()
    towns = towns[(towns["country"] == "SYR") & towns["kind"].isin(_SETTLED)]
    lon, lat, people = (pd.to_numeric(towns[column]) for column in ("lon", "lat", "population"))
    found = gpd.GeoDataFrame({"people": people}, geometry=gpd.points_from_xy(lon, lat), crs=4326)
    inside = found.sjoin(ground[["geometry"]], predicate="within").groupby("index_right")["people"]
    counts = {
        "places": inside.size(),
        "people": inside.sum(),
        "uncounted": inside.agg(lambda p: p.isna().sum()),
    }
    for column, count in counts.items():
        number = count.reindex(ground.index, fill_value=0).astype(int)
        ground.insert(ground.columns.get_loc("geometry"), column, number)
    return ground
