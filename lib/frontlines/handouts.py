"""Handouts: the key figures as slides, and a sheet for coding by hand; a browser prints both."""

import base64
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

import pandas as pd

from frontlines import chapters, data

ANSWERS = ["type", "actor", "target", "place", "relation", "date", "status", "source"]
_FORCES = ("armed_group", "generic", "source")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body>{body}</body></html>
"""
_SLIDES = """
html { scroll-snap-type: y mandatory; }
body { margin: 0; font-family: system-ui, sans-serif; color: #1b1b1b; background: #fff; }
section { box-sizing: border-box; height: 100vh; padding: 2vh 4vw; scroll-snap-align: start;
  display: flex; flex-direction: column; gap: 1vh; break-after: page; }
section.words { justify-content: center; }
h1 { font-size: 2.4vh; margin: 0; font-weight: 600; color: #444; }
img { flex: 1; min-height: 0; object-fit: contain; }
p { font-size: 3.4vh; margin: 1vh 0; }
@page { size: A4 landscape; margin: 0; }
@media print { section { height: 200mm; } }
"""
_SHEET = """
@page { size: A4 landscape; margin: 9mm; }
body { font: 8.5pt/1.25 system-ui, sans-serif; margin: 0 auto; max-width: 279mm; }
h1 { font-size: 13pt; margin: 0 0 2mm; }
h2 { font-size: 10pt; margin: 2mm 0 1mm; }
p { margin: 1mm 0; }
.columns { columns: 3; column-gap: 6mm; }
.columns p { break-inside: avoid; }
table { border-collapse: collapse; width: 100%; break-before: page; }
thead { display: table-header-group; }
tbody { break-inside: avoid; }
th, td { border: 0.3pt solid #555; padding: 1mm; text-align: left; vertical-align: top; }
th { background: #eee; }
td.answer { height: 7mm; }
.text { width: 40%; }
.number { width: 3%; }
"""
_FIRST = """<section class="words">
<p>What follows was reported. It is not all that happened, and not all of it did.</p>
<p>The figures speak of war: of places taken, of strikes, of flight. You may leave the room at any time.</p>
<p>Page Down and Page Up move on and back; printing gives one figure a page.</p></section>
"""
_ABOUT = """<h1>Coding sheet</h1>
<p>Coder: ____________________ Date: ____________ Begun: ________ Ended: ________</p>
<p>One row is one act: one kind of thing, at one place, on one day. What fits no type is not coded;
background, a standing situation and an opinion are no events. Two acts in a sentence: two rows. Do not ask
your neighbour before both are done. The text is a third party's, for study only.</p>
"""


def slides(paths: Iterable[Path]) -> str:
    """
    Lay the tagged pictures of executed chapters out as slides, one a screen, one a printed page.

    Parameters
    ----------
    paths
        Executed chapters.

    Returns
    -------
    str
        An HTML page that fetches nothing: the pictures are in it, each under the question of its chapter.
    """
    found = []
    for path in paths:
        chapter = chapters.read(path)
        head = re.split(r"^# ", chapter.cells[0].source, maxsplit=1, flags=re.MULTILINE)[1].splitlines()
        question = next((line.strip("* ") for line in head[1:] if line.startswith("**")), head[0])
        shown = chapters.pictures(chapter).query("name != ''")
        found += [_slide(question, row.png, row.alt) for row in shown.itertuples()]
    return _PAGE.format(title="Frontlines: key figures", style=_SLIDES, body=_FIRST + "\n".join(found))


def coding_sheet(sentences: pd.DataFrame) -> str:
    """
    Lay out a sheet for coding by hand, for A4 paper: the codebook in brief, then a box a sentence.

    Parameters
    ----------
    sentences
        Columns sentence_id, text, as in `data/gold/coding_sheet.csv`.

    Returns
    -------
    str
        An HTML page that fetches nothing.
    """
    types = data.table("codebook/event_types")
    actors = data.table("codebook/actors").drop_duplicates("actor")
    forces = actors[actors["type"].isin(_FORCES)]
    words = data.table("codebook/vocabularies")
    facts = {
        "Event types": _terms(types["event_type"], types["covers"]),
        "Status": _vocabulary(words, "status"),
        "Relation to the place": _vocabulary(words, "place_relation"),
        "Actors and sources": _terms(forces["actor"], forces["name_en"])
        + "<p>States by their code: SYR, LBN, JOR, IRQ, TUR, ISR, IRN, RUS, CHN, USA …</p>",
    }
    codebook = "".join(f"<h2>{title}</h2>{text}" for title, text in facts.items())
    head = "".join(f"<th>{name}</th>" for name in ANSWERS)
    boxes = '<td class="answer"></td>' * len(ANSWERS)
    rows = "".join(
        f'<tbody><tr><td rowspan="2">{escape(row.sentence_id)}</td><td rowspan="2">{escape(row.text)}</td>'
        f"{boxes}</tr><tr>{boxes}</tr></tbody>"
        for row in sentences.itertuples()
    )
    head = f'<tr><th class="number"></th><th class="text">sentence</th>{head}</tr>'
    body = f'{_ABOUT}<div class="columns">{codebook}</div><table><thead>{head}</thead>{rows}</table>'
    return _PAGE.format(title="Frontlines: coding sheet", style=_SHEET, body=body)


def _slide(question: str, png: bytes, alt: str) -> str:
    picture = base64.b64encode(png).decode()
    shown = f'<img src="data:image/png;base64,{picture}" alt="{escape(alt)}">'
    return f"<section><h1>{escape(question)}</h1>{shown}</section>"


def _vocabulary(words: pd.DataFrame, name: str) -> str:
    rows = words[words["vocabulary"] == name]
    return _terms(rows["value"].replace("", "(empty)"), rows["meaning"])


def _terms(names: Iterable[str], meanings: Iterable[str]) -> str:
    pairs = zip(names, meanings, strict=True)
    return "".join(f"<p><b>{escape(name)}</b> {escape(meaning)}</p>" for name, meaning in pairs)
