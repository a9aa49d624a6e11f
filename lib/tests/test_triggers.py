"""The tables that the coder reads: every row names only what there is."""

import re
from datetime import date

import pandas as pd
import pytest

from frontlines import assertion, codebook, coder, data, dispatch, lexicon, triggers, whereabouts

# what a `needs` may ask for besides the rows of classes.<lang>.csv
BUILT_IN = {
    "actor", "armed", "state", "place", "land", "site", "border", "crossing", "person", "people", "civilian",
    "leader", "officer", "pair", "some", "syrian", "grounded",
}  # fmt: skip
OWN_SLOTS = {"subj", "obj", "poss", "adj", "prt", "xcomp", "neg", "any"}
SPECIAL = {"=same", "=agent", "claim:separation", "claim:access_lost", "claim:significance"}
COLUMNS = ["trigger", "pos", "with", "event_type", "actor", "target", "place", "needs"]
# rows whose sentences are coded wrong so far, or that another always beats: make these fewer
WITHOUT_EXAMPLE = {"fr": 1, "en": 0}
WORD = re.compile(r"[^\W\d_]+(?:['’ -][^\W\d_]+)*'?")


@pytest.fixture(params=["fr", "en"])
def language(request):
    return request.param


def faults(table, check):
    """Write the rows of a trigger table that a check refuses, as a spreadsheet numbers them."""
    return [
        f"row {row.Index + 2}, {row.trigger}: {fault}" for row in table.itertuples() if (fault := check(row))
    ]


def slots_of(row):
    pairs = [part.rpartition(":")[0] for part in row[3].split("|")]
    needed = [slot for part in row.needs.split(";") for slot in part.lstrip("!").partition("=")[0].split("|")]
    roles_ = [slot for cell in (row.actor, row.target, row.place) for slot in cell.split("|")]
    return [slot.strip() for slot in (*pairs, *needed, *roles_) if slot.strip() not in ("", "-")]


def test_the_table_has_its_columns_and_no_row_twice(language):
    table = triggers.source(language)
    assert list(table.columns) == COLUMNS
    assert len({*"|".join(table["trigger"]).split("|")}) > 500
    assert list(table[table.duplicated()].index + 2) == []


def test_words_that_say_the_same_share_a_row(language):
    table = triggers.source(language)
    again = table[table.duplicated(COLUMNS[1:])]
    assert [
        f"row {i + 2}: add {word!r} to the row that says the same" for i, word in again["trigger"].items()
    ] == []


def test_rows_that_no_test_sentence_fires_are_listed(language):
    examples = data.table("codebook/trigger_examples").query("language == @language")
    known = set(examples[COLUMNS[1:]].itertuples(index=False, name=None))
    rows = triggers.source(language)
    told = [key in known for key in rows[COLUMNS[1:]].itertuples(index=False, name=None)]
    without = [f"row {i + 2}: {rows['trigger'][i]}" for i, one in enumerate(told) if not one]
    assert len(without) <= WITHOUT_EXAMPLE[language], without
    assert len(known) == sum(told), "sentences of rows that are gone: run data/codebook/examples.py"


def test_every_row_has_a_lemma_and_a_part_of_speech(language):
    def check(row):
        if row.pos not in ("VERB", "NOUN"):
            return f"pos {row.pos!r}"
        lemmas = row.trigger.split("|")
        if not all(map(WORD.fullmatch, lemmas)) or (language == "en" and row.trigger != row.trigger.lower()):
            return "no lemma"
        return "a lemma twice" if len({*lemmas}) < len(lemmas) else ""

    assert faults(triggers.source(language), check) == []


def test_every_event_type_is_in_the_codebook(language):
    known = {*codebook.vocabulary("event_type"), *SPECIAL}
    assert (
        faults(triggers.source(language), lambda row: "" if row.event_type in known else row.event_type) == []
    )


