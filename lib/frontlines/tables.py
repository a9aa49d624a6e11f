"""Tables as HTML: what each holds, where it comes from, its licence, and its rows."""

from fnmatch import fnmatch
from html import escape
from pathlib import Path

import pandas as pd

from frontlines import data

PREVIEW_ROWS = 5
LONG_ROWS = 40


def html(frame: pd.DataFrame, *, caption: str = "") -> str:
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


def codebook_page(source: Path) -> str:
    """
    Write the tables of `data/codebook/` for the site.

    Parameters
    ----------
    source
        The folder of the site's sources; the tables' HTML goes to its `_parts/`.

    Returns
    -------
    str
        Markdown that shows them, all rows.
    """
    names = sorted(f"codebook/{path.name}" for path in (data.data_dir() / "codebook").glob("*.csv"))
    return "".join(_section(source, name, rows=None, level=2) for name in names)


def data_page(source: Path) -> str:
    """
    Write every table of `data/` for the site.

    Parameters
    ----------
    source
        The folder of the site's sources; the tables' HTML goes to its `_parts/`.

    Returns
    -------
    str
        Markdown that shows the first rows of each, with its meaning, origin and licence.
    """
    folder = data.data_dir()
    names = [path.relative_to(folder).as_posix() for path in shipped()]
    names.sort(key=lambda name: (not name.startswith("record/"), name))  # the findings' own tables first
    parts, last = [], ""
    for name in names:
        group = name.rpartition("/")[0] or "."
        if group != last:
            parts.append(f"## `data/{group}/`\n\n" if group != "." else "## `data/`\n\n")
        last = group
        parts.append(_section(source, name, rows=PREVIEW_ROWS, level=3))
    return "".join(parts)


def shipped() -> list[Path]:
    """
    List the tables of the project, without what a user added locally, which is not ours to publish.

    Returns
    -------
    list of pathlib.Path
        The CSV files of `data/`.
    """
    return [path for path in data.data_dir().rglob("*.csv") if path.parent.name != "local"]


def _section(source: Path, name: str, *, rows: int | None, level: int) -> str:
    """Write what is known of a table, and its rows, as HTML; give the Markdown that shows it."""
    frame = data.table(name.removesuffix(".csv"))
    shown = frame if rows is None else frame.head(rows)
    what = "First rows" if len(shown) < len(frame) else "All rows"
    body = html(shown, caption=f"data/{name}")
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
    meanings = html(described.reset_index()[["column", "type", "unit", "description"]], caption="Columns")
    return (
        f'<p>{len(frame):,} rows. <a href="_static/data/{escape(name)}" download>Download</a></p>'
        f'<dl class="passport">{terms}</dl><details><summary>Columns</summary>{meanings}</details>\n'
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:g}"
    return escape(" ".join(str(value).split()))
