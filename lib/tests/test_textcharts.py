import itertools
import re

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from frontlines import dispatch, framing, textcharts, verification
from frontlines.phrases import LANGUAGES, palette

LABELS = pd.DataFrame(
    [
        ("A", "HTS", "HTS", "", 3, 1),
        ("A", "HTS", "groupes armés", "", 1, 0),
        ("A", "SYR", "régime syrien", "yes", 2, 2),
        ("B", "SYR", "government forces", "", 4, 0),
    ],
    columns=["source", "actor", "label", "loaded", "n", "n_events"],
)
JUDGED = pd.DataFrame(
    [
        (
            "capture",
            "HTS",
            "gn:170017",
            "Hama",
            "",
            "stated",
            "2024-12-05",
            "confirmed",
            0,
            "2024-12-05",
            "day",
        ),
        (
            "capture",
            "HTS",
            "gn:169577",
            "Homs",
            "",
            "expected",
            "2024-12-06",
            "earlier",
            -2,
            "2024-12-08",
            "inferred",
        ),
        (
            "clash",
            "",
            "gn:170654",
            "Damascus",
            "south_of",
            "stated",
            "2024-12-06",
            "unrecorded",
            None,
            "",
            "day",
        ),
    ],
    columns=[
        "event_type",
        "actor",
        "place_id",
        "place_name",
        "place_relation",
        "status",
        "date",
        "verdict",
        "days",
        "record_day",
        "date_precision",
    ],
).astype({"days": "Int64"})


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def words_of(ax):
    return " ".join(text.get_text().replace("\n", " ") for text in ax.figure.findobj(mpl.text.Text))


def touching(ax):
    """Pairs of texts that overlap."""
    figure = ax.figure
    figure.canvas.draw()
    shown = [t for t in figure.findobj(mpl.text.Text) if t.get_text().strip() and t.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown]
    return [(a, b) for (a, one), (b, two) in itertools.combinations(boxes, 2) if one.overlaps(two)]


TEXT = """HAMA TAKEN
Rebels took Hama. The Observatory said that they took Rastan. They want Homs.
That means the road is cut."""
SPANS = pd.DataFrame(
    [(0, 10, "stated"), (11, 27, "stated"), (56, 72, "attributed"), (73, 88, "expected"), (89, 116, "claim")],
    columns=["start", "end", "told"],
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_a_line_a_paragraph_and_a_bar_a_passage(language):
    sentences = dispatch.from_text(TEXT, published="2024-12-06", language="en").sentences()
    ax, sentence = textcharts.page(sentences, SPANS, language=language)
    lines = [label.get_text() for label in ax.get_yticklabels()]
    assert [line[:4] for line in lines] == ["HAMA", "Rebe", "That"]
    assert [label.get_fontweight() for label in ax.get_yticklabels()] == ["bold", "normal", "normal"]
    told = ax.patches[len(sentences) :]
    assert [(round(bar.get_x()), round(bar.get_width())) for bar in told] == [
        (0, 10), (0, 16), (45, 16), (62, 15), (0, 27)
    ]  # fmt: skip
    assert {"4", "5"} <= set(re.findall(r"\d+", sentence))  # four of five sentences tell an act
    assert touching(ax) == []


def test_a_page_without_an_act_says_so():
    sentences = dispatch.from_text(TEXT, published="2024-12-06", language="en").sentences()
    ax, sentence = textcharts.page(sentences, SPANS.head(0))
    assert sentence == "No act was read in 5 sentences"
    assert not ax.axison


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_quoted_loaded_ones_marked(language):
    ax, sentence = textcharts.labels(LABELS[LABELS["source"] == "A"], language=language)
    assert "“régime syrien”" in sentence
    assert "◆ “régime syrien”" in words_of(ax)
    assert "◆ “HTS”" not in words_of(ax)
    hatched = [bar for bar in ax.patches if bar.get_hatch()]
    assert [bar.get_width() for bar in hatched] == [2]
    assert mpl.colors.to_hex(hatched[0].get_facecolor()).upper() == palette().loc["GOV", "color"]
    assert touching(ax) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_shares_write_loaded_out_of_all(language):
    ax, sentence = textcharts.shares(framing.compare(LABELS), language=language)
    cells = [text.get_text() for text in ax.texts]
    assert sorted(cells) == ["0/4", "0/4", "2/2"]
    assert "2/2" in sentence
    assert touching(ax) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_have_a_ring_each_and_a_mark_where_the_record_has_it(language):
    ax, sentence = textcharts.verdicts(JUDGED, language=language)
    rings = [line for line in ax.lines if line.get_markersize() == 11]
    filled = [line for line in ax.lines if line.get_markersize() == 6.5]
    assert len(rings) == 3
    assert sorted((line.get_marker(), line.get_xdata()[0]) for line in filled) == [("<", 4.5), ("o", 1.5)]
    assert sorted(line.get_xdata()[0] for line in rings) == [1.5, 2.5, 2.5]
    assert "(-2)" in words_of(ax)
    assert "3" in sentence
    assert touching(ax) == []


def test_every_verdict_has_its_mark():
    assert list(textcharts.marks("verdict", "en").index) == list(verification.VERDICTS)


@pytest.mark.parametrize("draw", [textcharts.labels, textcharts.shares, textcharts.verdicts])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_draw_is_said(draw, language):
    empty = {
        textcharts.labels: LABELS,
        textcharts.shares: framing.compare(LABELS),
        textcharts.verdicts: JUDGED,
    }
    _, sentence = draw(empty[draw].iloc[:0], language=language)
    assert len(sentence) > 10


def test_no_loaded_word_is_a_finding_too():
    _, sentence = textcharts.labels(LABELS[LABELS["loaded"] == ""])
    assert "No loaded word among 8 mentions" in sentence
