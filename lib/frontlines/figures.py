"""What charts share: labels from the codebook, the sheet with its words, the axis of days, legends."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from textwrap import fill

import numpy as np
import pandas as pd
from babel.dates import format_date
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from frontlines import data
from frontlines.canvas import blank, turn, write_around
from frontlines.errors import UnknownCodeError
from frontlines.phrases import names, say

INK, FAINT = "#222222", "#9A9A94"
Days = Mapping[str, str] | None  # ISO days to mark, with their captions


@cache
def marks(vocabulary: str, language: str) -> pd.DataFrame:
    """
    Give the fixed look of each value of a vocabulary.

    Parameters
    ----------
    vocabulary
        ``gate_state``, ``bloc`` or ``reaction``: a vocabulary of `data/codebook/marks.csv`.
    language
        Language of the column label: ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    pandas.DataFrame
        Index value, in drawing order; columns color (hex), hatch, marker, label.

    Raises
    ------
    UnknownCodeError
        If there are no marks for the vocabulary.
    """
    table = data.table("codebook/marks")
    table = table[table["vocabulary"] == vocabulary].set_index("value")
    if table.empty:
        raise UnknownCodeError(f"no marks for {vocabulary!r}; see data/codebook/marks.csv")
    return table[["color", "hatch", "marker"]].assign(label=table[f"label_{language}"])


def gate_names(gates: pd.DataFrame, language: str) -> list[str]:
    """
    Name crossings, in English by both sides' names.

    Parameters
    ----------
    gates
        Columns place_id, name, name_other_side.
    language
        ``en``, ``fr``, ``ar`` or ``tr``; the gazetteer's preferred name, if it has one.

    Returns
    -------
    list of str
        A name for each row.
    """
    pairs = zip(gates["name"], gates["name_other_side"], strict=True)
    short = [[name.split(" (")[0].split(" / ")[0] for name in pair if name] for pair in pairs]
    plain = [" – ".join(dict.fromkeys(pair)) for pair in short]
    return plain if language == "en" else names(gates["place_id"], plain, language)


def actor_names(language: str) -> dict[str, str]:
    """
    Name the actors.

    Parameters
    ----------
    language
        ``en``, ``fr``, ``ar`` or ``tr``; English where an actor has no name in it.

    Returns
    -------
    dict of str to str
        Actor id to name.
    """
    table = data.table("codebook/actors").drop_duplicates("actor").set_index("actor")
    named = table[f"name_{language}"].where(table[f"name_{language}"] != "", table["name_en"])
    return dict(named.where(named != "", table.index.to_series()))


def short_day(day: str, language: str) -> str:
    """
    Write a day without its year.

    Parameters
    ----------
    day
        ISO 8601 text.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    str
        For example ``6 Dec``, with a no-break space.
    """
    written = format_date(date.fromisoformat(day), "d MMM", locale=language)
    digits = {0x660 + digit: str(digit) for digit in range(10)}
    return str(written).translate(digits | {ord(" "): "\u00a0"})  # a day is not broken over two lines


def day_marks(triggers: pd.DataFrame, language: str = "en") -> dict[str, str]:
    """
    Turn triggers into days to mark on a chart.

    Parameters
    ----------
    triggers
        What `reactions.falls` gives: trigger, day, place_id.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    dict of str to str
        ISO day to the names of the places, joined with a plus sign.
    """
    named = triggers.assign(name=names(triggers["place_id"], triggers["trigger"], language))
    return dict(named.sort_values(["day", "name"]).groupby("day")["name"].agg(" + ".join))


def chart_sheet(
    *,
    size: tuple[float, float],
    title: str,
    note: str,
    language: str,
    panels: Sequence[float] = (1,),
    across: bool = False,
    by: str | None = None,
) -> tuple[Figure, list[Axes]]:
    """
    Make a figure with title and note, and room for panels between them.

    Parameters
    ----------
    size
        Width and height of the picture in inches; the words come on top of that.
    title
        The finding.
    note
        Key of `data/codebook/words.csv`: what the reader has to know of the marks, set as subtitle.
    language
        Arabic is set from the right.
    panels
        Height (or width) of each panel, relative to the others.
    across
        Panels stand side by side.
    by
        Who reports, for the caption; the record and its sources if not given.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The figure.
    panels : list of matplotlib.axes.Axes
        One for each panel; they share the axes that run the same way.
    """
    figure = blank((size[0], size[1] + 0.9))
    top, bottom = write_around(figure, title=title, subtitle=say(note, language),
                               caption=by or say("chart_note", language), language=language)  # fmt: skip
    figure.set_layout_engine("constrained", rect=(0.005, bottom, 0.99, top - bottom), hspace=0.02)
    shape, key = ((1, len(panels)), "width_ratios") if across else ((len(panels), 1), "height_ratios")
    axes = figure.subplots(*shape, sharex=True, sharey=across, squeeze=False, gridspec_kw={key: list(panels)})
    return figure, list(np.ravel(axes))


def told_by(source: str, language: str = "en") -> str | None:
    """
    Say for a caption whose word a chart rests on.

    Parameters
    ----------
    source
        ``record``, ``dispatch`` or ``table``.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    str or None
        A sentence; none for the record, which is named where nobody else is.
    """
    return None if source == "record" else say(f"told_by:{source}", language)


def nothing(language: str, *, key: str = "nothing", **values: object) -> tuple[Axes, str]:
    """
    Say that there is nothing to draw.

    Parameters
    ----------
    language
        ``en``, ``fr``, ``ar`` or ``tr``.
    key
        What to say: a key of `data/codebook/words.csv`.
    **values
        What its fields are filled with.

    Returns
    -------
    ax : matplotlib.axes.Axes
        Empty axes.
    sentence : str
        The words.
    """
    words = say(key, language, **values)
    _, (ax,) = chart_sheet(size=(9.5, 0.6), title=words, note="note_nothing", language=language)
    ax.set_axis_off()
    return ax, words


def day_axis(ax: Axes, order: Sequence[str], days: Mapping[str, str], language: str) -> None:
    """
    Make the x axis one of days, and mark some.

    Parameters
    ----------
    ax
        Axes on which day number i runs from i to i + 1.
    order
        The ISO days.
    days
        Days to mark by a line at their beginning, with captions; captions that would touch go up a step.
    language
        Of the days.
    """
    shown = range(0, len(order), max(1, -(-len(order) // 13)))
    ax.set_xticks([i + 0.5 for i in shown], [short_day(order[i], language) for i in shown], fontsize=7.5)
    ax.set_xlim(0, max(1, len(order)))
    ax.tick_params(length=0)
    ends: list[float] = []
    for day in sorted(set(days) & set(order)):
        x, width = order.index(day), len(days[day]) * 0.0075 * len(order) + 0.3
        step = next((i for i, end in enumerate(ends) if end < x), len(ends))
        ends[step : step + 1] = [x + width]
        ax.axvline(x, color=INK, lw=0.9, ls=(0, (2, 2)), zorder=3)
        ax.annotate(days[day], (x, 1), (0, 2 + 9 * step), xycoords=("data", "axes fraction"),
                    textcoords="offset points", fontsize=7.5)  # fmt: skip


def day_bars(
    table: pd.DataFrame, labels: Sequence[str], heads: Sequence[tuple[int, str]] = (), *, looks: str,
    title: str, note: str, days: Days, by: str | None, language: str,
) -> Axes:  # fmt: skip
    """
    Draw a bar for each row, a field for each day, in the colour of its state.

    Parameters
    ----------
    table
        Columns row (from above), day, state.
    labels
        What the rows are called, in their order.
    heads
        Lines without a bar, with the words that stand there.
    looks
        The vocabulary of the states, as for `marks`.
    title, note, days, by, language
        As for `chart_sheet` and `day_axis`.

    Returns
    -------
    matplotlib.axes.Axes
        The chart; row and day number are its coordinates.
    """
    order, look_of = sorted(table["day"].unique()), marks(looks, language)
    lines = int(table["row"].max()) + 1
    figure, (ax,) = chart_sheet(size=(9.5, 0.9 + 0.26 * lines), title=title, note=note, language=language,
                                by=by)  # fmt: skip
    for state, group in table.groupby("state"):
        look = look_of.loc[str(state)]
        ax.barh(group["row"], 1, 0.7, group["day"].map(order.index), align="center", color=look["color"],
                hatch=look["hatch"], edgecolor=INK, linewidth=0)  # fmt: skip
    rows = sorted(table["row"].unique())
    ax.barh(rows, len(order), 0.7, fill=False, edgecolor=INK, linewidth=0.5)
    ax.set_yticks(rows, labels, fontsize=8)
    for y, words in heads:
        ax.text(0, y, words, fontsize=8.5, weight="bold", va="center")
    ax.set_ylim(lines - 0.4, -0.6)
    ax.spines[:].set_visible(False)
    day_axis(ax, order, days or {}, language)
    legend(figure, look_of, list(table["state"]), dots=False, columns=3)
    return ax


def legend(
    figure: Figure, looks: pd.DataFrame, used: Iterable[str], *, dots: bool, columns: int,
    more: Sequence[Line2D] = (),
) -> None:  # fmt: skip
    """
    Put a legend below the panels.

    Parameters
    ----------
    figure
        The figure.
    looks
        A table of `marks`.
    used
        The values that are drawn.
    dots
        Markers, else patches.
    columns
        How many stand in a row.
    more
        Other samples, with their labels, that come last.
    """
    rows = [looks.loc[value] for value in looks.index if value in set(used)]
    handles = [*(dot(row) if dots else _patch(row) for row in rows), *more]
    engine = figure.get_layout_engine()
    if not isinstance(engine, ConstrainedLayoutEngine):
        raise TypeError("a legend goes on a sheet that chart_sheet made")
    left, bottom, width, height = engine.get()["rect"]
    room = 0.19 * -(-len(handles) // columns) / figure.get_size_inches()[1] + 0.01
    engine.set(rect=(left, bottom + room, width, height - room))
    turn(figure.legend(handles=handles, loc="lower center", ncols=columns, fontsize=8, frameon=False,
                       bbox_to_anchor=(0.5, bottom), borderaxespad=0))  # fmt: skip


def wrap(label: object, width: int) -> str:
    """
    Break a long label into lines.

    Parameters
    ----------
    label
        The words.
    width
        Characters in a line.

    Returns
    -------
    str
        The lines.
    """
    return fill(str(label), width, break_long_words=False)


def _patch(look: pd.Series) -> Patch:
    return Patch(facecolor=look["color"], hatch=look["hatch"], edgecolor=INK, lw=0.5, label=look["label"])


def dot(look: pd.Series, *, size: float = 6.2) -> Line2D:
    """
    Give a mark for a legend.

    Parameters
    ----------
    look
        A row of `marks` or of `phrases.palette`.
    size
        In points.

    Returns
    -------
    matplotlib.lines.Line2D
        The mark, with its label.
    """
    return Line2D([], [], ls="", marker=look["marker"], ms=size, color=look["color"], mec=INK, mew=0.5,
                  label=look["label"])  # fmt: skip
