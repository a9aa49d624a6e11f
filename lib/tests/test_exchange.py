import csv
import io
import json
import sqlite3
import stat
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from others import ID, table, text

from frontlines import (
    acled,
    cli,
    codebook,
    control,
    crosswalk,
    data,
    events,
    exchange,
    export,
    front,
    intake,
    reactions,
    styles,
)

CASES = Path(__file__).parent / "cases"
SOURCES = ("acled", "ucdp", "gdelt")
CODE = {"acled": "sub_event_type", "ucdp": "type_of_violence", "gdelt": "EventCode"}
PARENT = {"acled": "event_type"}


def cases(name):
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def imported(tmp_path, source, *changes, content=None, name="in.csv"):
    path = tmp_path / name
    path.write_bytes(text(table(source, *changes), source) if content is None else content)
    return exchange.read(path, source=source)


def record():
    tables = [
        events.tidy(data.table(f"record/{n}")) for n in ("control_changes", "border_events", "reactions")
    ]
    return pd.concat(tables, ignore_index=True)


def same(found, wanted):
    left = found[list(events.COLUMNS)].reset_index(drop=True)
    right = wanted[list(events.COLUMNS)].reset_index(drop=True)
    pd.testing.assert_frame_equal(left, right, check_dtype=False)


def parse(xml):
    return ET.fromstring(xml)  # noqa: S314 - of our own making


def counts(report):
    return dict(zip(report["what"], report["rows"], strict=True))


# -- in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "n"), [("acled", 31), ("ucdp", 49), ("gdelt", 61)])
def test_every_column_of_a_format_is_known_and_kept(source, n, tmp_path):
    columns = crosswalk.columns(source)["column"].tolist()
    assert len(columns) == len(set(columns)) == n
    frame = table(source)
    found = imported(tmp_path, source).events
    assert list(found)[: len(events.COLUMNS)] == list(events.COLUMNS)
    assert list(found)[len(events.COLUMNS) :] == [f"original_{name}" for name in columns]
    for column in columns:
        assert found[f"original_{column}"].tolist() == frame[column].tolist()


@pytest.mark.parametrize("source", SOURCES)
def test_what_comes_in_follows_the_codebook(source, tmp_path):
    found = imported(tmp_path, source, {}, {}, {}).events
    assert len(codebook.check(found, "events")) == 0
    same(found, events.tidy(found))


@pytest.mark.parametrize(
    "row", cases("codes_of_others"), ids=lambda r: f"{r['source']} {r['code'] or r['class']}"
)
def test_codes_of_others(row, tmp_path):
    source = row["source"]
    change = {CODE[source]: row["code"]} | ({PARENT[source]: row["class"]} if source in PARENT else {})
    found = imported(tmp_path, source, change, {})
    if row["event_type"]:
        assert found.events["event_type"][0] == row["event_type"], row["why"]
    else:
        assert found.refused["row"].tolist() == [1]
        assert found.refused["value"].tolist() == [row["code"]]


@pytest.mark.parametrize("row", cases("actors_of_others"), ids=lambda r: f"{r['source']} {r['name']}")
def test_actors_of_others(row, tmp_path):
    source = row["source"]
    columns = crosswalk.columns(source).set_index("field")["column"]
    change = {columns["actor"]: row["name"]}
    if row["kind"]:
        change[columns["actor_kind"]] = row["kind"]
    found = imported(
        tmp_path, source, change | ({"sub_event_type": "Armed clash"} if source == "acled" else {})
    )
    assert found.events["actor"][0] == row["actor"], row["why"]
    assert found.events["label_used"][0] == row["name"]


def test_every_code_of_the_tables_is_ours_or_has_a_reason_and_a_source():
    types = data.table("exchange/types")
    assert not types.duplicated(["format", "code"]).any()
    assert set(types["event_type"]) - {""} <= set(codebook.vocabulary("event_type"))
    assert ((types["event_type"] == "") == (types["reason"] != "")).all()
    assert (types["source"] != "").all()
    control_types = set(data.table("codebook/control_rules")["event_type"]) | {"encirclement"}
    holds_none = types["format"].isin(["ucdp", "gdelt"])
    assert not set(types.loc[holds_none, "event_type"]) & control_types
    precision = data.table("exchange/precision")
    assert set(precision["place_relation"]) <= set(codebook.vocabulary("place_relation"))
    assert set(precision["kind"]) - {""} <= set(codebook.vocabulary("kind"))
    markers = data.table("exchange/markers")["marker"]
    assert set(data.table("codebook/sides")["marker"]) <= set(markers)


