import csv
import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontlines import agreement, coder, data, dispatch
from frontlines.errors import SchemaError

TABLE = (Path(__file__).parent / "cases/partial_matches.tsv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))
OPEN = ("border", "reaction")
TUNE = data.table("gold/dispatches/index").query("half == 'tune'")["file"].str.removesuffix(".txt").tolist()
LEVELS = list(agreement.LEVELS)


def row(text):
    """Write a row from its short form: `type actor lat,lon date status 'words'`."""
    (head, words) = re.fullmatch(r"([^']*?)\s*(?:'(.*)')?", text).groups()
    event_type, actor, point, day, status = head.split()
    lat, _, lon = point.partition(",")
    return {
        "event_type": event_type, "actor": actor.strip("-"), "lat": lat.strip("-"), "lon": lon, "date": day,
        "status": status, "quote": words or "",
    }  # fmt: skip


def coding(*texts):
    return pd.DataFrame([row(text) for text in texts], columns=list(row("x y 1,1 d s")))


def gold(name, kind):
    return data.table(f"gold/dispatches/{name}.{kind}")


def swapped(pairs):
    turned = {f"{a}_{x}": f"{a}_{y}" for a in (*agreement.FIELDS, "row", "quote") for x, y in ("ab", "ba")}
    frame = pairs.rename(columns=turned)[list(agreement.PAIR_COLUMNS)]
    frame["match"] = frame["match"].replace({"only a": "only b", "only b": "only a"})
    order = frame.assign(late=frame["row_a"].isna()).sort_values(["late", "row_a", "row_b"], kind="stable")
    return frame.loc[order.index].reset_index(drop=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_pairs_and_what_differs(case):
    pairs = agreement.compare(coding(case["one"]), coding(case["other"]))
    if case["match"] == "only":
        assert pairs["match"].tolist() == ["only a", "only b"]
    else:
        assert pairs[["match", "differs"]].to_numpy().tolist() == [[case["match"], case["differs"]]]


@pytest.mark.parametrize("name", TUNE)
def test_a_coding_agrees_with_itself(name):
    pairs = agreement.compare(gold(name, "gold"), gold(name, "gold").sample(frac=1, random_state=1))
    assert set(pairs["match"]) == {"full"}
    assert (pairs["differs"] == "").all()
    assert agreement.scores(pairs)[["precision", "recall", "f1"]].eq(1).all(axis=None)
    assert agreement.alpha_of(pairs) == 1


@pytest.mark.parametrize("name", TUNE)
def test_swapping_the_codings_swaps_the_columns_only(name):
    a, b = gold(name, "gold").iloc[3:], gold(name, "gold_b").iloc[:-4]
    one, two = agreement.compare(a, b), agreement.compare(b, a)
    pd.testing.assert_frame_equal(one, swapped(two))
    there, back = agreement.scores(one), agreement.scores(two)
    pd.testing.assert_series_equal(there["f1"], back["f1"])
    pd.testing.assert_series_equal(there["precision"], back["recall"], check_names=False)
    assert agreement.alpha(a, b) == pytest.approx(agreement.alpha(b, a))


def test_the_two_machine_codings_agree_as_the_readme_of_the_gold_says():
    pairs = [agreement.compare(gold(n, "gold"), gold(n, "gold_b"), place_open=OPEN) for n in TUNE]
    counted = agreement.scores(pd.concat(pairs)).query("event_type == 'all'").set_index("level")["f1"]
    assert counted.to_dict() == {"type+place": 1.0, "+actor": 1.0, "full": 1.0, "full+status": 0.993}


_points = st.sampled_from(["35.13,36.75", "35.21,36.75", "35.30,36.75", "33.51,36.75", "-"])
_rows = st.tuples(
    st.sampled_from(["capture", "advance"]), st.sampled_from(["HTS", "SNA", "-"]), _points,
    st.sampled_from(["2024-12-05", "2024-12-06"]), st.just("stated"),
).map(" ".join)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(_rows, max_size=4), st.lists(_rows, max_size=4))
def test_no_other_assignment_matches_more_types_and_places(one, other):
    a, b = coding(*one), coding(*other)
    alike = np.array([[_type_and_place(x, y) for y in other] for x in one]).reshape(len(a), len(b))
    short, long = sorted(alike.shape)
    best = max(
        sum(alike[(i, j) if len(a) <= len(b) else (j, i)] for i, j in enumerate(order))
        for order in itertools.permutations(range(long), short)
    )
    pairs = agreement.compare(a, b)
    counted = agreement.scores(pairs).query("event_type == 'all' and level == 'type+place'")["both"].item()
    assert counted == best
    assert sorted(pairs["row_a"].dropna()) == list(range(len(a)))
    assert sorted(pairs["row_b"].dropna()) == list(range(len(b)))


def _type_and_place(x, y):
    one, two = row(x), row(y)
    if one["event_type"] != two["event_type"] or not (one["lat"] and two["lat"]):
        return one["event_type"] == two["event_type"] and one["lat"] == two["lat"]
    return abs(float(one["lat"]) - float(two["lat"])) * 111.2 <= 15  # km to a degree of latitude


def test_the_row_alike_in_actor_and_day_goes_first():
    a = coding("capture HTS 35.1,36.7 2024-12-05 stated")
    b = coding("capture SNA 35.1,36.7 2024-12-05 stated", "capture HTS 35.1,36.7 2024-12-05 stated")
    pairs = agreement.compare(a, b)
    assert pairs[["row_b", "match"]].to_numpy().tolist() == [[1, "full"], [0, "only b"]]


def test_words_decide_between_rows_that_are_alike():
    a = coding("clash - 35.1,36.7 2024-12-05 stated 'gunfire in the old town'")
    b = coding("clash - 35.1,36.7 2024-12-05 stated 'a fight at the depot'",
               "clash - 35.1,36.7 2024-12-05 stated 'heavy gunfire in the old town'")  # fmt: skip
    assert agreement.compare(a, b)["row_b"].tolist() == [1, 0]


def test_offsets_count_as_words_do():
    a = coding("capture HTS 35.1,36.7 2024-12-05 stated").assign(start=10, end=30)
    b = coding("handover HTS 35.1,36.7 2024-12-05 stated").assign(start=12, end=34)
    pairs = agreement.compare(a, b)
    assert pairs["words"].item() == 0.86
    assert agreement.compare(a, b.assign(start=40, end=50))["match"].tolist() == ["only a", "only b"]


def test_rows_match_only_within_one_sentence():
    a = coding("clash - 35.1,36.7 2024-12-05 stated").assign(sentence_id="s1")
    b = coding("clash - 35.1,36.7 2024-12-05 stated").assign(sentence_id="s2")
    both = pd.concat([b, a])
    assert agreement.compare(a, both)[["unit", "match"]].to_numpy().tolist() == [
        ["s1", "full"],
        ["s2", "only b"],
    ]


def test_dispatch_ids_without_a_value_in_common_are_ignored():
    a = coding("clash - 35.1,36.7 2024-12-05 stated").assign(dispatch_id="d1")
    assert agreement.compare(a, a.assign(dispatch_id="d2"))["match"].tolist() == ["full"]


def test_a_place_given_by_name_is_looked_up():
    a = coding("capture HTS - 2024-12-05 stated").assign(place="Hama")
    b = coding("capture HTS 35.13,36.76 2024-12-05 stated").assign(place_name="Hamah")
    assert agreement.compare(a, b)["match"].tolist() == ["full"]
    nowhere = [a.assign(place=name) for name in ("Qxzzv", "Qxzzv", "Wqqkk")]
    assert agreement.compare(nowhere[0], nowhere[1])["match"].tolist() == ["full"]
    assert agreement.compare(nowhere[0], nowhere[2])["match"].tolist() == ["only a", "only b"]


def test_the_place_of_reactions_can_be_left_open():
    a = coding("appeal FRA - 2024-12-05 stated", "capture HTS - 2024-12-05 stated")
    b = coding("appeal FRA 33.5,36.3 2024-12-05 stated", "capture HTS 33.5,36.3 2024-12-05 stated")
    assert agreement.compare(a, b, place_open=OPEN)["match"].tolist() == ["full", "only a", "only b"]


def test_scores_by_hand():
    a = coding("capture HTS 35,36 2024-12-05 stated", "capture HTS 34,36 2024-12-05 stated",
               "clash - 35,36 2024-12-05 stated")  # fmt: skip
    b = coding("capture SNA 35,36 2024-12-05 stated", "clash - 35,36 2024-12-04 stated")
    got = agreement.scores(agreement.compare(a, b)).set_index(["level", "event_type"])
    assert got.loc[("type+place", "all"), ["a", "b", "both"]].tolist() == [3, 2, 2]
    assert got.loc[("type+place", "all"), ["precision", "recall", "f1"]].tolist() == [1, 0.667, 0.8]
    assert got.loc[("+actor", "capture"), "both"] == 0
    assert got.loc[("+actor", "clash"), "both"] == 1
    assert got.loc[("full", "all"), ["both", "f1"]].tolist() == [0, 0]


def test_alpha_by_hand():
    """Four units, types (c, c), (c, h), (k, k), (k, not coded): alpha is 1 - 7 x 4 / 44."""
    a = coding("capture HTS 35,36 2024-12-05 stated 'x'", "capture HTS 34,36 2024-12-05 stated 'y'",
               "clash - 35,36 2024-12-05 stated", "clash - 33,36 2024-12-05 stated")  # fmt: skip
    b = coding("capture HTS 35,36 2024-12-05 stated 'x'", "handover HTS 34,36 2024-12-05 stated 'y'",
               "clash - 35,36 2024-12-05 stated")  # fmt: skip
    # coincidences: c 3, h 1, k 3, not coded 1; pairs that differ: 64 - 9 - 1 - 9 - 1 = 44, observed 4 of 8
    assert agreement.alpha(a, b) == pytest.approx(1 - (8 - 1) * 4 / 44)
    assert agreement.alpha(a, b, field="actor") == 1


def test_alpha_of_one_value_is_not_defined():
    a = coding("clash - 35,36 2024-12-05 stated")
    assert np.isnan(agreement.alpha(a, a))
    assert np.isnan(agreement.alpha(a.iloc[:0], a.iloc[:0]))


def test_alpha_of_places_goes_by_place_not_by_spelling():
    a = coding("clash - 35,36 2024-12-05 stated", "clash - 33,36 2024-12-05 stated").assign(
        place=["Rasten", "X"]
    )
    b = a.assign(place=["Rastan", "X"])
    assert agreement.alpha(a, b, field="place") == 1


def test_confusion_counts_disagreements_first():
    a = coding(
        "capture HTS 35,36 2024-12-05 stated 'x'",
        "clash - 35,36 2024-12-05 stated",
        "aid FRA - 2024-12-05 stated",
    )
    b = coding("handover HTS 35,36 2024-12-05 stated 'x'", "clash - 35,36 2024-12-05 stated")
    assert agreement.confusion(agreement.compare(a, b)).to_numpy().tolist() == [
        ["aid", agreement.NOT_CODED, 1], ["capture", "handover", 1], ["clash", "clash", 1],
    ]  # fmt: skip


def test_two_empty_codings():
    nothing = coding()
    pairs = agreement.compare(nothing, nothing)
    assert pairs.columns.tolist() == list(agreement.PAIR_COLUMNS)
    assert len(pairs) == 0
    got = agreement.scores(pairs)
    assert got["level"].tolist() == LEVELS
    assert got[["precision", "recall", "f1"]].isna().all(axis=None)
    assert agreement.confusion(pairs).columns.tolist() == list(agreement.CONFUSION_COLUMNS)


def test_inputs_are_left_as_they_were():
    a = coding("clash - 35,36 2024-12-05 stated")
    before = a.copy()
    agreement.compare(a, a)
    pd.testing.assert_frame_equal(a, before)


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (pd.DataFrame({"type": ["clash"]}), "coding a has no column event_type"),
        (coding("captured HTS 35,36 2024-12-05 stated"), r"row 1: 'captured'.*event_types.csv"),
        (coding("clash HTS north,36 2024-12-05 stated"), "row 1, lat: 'north'; expected a number"),
    ],
)
def test_what_cannot_be_compared_is_refused(frame, told):
    with pytest.raises(SchemaError, match=told):
        agreement.compare(frame, coding("clash - 35,36 2024-12-05 stated"))


