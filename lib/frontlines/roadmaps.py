"""Pictures of roads: the map of who can use which, the strip of ways by day, neighbours in reach."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from frontlines import data
from frontlines.backdrop import base
from frontlines.canvas import label, project, sheet, trace, turn
from frontlines.figures import INK, Days, actor_names, day_bars, marks, nothing, short_day
from frontlines.findings import listed, titled, with_colon
from frontlines.phrases import day_words, names, palette, say

__all__ = ["reach", "roads", "ways"]
_GREY = "#77736A"
_EXTENT = (34.3, 32.15, 42.75, 37.55)  # with the sea off Lebanon: its gates stand clear of the words there
_LARGE = 200_000  # people in a town abroad that is named
_LOOKS = {  # of roads that are no side's own
    "front": (INK, "-"), "doubtful": (_GREY, (0, (2, 1.4))), "shut": (INK, (0, (0.6, 1.6))),
    "abroad": (_GREY, "-"),
}  # fmt: skip


def roads(
    edges: pd.DataFrame,
    where: pd.DataFrame,
    gates: pd.DataFrame,
    way: pd.DataFrame,
    *,
    ends: tuple[str, str],
    side: str,
    language: str = "en",
    extent: tuple[float, float, float, float] = _EXTENT,
) -> tuple[Axes, str]:
    """
    Map the roads by who can use them, with one way marked.

    Parameters
    ----------
    edges
        What `routes.edges` gives.
    where
        What `routes.stops` gives for the same day.
    gates
        What `borders.status` gives for that day.
    way
        What `routes.way` gives between the two ends; empty if there is none.
    ends
        The two place ids.
    side
        Whose way it is.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.
    extent
        West, south, east, north in degrees.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map. A road of one side has its colour; one between two sides is halved, with a cross.
    sentence : str
        What it shows: alt text and caption.
    """
    title, subtitle, sentence = _words(edges, where, way, gates["day"].iloc[0], ends, side, language)
    ax = sheet(title=title, subtitle=subtitle, language=language,
               caption=f"{say('roads_caption', language)} {say('boundaries', language)}")  # fmt: skip
    base(ax, extent=extent, language=language, keep_free=(0.6, 0.0, 0.4, 0.33))
    lines = dict(zip(zip(edges["from_id"], edges["to_id"], strict=True), _lines(edges), strict=True))
    lines |= {(b, a): line for (a, b), line in lines.items()}
    legs = [lines[leg] for leg in zip(way["from_id"], way["to_id"], strict=True)]
    trace(ax, legs, color=INK, linewidth=6.5, capstyle="round", zorder=4.5)
    trace(ax, legs, color="#FFF3B0", linewidth=5.1, capstyle="round", zorder=4.6)
    _draw(ax, edges, where, [lines[pair] for pair in zip(edges["from_id"], edges["to_id"], strict=True)])
    on_road = gates[gates["place_id"].isin(where["place_id"])]
    _dots(ax, where[~where["place_id"].isin(on_road["place_id"])], on_road)
    _legend(ax, edges, on_road, language)
    _name(ax, where, ends, language)
    return ax, sentence


def ways(
    least: pd.DataFrame, most: pd.DataFrame, *, days: Days = None, by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw by day which pairs of places a side's roads join: a bar a pair.

    Parameters
    ----------
    least, most
        What `routes.pairs` gives with `doubtful` closed, and open, for the same days and pairs.
    days
        ISO days to mark, with their captions.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart.
    sentence : str
        What it shows: alt text and caption.
    """
    if least.empty:
        return nothing(language)
    table = least.assign(state=_answers(least["connected"], most["connected"]))
    ids = table[["a", "b"]].drop_duplicates()
    pairs = [
        f"{a} – {b}" for a, b in zip(_named(ids["a"], language), _named(ids["b"], language), strict=True)
    ]
    table["row"] = table.groupby(["a", "b"], sort=False).ngroup()
    order = sorted(table["day"].unique())
    spans = [_until(rows, language) for _, rows in table.groupby("row")]
    joined = (table["state"] == "open").groupby(table["day"]).sum()
    told = listed([with_colon(*told, language) for told in zip(pairs, spans, strict=True)], language)
    title, sentence = titled("ways", language, n=len(pairs), first_n=joined.iloc[0], last_n=joined.iloc[-1],
                             first=short_day(order[0], language), last=day_words(order[-1], language),
                             list=told)  # fmt: skip
    return day_bars(table, pairs, looks="way", title=title, note="note_ways", days=days, by=by,
                    language=language), sentence  # fmt: skip