@pytest.mark.parametrize(
    ("change", "gainer", "loser"),
    [
        ({}, "HTS", "SYR"),
        ({"sub_event_type": "Government regains territory"}, "SYR", "HTS"),
        ({"inter1": "State forces", "inter2": "Rebel group"}, "HTS", "SYR"),
        ({"actor1": "HTS: Hayat Tahrir al-Sham", "inter1": "2",
          "actor2": "Military Forces of Syria (2000-2024)", "inter2": "1"}, "HTS", "SYR"),
        # between two armed groups the order of the actors does not say who gains
        ({"actor1": "QSD: Syrian Democratic Forces", "inter1": "2"}, "", ""),
        ({"sub_event_type": "Non-violent transfer of territory", "event_type": "Strategic developments",
          "actor1": "QSD: Syrian Democratic Forces", "inter1": "2",
          "actor2": "Military Forces of Syria (2000-2024)", "inter2": "1"}, "SDF", "SYR"),
        ({"sub_event_type": "Armed clash"}, "", ""),
        ({"actor1": "HTS: Hayat Tahrir al-Sham", "inter1": "2", "actor2": "", "inter2": ""}, "HTS", ""),
        ({"actor1": "Military Forces of Israel (2022-)", "inter1": "8", "actor2": "", "inter2": ""},
         "ISR", ""),
    ],
)  # fmt: skip
def test_who_gains_in_acled(change, gainer, loser, tmp_path):
    found = imported(tmp_path, "acled", change).events.iloc[0]
    assert (found["gainer"], found["loser"]) == (gainer, loser)
    if gainer:
        assert (found["actor"], found["target"]) == (gainer, loser)


@pytest.mark.parametrize(
    ("source", "change", "days"),
    [
        ("acled", {}, ("2024-12-05", "", "day")),
        ("acled", {"event_date": "05 December 2024"}, ("2024-12-05", "", "day")),
        ("acled", {"event_date": "05-December-2024"}, ("2024-12-05", "", "day")),
        ("acled", {"event_date": "05/12/2024"}, ("2024-12-05", "", "day")),
        ("acled", {"time_precision": "2"}, ("2024-12-02", "2024-12-08", "range")),
        ("acled", {"time_precision": "3"}, ("2024-11-20", "2024-12-20", "range")),
        ("ucdp", {}, ("2024-12-05", "", "day")),
        ("ucdp", {"date_prec": "4", "date_start": "2024-12-01", "date_end": "2024-12-31"},
         ("2024-12-01", "2024-12-31", "range")),
        ("gdelt", {}, ("2024-12-06", "", "day")),
    ],
)  # fmt: skip
def test_days_and_their_precision(source, change, days, tmp_path):
    found = imported(tmp_path, source, change).events.iloc[0]
    assert (found["date"], found["date_end"], found["date_precision"]) == days


@pytest.mark.parametrize(
    ("source", "change", "place", "relation", "km"),
    [
        ("acled", {}, "gn:170017", "", 3),
        ("acled", {"geo_precision": "2"}, "gn:170017", "near", 15),
        ("acled", {"geo_precision": "3"}, "gn:170017", "near", 60),
        # the name and the point disagree: the point holds
        ("acled", {"latitude": "34.73", "longitude": "36.72"}, "at:34.7300,36.7200", "", 3),
        ("acled", {"location": "Qwxzy"}, "at:35.1318,36.7578", "", 3),
        ("ucdp", {"where_prec": "2"}, "gn:170017", "near", 25),
        ("ucdp", {"where_prec": "6", "where_coordinates": "Syria", "latitude": "35", "longitude": "38"},
         "gn:163843", "", 300),
        ("ucdp", {"where_prec": "4", "where_coordinates": "Hama governorate", "latitude": "35.1",
                  "longitude": "36.9"},
         "gn:170015", "", 75),
        ("gdelt", {}, "gn:170017", "", 5),
        ("gdelt", {"ActionGeo_Type": "1", "ActionGeo_FullName": "Syria", "ActionGeo_Lat": "35",
                   "ActionGeo_Long": "38"}, "gn:163843", "", 300),
        ("gdelt", {"ActionGeo_Type": "5", "ActionGeo_FullName": "Xyzzia, Nowhereland", "ActionGeo_Lat": "1",
                   "ActionGeo_Long": "1"}, "", "", 75),
    ],
)  # fmt: skip
def test_places_and_their_precision(source, change, place, relation, km, tmp_path):
    found = imported(tmp_path, source, change).events.iloc[0]
    assert (found["place_id"], found["place_relation"], found["precision_km"]) == (place, relation, km)
    names = crosswalk.columns(source).set_index("field")["column"]
    given = table(source, change).iloc[0]
    assert (found["lat"], found["lon"]) == (float(given[names["lat"]]), float(given[names["lon"]]))


def test_gdelt_without_a_place(tmp_path):
    nowhere = {"ActionGeo_Type": "0", "ActionGeo_FullName": "", "ActionGeo_Lat": "", "ActionGeo_Long": ""}
    found = imported(tmp_path, "gdelt", nowhere).events.iloc[0]
    assert found["place_id"] == ""
    assert np.isnan(found["lat"])
    assert np.isnan(found["precision_km"])


