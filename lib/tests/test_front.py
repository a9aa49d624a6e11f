import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from frontlines import control, data, front, shares
from frontlines.errors import SchemaError, UnknownCodeError

CASES = Path(__file__).parent / "cases"
DAYS = ["2024-11-26", "2024-12-06", "2024-12-08", "2024-12-11"]


@pytest.fixture(scope="module")
def held():
    tables = [
        data.table(f"record/{name}", numeric=("lat", "lon")) for name in ("baseline", "control_changes")
    ]
    return control.by_day(*tables, days=DAYS)


@pytest.fixture(scope="module")
def drawn(held):
    return {
        (day, method): front.zones(held[held["day"] == day], day=day, method=method)
        for day in DAYS
        for method in front.METHODS
    }


def made(*rows):
    """Write a timeline from (side, lat, lon) or (side, lat, lon, certainty, age)."""
    filled = [(f"fl:{i}", f"P{i}", *row, *("medium", 0)[len(row) - 3 :]) for i, row in enumerate(rows)]
    frame = pd.DataFrame(
        filled, columns=["place_id", "place_name", "side", "lat", "lon", "certainty", "age_days"]
    )
    state = [side if side in ("contested", "unknown", "joint") else "held" for side in frame["side"]]
    return frame.assign(holder=frame["side"], state=state, sourced="yes", since="", event_ids="", implied="")


def side_at(zones, lat, lon):
    return list(zones.loc[zones.contains(Point(lon, lat)), "side"])


@pytest.mark.parametrize("method", front.METHODS)
@pytest.mark.parametrize("day", DAYS)
def test_zones_tile_syria_without_overlap(drawn, day, method):
    zones = drawn[day, method].to_crs(front.AREA_CRS)
    assert zones.is_valid.all()
    assert zones.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    syria = front.syria()
    assert abs(zones.area.sum() - syria.area) < 1e6  # 1 km2 of 186,000
    pairs = [(a, b) for i, a in enumerate(zones.geometry) for b in zones.geometry[i + 1 :]]
    assert sum(a.intersection(b).area for a, b in pairs) < 1e4
    assert zones.union_all().symmetric_difference(syria).area < 2e6


@pytest.mark.parametrize("method", front.METHODS)
def test_columns(drawn, method):
    zones = drawn["2024-12-06", method]
    assert list(zones.columns) == ["side", "share", "day", "area_km2", "geometry"]
    assert zones.crs == "EPSG:4326"
    assert list(zones["side"]) == sorted(zones["side"])
    assert set(zones["side"]) <= set(data.table("codebook/sides")["side"])
    assert zones["share"][zones["side"] != "unknown"].between(0, 1).all()
    assert zones["share"][zones["side"] == "unknown"].isna().all()
    assert (zones["area_km2"] - zones.to_crs(front.AREA_CRS).area / 1e6).abs().max() < 0.5


@pytest.mark.parametrize("method", front.METHODS)
@pytest.mark.parametrize("day", DAYS)
def test_the_golan_is_in_no_zone(drawn, day, method):
    golan = data.layer("golan").to_crs(front.AREA_CRS).union_all()
    zones = drawn[day, method]
    assert golan.contains(gpd.GeoSeries([Point(35.772, 33.268)], crs=4326).to_crs(front.AREA_CRS)[0])
    assert side_at(zones, 33.268, 35.772) == []  # Majdal Shams
    assert zones.to_crs(front.AREA_CRS).intersection(golan).area.sum() < 1e6


@pytest.mark.parametrize("method", front.METHODS)
def test_no_colour_fills_a_neighbour(drawn, method):
    neighbours = data.layer("countries").query("iso3 != 'SYR'").to_crs(front.AREA_CRS).union_all()
    assert drawn["2024-12-11", method].to_crs(front.AREA_CRS).intersection(neighbours).area.sum() < 5e6


@pytest.mark.parametrize("method", front.METHODS)
def test_each_side_holds_its_capitals(drawn, method):
    zones = drawn["2024-12-06", method]
    assert side_at(zones, 36.20, 37.16) == ["HTS"]  # Aleppo
    assert side_at(zones, 33.51, 36.29) == ["GOV"]  # Damascus
    assert side_at(zones, 35.95, 39.01) == ["SDF"]  # Raqqa
    assert side_at(zones, 34.60, 40.00) == ["unknown"]  # desert, far from any report