def reach(
    least: pd.DataFrame, most: pd.DataFrame, *, days: Days = None, by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw by day which neighbours can be reached from towns by open road: a block a town, a bar a neighbour.

    Parameters
    ----------
    least, most
        What `routes.reach` gives with `doubtful` closed, and open, for the same days; several towns one below
        the other.
    days, by, language
        As for `ways`.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The chart.
    sentence : str
        What it shows: alt text and caption.
    """
    if least.empty:
        return nothing(language)
    table = least.assign(state=_answers(least["reached"], most["reached"]))
    order, known = sorted(table["day"].unique()), actor_names(language)
    keys = table[["place_id", "other_country"]].drop_duplicates().reset_index(drop=True)
    blocks = (keys["place_id"] != keys["place_id"].shift()).cumsum()
    keys["row"] = np.arange(len(keys)) + blocks
    table = table.merge(keys, on=["place_id", "other_country"])
    towns = dict(zip(keys["place_id"].unique(), _named(keys["place_id"].unique(), language), strict=True))
    spans = {town: _span(rows) for town, rows in table.groupby("place_id")}
    told = [f"{name} {spans[town].iloc[0]} / {spans[town].iloc[-1]} / {spans[town].min()}"
            for town, name in towns.items()]  # fmt: skip
    span = spans[next(iter(towns))]
    title, sentence = titled("reach", language, place=next(iter(towns.values())), first_n=span.iloc[0],
                             n=keys["other_country"].nunique(), peak_n=span.min(), last_n=span.iloc[-1],
                             first=short_day(order[0], language), last=day_words(order[-1], language),
                             peak=short_day(str(span.index[span.argmin()]), language),
                             list=listed(told, language))  # fmt: skip
    heads = [
        (int(row) - 1, towns[town]) for town, row in keys.groupby("place_id", sort=False)["row"].min().items()
    ]
    labels = [known.get(country, country) for country in keys["other_country"]]
    return day_bars(table, labels, heads, looks="way", title=title, note="note_reach", days=days, by=by,
                    language=language), sentence  # fmt: skip


def _lines(edges: pd.DataFrame) -> list[shapely.LineString]:
    """Put each road on the sheet, through the places that give it its shape."""
    points = edges[["lats", "lons"]].explode(["lats", "lons"]).rename(columns={"lats": "lat", "lons": "lon"})
    xy = pd.DataFrame(project(points.astype(float)), index=points.index)
    return [shapely.LineString(line.to_numpy()) for _, line in xy.groupby(level=0, sort=False)]


def _draw(ax: Axes, edges: pd.DataFrame, where: pd.DataFrame, lines: Sequence[shapely.LineString]) -> None:
    """Draw each road in the colour of whoever can use it."""
    sides, at = palette(), where.set_index("place_id")["side"]
    for road, line in zip(edges.to_dict("records"), lines, strict=True):
        width = {"highway": 2.6, "road": 1.7}.get(road["kind"], 1.0)
        if road["state"] == "held":
            trace(ax, [line], color=sides.loc[road["side"], "color"], linewidth=width, zorder=5)
            continue
        if road["state"] != "front":
            color, dash = _LOOKS[road["state"]]
            trace(ax, [line], color=color, linewidth=width * 0.7, linestyle=dash, zorder=5)
            continue
        for end, part in ((road["from_id"], (0, 0.5)), (road["to_id"], (0.5, 1))):
            half = shapely.ops.substring(line, *part, normalized=True)
            trace(ax, [half], color=sides.loc[at[end], "color"], linewidth=width, zorder=5)
        middle = line.interpolate(0.5, normalized=True)
        ax.plot(middle.x, middle.y, "x", ms=5, mew=1.6, color=INK, zorder=5.5)


def _dots(ax: Axes, towns: pd.DataFrame, gates: pd.DataFrame) -> None:
    """Mark towns by side, gates by state."""
    sides, looks = palette(), marks("gate_state", "en")
    for side, group in towns[towns["country"] == "SYR"].groupby("side"):
        xy, look = project(group), sides.loc[str(side)]
        ax.plot(*xy.T, ls="", marker=look["marker"], ms=4.2, color=look["color"], mec=INK, mew=0.5, zorder=6)
    xy = project(towns[towns["country"] != "SYR"])
    ax.plot(*xy.T, ls="", marker="o", ms=2.6, color="white", mec=_GREY, mew=0.8, zorder=6)
    for state, group in gates.groupby("state"):
        xy, look = project(group), looks.loc[str(state)]
        ax.plot(*xy.T, ls="", marker=look["marker"], ms=5.4, color=look["color"], mec=INK, mew=0.7, zorder=7)


def _legend(ax: Axes, edges: pd.DataFrame, gates: pd.DataFrame, language: str) -> None:
    sides, looks = palette(language), marks("gate_state", language)
    used = set(edges.loc[edges["state"] == "held", "side"])
    handles = [
        Line2D([], [], color=row["color"], lw=2.6, marker=row["marker"], ms=4.2, mec=INK, mew=0.5,
               label=row["label"])
        for side, row in sides.iterrows() if side in used
    ]  # fmt: skip
    for state, (color, dash) in _LOOKS.items():
        if state in set(edges["state"]):
            front = state == "front"
            words = say(f"roads:{state}", language)
            handles.append(Line2D([], [], color=color, ls="" if front else dash, lw=1.6, ms=5, mew=1.6,
                                  marker="x" if front else "", label=words))  # fmt: skip
    for state, row in looks.iterrows():
        if state in set(gates["state"]):
            words = f"{say('roads:gate', language)}: {row['label']}"
            handles.append(Line2D([], [], ls="", marker=row["marker"], ms=5.4, color=row["color"], mec=INK,
                                  mew=0.7, label=words))  # fmt: skip
    turn(ax.legend(handles=handles, loc="lower right", fontsize=6.8, framealpha=0.94, edgecolor="none",
              borderpad=0.6, handlelength=2.2))  # fmt: skip


def _name(ax: Axes, where: pd.DataFrame, ends: tuple[str, str], language: str) -> None:
    """Name the two ends, the capitals of governorates, and large towns abroad."""
    capitals = data.table("codebook/capitals")["place_id"]
    people = data.table("gazetteer/places", numeric=("population",)).set_index("place_id")["population"]
    abroad = (where["country"] != "SYR") & (where["place_id"].map(people) > _LARGE)
    rank = np.select([where["place_id"].isin(ends), where["place_id"].isin(capitals), abroad], [0, 1, 2], 3)
    named = where.assign(rank=rank)[rank < 3].sort_values(["rank", "place_id"], ignore_index=True)
    words = names(named["place_id"], named["name"], language)
    label(ax, [tuple(point) for point in project(named)], words, size=7.2, bold=2)


def _words(edges: pd.DataFrame, where: pd.DataFrame, way: pd.DataFrame, day: str, ends: tuple[str, str],
           side: str, language: str) -> tuple[str, str, str]:  # fmt: skip
    called = dict(zip(where["place_id"], names(where["place_id"], where["name"], language), strict=True))
    sides = palette(language)["label"]
    told = {"a": called[ends[0]], "b": called[ends[1]],
            "side": listed([sides[one] for one in side.split(";")], language),
            "day": day_words(day, language), "km": round(way["km_from_start"].iloc[-1]) if len(way) else 0,
            "list": listed([called[stop] for stop in way["to_id"].iloc[:-1]], language),
            "n": int(((edges["state"] == "held") & edges["side"].isin(side.split(";"))).sum()),
            "total": len(edges)}  # fmt: skip
    abroad = where.loc[where["place_id"].isin(way["to_id"]) & (where["country"] != "SYR"), "country"]
    told["through"] = listed([actor_names(language)[country] for country in abroad.unique()], language)
    key = "roads_abroad" if len(abroad) else "roads" if len(way) else "roads_none"
    title, sentence = titled(key, language, **told)
    return title, say("roads_subtitle", language, **told), sentence


def _named(place_ids: pd.Series | Sequence[str], language: str) -> list[str]:
    places = data.table("gazetteer/places").set_index("place_id")["name"]
    return names(place_ids, places[list(place_ids)], language)


def _answers(least: pd.Series, most: pd.Series) -> np.ndarray:
    return np.select([least, most.to_numpy()], ["open", "doubtful"], "cut")


def _span(rows: pd.DataFrame) -> pd.Series:
    """Count by day what is in reach, for certain and at most: ``1``, or ``1–3`` where the two differ."""
    least, most = (
        rows["state"].isin(kept).groupby(rows["day"]).sum() for kept in (["open"], ["open", "doubtful"])
    )
    return least.astype(str).where(least == most, least.astype(str) + "–" + most.astype(str))


def _until(rows: pd.DataFrame, language: str) -> str:
    """Tell the last day with a way, for certain and at most."""
    last = [rows.loc[rows["state"].isin(kept), "day"].max() for kept in (["open"], ["open", "doubtful"])]
    return " / ".join(
        dict.fromkeys(short_day(day, language) if isinstance(day, str) else "–" for day in last)
    )
