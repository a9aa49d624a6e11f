"""The record: references, chain of sides, dates, roles and evidence, over all its tables."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import frictionless
import geopandas as gpd
import pandas as pd
import pytest

from frontlines import codebook, data, evidence

CASES = Path(__file__).parent / "cases"
EVENT_TABLES = ("control_changes", "border_events", "reactions")
TABLES = ("baseline", "crossings", *EVENT_TABLES)
FIRST, LAST = "2024-11-26", "2024-12-20"
NOBODY_IS_SYR = ("2024-12-08", "2024-12-09")
KINDS = evidence.CITABLE_KINDS | {"section", "mirror"}
UNCOUNTED = r"//\d+\.\d+\.\d+\.\d+|news-pravda|wikisum|profilpelajar|fandom\.com"
# a report about 26 November counts for `high` if it is not more than a year old
YEAR_BEFORE = "2023-11-26"


def record(name: str) -> pd.DataFrame:
    return data.table(f"record/{name}")


def cases(name: str) -> dict[str, str]:
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1] for row in list(csv.reader(file, delimiter="\t"))[1:]}


def split(value: str) -> list[str]:
    return [part for part in value.split(";") if part]


def sources() -> dict[str, dict[str, str]]:
    return {row["source_id"]: row for row in record("sources").to_dict("records")}


def sides() -> set[str]:
    table = data.table("codebook/sides")
    return set(table.loc[table["kind"] == "side", "side"])


def side_of(party: str) -> str:
    """The side that a party is of before 8 December; a side stands for itself."""
    if party in sides():
        return party
    actors = data.table("codebook/actors")
    held = actors.loc[(actors["actor"] == party) & (actors["side"] != ""), "side"]
    return held.iloc[0] if len(held) else party


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_events_keep_the_codebook(name):
    faults = codebook.check(record(name), "events")
    assert faults.empty, faults.to_string()


@pytest.mark.parametrize(
    ("name", "key"),
    [(name, "event_id") for name in EVENT_TABLES]
    + [
        ("baseline", "place_id"),
        ("crossings", "crossing_id"),
        ("sources", "source_id"),
        ("left_out", "original_id"),
        ("subdistricts", "place_id"),
    ],
)
def test_keys_are_filled_stand_once_and_are_sorted(name, key):
    keys = record(name)[key]
    assert not keys.duplicated().any()
    assert (keys != "").all()
    if name not in ("baseline", "left_out"):
        assert keys.is_monotonic_increasing


@pytest.mark.parametrize(
    ("name", "prefix", "numbers"),
    [
        ("control_changes", "rec:cc-{:04d}", range(2, 336)),
        ("border_events", "rec:be-{:03d}", range(1, 41)),
        ("reactions", "rec:rx-{:03d}", range(1, 144)),
    ],
)
def test_every_row_gathered_is_kept_or_left_out_with_a_reason(name, prefix, numbers):
    out = record("left_out")
    out = out[out["file"] == name]
    gone = {
        "rec:" + re.sub(r"(\D\D)-?(\d+)$", r"\1-\2", i.removeprefix("rec:").lower())
        for i in out["original_id"]
    }
    kept = set(record(name)["event_id"])
    assert (out["reason"] != "").all()
    assert not kept & gone
    missing = {prefix.format(n) for n in numbers} - kept - gone
    assert not missing


def test_counts_in_are_counts_out():
    crossings = record("crossings")
    gates = crossings[~crossings["kind"].isin(["airport", "internal"])]
    out = record("left_out")
    assert len(gates) + (out["file"] == "border_crossings").sum() == 40


@pytest.mark.parametrize("name", TABLES)
def test_places_are_those_of_the_gazetteer(name):
    frame = record(name).replace({"lat": "", "lon": ""}, None)
    places = data.table("gazetteer/places").set_index("place_id")
    unknown = set(frame["place_id"]) - set(places.index)
    assert not unknown
    here = places.loc[frame["place_id"]].reset_index(drop=True)
    for column in ("lat", "lon", "precision_km"):
        apart = (pd.to_numeric(here[column]) - pd.to_numeric(frame[column])).abs() > 1e-4
        assert not apart.any(), frame.loc[apart, ["place_id", column]].to_string()
    if "place_name" in frame:
        assert list(frame["place_name"]) == list(here["name"])


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_days_are_of_the_offensive(name):
    frame = record(name)
    days = [*frame["date"], *filter(None, frame["date_end"])]
    assert min(days) >= FIRST
    assert max(days) <= LAST
    assert ((frame["date_end"] != "") == (frame["date_precision"] == "range")).all()


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_variants_are_days_of_the_offensive_or_actors(name):
    actors = set(data.table("codebook/actors")["actor"])
    for value in record(name)["variants"]:
        for part in split(value):
            assert part in actors or FIRST <= part <= LAST, part


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_actors_are_valid_on_the_day(name):
    frame = record(name)
    on_the_day = frame[frame["date"].isin(NOBODY_IS_SYR)]
    for column in ("actor", "target", "gainer", "loser"):
        wrong = on_the_day[on_the_day[column].map(lambda value: "SYR" in split(value))]
        assert wrong.empty, f"nobody is SYR on 8 and 9 December: {list(wrong['event_id'])}"
        for value in frame[column]:
            assert split(value) == sorted(set(split(value)))


def test_record_rows_quote_no_dispatch():
    for name in EVENT_TABLES:
        frame = record(name)
        for column in ("dispatch_id", "quote", "start", "end", "rule", "label_used"):
            assert (frame[column] == "").all()
        assert (frame["coder"] == "record").all()


def test_roles_follow_the_codebook():
    frame = pd.concat([record("control_changes"), record("border_events"), record("reactions")])
    taken = frame[frame["event_type"].isin(["capture", "handover"])]
    moved_in = (taken["gainer"] == taken["actor"]) & (taken["loser"] == taken["target"])
    ceded = (
        (taken["event_type"] == "handover")
        & (taken["gainer"] == taken["target"])
        & (taken["loser"] == taken["actor"])
    )
    assert (moved_in | ceded).all(), list(taken.loc[~(moved_in | ceded), "event_id"])
    assert (taken["gainer"] != "").all()
    left = frame[frame["event_type"] == "withdrawal"]
    assert (left["gainer"] == "").all()
    rest = frame[~frame["event_type"].isin(["capture", "handover", "withdrawal"])]
    assert (rest["gainer"] == "").all()
    assert (rest["loser"] == "").all()


def test_sides_follow_from_gainers():
    frame = record("control_changes")
    known = sides() | {"contested", "unknown", ""}
    for row in frame.itertuples():
        assert set(split(row.side_from)) <= known
        assert set(split(row.side_to)) <= known
        if row.gainer and "OPP" not in split(row.gainer):
            assert {side_of(actor) for actor in split(row.gainer)} == set(split(row.side_to)), row.event_id
        if row.event_type == "advance" and row.status in ("stated", "attributed"):
            assert row.side_to == "contested", row.event_id
        if row.status in ("denied", "expected") or row.place_relation:
            assert row.side_to == "", row.event_id


def test_chain_of_sides_is_unbroken_or_says_why():
    exempt = cases("chain_exempt")
    held = dict(zip(record("baseline")["place_id"], record("baseline")["side"], strict=True))
    frame = record("control_changes")
    setting = frame["event_type"].isin(["capture", "handover", "withdrawal", "advance", "encirclement"])
    frame = frame[setting & frame["status"].isin(["stated", "attributed"]) & (frame["place_relation"] == "")]
    frame = frame.assign(day=frame["date_end"].where(frame["date_end"] != "", frame["date"]))
    broken = {}
    for row in frame.sort_values(["day", "event_id"]).itertuples():
        holder = held.setdefault(row.place_id, row.side_from)
        if holder != row.side_from:
            broken[row.event_id] = f"{row.place_name} taken from {row.side_from}, held by {holder}"
        if row.event_type in ("capture", "handover", "withdrawal"):
            held[row.place_id] = row.side_to
    assert broken.keys() == exempt.keys(), broken
    assert all(exempt.values())


def test_crossings_lie_on_their_border_or_are_explained():
    exempt = cases("crossing_off_border")
    frame = record("crossings")
    points = gpd.GeoSeries(
        gpd.points_from_xy(pd.to_numeric(frame["lon"]), pd.to_numeric(frame["lat"])), crs=4326
    ).to_crs(32637)
    lines = data.layer("boundary_lines").to_crs(32637).union_all()
    off = frame.loc[points.distance(lines) > 5_000, "crossing_id"]
    assert set(off) == set(exempt)
    neighbours = data.table("codebook/actors")["actor"]
    gates = frame[~frame["kind"].isin(["airport", "internal"])]
    assert set(gates["other_country"]) <= set(neighbours)
    assert set(frame["kind"]) <= {"official", "unofficial", "informal", "airport", "internal"}
    assert set(frame["side_on_26nov"]) <= sides()
    assert set(frame["state_on_26nov"]) <= {"open", "restricted", "closed", "damaged", "informal", "unknown"}


@pytest.mark.parametrize("name", TABLES)
def test_sources_cited_exist(name):
    known = sources()
    for value in record(name)["sources"]:
        assert len(set(split(value))) == len(split(value))
        assert set(split(value)) <= known.keys()


def test_sources_are_whole():
    frame = record("sources")
    assert set(frame["kind"]) <= KINDS
    assert frame["address"].str.match(r"https?://[^\s]+$").all()
    assert not frame["address"].str.contains(UNCOUNTED).any()
    assert frame["language"].str.fullmatch("[a-z]{2}").all()
    assert frame["date"].str.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?").all()
    assert (frame["publisher"] != "").all()
    uncounted = frame[frame["kind"].isin(["section", "mirror"])]
    assert (uncounted["origin"] == "").all()
    own = frame.loc[~frame["kind"].isin(["section"]), "address"]
    assert not own.duplicated().any(), list(own[own.duplicated()])
    parties = set(data.table("codebook/actors")["actor"]) | sides()
    assert {part for value in frame["close_to"] for part in split(value)} <= parties


def test_no_source_is_cited_nowhere():
    cited = {
        s
        for name in (*TABLES, "left_out", "subdistricts")
        for value in record(name)["sources"]
        for s in split(value)
    }
    assert cited == sources().keys()


@pytest.mark.parametrize("name", EVENT_TABLES)
def test_double_entries_point_at_the_first(name):
    rows = {r["event_id"]: r for t in EVENT_TABLES for r in record(t).to_dict("records")}
    for row in record(name).to_dict("records"):
        for first in split(row["same_as"]):
            assert rows[first]["same_as"] == "", f"{row['event_id']} points at a double"
            assert set(split(row["actor"])) <= set(split(rows[first]["actor"])), row["event_id"]
            overlap = row["date"] <= (rows[first]["date_end"] or rows[first]["date"])
            assert overlap, row["event_id"]


def test_border_events_name_known_crossings():
    known = set(record("crossings")["crossing_id"])
    assert {c for value in record("border_events")["crossing_ids"] for c in split(value)} <= known


@pytest.mark.parametrize("name", TABLES)
def test_sourced_means_a_citable_report(name):
    known = sources()
    for row in record(name).to_dict("records"):
        citable = any(known[s]["kind"] in evidence.CITABLE_KINDS for s in split(row["sources"]))
        key = row.get("event_id") or row.get("crossing_id") or row["place_id"]
        assert row["sourced"] == ("yes" if citable else "no"), key
        assert row["basis"] in codebook.vocabulary("basis")
        if row["basis"] == "background":
            assert not citable, key
        if row["basis"] == "found" and not citable:
            assert row["note"], f"{key}: a report without an address that counts needs a note"


def test_inferred_baseline_names_the_change_it_follows_from():
    changes = record("control_changes").set_index("event_id")
    frame = record("baseline")
    assert (frame["day"] == FIRST).all()
    assert set(frame["side"]) <= sides()
    for row in frame[frame["basis"] == "inferred"].itertuples():
        named = re.search(r"rec:cc-\d{4}", row.note)
        assert named, row.place_id
        assert changes.loc[named.group(), "place_id"] == row.place_id


def strongest(row: dict[str, str], known: dict[str, dict[str, str]]) -> str:
    """Apply the evidence rules of `data/record/README.md`: the most that a row's sources allow."""
    note, taker = row.get("note", ""), row.get("side_to", row.get("side", ""))
    favoured = set(split(taker)) & sides()
    if row.get("event_type") == "advance":
        favoured = {side_of(actor) for actor in split(row["actor"])}
    speakers = {side_of(party) for party in split(row.get("source", ""))}
    if row["sourced"] == "no" or row["basis"] != "found" or "denied by" in note:
        return "low"
    if row.get("status") == "attributed" and speakers & favoured:
        return "low"
    impartial = [
        known[s]
        for s in split(row["sources"])
        if known[s]["kind"] in evidence.CITABLE_KINDS
        and not {side_of(party) for party in split(known[s]["close_to"])} & favoured
    ]
    if not impartial:
        return "low"
    since = YEAR_BEFORE if "day" in row else ""
    origins = {
        s["close_to"] or s["origin"]
        for s in impartial
        if s["kind"] in evidence.ORIGIN_KINDS and s["origin"] and (not s["date"] or s["date"] >= since)
    }
    return "high" if len(origins) > 1 or "admitted by" in note else "medium"


