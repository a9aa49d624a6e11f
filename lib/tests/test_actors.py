from datetime import date

import pytest

from frontlines import actors
from frontlines.errors import UnknownCodeError


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
