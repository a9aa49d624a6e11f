import pytest

from frontlines import lexicon, parsing, syntax, trees


def word(language, text, form):
    sentences = trees.read(parsing.model(language)(text))
    return next(token for sentence in sentences for token in sentence if token.lower_ == form)


@pytest.mark.parametrize(
    ("language", "text", "form", "expected"),
    [
        ("fr", "La ville a été prise par les rebelles.", "prise", True),
        ("fr", "La ville est prise par les rebelles.", "prise", True),
        ("fr", "Les rebelles sont entrés dans la ville.", "entrés", False),
        ("fr", "Les soldats se sont retirés de la ville.", "retirés", False),
        ("fr", "Les rebelles ont pris la ville.", "pris", False),
        ("en", "The city was taken by the rebels.", "taken", True),
        ("en", "The city has been taken by the rebels.", "taken", True),
        ("en", "The rebels have taken the city.", "taken", False),
        ("en", "The rebels took the city.", "took", False),
    ],
)
def test_passives(language, text, form, expected):
    assert syntax.is_passive(word(language, text, form)) is expected


def test_phrases_and_what_is_coordinated():
    head = word("en", "The army and the police left the old town.", "army")
    assert [t.lower_ for t in syntax.coordinated(head)] == ["army", "police"]
    assert [t.lower_ for t in syntax.phrase(head)] == ["the", "army"]
    assert [t.lower_ for t in syntax.phrase(word("en", "They left the old town.", "town"))] == [
        "the",
        "old",
        "town",
    ]


def test_a_reflexive_verb_has_se_in_its_lemma():
    verb = word("fr", "L'armée s'est retirée du village.", "retirée")
    assert syntax.reflexive(verb)
    assert syntax.lemma(verb) == "se retirer"


def test_classes_are_words_of_the_table():
    assert {"city", "town"} <= lexicon.classes("en")["place"]
    assert {"ville", "village"} <= lexicon.classes("fr")["place"]
