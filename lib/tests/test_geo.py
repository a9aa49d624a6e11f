"""The extracts of data/geo keep the boundary policy: borders agree, and the Golan lies apart, in no zone."""

import csv
import json
import re

import geopandas as gpd
import pytest
import shapely

from frontlines import data

AREA = "+proj=laea +lat_0=35 +lon_0=38.5 +ellps=WGS84 +units=m"
NAMES = ["name_en", "name_fr", "name_ar", "name_tr"]
COLUMNS = {
    "countries": ["iso3", *NAMES],
    "governorates": ["adm1", "country", *NAMES],
    "subdistricts": ["subdistrict_id", "name_en", "adm1"],
    "syria": ["iso3"],
    "golan": ["label", *NAMES],
    "area_of_separation": ["label"],
    "boundary_lines": ["kind", "label", "note", "first", "second"],
    "rivers": [*NAMES, "schematic"],
    "lakes": [*NAMES, "schematic"],
    "disputed": ["label", "kind", "source"],
    "land": ["name"],
    "world": ["iso3", *NAMES],
}
LINE_KINDS = {"international", "indefinite", "disputed", "ceasefire", "armistice", "withdrawal"}
SCRIPT = {"name_ar": re.compile(r"[\u0621-\u064a]"), "name_en": re.compile(r"[A-Za-z]")}


def shape(layer: str) -> shapely.Geometry:
    return data.layer(layer).union_all()


def km2(layer: str) -> float:
    return float(data.layer(layer).to_crs(AREA).area.sum() / 1e6)


def point(lat: float, lon: float) -> shapely.Point:
    return shapely.Point(lon, lat)


@pytest.mark.parametrize("name", COLUMNS)
def test_layer_loads_valid_in_degrees_with_its_columns(name: str) -> None:
    layer = data.layer(name)
    assert layer.columns.tolist() == [*COLUMNS[name], "geometry"]
    assert layer.crs == "EPSG:4326"
    assert len(layer) > 0
    assert layer.is_valid.all()
    assert not layer.is_empty.any()
    assert not layer[COLUMNS[name]].isna().any().any()


def test_no_layer_is_unlisted() -> None:
    assert sorted(path.stem for path in (data.data_dir() / "geo").glob("*.geojson")) == sorted(COLUMNS)


def test_all_layers_together_are_small() -> None:
    sizes = {path.stem: path.stat().st_size for path in (data.data_dir() / "geo").glob("*.geojson")}
    assert sum(sizes.values()) < 3_000_000
    assert sizes["world"] < 300_000


@pytest.mark.parametrize("name", COLUMNS)
def test_at_most_four_decimals(name: str) -> None:
    text = (data.data_dir() / "geo" / f"{name}.geojson").read_text(encoding="utf-8")
    assert not re.search(r"\d\.\d{5,}", text)
    assert json.loads(text)["type"] == "FeatureCollection"


def test_fourteen_governorates_and_272_subdistricts() -> None:
    governorates, subdistricts = data.layer("governorates"), data.layer("subdistricts")
    assert len(governorates) == governorates["adm1"].nunique() == 14
    assert set(governorates["country"]) == {"SYR"}
    assert len(subdistricts) == subdistricts["subdistrict_id"].nunique() == 272
    counts = subdistricts["adm1"].value_counts()
    assert set(counts.index) == set(governorates["adm1"])
    assert (counts["SY-HL"], counts["SY-QU"], counts["SY-DI"]) == (40, 6, 1)
    assert subdistricts["name_en"].str.strip().eq(subdistricts["name_en"]).all()


@pytest.mark.parametrize("name", [name for name, columns in COLUMNS.items() if "name_fr" in columns])
def test_names_are_complete_in_four_languages(name: str) -> None:
    layer = data.layer(name)
    for column in NAMES:
        assert layer[column].str.len().gt(1).all(), column
        if column in SCRIPT:
            assert layer[column].str.contains(SCRIPT[column]).all(), column
    assert not layer["name_fr"].str.contains(r"^(?:de|du|des|d['’])\s?[A-Z]").any()


def test_governorate_names_are_the_usual_ones() -> None:
    names = data.layer("governorates").set_index("adm1")
    assert names.loc["SY-HI", NAMES].tolist() == ["Homs", "Homs", "حمص", "Humus"]
    assert names.loc["SY-LA", "name_fr"] == "Lattaquié"
    assert names.loc["SY-TA", "name_fr"] == "Tartous"


