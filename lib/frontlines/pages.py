"""Pages: the site built from executed chapters, coded tables and `data/`, with every asset local."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatch
from html import escape
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode

import frontlines
from frontlines import chapters, data
from frontlines.errors import FrontlinesError, MissingDataError

PREVIEW_ROWS = 5
LONG_ROWS = 40
_EVENT_COLUMNS = ["date", "event_type", "actor", "target", "place_name", "place_relation", "status", "source",
                  "label_used", "quote", "rule"]  # fmt: skip


def build(notebooks: Path, tables: Mapping[str, pd.DataFrame], out: Path, *, templates: Path) -> Path:
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
    _copy_data(source / "_static" / "data")
    return _sphinx(source, out)


def figure_cards(found: pd.DataFrame) -> str:
    """
    Lay the chapters' pictures out as cards, each leading to its chapter.

    Parameters
    ----------
    found
        Columns chapter (file name), title, file (picture, or empty), alt.

    Returns
    -------
    str
        HTML; all text in it is escaped.
    """
    cards = []
    for row in found[found["file"] != ""].itertuples():
        page = escape(f"chapters/{Path(row.chapter).stem}.html")
        cards.append(
            f'<figure class="finding"><a href="{page}"><img src="_static/pictures/{escape(row.file)}" '
            f'alt="{escape(row.alt)}" loading="lazy"></a>'
            f'<figcaption>{escape(row.alt)} <a href="{page}">{escape(row.title)}</a></figcaption></figure>'
        )
    return '<div class="findings">' + "\n".join(cards) + "</div>\n"


def table_html(frame: pd.DataFrame, *, caption: str = "") -> str:
    """
    Put a table into HTML that scrolls sideways on a narrow screen.

    Parameters
    ----------
    frame
        Any table.
    caption
        A line above it.

    Returns
    -------
    str
        HTML; all text in it is escaped.
    """
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    body = "\n".join(
        "<tr>" + "".join(f'<td dir="auto">{_cell(value)}</td>' for value in row) + "</tr>"
        for row in frame.itertuples(index=False)
    )
    label = escape(caption or "table")
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="table-wrapper" role="region" tabindex="0" aria-label="{label}">'
        f'<table class="docutils">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>\n'
    )


def outside_requests(site: Path) -> list[str]:
    """
    List what a page of the site would fetch from elsewhere when it is opened.

    Parameters
    ----------
    site
        The built site.

    Returns
    -------
    list of str
        ``page: address`` for each script, style sheet, picture, font or frame that is not local; sorted.
    """
    found = set()
    for page in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = page.read_text(encoding="utf-8")
        found |= {f"{page.relative_to(site).as_posix()}: {address}" for address in _fetched(text)}
    return sorted(found)


_TAG = re.compile(r"<(?:script|img|iframe|link|source|video|audio|embed|object)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(?:src|srcset|href|data)\s*=\s*["']?\s*((?:https?:)?//[^"'\s>]+)""", re.IGNORECASE
)
_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
# links that name a relation and fetch nothing
_NAMED_ONLY = re.compile(r"""rel\s*=\s*["']?(?:canonical|author|copyright|license)""", re.IGNORECASE)


