"""Spellings made to meet, and the way back to the text."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontlines import folding

BRIEFLY = settings(max_examples=30, deadline=None, derandomize=True)
FOLDED = {
    "Al-Bāb": "al bab", "ÇANAKKALE": "canakkale", "Şam": "sam", "İstanbul": "istanbul", "ISPARTA": "isparta",
    "Kızıl": "kizil", "L\u2019Éufrate": "l eufrate", "Saʿad": "saʿad", "Straße": "strase", "cœur": "cour",
    "Ærø": "aro", "Łódź": "lodz", "Þór": "tor", "məktəb": "mekteb", "đ": "d",
    "الرَّسْتَن": "الرستن", "حـــلب": "حلب", "إدلب": "ادلب", "آمد": "امد", "طرطوسى": "طرطوسي", "حماة": "حماه",
    "مؤتة": "موته", "ڪ": "ڪ", "گرد": "كرد", "کرد": "كرد", "٣٤": "٣٤", "a\u200fb": "ab",
    "e\u0301te": "ete", "a  –  b": "a b", "x\ty\nz": "x y z",
    "": "", " ": "", "😀 Homs 𝐀": "😀 homs 𝐀", "中文": "中文",
}  # fmt: skip


@pytest.mark.parametrize("text", FOLDED)
def test_letters_fold(text):
    wanted = FOLDED[text]
    assert folding.fold(text).text.strip() == wanted
    assert folding.words(text) == wanted.split()


@pytest.mark.parametrize(
    "text", ["Hama, Homs", "L\u2019Éufrate à Raqqa", "حلب و حماة", "😀 Homs, Ḥamā", "  e\u0301  x", "", "A"]
)
def test_a_folded_text_knows_its_letters_its_spaces_and_itself(text):
    folded = folding.fold(text)
    assert folded.text[0] == folded.text[-1] == " "
    assert folded.spaces.tolist() == [at for at, letter in enumerate(folded.text) if letter == " "]
    assert "".join(map(chr, folded.codes)) == f" {text} "
    for word in folded.text.split():
        at = folded.text.index(f" {word} ") + 1
        start, end = folded.span(at, at + len(word))
        assert folding.words(text[start:end]) == [word]
        assert not text[start - 1 : start].isalnum()
        assert text[end - 1].strip(" ,")


@pytest.mark.parametrize(("text", "size"), [("Hama", 1), ("Ḥamā", 2), ("حلب", 2), ("😀", 4)])
def test_a_text_takes_as_few_bytes_as_hold_it(text, size):
    assert folding.fold(text).codes.itemsize == size


@given(st.text(max_size=80))
@settings(BRIEFLY, max_examples=300)
def test_folding_keeps_offsets(text):
    folded = folding.fold(text)
    assert len(folded.offsets) == len(folded.text)
    assert (np.diff(folded.offsets) >= 0).all()
    assert "  " not in folded.text
    for at, letter in enumerate(folded.text):
        if letter != " ":
            start, end = folded.span(at, at + 1)
            assert letter in folding.fold(text[start:end]).text
    assert folded.text.split() == folding.words(text)
    assert folding.words(" ".join(folding.words(text))) == folding.words(text)


@given(st.lists(st.text(max_size=8), max_size=6))
@BRIEFLY
def test_names_folded_together_are_those_folded_alone(names):
    names = [name.replace("\ue000", "") for name in names]
    assert len(folding.fold_names(names)) == max(1, len(names))
    assert [folding.fold_names([name])[0] for name in names] == (folding.fold_names(names) if names else [])
