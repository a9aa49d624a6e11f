from csv import DictReader
from pathlib import Path

import pandas as pd
import pytest

from frontlines import codebook, data, events, reactions
from frontlines.errors import SchemaError, UnknownCodeError

TABLE = (Path(__file__).parent / "cases/act_kinds.tsv").read_text(encoding="utf-8")
CASES = list(DictReader(TABLE.splitlines(), delimiter="\t"))
CITIES = ["gn:170063", "gn:170017", "gn:169577", "gn:170654"]


@pytest.fixture(scope="module")
def record():
    tables = [data.table(f"record/{name}", numeric=("lat", "lon")) for name in ("border_events", "reactions")]
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def falls():
    return reactions.falls(data.table("record/control_changes"), CITIES)


@pytest.fixture(scope="module")
def acts(record, falls):
    return reactions.table(record, triggers=falls)


def told(*rows):
    """Events from (id, day, type, actor, target) and, if need be, same_as."""
    columns = ["event_id", "date", "event_type", "actor", "target", "same_as"]
    frame = pd.DataFrame([[*row, *[""] * (6 - len(row))] for row in rows], columns=columns)
    return events.tidy(frame.assign(status="stated"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_kind_of_an_act(case):
    event = told(("e1", "2024-12-06", case["event_type"], case["actor"].replace("-", ""), ""))
    event["status"] = case["status"]
    found = set(reactions.table(event)["kind"])
    assert found == ({case["kind"]} if case["kind"] else set())
    assert len(reactions.left_out(event)) == (0 if case["kind"] else 1)


def test_every_row_of_the_record_is_counted_or_left_out_with_a_reason(record, acts):
    left_out = reactions.left_out(record)
    assert sorted([*acts["event_id"].unique(), *left_out["event_id"]]) == sorted(record["event_id"])
    assert left_out["reason"].str.len().min() > 5


def test_what_is_told_twice_is_counted_once(record):
    twins = record[record["same_as"] != ""]
    assert len(twins) > 10
    counted = set(reactions.table(record)["event_id"])
    for row in twins.itertuples():
        assert len({row.event_id, *row.same_as.split(";")} & counted) <= len(row.same_as.split(";"))
    alone = reactions.table(record[record["event_id"].isin(twins["event_id"])])
    assert alone["event_id"].nunique() > 0


def test_a_joint_act_has_a_row_for_each_actor_and_counts_once():
    table = reactions.table(told(("e1", "2024-12-01", "appeal", "DEU;FRA;GBR;USA", "")))
    assert (len(table), table["event_id"].nunique(), set(table["joint"])) == (4, 1, {4})
    assert reactions.matrix(table, rows="bloc")["acts"].tolist() == [1]
    assert reactions.matrix(table)["acts"].sum() == 4


def test_a_lag_counts_from_the_last_fall_on_or_before_the_day(falls):
    days = ["2024-11-28", "2024-11-30", "2024-12-04", "2024-12-05", "2024-12-20"]
    rows = [(f"e{i}", day, "appeal", "UN", "") for i, day in enumerate(days)]
    table = reactions.table(told(*rows), triggers=falls)
    assert table["trigger"].tolist() == ["", "Aleppo", "Aleppo", "Hama", "Damascus;Homs"]
    assert table["lag_days"].isna().tolist() == [True, False, False, False, False]
    assert table["lag_days"].dropna().tolist() == [0, 4, 0, 12]


def test_falls_are_the_first_taking_of_the_place_itself(falls):
    assert falls["trigger"].tolist() == ["Aleppo", "Hama", "Damascus", "Homs"]
    assert falls["day"].tolist() == ["2024-11-30", "2024-12-05", "2024-12-08", "2024-12-08"]


def test_no_weight_without_a_plover_type(acts):
    weights = data.table("codebook/weights", numeric=("weight", "goldstein"))
    assert (weights["source"].str.len() > 0).all()
    assert weights["weight"].between(-10, 10).all()
    assert weights["goldstein"].between(-10, 10).all()
    assert acts.loc[acts["plover"] == "", "weight"].isna().all()
    assert acts.loc[acts["plover"] != "", "weight"].notna().all()
    types = codebook.event_types()
    assert set(types["plover"]) - {""} <= set(weights["plover"])


def test_blocs_are_a_table_that_can_be_changed():
    event = told(("e1", "2024-12-06", "appeal", "TUR", ""))
    mine = data.table("codebook/blocs")
    assert reactions.table(event)["bloc"].tolist() == ["backer_opposition"]
    mine.loc[mine["actor"] == "TUR", "bloc"] = "neighbour"
    assert reactions.table(event, blocs=mine)["bloc"].tolist() == ["neighbour"]
    mine.loc[mine["actor"] == "TUR", "bloc"] = "friends"
    with pytest.raises(UnknownCodeError, match="friends"):
        reactions.table(event, blocs=mine)


def test_blocs_and_marks_name_known_actors_and_blocs():
    blocs = data.table("codebook/blocs")
    assert not blocs["actor"].duplicated().any()
    assert set(blocs["bloc"]) <= set(data.table("codebook/marks").query("vocabulary == 'bloc'")["value"])
    marks = data.table("codebook/marks").query("vocabulary == 'reaction'")
    assert set(marks["value"]) - {"armed"} <= set(codebook.vocabulary("event_type"))


def test_matrix_is_in_order_and_adds_up(acts):
    table = reactions.matrix(acts)
    types = [column for column in table.columns if column not in ("bloc", "actor", "acts")]
    assert (table[types].sum(axis=1) == table["acts"]).all()
    assert types == [value for value in codebook.vocabulary("event_type") if value in types]
    assert table["bloc"].drop_duplicates().tolist() == reactions.matrix(acts, rows="bloc")["bloc"].tolist()
    with pytest.raises(UnknownCodeError, match="'country'"):
        reactions.matrix(acts, rows="country")


def test_phases_cover_every_day_once_and_lose_no_act(acts, falls):
    table = reactions.phases(acts, falls, first_day="2024-11-26", last_day="2024-12-20")
    spans = table.drop_duplicates("from_day")
    assert spans["days"].sum() == 25
    assert spans["phase"].tolist() == ["", "Aleppo", "Hama", "Damascus;Homs"]
    for bloc, rows in table.groupby("bloc"):
        assert rows["acts"].sum() == acts.loc[acts["bloc"] == bloc, "event_id"].nunique()


def test_balance_says_how_many_acts_have_a_weight(acts):
    table = reactions.balance(acts)
    assert (table["weighted"] <= table["acts"]).all()
    assert table["plover_mean"].between(-10, 10).all()


def test_consultations_link_the_doer_with_each_and_joint_doers_with_one_another():
    met = told(
        ("e1", "2024-12-01", "consultation", "IRN", "RUS;TUR"),
        ("e2", "2024-12-07", "consultation", "IRN;RUS;TUR", ""),
        ("e3", "2024-12-08", "appeal", "IRN", "RUS"),
    )
    pairs = reactions.consultations(reactions.table(met))
    assert pairs[["actor", "other", "meetings"]].to_numpy().tolist() == [
        ["IRN", "RUS", 2],
        ["IRN", "TUR", 2],
        ["RUS", "TUR", 1],
    ]
    assert pairs["days"].tolist() == ["2024-12-01;2024-12-07", "2024-12-01;2024-12-07", "2024-12-07"]
    assert pairs["bloc"].tolist() == ["ally_damascus", "ally_damascus", "ally_damascus"]
    assert pairs["other_bloc"].tolist() == ["ally_damascus", "backer_opposition", "backer_opposition"]


def test_consultations_of_the_record_are_those_that_are_counted(acts):
    pairs = reactions.consultations(acts)
    linked = {i for ids in pairs["event_ids"] for i in ids.split(";")}
    met = acts[acts["event_type"] == "consultation"]
    alone = met[(met["joint"] == 1) & (met["target"] == "")]
    assert linked | set(alone["event_id"]) == set(met["event_id"])
    assert (pairs["meetings"] == pairs["event_ids"].str.count(";") + 1).all()
    assert (pairs["days"].str.count(";") == pairs["event_ids"].str.count(";")).all()
    assert (pairs["first_day"] == pairs["days"].str.split(";").map(min)).all()


def test_empty_tables_keep_their_columns(falls):
    none = reactions.table(events.empty(), triggers=falls)
    assert (len(none), tuple(none.columns)) == (0, reactions.COLUMNS)
    assert tuple(reactions.left_out(events.empty()).columns) == reactions.LEFT_OUT_COLUMNS
    assert tuple(reactions.consultations(none).columns) == reactions.PAIR_COLUMNS
    assert list(reactions.matrix(none).columns) == ["bloc", "actor", "acts"]
    assert len(reactions.balance(none)) == 0


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(SchemaError, match="lacks target"):
        reactions.table(events.empty().drop(columns="target"))