@pytest.mark.parametrize("name", ["baseline", *EVENT_TABLES])
def test_certainty_is_never_more_than_the_evidence_allows(name):
    order = ["low", "medium", "high"]
    known = sources()
    too_much = [
        (row.get("event_id") or row["place_id"], row["certainty"], strongest(row, known))
        for row in record(name).to_dict("records")
        if order.index(row["certainty"]) > order.index(strongest(row, known))
    ]
    assert not too_much


def test_headline_places_rest_on_two_independent_origins():
    table = evidence.headline()
    assert list(table["kind"].value_counts()) == [14, 6]
    assert (table["origins"] >= 2).all(), table[table["origins"] < 2].to_string()


@pytest.mark.parametrize(
    ("sources", "count"),
    [
        ("", 0),
        ("wikipedia-aleppo", 0),  # it compiles
        ("babel-1207", 1),
        ("trt-1201;dailysabah-1201", 1),  # two that stand close to one state
        ("syriadirect-1206-ghouta;babel-1207", 2),
    ],
)
def test_origins_are_counted_once(sources, count):
    assert evidence.origins(sources) == count


def test_measures_count_every_row_once():
    table = evidence.measures()
    whole = table[table["side"] == "all"].set_index("table")
    for name in TABLES:
        parts = table[(table["table"] == name) & (table["side"] != "all")]
        assert parts["rows"].sum() == whole.loc[name, "rows"] == len(record(name))
    assert (table[["direct", "inferred", "none"]].sum(axis=1) == table["rows"]).all()


