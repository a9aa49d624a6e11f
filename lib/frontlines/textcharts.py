"""Charts of a text: what of it tells an act, who is called what, each claim beside the record's day."""

from collections.abc import Sequence
from textwrap import shorten

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from frontlines import data
from frontlines.figures import FAINT, INK, actor_names, chart_sheet, day_axis, legend, marks, nothing, wrap
from frontlines.findings import listed, titled
from frontlines.phrases import names, palette, say

_LOADED = "◆"
_GREY = "#B9B9B4"


def page(sentences: pd.DataFrame, spans: pd.DataFrame, *, language: str = "en") -> tuple[Axes, str]:
    """
    Draw a dispatch as a page: a line a paragraph, coloured where the words tell an act, by how they tell it.

    Parameters
    ----------
    sentences
        What `Dispatch.sentences` gives.
    spans
        Columns start, end (characters of the raw text), told (``stated``, ``attributed``, ``denied``,
        ``expected`` or ``claim``).
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart: x counts characters from the paragraph's beginning.
    sentence : str
        What it shows: alt text and caption.
    """
    if spans.empty:
        return nothing(language, key="nothing_page", n=len(sentences))
    looks, lines = marks("told", language), sentences.groupby("paragraph").agg({"start": "min", "end": "max"})
    title, sentence = _told_sentences(sentences, spans, looks, language)
    figure, (ax,) = chart_sheet(size=(9.5, 0.7 + 0.27 * len(lines)), title=title, note="note_page",
                                language=language, by=say("page_caption", language))  # fmt: skip
    for row in sentences.itertuples():
        begin, y = row.start - lines["start"][row.paragraph], lines.index.get_loc(row.paragraph)
        ax.barh(y, row.end - row.start, left=begin, height=0.66, color="#E9E9E5", edgecolor="white", lw=1.5)
    for row in spans.itertuples():
        y = int(lines["start"].searchsorted(row.start, side="right")) - 1
        look = looks.loc[row.told]
        ax.barh(y, row.end - row.start, left=row.start - lines["start"].iloc[y], height=0.66,
                color=look["color"], hatch=look["hatch"], edgecolor=INK, lw=0.5)  # fmt: skip
    first = sentences.drop_duplicates("paragraph")
    ax.set_yticks(
        range(len(lines)), [shorten(text, 36, placeholder=" …") for text in first["text"]], fontsize=8
    )
    for tick, heading in zip(ax.get_yticklabels(), first["heading"], strict=True):
        tick.set_fontweight("bold" if heading else "normal")
    ax.set(ylim=(len(lines) - 0.4, -0.6), xlim=(0, (lines["end"] - lines["start"]).max()))
    ax.set_xlabel(say("characters", language), fontsize=8)
    ax.tick_params(length=0, labelsize=8)
    legend(figure, looks, list(spans["told"]), dots=False, columns=5)
    return ax, sentence


