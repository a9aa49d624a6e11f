"""What lies under every map: land, sea and water, borders and what is disputed, neighbours, a scale."""

import textwrap
from collections.abc import Sequence
from functools import cache

import geopandas as gpd
import shapely
from matplotlib.axes import Axes
from matplotlib.text import Text

from frontlines import data
from frontlines.canvas import DRAW_CRS, HALO, INK, SYRIA, fill, trace
from frontlines.phrases import say

_BORDER, _FAINT, _RULE = "#55534E", "#8A8474", "#9A9A94"
_SEA, _WATER, _LAND, _HOME = "#DCE9F2", "#B9D3E6", "#F1EFE9", "#FBFAF7"
_BARS_KM = (5, 10, 20, 50, 100, 200, 500)
_BAR_STARTS = (0.45, 0.5, 0.4, 0.55, 0.35, 0.6, 0.3, 0.65, 0.25, 0.7, 0.2, 0.75, 0.8)  # best first
_DASHED, _DOTTED = (0, (3, 2)), (0, (1, 2))


def base(
    ax: Axes,
    *,
    extent: tuple[float, float, float, float] = SYRIA,
    language: str = "en",
    detail: bool = True,
    keep_free: Sequence[float] | None = None,
) -> Axes:
    """
    Draw land, sea, water, borders and the Golan Heights, and set the projection.

    Parameters
    ----------
    ax
        Axes to draw on.
    extent
        West, south, east, north in degrees.
    language
        Language of the names.
    detail
        Draw names, rivers and a scale bar too; leave out for small maps.
    keep_free
        Left, bottom, width, height of a legend, as shares of the axes: no country's name goes there.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, in `DRAW_CRS`, without ticks.
    """
    west, south, east, north = gpd.GeoSeries([shapely.box(*extent)], crs=4326).to_crs(DRAW_CRS).total_bounds
    ax.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor=_SEA, aspect="equal")
    ax.spines[:].set_visible(True)
    countries, syria = _layer("countries"), _layer("syria")
    fill(ax, countries.geometry, facecolor=_LAND, linewidth=0, zorder=0)
    fill(ax, syria.geometry, facecolor=_HOME, linewidth=0, zorder=0.5)
    _borders(ax, detail=detail)
    if detail:
        _waters(ax)
        _name_countries(ax, language, keep_free)
        _scale_bar(ax, keep_free)
        _golan_words(ax, language)
    return ax


def _borders(ax: Axes, *, detail: bool) -> None:
    if detail:
        governorates = _layer("governorates").query("country == 'SYR'")
        trace(ax, governorates.boundary, color=_RULE, linewidth=0.4, zorder=3)
    fill(ax, _layer("golan").geometry, facecolor="#EFE9DD", edgecolor=_FAINT, hatch="//////",
         linewidth=0.4, zorder=3.2)  # fmt: skip
    lines = _layer("boundary_lines")
    firm, vague = lines["kind"] == "international", lines["kind"] == "indefinite"
    width, ink = 1.0 if detail else 0.5, _BORDER
    trace(ax, lines.geometry[firm], color=ink, linewidth=width, zorder=3.4)
    trace(ax, lines.geometry[vague], color=ink, linewidth=width * 0.6, zorder=3.4)
    trace(
        ax, lines.geometry[~(firm | vague)], color=ink, linewidth=width * 0.8, linestyle=_DASHED, zorder=3.4
    )
    if detail:
        _disputed(ax)


def _disputed(ax: Axes) -> None:
    """Hatch ground of disputed status; outline what is only an agreed or declared zone."""
    ground = _layer("disputed")
    zone = ground["kind"] == "deconfliction"
    fill(
        ax, ground.geometry[~zone], facecolor="none", edgecolor="#C9C4B6", hatch="////", linewidth=0, zorder=1
    )
    trace(ax, ground.geometry[zone].boundary, color=_FAINT, linewidth=0.7, linestyle=_DOTTED, zorder=3.4)


def _waters(ax: Axes) -> None:
    trace(ax, _layer("rivers").geometry, color=_WATER, linewidth=0.9, zorder=2.6)
    fill(ax, _layer("lakes").geometry, facecolor=_WATER, linewidth=0, zorder=2.6)


