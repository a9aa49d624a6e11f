import re
from collections import Counter

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.markers import MarkerStyle

from frontlines import (
    borders,
    charts,
    control,
    data,
    events,
    figures,
    gatemaps,
    reactionmap,
    reactions,
    routes,
)  # fmt: skip
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


@pytest.fixture(scope="module")
def record():
    tables = [data.table(f"record/{name}") for name in ("border_events", "reactions")]
    return reactions.table(pd.concat(tables, ignore_index=True))


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


def apart(found, marks=()):
    """Ask that no two boxes overlap, and none a mark."""
    assert [(a, b) for i, (a, p) in enumerate(found) for b, q in found[:i] if p.padded(-1).overlaps(q)] == []
    assert [(word, mark) for word, p in found for mark in marks if p.padded(-0.5).overlaps(mark)] == []


def inside(found, sheet):
    frame = sheet.bbox.padded(1)
    return all(frame.contains(*corner) for _, box in found for corner in (box.min, box.max))


def mark_boxes(ax):
    """What each mark covers, from its form and size, in pixels."""
    found = []
    for line in ax.lines:
        if line.get_marker() not in ("None", "", None):
            form = MarkerStyle(line.get_marker())
            extent = form.get_path().transformed(form.get_transform()).get_extents()
            size = line.get_markersize() * ax.figure.dpi / 72
            for x, y in ax.transData.transform(line.get_xydata()):
                corners = [(x + size * dx, y + size * dy) for dx, dy in (extent.min, extent.max)]
                found.append(mpl.transforms.Bbox(corners))
    return found


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
    assert not re.search(r"\bnan\b|\.\.", sentence)
    words = " ".join([sentence, *(text.get_text() for text in figure.findobj(mpl.text.Text))])
    if language in ("fr", "tr"):
        assert not re.search(r"\d\.\d", words.replace("CC BY 4.0", ""))
    if language == "fr":
        assert not re.search(r"\S:( |$)", words.replace("\u00a0", " "))
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


def drawn_days(ax, vocabulary):
    """Count the fields of each state: the filled bars of one day each."""
    colors = figures.marks(vocabulary, "en")["color"]
    state_of = {mpl.colors.to_hex(color): state for state, color in colors.items()}
    filled = [patch for patch in ax.patches if patch.get_fill() and patch.get_width() == 1]
    return dict(Counter(state_of[mpl.colors.to_hex(patch.get_facecolor())] for patch in filled))


def test_a_strip_has_a_field_for_every_day_of_every_gate_and_a_dot_where_no_source_stands(states):
    ax, _ = charts.strip(states)
    assert drawn_days(ax, "gate_state") == dict(Counter(states["state"]))
    unsourced = states[states["sourced"] == "no"]
    begins = (unsourced["crossing_id"] != unsourced["crossing_id"].shift()) | (
        pd.to_datetime(unsourced["day"]).diff().dt.days != 1
    )
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(dots) == begins.sum() > 5


def test_open_gates_draws_the_numbers_of_its_table(states):
    counts = borders.open_by_neighbour(states)
    first, _ = charts.open_gates(counts)
    looks = figures.marks("gate_state", "en")["color"]
    tallest = counts.groupby("other_country")["crossings"].max().sort_values(ascending=False, kind="stable")
    for panel, country in zip(first.figure.axes, tallest.index, strict=True):
        rows = counts[counts["other_country"] == country]
        for state, color in looks.items():
            bars = [p for p in panel.patches if mpl.colors.to_hex(p.get_facecolor()) == color.lower()]
            assert [bar.get_height() for bar in bars] == rows[state].tolist(), (country, state)


def test_phases_draws_the_numbers_of_its_table(acts, falls):
    table = reactions.phases(acts, falls, first_day="2024-11-26", last_day="2024-12-20")
    first, _ = charts.phases(table, days=figures.day_marks(falls))
    for panel, (_, rows) in zip(first.figure.axes, table.groupby("from_day"), strict=True):
        assert [bar.get_width() for bar in panel.patches] == rows["acts_per_day"].tolist()
        assert [text.get_text() for text in panel.texts] == rows["acts"].astype(str).tolist()


@pytest.fixture(scope="module")
def in_reach(gates):
    crossings, record = gates
    tables = [
        data.table(f"record/{name}", numeric=("lat", "lon")) for name in ("baseline", "control_changes")
    ]
    days = ["2024-11-26", "2024-12-06", "2024-12-07", "2024-12-20"]
    network = routes.graph(data.table("geo/roads"))
    held = control.by_day(*tables, days=days, grouping={"SOUTH": "HTS"})
    stops = routes.by_day(network, held, borders.by_day(crossings, record, held=held))
    outer = crossings[crossings["other_country"].isin(["TUR", "IRQ", "JOR", "LBN"])]
    return [
        pd.concat(
            [
                routes.reach(network, stops, outer, town, doubtful=doubtful)
                for town in ("gn:170654", "gn:170063")
            ]
        )
        for doubtful in ("closed", "open")
    ]


