import itertools

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from frontlines import canvas, control, curves, data, events, front, gazetteer, maps
from frontlines.errors import UnknownCodeError

DAY = "2024-12-06"
LANGUAGES = ("en", "fr", "ar", "tr")


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def record():
    return [data.table(f"record/{name}", numeric=("lat", "lon")) for name in ("baseline", "control_changes")]


@pytest.fixture(scope="module")
def timeline(record):
    return control.timeline(*record, day=DAY)


@pytest.fixture(scope="module")
def ground(timeline):
    return front.zones(timeline, day=DAY)


def words_of(figure):
    return " ".join(text.get_text().replace("\n", " ") for text in figure.findobj(mpl.text.Text))


def overlaps(ax):
    """Pairs of labels on a map that touch."""
    figure = ax.figure
    figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in ax.texts if text.get_text()]
    return [(a, b) for (a, box), (b, other) in itertools.combinations(boxes, 2) if box.overlaps(other)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_zones_say_what_they_show(ground, timeline, language):
    ax, sentence = maps.zones(ground, timeline, focus="HTS", language=language)
    look = canvas.palette(language)
    told = words_of(ax.figure)
    assert look.loc["HTS", "label"] in sentence
    assert look.loc["HTS", "label"] in told
    assert "2024" in sentence
    assert f"{(timeline['sourced'] == 'no').sum()}" in told
    assert f"{len(timeline)}" in told
    assert "GeoNames" in told
    assert "497" in told
    assert canvas.say("separation", language).split(" ")[0] in told
    for side in set(ground["side"]):
        assert look.loc[side, "label"] in told


def test_the_sentence_names_the_capitals(ground, timeline):
    _, sentence = maps.zones(ground, timeline, focus="HTS")
    assert sentence.startswith(
        "On 6 December 2024, 3 of 14 governorate capitals are reported held by HTS-led forces: "
    )
    assert "Aleppo, Hama, Idlib" in sentence
    assert "left unknown" in sentence


def test_a_side_without_capitals_and_places_without_capitals(ground, timeline):
    _, sentence = maps.zones(ground, timeline, focus="SFA")
    assert "none of 14 governorate capitals" in sentence
    village = timeline[timeline["place_name"] == "Ajil"]
    ax, sentence = maps.places(village, day=DAY)
    assert sentence == "On 6 December 2024, 1 of 1 places with evidence are reported held by HTS-led forces."
    assert "Ajil" in words_of(ax.figure)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_do_not_collide(ground, timeline, language):
    ax, _ = maps.zones(ground, timeline, language=language)
    assert overlaps(ax) == []


def test_every_capital_is_named(ground, timeline):
    ax, _ = maps.zones(ground, timeline)
    named = {text.get_text() for text in ax.texts}
    capitals = timeline[timeline["place_id"].isin(data.table("codebook/capitals")["place_id"])]
    assert len(capitals) == 14
    assert set(canvas.names(capitals["place_id"], capitals["place_name"])) <= named


def test_nothing_is_cut_off(ground, timeline):
    for language in LANGUAGES:
        ax, _ = maps.zones(ground, timeline, language=language)
        ax.figure.canvas.draw()
        page = ax.figure.bbox
        for text in ax.figure.texts:
            box = text.get_window_extent()
            assert page.x0 <= box.x0, text.get_text()
            assert box.x1 <= page.x1, text.get_text()
            assert page.y0 <= box.y0, text.get_text()


def test_one_small_map_a_day(record):
    listed = ["2024-11-26", "2024-12-01", "2024-12-08"]
    held = control.by_day(*record, days=listed)
    ground = pd.concat([front.zones(rows, day=day) for day, rows in held.groupby("day")])
    figure, sentence = maps.days(ground, held, focus="HTS", columns=2)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["26 November", "1 December", "8 December"]
    counts = [(held[held["day"] == day]["side"] == "HTS").sum() for day in (listed[0], listed[-1])]
    told = f"reported in {counts[0]} places on 26 November, in {counts[1]} on 8 December 2024."
    assert sentence == f"HTS-led forces: {told}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_named_places_stand_once_with_the_spelling_of_the_text(language):
    text = "À Rasten et à RASTEN, puis à Hama ; la Chine, Damas et Damas. Selon Moscou, rien. Vers Tell Qurz."
    mentions = gazetteer.find(text, language="fr")
    ax, sentence = maps.named(mentions, name="A dispatch", day=DAY, language=language)
    labels = [text.get_text() for text in ax.texts]
    hama, rastan, damascus = canvas.names(["gn:170017", "gn:172946", "gn:170654"], ["Hama", "", ""], language)
    assert sum("Rasten" in words or "RASTEN" in words for words in labels) == 1
    assert any(words.startswith(hama) for words in labels)
    assert rastan in sentence
    assert f"{damascus} (2)" in sentence
    assert canvas.names(["gn:1814991"], [""], language)[0] in words_of(ax.figure)
    assert overlaps(ax) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["", "France appealed for calm, and Paris for talks."])