FAULTY = [
    ("acled", {"event_date": "soon"}, "event_date"),
    ("acled", {"event_date": "2024-02-30"}, "event_date"),
    ("acled", {"time_precision": "9"}, "time_precision"),
    ("acled", {"geo_precision": ""}, "geo_precision"),
    ("acled", {"latitude": "95"}, "latitude"),
    ("acled", {"latitude": "north"}, "latitude"),
    ("acled", {"longitude": ""}, "longitude"),
    ("acled", {"event_id_cnty": " "}, "event_id_cnty"),
    ("acled", {"event_id_cnty": "1000"}, "event_id"),
    ("ucdp", {"date_end": "2024-12-01"}, "date_end"),
    ("ucdp", {"where_prec": "8"}, "where_prec"),
    ("ucdp", {"longitude": "181"}, "longitude"),
    ("gdelt", {"SQLDATE": "2024"}, "SQLDATE"),
    ("gdelt", {"ActionGeo_Type": "7"}, "ActionGeo_Type"),
    ("gdelt", {"ActionGeo_Lat": "inf"}, "ActionGeo_Lat"),
    # a slip of the hand: the other century, another year, another country, the two turned around
    ("acled", {"event_date": "1024-12-05", "year": ""}, "event_date"),
    ("acled", {"event_date": "2204-12-05", "year": ""}, "event_date"),
    ("acled", {"event_date": "2042-12-05"}, "event_date"),
    ("acled", {"latitude": "36.7578", "longitude": "35.1318"}, "latitude"),
    ("acled", {"latitude": "36.7578", "longitude": "35.1318", "location": "Qwxzy"}, "latitude"),
    ("acled", {"latitude": "36.7578", "longitude": "35.1318", "country": ""}, "latitude"),
    ("acled", {"latitude": "33.51", "longitude": "36.29"}, "latitude"),
    ("acled", {"latitude": "33.51", "longitude": "36.29", "location": "Qwxzy", "admin1": "Hama"}, "latitude"),
    ("acled", {"longitude": "63.7578", "location": "Qwxzy"}, "latitude"),
    ("acled", {"latitude": ""}, "latitude"),
    ("ucdp", {"date_start": "1924-12-05", "date_end": "1924-12-05"}, "date_start"),
    ("ucdp", {"date_start": "2023-12-05", "date_end": "2023-12-05", "year": "2024"}, "date_start"),
    ("ucdp", {"latitude": "36.7578", "longitude": "35.1318"}, "latitude"),
    ("ucdp", {"latitude": "33.51", "longitude": "36.29", "where_coordinates": "Qwxzy",
              "adm_1": "Hama governorate"}, "latitude"),
    ("ucdp", {"latitude": ""}, "latitude"),
    ("gdelt", {"SQLDATE": "10241206", "Year": ""}, "SQLDATE"),
    ("gdelt", {"SQLDATE": "20141206", "Year": "2024"}, "SQLDATE"),
    ("gdelt", {"ActionGeo_Lat": "36.7578", "ActionGeo_Long": "35.1318"}, "ActionGeo_Lat"),
    ("gdelt", {"ActionGeo_Lat": "33.51", "ActionGeo_Long": "36.29"}, "ActionGeo_Lat"),
    ("gdelt", {"ActionGeo_FullName": "Moscow, Moskva, Russia"}, "ActionGeo_Lat"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "change", "column"), FAULTY)
def test_a_faulty_row_is_refused_with_its_reason(source, change, column, tmp_path):
    found = imported(tmp_path, source, {}, change, {})
    assert len(found.events) == 2
    assert found.refused[["row", "column"]].to_numpy().tolist() == [[2, column]]
    assert found.refused["expected"][0]
    assert counts(found.report)["rows refused"] == 1


OWN = [
    ({"lat": 36.7578, "lon": 35.1318}, "lat"),
    ({"lat": 36.7578, "lon": 35.1318, "place_id": ""}, "lat"),
    ({"lat": 36.7578, "lon": 35.1318, "place_id": "my:1"}, "lat"),
    ({"lat": 33.51, "lon": 36.29}, "lat"),
    ({"place_id": "at:33.5100,36.2900"}, "lat"),
    ({"date": "1024-12-05"}, "date"),
]


@pytest.mark.parametrize(("change", "column"), OWN)
def test_what_cannot_be_is_refused_of_our_own_table_too(change, column, tmp_path):
    frame = several({}, {"event_id": "e2"} | change)
    events.write(frame, tmp_path / "own.csv")
    found = exchange.read(tmp_path / "own.csv", source="events")
    assert found.refused[["row", "column"]].to_numpy().tolist() == [[2, column]]
    assert len(found.events) == 1


@pytest.mark.parametrize(("change", "column"), [case for case in OWN if case[0].get("place_id") != ""])
def test_no_front_is_drawn_from_what_cannot_be(change, column):
    frame = several({}, {"event_id": "e2"} | change)
    with pytest.raises(exchange.SchemaError, match=f"events: row 2, {column}: "):
        control.timeline(None, frame, day="2024-12-20")
    held = control.timeline(None, one(), day="2024-12-20")
    wrong = held.assign(**{{"date": "since"}.get(name, name): value for name, value in change.items()})
    for draw in (front.band, lambda timeline: front.zones(timeline, day="2024-12-20")):
        with pytest.raises(exchange.SchemaError, match="timeline: row 1, "):
            draw(wrong)
    begun = wrong.rename(columns={"since": "day"}).assign(goes_with="")
    with pytest.raises(exchange.SchemaError, match="baseline: row 1, "):
        control.timeline(begun, one(), day="2024-12-20")


