"""Tables as HTML: what each holds, where it comes from, its licence, and its rows."""

import re
from fnmatch import fnmatch
from html import escape
from pathlib import Path

import pandas as pd

from frontlines import data

PREVIEW_ROWS = 5
LONG_ROWS = 120  # a table of the codebook that is longer stands on the data page alone
_ROLES = (("actor", "who"), ("target", "to whom"), ("place", "where"))
# rows that code no event of their own
_NO_EVENT = {
    "claim:separation": ("a claim", "The text concludes that places are separated from each other"),
    "claim:access_lost": ("a claim", "The text concludes that somebody has lost access to a place"),
    "claim:significance": ("a claim", "The text says what a place or an act means"),
    "=agent": ("who did it", "Names the doer of an act that a sentence before told"),
    "=same": ("the same again", "Tells on what was told last, of another place or doer"),
}


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
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    return _table([escape(str(name)) for name in frame.columns], rows, caption)


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
        Markdown that shows them, all rows; of a long one the first.
    """
    names = sorted(f"codebook/{path.name}" for path in (data.data_dir() / "codebook").glob("*.csv"))
    names.sort(key=lambda name: name != "codebook/event_types.csv")  # what the rest hangs on comes first
    return "".join(_section(source, name, rows=LONG_ROWS) for name in names)


def data_pages(source: Path) -> dict[str, str]:
    """
    Write every table and layer of `data/` for the site.

    Parameters
    ----------
    source
        The folder of the site's sources; the tables' HTML goes to its `_parts/`.

    Returns
    -------
    dict of str to str
        ``data`` to the list of all files, and each folder (``data-record`` ...) to Markdown that shows the
        first rows of its tables with their meaning, columns, units, origin and licence.
    """
    folder = data.data_dir()
    names = sorted(path.relative_to(folder).as_posix() for path in shipped())
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.split("/")[0] if "/" in name else "about", []).append(name)
    pages = {"data": _listed(source, groups)}
    for group, members in groups.items():
        what = "the tables on the tables" if group == "about" else f"`data/{group}/`"
        shown = {_kind(name): name for name in reversed(members)}  # of files alike, the first
        pages[f"data-{group}"] = f"# Data: {what}\n\n" + "".join(
            _section(source, name, rows=PREVIEW_ROWS) for name in sorted(shown.values())
        )
    return pages


def trigger_pages(language: str) -> dict[str, str]:
    """
    Write a trigger table for the site, an event type a page: thousands of rows are too much for one.

    Parameters
    ----------
    language
        ``en`` or ``fr``.

    Returns
    -------
    dict of str to str
        ``triggers-en`` to HTML that lists the types, and of each type (``triggers-en-capture`` ...) Markdown
        with what fires it, who fills which role, and an example; a row that no test sentence fires says so.
    """
    rows = data.table(f"codebook/triggers.{language}")
    examples = data.table("codebook/trigger_examples")
    examples = examples[examples["language"] == language]
    key = [column for column in rows if column != "trigger"]
    rows = rows.merge(examples, on=key, how="left").fillna("")
    types = data.table("codebook/event_types").set_index("event_type")[[f"label_{language}", "covers"]]
    named = rows.groupby("event_type").groups
    known = int((rows["sentence"] != "").sum())
    listed, pages = [], {}
    for kind, (label, covers) in [*zip(types.index, types.to_numpy(), strict=True), *_NO_EVENT.items()]:
        if kind in named:
            name = f"triggers-{language}-{re.sub('[^a-z_]+', '-', kind).strip('-')}"
            listed.append(_trigger_type(name, kind, label, covers, len(named[kind])))
            pages[name] = _trigger_page(rows.loc[named[kind]], language, kind, label, covers)
    count = f"<p>{len(rows):,} rows, {known:,} of them with an example.</p>"
    return {f"triggers-{language}": f'{count}<dl class="glossary-list">{"".join(listed)}</dl>\n', **pages}


def glossary() -> str:
    """
    Write the glossary for the site.

    Returns
    -------
    str
        HTML: a term with its French, Arabic and Turkish names and its meaning.
    """
    parts = []
    for row in data.table("codebook/glossary").to_dict("records"):
        names = " · ".join(
            f'<bdi lang="{language}">{escape(row[language])}</bdi>' for language in ("fr", "ar", "tr")
        )
        name = escape(row["term"].replace(" ", "-"))
        parts.append(
            f'<dt id="term-{name}">{escape(row["term"])}</dt><dd><p class="in-other-words">{names}</p>'
            f"<p>{escape(row['definition'])}</p></dd>\n"
        )
    return f'<dl class="glossary-list">\n{"".join(parts)}</dl>\n'


def shipped() -> list[Path]:
    """
    List the tables and layers of the project, but not what a user added: that is not ours to publish.

    Returns
    -------
    list of pathlib.Path
        The CSV and GeoJSON files of `data/`.
    """
    found = [*data.data_dir().rglob("*.csv"), *data.data_dir().rglob("*.geojson")]
    return [path for path in found if path.parent.name != "local"]


def _table(head: list[str], rows: list[list[str]], caption: str) -> str:
    """Lay out cells that are HTML already."""
    if not rows:
        return f"<p>{escape(caption or 'Table')}: none.</p>\n"
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    body = "\n".join(
        "<tr>" + "".join(f'<td dir="auto">{cell}</td>' for cell in row) + "</tr>" for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="table-wrapper" role="region" tabindex="0" aria-label="{escape(caption or "table")}">'
        f'<table class="docutils">{title}<thead><tr>{columns}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>\n"
    )


def _trigger_type(name: str, kind: str, label: str, covers: str, count: int) -> str:
    link = f'<a href="{name}.html">{count:,} triggers</a>'
    return (
        f'<dt id="{escape(kind)}"><code>{escape(kind)}</code></dt>'
        f"<dd><p>{escape(label)}: {escape(covers)}.</p><p>{link}</p></dd>\n"
    )


def _trigger_page(rows: pd.DataFrame, language: str, kind: str, label: str, covers: str) -> str:
    cells = [_trigger_cells(row, language) for row in rows.to_dict("records")]
    table = _table(["trigger", "example", "only with", "roles"], cells, f"{kind}: triggers")
    html = f"<p>{escape(label)}: {escape(covers)}.</p>\n{table}"
    back = f"{len(rows):,} rows. [All event types](triggers-{language}.md)"
    return f"---\norphan: true\n---\n\n# Triggers of `{kind}`\n\n{back}\n\n```{{raw}} html\n{html}```\n"


def _trigger_cells(row: dict[str, str], language: str) -> list[str]:
    asked = "; ".join(filter(None, (row["with"], row["needs"])))
    roles = "; ".join(f"{word}: {row[key]}" for key, word in _ROLES if row[key])
    example = (
        f'<q lang="{language}">{escape(row["sentence"])}</q> <small>{escape(row["events"])}</small>'
        if row["sentence"]
        else "<small>no example</small>"
    )
    rules = [escape(text).replace("|", "|<wbr>") for text in (asked, roles)]
    words = escape(row["trigger"]).replace("|", ", ")
    return [f'<span class="words"><b>{words}</b> {escape(row["pos"])}</span>', example, *rules]


def _read(name: str) -> pd.DataFrame:
    """Read a table, or what a layer says of its features."""
    stem = name.rpartition(".")[0]
    if name.endswith(".csv"):
        return data.table(stem)
    return pd.DataFrame(data.layer(stem.removeprefix("geo/")).drop(columns="geometry"))


def _listed(source: Path, groups: dict[str, list[str]]) -> str:
    rows = []
    for group, name in ((group, name) for group, members in groups.items() for name in members):
        known, file = _known(name), escape(name)
        link = f'<a href="data-{group}.html#{_anchor(_kind(name))}">{file}</a>'
        meant = [escape(known.get("row_is", "")), f"{len(_read(name)):,}", escape(known.get("licence", ""))]
        rows.append([link, *meant, _download(name, "download")])
    table = _table(["file", "a row is", "rows", "licence", "as a file"], rows, "All files of data/")
    part = source / "_parts" / "data.html"
    part.write_text(table, encoding="utf-8", newline="\n")
    tree = "\n".join(f"data-{group}" for group in groups)
    return (
        "```{raw} html\n:file: _parts/data.html\n```\n\n"
        f"## Folder by folder\n\n```{{toctree}}\n:maxdepth: 1\n\n{tree}\n```\n"
    )


def _section(source: Path, name: str, *, rows: int) -> str:
    """Write what is known of a table, and its rows, as HTML; give the Markdown that shows it."""
    frame = _read(name)
    body = html(frame if len(frame) <= rows else frame.head(PREVIEW_ROWS), caption=f"data/{name}")
    part = source / "_parts" / f"{name}.{rows}.html"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(_passport(name, frame) + body, encoding="utf-8", newline="\n")
    kind = _kind(name)
    title = f"({_anchor(kind)})=\n## `{kind.rpartition('/')[2]}`" if rows == PREVIEW_ROWS else f"## `{name}`"
    return f"{title}\n\n```{{raw}} html\n:file: {part.relative_to(source).as_posix()}\n```\n\n"


def _download(name: str, word: str) -> str:
    file = escape(name)
    return f'<a href="_static/data/{file}" download aria-label="Download {file}">{word}</a>'


def _anchor(name: str) -> str:
    return "file-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _known(name: str) -> dict[str, str]:
    files = data.table("files").to_dict("records")
    return next((row for row in files if fnmatch(name, row["file"])), {})


def _kind(name: str) -> str:
    """Name what files alike have in common, one a text (``gold/once/*.gold.csv``); else the file itself."""
    pattern = _known(name).get("file", "")
    return pattern if "/*" in pattern else name


def _passport(name: str, frame: pd.DataFrame) -> str:
    """Say of a table what a row is, where it comes from, under which licence, and what its columns hold."""
    columns, known = data.table("columns"), _known(name)
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
    meanings = html(
        described.reset_index()[["column", "type", "unit", "description"]], caption=f"{name}: columns"
    )
    return (
        f"<p>{len(frame):,} rows. {_download(name, 'Download')}</p>"
        f'<dl class="passport">{terms}</dl><details><summary>Columns</summary>{meanings}</details>\n'
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:g}"
    return escape(" ".join(str(value).split()))