@pytest.mark.parametrize("method", front.METHODS)
def test_ground_beyond_reach_is_unknown(method):
    timeline = made(("GOV", 35.0, 37.0), ("HTS", 35.0, 37.5))
    near, far = (front.zones(timeline, day="2024-12-06", method=method, reach_km=km) for km in (10, 20))
    assert side_at(near, 35.10, 37.0) == ["unknown"]  # 11 km off
    assert side_at(far, 35.10, 37.0) == ["GOV"]
    assert near.set_index("side").loc["GOV", "area_km2"] == pytest.approx(np.pi * 10**2, rel=0.03)


def test_voronoi_cuts_half_way_and_kernel_weighs():
    timeline = made(("GOV", 35.0, 37.0, "high", 0), ("HTS", 35.0, 37.2, "low", 200))
    voronoi = front.zones(timeline, day="2024-12-06")
    assert side_at(voronoi, 35.0, 37.09) == ["GOV"]
    assert side_at(voronoi, 35.0, 37.11) == ["HTS"]
    kernel = front.zones(timeline, day="2024-12-06", method="kernel")
    assert side_at(kernel, 35.0, 37.11) == ["GOV"]  # the surer, fresher report reaches farther


def test_nothing_carries_across_the_euphrates():
    """Basira lies on the east bank, Mayadin 15 km downstream on the west bank."""
    assert [round(bank.area / 1e9) for bank in shares.banks()] == [138, 49]
    zones = front.zones(made(("SDF", 35.156, 40.427), ("GOV", 35.02, 40.452)), day="2024-12-06")
    assert side_at(zones, 35.12, 40.40) == ["GOV"]  # west of the river, nearer to Basira
    alone = front.zones(made(("SDF", 35.156, 40.427)), day="2024-12-06")
    assert side_at(alone, 35.12, 40.40) == ["unknown"]


@pytest.mark.parametrize("method", front.METHODS)
def test_a_quarter_stands_for_itself_unless_it_is_all_there_is(method):
    town, quarter = ("SDF", 36.50, 40.75), ("GOV", 36.505, 40.747)
    both = made(town, quarter).assign(place_id=["gn:173811", "fl:hasakah-security-square"])
    zones = front.zones(both, day="2024-12-06", method=method)
    assert side_at(zones, 36.506, 40.747) == ["GOV"]
    assert side_at(zones, 36.56, 40.75) == ["SDF"]
    alone = front.zones(both[1:], day="2024-12-06", method=method)
    assert side_at(alone, 36.56, 40.75) == ["GOV"]


def test_what_is_only_implied_stands_for_itself():
    timeline = made(("HTS", 35.9, 36.6), ("GOV", 35.9, 36.7)).assign(implied=["", "yes"])
    zones = front.zones(timeline, day="2024-11-26")
    assert side_at(zones, 35.9, 36.71) == ["GOV"]
    assert side_at(zones, 35.9, 36.75) == ["HTS"]


@pytest.mark.parametrize("method", front.METHODS)
def test_states_are_zones_of_their_own_and_unknown_joins_the_rest(method):
    timeline = made(
        ("contested", 35.0, 37.0), ("joint", 35.0, 38.0), ("unknown", 34.0, 38.0), ("ISR", 33.6, 37.0)
    )
    zones = front.zones(timeline, day="2024-12-06", method=method)
    assert list(zones["side"]) == ["ISR", "contested", "joint", "unknown"]
    assert side_at(zones, 34.0, 38.0) == ["unknown"]


@pytest.mark.parametrize("method", front.METHODS)
def test_one_place_and_twice_the_same_spot(method):
    one = front.zones(made(("SFA", 33.5, 38.7)), day="2024-12-06", method=method)
    assert list(one["side"]) == ["SFA", "unknown"]
    two = front.zones(
        made(("GOV", 35.0, 37.0, "low", 0), ("HTS", 35.0, 37.0, "high", 0)), day="2024-12-06", method=method
    )
    assert side_at(two, 35.0, 37.0) == ["HTS"]  # the surer report counts


def test_what_is_refused():
    timeline = made(("GOV", 35.0, 37.0))
    with pytest.raises(UnknownCodeError, match="'nearest'; there are voronoi, kernel"):
        front.zones(timeline, day="2024-12-06", method="nearest")
    with pytest.raises(SchemaError, match="more than 0"):
        front.zones(timeline, day="2024-12-06", reach_km=0)
    with pytest.raises(SchemaError, match="no place of this timeline lies in Syria"):
        front.zones(made(("GOV", 48.85, 2.35)), day="2024-12-06")
    with pytest.raises(SchemaError, match="not a day"):
        front.zones(timeline, day="Friday")
    with pytest.raises(SchemaError, match="two or more"):
        front.accuracy(timeline)


