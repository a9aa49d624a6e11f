import pytest

from frontlines import codebook, coder, dispatch, filling


def events(text, language):
    return coder.code(dispatch.from_text(text, language=language, published="2024-12-06")).events


def test_the_family_of_a_type():
    for row in codebook.event_types().itertuples():
        assert filling.family(row.event_type) == row.family
    assert filling.family("claim:separation") == ""


@pytest.mark.parametrize(
    ("language", "text", "actors"),
    [
        ("en", "Russia and China urged their citizens to leave Syria.", ["CHN", "RUS"]),
        ("en", "Russia and Iran held talks on Syria.", ["IRN;RUS"]),
        ("fr", "La Russie et l'Iran se sont entretenus de la Syrie.", ["IRN;RUS"]),
        ("en", "The city of Hama was captured.", [""]),
        ("fr", "La ville de Hama a été prise.", [""]),
        ("en", "Thousands of people fled Homs.", ["CIV"]),
        ("fr", "Des milliers de personnes ont fui Homs.", ["CIV"]),
    ],
)
def test_doers_apart_joint_unnamed_and_implied(language, text, actors):
    assert sorted(events(text, language)["actor"]) == actors


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("fr", "Les terroristes de HTS ont pris Hama.", "HTS"),
        ("fr", "Les forces du régime se sont retirées de Hama.", "régime"),
        ("en", "Regime forces withdrew from Hama.", "Regime"),
        ("en", "Turkish-backed rebels captured Tel Rifaat.", "Turkish-backed rebels"),
    ],
)
def test_the_label_is_kept_in_the_words_of_the_dispatch(language, text, label):
    (used,) = events(text, language)["label_used"]
    assert label in used
    assert used in text