def test_what_is_said_of_far_lands_is_no_slip():
    far = one(event_id="e2", place_id="x:1", lat=15.6, lon=32.5)
    assert len(control.timeline(None, pd.concat([one(), far]), day="2024-12-20")) == 2
    at_home = one(event_type="endorsement", place_id="", lat=38.72, lon=35.48)  # Kayseri
    assert len(codebook.check(at_home, "events")) == 0


@pytest.mark.parametrize("source", SOURCES)
def test_the_sums_agree_whatever_is_wrong(source, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "PIECE_BYTES", 4096)  # several pieces
    wrong = [change for of, change, _ in FAULTY if of == source]
    changes = [wrong[i % 30] if i % 30 < len(wrong) else {} for i in range(200)]
    lines = text(table(source, *changes), source).decode().split("\n")
    lines.insert(len(lines) - 1, "too\tshort" if source == "gdelt" else "too,short")
    found = imported(tmp_path, source, content="\n".join(lines).encode())
    report = counts(found.report)
    assert report["rows in"] == 201
    assert report["rows in"] == report["rows out"] + report["rows refused"]
    assert report["rows out"] == len(found.events)
    assert report["rows refused"] == len(found.refused) == found.refused["row"].nunique()
    assert sum(n for what, n in report.items() if what.startswith("refused, ")) == report["rows refused"]
    assert found.refused["row"].max() == 201
    kept = found.events["event_id"].str.rpartition(":")[2]
    ids = table(source, *changes)[ID[source]].str.strip()
    gone = set(found.refused["row"])
    assert kept.tolist() == [one for row, one in enumerate(ids, start=1) if row not in gone]


@pytest.mark.parametrize("sep", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [False, True])
def test_delimiters_and_byte_order_marks(sep, bom, tmp_path):
    wanted = imported(tmp_path, "acled", {}, {}).events
    found = imported(
        tmp_path, "acled", content=text(table("acled", {}, {}), "acled", sep=sep, bom=bom)
    ).events
    pd.testing.assert_frame_equal(found, wanted)


def test_a_decimal_comma_and_capital_headers_of_older_files(tmp_path):
    frame = table("acled", {"latitude": "35,1318", "longitude": "36,7578"}).drop(
        columns=["disorder_type", "civilian_targeting", "tags", "sub_event_type", "inter1", "timestamp"]
    )
    frame["event_type"] = "Battle-No change of territory"
    frame = frame.rename(columns=str.upper).rename(columns={"EVENT_ID_CNTY": "EVENT_ID"}).assign(GWNO="652")
    found = imported(tmp_path, "acled", content=text(frame, "acled", sep=";")).events.iloc[0]
    assert (found["event_type"], found["lat"], found["lon"]) == ("clash", 35.1318, 36.7578)
    assert (found["original_GWNO"], found["original_LATITUDE"]) == ("652", "35,1318")


def test_ucdp_candidate_events_have_other_columns_too(tmp_path):
    frame = table("ucdp").drop(columns=["gwnoa", "gwnob", "priogrid_gid"]).assign(code_status="Check")
    found = imported(tmp_path, "ucdp", content=text(frame.assign(new="x"), "ucdp")).events
    assert found["original_code_status"].tolist() == ["Check"]
    assert found["original_new"].tolist() == ["x"]


@pytest.mark.parametrize("header", [False, True])
def test_gdelt_with_and_without_a_header(header, tmp_path):
    found = imported(tmp_path, "gdelt", content=text(table("gdelt", {}, {}), "gdelt", header=header))
    assert found.events["event_id"].tolist() == ["gdelt:1000", "gdelt:1001"]


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return out.getvalue()


def linked(name):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return member


