from datetime import date

import pytest

from frontlines import timex
from frontlines.errors import UnknownCodeError


def test_empty_text_gives_the_columns():
    assert list(timex.find("", published=date(2024, 12, 6), language="fr").columns) == timex.COLUMNS


def test_unsupported_language_is_named():
    with pytest.raises(UnknownCodeError, match="'de'"):
        timex.find("am Montag", published=date(2024, 12, 6), language="de")


def test_direction_must_be_one_of_two():
    with pytest.raises(UnknownCodeError, match="sideways"):
        timex.resolve(["Monday"], anchor=date(2024, 12, 6), language="en", direction="sideways")
