"""The map of several days as one inline SVG: outlines shared between days, looks from the codebook."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.markers import MarkerStyle

from frontlines import data
from frontlines.backdrop import pull_inside, room_of
from frontlines.canvas import DRAW_CRS, SYRIA, blank, label, names, palette, project, say

UNIT_M = 250  # a unit of the drawing, in metres
SMOOTH_M = 600  # outlines are simplified by so much, the same on both sides of a line
_BAR_KM = 100
_ARABIC = re.compile("[\u0621-\u064a]")
_BIG = 15  # points on a sheet of eight inches
_TOWN = 60_000  # people, from which a town is named
# what matplotlib's hatches are in a tile of 12 units
_HATCHES = {
    "/": "M-3 3L3 -3M0 12L12 0M9 15L15 9", "\\": "M-3 9L3 15M0 0L12 12M9 -3L15 3", "-": "M0 6H12",
    "+": "M0 6H12M6 0V12", "x": "M0 0L12 12M0 12L12 0", ".": "M5 6h2",
}  # fmt: skip
_ANCHORS = {"left": "start", "right": "end", "center": "middle"}
# of a label's height, from its alignment to its baseline; what part of its further lines is above that
_RISE = {"bottom": (0, 1), "center": (0.35, 0.5), "top": (0.8, 0)}


def drawing(
    ground: gpd.GeoDataFrame,
    held: pd.DataFrame,
    told: pd.DataFrame,
    *,
    days: Sequence[str],
    start: int,
    alt: str,
    language: str,
) -> str:
    """
    Draw the zones and places of several days into one SVG.

    Parameters
    ----------
    ground
        Tables of `front.zones`, one below the other: side, day, geometry (EPSG:4326).
    held
        The table of `control.by_day` for the same days.
    told
        What is listed for each day: day, lat, lon; each place told of gets a ring.
    days
        The days of the slider; one that `ground` does not know shows the last one before it.
    start
        The position of the day shown where no script runs.
    alt
        What is seen then.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.

    Returns
    -------
    str
        An ``svg`` element. What belongs to some days has ``data-days``, the places have ``data-sides``: a
        letter a day, ``A`` for the first side of the codebook's table, small where no report is cited.
    """
    ax = _axes()
    parts = [_look(), _under(ax), _zones(ax, ground, days, start), _over(ax)]
    parts += [_places(ax, held, days, start), _rings(ax, told, days, start), _words(ax, held, language)]
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    width, height = ((b - a) / UNIT_M for a, b in ((west, east), (south, north)))
    box = f'viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg {box} role="img" aria-label="{escape(alt)}" direction="ltr">{"".join(parts)}</svg>'


def swatch(side: str) -> str:
    """
    Draw the legend's key for a side: its ground, and its mark on it.

    Parameters
    ----------
    side
        A side or state of `data/codebook/sides.csv`.

    Returns
    -------
    str
        An ``svg`` element; the patterns are those of `drawing`.
    """
    letter = _letters()[side]
    return (
        '<svg class="key" viewBox="0 0 96 56" aria-hidden="true">'
        f'<rect width="96" height="56" class="g{letter}"/><rect width="96" height="56" class="h{letter}"/>'
        f'<use href="#m{letter}" transform="translate(48 28)"/></svg>'
    )


def _axes() -> Axes:
    """Make an empty sheet of the size of the drawing: labels are measured and placed on it."""
    west, south, east, north = gpd.GeoSeries([shapely.box(*SYRIA)], crs=4326).to_crs(DRAW_CRS).total_bounds
    ax = blank((8, 8 * (north - south) / (east - west))).add_axes((0, 0, 1, 1))
    ax.set(xlim=(west, east), ylim=(south, north))
    return ax


def _letters() -> dict[str, str]:
    return {side: chr(ord("A") + i) for i, side in enumerate(palette().index)}


def _look() -> str:
    """Define colours, hatches and marks of the sides."""
    rules = []
    defs = [_pattern("golan", "/", "#8a8474", under="#efe9dd")]
    for side, row in palette().iterrows():
        letter, color = _letters()[str(side)], row["color"]
        alpha = 1 if row["kind"] == "state" and side == "unknown" else 0.85
        rules.append(f".g{letter}{{fill:{color};fill-opacity:{alpha}}}.h{letter}{{fill:none}}")
        if row["hatch"]:
            ink = "#c9c9c4" if side == "unknown" else "#6f6f6a"
            rules.append(f".h{letter}{{fill:url(#p{letter})}}")
            defs.append(_pattern(f"p{letter}", row["hatch"][0], ink))
        mark = _mark(row["marker"])
        for name, inside, edge, width in ((letter, color, "#333", 2.5), (letter.lower(), "#fff", color, 4)):
            look = f'fill="{inside}" stroke="{edge}" stroke-width="{width}"'
            defs.append(f'<path id="m{name}" d="{mark}" {look}/>')
    return f"<style>{''.join(rules)}</style><defs>{''.join(defs)}</defs>"


def _pattern(name: str, hatch: str, ink: str, *, under: str = "none") -> str:
    return (
        f'<pattern id="{name}" width="12" height="12" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale(2)"><path d="M0 0H12V12H0Z" fill="{under}"/>'
        f'<path d="{_HATCHES[hatch]}" stroke="{ink}" stroke-width="1.2" fill="none"/></pattern>'
    )


def _mark(marker: str) -> str:
    style = MarkerStyle(marker)
    rings: list[Any] = style.get_path().transformed(style.get_transform()).to_polygons(closed_only=False)
    return "".join(
        "M" + "L".join(f"{20 * x:.3g} {-20 * y:.3g}" for x, y in ring) + "Z"
        for ring in rings
        if len(ring) > 2
    )


def _under(ax: Axes) -> str:
    """Draw land, and the ground of unknown holders."""
    syria = _layer(ax, "syria").geometry.iloc[0]
    parts = [_path(ax, shape, "land") for shape in _layer(ax, "countries").geometry]
    return "".join([*parts, *(_path(ax, syria, f"{css}{_letters()['unknown']}") for css in "gh")])


def _zones(ax: Axes, ground: gpd.GeoDataFrame, days: Sequence[str], start: int) -> str:
    """Draw each outline once, for all days on which a side has it."""
    drawn = ground[ground["side"] != "unknown"].to_crs(DRAW_CRS)
    frames = {day: _simple(rows) for day, rows in drawn.groupby("day")}
    seen: dict[tuple[str, str], list[int]] = {}
    for i, day in enumerate(days):
        known = max((one for one in frames if one <= day), default="")
        for side, shape in frames.get(known, {}).items():
            seen.setdefault((side, _outline(ax, shape)), []).append(i)
    letters, hatched = _letters(), set(palette().query("hatch != ''").index)
    shapes, parts = [], []
    for n, ((side, outline), on) in enumerate(seen.items()):
        shapes.append(f'<path id="z{n}" d="{outline}"/>')
        layers = "gh" if side in hatched else "g"
        drawn_as = "".join(f'<use href="#z{n}" class="{css}{letters[side]}"/>' for css in layers)
        parts.append(f"<g{_dated(on, start)}>{drawn_as}</g>")
    return f"<defs>{''.join(shapes)}</defs>{''.join(parts)}"


def _dated(on: Sequence[int], start: int) -> str:
    return f' data-days="{" ".join(map(str, on))}"{"" if start in on else " hidden"}'


def _simple(rows: gpd.GeoDataFrame) -> dict[str, Any]:
    shapes = shapely.coverage_simplify(rows.geometry.to_numpy(), SMOOTH_M)
    return dict(zip(rows["side"], shapes, strict=True))


def _over(ax: Axes) -> str:
    """Draw water, borders, what is disputed, and the scale."""
    parts = [_path(ax, shape, "river") for shape in _layer(ax, "rivers").geometry]
    parts += [_path(ax, shape, "lake") for shape in _layer(ax, "lakes").geometry]
    inner = _layer(ax, "governorates").query("country == 'SYR'")
    parts.append(_path(ax, inner.union_all().boundary.union(inner.boundary.union_all()), "governorate"))
    parts += _by_kind(ax, "disputed", {"deconfliction": "zone"}, "disputed")
    parts.append(_path(ax, _layer(ax, "golan").geometry.iloc[0], "golan"))
    parts += _by_kind(ax, "boundary_lines", {"international": "border"}, "border vague")
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    left, down = _at(ax, (west + 0.45 * (east - west), south + 0.03 * (north - south)))[0]
    length = _BAR_KM * 1000 // UNIT_M
    parts.append(
        f'<path class="scale" d="M{left} {down}h{length}"/>'
        f'<text class="scale" x="{left + length // 2}" y="{down - 14}">{_BAR_KM} km</text>'
    )
    return "".join(parts)


def _by_kind(ax: Axes, name: str, looks: Mapping[str, str], usual: str) -> list[str]:
    """Draw the shapes of a layer, each as its kind is drawn."""
    layer = _layer(ax, name)
    drawn = zip(layer["kind"], layer.geometry, strict=True)
    return [_path(ax, shape, looks.get(kind, usual)) for kind, shape in drawn]


def _places(ax: Axes, held: pd.DataFrame, days: Sequence[str], start: int) -> str:
    """Mark each place once, with its side on each day."""
    letters = _letters()
    known = held[held["lat"].notna()].sort_values(["place_id", "day"])
    code = known["side"].map(letters)
    code = code.where(known["sourced"] == "yes", code.str.lower())
    wide = known.assign(code=code).pivot_table("code", "place_id", "day", aggfunc="first")
    wide = wide.reindex(columns=sorted({*wide.columns, *days})).ffill(axis=1)[list(days)].fillna("-")
    spots = known.drop_duplicates("place_id").set_index("place_id").loc[wide.index]
    marks = [
        f'<use x="{x}" y="{y}" data-sides="{"".join(row)}" href="#m{row[start]}"/>'
        for (x, y), row in zip(_at(ax, project(spots)), wide.to_numpy(), strict=True)
    ]
    return f'<g class="places">{"".join(marks)}</g>'


def _rings(ax: Axes, told: pd.DataFrame, days: Sequence[str], start: int) -> str:
    """Ring the places that are told of, day by day."""
    seen = told[told["lat"].notna()].drop_duplicates(["day", "lat", "lon"])
    groups = []
    for i, day in enumerate(days):
        spots = _at(ax, project(seen[seen["day"] == day]))
        rings = "".join(f'<circle cx="{x}" cy="{y}" r="26"/>' for x, y in spots)
        groups.append(f'<g class="ring"{_dated([i], start)}>{rings}</g>' if rings else "")
    return "".join(groups)


def _words(ax: Axes, held: pd.DataFrame, language: str) -> str:
    """Name neighbours, capitals, then other towns while there is room; and say what the Golan Heights are."""
    called = data.layer("countries").set_index("iso3")[f"name_{language}"]
    for iso3, (x, y, radius) in room_of(ax, (0, 0.1, 0.14, 0.3)).items():
        if radius > 14e3:
            name = called[iso3] if language == "ar" else called[iso3].upper()
            name = textwrap.fill(name, 11) if radius < 32e3 else name
            size = 10 if radius > 60e3 else 7
            pull_inside(ax, ax.text(x, y, name, size=size, ha="center", va="center", gid="country"))
    middle = _layer(ax, "golan").geometry.iloc[0].representative_point()
    note = textwrap.fill(say("golan", language), 20)
    ax.text(ax.get_xlim()[0] + 6e3, middle.y + 4e4, note, size=6, ha="left", va="bottom", gid="note")
    _towns(ax, held, language)
    x, y = _at(ax, (middle.x, middle.y))[0]
    leader = f'<path class="leader minor" d="M{x} {y}l-60-150"/>'
    return leader + "".join(_text(ax, text) for text in ax.texts)


def _towns(ax: Axes, held: pd.DataFrame, language: str) -> None:
    people = data.table("gazetteer/places", numeric=("population",)).set_index("place_id")["population"]
    frame = held[held["lat"].notna()].drop_duplicates("place_id")
    frame = frame.assign(
        capital=frame["place_id"].isin(data.table("codebook/capitals")["place_id"]),
        people=frame["place_id"].map(people).fillna(0),
    )
    frame = frame[frame["capital"] | (frame["people"] > _TOWN)]
    frame = frame.sort_values(["capital", "people"], ascending=False)
    frame["called"] = names(frame["place_id"], frame["place_name"], language)
    # capitals are placed at the size that a phone shows them in, the rest is not shown there
    crowded = _name(ax, frame[frame["capital"]], size=_BIG, bold=True)
    _name(ax, frame[frame["called"].isin(crowded) | ~frame["capital"]], size=7.2)


def _name(ax: Axes, frame: pd.DataFrame, *, size: float, bold: bool = False) -> list[str]:
    points = [tuple(point) for point in project(frame)]
    return label(ax, points, frame["called"], size=size, bold=len(points) if bold else 0)


def _text(ax: Axes, text: Any) -> str:
    """Write a label where matplotlib placed it, its lines one below the other."""
    size, town = text.get_fontsize(), hasattr(text, "xy")
    (x, y), (dx, dy) = (text.xy, text.get_position()) if town else (text.get_position(), (0, 0))
    big = text.get_weight() == "bold" or (not town and size == 10)
    css = f"{text.get_gid() or 'town'}{'' if big else ' minor'}"
    # an Arabic line is read from the right on its own, or its brackets go astray
    lines = [f"\u2067{line}\u2069" if _ARABIC.search(line) else line for line in text.get_text().split("\n")]
    rise, above = _RISE[text.get_va()]
    rise -= dy / size + above * 1.15 * (len(lines) - 1)
    (left, down), anchor = _at(ax, (x, y))[0], _ANCHORS[text.get_ha()]
    rest = [f'<tspan x="{left}" dy="1.15em">{escape(line)}</tspan>' for line in lines[1:]]
    rows = escape(lines[0]) + "".join(rest)
    return (
        f'<text class="{css}" x="{left}" y="{down}" dx="{dx / size:.2g}em" dy="{rise:.3g}em" '
        f'text-anchor="{anchor}">{rows}</text>'
    )


def _layer(ax: Axes, name: str) -> gpd.GeoDataFrame:
    """Read a layer, cut to the sheet and simplified."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    layer = data.layer(name).to_crs(DRAW_CRS)
    layer["geometry"] = layer.make_valid().clip_by_rect(west - 1e4, south - 1e4, east + 1e4, north + 1e4)
    layer["geometry"] = layer.simplify(SMOOTH_M)
    return layer[~layer.is_empty]


