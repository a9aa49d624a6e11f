from datetime import date
from types import SimpleNamespace

import pytest

from frontlines import coder, dating, dispatch

DAY = date(2024, 12, 6)  # a Friday


def test_without_a_cue_the_day_is_the_dispatchs_own():
    assert dating.when(None, DAY, expected=False) == {
        "date": "2024-12-06", "date_end": "", "date_precision": "inferred",
    }  # fmt: skip


def test_a_bare_weekday_of_what_is_to_come_is_the_coming_one():
    row = SimpleNamespace(date="2024-12-05", date_future="2024-12-12", date_end="", date_precision="day")
    assert dating.when(row, DAY, expected=True)["date"] == "2024-12-12"
    assert dating.when(row, DAY, expected=False)["date"] == "2024-12-05"


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en", "Rebels captured Hama on Thursday and entered Homs on Friday.", ["2024-12-05", "2024-12-06"]),
        (
            "fr",
            "Les rebelles ont pris Hama jeudi et sont entrés dans Homs vendredi.",
            ["2024-12-05", "2024-12-06"],
        ),
        ("en", "On Thursday, rebels captured Hama.", ["2024-12-05"]),
        ("fr", "Jeudi, les rebelles ont pris Hama.", ["2024-12-05"]),
        (
            "en",
            "The rebels, who took Aleppo on 30 November, entered Homs on Friday.",
            ["2024-11-30", "2024-12-06"],
        ),
        ("fr", "Les rebelles ont pris Hama hier. Ils sont entrés dans Homs.", ["2024-12-05", "2024-12-06"]),
        ("en", "Rebels captured Hama yesterday. They entered Homs.", ["2024-12-05", "2024-12-06"]),
    ],
)
def test_each_act_has_its_own_time(language, text, days):
    coded = coder.code(dispatch.from_text(text, language=language, published=DAY)).events
    assert sorted(coded["date"]) == days
