from itertools import pairwise

import geopandas as gpd
import networkx as nx
import pandas as pd
import pytest
from shapely.geometry import box

from frontlines import axis, curves, data, roads
from frontlines.errors import SchemaError


@pytest.fixture(scope="module")
def m5():
    table = data.table("geo/roads").query("road == 'M5'")
    return axis.stops(roads.graph(table), "gn:170063", "gn:170654")


def ground(day, *bands):
    """Write zones from (side, south, north) of the longitudes of the road."""
    shapes = [box(35.5, south, 38, north) for _, south, north in bands]
    return gpd.GeoDataFrame({"side": [b[0] for b in bands], "day": day}, geometry=shapes, crs=4326)


@pytest.fixture(scope="module")
def stretches(m5):
    days = [
        ground("2024-11-26", ("GOV", 33, 36), ("HTS", 36, 36.12), ("GOV", 36.12, 37)),
        ground("2024-11-30", ("GOV", 33, 35.4), ("HTS", 35.4, 37)),
        ground("2024-12-07", ("GOV", 33.6, 34.6), ("contested", 34.6, 34.8), ("HTS", 34.8, 37)),
    ]
    return axis.along(pd.concat(days), m5)


def test_the_road_is_in_order_and_as_long_as_it_should_be(m5):
    named = list(m5.loc[m5["place_id"] != "", "name"])
    assert named[0] == "Aleppo"
    assert named[-1] == "Damascus"
    assert named.index("Saraqib") < named.index("Hama") < named.index("Homs") < named.index("Nabk")
    assert m5["km"].is_monotonic_increasing
    assert 310 < m5["km"].iloc[-1] < 360  # 355 km by road; our way is straight from stop to stop


def test_the_way_back_is_the_same(m5):
    table = data.table("geo/roads").query("road == 'M5'")
    back = axis.stops(roads.graph(table), "gn:170654", "gn:170063")
    assert back["km"].iloc[-1] == pytest.approx(m5["km"].iloc[-1])
    assert list(back["name"]) == list(m5["name"])[::-1]


def test_places_without_a_road_between_them_are_refused():
    with pytest.raises(SchemaError, match="no road of this graph leads from a to b"):
        axis.stops(nx.Graph(), "a", "b")


def test_stretches_cover_the_road_once(stretches, m5):
    for _, road in stretches.groupby("day"):
        assert road["km_from"].iloc[0] == 0
        assert list(road["km_from"])[1:] == list(road["km_to"])[:-1]
        assert abs(road["km_to"].iloc[-1] - m5["km"].iloc[-1]) < 1
        assert (road["side"].to_numpy()[1:] != road["side"].to_numpy()[:-1]).all()
    assert stretches["side"].iloc[-1] == "unknown"  # south of the ground that was drawn


def test_advance(stretches):
    table = axis.advance(stretches, "HTS").set_index("day")
    assert list(table.columns) == ["held_km", "gained_km", "front_km"]
    first, second, third = (table.loc[day] for day in table.index)
    assert first["held_km"] > 10
    assert first["front_km"] == first["gained_km"] == 0  # Aleppo is not theirs
    assert second["front_km"] == second["held_km"] == pytest.approx(104, abs=4)
    assert second["gained_km"] == second["held_km"] - first["held_km"]
    assert third["front_km"] == third["held_km"]
    assert not axis.advance(stretches, "SNA")["held_km"].any()


@pytest.mark.parametrize("language", ["en", "fr", "ar", "tr"])
def test_the_picture_names_the_ends_of_the_road(stretches, m5, language):
    ax, sentence = curves.axis(stretches, m5, language=language)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0] in sentence
    assert labels[-1] in sentence
    assert "M5" in sentence
    ticks = sorted(ax.get_yticks())
    assert min(b - a for a, b in pairwise(ticks)) >= m5["km"].iloc[-1] / 26
    assert ax.yaxis_inverted()
    ax.figure.clear()
