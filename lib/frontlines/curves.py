"""Charts of ground held, day by day, and of how far to trust it."""

import pandas as pd
from babel.numbers import format_decimal
from matplotlib.axes import Axes

from frontlines.canvas import INK, palette, say
from frontlines.figures import Days, chart_sheet, day_axis, legend
from frontlines.phrases import names, span_words


def areas(table: pd.DataFrame, *, days: Days = None, language: str = "en") -> tuple[Axes, str]:
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
        pad = 14 if ax is panels[0] else 4
        ax.set_title(say(key, language), loc="right" if language == "ar" else "left", size=9, pad=pad)
        ax.grid(axis="y", color="#E4E4E0", linewidth=0.6)
        ax.tick_params(labelsize=8)
        day_axis(ax, order, (days or {}) if ax is panels[0] else {}, language)
    legend(figure, look, sides, dots=True, columns=3)
    return panels[0], sentence


def axis(
    stretches: pd.DataFrame,
    stops: pd.DataFrame,
    *,
    side: str = "HTS",
    road: str = "M5",
    days: Days = None,
    language: str = "en",
) -> tuple[Axes, str]:
    """
    Draw a road as columns of days, coloured by the side whose ground it runs through.

    Parameters
    ----------
    stretches
        What `axis.along` gives: day, km_from, km_to, side.
    stops
        What `axis.stops` gives: place_id, name, km. The stops that fit are named beside the columns.
    side
        The side that the title speaks of.
    road
        Its name.
    days
        ISO days to mark, with their captions.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart: day against kilometre, the start at the top.
    sentence : str
        What it shows: alt text and caption.
    """
    look, order = palette(language), sorted(stretches["day"].unique())
    end = stops["km"].iloc[-1]
    mine = stretches[stretches["side"] == side]
    held = (mine["km_to"] - mine["km_from"]).groupby(mine["day"]).sum().reindex(order, fill_value=0)
    ends = names(stops["place_id"].iloc[[0, -1]], stops["name"].iloc[[0, -1]], language)
    words = {"side": look.loc[side, "label"], "road": road, "start": ends[0], "end": ends[1],
             "before": _number(held.iloc[0], language), "after": _number(held.max(), language),
             "all": _number(end, language), "span": span_words(order[0], order[-1], language)}  # fmt: skip
    title = say("title_axis", language, **words)
    figure, (ax,) = chart_sheet(size=(8.0, 5.6), title=title, note="note_axis", language=language)
    for row in stretches.itertuples():
        ax.bar(order.index(row.day) + 0.5, row.km_to - row.km_from, 0.94, bottom=row.km_from,
               color=look.loc[row.side, "color"], hatch=look.loc[row.side, "hatch"] or None,
               edgecolor="white", linewidth=0)  # fmt: skip
    ax.set_ylim(end, 0)
    shown = _apart(stops[stops["place_id"] != ""], end / 26)
    ax.set_yticks(shown["km"], names(shown["place_id"], shown["name"], language), fontsize=8)
    kilometres = ax.secondary_yaxis("right")
    kilometres.set_ylabel(say("axis_km", language), fontsize=8)
    kilometres.tick_params(labelsize=7.5, length=2)
    day_axis(ax, order, days or {}, language)
    legend(figure, look, [s for s in look.index if s in set(stretches["side"])], dots=False, columns=4)
    return ax, say("sentence_axis", language, title=title, **words)


def _apart(stops: pd.DataFrame, least: float) -> pd.DataFrame:
    """Keep the ends, and between them the stops that have room for a name, cities first."""
    ranked = stops.assign(rank=1).reset_index(drop=True)
    ranked.loc[ranked.index[[0, -1]], "rank"] = 0
    kept: list[int] = []
    for i, km in ranked.sort_values("rank", kind="stable")["km"].items():
        if all(abs(km - ranked["km"].iloc[j]) >= least for j in kept):
            kept.append(int(str(i)))
    return ranked.loc[sorted(kept)]


def calibration(table: pd.DataFrame, *, language: str = "en") -> tuple[Axes, str]:
    """
    Draw the share of nearby evidence against how often it told a hidden place rightly.

    Parameters
    ----------
    table
        What `front.calibration` gives: share, right, low, high, places.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart; on the thin line share and frequency agree.
    sentence : str
        What it shows.
    """
    low, high = table.iloc[0], table.iloc[-1]
    words = {f"{what}_{end}": str(round(100 * row[what])) for end, row in (("low", low), ("high", high))
             for what in ("share", "right")}  # fmt: skip
    title = say("title_calibration", language, **words)
    _, (ax,) = chart_sheet(size=(6.4, 4.4), title=title, note="note_calibration", language=language)
    start = min(table["share"].min(), table["low"].min()) - 0.05
    ax.plot([start, 1], [start, 1], color="#9A9A94", lw=0.8)
    error = [table["right"] - table["low"], table["high"] - table["right"]]
    ax.errorbar(table["share"], table["right"], error, fmt="o", color=INK, ms=5, lw=1, capsize=2.5)
    # classes that fall on one spot share a label
    for (share, right), places in table.groupby([table["share"].round(2), table["right"].round(2)])["places"]:
        offset, align = ((7, -3), "left") if share >= 1 else ((-6, -10), "right")
        ax.annotate(" + ".join(_number(n, language) for n in places), (share, right), offset, ha=align,
                    textcoords="offset points", fontsize=7.5)  # fmt: skip
    ax.set_xlim(start, 1.02)
    ax.set_ylim(start, 1.02)
    ax.set_xlabel(say("axis_share", language), fontsize=8)
    ax.set_ylabel(say("axis_right", language), fontsize=8)
    ax.tick_params(labelsize=8)
    ax.grid(color="#E4E4E0", linewidth=0.6)
    return ax, say("sentence_calibration", language, title=title, places=str(int(table["places"].sum())))


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
