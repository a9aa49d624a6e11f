import csv
from datetime import date
from pathlib import Path

import pytest

from frontlines import timex
from frontlines.errors import UnknownCodeError

CASES = Path(__file__).parent / "cases"


def cases(name):
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def as_case(row):
    """Write a row as the tables do: words=day, day/day, day>coming day, day!dateline, or background."""
    if row.method == "background":
        return f"{row.text}=background"
    days = row.date + (f"/{row.date_end}" if row.date_end else "")
    mark = "!dateline" if row.method == "dateline" else ""
    return f"{row.text}={days}{mark}" + (f">{row.date_future}" if row.date_future and not mark else "")


@pytest.mark.parametrize(
    "case", cases("days.tsv"), ids=lambda case: f"{case['language']}: {case['text'][:60]}"
)
def test_days(case):
    text = case["text"].replace("\\n", "\n")
    found = timex.find(text, published=date.fromisoformat(case["published"]), language=case["language"])
    assert "|".join(as_case(row) for row in found.itertuples()) == case["expected"]
    assert [text[row.start : row.end] for row in found.itertuples()] == list(found["text"])


def test_empty_text_gives_the_columns():
    assert list(timex.find("", published=date(2024, 12, 6), language="fr").columns) == timex.COLUMNS


def test_unsupported_language_is_named():
    with pytest.raises(UnknownCodeError, match="'de'"):
        timex.find("am Montag", published=date(2024, 12, 6), language="de")


def test_direction_must_be_one_of_two():
    with pytest.raises(UnknownCodeError, match="sideways"):
        timex.resolve(["Monday"], anchor=date(2024, 12, 6), language="en", direction="sideways")


def test_resolve_keeps_one_row_a_cue_in_order():
    asked = ["lundi", "deux jours plus tard", "nulle part", "depuis jeudi"]
    found = timex.resolve(asked, anchor=date(2024, 12, 8), language="fr", direction="future")
    assert list(found["query"]) == asked
    assert list(found["date"]) == ["2024-12-09", "2024-12-10", "", "2024-12-05"]
    assert list(found["date_end"]) == ["", "", "", "2024-12-08"]
    assert list(found["method"]) == ["weekday", "shift", "", "since"]


def test_a_long_text_takes_time_in_proportion():
    # 400 kB of dense cues: quadratic scanning would take minutes
    text = "Vendredi, le poste a fermé. La veille, rien. " * 9000
    assert len(timex.find(text, published=date(2024, 12, 7), language="fr")) == 18_000