def test_only_places_of_the_government_may_lack_a_report():
    baseline = record("baseline")
    bare = baseline[(baseline["sourced"] == "no") & (baseline["side"] != "GOV")]
    assert bare.empty, list(bare["place_name"])


def test_readme_prints_the_measures():
    text = (data.data_dir() / "record" / "README.md").read_text(encoding="utf-8")
    for row in evidence.measures().itertuples(index=False):
        side = f"`{row.side}`" if row.side not in ("all", "-") else row.side
        line = f"| {row.table} | {side} | {' | '.join(map(str, row[2:]))} |"
        assert line in text, line
    for row in evidence.headline().itertuples(index=False):
        assert f"{row.name} {row.origins}" in text, row


def test_subdistricts_go_with_places_that_the_record_knows():
    frame = record("subdistricts")
    places = data.table("gazetteer/places").set_index("place_id")
    known = set(record("baseline")["place_id"]) | set(record("control_changes")["place_id"])
    assert list(places.loc[frame["place_id"], "name"]) == list(frame["place_name"])
    assert set(frame["subdistrict_id"]) == set(data.layer("subdistricts")["subdistrict_id"])
    assert set(frame["seat"]) <= known | {""}
    assert (frame.loc[frame["seat"] == "", "note"] != "").all()


def test_places_that_go_with_others_have_no_report_of_their_own():
    baseline, changes = record("baseline"), record("control_changes")
    going = baseline[baseline["goes_with"] != ""]
    assert len(going)
    assert set(going["goes_with"]) <= set(changes["place_id"])
    assert not set(going["place_id"]) & set(changes["place_id"])
    side = baseline.set_index("place_id")["side"]
    alike = [side.get(row.goes_with, row.side) == row.side for row in going.itertuples()]
    assert all(alike), list(going.loc[[not a for a in alike], "place_name"])


