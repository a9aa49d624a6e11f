from datetime import date

import pandas as pd
import pytest

from frontlines import coder, data, dispatch, framing

SEED = data.data_dir().parent / "seeds/000_ae9f41262698f79d.txt"
INDEX = data.table("gold/dispatches/index").query("half == 'tune'")


def read(text, *, language="fr", published="2024-12-06", tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    return dispatch.read(path, published=published, language=language)


def event(actor, label, dispatch_id):
    return {"actor": actor, "label_used": label, "dispatch_id": dispatch_id}


@pytest.fixture(scope="module")
def seed():
    return dispatch.read(SEED, published="2024-12-06")


@pytest.fixture(scope="module")
def found(seed):
    return framing.mentions(seed)


@pytest.mark.parametrize(
    ("actor", "label", "loaded"),
    [
        ("SDF", "organisation terroriste PKK/YPG", "yes"),
        ("SYR", "régime syrien", "yes"),
        ("SYR", "armée du régime", "yes"),
        ("SYR", "administration de Damas", None),
        ("HTS", "HTS", ""),
        ("FSA", "ASL", ""),
        ("SNA", "Armée nationale syrienne", ""),
    ],
)
def test_labels_of_the_seed(found, actor, label, loaded):
    counted = framing.labels(found)
    rows = counted[(counted["actor"] == actor) & (counted["label"] == label)]
    assert len(rows) == 1
    assert loaded is None or rows["loaded"].item() == loaded


def test_offsets_lead_to_the_words_and_their_sentence(seed, found):
    for row in found.itertuples():
        assert seed.text[row.start : row.end] == row.label
        assert row.label in row.quote
        assert row.quote in seed.text


@pytest.mark.parametrize("name", INDEX["file"])
def test_offsets_hold_in_every_tune_dispatch(name):
    row = INDEX.set_index("file").loc[name]
    text = dispatch.read(data.data_dir() / f"gold/dispatches/{name}", published=row["published"])
    mentions = framing.mentions(text, source=row["register"])
    assert len(mentions) > 5
    assert [text.text[a:b] for a, b in zip(mentions["start"], mentions["end"], strict=True)] == list(
        mentions["label"]
    )
    counted = framing.labels(mentions)
    assert counted["n"].sum() == (mentions["candidate"] == "").sum()
    assert set(counted["source"]) == {row["register"]}


def test_countries_and_capitals_count_only_where_an_event_has_them_as_doer(tmp_path):
    text = read(
        "Le Liban ferme sa frontière. Des combats ont eu lieu au Liban et à Damas.", tmp_path=tmp_path
    )
    mentions = framing.mentions(text)
    assert framing.labels(mentions).query("actor == 'LBN'").empty
    acts = pd.DataFrame([event("LBN", "Liban", text.dispatch_id)])
    lebanon = framing.labels(mentions, acts).query("actor == 'LBN'")
    assert lebanon[["label", "n_events"]].to_numpy().tolist() == [["Liban", 1]]
    elsewhere = pd.DataFrame([event("LBN", "Liban", "another dispatch")])
    assert framing.labels(mentions, elsewhere).query("actor == 'LBN'").empty


def test_spellings_that_differ_in_case_or_apostrophe_are_one_label(tmp_path):
    text = read(
        "LE RÉGIME SYRIEN RECULE\n\nLe régime syrien a reculé. Le Régime syrien se tait.", tmp_path=tmp_path
    )
    counted = framing.labels(framing.mentions(text, source="A paper")).query("actor == 'SYR'")
    assert counted[["label", "n", "loaded"]].to_numpy().tolist() == [["RÉGIME SYRIEN", 3, "yes"]]


def test_events_are_counted_once_a_dispatch_however_often_the_label_stands(found, seed):
    acts = pd.DataFrame([event("HTS", "HTS", seed.dispatch_id), event("HTS;SNA", "HTS", seed.dispatch_id)])
    counted = framing.labels(found, acts).query("actor == 'HTS' and label == 'HTS'")
    assert counted["n"].item() > 1
    assert counted["n_events"].item() == 2


def test_every_doer_of_the_seed_has_a_label(found, seed):
    coded = coder.code(seed).events
    counted = framing.labels(found, coded)
    assert set(counted["actor"]) >= {one for ids in coded["actor"] for one in ids.split(";") if one}
    assert counted["n_events"].sum() >= len(coded[coded["actor"] != ""]) * 0.8


def test_compare_sets_sources_side_by_side(tmp_path):
    one = read("Le régime syrien recule. L’armée du régime se tait.", tmp_path=tmp_path)
    two = read("Syrian government forces withdrew.", language="en", tmp_path=tmp_path)
    mentions = pd.concat([framing.mentions(one, source="A"), framing.mentions(two, source="B")])
    table = framing.compare(framing.labels(mentions)).query("actor == 'SYR'").set_index("source")
    assert table["mentions"].to_dict() == {"A": 2, "B": 1}
    assert table["loaded_share"].to_dict() == {"A": 1.0, "B": 0.0}
    assert table.loc["A", "loaded_labels"] == "armée du régime;régime syrien"
    assert table.loc["B", "loaded_labels"] == ""


def test_loaded_share_is_of_mentions_not_of_labels(tmp_path):
    words = "L’armée syrienne recule. L’armée syrienne se tait. L’armée syrienne fuit. Le régime syrien cède."
    text = read(words, tmp_path=tmp_path)
    table = framing.compare(framing.labels(framing.mentions(text))).query("actor == 'SYR'")
    assert table[["mentions", "labels", "loaded", "loaded_share"]].to_numpy().tolist() == [[4, 2, 1, 0.25]]


def test_parties_leaves_out_sources_and_onlookers(found):
    kept = set(framing.parties(framing.labels(found))["actor"])
    assert {"HTS", "SDF", "SNA", "SYR"} <= kept
    assert not kept & {"LOCAL_SOURCES", "CHN", "JOR"}


def test_known_names_say_whether_a_page_stands_behind_them():
    names = framing.known(["SDF", "SYR"])
    assert names.columns.tolist() == list(framing.KNOWN_COLUMNS)
    assert set(names["actor"]) == {"SDF", "SYR"}
    assert (names["named_at"] != "").eq(names["basis"] == "found").all()
    assert set(framing.known(["SDF"], loaded_only=True)["loaded"]) == {"yes"}
    assert framing.known([]).empty


def test_a_text_without_actors(tmp_path):
    mentions = framing.mentions(read("Il a plu toute la nuit sur la plaine.", tmp_path=tmp_path))
    assert mentions.columns.tolist() == list(framing.MENTION_COLUMNS)
    assert framing.labels(mentions).columns.tolist() == list(framing.LABEL_COLUMNS)
    assert framing.compare(framing.labels(mentions)).columns.tolist() == list(framing.COMPARE_COLUMNS)


def test_labels_are_dated(tmp_path):
    """Hold "the regime" for nobody's label once the caretaker government is in office."""
    texts = {
        day: read("Le régime syrien recule.", published=day, tmp_path=tmp_path)
        for day in ("2024-12-06", "2024-12-15")
    }
    assert {day: list(framing.mentions(text)["actor"]) for day, text in texts.items()}["2024-12-06"] == [
        "SYR"
    ]
    assert texts["2024-12-15"].published == date(2024, 12, 15)
    assert "yes" not in set(framing.mentions(texts["2024-12-15"])["loaded"])
