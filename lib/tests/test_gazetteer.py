import csv
import shutil
from pathlib import Path

import pytest

from frontlines import codebook, data, folding, gazetteer, toponyms
from frontlines.errors import MissingDataError, SchemaError, UnknownCodeError

CASES = Path(__file__).parent / "cases"
TEXTS = (
    "french_spellings", "english_spellings", "turkish_spellings", "arabic_prefixes", "metonyms",
    "city_or_governorate", "kind_words", "borders", "should_not_match", "unseen_spellings", "headings",
    "same_name",
)  # fmt: skip
SYRIAN_ADM1 = {
    "SY-DI", "SY-DR", "SY-DY", "SY-HA", "SY-HI", "SY-HL", "SY-HM", "SY-ID", "SY-LA", "SY-QU", "SY-RA",
    "SY-RD", "SY-SU", "SY-TA",
}  # fmt: skip
FIND_COLUMNS = [
    "start", "end", "text", "place_id", "name", "kind", "country", "adm1", "lat", "lon", "precision_km",
    "score", "method", "reading",
]  # fmt: skip


def rows(name):
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def text_cases():
    return [
        pytest.param(row, id=f"{table}-{number}")
        for table in TEXTS
        for number, row in enumerate(rows(table), 1)
    ]


@pytest.mark.parametrize("case", text_cases())
def test_mentions(case):
    found = gazetteer.find(case["text"], language=case["language"])
    known = found[found["place_id"] != ""]
    expected = [m.rsplit("=", 1) for m in case["mentions"].split(";") if m]
    told = [f"{r.text}={r.name}" for r in known.itertuples()]
    assert len(known) == len(expected), told
    for row, (span, meant) in zip(known.itertuples(), expected, strict=True):
        meant, _, reading = meant.partition("/")
        name, _, country = meant.partition("@")
        assert row.name == name, told
        assert country in ("", row.country), f"{span} is in {row.country}"
        assert span in row.text or row.text in span, told
        assert reading in ("", row.reading), f"{span} reads as {row.reading}"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(r, id=r["query"] or "empty")
        for table in ("descriptions", "free_strings", "misspellings")
        for r in rows(table)
    ],
)
def test_descriptions(case):
    found = gazetteer.resolve([case["query"]], country=case["country"] or None, kind=case["kind"] or None)
    row = found.iloc[0]
    assert row["name"] == case["name"], f"{row['method']}: {row['candidates']}"
    assert row["relation"] == case["relation"]
    assert row["method"]
    assert (row["place_id"] != "") == (row["score"] > 0)


def test_find_gives_its_columns_also_for_nothing():
    for text in ("", "Rien ici.", "\n\n", "12 %"):
        found = gazetteer.find(text, language="fr")
        assert list(found.columns) == FIND_COLUMNS
        assert found.empty


def test_find_offsets_are_those_of_the_raw_text():
    text = "À  DERA\u2019A, puis\u00a0à Soue\u0308i\u0308da\u200f et إلى الرَّسـتَن ; l\u2019Irak…"
    found = gazetteer.find(text)
    assert found["text"].tolist() == ["DERA\u2019A", "Soue\u0308i\u0308da", "الرَّسـتَن", "Irak"]
    assert [text[s:e] for s, e in zip(found["start"], found["end"], strict=True)] == found["text"].tolist()
    assert found["start"].is_monotonic_increasing


def test_unknown_name_after_a_kind_word_is_a_row_without_place():
    found = gazetteer.find("Le village de Tabarqoul a été bombardé.", language="fr")
    assert found["text"].tolist() == ["Tabarqoul"]
    assert found["place_id"].tolist() == [""]
    assert "unknown name" in found["method"].item()


def test_resolve_keeps_order_and_length():
    queries = ["Homs", "nowhere at all", None, "Homs"]
    found = gazetteer.resolve(queries)
    assert found["query"].tolist() == ["Homs", "nowhere at all", "", "Homs"]
    assert found["place_id"].tolist() == ["gn:169577", "", "", "gn:169577"]


def test_distance_moves_the_point_and_widens_the_precision():
    homs, moved = (gazetteer.resolve([q]).iloc[0] for q in ("Homs", "22 km east of Homs"))
    assert moved["lat"] == pytest.approx(homs["lat"], abs=0.01)
    assert (moved["lon"] - homs["lon"]) * 91.4 == pytest.approx(22, abs=0.3)
    assert moved["precision_km"] > homs["precision_km"]


