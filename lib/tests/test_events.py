import pandas as pd
import pytest

from frontlines import events
from frontlines.errors import SchemaError


def mention(start, **columns):
    base = {
        "dispatch_id": "d1", "date": "2024-12-05", "date_end": "", "date_precision": "day",
        "event_type": "capture", "actor": "HTS", "target": "", "gainer": "HTS", "loser": "",
        "place_id": "gn:170017", "place_name": "Hama", "place_relation": "", "lat": 35.13, "lon": 36.75,
        "precision_km": 5.0, "status": "stated", "source": "", "label_used": "the group", "start": start,
        "end": (start or 0) + 9, "quote": f"quote {start or 0:03}", "coder": "auto", "rule": "en:2:capture",
    }  # fmt: skip
    return base | columns


def merged(*rows):
    return events.merge(rows)


def test_an_empty_table_has_the_columns():
    assert list(events.empty().columns) == list(events.COLUMNS)
    told, mentions = events.merge([])
    assert list(told.columns) == list(events.COLUMNS)
    assert list(mentions.columns) == list(events.MENTION_COLUMNS)
    assert len(told) == len(mentions) == 0


def test_repeats_are_one_event_at_its_first_mention():
    told, mentions = merged(mention(50), mention(10), mention(90))
    assert told[["start", "end", "quote", "n_mentions"]].to_numpy().tolist() == [[10, 19, "quote 010", 3]]
    assert list(mentions["start"]) == [10, 50, 90]
    assert list(mentions["event_id"]) == [told["event_id"].iloc[0]] * 3


@pytest.mark.parametrize(
    ("statuses", "wins"),
    [
        (["attributed", "stated"], "stated"),
        (["expected", "attributed"], "attributed"),
        (["expected", "stated", "attributed"], "stated"),
        (["stated", "attributed"], "stated"),
    ],
)
def test_the_most_direct_status_wins_with_its_source(statuses, wins):
    rows = [
        mention(10 * i, status=status, source="" if status == "stated" else f"S{i}")
        for i, status in enumerate(statuses)
    ]
    told, _ = merged(*rows)
    assert list(told["status"]) == [wins]
    assert list(told["source"]) == [next(row["source"] for row in rows if row["status"] == wins)]


def test_denied_stands_apart():
    told, _ = merged(mention(0), mention(20, status="denied", source="SYR"), mention(40, status="denied"))
    assert list(told["status"]) == ["stated", "denied"]
    assert list(told["n_mentions"]) == [1, 2]
    assert told["event_id"].is_unique


def test_an_inferred_day_joins_the_day_that_is_named():
    told, _ = merged(mention(0, date="2024-12-06", date_precision="inferred"), mention(20, date="2024-12-05"))
    assert told[["date", "date_precision", "n_mentions"]].to_numpy().tolist() == [["2024-12-05", "day", 2]]


def test_two_named_days_are_two_events():
    told, _ = merged(mention(0, date="2024-12-04"), mention(20, date="2024-12-05"))
    assert list(told["date"]) == ["2024-12-04", "2024-12-05"]


def test_what_is_yet_to_come_does_not_join_another_day():
    told, _ = merged(
        mention(0, date="2024-12-05"),
        mention(20, date="2024-12-06", date_precision="inferred", status="expected"),
    )
    assert list(told["status"]) == ["stated", "expected"]


