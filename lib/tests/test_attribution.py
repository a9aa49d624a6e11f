import pytest

from frontlines import attribution, parsing, trees


def word(language, text, form):
    sentences = trees.read(parsing.model(language)(text))
    return next(token for sentence in sentences for token in sentence if token.lower_ == form)


@pytest.mark.parametrize(
    ("language", "text", "form", "kind", "sources"),
    [
        ("fr", "L'armée a annoncé que les soldats avaient quitté la ville.", "quitté", "say", ["armée"]),
        ("fr", "L'armée a démenti que les soldats aient quitté la ville.", "quitté", "deny", ["armée"]),
        ("fr", "Selon l'armée, les soldats ont quitté la ville.", "quitté", "say", ["armée"]),
        ("fr", "Les soldats ont quitté la ville.", "quitté", "", []),
        ("en", "The army said that the soldiers had left the city.", "left", "say", ["army"]),
        ("en", "The army denied that the soldiers had left the city.", "left", "deny", ["army"]),
        ("en", "According to the army, the soldiers left the city.", "left", "say", ["army"]),
        ("en", "The soldiers left the city, the army said.", "left", "say", ["army"]),
        ("en", "The soldiers left the city.", "left", "", []),
    ],
)
def test_who_says_so(language, text, form, kind, sources):
    said, heads = attribution.reporter(word(language, text, form))
    assert (said, [t.lower_ for t in heads]) == (kind, sources)