def test_half_way_is_told_with_the_whole_way_as_precision():
    homs, hama, between = (gazetteer.resolve([q]).iloc[0] for q in ("Homs", "Hama", "between Homs and Hama"))
    assert between["lat"] == pytest.approx((homs["lat"] + hama["lat"]) / 2, abs=0.01)
    assert between["precision_km"] > 20


def test_near_prefers_the_nearer_of_one_name():
    aleppo = gazetteer.resolve(["Zahra"], near=(36.23, 37.1)).iloc[0]
    homs = gazetteer.resolve(["Zahra"], near=(34.74, 36.74)).iloc[0]
    assert (aleppo["adm1"], homs["adm1"]) == ("SY-HL", "SY-HI")


def test_hints_may_be_columns():
    found = gazetteer.resolve(["Tripoli", "Tripoli"], country=["LBN", "LBY"])
    assert found["country"].tolist() == ["LBN", "LBY"]
    with pytest.raises(SchemaError, match="2 values for 1 names"):
        gazetteer.resolve(["Tripoli"], country=["LBN", "LBY"])


def test_ambiguous_names_its_candidates():
    row = gazetteer.resolve(["Tripoli"]).iloc[0]
    assert row["place_id"] == ""
    assert len(row["candidates"].split(";")) == 2
    assert "ambiguous" in row["method"]


def test_unknown_kind_is_refused():
    with pytest.raises(UnknownCodeError, match=r"'hamlet'.*allowed: country"):
        gazetteer.resolve(["Homs"], kind="hamlet")


def test_lookup_refuses_unknown_ids():
    assert gazetteer.lookup(["fl:al-waer", "gn:169577"])["name"].tolist() == ["Al-Waer", "Homs"]
    with pytest.raises(UnknownCodeError, match="gn:1'"):
        gazetteer.lookup(["gn:1"])


def test_places_are_complete():
    places = gazetteer.places()
    assert places["place_id"].is_unique
    assert places[["lat", "lon", "precision_km"]].notna().all(axis=None)
    assert (places["precision_km"] > 0).all()
    assert places["lat"].between(-90, 90).all()
    assert places["lon"].between(-180, 180).all()
    assert set(places["basis"]) <= {"found", "background", "inferred"}
    assert (places["name"] != "").all()
    syrian = places[
        (places["country"] == "SYR") & places["kind"].isin(["governorate", "city", "town", "village"])
    ]
    assert set(syrian["adm1"]) == SYRIAN_ADM1


def test_kinds_are_those_of_the_codebook():
    assert set(gazetteer.places()["kind"]) <= set(codebook.vocabulary("kind"))


OCHA = """PP_PCODE,PP_NAME_EN,ADM1_EN,ADM1_PCODE,lat,lon
C1,Tallbiseh (Talbiseh),Homs,SY04,34.8410,36.7300
C2,Nowhere Village,Homs,SY04,34.5000,37.5000
C3,No Point,Homs,SY04,,
C4,Turned Village,Homs,SY04,37.5000,34.5000
"""
GEONAMES = (
    "999|Elsewhere|Elsewhere|Elsewhere,XYZ,Мост|34.1|37.9|P|PPL|SY||11||||6000|||Asia/Damascus|2024-01-01"
).replace("|", "\t")


@pytest.fixture
def local_data(tmp_path, monkeypatch):
    shutil.copytree(
        data.data_dir() / "gazetteer", tmp_path / "gazetteer", ignore=shutil.ignore_patterns("local")
    )
    for folder in ("codebook", "geo"):
        shutil.copytree(data.data_dir() / folder, tmp_path / folder)
    monkeypatch.setenv("FRONTLINES_DATA", str(tmp_path))
    yield tmp_path
    toponyms.forget()


@pytest.mark.usefixtures("local_data")
def test_add_says_what_became_of_each_row(tmp_path):
    path = tmp_path / "ocha.csv"
    path.write_text(OCHA, encoding="utf-8")
    report = gazetteer.add(path, source="ocha")
    assert report["outcome"].tolist() == ["merged", "added", "refused", "refused"]
    assert report["place_id"].tolist() == ["gn:163779", "ocha:C2", "", ""]
    assert "coordinates" in report["reason"].iloc[2]
    assert report["reason"].iloc[3] == (
        "ocha:C4: 37.5, 34.5; expected a point in Homs; are lat and lon swapped?"
    )
    assert gazetteer.resolve(["Nowhere Village"])["place_id"].item() == "ocha:C2"
    assert gazetteer.add(path, source="ocha")["outcome"].tolist() == [
        "merged",
        "merged",
        "refused",
        "refused",
    ]


