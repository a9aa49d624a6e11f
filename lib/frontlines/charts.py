"""Charts: gates by day, acts by day, who did what. They draw tables and compute nothing but their words."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from frontlines import findings
from frontlines.curves import areas, axis, calibration
from frontlines.data import table
from frontlines.figures import (
    FAINT,
    INK,
    Days,
    actor_names,
    chart_sheet,
    day_axis,
    day_bars,
    day_marks,
    gate_names,
    legend,
    marks,
    nothing,
    told_by,
    wrap,
)  # fmt: skip
from frontlines.reactionmap import network
from frontlines.roadmaps import reach, ways

__all__ = [
    "areas", "axis", "calibration", "day_marks", "matrix", "network", "open_gates", "phases", "reach",
    "strip", "timeline", "told_by", "ways",
]  # fmt: skip
_PER_ROW = 4  # marks side by side in one day of a timeline


def strip(
    states: pd.DataFrame, *, days: Days = None, by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw the state of each gate by day: a bar a gate, in blocks of neighbours.

    Parameters
    ----------
    states
        What `borders.strip` gives, or some of its gates.
    days
        ISO days to mark, with their captions.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart. A white dot marks a state that rests on no citable source.
    sentence : str
        What it shows: alt text and caption.
    """
    if states.empty:
        return nothing(language)
    gates, known = _by_block(states), actor_names(language)
    title, sentence = findings.shut_gates(states, gates, language)
    drawn = states.merge(gates[["crossing_id", "row"]], on="crossing_id").sort_values(["row", "day"])
    heads = [(row - 1, known.get(str(country), str(country)))
             for country, row in gates.groupby("other_country")["row"].min().items()]  # fmt: skip
    ax = day_bars(drawn, gate_names(gates, language), heads, looks="gate_state", title=title, note="note_dot",
                  days=days, by=by, language=language)  # fmt: skip
    order, before = sorted(drawn["day"].unique()), drawn.groupby("row")["sourced"].shift()
    for spell in drawn[(drawn["sourced"] == "no") & (before != "no")].to_dict("records"):
        ax.plot(order.index(spell["day"]) + 0.5, spell["row"], "o", ms=3.4, color="white", mec=INK, mew=0.6)
    return ax, sentence


