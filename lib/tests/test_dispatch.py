import csv
from datetime import date
from pathlib import Path

import pytest

from frontlines import dispatch
from frontlines.errors import DispatchError

CASES = Path(__file__).parent / "cases"
GERMAN = "Die Rebellen haben am Freitag die Stadt eingenommen und sind in das Zentrum vorgedrungen."


def cases(name):
    with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", cases("paragraphs"), ids=lambda case: case["difficulty"])
def test_lines_become_paragraphs(case):
    text = case["text"].replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")
    parts = dispatch.paragraphs(text)
    shown = [("# " if row.heading else "") + " ".join(row.text.split()) for row in parts.itertuples()]
    assert shown == case["paragraphs"].split(" | ")
    assert [text[row.start : row.end] for row in parts.itertuples()] == list(parts["text"])


@pytest.mark.parametrize("language", ["fr", "en", "ar", "tr"])
def test_languages_are_told_by_their_small_words(language):
    texts = {
        "fr": "Les habitants de la ville sont sortis dans les rues.",
        "en": "The people of the town were out in the streets.",
        "ar": "خرج سكان المدينة إلى الشوارع في الليل من أجل هذا الخبر الذي كان على كل لسان.",
        "tr": "Bu şehrin insanları gece boyunca sokaklara çıktı ve çok büyük bir kalabalık oldu.",
    }
    assert dispatch.recognise(texts[language]) == language
    assert dispatch.from_text(texts[language]).language == language


def test_a_file_is_read_with_what_is_known_of_it(tmp_path):
    path = tmp_path / "d.txt"
    path.write_bytes("L’ARMÉE AVANCE\r\n\r\nLes forces sont entrées à Alep. Elles y sont.\r\n".encode())
    read = dispatch.read(path, published="2024-12-06")
    assert (read.name, read.language, read.published) == ("d.txt", "fr", date(2024, 12, 6))
    assert read.title == "L’ARMÉE AVANCE"
    assert read.text.count("\r\n") == 3
    assert list(read.paragraphs()["heading"]) == [True, False]
    sentences = read.sentences()
    assert list(sentences["text"])[1:] == ["Les forces sont entrées à Alep.", "Elles y sont."]
    assert list(sentences["paragraph"]) == [0, 1, 1]
    assert [read.text[row.start : row.end] for row in sentences.itertuples()] == list(sentences["text"])


def test_the_id_depends_on_the_text_alone(tmp_path):
    path = tmp_path / "other name.txt"
    path.write_text("The rebels are in the town.", encoding="utf-8")
    from_file = dispatch.read(path, published="2024-12-06")
    assert from_file.dispatch_id == dispatch.from_text("The rebels are in the town.").dispatch_id
    assert from_file.dispatch_id != dispatch.from_text("The rebels are in the town!").dispatch_id


def test_a_long_first_paragraph_is_cut_for_a_title():
    one = dispatch.from_text("The people of the town " + "and of the villages " * 20, language="en")
    assert len(one.title) <= 120
    assert one.title.endswith("…")


def test_a_day_may_be_a_date_text_or_unknown():
    assert dispatch.parse_day(date(2024, 12, 6)) == dispatch.parse_day("2024-12-06") == date(2024, 12, 6)
    assert dispatch.parse_day(None) is None


@pytest.mark.parametrize(
    "day", ["2024-13-01", "2024-02-30", "6.12.2024", "2024-12-6", "20241206", "", "today"]
)
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(DispatchError, match=rf"d\.txt: {day!r} is not a day; write it as YYYY-MM-DD"):
        dispatch.from_text("The people of the town.", published=day, name="d.txt")


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "\ufeff", "\u00a0\n", "\ufeff \n"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(DispatchError, match="the dispatch is empty; give a text"):
        dispatch.from_text(text)


@pytest.mark.parametrize("text", ["The people\x00 of the town", "The " + "\x01\x02" * 8])
def test_a_binary_is_refused(text):
    with pytest.raises(DispatchError, match="looks like a binary file"):
        dispatch.from_text(text)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"Les forces sont entr\xe9es", r"d\.txt: not UTF-8 \(byte 20: 0xe9\); save it in UTF-8"),
        ("Les forces".encode("utf-16-le"), "looks like a binary file"),
        ("Les forces".encode("utf-16"), r"not UTF-8 \(byte 0: 0xff\)"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "looks like a binary file"),
        (b"", "the dispatch is empty"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, raw, message):
    path = tmp_path / "d.txt"
    path.write_bytes(raw)
    with pytest.raises(DispatchError, match=message):
        dispatch.read(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DispatchError, match=r"nowhere\.txt: cannot be read .*; give a text file in UTF-8"):
        dispatch.read(tmp_path / "nowhere.txt")


def test_other_languages_are_refused_by_name():
    with pytest.raises(DispatchError, match="seems to be in 'de'; supported are ar, en, fr, tr"):
        dispatch.from_text(GERMAN)
    with pytest.raises(DispatchError, match="language 'de' is not one of ar, en, fr, tr"):
        dispatch.from_text(GERMAN, language="de")
    with pytest.raises(DispatchError, match="cannot be told; say which with --lang"):
        dispatch.from_text("1234 5678")


def test_a_language_that_is_given_is_not_asked_again():
    assert dispatch.from_text("Homs 1234", language="fr").language == "fr"
