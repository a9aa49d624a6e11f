"""French verbs in forms that the parser knows badly: which are read by a stand-in, and which are nouns."""

import pytest

from frontlines import conjugation

NOUNS = frozenset(("frappe", "charge", "bombarde"))


def stand_ins(text, names=()):
    ends = {text.index(name) + len(name) for name in names}
    return {text[s:e]: verb for s, e, verb in conjugation.find(text, 0, len(text), ends, NOUNS)}


@pytest.mark.parametrize(
    ("verb", "form", "ending"),
    [
        ("pilonner", "pilonnaient", "aient"),
        ("assiéger", "assiègent", "ent"),
        ("assiéger", "assiégeait", "ait"),
        ("lancer", "lançaient", "aient"),
        ("déployer", "déploient", "ent"),
        ("rappeler", "rappelle", "e"),
        ("rejeter", "rejettent", "ent"),
        ("céder", "cédera", "era"),
        ("achever", "achèveront", "eront"),
    ],
)
def test_forms_of_the_third_person(verb, form, ending):
    assert conjugation.conjugate(verb)[form] == ending


@pytest.mark.parametrize(
    ("text", "names", "verbs"),
    [
        ("Les batteries pilonnaient la colline.", (), ["pilonnaient"]),
        ("L'armée pilonne la colline.", (), ["pilonne"]),
        ("Ankara frappe la colline.", ("Ankara",), ["frappe"]),
        ("une frappe sur la colline", (), []),
        ("L'armée charge la troupe", (), []),
        ("ceux qui frappent la colline", (), ["frappent"]),
        ("un accord entre les deux camps", (), []),
        ("Il n'évacue pas la base", (), ["évacue"]),
    ],
)
def test_verbs_are_told_from_nouns(text, names, verbs):
    assert list(stand_ins(text, names)) == verbs


def test_stand_in_begins_as_the_verb_does():
    assert stand_ins("Ils s'emparaient de la base")["emparaient"][0] in "aeiouyéè"
    assert stand_ins("Ils pilonnaient la base")["pilonnaient"][0] not in "aeiouyéè"