def test_reach_is_the_one_told_in_the_chapter(in_reach):
    least, most = (
        table.pivot_table(index="day", columns="place_id", values="reached", aggfunc="sum")
        for table in in_reach
    )
    assert least["gn:170654"].tolist() == [3, 1, 0, 0]
    assert most["gn:170654"].tolist() == [3, 1, 0, 3]
    assert least["gn:170063"].tolist() == [3, 1, 1, 1]
    assert (least <= most).all(axis=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reach_draws_its_table_and_no_words_collide(language, in_reach):
    least, most = in_reach
    ax, sentence = charts.reach(least, most, language=language)
    doubtful = int((most["reached"] & ~least["reached"]).sum())
    told = {"open": int(least["reached"].sum()), "doubtful": doubtful, "cut": int((~most["reached"]).sum())}
    assert drawn_days(ax, "way") == {state: n for state, n in told.items() if n}
    assert "0–3" in sentence
    ax.figure.canvas.draw()
    apart(boxes([*ax.get_yticklabels(), *ax.get_xticklabels(), *ax.texts, *ax.figure.texts], ax.figure))
    assert len(charts.reach(least[:0], most[:0], language=language)[0].patches) == 0


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
        apart(found, mark_boxes(panel))
        assert all(panel.bbox.padded(2).contains(box.x0, box.y0) for _, box in found)
    drawn = status[~status["kind"].isin(["airport", "internal"])]
    assert sorted(placed) == sorted(drawn["crossing_id"])
    apart(boxes([*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())], figure))
    rows = [text for text in figure.texts if re.match("\u200f?[A-Z]{2}\\d\\d  ", text.get_text())]
    assert len(rows) == len(drawn)
    side = "right" if language == "ar" else "left"
    assert {(text.get_ha(), text.get_va()) for text in rows} == {(side, "baseline")}


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_label_of_the_map_of_reactions_covers_a_mark_or_a_label(language, record):
    answers = record[record["kind"].isin(["reaction", "border"]) & (record["bloc"] != "party")]
    ax, _ = reactionmap.reactions(answers, language=language)
    ax.figure.canvas.draw()
    known, counts = figures.actor_names(language), answers.groupby("actor")["event_id"].nunique()
    states = set(data.layer("world")["iso3"]) & set(counts.index)
    written = []
    for panel in ax.figure.axes:
        found = boxes(panel.texts, ax.figure)
        written += [word for word, _ in found]
        apart(found, mark_boxes(panel))
        assert inside(found, panel)
    assert sorted(written) == sorted(f"{known[state]} {counts[state]}" for state in states)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_network_has_a_line_for_every_contact_and_no_words_collide(language, record):
    pairs = reactions.consultations(record)
    ax, sentence = charts.network(pairs, since="2024-12-08", language=language)
    ax.figure.canvas.draw()
    lines = [line for line in ax.lines if line.get_marker() == "None"]
    days = pairs["days"].str.split(";").explode()
    assert len(lines) == len(days) == pairs["meetings"].sum()
    assert sum(line.get_linestyle() == "-" for line in lines) == (days < "2024-12-08").sum()
    parts = {str((days < "2024-12-08").sum()), str((days >= "2024-12-08").sum())}
    assert parts <= set(re.findall(r"\d+", sentence))
    actors = set(pairs["actor"]) | set(pairs["other"])
    assert len(ax.texts) == len(actors) == len(mark_boxes(ax))
    assert sum(int(re.findall(r"\d+", text.get_text())[-1]) for text in ax.texts) == 2 * len(days)
    legend = boxes(ax.figure.legends[0].get_texts(), ax.figure)
    apart(boxes([*ax.texts, *ax.figure.texts], ax.figure) + legend, mark_boxes(ax))
    assert inside(boxes(ax.texts, ax.figure), ax.figure)


def test_the_network_without_a_day_has_only_full_lines_and_draws_one_pair(record):
    pairs = reactions.consultations(record).head(1)
    ax, sentence = charts.network(pairs)
    assert {line.get_linestyle() for line in ax.lines if line.get_marker() == "None"} == {"-"}
    assert "2 contacts in all" in sentence
    assert "the table is empty" in charts.network(pairs[:0])[1]


def test_the_network_calls_a_state_that_changed_hands_by_its_country_alone(record):
    ax, _ = charts.network(reactions.consultations(record))
    assert "Syria\u00a06" in [text.get_text() for text in ax.texts]


def test_a_timeline_can_have_a_lane_for_each_actor(record):
    armed = record[record["kind"] == "belligerent"]
    ax, sentence = charts.timeline(armed, rows="actor")
    assert [label.get_text() for label in ax.get_yticklabels()][:2] == ["Israel", "Russia"]
    assert len(ax.get_yticklabels()) == armed["actor"].nunique()
    assert "By actor: Israel 13" in sentence


@pytest.mark.parametrize(("language", "first"), [("en", "handle"), ("ar", "words")])
def test_a_legend_in_arabic_runs_from_the_right(language, first, states):
    ax, _ = charts.strip(states, language=language)
    ax.figure.canvas.draw()
    legend = ax.figure.legends[0]
    handle, words = (part[0].get_window_extent() for part in (legend.get_patches(), legend.get_texts()))
    assert (handle.x0 < words.x0) == (first == "handle")
    columns = [text.get_window_extent().x0 for text in legend.get_texts()[::2]]
    assert columns == sorted(columns, reverse=language == "ar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_day_and_no_organisation_are_told_without_gaps(language, acts):
    single = acts[(acts["day"] == "2024-12-06") & (acts["actor"] == "RUS")]
    for sentence in (
        charts.timeline(single, language=language)[1],
        reactionmap.reactions(single, language=language)[1],
    ):
        assert sentence.count("2024") == 1
        assert not re.search(r": ?\.$", sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_maps_say_whose_word_they_rest_on(language, gates, acts):
    by = charts.told_by("dispatch", language)
    status = borders.status(*gates, day="2024-12-06")
    for ax, _ in (
        gatemaps.crossings(status, by=by, language=language),
        reactionmap.reactions(acts, by=by, language=language),
        charts.network(reactions.consultations(acts), by=by, language=language),
    ):
        assert any(by in text.get_text().replace("\n", " ") for text in ax.figure.texts)
    assert charts.told_by("record", language) is None
