import csv
from datetime import date
from pathlib import Path

import pytest

from frontlines import actors, data
from frontlines.errors import UnknownCodeError

CASES = Path(__file__).parent / "cases"
DIFFICULTIES = [
    "whose_army", "the_rebels", "free_army", "back_reference", "loaded_labels", "dated_names", "no_actor",
    "actors_ar_tr",
]  # fmt: skip


def cases(name):
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def as_case(found):
    """Write mentions as the tables do: words=ACTOR;ACTOR, with ! where the words are loaded."""
    groups = found.groupby(["start", "end"], sort=False)
    return "|".join(
        f"{rows['text'].iloc[0]}={';'.join(rows['actor'])}{'!' if rows['loaded'].iloc[0] else ''}"
        for _, rows in groups
    )


@pytest.mark.parametrize(
    "case", [case for name in DIFFICULTIES for case in cases(name)], ids=lambda case: case["text"][:70]
)
def test_actors_in_a_sentence(case):
    text = case["text"].replace("\\n", "\n")
    found = actors.find(text, language=case["language"], published=date.fromisoformat(case["published"]))
    if "!" not in case["expected"]:
        found = found.assign(loaded="")
    assert as_case(found) == case["expected"]
    assert [text[row.start : row.end] for row in found.itertuples()] == list(found["text"])


@pytest.mark.parametrize("case", cases("actor_spellings"), ids=lambda case: case["query"] or "empty")
def test_names_resolve(case):
    day = date.fromisoformat(case["day"]) if case["day"] else None
    found = actors.resolve([case["query"]], day=day).iloc[0]
    assert (found["query"], found["actor"], found["method"]) == (case["query"], case["actor"], case["method"])


def test_resolve_keeps_order_and_gives_the_side_of_the_day():
    found = actors.resolve(["HTS", "nobody", "the regime"], day=date(2024, 12, 1))
    assert list(found["actor"]) == ["HTS", "", "SYR"]
    assert list(found["side"]) == ["HTS", "", "GOV"]
    assert list(found["name"])[1] == ""


def test_an_accent_that_stands_alone_is_no_word():
    found = actors.resolve(["Sergey Lavrov(\u0301\u0301", "\u0301"], day=date(2024, 12, 1))
    assert list(found["actor"]) == ["RUS", ""]


def test_empty_text_gives_the_columns():
    assert list(actors.find("", language="fr").columns) == actors.COLUMNS


def test_unsupported_language_is_named():
    with pytest.raises(UnknownCodeError, match="'de'"):
        actors.find("die Armee", language="de")


@pytest.mark.parametrize(
    ("actor", "day", "expected"),
    [
        ("SYR", date(2024, 12, 7), "GOV"), ("SYR", date(2024, 12, 8), ""), ("SYR", date(2024, 12, 10), "HTS"),
        ("OPP", date(2024, 12, 1), "HTS"), ("FSA", None, "SOUTH"), ("SYR", None, "GOV"),
        ("TUR", date(2024, 12, 1), "SNA"), ("CIV", None, ""), ("FRA", None, ""),
    ],
)  # fmt: skip
def test_side_of_the_day(actor, day, expected):
    assert actors.side(actor, day) == expected


def test_side_of_an_unknown_actor_is_refused():
    with pytest.raises(UnknownCodeError, match="NOBODY"):
        actors.side("NOBODY")


def test_every_name_belongs_to_a_known_actor_and_every_side_is_in_the_codebook():
    known, names = data.table("codebook/actors"), data.table("codebook/actor_names")
    assert set(names["actor"]) - set(known["actor"]) == {""}
    assert set(known["side"]) <= set(data.table("codebook/sides")["side"]) | {""}
    assert not names.duplicated(["name", "actor", "lang", "form", "valid_from"]).any()


def test_every_state_has_a_name_in_all_four_languages():
    known = data.table("codebook/actors")
    states = known[known["type"] == "state"]
    assert states["actor"].nunique() > 190
    assert (states[["name_en", "name_fr", "name_ar", "name_tr"]] != "").all(axis=None)


def test_a_long_text_takes_time_in_proportion():
    text = "HTS seized the town. The rebels met the Turkish army, and its foreign minister spoke.\n" * 4000
    assert len(actors.find(text, language="en")) == 16_000


@pytest.mark.parametrize("language", ["fr", "en", "ar", "tr"])
@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "'s of the", "’", "de de de", "-led by backed by", "U.S.", "The U.S.\r\nThe U.S.", "« EI »",
     "of Iraq", "L\u2019arme\u0301e du re\u0301gime", "\ufeffHTC", "H\u200bTC", "İran ve Türkiye'nin",
     "الجيش " * 50, "👩‍🚀 HTS", "et la Russie, et, et la Chine", "pro-", "anti-régime",
     "the of the of the army of the", "\x0cHTS\x0b"],
)  # fmt: skip
def test_odd_texts_keep_their_offsets(text, language):
    found = actors.find(text, language=language, published=date(2024, 12, 6))
    assert [text[row.start : row.end] for row in found.itertuples()] == list(found["text"])
    assert found["score"].between(0, 1).all()


def test_decomposed_accents_are_read():
    found = actors.find("L\u2019arme\u0301e du re\u0301gime a recule\u0301.", language="fr")
    assert list(found["actor"]) == ["SYR"]
