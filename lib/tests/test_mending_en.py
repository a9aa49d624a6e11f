"""English trees put right: verbs taken for adjectives, and whose subject a noun is."""

import pytest
from trees_of import words


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
