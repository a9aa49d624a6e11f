import re

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt

from frontlines import borders, charts, data, events, figures, gatemaps, reactionmap, reactions
from frontlines.errors import UnknownCodeError

LANGUAGES = ("en", "fr", "ar", "tr")
DAYS = [str(day.date()) for day in pd.date_range("2024-12-01", "2024-12-12")]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def gates():
    crossings = data.table("record/crossings", numeric=("lat", "lon", "precision_km"))
    return crossings, data.table("record/border_events", numeric=("lat", "lon"))


@pytest.fixture(scope="module")
def states(gates):
    return borders.strip(*gates, DAYS)


@pytest.fixture(scope="module")
def falls():
    return reactions.falls(data.table("record/control_changes"), ["gn:170063", "gn:170017", "gn:170654"])


@pytest.fixture(scope="module")
def acts(falls):
    return reactions.table(data.table("record/reactions"), triggers=falls)


def draw(name, language, states, acts, falls):
    days = figures.day_marks(falls, language)
    return {
        "strip": lambda: charts.strip(states, days=days, language=language),
        "open_gates": lambda: charts.open_gates(
            borders.open_by_neighbour(states), days=days, language=language
        ),
        "timeline": lambda: charts.timeline(acts, days=days, language=language),
        "matrix": lambda: charts.matrix(reactions.matrix(acts), language=language),
        "phases": lambda: charts.phases(
            reactions.phases(acts, falls, first_day="2024-11-26", last_day="2024-12-20"),
            days=days,
            language=language,
        ),
    }[name]()


def boxes(texts, figure):
    renderer = figure.canvas.get_renderer()
    shown = [text for text in texts if text.get_text().strip() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["strip", "open_gates", "timeline", "matrix", "phases"])
def test_words_are_on_the_sheet_and_do_not_collide(name, language, states, acts, falls):
    ax, sentence = draw(name, language, states, acts, falls)
    figure = ax.figure
    figure.canvas.draw()
    assert len(sentence) > 40
    assert "{" not in sentence
    assert not re.search(r"\bnan\b", sentence)
    frame = figure.bbox.padded(1)
    for axis in (ax.yaxis, ax.xaxis):
        labels = boxes(axis.get_ticklabels(), figure)
        for word, box in labels:
            assert frame.x0 <= box.x0, word
            assert box.x1 <= frame.x1, word
        if name != "matrix" or axis is ax.yaxis:  # slanted labels have boxes that overlap, words that do not
            touching = [
                (a, b) for i, (a, p) in enumerate(labels) for b, q in labels[:i] if p.padded(-1).overlaps(q)
            ]
            assert touching == []
    heads = boxes(figure.texts, figure)
    assert not any(p.overlaps(q) for i, (_, p) in enumerate(heads) for _, q in heads[:i])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_figure_is_there_in_the_language(language):
    words = data.table("codebook/words")
    assert (words[language].str.strip() != "").all()
    fields = words[list(LANGUAGES)].map(
        lambda text: sorted(part.split("}")[0] for part in text.split("{")[1:])
    )
    assert (fields[language].map(set) == fields["en"].map(set)).all()
    marks = data.table("codebook/marks")
    assert (marks[f"label_{language}"].str.strip() != "").all()


def test_gate_states_differ_in_grey():
    looks = figures.marks("gate_state", "en")
    grey = {state: sum(w * c for w, c in zip((0.299, 0.587, 0.114), mpl.colors.to_rgb(color), strict=True))
            for state, color in looks["color"].items()}  # fmt: skip
    shaded = sorted(grey.values())
    plain = [grey["open"], grey["damaged"], grey["closed"]]
    assert shaded == sorted(set(shaded))
    assert min(abs(a - b) for i, a in enumerate(plain) for b in plain[:i]) > 0.2
    assert looks[["hatch", "marker"]].drop_duplicates().shape[0] == len(looks)


def test_marks_of_one_vocabulary_differ_in_form_or_hatch():
    for name in ("gate_state", "bloc"):
        looks = figures.marks(name, "en")
        assert not looks["marker"].duplicated().any(), name
        assert not looks["color"].duplicated().any(), name
    looks = figures.marks("reaction", "en")
    assert not looks.duplicated(["color", "marker"]).any()


def test_a_timeline_has_a_mark_for_every_act_and_bloc(acts):
    ax, _ = charts.timeline(acts)
    marks = [line for line in ax.lines if line.get_marker() not in ("None", "", None)]
    assert len(marks) == len(acts.drop_duplicates(["event_id", "bloc"]))


def test_a_matrix_writes_every_number(acts):
    counts = reactions.matrix(acts)
    ax, _ = charts.matrix(counts)
    types = [column for column in counts.columns if column not in ("bloc", "actor", "acts")]
    numbers = [int(text.get_text()) for text in ax.texts if text.get_text().isdigit()]
    assert sum(numbers) == counts[types].to_numpy().sum() + counts["acts"].sum()


def test_a_strip_has_a_bar_for_every_day_of_every_gate(states):
    ax, _ = charts.strip(states)
    width = sum(patch.get_width() + 0.06 for patch in ax.patches)
    assert round(width) == len(states)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_to_draw_is_said(language):
    none = reactions.table(events.empty())
    for ax, sentence in (
        charts.timeline(none, language=language),
        charts.matrix(reactions.matrix(none), language=language),
        reactionmap.reactions(none, language=language),
    ):
        assert len(sentence) > 20
        assert len(ax.lines) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_on_the_map_of_crossings_do_not_collide(language, gates):
    status = borders.status(*gates, day="2024-12-06")
    ax, sentence = gatemaps.crossings(status, language=language)
    figure = ax.figure
    figure.canvas.draw()
    assert "12" in sentence
    numbers = set(status["crossing_id"])
    placed = []
    for panel in figure.axes:
        texts = [text for text in panel.texts if text.get_text() in numbers]
        found = boxes(texts, figure)
        placed += [word for word, _ in found]
        assert [
            (a, b) for i, (a, p) in enumerate(found) for b, q in found[:i] if p.padded(-1).overlaps(q)
        ] == []
        assert all(panel.bbox.padded(2).contains(box.x0, box.y0) for _, box in found)
    drawn = status[~status["kind"].isin(["airport", "internal"])]
    assert sorted(placed) == sorted(drawn["crossing_id"])
    key = boxes(figure.texts, figure)
    assert not any(p.padded(-1).overlaps(q) for i, (_, p) in enumerate(key) for _, q in key[:i])


def test_a_vocabulary_without_marks_is_refused():
    with pytest.raises(UnknownCodeError, match="no marks for 'moods'"):
        figures.marks("moods", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_of_reactions_counts_every_actor_once(language, acts):
    shown = acts[acts["kind"] == "reaction"]
    ax, sentence = reactionmap.reactions(shown, language=language)
    lines = [line for panel in ax.figure.axes for line in panel.lines]
    circles = [line for line in lines if line.get_marker() not in ("None", "", None)]
    states = set(data.layer("world")["iso3"]) & set(shown["actor"])
    assert len(circles) == len(states)
    assert str(len(states)) in sentence
    assert figures.actor_names(language)["UN"] in sentence
