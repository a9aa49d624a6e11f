import pytest

from frontlines import parsing, trees

TEXTS = [
    ("fr", "Les rebelles, qui ont pris Hama jeudi, s'approchent de Homs. L'armée s'en est allée !"),
    ("en", "Rebels, who took Hama on Thursday, aren't far from Homs. The army's gone (they say)."),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_word_says_what_spacy_says_of_it(language, text):
    doc = parsing.model(language)(text)
    sentences = trees.read(doc)
    assert [(s.start, s.end, s.text) for s in sentences] == [(s.start, s.end, s.text) for s in doc.sents]
    for token, word in zip(doc, (word for sentence in sentences for word in sentence), strict=True):
        for name in (
            "i",
            "text",
            "lower_",
            "lemma_",
            "pos_",
            "tag_",
            "dep_",
            "is_punct",
            "whitespace_",
            "lang_",
        ):
            assert getattr(word, name) == getattr(token, name), name
        assert word.head.i == token.head.i
        for name in ("children", "subtree", "ancestors", "sent", "doc"):
            assert [w.i for w in getattr(word, name)] == [t.i for t in getattr(token, name)], name
        assert word.morph == {name: token.morph.get(name) for name in token.morph.to_dict()}


def test_a_question_is_asked_once():
    asked = []

    @trees.once
    def letters(word):
        asked.append(word.text)
        return len(word.text)

    ((first, *_),) = trees.read(parsing.model("en")("Rebels are in Hama."))
    assert [letters(first), letters(first)] == [6, 6]
    assert asked == ["Rebels"]


def test_words_that_hang_in_a_circle_are_noticed():
    (sentence,) = trees.read(parsing.model("en")("Rebels took the town of Hama."))
    assert trees.is_whole([sentence])
    root = next(word for word in sentence if word.head is word)
    below = root.children[0]
    root.head, root.children = below, root.children[1:]
    below.children.append(root)
    assert not trees.is_whole([sentence])