def _fetched(text: str) -> Iterable[str]:
    for tag in _TAG.findall(text):
        if not _NAMED_ONLY.search(tag):
            yield from _ATTRIBUTE.findall(tag)
    yield from _STYLE.findall(text)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:g}"
    return escape(" ".join(str(value).split()))


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
    for cell in notebook.cells:
        heading = (
            re.search(r"^#\s+(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        )
        if heading:
            return heading.group(1).strip()
    return path.stem


def _for_reading(notebook: NotebookNode, name: str) -> NotebookNode:
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
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
        "events.html": table_html(events[[c for c in _EVENT_COLUMNS if c in events]], caption="Events"),
        "claims.html": table_html(claims, caption="Claims"),
        "mentions.html": table_html(mentions, caption="Places named"),
        "library.md": _library(),
    }
    for name, text in parts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for name, text in {
        "codebook.md": _codebook_page(folder.parent),
        "data.md": _data_page(folder.parent),
    }.items():
        with (folder.parent / name).open("a", encoding="utf-8", newline="\n") as page:
            page.write(f"\n{text}")


def _found(tables: Mapping[str, pd.DataFrame]) -> str:
    """Count in one line what was coded; nothing where nothing was."""
    if "events" not in tables or "status" not in tables["events"]:
        return ""
    coded = tables["events"]
    told = ", ".join(f"{count} {status}" for status, count in coded["status"].value_counts().items())
    return f'<p class="found">Coded here: {len(coded)} events ({escape(told)}).</p>\n'


def _codebook_page(source: Path) -> str:
    names = sorted(f"codebook/{path.name}" for path in (data.data_dir() / "codebook").glob("*.csv"))
    return "".join(_section(source, name, rows=None, level=2) for name in names)


def _data_page(source: Path) -> str:
    folder = data.data_dir()
    names = [path.relative_to(folder).as_posix() for path in _shipped()]
    names.sort(key=lambda name: (not name.startswith("record/"), name))  # the findings' own tables first
    parts, last = [], ""
    for name in names:
        group = name.rpartition("/")[0] or "."
        if group != last:
            parts.append(f"## `data/{group}/`\n\n" if group != "." else "## `data/`\n\n")
        last = group
        parts.append(_section(source, name, rows=PREVIEW_ROWS, level=3))
    return "".join(parts)


def _section(source: Path, name: str, *, rows: int | None, level: int) -> str:
    """Write what is known of a table, and its rows, as HTML; give the Markdown that shows it."""
    frame = data.table(name.removesuffix(".csv"))
    shown = frame if rows is None else frame.head(rows)
    what = "First rows" if len(shown) < len(frame) else "All rows"
    body = table_html(shown, caption=f"data/{name}")
    if rows is None and len(frame) > LONG_ROWS:
        body = f"<details><summary>{what} ({len(frame):,})</summary>{body}</details>\n"
    part = source / "_parts" / f"{name}.{level}.html"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(_passport(name, frame) + body, encoding="utf-8", newline="\n")
    title = f"`{name.rpartition('/')[2]}`"
    return f"{'#' * level} {title}\n\n```{{raw}} html\n:file: {part.relative_to(source).as_posix()}\n```\n\n"


def _passport(name: str, frame: pd.DataFrame) -> str:
    """Say of a table what a row is, where it comes from, under which licence, and what its columns hold."""
    files, columns = data.table("files"), data.table("columns")
    known: dict[str, str] = next((row for row in files.to_dict("records") if fnmatch(name, row["file"])), {})
    words = {"row_is": "a row is", "source": "source", "licence": "licence", "made_by": "made by"}
    terms = "".join(
        f"<dt>{word}</dt><dd>{escape(known[key])}</dd>" for key, word in words.items() if known.get(key)
    )
    described = columns[columns["column"].isin(frame.columns)]
    described = described[[file == "" or fnmatch(name, file) for file in described["file"]]]
    described = described.sort_values("file").drop_duplicates("column", keep="last")
    described = described.set_index("column").reindex(
        [c for c in frame.columns if c in set(described["column"])]
    )
    meanings = table_html(
        described.reset_index()[["column", "type", "unit", "description"]], caption="Columns"
    )
    return (
        f'<p>{len(frame):,} rows. <a href="_static/data/{escape(name)}" download>Download</a></p>'
        f'<dl class="passport">{terms}</dl><details><summary>Columns</summary>{meanings}</details>\n'
    )


def _shipped() -> list[Path]:
    """List the tables of the project; what a user added locally is not ours to publish."""
    return [path for path in data.data_dir().rglob("*.csv") if path.parent.name != "local"]


def _copy_data(target: Path) -> None:
    for path in _shipped():
        copy = target / path.relative_to(data.data_dir())
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def _library() -> str:
    rooms = [room for room in frontlines.ROOMS if find_spec(f"frontlines.{room}")]
    directive = "## `frontlines.{0}`\n\n```{{eval-rst}}\n.. automodule:: frontlines.{0}\n   :members:\n```\n"
    return "\n".join(directive.format(room) for room in rooms)


def _sphinx(source: Path, out: Path) -> Path:
    fresh, site, log = out / "site.part", out / "site", out / "site.log"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-j", "2", str(source), str(fresh)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise FrontlinesError(f"the site was not built: {last}; all messages are in {log}")
    shutil.rmtree(fresh / ".doctrees", ignore_errors=True)
    shutil.rmtree(site, ignore_errors=True)
    fresh.rename(site)
    return site / "index.html"