@pytest.mark.usefixtures("local_data")
def test_add_reads_a_geonames_dump(tmp_path):
    path = tmp_path / "SY.txt"
    path.write_text(GEONAMES + "\n", encoding="utf-8")
    assert gazetteer.add(path, source="geonames")["outcome"].tolist() == ["added"]
    row = gazetteer.lookup(["gn:999"]).iloc[0]
    assert (row["name"], row["kind"], row["country"], row["adm1"]) == ("Elsewhere", "town", "SYR", "SY-HI")


@pytest.mark.usefixtures("local_data")
def test_a_list_that_adds_only_spellings_leaves_the_gazetteer_readable(tmp_path):
    path = tmp_path / "SY.txt"
    path.write_text(GEONAMES.replace("999\tElsewhere", "172946\tXyrastan") + "\n", encoding="utf-8")
    assert gazetteer.add(path, source="geonames")["outcome"].tolist() == ["merged"]
    assert gazetteer.resolve(["Xyrastan"])["name"].item() == "Rastan"


def test_a_spelling_added_by_hand_counts_at_once(local_data):
    table = local_data / "gazetteer" / "own_names.csv"
    rows = table.read_text(encoding="utf-8")
    table.write_text(rows + "Xyrastan,gn:172946,fr,,own\n", encoding="utf-8")
    assert gazetteer.resolve(["Xyrastan"])["name"].item() == "Rastan"
    table.write_text(rows + "Xyrastan,fl:nowhere,fr,,own\n", encoding="utf-8")
    toponyms.forget()
    with pytest.raises(SchemaError, match="fl:nowhere"):
        gazetteer.resolve(["Xyrastan"])


@pytest.mark.usefixtures("local_data")
def test_add_refuses_what_it_cannot_read(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("name,lat\nHoms,34\n", encoding="utf-8")
    with pytest.raises(SchemaError, match="PP_PCODE"):
        gazetteer.add(path, source="ocha")
    with pytest.raises(SchemaError, match="19"):
        gazetteer.add(path, source="geonames")
    with pytest.raises(UnknownCodeError, match="ocha, geonames"):
        gazetteer.add(path, source="osm")
    with pytest.raises(MissingDataError, match=r"nothing\.csv"):
        gazetteer.add(tmp_path / "nothing.csv", source="ocha")


@pytest.mark.parametrize("row", [pytest.param(row, id=row["text"]) for row in rows("how_it_was_settled")])
def test_how_a_name_was_settled_is_told(row):
    """Score, reason, rivals and precision are read by people who decide by them: they do not drift unseen."""
    found = gazetteer.resolve([row["text"]]).iloc[0]
    told = {name: found[name] for name in ("kind", "relation", "method")} | {"found": found["name"]}
    assert told == {name: row[name] for name in told}
    assert f"{found['score']:g}" == row["score"]
    assert ("" if found["precision_km"] != found["precision_km"] else f"{found['precision_km']:g}") == (
        row["precision_km"]
    )
    assert len([one for one in found["candidates"].split(";") if one]) == int(row["candidates"])


@pytest.mark.parametrize(
    ("text", "method", "score"),
    [
        ("Fighting in Mansura, in Raqqa governorate.", "exact; nearest to places named with it of 3", 0.839),
        ("They left Hama for Tripoli in Lebanon.", "exact; most prominent of 2", 0.938),
        ("The city of Azaz fell, he said in Hama.", "exact; kind city", 1.0),
        ("Rastan and Hama fell.", "exact; the town, not its district", 1.0),
    ],
)
def test_how_a_mention_was_settled_is_told(text, method, score):
    found = gazetteer.find(text, language="en")
    assert (method, score) in list(zip(found["method"], found["score"], strict=True))
    assert found.dtypes[["start", "end", "score"]].tolist() == ["int64", "int64", "float64"]


def test_a_text_without_places_has_the_columns_of_one_with_some():
    none, some = gazetteer.find("Nothing.", language="en"), gazetteer.find("Hama fell.", language="en")
    assert none.empty
    assert none.dtypes.equals(some.dtypes)


def test_folded_letters_lead_back_to_the_text():
    folded = folding.fold("Al-Qaʿim, L\u2019Éufrate")
    at = folded.text.index("eufrate")
    assert folded.span(at, at + 7) == (12, 19)


def test_a_name_is_read_in_the_language_asked_for():
    assert list(gazetteer.find("Son chef est à Hama", language="fr")["name"]) == ["Hama"]
    with pytest.raises(UnknownCodeError, match="cheese"):
        gazetteer.resolve(["Hama"], kind="cheese")
