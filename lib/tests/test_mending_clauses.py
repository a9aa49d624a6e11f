"""French clauses put right: subjects behind an aside, participles that open a sentence, what was done."""

import pytest
from trees_of import words


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
    found = words(text, "fr")[word]
    assert (found.head.text, found.dep_) == (head, dep)