def test_lines_lie_between_two_sides():
    timeline = made(("GOV", 35.0, 37.0), ("HTS", 35.0, 37.2), ("SDF", 35.8, 39.5))
    lines = front.lines(front.zones(timeline, day="2024-12-06"))
    assert lines[["side_a", "side_b"]].to_numpy().tolist() == [["GOV", "HTS"]]
    assert lines["length_km"].item() == pytest.approx(2 * np.sqrt(15**2 - 9.13**2), rel=0.03)
    assert lines.crs == "EPSG:4326"
    alone = front.lines(front.zones(made(("GOV", 35.0, 37.0)), day="2024-12-06"))
    assert list(alone.columns) == ["side_a", "side_b", "day", "length_km", "geometry"]
    assert alone.empty


def test_movement_balances(drawn):
    before, after = drawn["2024-11-26", "voronoi"], drawn["2024-12-06", "voronoi"]
    moved = front.movement(before, after)
    columns = ["side_from", "side_to", "area_km2", "places", "people", "uncounted", "geometry"]
    assert list(moved.columns) == columns
    taken = moved[(moved["side_from"] == "GOV") & (moved["side_to"] == "HTS")].iloc[0]
    assert taken["people"] > 2_000_000  # Aleppo is among them
    assert 0 < taken["uncounted"] < taken["places"]
    assert (moved["side_from"] != moved["side_to"]).all()
    assert moved["area_km2"].is_monotonic_decreasing
    gained = (
        moved[moved["side_to"] == "HTS"]["area_km2"].sum()
        - moved[moved["side_from"] == "HTS"]["area_km2"].sum()
    )
    area = [zones.set_index("side")["area_km2"].get("HTS", 0) for zones in (before, after)]
    assert gained == pytest.approx(area[1] - area[0], abs=5)
    assert front.movement(before, before).empty


def test_band_lies_about_the_line():
    timeline = made(("GOV", 35.0, 37.0), ("HTS", 35.0, 37.2))
    band = front.band(timeline)
    assert band.contains(Point(37.1, 35.0)).all()
    assert not band.contains(Point(36.95, 35.0)).any()
    assert front.band(timeline, below=0.2)["area_km2"].item() < band["area_km2"].item()
    assert front.band(made(("GOV", 35.0, 37.0))).empty


def test_area_by_side_has_every_side_on_every_day():
    tables = [
        data.table(f"record/{name}", numeric=("lat", "lon")) for name in ("baseline", "control_changes")
    ]
    table = front.area_by_side(*tables, days=["2024-11-26", "2024-12-09"])
    assert list(table.columns) == ["day", "side", "area_km2", "places"]
    assert len(set(table.groupby("day")["side"].agg(tuple))) == 1
    assert "unknown" in set(table["side"])
    total = table.groupby("day")["area_km2"].sum()
    assert (total - front.syria().area / 1e6).abs().max() < 6  # rounding
    less = front.area_by_side(*tables, days=["2024-12-09"], sourced_only=True)
    assert less["places"].sum() <= table.loc[table["day"] == "2024-12-09", "places"].sum()


def test_blocked_accuracy_holds_up(held):
    scores = {
        (day, method): front.accuracy(held[held["day"] == day], method=method).set_index("side")["right"]
        for day in DAYS[:3]
        for method in front.METHODS
    }
    assert min(score["all"] for score in scores.values()) > 0.75
    assert np.mean([score["balanced"] for score in scores.values()]) > 0.6


def test_the_bandwidth_is_near_the_best(held):
    tried = {
        km: np.mean(
            [
                front.accuracy(held[held["day"] == day], method="kernel", bandwidth_km=km).set_index("side")[
                    "right"
                ]["balanced"]
                for day in DAYS
            ]
        )
        for km in (3, front.BANDWIDTH_KM, 10, 12, 20, 30)
    }
    assert tried[front.BANDWIDTH_KM] > max(tried.values()) - 0.02


