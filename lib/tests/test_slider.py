import re
from functools import reduce
from html.parser import HTMLParser

import pandas as pd
import pytest
import shapely
from PIL import Image

from frontlines import control, data, front, slider, svgmap
from frontlines.canvas import DRAW_CRS
from frontlines.phrases import LANGUAGES

DAYS = ["2024-12-05", "2024-12-06", "2024-12-07"]
HOSTILE = "</script><script>alert(1)</script> \"'><img src=x onerror=alert(2)> </style>"


@pytest.fixture(scope="module")
def held():
    baseline = data.table("record/baseline", numeric=("lat", "lon"))
    changes = data.table("record/control_changes", numeric=("lat", "lon"))
    return control.by_day(baseline, changes, days=DAYS)


@pytest.fixture(scope="module")
def ground(held):
    frame = pd.concat([front.zones(rows, day=day) for day, rows in held.groupby("day")])
    frame.attrs = {"reach_km": 15.0}
    return frame


@pytest.fixture(scope="module")
def events():
    changes = data.table("record/control_changes")
    coded = pd.DataFrame([
        {"date": "2024-12-06", "event_type": "capture", "place_id": "", "place_name": HOSTILE,
         "quote": HOSTILE, "actor": HOSTILE, "source": HOSTILE, "status": "attributed", "place_relation": ""},
        {"date": "2024-12-07", "event_type": "reinforcement", "place_id": "gn:169577", "place_name": "Homs",
         "quote": "renforts  à\nHoms", "place_relation": "near", "status": "expected"},
    ])  # fmt: skip
    return pd.concat([coded, changes], ignore_index=True)


@pytest.fixture(scope="module")
def page(ground, held, events):
    return slider.page(ground, held, events, until="2024-12-09")


