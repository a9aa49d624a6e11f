"""Static maps: they take tables, compute nothing, and return their axes and a sentence on what is seen."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from frontlines import data
from frontlines.backdrop import base
from frontlines.canvas import (
    DRAW_CRS,
    SYRIA,
    blank,
    fill,
    label,
    project,
    sheet,
    show,
    style,
    turn,
    write_around,
)  # fmt: skip
from frontlines.eventmaps import events
from frontlines.gatemaps import crossings
from frontlines.phrases import day_words, names, palette, say
from frontlines.placemaps import named
from frontlines.reactionmap import reactions
from frontlines.roadmaps import roads

__all__ = [
    "base", "crossings", "days", "events", "named", "palette", "places", "reactions", "roads", "show",
    "style", "zones",
]  # fmt: skip
_APART_KM = 22  # a town nearer than this to a named one stays without a name
_LEGEND = (0.66, 0.0, 0.34, 0.36)  # left, bottom, width, height: over the empty south-east


def zones(
    ground: gpd.GeoDataFrame,
    timeline: pd.DataFrame,
    *,
    focus: str | None = None,
    band: gpd.GeoDataFrame | None = None,
    by: str | None = None,
    language: str = "en",
    extent: tuple[float, float, float, float] = SYRIA,
) -> tuple[Axes, str]:
    """
    Map the estimated zones of one day, with the places that they rest on.

    Parameters
    ----------
    ground
        A table of `front.zones`.
    timeline
        The table of `control.timeline` that it was made from.
    focus
        The side that the title speaks of; the one with most capitals if not given.
    band
        A table of `front.band`, drawn hatched.
    by
        Who reports, for the subtitle.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.
    extent
        West, south, east, north in degrees.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map.
    sentence : str
        What it shows: alt text and caption.
    """
    day = ground["day"].iloc[0]
    title, sentence = _finding(timeline, day, focus, language)
    ax = sheet(title=title, subtitle=_subtitle(timeline, day, by, language),
               caption=_caption(timeline, ground.attrs, language), language=language)  # fmt: skip
    base(ax, extent=extent, language=language, keep_free=_LEGEND)
    _paint(ax, ground)
    if band is not None and len(band):
        fill(ax, band.to_crs(DRAW_CRS).geometry, facecolor="none", edgecolor="white", hatch="////",
             linewidth=0, zorder=2.4)  # fmt: skip
    _dots(ax, timeline, size=2.6)
    _legend(ax, ground["side"], timeline, language, band=band is not None)
    _name_places(ax, timeline, language)
    return ax, f"{sentence} {_unknown(ground, language)}".strip()


def places(
    timeline: pd.DataFrame,
    *,
    day: str,
    focus: str | None = None,
    by: str | None = None,
    language: str = "en",
    extent: tuple[float, float, float, float] = SYRIA,
) -> tuple[Axes, str]:
    """
    Map who holds which place on one day, without zones.

    Parameters
    ----------
    timeline
        A table of `control.timeline`.
    day
        Its day, for the words.
    focus, by, language, extent
        As for `zones`.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map.
    sentence : str
        What it shows.
    """
    title, sentence = _finding(timeline, day, focus, language)
    caption = f"{say('unsourced', language, **_counts(timeline))} {say('boundaries', language)}"
    subtitle = _subtitle(timeline, day, by, language)
    ax = sheet(title=title, subtitle=subtitle, caption=caption, language=language)
    base(ax, extent=extent, language=language, keep_free=_LEGEND)
    _dots(ax, timeline, size=4.5)
    _legend(ax, [], timeline, language)
    _name_places(ax, timeline, language)
    return ax, sentence


def days(
    ground: gpd.GeoDataFrame, timelines: pd.DataFrame, *, focus: str, columns: int = 4, language: str = "en"
) -> tuple[Figure, str]:
    """
    Map the zones of several days side by side.

    Parameters
    ----------
    ground
        Tables of `front.zones`, one below the other: one small map for each day.
    timelines
        The table of `control.by_day` for the same days.
    focus
        The side that the title speaks of.
    columns
        How many maps stand in a row.
    language
        As for `zones`.

    Returns
    -------
    figure : matplotlib.figure.Figure
        The maps.
    sentence : str
        What they show.
    """
    listed = sorted(ground["day"].unique())
    rows = -(-len(listed) // columns)
    figure = blank((8.6, 2.02 * rows + 1.55))
    look = palette(language)
    count = timelines[timelines["side"] == focus].groupby("day").size().reindex(listed, fill_value=0)
    title = say("title_days", language, side=look.loc[focus, "label"], n=count.iloc[0], m=count.iloc[-1],
                first=day_words(listed[0], language).rsplit(" ", 1)[0],
                last=day_words(listed[-1], language))  # fmt: skip
    last = timelines[timelines["day"] == listed[-1]]
    top, bottom = write_around(figure, title=title, subtitle=_subtitle(last, listed[-1], None, language),
                               caption=_caption(last, ground.attrs, language), language=language)  # fmt: skip
    sides = [side for side in look.index if side in set(ground["side"])]
    handles = [_patch(look, side) for side in sides]
    turn(figure.legend(handles=handles, labels=list(look.loc[sides, "label"]), ncols=5, loc="lower center",
                       bbox_to_anchor=(0.5, bottom - 0.005), frameon=False, fontsize=7.5))  # fmt: skip
    grid = figure.add_gridspec(rows, columns, left=0.015, right=0.985, top=top - 0.02, bottom=bottom + 0.065,
                               wspace=0.03, hspace=0.16)  # fmt: skip
    for i, day in enumerate(listed):
        ax = figure.add_subplot(grid[i // columns, i % columns])
        base(ax, extent=(35.3, 32.2, 42.5, 37.45), language=language, detail=False)
        _paint(ax, ground[ground["day"] == day], hatch=False)
        ax.spines[:].set_visible(False)
        ax.set_title(day_words(day, language).rsplit(" ", 1)[0], size=8.5, weight="bold", pad=2, loc="left")
        ax.text(0.99, 0.03, say("places", language, n=count[day]), transform=ax.transAxes, size=7,
                color=look.loc[focus, "color"], weight="bold", ha="right")  # fmt: skip
    return figure, f"{title}."


def _paint(ax: Axes, ground: gpd.GeoDataFrame, *, hatch: bool = True) -> None:
    look = palette()
    for row in ground.to_crs(DRAW_CRS).itertuples():
        style_of = look.loc[row.side]
        edge = "#DCDCD8" if row.side == "unknown" else "#8C8C86"
        hatched = hatch and style_of["hatch"]
        marks = {"hatch": style_of["hatch"], "edgecolor": edge} if hatched else {"edgecolor": "none"}
        fill(ax, [row.geometry], facecolor=style_of["color"], linewidth=0, zorder=2,
             alpha=1.0 if row.side == "unknown" else 0.85, **marks)  # fmt: skip


def _dots(ax: Axes, timeline: pd.DataFrame, *, size: float) -> None:
    """Mark each place: filled where a report is cited, hollow where none is."""
    look = palette()
    known = timeline[timeline["lat"].notna()]
    for (side, sourced), group in known.groupby(["side", "sourced"], sort=True):
        xy = project(group)
        color = look.loc[side, "color"]
        ax.plot(xy[:, 0], xy[:, 1], linestyle="none", marker=look.loc[side, "marker"], markersize=size,
                zorder=6, markerfacecolor=color if sourced == "yes" else "white", markeredgewidth=0.6,
                markeredgecolor="#333333" if sourced == "yes" else color)  # fmt: skip


def _legend(
    ax: Axes, sides: Iterable[str], timeline: pd.DataFrame, language: str, *, band: bool = False
) -> None:
    look = palette(language)
    count = timeline.groupby("side").size()
    present = [side for side in look.index if side in {*sides, *count.index}]
    handles: list[Any] = []
    labels = []
    for side in present:
        marker, color = look.loc[side, ["marker", "color"]]
        mark = Line2D([], [], linestyle="none", marker=marker, color=color, markersize=4.5,
                      markeredgecolor="#333333", markeredgewidth=0.5)  # fmt: skip
        handles.append((_patch(look, side), mark) if side in set(sides) else mark)
        number = f" · {say('places', language, n=count[side])}" if side in count else ""
        labels.append(f"{look.loc[side, 'label']}{number}")
    if band:
        handles.append(Patch(facecolor="#BBBBBB", edgecolor="white", hatch="////"))
        labels.append(say("band", language))
    turn(ax.legend(handles, labels, loc="lower right", fontsize=7.2, title=say("sourced", language),
              title_fontsize=6.3, framealpha=0.94, edgecolor="none", borderpad=0.6, handlelength=1.7,
              alignment="left", handler_map={tuple: HandlerTuple(ndivide=1)}))  # fmt: skip


def _patch(look: pd.DataFrame, side: str) -> Patch:
    color, hatch = look.loc[side, ["color", "hatch"]]
    return Patch(facecolor=color, hatch=hatch or None, edgecolor="#8C8C86" if hatch else "none")


def _name_places(ax: Axes, timeline: pd.DataFrame, language: str) -> None:
    """Name the governorate capitals, then other towns while there is room."""
    towns = data.table("gazetteer/places", numeric=("population",)).set_index("place_id")["population"]
    capital = timeline["place_id"].isin(data.table("codebook/capitals")["place_id"])
    frame = timeline.assign(capital=capital, people=timeline["place_id"].map(towns).fillna(0))
    order = ["capital", "people", "place_id"]
    frame = frame[frame["lat"].notna()]
    frame = frame.sort_values(order, ascending=[False, False, True], ignore_index=True)
    xy = project(frame)
    kept: list[int] = []
    for i, (big, people) in enumerate(zip(frame["capital"], frame["people"], strict=True)):
        near = len(kept) > 0 and np.hypot(*(xy[kept] - xy[i]).T).min() < _APART_KM * 1e3
        if big or (not near and (people > 20_000 or len(frame) < 30)):
            kept.append(i)
    frame = frame.loc[kept]
    words = names(frame["place_id"], frame["place_name"], language)
    label(ax, [tuple(point) for point in xy[kept]], words, size=7, bold=int(frame["capital"].sum()))


def _finding(timeline: pd.DataFrame, day: str, focus: str | None, language: str) -> tuple[str, str]:
    """Put the finding of a day into a title and a sentence: capitals where known, else places."""
    look = palette(language)
    capitals = timeline[timeline["place_id"].isin(data.table("codebook/capitals")["place_id"])]
    kind, told = ("capitals", capitals) if len(capitals) > 1 else ("places", timeline)
    held = told[told["side"].map(look["kind"]) == "side"]
    side = focus or (held["side"].value_counts().index[0] if len(held) else "unknown")
    mine = told[told["side"] == side]
    called = ", ".join(sorted(names(mine["place_id"], mine["place_name"], language)))
    words = {"side": look.loc[side, "label"], "n": len(mine), "total": len(told), "list": called}
    words["day"] = day_words(day, language)
    key = "sentence_none" if kind == "capitals" and mine.empty else f"sentence_{kind}"
    return say(f"title_{kind}", language, **words), say(key, language, **words)


def _counts(timeline: pd.DataFrame) -> dict[str, int]:
    return {"n": int((timeline["sourced"] == "no").sum()), "total": len(timeline)}


def _subtitle(timeline: pd.DataFrame, day: str, by: str | None, language: str) -> str:
    oldest = int(timeline["age_days"].max()) if len(timeline) else 0
    return say("subtitle", language, day=day_words(day, language), by=by or say("by", language),
               places=len(timeline), age=oldest)  # fmt: skip


def _caption(timeline: pd.DataFrame, made: dict[str, Any], language: str) -> str:
    unsourced = say("unsourced", language, **_counts(timeline))
    estimate = say("estimate", language, reach=f"{made.get('reach_km', 15):g}")
    return f"{unsourced} {estimate} {say('boundaries', language)}"


def _unknown(ground: gpd.GeoDataFrame, language: str) -> str:
    area = ground.groupby("side")["area_km2"].sum()
    share = round(100 * area.get("unknown", 0.0) / area.sum())
    return say("sentence_unknown", language, share=share, reach=f"{ground.attrs.get('reach_km', 15):g}")