def test_every_event_type_can_be_told(language):
    told = set(triggers.source(language)["event_type"])
    assert set(codebook.vocabulary("event_type")) - told == set()


def test_every_slot_is_one_of_ours_or_a_preposition(language):
    def check(row):
        return ", ".join(slot for slot in slots_of(row) if slot not in OWN_SLOTS and not WORD.fullmatch(slot))

    assert faults(triggers.source(language), check) == []


def test_every_condition_is_well_written(language):
    def check(row):
        parts = [part for part in row.needs.split(";") if part]
        bad = [part for part in parts if not re.fullmatch(r"!?[^=;!]+=[^=;!]+", part)]
        words = [part.rpartition(":")[2] for part in row[3].split("|") if row[3]]
        bad += [word for word in words if word != "*" and not word.strip()]
        first = row[3].split("|")[0]
        return ", ".join(bad) or ("with names no slot" if row[3] and ":" not in first else "")

    assert faults(triggers.source(language), check) == []


def test_every_class_that_a_row_asks_for_is_there(language):
    known = BUILT_IN | set(lexicon.classes(language))

    def check(row):
        asked = [name for part in row.needs.split(";") for name in part.partition("=")[2].split("|") if name]
        return ", ".join(name for name in asked if name not in known)

    assert faults(triggers.source(language), check) == []


def test_the_most_exacting_row_comes_first(language):
    for rows in triggers.table(language).values():
        weights = [row.weight for row in rows]
        assert weights == sorted(weights, reverse=True)


def test_every_row_of_the_table_is_read(language):
    read = sorted((row.number, row.trigger) for rows in triggers.table(language).values() for row in rows)
    written = enumerate(triggers.source(language)["trigger"], 2)
    assert read == sorted((number, lemma) for number, cell in written for lemma in cell.split("|"))


def test_conditions_are_read_as_they_are_written():
    rows = pd.DataFrame(
        [
            [
                "take",
                "VERB",
                "obj:control|power|in:hand",
                "capture",
                "",
                "from",
                "obj",
                "subj=armed|actor;!any=air",
            ]
        ],
        columns=COLUMNS,
    )
    row = next(rows.itertuples())
    assert set(slots_of(row)) == {"obj", "in", "from", "subj", "any", ""} - {""}
    read = next(r for r in triggers.table("en")["capture", "VERB"] if not r.with_)
    assert read.actor == ("subj",)
    assert read.event_type == "capture"


def test_classes_and_words_of_saying_are_well_formed(language):
    classes = data.table(f"codebook/classes.{language}")
    assert classes["class"].is_unique
    empty = [row[1] for row in classes.itertuples() if not [w for w in row.lemmas.split(";") if w]]
    assert empty == ([] if language == "fr" else ["etre"])  # English has no verbs with "être"
    assert set(assertion.speech(language).values()) <= {"say", "deny", "expect"}
    assert {pos for _, pos in assertion.speech(language)} <= {"VERB", "NOUN"}
    assert {"deny", "expect", "say"} <= set(assertion.speech(language).values())


def test_relations_are_patterns_for_relations_of_the_codebook(language):
    rows = data.table(f"codebook/relations.{language}")
    assert set(rows["relation"]) <= set(codebook.vocabulary("place_relation"))
    for pattern in rows["pattern"]:
        assert re.compile(pattern)
    assert whereabouts.relation({"fr": "au sud de ", "en": "south of "}[language], 11, language) in (
        "south_of",
        "",
    )


def test_a_row_that_fires_is_named_in_the_rule(language):
    text = {"fr": "Les rebelles se sont emparés de Hama.", "en": "The rebels captured Hama."}[language]
    one = dispatch.from_text(text, language=language, published=date(2024, 12, 6))
    lang, number, trigger = coder.code(one).events["rule"].iloc[0].split(":")
    row = triggers.source(language).iloc[int(number) - 2]
    assert (lang, row["event_type"]) == (language, "capture")
    assert trigger in row["trigger"].split("|")