def labels(counted: pd.DataFrame, *, language: str = "en") -> tuple[Axes, str]:
    """
    Draw the labels of each actor: a bar a label, in blocks of actors, loaded words hatched and marked.

    Parameters
    ----------
    counted
        What `framing.labels` gives, for one source: actor, label, loaded, n, n_events.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names and words; labels stay as the source has them.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart; bars in the colour of the actor's side.
    sentence : str
        What it shows: alt text and caption.
    """
    if counted.empty:
        return nothing(language)
    rows, known = _blocks(counted), actor_names(language)
    loaded = rows[rows["loaded"] == "yes"]
    title, sentence = _loaded_words(rows, loaded, known, language)
    size = (9.5, 0.5 + 0.25 * (len(rows) + rows["actor"].nunique()))
    _, (ax,) = chart_sheet(size=size, title=title, note="note_labels", language=language,
                          by=say("text_note", language))  # fmt: skip
    colors = _side_colors(rows["actor"])
    for row, color in zip(rows.to_dict("records"), colors, strict=True):
        hatch = "////" if row["loaded"] == "yes" else ""
        ax.barh(row["line"], row["n"], height=0.72, color=color, hatch=hatch, edgecolor=INK, lw=0.6)
        acts = f"  ({say('doer', language, n=row['n_events'])})" if row["n_events"] else ""
        ax.text(row["n"] + 0.06, row["line"], f"{row['n']}{acts}", va="center", fontsize=8)
    ax.set_yticks(rows["line"], _quoted(rows), fontsize=8)
    for tick, value in zip(ax.get_yticklabels(), rows["loaded"], strict=True):
        tick.set_fontweight("bold" if value == "yes" else "normal")
    for actor, line in rows.groupby("actor")["line"].min().items():
        ax.text(
            0.02, line - 0.95, known.get(str(actor), str(actor)), fontsize=8.5, weight="bold", va="center"
        )
    ax.set(xlim=(0, rows["n"].max() + 1.4), ylim=(rows["line"].max() + 0.6, -1.5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(say("mentions", language), fontsize=8)
    ax.tick_params(length=0, labelsize=8)
    return ax, sentence


def shares(compared: pd.DataFrame, *, language: str = "en") -> tuple[Axes, str]:
    """
    Draw how loaded each source's words are: a line an actor, a column a source.

    Parameters
    ----------
    compared
        What `framing.compare` gives.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart: loaded mentions out of all, in each cell.
    sentence : str
        What it shows: alt text and caption.
    """
    if compared.empty:
        return nothing(language)
    known = actor_names(language)
    ids, sources = sorted(compared["actor"].unique()), sorted(compared["source"].unique())
    top = compared.sort_values(["loaded", "loaded_share"], ascending=False, kind="stable")
    top = top[top["loaded"] > 0].head(2)
    told = [f"{r.source} – {known.get(r.actor, r.actor)} {r.loaded}/{r.mentions}" for r in top.itertuples()]
    title, sentence = titled(
        "shares", language, list=listed(told, language) or "–", n=len(sources), actors=len(ids)
    )
    size = (3.0 + 1.0 * len(sources), 0.9 + 0.3 * len(ids))
    _, (ax,) = chart_sheet(size=size, title=title, note="note_shares", language=language,
                          by=say("text_note", language))  # fmt: skip
    for row in compared.itertuples():
        x, y = sources.index(row.source), ids.index(row.actor)
        face = 1 - 0.75 * row.loaded_share
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=str(face), edgecolor=_GREY, lw=0.6))
        ax.text(x, y, f"{row.loaded}/{row.mentions}", ha="center", va="center", fontsize=8,
                color="white" if face < 0.55 else INK)  # fmt: skip
    ax.set_yticks(range(len(ids)), [wrap(known.get(one, one), 40) for one in ids], fontsize=8)
    ax.set_xticks(range(len(sources)), [wrap(name, 14) for name in sources], fontsize=8)
    ax.set(xlim=(-0.52, len(sources) - 0.48), ylim=(len(ids) - 0.48, -0.52))
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax, sentence


def verdicts(judged: pd.DataFrame, *, language: str = "en") -> tuple[Axes, str]:
    """
    Draw each event's day in the dispatch beside the record's nearest day.

    Parameters
    ----------
    judged
        What `verification.compare` gives; with date_precision, inferred days are drawn dotted.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart: a ring for the dispatch's day, a filled mark for the record's, by verdict.
    sentence : str
        What it shows: alt text and caption.
    """
    if judged.empty:
        return nothing(language)
    looks = marks("verdict", language)
    rank = {value: i for i, value in enumerate(looks.index)}
    rows = judged.assign(rank=judged["verdict"].map(rank))
    rows = rows.sort_values(
        ["rank", "days", "date", "event_type", "place_name"], kind="stable", ignore_index=True
    )
    ends = [day for day in (*rows["date"], *rows["record_day"]) if day]
    first, last = pd.Timestamp(min(ends)) - pd.Timedelta("1D"), pd.Timestamp(max(ends)) + pd.Timedelta("1D")
    order = [str(day.date()) for day in pd.date_range(first, last)]
    title, sentence = _counted(rows, looks, language)
    figure, (ax,) = chart_sheet(size=(9.5, 0.8 + 0.27 * len(rows)), title=title, note="note_verdicts",
                                language=language)  # fmt: skip
    for y, row in enumerate(rows.to_dict("records")):
        _claim(ax, y, row, order, looks)
        told = looks.loc[row["verdict"], "label"]
        days = f" ({row['days']:+d})" if pd.notna(row["days"]) and row["days"] else ""
        ax.text(1.025 * len(order), y, f"{told}{days}", va="center", fontsize=8)
    ax.set_yticks(range(len(rows)), _event_names(rows, language), fontsize=8)
    ax.set_ylim(len(rows) - 0.4, -0.7)
    for line in np.flatnonzero(rows["rank"].diff().fillna(0)):
        ax.axhline(line - 0.5, color=FAINT, lw=0.6)
    day_axis(ax, order, {}, language)
    ax.set_xlim(0, 1.37 * len(order))
    ax.grid(axis="x", color="#EDEDED", lw=0.6)
    ax.set_axisbelow(True)
    drawn = [verdict for verdict in rows["verdict"] if verdict != "unrecorded"]
    legend(figure, looks, drawn, dots=True, columns=5)
    return ax, sentence