def describe(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(data.data_dir() / "describe.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_file_and_column_of_data_is_described_and_counted():
    result = describe("--check")
    assert result.returncode == 0, result.stderr


def test_every_table_of_data_is_what_its_package_says():
    content = json.loads((data.data_dir() / "datapackage.json").read_text(encoding="utf-8"))
    tables = [resource for resource in content["resources"] if resource["format"] == "csv"]
    kept = ("name", "path", "format", "encoding", "mediatype", "schema")
    package = frictionless.Package.from_descriptor(
        {"name": content["name"], "resources": [{key: table[key] for key in kept} for table in tables]},
        basepath=str(data.data_dir()),
    )
    report = package.validate()
    wrong = [f"{task.place}: {error.message}" for task in report.tasks for error in task.errors[:3]]
    assert report.valid, "\n".join(wrong)
    assert {"record/baseline.csv", "codebook/actors.csv", "gazetteer/places.csv"} <= {
        t["path"] for t in tables
    }


def test_every_column_has_a_description_and_numbers_have_a_unit():
    content = json.loads((data.data_dir() / "datapackage.json").read_text(encoding="utf-8"))
    for resource in content["resources"]:
        assert resource["licenses"], resource["path"]
        assert resource["sources"], resource["path"]
        for field in resource.get("properties") or resource["schema"]["fields"]:
            where = f"{field['name']} of {resource['path']}"
            assert field["description"], where
            assert "unit" in field or field["type"] not in ("number", "integer"), where


@pytest.mark.parametrize("name", [*TABLES, "sources", "left_out", "subdistricts"])
def test_readme_of_the_record_counts_its_rows(name):
    frame = record(name)
    text = (data.data_dir() / "record" / "README.md").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"| `{name}.csv`"))
    said = [int(number) for number in re.findall(r"\d+", line.split("|", 3)[3])]
    counts = [len(frame)]
    if name in TABLES:
        counts.append(int((frame["sourced"] == "yes").sum()))
        counts += [int((frame["basis"] == basis).sum()) for basis in ("found", "inferred", "background")]
        if name != "crossings":
            counts += [int((frame["certainty"] == level).sum()) for level in ("high", "medium", "low")]
        counts.append(int((frame["sources"].map(evidence.origins) > 1).sum()))
    assert said == counts
