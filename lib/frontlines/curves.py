"""Charts of ground held, day by day."""

from collections.abc import Mapping

import pandas as pd
from babel.numbers import format_decimal
from matplotlib.axes import Axes

from frontlines.canvas import palette, say
from frontlines.figures import chart_sheet, day_axis, legend
from frontlines.phrases import span_words


def areas(
    table: pd.DataFrame, *, days: Mapping[str, str] | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw each side's estimated ground by day, beside the number of places that it rests on.

    Parameters
    ----------
    table
        What `front.area_by_side` gives: day, side, area_km2, places.
    days
        ISO days to mark, with their captions.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart of areas; that of places stands below it. ``unknown`` is said, not drawn: it would dwarf
        the sides.
    sentence : str
        What it shows: alt text and caption.
    """
    look = palette(language)
    sides = [side for side in look.index if side in set(table["side"]) and side != "unknown"]
    title, sentence = _finding(table, look, language)
    figure, panels = chart_sheet(
        size=(8.0, 5.2), title=title, note="note_areas", language=language, panels=(1.4, 1)
    )
    order = sorted(table["day"].unique())
    for ax, column, key in zip(panels, ("area_km2", "places"), ("axis_area", "axis_places"), strict=True):
        for side in sides:
            rows = table[table["side"] == side].set_index("day").reindex(order)
            ax.plot([i + 0.5 for i in range(len(order))], rows[column], color=look.loc[side, "color"],
                    marker=look.loc[side, "marker"], markersize=4, linewidth=1.8, markeredgewidth=0.4,
                    markeredgecolor="white", clip_on=False)  # fmt: skip
        ax.set_ylim(0, table.loc[table["side"] != "unknown", column].max() * 1.06)
        ax.yaxis.set_major_formatter(lambda value, _: _number(value, language))
        ax.set_title(
            say(key, language),
            loc="right" if language == "ar" else "left",
            size=9,
            pad=14 if ax is panels[0] else 4,
        )
        ax.grid(axis="y", color="#E4E4E0", linewidth=0.6)
        ax.tick_params(labelsize=8)
        day_axis(ax, order, (days or {}) if ax is panels[0] else {}, language)
    legend(figure, look, sides, dots=True, columns=3)
    return panels[0], sentence


def _finding(table: pd.DataFrame, look: pd.DataFrame, language: str) -> tuple[str, str]:
    """Name the side that lost most, the one that gained most, and how much ground stays unknown."""
    wide = table.pivot_table(index="day", columns="side", values="area_km2", fill_value=0, sort=True)
    first, last = wide.iloc[0], wide.iloc[-1]
    change = (last - first).drop("unknown", errors="ignore")
    words = {"span": span_words(wide.index[0], wide.index[-1], language)}
    for key, side in (("loser", change.idxmin()), ("gainer", change.idxmax())):
        words |= {key: look.loc[side, "label"]}
        words |= {f"{key}_{when}": _number(round(day[side], -2), language)
                  for when, day in (("before", first), ("after", last))}  # fmt: skip
    title = say("title_areas", language, **words)
    if "unknown" not in wide:
        return title, f"{title}."
    share = 100 * wide["unknown"] / wide.sum(axis=1)
    words |= {"title": title, "low": str(round(share.min())), "high": str(round(share.max()))}
    return title, say("sentence_areas", language, **words)


def _number(value: float, language: str) -> str:
    written = str(format_decimal(round(value), locale=language))
    return written.translate({0x660 + digit: str(digit) for digit in range(10)})
