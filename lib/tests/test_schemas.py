import pandas as pd
import pytest

from frontlines import data, schemas
from frontlines.errors import SchemaError, UnknownCodeError

TABLES = ("baseline", "control_changes", "border_events", "reactions", "crossings", "sources")


@pytest.mark.parametrize("name", TABLES)
def test_the_record_is_recognised_and_sound(name):
    frame = data.table(f"record/{name}")
    assert schemas.recognise(frame) == name
    assert schemas.check(frame, name).empty


def test_coded_events_are_recognised():
    frame = data.table("record/control_changes").loc[:, "event_id":"rule"]
    assert schemas.recognise(frame) == "events"
    assert schemas.check(frame, "events").empty


def test_a_stranger_is_refused():
    with pytest.raises(SchemaError, match="baseline: place_id, day, side"):
        schemas.recognise(pd.DataFrame({"town": ["Hama"]}))
    with pytest.raises(UnknownCodeError, match="no schema 'towns'"):
        schemas.check(pd.DataFrame(), "towns")


@pytest.mark.parametrize(
    ("name", "column", "value", "expected"),
    [
        ("baseline", "side", "REBELS", "GOV"),
        ("baseline", "day", "26/11/2024", "YYYY-MM-DD"),
        ("baseline", "day", "2024-02-30", "YYYY-MM-DD"),
        ("baseline", "lat", "361.4", "-90 to 90"),
        ("baseline", "lon", "east", "-180 to 180"),
        ("baseline", "place_id", "fl:nowhere", "gazetteer/places.place_id"),
        ("baseline", "place_id", "", "a value"),
        ("baseline", "certainty", "sure", "high"),
        ("baseline", "sourced", "maybe", "no, yes"),
        ("control_changes", "side_to", "HTS;REBELS", "contested"),
        ("control_changes", "event_type", "capturing", "event_type"),
        ("control_changes", "basis", "heard", "background"),
        ("border_events", "status", "said", "stated"),
        ("reactions", "date", "8 December", "YYYY-MM-DD"),
        ("crossings", "state_on_26nov", "ajar", "closed"),
        ("crossings", "kind", "hole", "official"),
        ("crossings", "side_on_26nov", "", "a value"),
        ("sources", "date", "last week", "month or year"),
        ("sources", "address", "their site", "a web address"),
        ("sources", "kind", "blog", "newspaper"),
    ],
)
def test_each_fault_is_named(name, column, value, expected):
    frame = data.table(f"record/{name}")
    frame.loc[3, column] = value
    faults = schemas.check(frame, name)
    found = faults[(faults["row"] == 4) & (faults["column"] == column)]
    assert list(found["value"])[:1] == [value]
    assert expected in " ".join(found["expected"])


def test_all_faults_come_at_once():
    frame = data.table("record/baseline").drop(columns="note")
    frame.loc[0, ["side", "day"]] = ["X", "soon"]
    frame.loc[1, "place_id"] = frame.loc[2, "place_id"]
    sourced = frame.index[frame["sourced"] == "yes"][5]
    frame.loc[sourced, "sources"] = ""
    faults = schemas.check(frame, "baseline")
    named = list(faults[["row", "column"]].itertuples(index=False, name=None))
    assert named == sorted(
        [(0, "note"), (1, "day"), (1, "side"), (2, "lat"), (3, "place_id"), (int(sourced) + 1, "sources")]
    )
