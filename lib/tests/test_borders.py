from csv import DictReader
from pathlib import Path

import pandas as pd
import pytest

from frontlines import borders, codebook, control, data, events
from frontlines.errors import SchemaError

FOLDER = Path(__file__).parent / "cases"
CASES, EXCEPTED = (
    list(DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines(), delimiter="\t"))
    for name in ("gate_states.tsv", "excepted_gates.tsv")
)
DAYS = [str(day.date()) for day in pd.date_range("2024-11-26", "2024-12-20")]


@pytest.fixture(scope="module")
def crossings():
    return data.table("record/crossings", numeric=("lat", "lon", "precision_km"))


@pytest.fixture(scope="module")
def record():
    return data.table("record/border_events", numeric=("lat", "lon"))


@pytest.fixture(scope="module")
def states(crossings, record):
    return borders.strip(crossings, record, DAYS)


def told(acts):
    """Events from lines of day, type, actor, place and, if need be, status, target and relation."""
    rows = []
    for number, act in enumerate([] if acts == "-" else acts.split(" | "), start=1):
        day, kind, actor, place, *rest = [
            word.replace("-", "") if word == "-" else word for word in act.split()
        ]
        status, target, relation = [*rest, *["stated", "", ""][len(rest) :]]
        place = {"place_id": place, "place_relation": relation}
        event = {"event_id": f"e{number}", "date": day, "event_type": kind, "status": status}
        rows.append({**event, **place, "actor": actor, "gainer": actor, "target": target})
    return events.tidy(pd.DataFrame(rows, columns=None if rows else list(events.COLUMNS)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_state_of_a_gate(case, crossings):
    status = borders.status(crossings, told(case["acts"]), day=case["day"]).set_index("crossing_id")
    row = status.loc[case["crossing"]]
    assert (row["state"], row["event_ids"]) == (case["state"], case["event"])


def test_status_has_its_columns_and_rows_and_keeps_its_input(crossings, record):
    before = crossings.copy(), record.copy()
    status = borders.status(crossings, record, day="2024-12-06")
    assert tuple(status.columns) == borders.STATUS_COLUMNS
    assert list(status["crossing_id"]) == list(crossings["crossing_id"])
    assert set(status["state"]) <= set(codebook.vocabulary("gate_state")) == set(borders.STATES)
    pd.testing.assert_frame_equal(crossings, before[0])
    pd.testing.assert_frame_equal(record, before[1])


@pytest.mark.parametrize("frame", ["status", "left_out", "strip", "closures", "uses"])
def test_empty_tables_keep_their_columns(frame, crossings):
    none = events.empty()
    found = {
        "status": (borders.status(crossings.iloc[:0], none, day="2024-12-06"), borders.STATUS_COLUMNS),
        "left_out": (borders.left_out(crossings, none), borders.LEFT_OUT_COLUMNS),
        "strip": (borders.strip(crossings, none, []), borders.STRIP_COLUMNS),
        "uses": (borders.uses(crossings, none, days=DAYS), borders.USE_COLUMNS),
        "closures": (borders.closures(borders.strip(crossings, none, [])), borders.SPELL_COLUMNS),
    }[frame]
    assert (len(found[0]), tuple(found[0].columns)) == (0, found[1])


def test_every_event_of_the_record_is_used_or_left_out_with_a_reason(crossings, record):
    uses = borders.uses(crossings, record, days=DAYS)
    assert tuple(uses.columns) == borders.USE_COLUMNS
    assert uses["event_id"].tolist() == record["event_id"].tolist()
    assert uses["use"].value_counts().to_dict() == {"state": 23, "overtaken": 6, "left out": 6, "holder": 3}
    assert (uses["told"] != "").all()
    rests_on = {i for ids in borders.strip(crossings, record, DAYS)["event_ids"] for i in ids.split(";")} - {
        ""
    }
    assert set(uses.loc[uses["use"] == "state", "event_id"]) == rests_on
    left_out = borders.left_out(crossings, record).set_index("event_id")["reason"].to_dict()
    assert uses[uses["use"] == "left out"].set_index("event_id")["told"].to_dict() == left_out
    overtaking = {i for ids in uses.loc[uses["use"] == "overtaken", "told"] for i in ids.split(";")}
    assert overtaking <= rests_on


def test_what_was_gathered_is_used_or_left_out_and_the_sums_are_equal(crossings, record, states):
    gathered = data.table("record/left_out").groupby("file").size()
    uses = borders.uses(crossings, record, days=DAYS)
    assert len(uses) + gathered["border_events"] == 40
    assert states["crossing_id"].nunique() + gathered["border_crossings"] == 40
    others = crossings[~crossings["kind"].isin(borders.GATES)]
    assert states["crossing_id"].nunique() + len(others) == len(crossings)
    assert len(data.table("record/reactions")) + gathered["reactions"] == 143


@pytest.mark.parametrize(
    ("acts", "days", "use", "told_of"),
    [
        ("2024-12-06 border_closure JOR fl:nasib-crossing", DAYS[:5], "left out", "after 2024-11-30"),
        ("2024-12-06 border_closure JOR fl:nasib-crossing", DAYS[15:], "state", "JO01"),
        ("2024-12-06 capture SOR fl:nasib-crossing", DAYS, "holder", "JO01"),
        ("2024-12-06 capture HTS gn:170017", DAYS, "left out", "no crossing of the list is meant"),
        ("2024-12-06 air_strike ISR fl:nasib-crossing | 2024-12-06 border_closure JOR fl:nasib-crossing",
         DAYS, "overtaken", "e2"),
        ("2024-12-06 aid TUR fl:bab-al-hawa-crossing", DAYS, "left out", "no act on a gate: aid"),
    ],
)  # fmt: skip
def test_what_became_of_an_event(acts, days, use, told_of, crossings):
    row = borders.uses(crossings, told(acts), days=days).iloc[0]
    assert (row["use"], row["told"]) == (use, told_of)


def test_the_dispatch_s_day(crossings, record):
    status = borders.status(crossings, record, day="2024-12-06").set_index("crossing_id")["state"]
    shut = ["JO01", "LB01", "LB02", "LB03", "LB04", "LB05"]
    assert set(status[shut]) == {"closed"}
    assert status["LB06"] == "restricted"


def test_holder_comes_from_the_timeline_then_the_capture_then_the_list(crossings, record):
    changes = data.table("record/control_changes", numeric=("lat", "lon"))
    baseline = data.table("record/baseline", numeric=("lat", "lon"))
    timeline = control.timeline(baseline, changes, day="2024-12-07")
    given = borders.status(crossings, record, day="2024-12-07", timeline=timeline).set_index("crossing_id")
    alone = borders.status(crossings, record, day="2024-12-07").set_index("crossing_id")
    assert given.loc["JO01", ["holder", "holder_basis"]].tolist() == ["SOUTH", "place"]
    assert alone.loc["JO01", "holder"] == "SOUTH"
    assert alone.loc["TR09", ["holder", "holder_basis"]].tolist() == ["SNA", "26 November"]


def test_a_holder_that_ended_is_unknown(crossings, record):
    late = borders.status(crossings, record, day="2024-12-10").set_index("crossing_id")
    assert late.loc["LB01", "holder"] == "unknown"
    assert late.loc["TR02", "holder"] == "HTS"


def test_counts_add_up(states):
    counts = borders.open_by_neighbour(states)
    assert (counts[list(borders.STATES)].sum(axis=1) == counts["crossings"]).all()
    assert set(counts.groupby("day")["crossings"].sum()) == {states["crossing_id"].nunique()}
    assert counts["crossings"].sum() == len(states)


def test_airports_and_inner_lines_are_no_gates(states, crossings):
    kinds = crossings.set_index("crossing_id")["kind"]
    assert set(states["crossing_id"].map(kinds)) <= set(borders.GATES)


def test_closures_are_whole_and_say_where_they_are_cut(states):
    spells = borders.closures(states)
    assert spells["days"].sum() == states["state"].isin(["closed", "damaged"]).sum()
    assert (spells.loc[spells["began_before"] == "yes", "first_day"] == DAYS[0]).all()
    assert (spells.loc[spells["goes_on"] == "yes", "last_day"] == DAYS[-1]).all()
    jaber = spells[spells["crossing_id"] == "JO01"].iloc[0]
    assert (jaber["first_day"], jaber["began_before"], jaber["goes_on"]) == ("2024-12-06", "", "")


def test_a_table_without_its_columns_is_refused(crossings):
    with pytest.raises(SchemaError, match="events table lacks place_id"):
        borders.status(crossings, events.empty().drop(columns="place_id"), day="2024-12-06")
    with pytest.raises(SchemaError, match="crossings table lacks kind"):
        borders.left_out(crossings.drop(columns="kind"), events.empty())


def test_rules_and_marks_name_known_types_and_states():
    rules = data.table("codebook/border_rules")
    assert set(rules["event_type"]) <= set(codebook.vocabulary("event_type"))
    assert set(rules["state"]) - {""} <= set(borders.STATES)
    marks = data.table("codebook/marks").query("vocabulary == 'gate_state'")
    assert set(marks["value"]) == set(borders.STATES)


@pytest.mark.parametrize("case", EXCEPTED, ids=lambda case: case["case"])
def test_gates_that_the_words_except(case, crossings):
    event = told(f"2024-12-06 border_closure {case['actor']} {case['place']}").assign(quote=case["quote"])
    rested = borders.status(crossings, event, day="2024-12-06").set_index("crossing_id")["event_ids"]
    assert rested[[case["open"], case["closed"]]].tolist() == ["", "e1"]
