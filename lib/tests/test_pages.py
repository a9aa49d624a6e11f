import re

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import frontlines
from frontlines import data, pages, tables

MAX_BYTES = 500_000
TEMPLATES = data.data_dir().parent / "notebooks" / "site"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> ```\n[x](javascript:alert(3))"


PROSE = "# Who held what\n\nWho? By [types](../data/codebook/event_types.csv), see [how](../CONTRIBUTING.md)."


def shown(alt):
    return new_output("display_data", data={"image/png": PNG}, metadata={"image/png": {"alt": alt}})


_TAG = re.compile(r"<(?:script|img|iframe|link|source|video|audio|embed|object)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(?:src|srcset|href|data)\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]+)""", re.IGNORECASE
)
_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
# links that name a relation and fetch nothing
_NAMED_ONLY = re.compile(r"""rel\s*=\s*["']?(?:canonical|author|copyright|license)""", re.IGNORECASE)


def fetched(text):
    for tag in _TAG.findall(text):
        if not _NAMED_ONLY.search(tag):
            yield from _ATTRIBUTE.findall(tag)
    yield from _STYLE.findall(text)


def outside_requests(site):
    """List what a page would fetch from elsewhere when it is opened: ``page: address``, sorted."""
    found = set()
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = page.read_text(encoding="utf-8")
        found |= {f"{page.relative_to(site).as_posix()}: {address}" for address in fetched(text)}
    return sorted(found)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    drawn = new_code_cell("draw()", metadata={"tags": ["picture:control"]}, execution_count=1)
    drawn.outputs = [shown("Control on 6 December, as reported. Two of three."), shown(HOSTILE)]
    solved = new_code_cell("answer_of_the_exercise = 3", metadata={"tags": ["solution"]}, execution_count=2)
    notebook = new_notebook(cells=[new_markdown_cell(PROSE), drawn, solved])
    (folder / "notebooks").mkdir()
    nbformat.write(notebook, folder / "notebooks" / "01-control.ipynb")
    events = pd.DataFrame(
        {"date": ["2024-12-06"], "event_type": ["capture"], "quote": [HOSTILE], "lat": [34.5]}
    )
    front_page = pages.build(folder / "notebooks", {"events": events}, folder, templates=TEMPLATES)
    return front_page.parent


def html(site, name):
    return (site / name).read_text(encoding="utf-8")


def test_every_page_is_there(site):
    names = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    expected = {"index", "slider", "dispatch", "data", "data-record", "codebook", "triggers-en",
                "triggers-fr", "glossary", "library", "search", "chapters/01-control"}  # fmt: skip
    assert {f"{name}.html" for name in expected} <= names


def test_nothing_is_fetched_from_elsewhere(site):
    assert outside_requests(site) == []


def test_outside_requests_are_seen(tmp_path):
    (tmp_path / "a.html").write_text(
        '<script src="https://cdn.example/x.js"></script><link rel="stylesheet" href="//fonts.example/f.css">'
        '<link rel="canonical" href="https://us.example/"><a href="https://read.example/">read</a>'
    )
    (tmp_path / "b.css").write_text(
        "body { background: url(https://img.example/b.png) } @import 'local.css';"
    )
    assert outside_requests(tmp_path) == [
        "a.html: //fonts.example/f.css", "a.html: https://cdn.example/x.js", "b.css: https://img.example/b.png",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "count"), [("index.html", 1), ("chapters/01-control.html", 2)])
def test_every_picture_has_a_text(site, name, count):
    images = re.findall(r"<img\b[^>]*>", html(site, name))
    assert len(images) == count
    assert all(re.search(r'alt="[^"]{20,}"', image) for image in images)


def test_the_front_page_leads_to_the_chapter(site):
    page = html(site, "index.html")
    assert "Control on 6 December, as reported." in page
    assert 'href="chapters/01-control.html"' in page
    assert (site / "_static/pictures/control.png").is_file()


@pytest.mark.parametrize("name", ["index.html", "dispatch.html", "chapters/01-control.html"])
def test_text_is_data(site, name):
    page = html(site, name)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page


def test_a_chapter_can_be_downloaded(site):
    page = html(site, "chapters/01-control.html")
    (link,) = re.findall(r'href="([^"]+01-control\.ipynb)"', page)
    assert (site / "chapters" / link).resolve().is_file()


def test_links_into_the_checkout_lead_to_what_the_site_has(site):
    page = html(site, "chapters/01-control.html")
    assert re.search(r'href="[^"]*event_types\.csv"', page)
    assert "CONTRIBUTING.md" not in page
    assert "see how" in page


def test_cards_have_one_sentence_and_pictures_all(site):
    page = html(site, "index.html")
    assert page.count("Two of three.") == 1
    assert "Two of three.</figcaption>" not in page


def test_every_table_and_layer_stands_on_its_page_with_columns_and_a_download(site):
    shown = "".join(path.read_text(encoding="utf-8") for path in sorted(site.glob("data-*.html")))
    listed = html(site, "data.html")
    for path in tables.shipped():
        name = path.relative_to(data.data_dir()).as_posix()
        alike = tables._kind(name) != name  # of one kind, a text each: the first stands for all
        assert alike or f">data/{name}</caption>" in shown
        assert alike or f">{name}: columns</caption>" in shown
        assert f'href="_static/data/{name}" download' in listed
        assert (site / "_static/data" / name).is_file()


def test_links_of_the_list_of_files_lead_to_their_sections(site):
    links = re.findall(r'href="(data-\w+\.html)#(file-[\w-]+)"', html(site, "data.html"))
    assert len(links) >= len(tables.shipped())
    assert [link for link in links if f'id="{link[1]}"' not in html(site, link[0])] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_trigger_has_its_row_and_an_example_or_says_so(site, language):
    listed = html(site, f"triggers-{language}.html")
    rows = data.table(f"codebook/triggers.{language}")
    links = re.findall(rf'href="(triggers-{language}-[a-z_-]+\.html)"', listed)
    assert len(links) == len({*links}) == rows["event_type"].nunique()
    shown = "".join(html(site, link) for link in links)
    assert shown.count("<tr>") - shown.count("<thead>") == len(rows)
    examples = shown.count(f'<q lang="{language}">')
    assert examples + shown.count("<small>no example</small>") == len(rows)
    assert examples > 100
    for event_type in rows["event_type"].unique():
        assert f'<dt id="{event_type}">' in listed


def test_every_room_has_a_page_and_a_line(site):
    listed = html(site, "library.html")
    for room in frontlines.ROOMS:
        assert f'href="library-{room}.html"' in listed
        assert f'id="module-frontlines.{room}"' in html(site, f"library-{room}.html")


def test_answers_are_folded(site):
    page = html(site, "chapters/01-control.html")
    assert re.search(
        r"<details[^>]*>\s*<summary[^>]*>.*?Show the answer.*?answer_of_the_exercise", page, re.DOTALL
    )


def test_no_page_is_too_heavy_for_a_phone(site):
    pages_of_tables = [path for path in site.glob("*.html") if path.stat().st_size > MAX_BYTES]
    assert pages_of_tables == []


def test_every_term_of_the_glossary_stands_in_four_languages(site):
    page = html(site, "glossary.html")
    terms = data.table("codebook/glossary")
    assert (terms != "").all().all()
    assert not terms["term"].duplicated().any()
    assert list(terms["term"]) == sorted(terms["term"])
    for row in terms.to_dict("records"):
        assert f'<bdi lang="ar">{row["ar"]}</bdi>' in page


def test_the_slider_becomes_a_page_and_stands_beside_it(tmp_path):
    source = tmp_path / "site-source"
    (source / "_parts").mkdir(parents=True)
    named = {language: tmp_path / f"slider.{language}.html" for language in ("en", "ar")}
    for language, path in named.items():
        path.write_text(f"<html><h1>Days</h1>\n<p>{language}</p></main></html>")
    pages._write_slider(source, named)
    part = (source / "_parts" / "slider.html").read_text(encoding="utf-8")
    assert part.strip().startswith("<p>en</p>")
    assert '<a lang="ar" href="_static/slider/slider.ar.html">' in part
    assert (source / "_static/slider/slider.ar.html").is_file()


def test_sphinx_has_nothing_to_complain_of(site):
    assert (site.parent / "site.log").read_text(encoding="utf-8") == ""


def test_tables_are_escaped_and_readable_from_right_to_left():
    page = tables.html(pd.DataFrame({"name": ["حمص", HOSTILE], "n": [1.5, None]}), caption="<b>")
    assert "<script>" not in page
    assert "<b>" not in page
    assert '<td dir="auto">حمص</td>' in page
    assert '<td dir="auto">1.5</td>' in page
