import re

from frontlines import chapters, codebook, data, handouts

PATHS = chapters.listed(data.data_dir().parent / "notebooks")


def test_slides_show_every_tagged_picture_with_its_text_and_fetch_nothing():
    page = handouts.slides(PATHS)
    shown = re.findall(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)">', page)
    tagged = sum((chapters.pictures(chapters.read(path))["name"] != "").sum() for path in PATHS)
    assert len(shown) == tagged > 8
    assert min(map(len, shown)) > 30
    assert page.count("<section") == tagged + 1
    assert "http" not in re.sub(r"alt=\"[^\"]*\"", "", page)


def test_the_sheet_has_the_codebook_and_a_box_for_every_sentence():
    sentences = data.table("gold/coding_sheet")
    page = handouts.coding_sheet(sentences)
    assert page.count("<tbody>") == len(sentences)
    assert page.count('class="answer"') == 2 * len(sentences) * len(handouts.ANSWERS)
    for event_type in codebook.vocabulary("event_type"):
        assert f"<b>{event_type}</b>" in page


def test_text_is_never_markup():
    sheet = data.table("gold/coding_sheet").head(1).assign(text="<script>alert(1)</script> & more")
    page = handouts.coding_sheet(sheet)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