def _told_sentences(
    sentences: pd.DataFrame, spans: pd.DataFrame, looks: pd.DataFrame, language: str
) -> tuple[str, str]:
    """Count the sentences that tell an act, and those that tell one in each way."""
    at = sentences["start"].searchsorted(spans["start"], side="right")
    ways = spans["told"].groupby(at).agg(set)
    acts = ways[[bool(told - {"claim"}) for told in ways]]
    counts = {value: sum(value in told for told in ways) for value in looks.index}
    parts = [f"{looks.loc[value, 'label']}: {count}" for value, count in counts.items() if count]
    told = {"n": len(acts), "total": len(sentences), "own": counts["stated"]}
    return titled("page", language, list=listed(parts, language) or "–", **told)


def _blocks(counted: pd.DataFrame) -> pd.DataFrame:
    """Give the labels in drawing order with their lines: the actor named most first."""
    total = counted.groupby("actor")["n"].sum()
    rows = counted.assign(total=-counted["actor"].map(total), less=-counted["n"])
    rows = rows.sort_values(["total", "actor", "less", "label"], kind="stable", ignore_index=True)
    block = (rows["actor"] != rows["actor"].shift()).cumsum()
    return rows.assign(line=rows.index + block - 1 + 0.0)


def _quoted(rows: pd.DataFrame) -> list[str]:
    loaded = rows["loaded"] == "yes"
    return [f"{_LOADED * flag} “{label}”".strip() for label, flag in zip(rows["label"], loaded, strict=True)]


def _side_colors(ids: Sequence[str]) -> list[str]:
    table = data.table("codebook/actors")
    sides = table[table["side"] != ""].drop_duplicates("actor").set_index("actor")["side"]
    colors = palette()["color"]
    return [str(colors.get(sides.get(one, ""), _GREY)) for one in ids]


def _loaded_words(
    rows: pd.DataFrame, loaded: pd.DataFrame, known: dict[str, str], language: str
) -> tuple[str, str]:
    called = [known.get(one, one) for one in dict.fromkeys(loaded["actor"])]
    words = [f"“{label}”" for label in loaded["label"]]
    values = {"loaded": int(loaded["n"].sum()), "n": int(rows["n"].sum()), "list": listed(called, language)}
    values |= {"actors": rows["actor"].nunique(), "labels": len(rows)}
    values["words"] = listed(words, language) or "–"
    title = say("labels_title" if len(loaded) else "labels_title_none", language, **values)
    return title, say("labels_sentence", language, title=title, **values)


def _counted(rows: pd.DataFrame, looks: pd.DataFrame, language: str) -> tuple[str, str]:
    found = rows["verdict"].value_counts()
    parts = [
        f"{looks.loc[verdict, 'label']}: {found[verdict]}" for verdict in looks.index if verdict in found
    ]
    n = int(found.get("confirmed", 0))
    return titled("verdicts", language, n=n, total=len(rows), list=listed(parts, language))


def _event_names(rows: pd.DataFrame, language: str) -> list[str]:
    types = data.table("codebook/event_types").set_index("event_type")[f"label_{language}"]
    places = names(rows["place_id"], rows["place_name"], language)
    named = []
    for row, place in zip(rows.to_dict("records"), places, strict=True):
        relation = f" ({str(row['place_relation']).replace('_', ' ')})" if row["place_relation"] else ""
        status = f" – {say(row['status'], language)}" if row["status"] in ("expected", "denied") else ""
        parts = (str(types[row["event_type"]]), row["actor"], f"{place}{relation}")
        named.append(", ".join(filter(None, parts)) + status)
    return named


def _claim(ax: Axes, y: int, row: dict[str, object], order: Sequence[str], looks: pd.DataFrame) -> None:
    told, look = order.index(str(row["date"])) + 0.5, looks.loc[str(row["verdict"])]
    if row.get("date_precision") == "inferred":
        ax.plot([told - 1, told], [y, y], color=INK, lw=1.1, ls=(0, (1, 1.5)), zorder=2)
    if row["record_day"]:
        held = order.index(str(row["record_day"])) + 0.5
        ax.plot([told, held], [y, y], color=look["color"], lw=2.0, zorder=1)
        ax.plot(held, y, look["marker"], ms=6.5, color=look["color"], mec=INK, mew=0.5, zorder=4)
    ring = Line2D([told], [y], ls="", marker="o", ms=11, mfc="none", mec=INK, mew=1.1, zorder=3)
    ax.add_line(ring)