def test_areas() -> None:
    assert km2("golan") == pytest.approx(1_200, rel=0.05)
    assert km2("syria") == pytest.approx(185_000, rel=0.02)
    assert km2("area_of_separation") == pytest.approx(260, rel=0.1)


@pytest.mark.parametrize(
    ("place", "lat", "lon"),
    [
        ("Majdal Shams", 33.267, 35.769),
        ("Masada", 33.233, 35.757),
        ("Buqata", 33.202, 35.778),
        ("Ein Qiniya", 33.240, 35.737),
        ("Fiq", 32.776, 35.701),
    ],
)
def test_places_of_the_golan(place: str, lat: float, lon: float) -> None:
    assert shape("golan").intersects(point(lat, lon)), place
    assert not shape("syria").intersects(point(lat, lon)), place
    assert not shape("countries").intersects(point(lat, lon)), place


@pytest.mark.parametrize(
    ("place", "lat", "lon", "adm1"),
    [
        ("Quneitra", 33.1259, 35.8246, "SY-QU"),
        ("Khan Arnabeh", 33.1838, 35.8916, "SY-QU"),
        ("Kobani", 36.8911, 38.3536, "SY-HL"),
        ("Tell Abyad", 36.6965, 38.9538, "SY-RA"),
        ("Kassab", 35.9256, 35.9886, "SY-LA"),
        ("Tartus", 34.8890, 35.8866, "SY-TA"),
        ("Qamishli", 37.0522, 41.2314, "SY-HA"),
        ("Abu Kamal", 34.4506, 40.9171, "SY-DY"),
        ("Daraa", 32.6189, 36.1021, "SY-DR"),
        ("Arwad", 34.8562, 35.8583, "SY-TA"),
        ("Rastan", 34.9267, 36.7324, "SY-HI"),
        ("Palmyra", 34.5600, 38.2840, "SY-HI"),
        ("Saraqib", 35.8644, 36.8058, "SY-ID"),
    ],
)
def test_places_of_syria(place: str, lat: float, lon: float, adm1: str) -> None:
    assert shape("syria").intersects(point(lat, lon)), place
    governorates = data.layer("governorates")
    assert governorates.loc[governorates.intersects(point(lat, lon)), "adm1"].tolist() == [adm1]


def test_quneitra_lies_in_the_area_of_separation_and_khan_arnabeh_beyond_it() -> None:
    separation = shape("area_of_separation")
    assert separation.intersects(point(33.1259, 35.8246))
    assert not separation.intersects(point(33.1838, 35.8916))
    assert separation.difference(shape("syria").buffer(1e-4)).is_empty


def overlap_km2(first: shapely.Geometry, second: shapely.Geometry) -> float:
    return float(gpd.GeoSeries([first.intersection(second)], crs=4326).to_crs(AREA).area.iloc[0] / 1e6)


def test_no_neighbour_overlaps_syria_nor_the_golan() -> None:
    countries = data.layer("countries").set_index("iso3").geometry
    syria, golan = shape("syria"), shape("golan")
    assert overlap_km2(syria, golan) < 0.5
    for iso3, outline in countries.drop("SYR").items():
        assert overlap_km2(outline, syria) < 0.5, iso3
        assert overlap_km2(outline, golan) < 0.5, iso3


def test_the_hierarchy_nests_without_gaps() -> None:
    syria, golan = shape("syria"), shape("golan")
    assert shape("governorates").symmetric_difference(syria).area < 1e-5
    assert shape("subdistricts").symmetric_difference(syria.union(golan)).area < 1e-4
    assert data.layer("countries").set_index("iso3").geometry["SYR"].equals(data.layer("syria").geometry[0])
    for name in ("countries", "governorates", "subdistricts"):
        assert shapely.coverage_is_valid(data.layer(name).geometry.to_numpy()), name


def test_subdistricts_lie_in_their_governorate() -> None:
    land = data.layer("governorates").set_index("adm1").geometry
    land = land.union(shape("golan"))  # Beit Jinn, of Rif Dimashq, reaches into it too
    subdistricts = data.layer("subdistricts")
    inside = subdistricts.geometry.intersection(gpd.GeoSeries(subdistricts["adm1"].map(land), crs=4326))
    assert (inside.to_crs(AREA).area / subdistricts.to_crs(AREA).area).min() > 0.99