def test_where_no_place_of_the_map_is_told_words_say_so_and_no_map_is_drawn(text, language):
    mentions = gazetteer.find(text, language="en")
    paris = {"place_id": "gn:2988507", "place_name": "Paris", "lat": 48.85, "lon": 2.35}
    told = pd.DataFrame([{"event_id": "a", "event_type": "appeal", "status": "stated"} | paris])
    table = events.tidy(told) if text else events.empty()
    for ax, sentence in (
        maps.named(mentions, name="A dispatch", day=DAY, language=language),
        maps.events(table, name="A dispatch", day=DAY, language=language),
    ):
        ax.figure.canvas.draw()
        assert sentence.startswith("A dispatch")
        assert not ax.axison


def test_events_of_a_dispatch():
    hama = {"place_id": "gn:170017", "place_name": "Hama", "lat": 35.13, "lon": 36.75}
    rows = [
        {"event_id": "a", "event_type": "capture", "status": "stated"} | hama,
        {"event_id": "b", "event_type": "air_strike", "status": "attributed"} | hama,
        {"event_id": "c", "event_type": "warning", "status": "stated"},
    ]
    ax, sentence = maps.events(events.tidy(pd.DataFrame(rows)), name="A dispatch", day=DAY)
    assert sentence.startswith("A dispatch, 6 December 2024 — captured: Hama. 3 events at 1 places")
    assert sentence.endswith("Hama: captured, air strike.")
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"control", "violence"}


def test_areas_name_the_greatest_loss_and_gain():
    held = {"GOV": (47738, 120), "HTS": (2682, 20408), "unknown": (100000, 130000)}
    listed = ("2024-11-26", "2024-12-08")
    rows = [(day, side, area[i], 9) for i, day in enumerate(listed) for side, area in held.items()]
    table = pd.DataFrame(rows, columns=["day", "side", "area_km2", "places"])
    ax, sentence = curves.areas(table, days={"2024-12-05": "Hama"})
    assert "Government and allies from 47,700 to 100 km²" in sentence
    assert "HTS-led forces from 2,700 to 20,400 km²" in sentence
    assert "Between 66 and 86 %" in sentence
    assert len(ax.lines) >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_legends_of_charts_and_small_maps_are_whole(record, language):
    held = control.by_day(*record, days=["2024-11-26", "2024-12-08"])
    ground = pd.concat([front.zones(rows, day=day) for day, rows in held.groupby("day")])
    places = held.groupby(["day", "side"]).size().rename("places")
    table = ground.groupby(["day", "side"])["area_km2"].sum().to_frame().join(places).fillna(0).reset_index()
    for figure in (maps.days(ground, held, focus="HTS", language=language)[0],
                   curves.areas(table, language=language)[0].figure):  # fmt: skip
        figure.canvas.draw()
        (box,) = [legend.get_window_extent() for legend in figure.legends]
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1


def test_show_displays_alt_text_and_caption_and_closes(monkeypatch, timeline):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **how: shown.append((thing, how)))
    ax, sentence = maps.places(timeline, day=DAY)
    maps.show(ax, sentence)
    (bundle, how), (caption, _) = shown
    assert how["metadata"] == {"image/png": {"alt": sentence}}
    assert len(bundle["image/png"]) < 200_000
    assert "object at 0x" not in bundle["text/plain"]
    assert caption.data == f"*{sentence}*"
    assert plt.get_fignums() == []


def test_unknown_language_is_refused(timeline):
    with pytest.raises(UnknownCodeError, match="'de' for pictures; there are en, fr, ar, tr"):
        maps.places(timeline, day=DAY, language="de")


def test_phrases_have_the_same_blanks_in_every_language():
    words = data.table("codebook/words")
    assert not words["key"].duplicated().any()
    for row in words.to_dict("records"):
        blanks = [{part.split("}")[0] for part in row[lang].split("{")[1:]} for lang in LANGUAGES]
        assert all(blank == blanks[0] for blank in blanks), row["key"]
        assert all(row[lang] for lang in LANGUAGES), row["key"]


# Machado, Oliveira and Fernandes (2009), severity 1: what a dichromat sees of linear RGB
SEEN = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color, seen):
    srgb = np.array(mpl.colors.to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(XYZ @ np.clip(np.array(seen) @ linear, 0, 1) / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", SEEN)
def test_sides_are_told_apart_by_all_eyes_and_without_colour(eyes):
    sides = canvas.palette()
    colors = sides.loc[sides["kind"] == "side", "color"]
    apart = {
        (a, b): np.linalg.norm(lab(colors[a], SEEN[eyes]) - lab(colors[b], SEEN[eyes]))
        for a, b in itertools.combinations(colors.index, 2)
    }
    assert min(apart.values()) > 15, min(apart, key=apart.get)
    assert sides["marker"].is_unique


def test_arabic_has_its_own_comma_and_semicolon():
    assert canvas.pointed("حماة, الرستن; حمص") == "حماة، الرستن؛ حمص"
    assert canvas.pointed("Hama, Homs; 4,5") == "Hama, Homs; 4,5"