def _at(ax: Axes, xy: Any) -> Any:
    """Put points (metres in `DRAW_CRS`) into whole units of the drawing, from its upper left corner."""
    corner = (ax.get_xlim()[0], ax.get_ylim()[1])
    return np.rint((np.asarray(xy, dtype=float).reshape(-1, 2) - corner) / (UNIT_M, -UNIT_M)).astype(int)


def _path(ax: Axes, shape: Any, css: str) -> str:
    d = _outline(ax, shape)
    return f'<path class="{css}" d="{d}"/>' if d else ""


def _outline(ax: Axes, shape: Any) -> str:
    """Write rings and lines in whole units, each step from the one before."""
    pieces = []
    for part in shapely.get_parts(shape):
        flat = part.geom_type == "Polygon"
        for line in (part.exterior, *part.interiors) if flat else [part]:
            xy = _at(ax, shapely.get_coordinates(line))
            steps = np.diff(xy, axis=0)
            steps = steps[np.any(steps != 0, axis=1)]
            if len(steps) > 2 or (len(steps) and not flat):
                moves = " ".join(map(str, steps.ravel().tolist())).replace(" -", "-")
                pieces.append(f"M{xy[0][0]} {xy[0][1]}l{moves}{'z' if flat else ''}")
    return "".join(pieces)