def test_disputed_lines_are_marked() -> None:
    lines = data.layer("boundary_lines")
    assert set(lines["kind"]) <= LINE_KINDS
    ceasefire = lines[lines["kind"] == "ceasefire"]
    assert "Syria-Israel ceasefire line (1974)" in set(ceasefire["label"])
    assert "Line B (1974)" in set(ceasefire["label"])
    golan = lines[(lines["first"] == "GOLAN") | (lines["second"] == "GOLAN")]
    assert set(golan.loc[golan["kind"] == "international", ["first", "second"]].to_numpy().ravel()) <= {
        "GOLAN",
        "JOR",
    }
    between = {"ISR", "PSE", "LBN"}
    unsettled = lines[lines["first"].isin(between) & lines["second"].isin(between)]
    assert not unsettled["kind"].eq("international").any()
    assert lines[(lines["first"] == "SYR") & (lines["second"] == "TUR")]["kind"].tolist() == ["international"]


def test_no_line_is_called_a_border_of_syria_and_israel() -> None:
    lines = data.layer("boundary_lines")
    pairs = set(map(tuple, lines[["first", "second"]].to_numpy()))
    assert not {("ISR", "SYR"), ("SYR", "ISR")} & pairs


def test_golan_label_states_the_law() -> None:
    label = data.layer("golan")["label"].item()
    assert "occupied by Israel since 1967" in label
    assert "497" in label


def test_disputed_places_are_all_marked() -> None:
    disputed = data.layer("disputed")
    for word in ("Tanf", "Shebaa", "Northern Cyprus", "West Bank", "Gaza"):
        assert disputed["label"].str.contains(word).sum() == 1, word
    schematic = disputed[disputed["source"].str.startswith("schematic")]
    assert schematic["label"].str.contains("approximate").all()
    tanf = disputed[disputed["label"].str.contains("Tanf")]
    assert tanf.union_all().difference(shape("syria").buffer(1e-3)).is_empty


RIVERSIDE = [
    ("Euphrates", 35.9528, 39.0079, 4),  # Raqqa
    ("Euphrates", 35.3359, 40.1408, 4),  # Deir ez-Zor
    ("Euphrates", 36.8175, 38.0114, 6),  # Jarabulus
    ("Orontes", 35.1318, 36.7578, 1),  # Hama
    ("Orontes", 34.9267, 36.7324, 1.5),  # Rastan
    ("Orontes", 35.8142, 36.3198, 1.5),  # Jisr ash-Shughur
    ("Khabur", 36.5024, 40.7477, 1.5),  # Hasakah
    ("Jordan", 32.7100, 35.5700, 6),  # outflow of Lake Tiberias
]


@pytest.mark.parametrize(("river", "lat", "lon", "km"), RIVERSIDE)
def test_rivers_pass_their_towns(river: str, lat: float, lon: float, km: float) -> None:
    rivers = data.layer("rivers").to_crs(AREA)
    assert rivers["name_en"].is_unique
    town = gpd.GeoSeries([point(lat, lon)], crs=4326).to_crs(AREA).iloc[0]
    assert rivers.loc[rivers["name_en"] == river, "geometry"].item().distance(town) < km * 1000


def test_hand_drawn_water_is_marked_and_the_rest_is_not() -> None:
    rivers, lakes = data.layer("rivers"), data.layer("lakes")
    assert set(rivers.loc[rivers["schematic"] == "yes", "name_en"]) == {"Orontes", "Khabur", "Balikh"}
    assert set(lakes.loc[lakes["schematic"] == "yes", "name_en"]) == {"Lake Qattinah", "Lake Jabboul"}
    assert {"Lake Assad", "Lake Tiberias", "Dead Sea"} <= set(lakes.loc[lakes["schematic"] == "", "name_en"])


def test_the_world_holds_every_state_and_the_golan_in_syria() -> None:
    world = data.layer("world").set_index("iso3")
    assert {"USA", "RUS", "CHN", "FRA", "GBR", "QAT", "BHR", "VAT", "XKX", "PSE", "NOR"} <= set(world.index)
    assert not world.index.has_duplicates
    assert set(data.layer("countries")["iso3"]) <= set(world.index)


def test_archives_are_pinned_and_no_address_is_kept() -> None:
    folder = data.data_dir() / "geo"
    with (folder / "archives.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert re.fullmatch(r"[0-9a-f]{64}", row["sha256"]), row["package"]
        assert row["version"] in row["file"]
        assert row["licence"]
        assert f"{row['package']}=={row['version']}" in (folder / "README.md").read_text(encoding="utf-8")
    for path in (folder / "build.py", folder / "archives.csv"):
        assert not re.search(r"https?:|index-url|registry=", path.read_text(encoding="utf-8"))