class Seen(HTMLParser):
    """Every start tag of a page, with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def of(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def articles(text):
    return dict(re.findall(r'<article data-days="\d+" data-day="([^"]+)">(.*?)</article>', text, re.DOTALL))


def test_nothing_is_fetched(page):
    fetching = {"img", "link", "iframe", "image", "object", "audio", "video", "source", "embed"}
    seen = Seen(page)
    assert fetching.isdisjoint({tag for tag, _ in seen.tags})
    assert [attrs for attrs in seen.of("script") if "src" in attrs] == []
    assert all(attrs["href"].startswith("#") for attrs in seen.of("use"))
    code = "".join(re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, re.DOTALL))
    assert not re.search(r"http|@import|url\((?!#)|fetch\(|XMLHttp", code)


def test_a_file_of_three_days_is_small(page):
    assert len(page.encode()) < 400_000


def test_text_is_data(page):
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("</style>") == len(Seen(page).of("style"))
    assert page.count("</script>") == len(Seen(page).of("script")) == 1


def test_only_addresses_of_the_web_become_links():
    assert slider._link("P", "2024-12-06", "javascript:alert(1)") == "P, 2024-12-06"
    assert slider._link("P & Q", "", "https://a.example/?b=1&c=2") == (
        '<a href="https://a.example/?b=1&amp;c=2" rel="noreferrer">P &amp; Q</a>'
    )


def test_every_day_until_the_last_has_its_list(page):
    days = articles(page)
    assert list(days) == [*DAYS, "2024-12-08", "2024-12-09"]
    assert "last report" not in days["2024-12-07"]
    assert "9 December 2024 (last report 7 December 2024)" in days["2024-12-09"]
    assert "On 7 December 2024" in days["2024-12-09"]


def test_an_event_stands_with_its_words_or_its_source(page):
    homs = articles(page)["2024-12-07"]
    assert (
        '<em class="status">expected</em> <q dir="auto">renforts à Homs</q> <cite>the dispatch</cite>' in homs
    )
    assert "Homs (nearby)" in homs
    for item in re.findall(r"<li>.*?</li>", "".join(articles(page).values())):
        assert "<cite>" in item
    assert re.search(
        r"Government and allies → HTS-led forces</span> <cite><a href=\"http", articles(page)["2024-12-05"]
    )


def test_days_without_an_event_say_so(page):
    assert "No event is listed" in articles(page)["2024-12-09"] or "<ul>" in articles(page)["2024-12-09"]
    assert page.count("No event is listed") <= 2


def test_places_bear_the_side_of_each_day(page, held):
    letters = svgmap._letters()
    marks = [attrs["data-sides"] for attrs in Seen(page).of("use") if "data-sides" in attrs]
    assert len(marks) == held["place_id"].nunique()
    assert {len(mark) for mark in marks} == {5}
    assert all(mark[2] == mark[3] == mark[4] for mark in marks)  # after the last report nothing moves
    for i, (_, rows) in enumerate(held.groupby("day")):
        told = pd.Series([mark[i].upper() for mark in marks]).value_counts().drop("-", errors="ignore")
        assert told.to_dict() == rows["side"].map(letters).value_counts().to_dict()
        hollow = sum(mark[i].islower() for mark in marks)
        assert hollow == (rows["sourced"] == "no").sum()


def outline_area(d):
    """Measure what a path fills, in square kilometres, by the even-odd rule."""
    rings = []
    for x, y, moves in re.findall(r"M(-?\d+) (-?\d+)l([^M]*?)z", d):
        points = [(int(x), int(y))]
        steps = [int(n) for n in re.findall(r"-?\d+", moves)]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            points.append((points[-1][0] + dx, points[-1][1] + dy))
        rings.append(shapely.make_valid(shapely.Polygon(points)))
    return reduce(shapely.symmetric_difference, rings).area * (svgmap.UNIT_M / 1000) ** 2


def test_the_drawing_has_the_ground_of_the_table(page, ground):
    first = ground[ground["day"] == DAYS[0]].to_crs(DRAW_CRS).set_index("side")
    outlines = {
        attrs["id"]: attrs["d"] for attrs in Seen(page).of("path") if attrs.get("id", "").startswith("z")
    }
    groups = re.findall(r'<g data-days="0[^"]*"><use href="#(z\d+)" class="g(\w)"/>', page)
    drawn = {letter: outline_area(outlines[name]) for name, letter in groups}
    for side, letter in svgmap._letters().items():
        if side in first.index and side != "unknown":
            assert drawn[letter] == pytest.approx(first.geometry[side].area / 1e6, rel=0.06, abs=20)


def test_one_day_is_shown_where_no_script_runs(ground, held, events):
    text = slider.fragment(ground, held, events, until="2024-12-07", opened="2024-12-06")
    groups = [attrs for attrs in Seen(text).of("g") if "data-days" in attrs]
    assert groups
    for attrs in groups:
        assert ("hidden" in attrs) == ("1" not in attrs["data-days"].split())
    assert all("hidden" not in attrs for attrs in Seen(text).of("article"))
    assert 'data-start="1"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_in_the_language(ground, held, events, language):
    text = slider.page(ground, held, events, until="2024-12-07", language=language)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in text
    words = {"en": "Government and allies", "fr": "Gouvernement et alliés", "ar": "الحكومة وحلفاؤها",
             "tr": "Hükümet ve müttefikleri"}  # fmt: skip
    assert words[language] in text
    assert "497" in text  # what the Golan Heights are


def test_the_same_tables_give_the_same_page(ground, held, events, page):
    assert slider.page(ground, held, events.copy(), until="2024-12-09") == page


def test_controls_have_names(page):
    seen = Seen(page)
    assert [attrs["aria-label"] for attrs in seen.of("button")] == ["Previous day", "Play", "Next day"]
    (handle,) = seen.of("input")
    assert handle["aria-label"] == "Day"
    assert handle["max"] == "4"
    ids = [attrs["id"] for _, attrs in seen.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_the_animation_has_a_frame_a_day(ground, held, tmp_path):
    path = slider.animation(ground, held, tmp_path / "days.gif", seconds=0.5)
    with Image.open(path) as gif:
        assert gif.n_frames == len(DAYS)
        assert gif.info["duration"] == 500
        gif.seek(2)
        assert gif.info["duration"] == 2000
        assert min(gif.size) > 500
