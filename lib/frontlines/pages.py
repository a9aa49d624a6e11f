"""Pages: the site built from executed chapters, coded tables and `data/`, with every asset local."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from html import escape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pandas as pd
from babel import Locale
from nbformat import NotebookNode

import frontlines
from frontlines import chapters, data
from frontlines import tables as table_pages
from frontlines.errors import FrontlinesError, MissingDataError

_EVENT_COLUMNS = ["date", "event_type", "actor", "place_name", "quote", "status", "source", "label_used",
                  "target", "place_relation", "rule"]  # fmt: skip


def build(
    notebooks: Path,
    tables: Mapping[str, pd.DataFrame],
    out: Path,
    *,
    templates: Path,
    sliders: Mapping[str, Path] | None = None,
) -> Path:
    """
    Build the site.

    Parameters
    ----------
    notebooks
        The folder of executed chapters.
    tables
        What was coded: ``mentions``, ``events``, ``event_mentions``, ``claims``; may be empty.
    out
        The folder that a run writes; the site goes to `out`/site, its sources to `out`/site-source.
    templates
        The folder of page templates, with Sphinx's `conf.py`.
    sliders
        Language to page of `slider.page`: the English one becomes a page of the site, the others are linked.

    Returns
    -------
    pathlib.Path
        The front page.

    Raises
    ------
    MissingDataError
        If Sphinx, MyST-NB or Furo are not installed.
    FrontlinesError
        If Sphinx fails; its messages are in `out`/site.log.
    """
    lacking = [name for name in ("sphinx", "myst_nb", "furo") if find_spec(name) is None]
    if lacking:
        raise MissingDataError(
            f"the site needs {', '.join(lacking)}; install with `pip install -e lib[site]`"
        )
    source = out / "site-source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(templates, source, ignore=shutil.ignore_patterns("__pycache__"))
    found = _chapters(chapters.listed(notebooks), source)
    _write_parts(source / "_parts", found, tables)
    _write_slider(source, sliders or {})
    _copy_data(source / "_static" / "data")
    return _sphinx(source, out)


def figure_cards(found: pd.DataFrame) -> str:
    """
    Lay the chapters' pictures out as cards, each leading to its chapter; of each the first, the rest folded.

    Parameters
    ----------
    found
        Columns chapter (file name), title, file (picture, or empty), alt.

    Returns
    -------
    str
        HTML; all text in it is escaped.
    """
    drawn = found[found["file"] != ""]
    again = drawn.duplicated("chapter")
    more = f"<details><summary>{again.sum()} more pictures</summary>{_cards(drawn[again])}</details>\n"
    return _cards(drawn[~again]) + more * bool(again.any())


def _cards(found: pd.DataFrame) -> str:
    cards = []
    for row in found.itertuples():
        page = escape(f"chapters/{Path(row.chapter).stem}.html")
        cards.append(
            f'<figure class="finding"><a href="{page}"><img src="_static/pictures/{escape(row.file)}" '
            f'alt="{escape(row.alt)}" loading="lazy"></a>'
            f"<figcaption>{escape(_first_sentence(row.alt))} "
            f'<a href="{page}">{escape(row.title)}</a></figcaption></figure>'
        )
    return '<div class="findings">' + "\n".join(cards) + "</div>\n"


# what a screen reader would stumble over: captions of lists as headings of no level, columns without a name
# that are marked as heads (pandas' index), a page without a title, a name that is not the words shown, side
# columns that are not told apart
_READ_ALOUD = {
    ' role="heading">': ' role="heading" aria-level="2">',
    "<th></th>": "<td></td>",
    '<summary aria-label="Toggle hidden content">': "<summary>",
    '<div id="search-results">': '<h1>Search</h1><div id="search-results">',
    '<aside class="sidebar-drawer': '<aside aria-label="Pages" class="sidebar-drawer',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
}
# links of a chapter into the checkout: tables are copied to the site, the rest stays words
_TABLE_LINK = re.compile(r"\]\(\.\./data/([^)\s#]+\.csv)\)")
_OUTSIDE_LINK = re.compile(r"\[([^]]+)\]\(\.\./(?!_static/)[^)]*\)")


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s+(?=\S)", text, maxsplit=1)[0]


def _chapters(paths: list[Path], source: Path) -> pd.DataFrame:
    """Copy the chapters with their alt texts where MyST-NB looks for them, and save their pictures."""
    folder, shown = source / "chapters", source / "_static" / "pictures"
    folder.mkdir()
    shown.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, str, str, str]] = []
    for path in paths:
        notebook = chapters.clean(chapters.read(path))
        title = _title(notebook, path)
        pictures = chapters.pictures(notebook)
        tagged = pictures[pictures["name"] != ""]
        chosen = tagged if len(tagged) else pictures.head(1)
        for number, picture in enumerate(chosen.itertuples(), start=1):
            name = f"{picture.name or f'{path.stem}-{number}'}.png"
            (shown / name).write_bytes(picture.png)
            rows.append((path.name, title, name, picture.alt or title))
        if chosen.empty:
            rows.append((path.name, title, "", ""))
        (folder / path.name).write_text(
            nbformat.writes(_for_reading(notebook, path.name)) + "\n", encoding="utf-8"
        )
    return pd.DataFrame(rows, columns=["chapter", "title", "file", "alt"])


def _title(notebook: NotebookNode, path: Path) -> str:
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^#\s+(.+)$", prose, re.MULTILINE)
    return heading[1].strip() if heading else path.stem


def _for_reading(notebook: NotebookNode, name: str) -> NotebookNode:
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _TABLE_LINK.sub(r"](../_static/data/\1)", cell.source)
            cell.source = _OUTSIDE_LINK.sub(r"\1", cell.source)
        cells += _one_picture_each(cell) if cell.cell_type == "code" else [cell]
    link = f"{{download}}`This chapter as a notebook <{name}>` (executed, with its outputs)."
    cells.append(nbformat.v4.new_markdown_cell(link, id="download"))
    reading: NotebookNode = nbformat.from_dict(notebook)
    reading.cells = cells
    return reading


def _one_picture_each(cell: NotebookNode) -> list[NotebookNode]:
    """Cut a cell after each picture: MyST-NB takes one alt text a cell."""
    groups: list[list[NotebookNode]] = [[]]
    for output in cell.outputs:
        groups[-1].append(output)
        if "image/png" in output.get("data", {}):
            groups.append([])
    parts = []
    for number, outputs in enumerate(group for i, group in enumerate(groups) if group or i == 0):
        part = nbformat.from_dict(cell)
        part.outputs = outputs
        tags = list(cell.metadata.get("tags", []))
        tags += ["hide-input"] * ("solution" in tags)
        if number:
            part.id, tags = f"{cell.id}-{number}", [*tags, "remove-input"]
        alt = next((o.metadata.get("image/png", {}).get("alt") for o in outputs if o.get("metadata")), None)
        part.metadata = nbformat.from_dict(
            {"tags": tags} | ({"mystnb": {"image": {"alt": alt}}} if alt else {})
        )
        parts.append(part)
    return parts


def _write_parts(folder: Path, found: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> None:
    folder.mkdir(exist_ok=True)
    events = tables.get("events", pd.DataFrame(columns=_EVENT_COLUMNS))
    claims = tables.get("claims", pd.DataFrame(columns=["claim_type", "quote"]))
    mentions = tables.get("mentions", pd.DataFrame(columns=["text", "name"]))
    parts = {
        "found.html": _found(tables),
        "findings.html": figure_cards(found),
        "events.html": table_pages.html(events[[c for c in _EVENT_COLUMNS if c in events]], caption="Events"),
        "claims.html": table_pages.html(claims, caption="Claims"),
        "mentions.html": table_pages.html(mentions, caption="Places named"),
        "glossary.html": table_pages.glossary(),
    }
    written = _library() | table_pages.data_pages(folder.parent)
    written["codebook"] = table_pages.codebook_page(folder.parent)
    for language in ("en", "fr"):
        found_pages = table_pages.trigger_pages(language)
        parts[f"triggers-{language}.html"] = found_pages.pop(f"triggers-{language}")
        written |= found_pages
    for name, text in parts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name, text in written.items():
        with (folder.parent / f"{name}.md").open("a", encoding="utf-8", newline="\n") as page:
            page.write(f"\n{text}" if page.tell() else text)


def _write_slider(source: Path, sliders: Mapping[str, Path]) -> None:
    """Take the English page apart for the site, and lay the others beside it."""
    links = []
    (source / "_static" / "slider").mkdir(parents=True, exist_ok=True)
    for language, path in sliders.items():
        copy = f"_static/slider/{path.name}"
        shutil.copyfile(path, source / copy)
        name = Locale(language).get_display_name(language) or language
        links.append(f'<a lang="{language}" href="{copy}">{escape(name)}</a>')
    shown = "<p>This run drew no such map; <code>frontlines run</code> does.</p>"
    if "en" in sliders:
        shown = sliders["en"].read_text(encoding="utf-8").partition("</h1>")[2].partition("</main>")[0]
        shown += f"<p>As a page of its own, without the site: {' · '.join(links)}.</p>"
    (source / "_parts" / "slider.html").write_text(shown, encoding="utf-8", newline="\n")


def _found(tables: Mapping[str, pd.DataFrame]) -> str:
    """Count in one line what was coded; nothing where nothing was."""
    if "events" not in tables or "status" not in tables["events"]:
        return ""
    coded = tables["events"]
    told = ", ".join(f"{count} {status}" for status, count in coded["status"].value_counts().items())
    return f'<p class="found">Coded here: {len(coded)} events{f" ({escape(told)})" * bool(told)}.</p>\n'


def _copy_data(target: Path) -> None:
    for path in table_pages.shipped():
        copy = target / path.relative_to(data.data_dir())
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _library() -> dict[str, str]:
    """Write a page a room, and of all rooms what each is for."""
    listed, pages = [], {}
    for room in frontlines.ROOMS:
        about, name = import_module(f"frontlines.{room}").__doc__ or "", f"library-{room}"
        listed.append(
            f"[`{room}`]({name}.md)\n: {' '.join(about.strip().partition(chr(10) * 2)[0].split())}\n"
        )
        pages[name] = (
            f"---\norphan: true\n---\n\n# `frontlines.{room}`\n\n```{{eval-rst}}\n"
            f".. automodule:: frontlines.{room}\n   :members:\n```\n\n[All rooms](library.md)\n"
        )
    return {"library": "\n".join(listed), **pages}


def _sphinx(source: Path, out: Path) -> Path:
    fresh, site, log = out / "site.part", out / "site", out / "site.log"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-j", "2", str(source), str(fresh)]
    # a locale that is not installed would stop Sphinx; dates and sorting must not depend on one either
    place = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", "TZ": "UTC", "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=place)
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise FrontlinesError(f"the site was not built: {last}; all messages are in {log}")
    for left_over in (fresh / ".doctrees", out / "jupyter_execute"):
        shutil.rmtree(left_over, ignore_errors=True)
    for page in fresh.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for old, new in _READ_ALOUD.items():
            text = text.replace(old, new)
        page.write_text(text, encoding="utf-8")
    shutil.rmtree(site, ignore_errors=True)
    fresh.rename(site)
    return site / "index.html"
