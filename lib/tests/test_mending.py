"""French trees put right: acts taken for participles, phrases hung too high."""

import pytest

from frontlines import dispatch, parsing, syntax


def words(text):
    one = dispatch.from_text(text, language="fr", published="2024-12-06")
    return {w.text: w for parsed in parsing.parse(one, [], []) for s in parsed.sentences for w in s}


@pytest.mark.parametrize(
    ("text", "word", "verbal"),
    [
        ("Poussée des soldats vers la colline.", "Poussée", False),
        ("La colline a été prise par les soldats.", "prise", True),
        ("Une colline prise par les soldats a brûlé.", "prise", True),
    ],
)
def test_an_act_is_no_participle(text, word, verbal):
    assert syntax.is_verbal(words(text)[word]) is verbal


def test_a_phrase_hangs_on_the_noun_before_it():
    found = words("Échanges de tirs autour du pont et ralliement d'une dizaine de policiers aux insurgés.")
    assert found["dizaine"].head.text == "ralliement"


def test_a_word_with_a_hyphen_is_one():
    assert "centre-ville" in words("Les soldats ont quitté le centre-ville.")
