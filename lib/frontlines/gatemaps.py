"""Map of crossings: at each gate who holds the Syrian side, and whether it is open."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from frontlines import data
from frontlines.backdrop import base
from frontlines.canvas import DRAW_CRS, blank, project, reach_of, turn, write_around
from frontlines.figures import FAINT, INK, actor_names, dot, gate_names, marks
from frontlines.findings import listed
from frontlines.phrases import day_words, palette, say

_WHOLE = (35.45, 32.0, 43.25, 38.0)  # west, south, east, north in degrees
_NEAR = (34.85, 32.25, 36.8, 34.95)  # Lebanon and Jordan, where crossings lie close together
_NEAR_COUNTRIES = ("LBN", "JOR", "ISR")
_GAP = 6.0  # points from the middle of a gate to each of its two marks
_APART = 19.0  # pixels at least between two gates
_COLUMNS = 5  # of the key
_Points = np.ndarray[Any, np.dtype[np.float64]]


def crossings(status: pd.DataFrame, *, by: str | None = None, language: str = "en") -> tuple[Axes, str]:
    """
    Map every crossing by two marks: inside who holds the Syrian side, outside the state of the gate.

    Parameters
    ----------
    status
        What `borders.status` gives; airports and lines inside Syria are not drawn.
    by
        Who reports, a sentence for the caption; the record if not given.
    language
        ``en``, ``fr``, ``ar`` or ``tr``, for names, legend and words.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map of the whole; that of Lebanon and Jordan stands beside it. A white dot in the gate's mark: its
        state rests on no citable source. Where gates lie close, marks are pushed apart, tied to their point.
    sentence : str
        What it shows: alt text and caption.
    """
    gates = status[~status["kind"].isin(["airport", "internal"])].reset_index(drop=True)
    title, subtitle, sentence = _words(gates, language)
    figure = blank((9.8, 8.9))
    top, bottom = write_around(figure, title=title, subtitle=subtitle, language=language,
                               caption=f"{by or ''} {say('boundaries', language)}".strip())  # fmt: skip
    bottom = _key(figure, gates, _legends(figure, gates, bottom, language), language)
    whole = figure.add_axes((0.355, bottom, 0.635, top - bottom))
    near = figure.add_axes((0.01, bottom, 0.335, top - bottom))
    west, south, east, north = _NEAR
    close = gates["lon"].between(west, east) & gates["lat"].between(south, north)
    close &= gates["other_country"].isin(_NEAR_COUNTRIES)
    for ax, extent in ((whole, _WHOLE), (near, _NEAR)):
        base(ax, extent=extent, language=language)
        ax.set_anchor("N")
    _say_once(whole, say("golan", language))
    figure.canvas.draw()
    _draw(whole, gates[~close])
    _dot(whole, gates[close])
    _draw(near, gates[close])
    return whole, sentence


def _draw(ax: Axes, gates: pd.DataFrame) -> None:
    """Draw the two marks of each gate, pushed apart and tied to their point, and its number."""
    if gates.empty:
        return
    looks, sides = marks("gate_state", "en"), palette()
    true, inward = _points(ax, gates), _inward(gates)
    middle, shift = _apart(true, _APART), inward * _GAP * ax.figure.dpi / 72
    taken: list[Bbox] = []
    for row, start, spot, way in zip(gates.to_dict("records"), true, middle, shift, strict=True):
        for ends in ((start, spot), (spot + way, spot - way)):
            line = _data(ax, np.array(ends))
            ax.plot(line[:, 0], line[:, 1], color=INK, lw=0.7, zorder=7)
        taken.append(_mark(ax, spot + way, sides.loc[row["holder"]], 5.8))
        taken.append(_mark(ax, spot - way, looks.loc[row["state"]], 7.6))
        if row["sourced"] == "no":
            _mark(ax, spot - way, pd.Series({"color": "white", "marker": "o"}), 2.4)
    _number(ax, middle - shift, -inward, taken, gates["crossing_id"])


def _say_once(ax: Axes, words: str) -> None:
    """Take a label off one of the two maps: it stands on the other, where there is room."""
    start = "".join(words.split())
    for text in list(ax.texts):
        if "".join(text.get_text().split()).startswith(start):
            text.remove()


def _dot(ax: Axes, gates: pd.DataFrame) -> None:
    """Draw the state alone, where the other map shows more."""
    looks = marks("gate_state", "en")
    for row, spot in zip(gates.to_dict("records"), _points(ax, gates), strict=True):
        _mark(ax, spot, looks.loc[row["state"]], 4.6)


def _mark(ax: Axes, pixel: _Points, look: pd.Series, size: float) -> Bbox:
    """Draw a mark, and give what it covers in pixels."""
    x, y = _data(ax, pixel[None])[0]
    ax.plot(x, y, look["marker"], ms=size, color=look["color"], mec=INK, mew=0.6, zorder=8)
    reach = reach_of(look["marker"], size) * ax.figure.dpi / 72
    return Bbox([pixel - reach, pixel + reach])


def _number(ax: Axes, at: _Points, outward: _Points, taken: Sequence[Bbox], words: Iterable[str]) -> None:
    """Write each gate's number outside Syria, where it touches no mark and no other number."""
    boxes = [*taken, *(text.get_window_extent() for text in ax.texts)]
    frame = ax.get_window_extent()
    for spot, way, word in zip(at, outward, words, strict=True):
        for distance, by in product((16, 21, 28, 36, 46, 58), np.radians((0, 25, -25, 50, -50, 80, -80))):
            turned = np.array([[np.cos(by), -np.sin(by)], [np.sin(by), np.cos(by)]]) @ way
            x, y = spot + turned * distance * (1 + 0.35 * abs(turned[0]))
            box = Bbox.from_bounds(x - 14, y - 5, 28, 10)
            if frame.x0 < box.x0 and box.x1 < frame.x1 and not any(box.overlaps(other) for other in boxes):
                break
        boxes.append(box)
        if distance > 16:
            line = _data(ax, np.array([spot, (x, y)]))
            ax.plot(line[:, 0], line[:, 1], color=FAINT, lw=0.6, zorder=6)
        x, y = _data(ax, np.array([[x, y]]))[0]
        halo = [withStroke(linewidth=2, foreground="white")]
        ax.text(x, y, word, size=6.6, weight="bold", ha="center", va="center", zorder=9, path_effects=halo)


