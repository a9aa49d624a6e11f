from types import SimpleNamespace

import pytest
import spacy

from frontlines import actors, dispatch, gazetteer, parsing


def parsed(text, language):
    one = dispatch.from_text(text, language=language, published="2024-12-06")
    places = list(gazetteer.find(text, language=language).itertuples())
    named = list(actors.find(text, language=language, published=one.published).itertuples())
    return list(parsing.parse(one, places, named)), SimpleNamespace(places=places, actors=named)


TEXTS = [
    (
        "fr",
        "\ufeffL’ARMÉE À HAMA\r\n\r\nL’armée a quitté Alep, Maarat al-Noumane et Deir ez-Zor.\r\n",
    ),
    ("fr", "KAMİKAZE À DAMAS\n\nLes Forces démocratiques syriennes (FDS) sont\u00a0à Raqqa\u202f!"),
    ("en", "🔴 Hayat Tahrir al-Sham (HTS) is in Maarat al-Numan — and “Homs”.\n\nDARAA FALLS"),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_every_token_knows_where_it_stands_in_the_raw_text(language, text):
    for part in parsed(text, language)[0]:
        assert sum(map(len, part.sentences)) == len(part.starts) == len(part.ends)
        assert all(start < end for start, end in zip(part.starts, part.ends, strict=True))
        assert part.starts == sorted(part.starts)
        words = "".join(text[start:end] for start, end in zip(part.starts, part.ends, strict=True))
        low, high = part.span([word for sentence in part.sentences for word in sentence])
        assert "".join(filter(str.isalpha, words)) == "".join(filter(str.isalpha, text[low:high]))


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_names_are_tokens_that_know_their_mention(language, text):
    parts, story = parsed(text, language)
    rows = {row for part in parts for row in part.place_of.values()}
    held = {p for part in parts for i in part.lists for p, m in enumerate(story.places)
            if part.starts[i] <= m.start and m.end <= part.ends[i]}  # fmt: skip
    assert rows | held == set(range(len(story.places)))
    for part in parts:
        for i, row in part.place_of.items():
            assert part.starts[i] < story.places[row].end
            assert part.ends[i] > story.places[row].start


def test_a_name_of_several_words_is_one_token():
    (part,), story = parsed("Rebels left Deir ez-Zor and Maarat al-Numan.", "en")
    for row, place in enumerate(story.places):
        (token,) = [i for i, index in part.place_of.items() if index == row]
        assert (part.starts[token], part.ends[token]) == (place.start, place.end)


def test_paragraphs_are_parsed_apart_and_headings_are_one_sentence():
    parts, _ = parsed("REBELS IN HAMA. WHAT WE KNOW\n\nRebels are in Hama. Lebanon is calm.", "en")
    assert [part.heading for part in parts] == [True, False]
    assert [len(part.sentences) for part in parts] == [1, 2]
    assert [part.paragraph for part in parts] == [0, 1]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "BEIRUT, Dec 6 - Rebels are in Hama."),
        ("en", "BEIRUT (AP) — Rebels are in Hama."),
        ("fr", "BEYROUTH, 6 déc - Les rebelles sont à Hama."),
        ("fr", "Damas (AFP) - Les rebelles sont à Hama."),
    ],
)
def test_a_dateline_is_left_out(language, text):
    (part,), _ = parsed(text, language)
    assert text[part.starts[0] :].startswith(("Rebels", "Les rebelles"))


def test_the_parser_is_loaded_once():
    assert parsing.model("fr") is parsing.model("fr")
    assert "ner" not in parsing.model("en").pipe_names


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_words_kept_are_read_as_by_the_model_as_it_ships(language, text):
    nlp = parsing.model(language)
    plain = spacy.load(parsing.MODELS[language], exclude=["ner"], vocab=nlp.vocab)
    for part in (text[:15], text, text):  # none known, some, all
        words = [(word.tag_, word.dep_, word.head.i, word.lemma_) for word in plain(part)]
        assert [(word.tag_, word.dep_, word.head.i, word.lemma_) for word in nlp(part)] == words


def test_paragraphs_where_nobody_is_named_or_meant_are_not_parsed():
    text = (
        "Wheat rose two percent.\n\nRebels are in Hama.\n\nIt rained.\n\nResidents fled.\n\nMaize was dear."
    )
    parts, _ = parsed(text, "en")
    assert [part.paragraph for part in parts] == [1, 2, 3]
