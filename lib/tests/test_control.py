import csv
from pathlib import Path

import pandas as pd
import pytest

from frontlines import control, data, events
from frontlines.errors import SchemaError, UnknownCodeError

TABLE = (Path(__file__).parent / "cases/who_holds.tsv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))
WORDS = {
    "low": ("certainty", "low"), "medium": ("certainty", "medium"), "high": ("certainty", "high"),
    "denied": ("status", "denied"), "expected": ("status", "expected"),
    "attributed": ("status", "attributed"),
    "south_of": ("place_relation", "south_of"), "near": ("place_relation", "near"),
    "centre": ("place_relation", "centre"), "unsourced": ("sourced", "no"), "at-daraa": ("lat", 32.62),
}  # fmt: skip


def coded(text, *, place="fl:somewhere"):
    """Write events from the short form of the case table: `day type gainer<loser words`."""
    rows = []
    for i, part in enumerate(filter(None, text.split("; "))):
        day, event_type, who, *words = [*part.split(" "), ""]
        gainer, _, loser = who.partition("<")
        first, _, last = day.partition("..")
        row = {
            "event_id": f"e{i}", "date": first, "date_end": last, "date_precision": "day",
            "event_type": event_type, "actor": gainer, "place_id": place, "place_name": "Somewhere",
            "lat": 35.0, "lon": 36.5, "status": "stated", "coder": "test", "loser": loser,
            "gainer": "" if event_type == "advance" else gainer,
        }  # fmt: skip
        row |= dict(WORDS[word] for word in words if word)
        row["lon"] = 36.1 if row["lat"] == 32.62 else 36.5
        rows.append(row)
    extra = [c for c in ("certainty", "sourced") if any(c in row for row in rows)]
    table = pd.DataFrame(rows, columns=[*events.COLUMNS, *extra])
    return events.tidy(table).assign(**{c: table[c].fillna("") for c in extra})


def started(side, *, place="fl:somewhere"):
    row = {
        "place_id": place,
        "place_name": "Somewhere",
        "lat": 35.0,
        "lon": 36.5,
        "day": "2024-11-26",
        "side": side,
    }
    return pd.DataFrame([row | {"certainty": "medium", "sourced": "yes"}])


OTHER = coded("2024-11-27 capture HTS<SYR", place="fl:elsewhere").assign(event_id="other")


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_who_holds(case):
    baseline = None if case["start"] == "-" else started(case["start"])
    told = pd.concat([coded(case["events"]), OTHER], ignore_index=True).fillna(
        {"certainty": "", "sourced": ""}
    )
    table = control.timeline(baseline, told, day=case["day"])
    row = table[table["place_id"] == "fl:somewhere"].iloc[0]
    assert (row["side"], row["holder"], row["state"]) == (case["side"], case["holder"], case["state"])


def test_columns_and_evidence():
    table = control.timeline(
        started("GOV"), coded("2024-12-01 advance HTS; 2024-12-03 capture HTS<SYR"), day="2024-12-05"
    )
    assert tuple(table.columns) == control.COLUMNS
    row = table.iloc[0]
    assert (row["since"], row["age_days"], row["event_ids"], row["implied"]) == ("2024-12-03", 2, "e1", "")


def test_a_repeat_refreshes_the_evidence_and_keeps_the_first_day():
    told = coded("2024-12-01 capture HTS<SYR low; 2024-12-04 capture HTS<SYR high")
    row = control.timeline(started("GOV"), told, day="2024-12-06").iloc[0]
    assert (row["since"], row["age_days"], row["event_ids"]) == ("2024-12-01", 2, "e0;e1")
    assert row["certainty"] == "high"


def test_a_place_without_a_baseline_is_implied_until_its_change():
    told = coded("2024-12-05 capture HTS<SYR high")
    before, after = (control.timeline(None, told, day=day).iloc[0] for day in ("2024-12-01", "2024-12-05"))
    assert (before["side"], before["certainty"], before["implied"]) == ("GOV", "low", "yes")
    assert (after["side"], after["certainty"], after["implied"]) == ("HTS", "high", "")


def test_a_place_of_which_nothing_is_known_yet_is_left_out():
    told = coded("2024-12-05 capture HTS<")
    assert control.timeline(None, told, day="2024-12-04").empty
    assert len(control.timeline(None, told, day="2024-12-05")) == 1


@pytest.mark.parametrize(
    ("status", "source", "certainty"),
    [
        ("stated", "", "medium"),
        ("attributed", "", "low"),
        ("attributed", "HTS", "low"),
        ("attributed", "SYR", "medium"),
    ],
)
def test_coded_events_are_weighed_by_who_says_so(status, source, certainty):
    told = coded("2024-12-05 capture HTS<SYR").assign(status=status, source=source)
    assert control.timeline(None, told, day="2024-12-05")["certainty"].item() == certainty


def test_a_place_without_a_report_goes_with_another():
    town = started("GOV", place="fl:town").assign(goes_with="")
    village = started("GOV", place="fl:village").assign(goes_with="fl:town")
    other = started("GOV", place="fl:other").assign(goes_with="fl:nowhere")
    acts = coded("2024-12-05 capture HTS<SYR high", place="fl:town")
    both = pd.concat([town, village, other], ignore_index=True)
    before, after = (
        control.timeline(both, acts, day=day).set_index("place_id") for day in ("2024-12-04", "2024-12-05")
    )
    assert list(before["side"]) == ["GOV", "GOV", "GOV"]
    assert list(after.loc[["fl:town", "fl:village", "fl:other"], "side"]) == ["HTS", "HTS", "GOV"]
    assert after.loc["fl:village", ["certainty", "sourced", "event_ids"]].to_list() == ["low", "no", "e0"]
    assert after.loc["fl:town", ["certainty", "sourced"]].to_list() == ["high", "yes"]
    own = pd.concat(
        [acts, coded("2024-12-05 capture SDF<SYR medium", place="fl:village").assign(event_id="e9")]
    )
    told = control.timeline(both, own, day="2024-12-05").set_index("place_id")
    assert told.loc["fl:village", ["side", "event_ids"]].to_list() == ["SDF", "e9"]


def test_grouping_counts_one_side_as_another():
    told = coded("2024-12-08 capture HTS;SNA<SYR")
    row = control.timeline(started("GOV"), told, day="2024-12-08", grouping={"SNA": "HTS"}).iloc[0]
    assert (row["side"], row["state"]) == ("HTS", "held")
    with pytest.raises(UnknownCodeError, match="'REBELS'"):
        control.timeline(started("GOV"), told, day="2024-12-08", grouping={"REBELS": "HTS"})


def test_sourced_only_leaves_out_changes_never_the_baseline():
    told = coded("2024-12-01 capture HTS<SYR unsourced")
    start = started("GOV").assign(sourced="no")
    assert control.timeline(start, told, day="2024-12-02")["side"].item() == "HTS"
    assert control.timeline(start, told, day="2024-12-02", sourced_only=True)["side"].item() == "GOV"


@pytest.mark.parametrize("kind", ["country", "governorate", "region", "border"])
def test_what_is_said_of_an_area_sets_no_point(kind):
    places = data.table("gazetteer/places")
    area = places.loc[places["kind"] == kind, "place_id"].iloc[0]
    told = pd.concat([coded("2024-12-05 capture HTS<SYR", place=area), OTHER], ignore_index=True)
    assert list(control.timeline(None, told, day="2024-12-06")["place_id"]) == ["fl:elsewhere"]


def test_a_table_without_control_events_is_refused():
    told = coded("2024-12-05 air_strike RUS; 2024-12-05 clash HTS")
    with pytest.raises(SchemaError, match=r"no control events in this table .*air_strike, clash"):
        control.timeline(started("GOV"), told, day="2024-12-06")
    with pytest.raises(SchemaError, match="no control events"):
        control.timeline(started("GOV"), events.empty(), day="2024-12-06")


def test_bad_input_is_named():
    with pytest.raises(SchemaError, match="'6 December' is not a day"):
        control.timeline(None, OTHER, day="6 December")
    with pytest.raises(
        SchemaError, match="nothing is known of 2024-11-20: the baseline begins on 2024-11-26"
    ):
        control.timeline(started("GOV"), OTHER, day="2024-11-20")
    with pytest.raises(SchemaError, match="lacks gainer"):
        control.timeline(None, OTHER.drop(columns="gainer"), day="2024-12-06")
    with pytest.raises(UnknownCodeError, match="'REBELS' at Somewhere"):
        control.timeline(started("REBELS"), OTHER, day="2024-12-06")


def test_tables_are_not_changed():
    start, told = started("GOV"), coded("2024-12-01 capture HTS<SYR")
    kept = start.copy(), told.copy()
    control.timeline(start, told, day="2024-12-05")
    pd.testing.assert_frame_equal(start, kept[0])
    pd.testing.assert_frame_equal(told, kept[1])


def test_by_day_and_changed():
    held = control.by_day(
        started("GOV"), coded("2024-12-01 capture HTS<SYR"), days=["2024-12-02", "2024-11-30"]
    )
    assert list(held["day"]) == ["2024-11-30", "2024-12-02"]
    before, after = (held[held["day"] == day] for day in ("2024-11-30", "2024-12-02"))
    assert control.changed(before, after)[["side_from", "side_to"]].to_numpy().tolist() == [["GOV", "HTS"]]
    assert control.by_day(None, OTHER, days=[]).columns[0] == "day"


def record():
    return [data.table(f"record/{name}", numeric=("lat", "lon")) for name in ("baseline", "control_changes")]


@pytest.mark.parametrize(
    ("day", "place", "side"),
    [
        ("2024-11-26", "Aleppo", "GOV"), ("2024-12-01", "Aleppo", "HTS"), ("2024-12-04", "Hama", "GOV"),
        ("2024-12-05", "Hama", "HTS"), ("2024-12-08", "Homs", "HTS"), ("2024-12-06", "Deir ez-Zor", "SDF"),
        ("2024-12-11", "Deir ez-Zor", "HTS"), ("2024-12-08", "Damascus", "joint"),
        ("2024-12-07", "Daraa", "SOUTH"),
        ("2024-12-06", "Latakia", "GOV"), ("2024-12-11", "Qamishli", "SDF"),
    ],
)  # fmt: skip
def test_the_record_of_the_offensive(day, place, side):
    table = control.timeline(*record(), day=day)
    assert table.loc[table["place_name"] == place, "side"].item() == side


def test_every_place_of_the_record_is_accounted_for():
    baseline, changes = record()
    table = control.timeline(baseline, changes, day="2024-12-11")
    counted = changes[~changes["status"].isin(["denied", "expected"]) & (changes["place_relation"] == "")]
    counted = counted[counted["event_type"].isin(data.table("codebook/control_rules")["event_type"])]
    counted = counted[counted["place_name"] != "UNDOF buffer zone"]  # an area, no point
    assert set(baseline["place_id"]) | set(counted["place_id"]) == set(table["place_id"])
    told = {event_id for ids in table["event_ids"] for event_id in ids.split(";") if event_id}
    assert told <= set(changes["event_id"])