def room_of(ax: Axes, keep_free: Sequence[float] | None = None) -> dict[str, tuple[float, float, float]]:
    """
    Find the widest room that each neighbour has on the sheet.

    Parameters
    ----------
    ax
        Axes whose limits are set.
    keep_free
        As for `base`.

    Returns
    -------
    dict
        ISO 3166-1 alpha-3 code to x, y and radius (metres in `DRAW_CRS`); countries off the sheet are
        not in it.
    """
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    sheet_of = shapely.box(west, south, east, north)
    if keep_free:
        left, bottom, width, height = keep_free
        x, y = west + left * (east - west), south + bottom * (north - south)
        sheet_of = sheet_of.difference(
            shapely.box(x, y, x + width * (east - west), y + height * (north - south))
        )
    room = {}
    for country in _layer("countries").query("iso3 != 'SYR'").itertuples():
        visible = country.geometry.intersection(sheet_of)
        if not visible.is_empty:
            circle = shapely.maximum_inscribed_circle(visible)
            x, y = shapely.get_coordinates(circle)[0]
            room[str(country.iso3)] = (float(x), float(y), float(circle.length))
    return room


def _name_countries(ax: Axes, language: str, keep_free: Sequence[float] | None) -> None:
    """Name each neighbour in the middle of the widest room that it has on the sheet."""
    called = _layer("countries").set_index("iso3")[f"name_{language}"]
    for iso3, (x, y, radius) in room_of(ax, keep_free).items():
        if radius < 14e3:
            continue
        small = radius < 32e3
        name = "\n".join(textwrap.wrap(called[iso3], 11, break_long_words=False)) if small else called[iso3]
        text = ax.text(x, y, _capitals(name, language), size=6 if small else 8.5,
                       color="#8B877C", ha="center", va="center", zorder=4)  # fmt: skip
        pull_inside(ax, text)


def pull_inside(ax: Axes, text: Text) -> None:
    """
    Move a text that sticks out of the map back into it.

    Parameters
    ----------
    ax
        The map.
    text
        A text on it, in its coordinates.
    """
    box, frame = text.get_window_extent(), ax.get_window_extent()
    right = max(frame.x0 + 3 - box.x0, 0) + min(frame.x1 - 3 - box.x1, 0)
    up = max(frame.y0 + 3 - box.y0, 0) + min(frame.y1 - 3 - box.y1, 0)
    x, y = ax.transData.transform(text.get_position())
    moved = ax.transData.inverted().transform((x + right, y + up))
    text.set_position((float(moved[0]), float(moved[1])))


def _golan_words(ax: Axes, language: str) -> None:
    """Label the Golan Heights and the area between the 1974 lines, from the room at the left."""
    golan = _layer("golan").geometry.iloc[0].representative_point()
    (west, _), (south, north) = ax.get_xlim(), ax.get_ylim()
    if not (west < golan.x and south < golan.y < north):
        return
    size = 5.8 if language == "ar" else 5.5
    words = "\n".join(
        textwrap.wrap(say("golan", language), 24) + textwrap.wrap("- - " + say("separation", language), 24)
    )
    height = (golan.y - south) / (north - south) + 0.045  # over the sea, clear of Israel's name
    leader = {"arrowstyle": "-", "color": _BORDER, "linewidth": 0.5, "relpos": (1, 0.5)}
    ax.annotate(words, (golan.x, golan.y), xytext=(0.012, height), textcoords="axes fraction", size=size,
                color=_BORDER, va="bottom", ha="left", zorder=9, path_effects=HALO, linespacing=1.15,
                arrowprops=leader)  # fmt: skip


def _scale_bar(ax: Axes, keep_free: Sequence[float] | None) -> None:
    """Draw a bar of a round length, at most a sixth of the map's width, where it crosses no border."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    km = max((n for n in _BARS_KM if n * 1e3 <= (east - west) / 6), default=_BARS_KM[0])
    y, height = south + 0.025 * (north - south), 0.03 * (north - south)
    lines = _layer("boundary_lines").geometry.union_all()
    limit = keep_free[0] if keep_free and keep_free[1] < 0.06 else 1.0
    starts = [west + share * (east - west) for share in _BAR_STARTS]
    free = [
        x
        for x in starts
        if x + km * 1e3 < west + (limit - 0.02) * (east - west)
        and not lines.intersects(shapely.box(x - 2e3, y - height / 2, x + km * 1e3 + 2e3, y + height))
    ]
    x = (free or starts)[0]
    ax.plot([x, x + km * 1e3], [y, y], color=INK, linewidth=1.6, solid_capstyle="butt", zorder=9)
    ax.text(
        x + km * 5e2, y + 0.008 * (north - south), f"{km} km", size=6.5, ha="center", va="bottom", zorder=9
    )


def _capitals(name: str, language: str) -> str:
    if language == "ar":
        return name
    return (name.replace("i", "İ") if language == "tr" else name).upper()


@cache
def _layer(name: str) -> gpd.GeoDataFrame:
    return data.layer(name).to_crs(DRAW_CRS)
