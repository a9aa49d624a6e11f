"""The sheet that maps are drawn on: land and sea, borders, names, scale, and the words around it."""

import re
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from io import BytesIO
from typing import Any, cast

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.markers import MarkerStyle
from matplotlib.offsetbox import HPacker, VPacker
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from PIL import Image

from frontlines.phrases import day_words, names, palette, say

__all__ = [
    "DRAW_CRS", "SYRIA", "blank", "day_words", "fill", "label", "names", "palette", "project", "reach_of",
    "say", "sheet", "show", "style", "trace", "turn", "write_around",
]  # fmt: skip

DRAW_CRS = "EPSG:32637"  # UTM 37N: true shapes and distances over Syria; metres
SYRIA = (34.95, 32.15, 42.75, 37.55)  # west, south, east, north in degrees
INK, _GREY, _RULE = "#222222", "#6B6B6B", "#9A9A94"
HALO = [patheffects.withStroke(linewidth=2.2, foreground="white", alpha=0.9)]
# where a label may go around its point, best first: unit offsets with the alignment that goes with them
_AROUND = (
    (1, 0, "left", "center"), (-1, 0, "right", "center"),
    (0, 1, "center", "bottom"), (0, -1, "center", "top"),
    (0.8, 0.8, "left", "bottom"), (-0.8, 0.8, "right", "bottom"),
    (0.8, -0.8, "left", "top"), (-0.8, -0.8, "right", "top"),
)  # fmt: skip


def style() -> None:
    """Fix fonts, sizes and resolution, so that a figure comes out the same everywhere."""
    mpl.rcParams.update({
        "font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "axes.edgecolor": _RULE,
        "axes.spines.top": False, "axes.spines.right": False, "figure.dpi": 100, "savefig.dpi": 100,
        "figure.facecolor": "white", "savefig.facecolor": "white", "hatch.linewidth": 0.6,
        "svg.hashsalt": "frontlines", "pdf.use14corefonts": False,
    })  # fmt: skip


def show(picture: Axes | Figure, alt: str) -> None:
    """
    Display a picture in a notebook, with its sentence as alt text and as the caption below.

    Parameters
    ----------
    picture
        The axes or figure that a map or chart function returned.
    alt
        The sentence that it returned.
    """
    from IPython.display import Markdown, display

    figure = _figure_of(picture)
    width, height = figure.get_size_inches()
    bundle = {
        "image/png": b64encode(_png(figure)).decode(),
        "text/plain": f"<Figure of {width:g} x {height:g} inches>",
    }
    display(bundle, raw=True, metadata={"image/png": {"alt": alt}})  # type: ignore[no-untyped-call]
    display(Markdown(f"*{_as_it_stands(alt)}*"))  # type: ignore[no-untyped-call]


def _as_it_stands(text: str) -> str:
    """Keep Markdown from reading a text: names in it may come from a dispatch or from anybody's table."""
    return re.sub(r"([\\`*_\[\]$~|])", r"\\\1", escape(re.sub(r"[ \t\r\n]+", " ", text).strip(), quote=False))


