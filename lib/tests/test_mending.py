"""Trees put right: acts taken for participles, verbs for adjectives, phrases hung too high."""

import pytest

from frontlines import dispatch, gazetteer, parsing, syntax


def words(text, language="fr"):
    one = dispatch.from_text(text, language=language, published="2024-12-06")
    places = list(gazetteer.find(text, language=language).itertuples())
    return {w.text: w for parsed in parsing.parse(one, places, []) for s in parsed.sentences for w in s}


@pytest.mark.parametrize(
    ("text", "word", "verbal"),
    [
        ("Poussée des soldats vers Homs.", "Poussée", False),
        ("La colline a été prise par les soldats à Homs.", "prise", True),
        ("Une colline prise par les soldats a brûlé à Homs.", "prise", True),
    ],
)
def test_an_act_is_no_participle(text, word, verbal):
    assert syntax.is_verbal(words(text)[word]) is verbal


def test_a_phrase_hangs_on_the_noun_before_it():
    found = words(
        "Échanges de tirs autour du pont et ralliement d'une dizaine de policiers aux insurgés à Homs."
    )
    assert found["dizaine"].head.text == "ralliement"


def test_a_word_with_a_hyphen_is_one():
    assert "centre-ville" in words("Les soldats ont quitté le centre-ville de Homs.")


@pytest.mark.parametrize(
    ("text", "word", "head", "dep"),
    [
        ("Les soldats ont pris d'assaut plusieurs barrages à Homs.", "barrages", "pris", "obj"),
        ("L'Inde a fait sortir de Syrie ses diplomates.", "diplomates", "fait", "obj"),
        ("Après la chute de Homs aux mains des insurgés, l'armée a fui.", "mains", "chute", "nmod"),
    ],
)
def test_a_phrase_hangs_where_it_belongs(text, word, head, dep):
    found = words(text)[word]
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
    assert words(text)[verb].pos_ == "VERB"


@pytest.mark.parametrize(
    ("text", "verb", "subject", "noun"),
    [
        ("Insurgents had trapped soldiers inside Homs.", "trapped", "Insurgents", "soldiers"),
        ("About 70 conscripts deserted their posts in Homs.", "deserted", "conscripts", "posts"),
        ("Homs was almost completely encircled by the jihadists, a monitor said.", "encircled", None, None),
    ],
)
def test_an_english_verb_is_no_adjective(text, verb, subject, noun):
    found = words(text, "en")
    assert found[verb].pos_ == "VERB"
    if subject:
        assert found[subject].head is found[noun].head is found[verb]
        assert (found[subject].dep_, found[noun].dep_) == ("nsubj", "dobj")


@pytest.mark.parametrize(
    ("text", "word", "head", "dep"),
    [
        ("Des policiers, craignant des représailles, ont fui Homs.", "policiers", "fui", "nsubj"),
        ("Des soldats, ont rapporté des témoins, ont quitté Homs.", "soldats", "quitté", "nsubj"),
        ("Le ministre a condamné les raids que l'aviation a menés sur Homs.", "menés", "raids", "acl:relcl"),
        ("L'armée a réagi à la chute de Homs en envoyant des renforts.", "envoyant", "réagi", "advcl"),
        ("Après avoir pris Homs, les soldats sont entrés dans Damas.", "pris", "entrés", "advcl"),
    ],
)
def test_a_clause_hangs_on_what_it_tells_of(text, word, head, dep):
    found = words(text)[word]
    assert (found.head.text, found.dep_) == (head, dep)
