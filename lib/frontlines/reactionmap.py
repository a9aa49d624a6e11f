"""Pictures of reactions: from which states acts were reported, on two maps; who spoke with whom."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from frontlines import data, findings
from frontlines.canvas import blank, fill, label, reach_of, trace, turn, write_around
from frontlines.figures import (
    FAINT,
    INK,
    actor_names,
    chart_sheet,
    dot,
    legend,
    marks,
    nothing,
    short_day,
    wrap,
)  # fmt: skip
from frontlines.findings import listed
from frontlines.phrases import say, span_words

_WORLD, _AROUND = "EPSG:8857", "+proj=laea +lat_0=35 +lon_0=38 +units=m"  # equal-area, metres
_WIDE = (-13.5e6, -1.2e6, 14.5e6, 8.2e6)  # west, south, east, north on the sheet of `_WORLD`
_NEAR = (-4.2e6, -1.7e6, 3.0e6, 2.95e6)  # and of `_AROUND`
_PARTS = (("network:before", "-"), ("network:since", (0, (4, 2))))  # of the days: the lines
_LAND, _SEA, _HOME = "#E9E6DE", "#F4F8FB", "#C9BFA5"


def reactions(acts: pd.DataFrame, *, by: str | None = None, language: str = "en") -> tuple[Axes, str]:
    """
    Map how many acts were reported of each state: a mark a state, its area in proportion.

    Parameters
    ----------
    acts
        What `reactions.table` gives, or some of its rows.
    by
        Who reports, a sentence for the caption; the record if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map around Syria; that of the world stands above it. Land is drawn without boundaries.
    sentence : str
        What it shows: alt text and caption. Organisations are named in it, having no place on a map.
    """
    if acts.empty:
        return nothing(language)
    states, others = _counts(acts)
    title, subtitle, sentence = _words(acts, states, others, language)
    figure = blank((9.8, 10.2))
    top, bottom = write_around(figure, title=title, subtitle=subtitle, language=language,
                               caption=f"{by or ''} {say('world_note', language)}".strip())  # fmt: skip
    bottom = _legend(figure, states, bottom, language)
    share = (top - bottom - 0.01) / (_ratio(_WIDE) + _ratio(_NEAR))
    near = figure.add_axes((0.01, bottom, 0.98, share * _ratio(_NEAR)))
    world = figure.add_axes((0.01, top - share * _ratio(_WIDE), 0.98, share * _ratio(_WIDE)))
    for ax, crs, (west, south, east, north) in ((world, _WORLD, _WIDE), (near, _AROUND, _NEAR)):
        ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor=_SEA, aspect="equal")
        ax.spines[:].set_visible(True)
        _land(ax, crs)
    frame = gpd.GeoSeries([shapely.box(*_NEAR).segmentize(1e5)], crs=_AROUND)
    trace(world, frame.to_crs(_WORLD).boundary, color=FAINT, linewidth=1)
    figure.canvas.draw()
    inside = states.to_crs(_AROUND).geometry.within(shapely.box(*_NEAR))
    _marks_of(world, states[~inside].to_crs(_WORLD), language)
    _marks_of(near, states[inside].to_crs(_AROUND), language)
    return near, sentence


def network(
    pairs: pd.DataFrame, *, since: str | None = None, by: str | None = None, language: str = "en"
) -> tuple[Axes, str]:
    """
    Draw who met or called whom: a mark an actor, on a ring in the order of the blocs; a line a meeting.

    Parameters
    ----------
    pairs
        What `reactions.consultations` gives.
    since
        ISO day from which lines are dashed; all are drawn through if not given.
    by
        Who reports, for the caption; the record and its sources if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The drawing. The area of a mark is in proportion to the meetings of its actor. Where an actor stands
        follows from its bloc alone: nearness on the ring says nothing.
    sentence : str
        What it shows: alt text and caption.
    """
    if pairs.empty:
        return nothing(language)
    looks, actors, known = marks("bloc", language), _ring(pairs), _lasting_names(language)
    title, sentence = findings.meetings(pairs, actors["meetings"], known, since, language)
    figure, (ax,) = chart_sheet(size=(9.5, 1.4 + 0.22 * len(actors)), title=title, note="note_network",
                                language=language, by=by)  # fmt: skip
    ax.set(xlim=(-1.75, 1.75), ylim=(-1.04, 1.04), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    for pair in pairs.to_dict("records"):
        ends = actors.loc[[pair["actor"], pair["other"]], ["x", "y"]].to_numpy()
        for i, day in enumerate(pair["days"].split(";")):
            x, y = _bow(*ends, aside=0.07 * (i - (pair["meetings"] - 1) / 2))
            ax.plot(x, y, color=INK, lw=1.2, ls=_PARTS[bool(since) and day >= str(since)][1], zorder=2)
    for actor, row in actors.iterrows():
        look, size, way = looks.loc[row["bloc"]], 6.2 * np.sqrt(row["meetings"]), np.sign(row["x"])
        ax.plot(row["x"], row["y"], look["marker"], ms=size, color=look["color"], mec=INK, mew=0.6, zorder=5)
        words = wrap(f"{known.get(str(actor), actor)}\u00a0{row['meetings']}", 26)
        ax.annotate(words, (row["x"], row["y"]), (way * (reach_of(look["marker"], size) + 4), 0), fontsize=8,
                    textcoords="offset points", va="center", ha="left" if way > 0 else "right")  # fmt: skip
    more = [Line2D([], [], color=INK, ls=dash, label=say(key, language, day=short_day(since, language)))
            for key, dash in _PARTS if since]  # fmt: skip
    legend(figure, looks, actors["bloc"], dots=True, columns=4, more=more)
    return ax, sentence


def _lasting_names(language: str) -> dict[str, str]:
    """Name actors; one that is called by its government of the day, by its country alone."""
    rows = data.table("codebook/actors")["actor"]
    changed = set(rows[rows.duplicated()])
    return {i: name.split(" (")[0] if i in changed else name for i, name in actor_names(language).items()}


def _ring(pairs: pd.DataFrame) -> pd.DataFrame:
    """Give each actor its bloc, its number of meetings, and its place: down the right side, up the left."""
    ends = [pairs[["actor", "bloc", "meetings"]], pairs[["other", "other_bloc", "meetings"]]]
    both = pd.concat([end.set_axis(["actor", "bloc", "meetings"], axis=1) for end in ends])
    table = both.groupby("actor").agg({"bloc": "first", "meetings": "sum"})
    rank = {bloc: i for i, bloc in enumerate(marks("bloc", "en").index)}
    table = table.sort_values("bloc", key=lambda blocs: blocs.map(rank), kind="stable")
    step = np.arange(len(table))
    half = -(-len(table) // 2)
    y = 1 - 2 * (step % half + 0.5) / half
    table["y"] = np.where(step < half, y, -y)
    table["x"] = np.where(step < half, 1, -1) * np.sqrt(1 - table["y"] ** 2)
    return table


def _bow(start: np.ndarray, end: np.ndarray, *, aside: float) -> np.ndarray:
    """Give a line from end to end that bends to the middle of the ring, a little aside of its twins."""
    t, length = np.linspace(0, 1, 40)[:, None], float(np.hypot(*(end - start)))
    across = np.array([start[1] - end[1], end[0] - start[0]]) / max(length, 1e-9)
    middle = (0.5 - 0.12 * min(length, 1.5)) * (start + end) + 2 * aside * across
    return np.asarray(((1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end).T)


def _ratio(extent: tuple[float, float, float, float]) -> float:
    west, south, east, north = extent
    return (north - south) / (east - west)


def _counts(acts: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Count acts of states, with a point in each, and of the rest."""
    counts = acts.groupby("actor")["event_id"].nunique().sort_values(ascending=False, kind="stable")
    world = data.layer("world").drop_duplicates("iso3").set_index("iso3")
    here = [actor for actor in counts.index if actor in world.index]
    blocs = acts.drop_duplicates("actor").set_index("actor")["bloc"]
    parts = [max(shapely.get_parts(world.geometry[state]), key=lambda part: part.area) for state in here]
    points = [part.representative_point() for part in parts]
    table = gpd.GeoDataFrame({"actor": here, "acts": counts[here].to_numpy(), "bloc": blocs[here].to_numpy()},
                             geometry=gpd.GeoSeries(points, crs=4326))  # fmt: skip
    return table, counts.drop(here)


