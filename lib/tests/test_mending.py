"""French words put right: acts taken for participles, verbs for nouns, phrases hung too high."""

import pytest
from trees_of import words

from frontlines import syntax


@pytest.mark.parametrize(
    ("text", "word", "verbal"),
    [
        ("Poussée des soldats vers Homs.", "Poussée", False),
        ("La colline a été prise par les soldats à Homs.", "prise", True),
        ("Une colline prise par les soldats a brûlé à Homs.", "prise", True),
    ],
)
def test_an_act_is_no_participle(text, word, verbal):
    assert syntax.is_verbal(words(text, "fr")[word]) is verbal


def test_a_phrase_hangs_on_the_noun_before_it():
    found = words(
        "Échanges de tirs autour du pont et ralliement d'une dizaine de policiers aux insurgés à Homs.", "fr"
    )
    assert found["dizaine"].head.text == "ralliement"


def test_a_word_with_a_hyphen_is_one():
    assert "centre-ville" in words("Les soldats ont quitté le centre-ville de Homs.", "fr")


@pytest.mark.parametrize(
    ("text", "word", "head", "dep"),
    [
        ("Les soldats ont pris d'assaut plusieurs barrages à Homs.", "barrages", "pris", "obj"),
        ("L'Inde a fait sortir de Syrie ses diplomates.", "diplomates", "fait", "obj"),
        ("Après la chute de Homs aux mains des insurgés, l'armée a fui.", "mains", "chute", "nmod"),
    ],
)
def test_a_phrase_hangs_where_it_belongs(text, word, head, dep):
    found = words(text, "fr")[word]
    assert (found.head.text, found.dep_) == (head, dep)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("Les troupes sont parties de Homs.", "parties"),
        ("Les combats se sont intensifiés autour de Homs.", "intensifiés"),
        ("Ses navires de guerre auraient appareillé de Tartous.", "appareillé"),
    ],
)
def test_a_participle_is_a_verb(text, verb):
    assert words(text, "fr")[verb].pos_ == "VERB"