def test_the_coder_compared_with_a_sheet_coded_by_hand():
    text = dispatch.read(data.data_dir() / f"gold/dispatches/{TUNE[0]}.txt", published="2024-11-29")
    pairs = agreement.compare(gold(TUNE[0], "gold"), coder.code(text).events, place_open=OPEN)
    assert len(pairs[pairs["match"] == "full"]) >= 8
    assert pairs["row_a"].notna().sum() == len(gold(TUNE[0], "gold"))


def test_sentences_left_blank_in_a_sheet_are_passed_over():
    sheet = data.table("gold/coding_sheet")
    sheet.loc[2, ["event_type", "actor", "place", "status"]] = ["advance", "HTS", "Homs", "stated"]
    pairs = agreement.compare(sheet, sheet.loc[[2]])
    assert pairs[["row_a", "match"]].to_dict("records") == [{"row_a": 2, "match": "full"}]
    assert len(agreement.compare(sheet.head(2), sheet.head(2))) == 0


def test_the_coding_sheet_has_the_sentences_of_the_seed_dispatch():
    sheet = data.table("gold/coding_sheet")
    seed = sorted((data.data_dir().parent / "seeds").glob("*.txt"))[0]
    assert sheet["text"].tolist() == dispatch.read(seed).sentences()["text"].tolist()
    assert set(sheet.columns) - {"text"} == set(data.table("gold/sentences.gold").columns)