damaged = bytearray(
    zipped(("a.csv", text(table("acled", *[{"notes": f"{i:x}" * 9} for i in range(3000)]), "acled")))
)
damaged[len(damaged) // 2] ^= 0xFF


@pytest.mark.parametrize("source", SOURCES)
def test_a_zip_archive_is_read_as_its_table(source, tmp_path):
    content = text(table(source, {}, {}), source)
    found = imported(tmp_path, source, content=zipped(("20241206.export.CSV", content)), name="in.zip").events
    pd.testing.assert_frame_equal(found, imported(tmp_path, source, content=content).events)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(("../up.csv", "x")), "leads out of the archive"),
        (zipped(("/root.csv", "x")), "leads out of the archive"),
        (zipped(("C:\\up.csv", "x")), "leads out of the archive"),
        (zipped(("a.csv", "x"), ("b.csv", "x")), "holds 2 files (a.csv, b.csv)"),
        (zipped(), "holds 0 files"),
        (zipped((linked("a.csv"), "/etc/passwd")), "a link, not a file"),
        (zipped(("a.zip", "x")), "no table"),
        (zipped(("bomb.csv", bytes(100 << 20))), "would unpack to 104,857,600 bytes"),
        (bytes(damaged), "in.zip"),
        (bytes(damaged[:-30]), "binary"),
    ],
    ids=["up", "root", "drive", "two", "none", "link", "nested", "bomb", "damaged", "cut"],
)
def test_an_archive_that_should_not_be_opened(content, said, tmp_path):
    path = tmp_path / "in.zip"
    path.write_bytes(content)
    with pytest.raises(exchange.SchemaError, match=r"in\.zip") as refused:
        exchange.read(path, source="acled")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("source", "content", "said"),
    [
        ("acled", b"", "the file is empty"),
        ("acled", b"\xef\xbb\xbf", "the file is empty"),
        ("acled", "événement;date\n".encode("latin-1"), "not UTF-8"),
        ("acled", b"PNG\x00\x00", "binary"),
        ("acled", b"a,b\n1,2\n", "no column event_id_cnty"),
        ("acled", text(table("ucdp"), "ucdp"), "it looks like --from ucdp"),
        ("ucdp", text(table("acled"), "acled"), "it looks like --from acled"),
        ("gdelt", b"1\t2\t3\n", "row 1 has 3 cells; expected 61"),
        ("acled", b"a,a\n", "column 'a' stands twice"),
        ("acled", text(table("acled").head(0), "acled"), "no row can be used: it has none"),
        ("acled", text(table("acled", {"geo_precision": "5"}), "acled"),
         "row 1, geo_precision: '5'; expected one of 1, 2, 3"),
        ("events", b"event_id\ne1\n", "no column dispatch_id"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(source, content, said, tmp_path):
    with pytest.raises(exchange.SchemaError) as refused:
        imported(tmp_path, source, content=content)
    assert said in str(refused.value)
    assert "in.csv" in str(refused.value)


def test_bytes_that_are_not_utf8_far_down_are_refused(tmp_path):
    whole = text(table("acled", *[{"location": "Rastan"}] * 900), "acled")
    with pytest.raises(exchange.SchemaError, match=r"in\.csv: not UTF-8"):
        imported(tmp_path, "acled", content=whole[:-200] + whole[-200:].replace(b"Rastan", b"R\xe2stan"))
    with pytest.raises(exchange.SchemaError, match=rf"in\.csv: not UTF-8 \(byte {len(whole)}\)"):
        imported(tmp_path, "acled", content=whole + b"\xff\xfe,x\n")


def test_unknown_source_and_form(tmp_path):
    with pytest.raises(exchange.UnknownCodeError, match="acled, ucdp, gdelt, events"):
        exchange.read(tmp_path / "x", source="cameo")
    with pytest.raises(exchange.UnknownCodeError, match="geojson"):
        export.write(events.empty(), tmp_path / "x", to="shp")


def test_ucdp_and_gdelt_feed_no_front(tmp_path):
    for source in ("ucdp", "gdelt"):
        with pytest.raises(exchange.SchemaError, match="no control events in this table"):
            control.timeline(None, imported(tmp_path, source).events, day="2024-12-20")


def test_acled_feeds_a_front_and_gdelt_the_reactions(tmp_path):
    timeline = control.timeline(None, imported(tmp_path, "acled").events, day="2024-12-20")
    assert timeline[["place_name", "side", "since"]].to_numpy().tolist() == [["Hama", "HTS", "2024-12-05"]]
    acts = reactions.table(imported(tmp_path, "gdelt").events)
    assert acts[["actor", "event_type", "kind"]].to_numpy().tolist() == [["TUR", "consultation", "reaction"]]


# -- piece by piece ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
def test_converting_piece_by_piece_gives_what_reading_gives(source, tmp_path, monkeypatch):
    changes = [{}, {CODE[source]: "none"}, {}] * 60
    whole = imported(tmp_path, source, *changes)
    monkeypatch.setattr(intake, "PIECE_BYTES", 4096)
    report = exchange.convert(tmp_path / "in.csv", tmp_path / "out.parquet", source=source).report
    pd.testing.assert_frame_equal(report, whole.report)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out.parquet"), whole.events, check_dtype=False)
    refused = pd.read_csv(exchange.refused_file(tmp_path / "out.parquet"))
    assert refused["row"].tolist() == whole.refused["row"].tolist()
    same(exchange.table(tmp_path / "out.parquet"), whole.events)


@pytest.mark.parametrize("safe", [False, True])
def test_refused_rows_are_kept_whole_beside_the_reason(safe, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "PIECE_BYTES", 4096)
    changes = [{"notes": f"=cmd {i}", "geo_precision": "9" if i % 3 else "1"} for i in range(60)]
    lines = text(table("acled", *changes), "acled").decode().replace("\nenter", " enter").split("\n")
    long = "too,short," + "x" * 90
    given = [*lines[:5], long, *lines[5:-1], "a,b", ""]
    (tmp_path / "in.csv").write_text("\n".join(given), encoding="utf-8")
    out = tmp_path / "out.parquet"
    found = exchange.convert(tmp_path / "in.csv", out, source="acled", safe_cells=safe)
    assert list(found.refused) == ["row", "column", "value", "expected"]
    kept = pd.read_csv(exchange.refused_file(out), dtype=str, keep_default_na=False)
    assert kept["row"].astype(int).tolist() == found.refused["row"].tolist()
    assert len(kept) == 42
    broken = kept[kept["column"] == ""].set_index("row")["value"]
    assert broken.to_dict() == {"5": long, "62": "a,b"}
    whole = kept[kept["column"] != ""]
    wanted = table("acled", *changes).add_prefix("original_")
    wanted = wanted[[change["geo_precision"] == "9" for change in changes]].reset_index(drop=True)
    if safe:
        assert whole["original_notes"].str.startswith("'=cmd").all()
        wanted["original_notes"] = "'" + wanted["original_notes"]
    pd.testing.assert_frame_equal(whole[wanted.columns].reset_index(drop=True), wanted, check_dtype=False)
    whole = exchange.read(tmp_path / "in.csv", source="acled").refused
    assert whole.columns.tolist() == kept.columns.tolist()
    assert len(whole) == 42


def test_a_csv_of_events_is_safe_on_request_and_comes_back(tmp_path):
    wanted = imported(tmp_path, "acled", {}, {"notes": "'=1"}).events
    for safe in (False, True):
        exchange.convert(tmp_path / "in.csv", tmp_path / "out.csv", source="acled", safe_cells=safe)
        raw = pd.read_csv(tmp_path / "out.csv", dtype=str, keep_default_na=False)["quote"]
        assert raw.str.startswith("'").all() == safe
        same(exchange.table(tmp_path / "out.csv"), wanted)


@pytest.mark.parametrize("to", ["acled", "csv", "gpkg", "geojson", "parquet"])
def test_a_file_is_named_as_what_it_is(to, tmp_path):
    for ending in (".shp", "", ".zip", {"gpkg": ".geojson"}.get(to, ".gpkg")):
        with pytest.raises(exchange.UnknownCodeError, match=rf"as {to} does"):
            export.write(one(), tmp_path / f"out{ending}", to=to)
    assert [*tmp_path.iterdir()] == []


def test_a_failed_conversion_leaves_what_was_there(tmp_path):
    (tmp_path / "out.parquet").write_bytes(b"before")
    (tmp_path / "in.csv").write_bytes(text(table("acled", {"geo_precision": "x"}), "acled"))
    with pytest.raises(exchange.SchemaError):
        exchange.convert(tmp_path / "in.csv", tmp_path / "out.parquet", source="acled")
    assert (tmp_path / "out.parquet").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.parquet"]


# -- out, and in again ------------------------------------------------------------------------------------

FORMS = {"csv": "csv", "gpkg": "gpkg", "geojson": "geojson", "parquet": "parquet"}


@pytest.mark.parametrize("to", FORMS)
def test_the_record_goes_out_and_comes_back_equal(to, tmp_path):
    path = tmp_path / f"events.{FORMS[to]}"
    report = counts(export.write(record(), path, to=to))
    assert report == {"rows in": len(record()), "rows out": len(record())}
    found = exchange.read(path, source="events")
    same(found.events, record())
    assert len(found.refused) == 0
    for column in ("certainty", "sources", "note"):
        assert found.events[column].tolist() == record()[column].fillna("").tolist()


def test_the_record_goes_out_to_acled_and_comes_back_equal(tmp_path):
    path = tmp_path / "events.csv"
    report = counts(export.write(record(), path, to="acled"))
    assert report["rows in"] == sum(report.values()) - report["rows in"] == len(record())
    kept = record()[acled.left_out(record()) == ""]
    assert report["rows out"] == len(kept) > 300
    assert set(kept["status"]) <= {"stated", "attributed"}
    same(exchange.read(path, source="acled").events, kept)


def test_acled_comes_in_and_goes_out_as_it_was(tmp_path):
    given = table("acled", {"tags": "crowd size=none"}, {"sub_event_type": "Attack"}, {"time_precision": "2"})
    found = imported(tmp_path, "acled", content=text(given, "acled")).events
    out = acled.shape(found)
    pd.testing.assert_frame_equal(out.astype("str"), given, check_dtype=False)


def test_who_holds_what_survives_acled_without_our_tags(tmp_path):
    changes = events.tidy(data.table("record/control_changes"))
    acled.shape(changes).assign(tags="").to_csv(tmp_path / "in.csv", index=False)
    found = exchange.read(tmp_path / "in.csv", source="acled").events.set_index("original_event_id_cnty")
    taken = found[found["event_type"].isin(["capture", "handover"])]
    ours = changes.set_index("event_id").loc[taken.index]
    assert len(taken) > 200
    kept = taken["gainer"] == ours["gainer"].str.split(";").str[0]
    assert kept.mean() > 0.9
    assert (taken.loc[~kept, "gainer"] == "").all()  # between two armed groups: not told, and not guessed
    assert (taken["place_id"] == ours["place_id"]).mean() > 0.98


def test_acled_shape_of_some_acts():
    out = acled.shape(record()).set_index("event_id_cnty")
    assert out.columns.tolist() == crosswalk.columns("acled")["column"].tolist()[1:]
    known = data.table("codebook/event_types")
    assert set(out["event_type"]) <= set(known["acled_event"])
    regained = out[out["sub_event_type"] == "Government regains territory"]
    ours = record().set_index("event_id").loc[regained.index]
    assert (ours["gainer"] == "SYR").all()
    assert not ours["date"].isin(["2024-12-08", "2024-12-09"]).any()
    assert set(out.loc[out["country"] == "Syria", "iso"]) == {"760"}
    assert out["time_precision"].isin(["1", "2", "3"]).all()
    assert out["geo_precision"].isin(["1", "2", "3"]).all()


def one(**changes):
    base = {
        "event_id": "e1", "date": "2024-12-06", "date_precision": "day", "event_type": "capture",
        "actor": "HTS",
        "gainer": "HTS", "place_id": "gn:170017", "place_name": "Hama", "lat": 35.1318, "lon": 36.7578,
        "precision_km": 4.0, "status": "stated", "coder": "me",
    }  # fmt: skip
    return events.tidy(pd.DataFrame([base | changes]))


def several(*rows):
    return pd.concat([one(**row) for row in rows], ignore_index=True)


ODD = [
    "=1+1",
    "+x",
    "-x",
    "@sum",
    "\tx",
    "\rx",
    "'=x",
    "''+x",
    "'quoted'",
    "a;b=c%3B",
    "<b>&\"'</b>",
    "الرستن",
    "x\ny",
    " ",
]


@pytest.mark.parametrize("to", [*FORMS, "acled"])
@pytest.mark.parametrize("safe", [False, True])
def test_odd_texts_come_back_as_they_were(to, safe, tmp_path):
    frame = several(
        *({"event_id": f"e{i}", "quote": t, "label_used": t, "rule": t} for i, t in enumerate(ODD))
    )
    path = tmp_path / f"events.{FORMS.get(to, 'csv')}"
    export.write(frame, path, to=to, safe_cells=safe)
    same(exchange.read(path, source="acled" if to == "acled" else "events").events, frame)


@pytest.mark.parametrize("to", ["csv", "acled"])
def test_safe_cells_hold_no_formula(to, tmp_path):
    frame = several(*({"event_id": f"e{i}", "quote": t, "lon": -1.5} for i, t in enumerate(ODD)))
    export.write(frame, tmp_path / "events.csv", to=to, safe_cells=True)
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as lines:
        cells = [cell for row in csv.DictReader(lines) for cell in row.items()]
    assert [
        cell for name, cell in cells if cell[:1] in "=+-@\t\r" and cell and name not in ("lon", "longitude")
    ] == []
    assert {cell for name, cell in cells if name in ("lon", "longitude")} == {"-1.5"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_neutral_cells_come_back(texts):
    column = pd.Series(texts, dtype="str")
    safe = intake.neutral(column)
    assert not safe.str.match(r"[=+\-@\t\r]").any()
    assert intake.plain(safe).tolist() == texts


# -- what other tools see ---------------------------------------------------------------------------------


def test_geojson_follows_rfc_7946(tmp_path):
    export.write(
        pd.concat([one(), one(event_id="e2", lat=np.nan, lon=np.nan)]), tmp_path / "e.geojson", to="geojson"
    )
    whole = json.loads((tmp_path / "e.geojson").read_text(encoding="utf-8"))
    assert set(whole) <= {"type", "bbox", "features"}
    assert whole["bbox"] == [36.7578, 35.1318, 36.7578, 35.1318]
    here, nowhere = whole["features"]
    assert here["geometry"]["coordinates"] == [36.7578, 35.1318]
    assert nowhere["geometry"] is None
    info = pyogrio.read_info(tmp_path / "e.geojson")
    assert (info["crs"], info["features"]) == ("EPSG:4326", 2)


def test_geopackage_opens_with_its_styles(tmp_path):
    frame = several({}, {"event_id": "e2", "actor": "SDF"}, {"event_id": "e3", "actor": ""})
    export.write(frame, tmp_path / "e.gpkg", to="gpkg")
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "e.gpkg")] == ["events", "layer_styles"]
    info = pyogrio.read_info(tmp_path / "e.gpkg", layer="events")
    assert (info["crs"], info["features"], info["geometry_type"]) == ("EPSG:4326", 3, "Point")
    with sqlite3.connect(tmp_path / "e.gpkg") as base:
        ((layer, geometry, qml, sld, default),) = base.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, styleSLD, useAsDefault FROM layer_styles"
        ).fetchall()
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (layer, geometry, default) == ("events", "geom", 1)
    categories = {c.get("value"): c.get("label") for c in parse(qml).iter("category")}
    assert categories == {"": "no side", "HTS": "HTS-led forces", "SDF": "Syrian Democratic Forces"}
    assert {o.get("value") for o in parse(qml).iter("Option") if o.get("name") == "color"} == {
        "17,121,107,255", "240,190,44,255", "138,138,138,255",
    }  # fmt: skip
    assert "#11796B" in ET.tostring(parse(sld.encode()), encoding="unicode")


