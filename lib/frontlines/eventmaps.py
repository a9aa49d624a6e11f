"""Maps of what a dispatch tells: its coded events at their places, family by family."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from frontlines import data
from frontlines.backdrop import base, room_of
from frontlines.canvas import SYRIA, label, project, sheet, turn
from frontlines.figures import nothing
from frontlines.phrases import day_words, names, say

_LEGEND = (0.8, 0.0, 0.2, 0.2)  # left, bottom, width, height
# colours and marks of event families, apart from those of the sides
_FAMILIES = {
    "control": ("#1F3B57", "s"), "violence": ("#A63D40", "X"), "posture": ("#6B705C", "^"),
    "border": ("#B07D2B", "D"), "reaction": ("#5E548E", "o"), "humanitarian": ("#3D8B8B", "P"),
}  # fmt: skip
# what a title puts first
_HEADS = (
    "capture", "handover", "withdrawal", "border_closure", "border_restriction", "border_reopening",
)  # fmt: skip


def events(
    table: pd.DataFrame,
    *,
    name: str,
    day: str,
    language: str = "en",
    extent: tuple[float, float, float, float] = SYRIA,
) -> tuple[Axes, str]:
    """
    Map the coded events of a dispatch, family by family.

    Parameters
    ----------
    table
        Events in the codebook's columns; rows without a point are left out of the map and counted.
    name
        What to call the dispatch.
    day
        Its day.
    language, extent
        As for `zones`.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map. What is said of a country stands in its widest part on the sheet. Where nothing falls on
        it, words in its stead.
    sentence : str
        What it shows.
    """
    types = data.table("codebook/event_types").set_index("event_type")
    told = table[table["lat"].notna()].copy()
    told["family"] = told["event_type"].map(types["family"])
    told["act"] = _acts(told, types[f"label_{language}"], language)
    told["place"] = names(told["place_id"], told["place_name"], language)
    words = {"day": day_words(day, language), "n": len(table), "m": told["place_id"].nunique()}
    title = f"{name}, {words['day']} \u2014 {_heads(told)}"
    ax = sheet(title=title, subtitle=say("subtitle_events", language, **words),
               caption=say("boundaries", language), language=language)  # fmt: skip
    base(ax, extent=extent, language=language, keep_free=_LEGEND)
    told[["x", "y"]] = spots(ax, told, _LEGEND)
    west, east, south, north = *ax.get_xlim(), *ax.get_ylim()
    seen = told[told["x"].between(west, east) & told["y"].between(south, north)]
    if seen.empty:
        return nothing(language, key="nothing_events", name=name, **words)
    ends, labels = [], []
    for _, group in seen.groupby("place_id", sort=True):
        ends.append(_marks(ax, group))
        labels.append(f"{group['place'].iloc[0]}: {', '.join(dict.fromkeys(group['act']))}")
    handles = [
        Line2D([], [], color=color, marker=marker, linestyle="none", label=say(f"family:{family}", language))
        for family, (color, marker) in _FAMILIES.items()
        if family in set(seen["family"])
    ]
    turn(ax.legend(handles=handles, loc="lower right", fontsize=7.5, framealpha=0.95, edgecolor="none"))
    label(ax, ends, labels, size=6.8)
    listed = [f"{place}: {', '.join(dict.fromkeys(acts))}" for place, acts in told.groupby("place")["act"]]
    return ax, f"{title}. {say('subtitle_events', language, **words)} {'; '.join(listed)}."


def _acts(table: pd.DataFrame, labels: pd.Series, language: str) -> list[str]:
    """Say what each event is, where from its place, and whether it is only expected, or denied."""
    acts = []
    for kind, relation, status in table[["event_type", "place_relation", "status"]].itertuples(index=False):
        more = [say(f"relation:{relation}", language)] if relation else []
        more += [say(status, language)] if status in ("expected", "denied") else []
        acts.append(f"{labels[kind]} ({', '.join(more)})" if more else str(labels[kind]))
    return acts


def _heads(told: pd.DataFrame) -> str:
    """Put what changed hands and which borders closed or opened first, else the most frequent acts."""
    firm = ~told["status"].isin(["expected", "denied"]) & told["place_relation"].isin(["", "centre"])
    heads = told[firm & told["event_type"].isin(_HEADS)]
    heads = told if heads.empty else heads
    acts = list(dict.fromkeys(heads.sort_values("event_type", key=lambda kinds: kinds.map(_rank))["act"]))[:4]
    places = {act: dict.fromkeys(heads.loc[heads["act"] == act, "place"]) for act in acts}
    return "; ".join(f"{act}: {', '.join(list(places[act])[:6])}" for act in acts)


def _rank(kind: str) -> int:
    return _HEADS.index(kind) if kind in _HEADS else len(_HEADS)


def spots(ax: Axes, told: pd.DataFrame, keep_free: tuple[float, float, float, float]) -> Any:
    """
    Find where each row is drawn: at its point, or under the name of its country.

    Parameters
    ----------
    ax
        Axes whose limits are set.
    told
        With place_id, lat and lon (WGS84 degrees).
    keep_free
        As for `base`.

    Returns
    -------
    numpy.ndarray
        A row x, y for each (metres in `DRAW_CRS`).
    """
    kinds = data.table("gazetteer/places").set_index("place_id")
    here = told["place_id"].map(kinds["country"]).where(told["place_id"].map(kinds["kind"]) == "country", "")
    room, lower = room_of(ax, keep_free), 0.035 * (ax.get_ylim()[1] - ax.get_ylim()[0])
    placed = [
        (room[country][0], room[country][1] - lower) if country in room else tuple(point)
        for country, point in zip(here, project(told), strict=True)
    ]
    return np.array(placed).reshape(-1, 2)


def _marks(ax: Axes, group: pd.DataFrame) -> tuple[float, float]:
    """Draw one place's families in a row, not on top of each other, and give where the row ends."""
    inside = [family for family in _FAMILIES if family in set(group["family"])]
    x, y = group["x"].iloc[0], group["y"].iloc[0]
    for k, family in enumerate(inside):
        firm = (group.loc[group["family"] == family, "status"] == "stated").any()
        color, marker = _FAMILIES[family]
        ax.plot(x + (k - (len(inside) - 1) / 2) * 13e3, y, marker=marker, markersize=6.5, zorder=7,
                color=color, markerfacecolor=color if firm else "white", markeredgewidth=1.2)  # fmt: skip
    return x + (len(inside) - 1) * 6.5e3, y