def _apart(points: _Points, least: float) -> _Points:
    """Push points apart until no two are closer than `least`."""
    for _ in range(300):
        step = points[:, None] - points[None]
        distance = np.hypot(step[..., 0], step[..., 1]) + np.eye(len(points)) * least * 2
        step[distance < 1e-6] = (0.0, 1.0)
        push = np.maximum(least - distance, 0)[..., None] * step / np.maximum(distance, 1e-6)[..., None]
        points = points + push.sum(axis=1) / 2
    return points


def _inward(gates: pd.DataFrame) -> _Points:
    """Give the direction from each gate into Syria, a unit vector: to the Syrian ground near it."""
    syria = data.layer("syria").to_crs(DRAW_CRS).geometry.union_all()
    points = shapely.points(project(gates))
    ground = [syria.intersection(point.buffer(25e3)) for point in points]
    centres = [near.centroid if not near.is_empty else syria.centroid for near in ground]
    way = shapely.get_coordinates(centres) - shapely.get_coordinates(points)
    return np.asarray(way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1.0)[:, None])


def _points(ax: Axes, gates: pd.DataFrame) -> _Points:
    return np.asarray(ax.transData.transform(project(gates)))


def _data(ax: Axes, pixels: _Points) -> _Points:
    return np.asarray(ax.transData.inverted().transform(pixels))


def _key(figure: Figure, gates: pd.DataFrame, bottom: float, language: str) -> float:
    """Write which number is which gate, in columns above the legends; give where maps may begin."""
    height = float(figure.get_size_inches()[1])
    mark, side, start, step = "", "left", 0.015, 0.197
    if language == "ar":
        mark, side, start, step = "\u200f", "right", 0.985, -0.197
    named = gates.assign(line=mark + gates["crossing_id"] + "  " + pd.Series(gate_names(gates, language)))
    blocks = sorted(named.groupby("other_country")["line"], key=lambda block: (-len(block[1]), block[0]))
    deep = -(-(len(gates) + len(blocks) + 1) // _COLUMNS)
    lines: list[tuple[str, str]] = []
    known = actor_names(language)
    for country, block in blocks:
        lines += [("", "normal")] * (len(lines) % deep == deep - 1)  # no heading at the foot of a column
        lines.append((known.get(str(country), str(country)), "bold"))
        lines += [(line, "normal") for line in block]
    for i, (line, weight) in enumerate(lines):
        x, y = start + step * (i // deep), bottom + (deep - i % deep - 0.7) * 0.135 / height
        figure.text(x, y, line, fontsize=6.8, va="baseline", ha=side, weight=weight)
    return bottom + (deep * 0.135 + 0.12) / height


def _legends(figure: Figure, gates: pd.DataFrame, bottom: float, language: str) -> float:
    """Put the two legends below the maps, and give the height at which the maps may begin."""
    looks, sides = marks("gate_state", language), palette(language)
    used = [state for state in looks.index if state in set(gates["state"])]
    held = [side for side in sides.index if side in set(gates["holder"])]
    side, starts = ("right", (0.985, 0.585)) if language == "ar" else ("left", (0.015, 0.415))
    style: dict[str, Any] = {"loc": f"lower {side}", "alignment": side, "ncols": 3, "frameon": False,
                             "fontsize": 7.5, "title_fontsize": 8, "borderaxespad": 0, "borderpad": 0,
                             "columnspacing": 1.2, "handletextpad": 0.3}  # fmt: skip
    for x, key, table, values in zip(starts, ("gate", "holder"), (looks, sides), (used, held), strict=True):
        handles = [dot(look, size=7) for _, look in table.loc[values].iterrows()]
        turn(figure.legend(handles=handles, title=say(key, language), bbox_to_anchor=(x, bottom), **style))
    return bottom + 0.085


def _words(gates: pd.DataFrame, language: str) -> tuple[str, str, str]:
    passable = gates["state"].isin(["open", "restricted"])
    known = actor_names(language)
    total = gates.groupby("other_country").size().sort_values(ascending=False, kind="stable")
    count = passable.groupby(gates["other_country"]).sum()
    parts = [f"{known.get(str(c), str(c))} {count[c]}/{n}" for c, n in total.items()]
    told = {"open": int(passable.sum()), "n": len(gates), "day": day_words(gates["day"].iloc[0], language)}
    unsourced = int((gates["sourced"] == "no").sum())
    return (
        say("crossings_title", language, **told),
        say("crossings_subtitle", language, day=told["day"], n=unsourced, total=len(gates)),
        say("crossings_sentence", language, list=listed(parts, language), **told),
    )