def test_style_text_is_escaped():
    drawn = pd.DataFrame(
        [{"side": 'A"<&', "label": '</x>&"', "color": "#010203", "qgis": "star", "sld": "star", "angle": "0"}]
    )
    for kind in ("point", "area"):
        category = next(parse(styles.qml(drawn, kind)).iter("category"))
        assert (category.get("value"), category.get("label")) == ('A"<&', '</x>&"')
        literal = next(parse(styles.sld(drawn, kind).encode()).iter("{http://www.opengis.net/ogc}Literal"))
        assert literal.text == 'A"<&'


def test_geoparquet_has_its_metadata(tmp_path):
    export.write(one(), tmp_path / "e.parquet", to="parquet")
    found = gpd.read_parquet(tmp_path / "e.parquet")
    assert found.crs == "EPSG:4326"
    assert shapely.equals(found.geometry[0], shapely.Point(36.7578, 35.1318))
    assert found["side"].tolist() == ["HTS"]


def test_every_export_says_what_to_cite(tmp_path):
    found = imported(tmp_path, "acled").events
    for name, frame in (("a", found), ("r", record()), ("none", events.empty())):
        export.write(frame, tmp_path / f"{name}.csv", to="csv")
        cited = yaml.safe_load((tmp_path / f"{name}.csv.cff").read_text(encoding="utf-8"))
        assert cited["cff-version"] == "1.2.0"
        assert {"message", "title", "authors"} <= set(cited)
        urls = [reference["url"] for reference in cited.get("references", [])]
        sources = data.table("record/sources").set_index("source_id")["address"]
        ids = {s for joined in frame.get("sources", []) for s in str(joined).split(";") if s in sources}
        assert set(sources[sorted(ids)]) <= set(urls)
        assert any("doi.org" in url for url in urls) == (name == "a")


