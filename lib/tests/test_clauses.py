import pytest

from frontlines import clauses, parsing, trees


def word(language, text, form):
    sentences = trees.read(parsing.model(language)(text))
    return next(token for sentence in sentences for token in sentence if token.lower_ == form)


@pytest.mark.parametrize(
    ("language", "text", "form", "subjects", "objects"),
    [
        ("fr", "Les rebelles ont pris la ville.", "pris", ["rebelles"], ["ville"]),
        ("fr", "La ville a été prise par les rebelles.", "prise", ["rebelles"], ["ville"]),
        ("fr", "Les soldats, qui ont quitté la ville, ont fui.", "quitté", ["soldats"], ["ville"]),
        ("en", "The rebels took the city.", "took", ["rebels"], ["city"]),
        ("en", "The city was taken by the rebels.", "taken", ["rebels"], ["city"]),
        ("en", "The soldiers who left the city fled.", "left", ["soldiers"], ["city"]),
        ("en", "The rebels entered the city and took the base.", "took", ["rebels"], ["base"]),
    ],
)
def test_who_does_it_and_to_what(language, text, form, subjects, objects):
    verb = word(language, text, form)
    assert [t.lower_ for t in clauses.subjects(verb)] == subjects
    assert [t.lower_ for t in clauses.objects(verb)] == objects