def test_a_mention_without_actor_or_target_joins_the_one_that_names_it():
    told, _ = merged(
        mention(0, actor="", gainer="", label_used=""), mention(20, target="SYR", loser="SYR"), mention(40)
    )
    assert told[["actor", "target", "gainer", "loser", "label_used", "n_mentions"]].to_numpy().tolist() == [
        ["HTS", "SYR", "HTS", "SYR", "the group", 3]
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"actor": "SNA"},
        {"event_type": "advance"},
        {"place_id": "gn:169577"},
        {"place_relation": "south_of"},
        {"dispatch_id": "d2"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_actor_type_place_relation_or_dispatch_is_another_event(other):
    told, mentions = merged(mention(0), mention(20, **other))
    assert len(told) == len(mentions) == 2
    assert told["event_id"].is_unique


def test_a_nameless_mention_does_not_join_two_that_differ():
    told, _ = merged(mention(0, actor="HTS"), mention(20, actor="SNA"), mention(40, actor=""))
    assert list(told["n_mentions"]) == [2, 1]


def test_ids_depend_on_what_is_coded_not_on_where_it_stands():
    first, _ = merged(mention(0), mention(20, place_id="gn:169577"))
    second, _ = merged(mention(300, quote="other words"), mention(100, place_id="gn:169577"))
    assert set(first["event_id"]) == set(second["event_id"])
    assert events.identify(first)["event_id"].to_list() == first["event_id"].to_list()


def test_equal_rows_are_numbered():
    twice = events.tidy(pd.DataFrame([mention(0), mention(20)]))
    ids = events.identify(twice)["event_id"]
    assert ids.is_unique
    assert ids[1] == f"{ids[0]}-2"


def test_offsets_are_whole_and_cut_a_text():
    row = events.tidy(pd.DataFrame([mention(3), mention(1)])).iloc[1]
    assert "0123456789ab"[row["start"] : row["end"]] == "123456789"
    assert events.tidy(pd.DataFrame([mention(3), mention(None)]))["start"].isna().tolist() == [False, True]


def test_tidy_adds_missing_columns_keeps_others_and_leaves_its_argument():
    frame = pd.DataFrame({"lat": ["35.1", ""], "event_type": ["capture", None], "own": [1, 2]})
    before = frame.copy()
    tidied = events.tidy(frame)
    assert list(tidied.columns) == [*events.COLUMNS, "own"]
    assert tidied["lat"].iloc[0] == 35.1
    assert pd.isna(tidied["lat"].iloc[1])
    assert list(tidied["event_type"]) == ["capture", ""]
    assert list(tidied["actor"]) == ["", ""]
    pd.testing.assert_frame_equal(frame, before)


def test_what_is_written_is_read_again(tmp_path):
    told, _ = merged(
        mention(0, quote='« Hama », "ville"\nprise d’assaut; İ'),
        mention(20, place_id="", place_name="", lat=None, lon=None, precision_km=None),
    )
    path = tmp_path / "e.csv"
    events.write(told, path)
    pd.testing.assert_frame_equal(events.read(path), told)
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert raw.decode("utf-8").startswith(",".join(events.COLUMNS) + "\n")
    assert list(tmp_path.iterdir()) == [path]
    events.write(events.read(path), path)
    assert path.read_bytes() == raw


def test_an_empty_table_is_read_again(tmp_path):
    events.write(events.empty(), tmp_path / "e.csv")
    assert list(events.read(tmp_path / "e.csv").columns) == list(events.COLUMNS)


def test_a_table_with_a_byte_order_mark_and_further_columns_is_read(tmp_path):
    told, _ = merged(mention(0))
    told["note"] = "ours"
    path = tmp_path / "e.csv"
    path.write_text("\ufeff" + events.to_csv(told), encoding="utf-8")
    assert list(events.read(path)["note"]) == ["ours"]


@pytest.mark.parametrize("raw", [b"", b"event_id,quote\ne1,\xe9t\xe9\n", b"a,b\n1,2\n1,2,3,4\n"])
def test_a_file_that_is_no_table_is_refused(tmp_path, raw):
    path = tmp_path / "e.csv"
    path.write_bytes(raw)
    with pytest.raises(SchemaError, match=r"e\.csv: cannot be read as a CSV in UTF-8"):
        events.read(path)
    with pytest.raises(SchemaError, match="cannot be read"):
        events.read(tmp_path / "nowhere.csv")


def test_a_table_with_faults_is_refused(tmp_path):
    told, _ = merged(mention(0))
    events.write(told.assign(event_type="captured"), tmp_path / "e.csv")
    with pytest.raises(SchemaError, match="row 1, event_type: 'captured'"):
        events.read(tmp_path / "e.csv")