def test_calibration_has_classes_of_equal_size(held):
    table = front.calibration(held[held["day"] == "2024-12-06"], steps=4)
    assert len(table) == 4
    assert table["places"].max() - table["places"].min() <= 1
    assert table["share"].is_monotonic_increasing
    assert (table["low"] <= table["right"]).all()
    assert (table["right"] <= table["high"]).all()
    assert table["right"].iloc[-1] > table["right"].iloc[0]


def seat(*, other=None, state="held"):
    """Write a timeline of Raqqa, whose word goes for its sub-district, and perhaps of a place within."""
    rows = [("SDF", 35.9528, 39.0079)] + ([(other, 36.2, 38.75)] if other else [])
    return made(*rows).assign(place_id=["gn:172955", "fl:x"][: len(rows)], state=state)


@pytest.mark.parametrize("method", front.METHODS)
def test_a_sub_district_goes_with_its_seat(method):
    alone = front.zones(seat(), day="2024-11-26", method=method)
    assert side_at(alone, 36.2, 38.9) == ["SDF"]  # 30 km from the town, in its sub-district
    assert side_at(alone, 36.6, 38.9) == ["unknown"]
    town = made(("SDF", 35.9528, 39.0079))  # the same point, not known as a seat
    assert side_at(front.zones(town, day="2024-11-26", method=method), 36.2, 38.9) == ["unknown"]


def test_a_place_in_a_sub_district_is_heard_where_it_is_nearer_than_the_seat():
    split = front.zones(seat(other="GOV"), day="2024-11-26")
    assert side_at(split, 36.2, 38.75) == ["GOV"]
    assert side_at(split, 36.2, 38.9) == ["GOV"]  # 14 km from it, 28 km from the seat
    assert side_at(split, 36.15, 39.1) == ["SDF"]  # 32 km from it, 24 km from the seat
    assert side_at(front.zones(seat(other="SDF"), day="2024-11-26"), 36.2, 38.9) == ["SDF"]


def test_islands_belong_to_the_nearest_bank():
    zones = front.zones(made(("GOV", 34.889, 35.8866)), day="2024-11-26")
    assert side_at(zones, 34.855, 35.857) == ["GOV"]  # Arwad, off Tartus


def test_a_seat_that_nobody_holds_speaks_for_nothing():
    zones = front.zones(seat(state="contested").assign(side="contested"), day="2024-11-26")
    assert side_at(zones, 36.2, 38.9) == ["unknown"]


def test_towns_that_are_not_in_the_baseline_are_told_rightly(drawn):
    """Towns whose holder on 26 November is general knowledge, and which the zones have not seen."""
    towns = pd.read_csv(CASES / "held_on_26_november.tsv", sep="\t", dtype="str")
    assert not set(towns["place_id"]) & set(data.table("record/baseline")["place_id"])
    places = data.table("gazetteer/places", numeric=("lat", "lon")).set_index("place_id")
    here = places.loc[towns["place_id"]]
    points = gpd.GeoDataFrame(towns, geometry=gpd.points_from_xy(here["lon"], here["lat"]), crs=4326)
    for method, least in (("voronoi", 0.97), ("kernel", 0.95)):
        ground = drawn["2024-11-26", method][["side", "geometry"]]
        told = points.sjoin(ground, predicate="within", how="left", rsuffix="told")
        right = (told["side_told"] == told["side_left"]).groupby(told["side_left"]).mean()
        assert right.mean() >= least, right.to_dict()


def test_predicted_never_looks_into_its_own_sub_district():
    timeline = made(("GOV", 35.13, 36.75), ("HTS", 35.14, 36.76), ("HTS", 36.2, 37.16))
    told = front.predicted(timeline).set_index("place_id")
    assert told.loc["fl:0", "block"] == told.loc["fl:1", "block"]
    assert told.loc["fl:0", "predicted"] == "HTS"


def test_one_day_is_quick(held):
    start = time.process_time()
    front.zones(held[held["day"] == "2024-12-06"], day="2024-12-06")
    assert time.process_time() - start < 2  # measured 0.2 s; room for a loaded machine


def test_shapes_do_not_depend_on_the_order_of_places(held):
    timeline = held[held["day"] == "2024-12-06"]
    shuffled = timeline.sample(frac=1, random_state=1)
    for method in front.METHODS:
        a, b = (front.zones(t, day="2024-12-06", method=method) for t in (timeline, shuffled))
        assert a["side"].tolist() == b["side"].tolist()
        assert (a["area_km2"] - b["area_km2"]).abs().max() < 0.01
