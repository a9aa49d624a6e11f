"""Map of reactions: from which states acts were reported, on the world and around Syria."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from frontlines import data
from frontlines.canvas import blank, fill, label, trace, write_around
from frontlines.figures import FAINT, INK, actor_names, marks, nothing
from frontlines.findings import listed
from frontlines.phrases import day_words, say

_WORLD, _AROUND = "EPSG:8857", "+proj=laea +lat_0=35 +lon_0=38 +units=m"  # equal-area, metres
_WIDE = (-13.5e6, -1.2e6, 14.5e6, 8.2e6)  # west, south, east, north on the sheet of `_WORLD`
_NEAR = (-4.2e6, -1.7e6, 3.0e6, 2.95e6)  # and of `_AROUND`
_LAND, _SEA, _HOME = "#E9E6DE", "#F4F8FB", "#C9BFA5"


def reactions(acts: pd.DataFrame, *, language: str = "en") -> tuple[Axes, str]:
    """
    Map how many acts were reported of each state: a mark a state, its area in proportion.

    Parameters
    ----------
    acts
        What `reactions.table` gives, or some of its rows.
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
    top, bottom = write_around(figure, title=title, subtitle=subtitle, caption=say("world_note", language),
                               language=language)  # fmt: skip
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
    for row, (x, y) in zip(states.to_dict("records"), xy, strict=True):
        color, size = looks.loc[row["bloc"], "color"], 6.2 * np.sqrt(row["acts"])
        ax.plot(
            x,
            y,
            looks.loc[row["bloc"], "marker"],
            ms=size,
            color=color,
            alpha=0.85,
            mec=INK,
            mew=0.6,
            zorder=5,
        )
    edge = 3.1 * np.sqrt(states["acts"].to_numpy()) * ax.figure.dpi / 72
    feet = ax.transData.transform(xy) - np.column_stack([np.zeros_like(edge), edge])
    words = [f"{known.get(row['actor'], row['actor'])} {row['acts']}" for row in states.to_dict("records")]
    label(ax, [(x, y) for x, y in ax.transData.inverted().transform(feet)], words, size=7.5)


def _legend(figure: Figure, states: gpd.GeoDataFrame, bottom: float, language: str) -> float:
    looks = marks("bloc", language)
    used = looks[looks.index.isin(states["bloc"])]
    handles = []
    for _, row in used.iterrows():
        color, marker, name = row["color"], row["marker"], row["label"]
        handles.append(Line2D([], [], ls="", ms=7, mec=INK, mew=0.6, marker=marker, color=color, label=name))
    figure.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, bottom), ncols=3, fontsize=7.5,
                  frameon=False, borderaxespad=0)  # fmt: skip
    return bottom + 0.055


def _words(
    acts: pd.DataFrame, states: pd.DataFrame, others: pd.Series, language: str
) -> tuple[str, str, str]:
    known = actor_names(language)
    parts = [
        f"{known.get(actor, actor)} {n}" for actor, n in zip(states["actor"], states["acts"], strict=True)
    ]
    rest = listed([f"{known.get(str(actor), str(actor))} {n}" for actor, n in others.items()], language)
    first, last = (day_words(day, language) if day else "" for day in (acts["day"].min(), acts["day"].max()))
    title = say("world_title", language, n=len(states), list=listed(parts[:3], language))
    subtitle = say("world_subtitle", language, first=first, last=last, list=rest)
    return title, subtitle, f"{title}. {subtitle}"
