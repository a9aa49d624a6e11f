import pytest

from frontlines import coder, dispatch, kinds, whereabouts
from frontlines.story import Doer, Story, Wanted


def events(text, language):
    return coder.code(dispatch.from_text(text, language=language, published="2024-12-06")).events


@pytest.mark.parametrize(
    ("language", "before", "relation"),
    [
        ("fr", "au sud de ", "south_of"),
        ("fr", "dans le nord d'", "north_of"),
        ("fr", "près de ", "near"),
        ("fr", "le long de la ", "along"),
        ("fr", "à ", ""),
        ("en", "south of ", "south_of"),
        ("en", "near ", "near"),
        ("en", "on the outskirts of ", "outskirts"),
        ("en", "along the ", "along"),
        ("en", "in ", ""),
        ("en", "the man said that ", ""),
    ],
)
def test_relations_stand_before_a_place(language, before, relation):
    text = before + "Homs"
    assert whereabouts.relation(text, len(before), language) == relation


def test_what_kind_of_actor():
    types = kinds.actor_types()
    assert (types["SYR"], types["HTS"], types["LOCAL_SOURCES"]) == ("state", "armed_group", "source")


def test_the_last_doer_is_kept_in_mind():
    story = Story("en", "", [], [])
    assert story.last_subject(100) == ((), "")
    story.remember(Doer(0, ("HTS",), "the group", armed=True))
    story.remember(Doer(50, ("JOR",), "Amman", 40, "Sing"))
    story.remember(Doer(60, (), ""))
    assert story.last_subject(100) == (("JOR",), "Amman")
    assert story.last_subject(100, armed=True) == (("HTS",), "the group")
    assert story.last_subject(50) == (("HTS",), "the group")
    assert story.last_subject(100, wanted=Wanted(40, "Plur")) == (("HTS",), "the group")


@pytest.mark.parametrize(
    ("language", "text", "places"),
    [
        ("en", "Rebels captured Rastan, Talbiseh and Salamiyah.", ["Rastan", "Talbiseh", "Salamiyah"]),
        ("fr", "Les rebelles ont pris Rastane, Talbissé et Salamiyeh.", ["Rastan", "Talbiseh", "Salamiyah"]),
        ("en", "Rebels captured Hama, north of Homs.", ["Hama"]),
        ("fr", "Les rebelles ont pris Hama, au nord de Homs.", ["Hama"]),
        ("en", "Rebels captured Hama. The city is calm.", ["Hama"]),
        ("en", "Rebels advanced towards the capital.", ["Damascus"]),
        ("fr", "Les rebelles avancent vers la capitale.", ["Damascus"]),
    ],
)
def test_places_of_an_event(language, text, places):
    assert list(events(text, language)["place_name"]) == places


def test_a_government_named_by_its_capital_is_no_place():
    (place,) = events("Damascus withdrew its troops from Hama.", "en")["place_name"]
    assert place == "Hama"
