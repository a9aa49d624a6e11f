import pytest

from frontlines import assertion, attribution, parsing, trees


def word(language, text, form):
    sentences = trees.read(parsing.model(language)(text))
    return next(token for sentence in sentences for token in sentence if token.lower_ == form)


@pytest.mark.parametrize(
    ("language", "text", "form", "expected"),
    [
        ("fr", "Les soldats n'ont pas quitté la ville.", "quitté", True),
        ("fr", "Les soldats n'ont jamais quitté la ville.", "quitté", True),
        ("fr", "Les soldats ont quitté la ville.", "quitté", False),
        ("fr", "Les soldats n'en ont pas moins quitté la ville.", "quitté", False),
        ("fr", "La Jordanie n'autorise que le passage des camions.", "autorise", False),
        ("en", "The soldiers did not leave the city.", "leave", True),
        ("en", "The soldiers haven't left the city.", "left", True),
        ("en", "The soldiers never left the city.", "left", True),
        ("en", "The soldiers left the city.", "left", False),
        ("en", "No soldiers left the city.", "left", True),
    ],
)
def test_negation(language, text, form, expected):
    assert assertion.is_negated(word(language, text, form)) is expected


@pytest.mark.parametrize(
    ("language", "text", "form", "expected"),
    [
        ("fr", "Les rebelles prendront la ville.", "prendront", True),
        ("fr", "Les rebelles pourraient prendre la ville.", "prendre", True),
        ("fr", "Si les rebelles prennent la ville, la route sera coupée.", "prennent", True),
        ("fr", "Les rebelles ont pris la ville.", "pris", False),
        ("fr", "Les rebelles prennent la ville.", "prennent", False),
        ("en", "The rebels will take the city.", "take", True),
        ("en", "The rebels could take the city.", "take", True),
        ("en", "The rebels plan to take the city.", "take", True),
        ("en", "If the rebels take the city, the road is cut.", "take", True),
        ("en", "The rebels took the city.", "took", False),
        ("en", "The rebels have taken the city.", "taken", False),
    ],
)
def test_what_is_yet_to_come(language, text, form, expected):
    assert assertion.is_expected(word(language, text, form)) is expected


@pytest.mark.parametrize(
    ("language", "text", "form", "expected"),
    [
        ("fr", "Les rebelles auraient pris la ville.", "pris", True),
        ("fr", "Les rebelles ont pris la ville.", "pris", False),
        ("fr", "Si les soldats étaient partis, les rebelles auraient pris la ville.", "pris", False),
        ("en", "The rebels reportedly took the city.", "took", True),
        ("en", "The rebels took the city.", "took", False),
    ],
)
def test_hearsay(language, text, form, expected):
    assert assertion.is_hearsay(word(language, text, form)) is expected


def test_verbs_of_saying_and_promising():
    assert attribution.says(word("en", "They announced the closure of the road.", "announced"))
    assert not attribution.says(word("en", "They closed the road.", "closed"))
    assert assertion.is_under(word("en", "France pledged to send help.", "send"), "pledge")
    assert not assertion.is_under(word("en", "France refused to send help.", "send"), "pledge")