def test_an_empty_table_goes_out(tmp_path):
    for to, ending in (FORMS | {"acled": "csv"}).items():
        export.write(events.empty(), tmp_path / f"{to}.{ending}", to=to)
        assert (tmp_path / f"{to}.{ending}").stat().st_size > 0


# -- the commands -----------------------------------------------------------------------------------------


def test_import_export_and_front_by_command(tmp_path, capsys):
    (tmp_path / "in.csv").write_bytes(text(table("acled", {}, {"geo_precision": "7"}), "acled"))
    (tmp_path / "g.csv").write_bytes(text(table("gdelt"), "gdelt"))
    out = tmp_path / "out.parquet"
    assert cli.main(["import", "--from", "acled", str(tmp_path / "in.csv"), "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("what,rows\nrows in,2\nrows out,1\nrows refused,1\n")
    assert "1 rows refused, in " in said.err
    assert cli.main(["front", "--day", "2024-12-06", "--no-baseline", "--events", str(out)]) == 0
    zones = json.loads(capsys.readouterr().out)
    assert {f["properties"]["side"] for f in zones["features"]} == {"HTS", "unknown"}
    assert cli.main(["export", str(out), "--to", "gpkg", "-o", str(tmp_path / "o.gpkg")]) == 0
    assert (
        cli.main(["import", "--from", "gdelt", str(tmp_path / "g.csv"), "-o", str(tmp_path / "g.csv.csv")])
        == 0
    )
    capsys.readouterr()
    assert cli.main(["front", "--day", "2024-12-06", "--events", str(tmp_path / "g.csv.csv")]) == 2
    assert "no control events in this table" in capsys.readouterr().err


def test_front_as_geojson_follows_rfc_7946(tmp_path):
    assert cli.main(["front", "--day", "2024-12-06", "-o", str(tmp_path / "f.geojson")]) == 0
    whole = json.loads((tmp_path / "f.geojson").read_text(encoding="utf-8"))
    assert {"type", "bbox", "features"} <= set(whole)
    assert "crs" not in whole
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in whole["features"]]
    for polygon in shapely.get_parts(shapes):
        assert shapely.is_ccw(polygon.exterior)
        assert not any(shapely.is_ccw(hole) for hole in polygon.interiors)


def test_front_as_a_geopackage_has_styles(tmp_path):
    assert cli.main(["front", "--day", "2024-12-06", "-o", str(tmp_path / "f.gpkg")]) == 0
    with sqlite3.connect(tmp_path / "f.gpkg") as base:
        ((qml,),) = base.execute("SELECT styleQML FROM layer_styles").fetchall()
    assert next(parse(qml).iter("symbol")).get("type") == "fill"