def _land(ax: Axes, crs: str) -> None:
    world = data.layer("world")
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    if crs == _AROUND:
        world = world.clip((-40, -20, 110, 75))  # the far side of the globe does not fit an azimuthal sheet
    shapes = world.to_crs(crs).clip((west, south, east, north))
    fill(ax, shapes.geometry, facecolor=_LAND, edgecolor=_LAND, linewidth=0.4, zorder=1)
    fill(ax, shapes.loc[shapes["iso3"] == "SYR", "geometry"], facecolor=_HOME, linewidth=0, zorder=1.5)


def _marks_of(ax: Axes, states: gpd.GeoDataFrame, language: str) -> None:
    looks, known = marks("bloc", language), actor_names(language)
    if states.empty:
        return
    xy = shapely.get_coordinates(states.geometry)
    reach, words = [], []
    for row, (x, y) in zip(states.to_dict("records"), xy, strict=True):
        look, size = looks.loc[row["bloc"]], 6.2 * np.sqrt(row["acts"])
        ax.plot(x, y, look["marker"], ms=size, color=look["color"], mec=INK, mew=0.6, zorder=5)
        reach.append(reach_of(look["marker"], size) + 1.5)
        words.append(f"{known.get(row['actor'], row['actor'])} {row['acts']}")
    label(ax, [(x, y) for x, y in xy], words, size=7.5, reach=reach)


def _legend(figure: Figure, states: gpd.GeoDataFrame, bottom: float, language: str) -> float:
    looks = marks("bloc", language)
    handles = [dot(row, size=7) for _, row in looks[looks.index.isin(states["bloc"])].iterrows()]
    turn(figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, bottom), ncols=3,
                       fontsize=7.5, frameon=False, borderaxespad=0))  # fmt: skip
    return bottom + 0.055


def _words(
    acts: pd.DataFrame, states: pd.DataFrame, others: pd.Series, language: str
) -> tuple[str, str, str]:
    known = actor_names(language)
    parts = [
        f"{known.get(actor, actor)} {n}" for actor, n in zip(states["actor"], states["acts"], strict=True)
    ]
    rest = listed([f"{known.get(str(actor), str(actor))} {n}" for actor, n in others.items()], language)
    title = say("world_title", language, n=len(states), list=listed(parts[:3], language))
    subtitle = say(
        "world_subtitle", language, span=span_words(acts["day"].min(), acts["day"].max(), language)
    )
    subtitle += f" {say('world_others', language, list=rest)}" if rest else ""
    return title, subtitle, f"{title}. {subtitle}"
