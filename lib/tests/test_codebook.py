import re

import pandas as pd
import pytest

from frontlines import codebook, events
from frontlines.errors import SchemaError, UnknownCodeError

SOUND = {
    "event_id": "e1", "dispatch_id": "d1", "date": "2024-12-05", "date_end": "", "date_precision": "day",
    "event_type": "capture", "actor": "HTS;OPP", "target": "SYR", "gainer": "HTS;OPP", "loser": "SYR",
    "place_id": "gn:170017", "place_name": "Hama", "place_relation": "", "lat": "35.13", "lon": "36.75",
    "precision_km": "5", "status": "stated", "source": "", "label_used": "", "n_mentions": "1", "start": "0",
    "end": "9", "quote": "took Hama", "coder": "auto", "rule": "en:2:capture",
}  # fmt: skip


def table(*rows):
    return pd.DataFrame([SOUND | {"event_id": f"e{i}"} | row for i, row in enumerate(rows)])


def test_a_sound_table_has_no_faults():
    frame = table({}, {"date_end": "2024-12-06", "date_precision": "range"}, {"lat": "", "lon": ""})
    assert codebook.validate(frame, "events") is None
    faults = codebook.check(frame, "events")
    assert list(faults.columns) == ["row", "column", "value", "expected"]
    assert len(faults) == 0


def test_an_empty_table_is_sound():
    assert len(codebook.check(events.empty(), "events")) == 0


def test_numbers_are_as_good_as_text():
    assert len(codebook.check(events.tidy(table({}, {"lat": "", "lon": ""})), "events")) == 0


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("event_type", "captured", "event_type values"),
        ("event_type", "", "event_type values"),
        ("actor", "HTS;NOBODY", "actor values"),
        ("target", "Syria", "actor values"),
        ("gainer", "hts", "actor values"),
        ("loser", "SYR,HTS", "actor values"),
        ("source", "the Observatory", "actor values"),
        ("status", "confirmed", "attributed, denied, expected, stated"),
        ("place_relation", "around", "along, centre, east_of"),
        ("date_precision", "exact", "day, inferred, range"),
        ("date", "5 December", "a day as YYYY-MM-DD"),
        ("date", "2024-02-30", "a day as YYYY-MM-DD"),
        ("date", "", "a day as YYYY-MM-DD"),
        ("date_end", "2024-13-01", "a day as YYYY-MM-DD"),
        ("date_end", "2024-12-04", "a day not before date 2024-12-05"),
        ("lat", "135", "a number from -90 to 90"),
        ("lat", "north", "a number from -90 to 90"),
        ("lon", "-181", "a number from -180 to 180"),
        ("precision_km", "-1", "a number from 0"),
        ("n_mentions", "0", "a number from 1"),
        ("n_mentions", "1.5", "a number from 1 to 1000000, whole"),
        ("start", "1e3", "a number from 0 to 10000000000, whole"),
        ("end", "0", "an offset after start"),
        ("lat", "nan", "a number from -90 to 90"),
        ("lat", "inf", "a number from -90 to 90"),
        ("date", "2024-12-6", "a day as YYYY-MM-DD"),
        ("date", "２０２４-12-06", "a day as YYYY-MM-DD"),
        ("actor", "HTS;;SNA", "actor values"),
        ("quote", "a\x00b", "text without control characters"),
        ("start", "-5", "a number from 0"),
        ("coder", "", "a value"),
    ],
)
def test_a_fault_is_named_with_row_column_value_and_what_was_expected(column, value, expected):
    faults = codebook.check(table({}, {column: value}), "events")
    found = faults[(faults["row"] == 2) & (faults["column"] == column) & (faults["value"] == value)]
    assert len(found) == 1
    assert expected in found["expected"].iloc[0]
    assert set(faults["row"]) == {2}
    with pytest.raises(SchemaError, match=re.escape(f"row 2, {column}: {value!r}; expected")):
        codebook.validate(table({}, {column: value}), "events")


def test_all_faults_come_at_once():
    frame = table({"event_type": "captured", "status": "sure"}, {}, {"actor": "NOBODY", "lat": "99"}).drop(
        columns=["quote", "rule"]
    )
    faults = codebook.check(frame, "events")
    named = set(faults[["row", "column"]].itertuples(index=False, name=None))
    assert named == {(0, "quote"), (0, "rule"), (1, "event_type"), (1, "status"), (3, "actor"), (3, "lat")}
    with pytest.raises(SchemaError) as refused:
        codebook.validate(frame, "events")
    message = str(refused.value)
    assert message.startswith("6 fault(s) in the events table: ")
    for words in ("quote: column is missing", "row 1, event_type: 'captured'", "row 3, actor: 'NOBODY'"):
        assert words in message


def test_coordinates_that_are_swapped_are_seen_by_their_place():
    assert len(codebook.check(table({"lat": "35.2", "lon": "36.9"}), "events")) == 0
    (fault,) = codebook.check(table({"lat": "36.75", "lon": "35.13"}), "events").itertuples()
    assert (fault.row, fault.column, fault.value) == (1, "lat", "36.75, 35.13")
    assert fault.expected.endswith("are lat and lon swapped?")


def test_what_one_column_cannot_show():
    half = codebook.check(table({"lon": ""}), "events")
    assert list(half["expected"]) == ["lat and lon together, or neither"]
    adrift = codebook.check(table({"place_relation": "south_of", "place_id": ""}), "events")
    assert list(adrift["expected"]) == ["a place_id to relate to"]


def test_an_id_stands_once():
    faults = codebook.check(table({}, {"event_id": "e0"}), "events")
    assert "an id that stands once" in set(faults["expected"])


def test_a_column_that_stands_twice_is_a_fault():
    frame = table({})
    doubled = pd.concat([frame, frame[["actor"]]], axis=1)
    faults = codebook.check(doubled, "events")
    assert faults[["row", "column"]].to_numpy().tolist() == [[0, "actor"]]


def test_checking_leaves_the_table_as_it_was():
    frame = table({"event_type": "captured"})
    before = frame.copy()
    codebook.check(frame, "events")
    pd.testing.assert_frame_equal(frame, before)


def test_the_vocabularies():
    assert len(codebook.event_types()) == len(codebook.vocabulary("event_type")) == 27
    assert codebook.vocabulary("status") == ("stated", "attributed", "denied", "expected")
    assert set(codebook.vocabulary("date_precision")) == {"day", "range", "inferred"}
    assert {"HTS", "SYR", "RUS", "SOHR", "LOCAL_SOURCES"} <= set(codebook.vocabulary("actor"))
    assert "UNKNOWN" not in codebook.vocabulary("actor")
    assert set(codebook.event_types()["family"]) == {
        "control", "violence", "posture", "border", "reaction", "humanitarian",
    }  # fmt: skip


def test_unknown_names_are_refused_with_those_that_there_are():
    with pytest.raises(UnknownCodeError, match="no vocabulary 'colour'; there are event_type, actor, side"):
        codebook.vocabulary("colour")
    for ask in (codebook.check, codebook.validate):
        with pytest.raises(UnknownCodeError, match="no schema 'claims'; there is events"):
            ask(events.empty(), "claims")