def open_gates(
    counts: pd.DataFrame, *, days: Days = None, by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw how many gates are in each state by day, a panel a neighbour.

    Parameters
    ----------
    counts
        What `borders.open_by_neighbour` gives.
    days
        ISO days to mark, with their captions.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The first panel.
    sentence : str
        What it shows: alt text and caption.
    """
    if counts.empty:
        return nothing(language)
    order, looks = sorted(counts["day"].unique()), marks("gate_state", language)
    tallest = counts.groupby("other_country")["crossings"].max().sort_values(ascending=False, kind="stable")
    title, sentence = findings.passable_gates(counts, list(tallest.index), language)
    size = (9.5, 1.1 + 0.11 * tallest.sum() + 0.3 * len(tallest))
    figure, axes = chart_sheet(size=size, title=title, note="note_gates", language=language, by=by,
                               panels=list(tallest + 2))  # fmt: skip
    for i, (ax, country) in enumerate(zip(axes, tallest.index, strict=True)):
        rows = counts[counts["other_country"] == country].set_index("day").reindex(order)
        _stack(ax, rows, looks)
        day_axis(ax, order, (days or {}) if i == 0 else dict.fromkeys(days or {}, ""), language)
        name = actor_names(language).get(country, country)
        ax.set_title(name, loc="right", fontsize=8.5, weight="bold", pad=2)
    legend(figure, looks, [state for state in looks.index if counts[state].any()], dots=False, columns=3)
    return axes[0], sentence


def timeline(
    acts: pd.DataFrame, *, rows: str = "bloc", days: Days = None, by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw acts by day: a lane a bloc or actor, a mark an act; its form and colour say what was done.

    Parameters
    ----------
    acts
        What `reactions.table` gives, or some of its rows.
    rows
        ``bloc`` or ``actor``: what a lane is; actors stand by their number of acts.
    days
        ISO days to mark, with their captions.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart. A hollow mark rests on no citable source.
    sentence : str
        What it shows: alt text and caption.
    """
    if acts.empty:
        return nothing(language)
    looks = marks("reaction", language)
    called = marks("bloc", language)["label"] if rows == "bloc" else pd.Series(actor_names(language))
    look = acts["event_type"].where(acts["event_type"].isin(looks.index), "armed")
    single = acts.assign(look=look, lane=acts[rows]).drop_duplicates(["event_id", "lane"])
    order = [str(day.date()) for day in pd.date_range(single["day"].min(), single["day"].max())]
    lanes = _lanes(single, list(called.index if rows == "bloc" else single["lane"].value_counts().index))
    title, sentence = findings.acts_by_day(single, called, rows, language)
    size = (9.5, 1.3 + 0.2 * lanes["bottom"].max())
    figure, (ax,) = chart_sheet(size=size, title=title, note="note_hollow", language=language, by=by)
    for name, lane in lanes.iterrows():
        ax.axhline(lane["top"] - 0.35, color="#DDDDDD", lw=0.7, zorder=0)
        _lane(ax, single[single["lane"] == name], order, looks, lane["top"])
    labels = [wrap(called.get(name, name), 22) for name in lanes.index]
    ax.set_yticks((lanes["top"] + lanes["bottom"] - 1.7) / 2, labels, fontsize=8)
    ax.set_ylim(lanes["bottom"].max() - 0.35, -0.75)
    ax.spines[["top", "right", "left"]].set_visible(False)
    day_axis(ax, order, days or {}, language)
    legend(figure, looks, list(single["look"]), dots=True, columns=4)
    return ax, sentence


def matrix(counts: pd.DataFrame, *, by: str | None = None, language: str = "en") -> tuple[Axes, str]:
    """
    Draw who did what: a line an actor or bloc, a column a type, the number in the cell.

    Parameters
    ----------
    counts
        What `reactions.matrix` gives.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart.
    sentence : str
        What it shows: alt text and caption.
    """
    if counts.empty:
        return nothing(language)
    types = [column for column in counts.columns if column not in ("bloc", "actor", "acts")]
    blocs, by_actor = marks("bloc", language)["label"], "actor" in counts
    known = actor_names(language) if by_actor else dict(blocs)
    rows = [known.get(code, code) for code in counts["actor" if by_actor else "bloc"]]
    title, sentence = findings.busiest_actors(counts, rows, language)
    _, (ax,) = chart_sheet(size=(3.6 + 0.58 * (len(types) + 1), 1.0 + 0.225 * len(counts)), title=title,
                           note="note_acts", language=language, by=by)  # fmt: skip
    _cells(ax, counts[types].to_numpy(int), counts["acts"].to_numpy(int))
    labels = table("codebook/event_types").set_index("event_type")[f"label_{language}"]
    ax.set_yticks(range(len(rows)), [wrap(name, 34) for name in rows], fontsize=8)
    ax.set_xticks(range(len(types) + 1), [wrap(labels[name], 13) for name in types] + ["Σ"], fontsize=7.5,
                  rotation=50, ha="left", rotation_mode="anchor")  # fmt: skip
    if by_actor:
        _brackets(ax, counts["bloc"], blocs, len(types) + 0.6)
    return ax, sentence


def phases(
    counts: pd.DataFrame, *, days: Mapping[str, str], by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw acts a day by bloc, a panel for the days between two falls.

    Parameters
    ----------
    counts
        What `reactions.phases` gives.
    days
        The days that begin a phase, with the names of what happened.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The first panel.
    sentence : str
        What it shows: alt text and caption.
    """
    if counts.empty:
        return nothing(language)
    blocs, spans = marks("bloc", language), findings.phase_names(counts, days, language)
    title, sentence = findings.busiest_phase(counts, language)
    width = max(1.2, counts["acts_per_day"].max() * 1.2)
    _, axes = chart_sheet(size=(9.5, 0.9 + 0.3 * counts["bloc"].nunique()), title=title, note="note_bars",
                               language=language, by=by, panels=[1] * len(spans), across=True)  # fmt: skip
    for ax, (start, name) in zip(axes, spans.items(), strict=True):
        rows = counts[counts["from_day"] == start].reset_index()
        colors = [blocs.loc[bloc, "color"] for bloc in rows["bloc"]]
        bars = ax.barh(rows.index, rows["acts_per_day"], color=colors, edgecolor=INK, lw=0.4)
        ax.bar_label(bars, [str(n) for n in rows["acts"]], fontsize=7.5, padding=2)
        ax.set_title(name, fontsize=8, loc="left")
        ax.tick_params(labelsize=7.5)
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes[0].set_yticks(rows.index, [wrap(blocs.loc[bloc, "label"], 22) for bloc in rows["bloc"]], fontsize=8)
    axes[0].set(xlim=(0, width), ylim=(len(rows) - 0.4, -0.6))
    return axes[0], sentence


def _by_block(states: pd.DataFrame) -> pd.DataFrame:
    """Give the gates in drawing order, with their rows: the neighbour with most changes first."""
    gates = states.drop_duplicates("crossing_id").set_index("crossing_id")
    changes = states[states["changed"] == "yes"].groupby("other_country").size()
    rank = gates["other_country"].map(changes).fillna(0)
    gates = gates.assign(rank=-rank).sort_values(["rank", "other_country"], kind="stable").reset_index()
    block = (gates["other_country"] != gates["other_country"].shift()).cumsum()
    return gates.assign(row=gates.index + block)


def _stack(ax: Axes, rows: pd.DataFrame, looks: pd.DataFrame) -> None:
    base = np.zeros(len(rows))
    for state, look in looks.iterrows():
        ax.bar(range(len(rows)), rows[state], bottom=base, width=1, align="edge", color=look["color"],
               hatch=look["hatch"], edgecolor=INK, lw=0)  # fmt: skip
        base = base + rows[state].to_numpy(float)
    ax.set_ylim(0, base.max() + 0.2)
    ax.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    ax.tick_params(labelsize=7.5)


def _lanes(single: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Give each bloc or actor its lane: as many rows as its fullest day needs."""
    fullest = single.groupby(["lane", "day"]).size().groupby("lane").max()
    deep = np.ceil(fullest.reindex([name for name in order if name in fullest.index]) / _PER_ROW) + 0.7
    return pd.DataFrame({"top": deep.cumsum() - deep, "bottom": deep.cumsum()})


def _lane(ax: Axes, rows: pd.DataFrame, order: Sequence[str], looks: pd.DataFrame, top: float) -> None:
    rank = {value: i for i, value in enumerate(looks.index)}
    rows = rows.assign(rank=rows["look"].map(rank)).sort_values(["day", "rank"], kind="stable")
    for act, i in zip(rows.to_dict("records"), rows.groupby("day").cumcount(), strict=True):
        color, hollow = looks.loc[act["look"], "color"], act["sourced"] == "no"
        ax.plot(order.index(act["day"]) + (i % _PER_ROW + 0.5) / _PER_ROW, top + i // _PER_ROW,
                looks.loc[act["look"], "marker"], ms=6.2, color="white" if hollow else color,
                mec=color if hollow else INK, mew=1.3 if hollow else 0.5)  # fmt: skip


def _cells(ax: Axes, values: np.ndarray, sums: np.ndarray) -> None:
    grey = 1 - 0.75 * values / max(1, values.max(initial=0))
    for (y, x), value in np.ndenumerate(values):
        face = str(grey[y, x]) if value else "white"
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=face, edgecolor="#E3E3E3", lw=0.6))
        if value:
            ink = "white" if grey[y, x] < 0.55 else INK
            ax.text(x, y, str(value), ha="center", va="center", fontsize=8, color=ink)
    for y, total in enumerate(sums):
        ax.text(values.shape[1], y, str(total), ha="center", va="center", fontsize=8, weight="bold")
    ax.set(xlim=(-0.5, values.shape[1] + 0.5), ylim=(len(values) - 0.5, -0.5))
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _brackets(ax: Axes, blocs: pd.Series, labels: pd.Series, x: float) -> None:
    """Bracket the lines of each bloc at the right."""
    for bloc, rows in blocs.groupby(blocs, sort=False):
        first, last = rows.index[0] - 0.35, rows.index[-1] + 0.35
        ax.plot([-0.5, x], [first - 0.15] * 2, color=INK, lw=0.8, clip_on=False)
        ax.plot([x, x], [first, last], color=FAINT, lw=1.5, clip_on=False)
        width = 18 if last - first > 1 else 40
        ax.text(x + 0.12, (first + last) / 2, wrap(labels[bloc], width), va="center", fontsize=7.5)