def _png(figure: Figure) -> bytes:
    """Render with 256 colours, each the most frequent of its kind, so that notebooks stay small."""
    drawn, packed = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png", dpi=100, metadata={"Software": None})
    image = Image.open(drawn).convert("RGB")
    common = sorted(image.getcolors(image.width * image.height) or [], reverse=True)
    kept: dict[tuple[int, ...], tuple[int, ...]] = {(): (255, 255, 255)}
    colors = cast(list[tuple[int, tuple[int, ...]]], common)
    kept |= {(-1, *color): color for _, color in colors[:8]}  # grounds stay as they are, however alike
    for _, color in colors:
        kept.setdefault(tuple(channel // 20 for channel in color), color)
    colormap = Image.new("P", (1, 1))
    colormap.putpalette([channel for color in list(kept.values())[:256] for channel in color])
    image = image.quantize(palette=colormap, dither=Image.Dither.NONE)
    image.save(packed, format="png", optimize=True)
    return packed.getvalue()


def blank(size: tuple[float, float]) -> Figure:
    """
    Make an empty figure that nobody but `show` displays, in the fixed style.

    Parameters
    ----------
    size
        Width and height in inches.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot: a notebook would else show it once more, without a text.
    """
    style()
    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    return figure


def sheet(
    *, title: str, subtitle: str, caption: str, language: str = "en", size: tuple[float, float] = (8.0, 7.7)
) -> Axes:
    """
    Make a figure with the words around one map.

    Parameters
    ----------
    title, subtitle, caption
        The finding; day and origin; sources, licences and what is uncertain.
    language
        Arabic is set from the right.
    size
        Width and height in inches.

    Returns
    -------
    matplotlib.axes.Axes
        Empty axes for the map.
    """
    figure = blank(size)
    top, bottom = write_around(figure, title=title, subtitle=subtitle, caption=caption, language=language)
    return figure.add_axes((0.015, bottom, 0.97, top - bottom))


def write_around(
    figure: Figure, *, title: str, subtitle: str, caption: str, language: str = "en"
) -> tuple[float, float]:
    """
    Write title, subtitle and caption on a figure.

    Parameters
    ----------
    figure
        The figure.
    title, subtitle, caption
        The words; long ones are wrapped.
    language
        Arabic is set from the right.

    Returns
    -------
    top, bottom : float
        Between which share of the height the picture may stand.
    """
    height = figure.get_size_inches()[1]
    side, align, mark = (0.985, "right", "\u200f") if language == "ar" else (0.015, "left", "")
    top = 1 - 0.10 / height
    for words, size, weight, color in ((title, 14, "bold", INK), (subtitle, 9, "normal", _GREY)):
        lines = [mark + line for line in _wrapped(figure, pointed(words), size=size, weight=weight)]
        figure.text(side, top, "\n".join(lines), size=size, weight=weight, color=color, ha=align, va="top",
                    linespacing=1.15)  # fmt: skip
        top -= (len(lines) * size * 1.3 + 4) / 72 / height
    lines = [mark + line for line in _wrapped(figure, caption, size=6.8, weight="normal")]
    figure.text(
        side, 0.06 / height, "\n".join(lines), size=6.8, color=_GREY, ha=align, va="bottom", linespacing=1.3
    )
    return top, (len(lines) * 6.8 * 1.35 + 12) / 72 / height


def pointed(words: str) -> str:
    """
    Give Arabic words the comma and semicolon of their script.

    Parameters
    ----------
    words
        A text in any language.

    Returns
    -------
    str
        The text; only a mark behind Arabic letters is changed.
    """
    return re.sub("(?<=[\u0621-\u06ff])[,;](?= )", lambda mark: "،" if mark[0] == "," else "؛", words)


def _wrapped(figure: Figure, words: str, *, size: float, weight: str) -> list[str]:
    """Break words into lines that fit the figure's width, by measuring them."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    font = FontProperties(size=size, weight=weight)
    limit = figure.get_size_inches()[0] * figure.dpi * 0.965
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if renderer.get_text_width_height_descent(longer, font, ismath=False)[0] > limit:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fill(ax: Axes, shapes: Iterable[Any], **look: Any) -> None:
    """
    Draw polygons as one patch each.

    Parameters
    ----------
    ax
        Axes in the shapes' projection.
    shapes
        Polygons or multipolygons; empty ones are passed over.
    **look
        What matplotlib's patches take.
    """
    for shape in shapes:
        rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
        if rings:
            path = Path.make_compound_path(*(Path(ring.coords, closed=True) for ring in rings))
            ax.add_artist(
                PathPatch(path, **look)
            )  # not add_patch: the limits are the sheet's, not the data's


def trace(ax: Axes, shapes: Iterable[Any], **look: Any) -> None:
    """
    Draw lines.

    Parameters
    ----------
    ax
        Axes in the shapes' projection.
    shapes
        Lines or multilines.
    **look
        What matplotlib's line collections take.
    """
    parts = shapely.get_parts(np.asarray(list(shapes), dtype=object))
    ax.add_collection(
        LineCollection([shapely.get_coordinates(part) for part in parts], **look), autolim=False
    )


def project(frame: pd.DataFrame) -> Any:
    """
    Put the points of a table on the sheet.

    Parameters
    ----------
    frame
        With lon and lat (WGS84 degrees).

    Returns
    -------
    numpy.ndarray
        A row x, y for each (metres in `DRAW_CRS`).
    """
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326).to_crs(DRAW_CRS)
    return np.column_stack([points.x, points.y])


def label(
    ax: Axes, points: Iterable[tuple[float, float]], words: Iterable[str], *, size: float = 7.5,
    bold: int = 0, reach: Iterable[float] | None = None,
) -> list[str]:  # fmt: skip
    """
    Write labels beside points so that they collide neither with each other nor with the points.

    Parameters
    ----------
    ax
        Axes whose limits are set.
    points
        Where, in the axes' coordinates, the most important first.
    words
        What, one for each point.
    size
        Font size in points.
    bold
        How many of the first are set in bold.
    reach
        Half the size of each mark in points, as `reach_of` gives; small dots if not given.

    Returns
    -------
    list of str
        The labels that found no room, and are left out.
    """
    placed = list(points)
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    frame = ax.get_window_extent(renderer)
    taken = [text.get_window_extent(renderer).padded(1) for text in ax.texts]
    legend = ax.get_legend()
    taken += [legend.get_window_extent(renderer)] if legend else []
    far = [2.16] * len(placed) if reach is None else list(reach)
    for (x, y), r in zip(ax.transData.transform(placed or np.empty((0, 2))), far, strict=True):
        r *= ax.figure.dpi / 72
        taken.append(mpl.transforms.Bbox.from_bounds(x - r, y - r, 2 * r, 2 * r))
    left_out = []
    for i, (point, word) in enumerate(zip(placed, map(pointed, words), strict=True)):
        font = {"size": size, "weight": "bold" if i < bold else "normal"}
        box = _place(ax, point, word, taken, frame, start=far[i] - 2.16, **font)
        if box is None:
            left_out.append(word)
        else:
            taken.append(box.padded(1))
    return left_out


def _place(
    ax: Axes, point: tuple[float, float], word: str, others: list[Any], frame: Any, start: float, **font: Any
) -> Any:
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    text = ax.annotate(
        word, point, xytext=(0, 0), textcoords="offset points", zorder=9, path_effects=HALO, **font
    )
    for distance in (start + 4.5, start + 9, start + 15):
        for dx, dy, ha, va in _AROUND:
            text.set(position=(dx * distance, dy * distance), ha=ha, va=va)
            box = text.get_window_extent(renderer)
            inside = frame.x0 < box.x0 and box.x1 < frame.x1 and frame.y0 < box.y0 and box.y1 < frame.y1
            if inside and not any(box.overlaps(other) for other in others):
                return box
    text.remove()
    return None


def reach_of(marker: str, size: float) -> float:
    """
    Give how far a mark reaches from its middle.

    Parameters
    ----------
    marker
        As matplotlib names it.
    size
        Its size in points.

    Returns
    -------
    float
        Points.
    """
    form = MarkerStyle(marker)
    return float(np.abs(form.get_path().transformed(form.get_transform()).vertices).max() * size)


def turn(legend: Legend) -> None:
    """
    Let a legend in Arabic run from the right: the mark before its words, the first column at the right.

    Parameters
    ----------
    legend
        The legend; one in another script is left as it is.
    """
    if not re.search("[\u0621-\u064a]", "".join(text.get_text() for text in legend.get_texts())):
        return
    for box in legend.findobj(HPacker):
        box.get_children().reverse()
    for column in legend.findobj(VPacker):
        column.align = "right"


def _figure_of(picture: Axes | Figure) -> Figure:
    return picture if isinstance(picture, Figure) else cast(Figure, picture.get_figure(root=True))
