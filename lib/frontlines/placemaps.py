"""Maps of what a dispatch names: each place once, with the spelling of the text beside our name for it."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from frontlines import folding
from frontlines.backdrop import base
from frontlines.canvas import SYRIA, label, sheet, turn
from frontlines.eventmaps import spots
from frontlines.figures import nothing
from frontlines.phrases import day_words, names, say

_LEGEND = (0.72, 0.0, 0.28, 0.2)  # left, bottom, width, height
# how the kinds of places are marked, apart from sides and families of events
_KINDS = {
    "settlement": ("#1F3B57", "o", ("city", "town", "village", "neighbourhood")),
    "site": ("#A63D40", "D", ("square", "site", "crossing")),
    "line": ("#B07D2B", "s", ("border", "road", "river")),
    "area": ("#5E548E", "h", ("country", "governorate", "district", "region")),
}
_AWAY = 5  # so many places off the sheet are listed
_SURE = 0.9  # below this a name was read by its sound, or had rivals


def named(
    mentions: pd.DataFrame,
    *,
    name: str,
    day: str,
    language: str = "en",
    extent: tuple[float, float, float, float] = SYRIA,
) -> tuple[Axes, str]:
    """
    Map the places that a dispatch names.

    Parameters
    ----------
    mentions
        A table of `gazetteer.find`. Rows whose reading is ``actor`` or that have no place are counted and
        not drawn.
    name
        What to call the dispatch.
    day
        Its day.
    language, extent
        As for `zones`.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The map: size by the number of mentions, hollow where the best score is below 0.9. A country stands
        in its widest part on the sheet. Where nothing falls on it, words in its stead.
    sentence : str
        What it shows.
    """
    known = mentions[(mentions["place_id"] != "") & (mentions["reading"] == "place")]
    told = _by_place(known, language)
    most = ", ".join(f"{row.label} ({row.n})" for row in told.head(3).itertuples()) or "–"
    title = say("named_title", language, name=name, day=day_words(day, language), m=len(told), most=most)
    actors, unknown = (mentions["reading"] == "actor").sum(), (mentions["place_id"] == "").sum()
    subtitle = say("named_subtitle", language, n=len(known), actors=actors, unknown=unknown)
    ax = sheet(title=title, subtitle=subtitle, caption=say("boundaries", language), language=language)
    base(ax, extent=extent, language=language, keep_free=_LEGEND)
    told[["x", "y"]] = spots(ax, told, _LEGEND)
    west, east, south, north = *ax.get_xlim(), *ax.get_ylim()
    text = "; ".join(told["words"]) or "–"
    seen = told["x"].between(west, east) & told["y"].between(south, north)
    if not seen.any():
        day = day_words(day, language)
        return nothing(language, key="nothing_named", name=name, day=day, n=len(mentions), m=len(told))
    away = ", ".join(told.loc[~seen, "label"].head(_AWAY)) + (", …" if (~seen).sum() > _AWAY else "")
    told = told[seen]
    _marks(ax, told)
    _legend(ax, set(told["kind"]), say("named_away", language, list=away) if away else "", language)
    label(ax, told[["x", "y"]].itertuples(index=False, name=None), told["words"], size=6.8)
    return ax, f"{title}. {subtitle} {text}."


def _by_place(known: pd.DataFrame, language: str) -> pd.DataFrame:
    """Gather the mentions of each place, the most mentioned first, with the spellings that are not ours."""
    groups = known.groupby("place_id", sort=True)
    told = groups[["name", "kind", "country", "lat", "lon"]].first()
    told = told.assign(n=groups.size(), score=groups["score"].max()).reset_index()
    told["label"] = names(told["place_id"], told["name"], language)
    spelled = [dict.fromkeys(sorted(groups.get_group(i)["text"], key=str.isupper)) for i in told["place_id"]]
    told["words"] = [
        _with_spellings(ours, list(theirs)) for ours, theirs in zip(told["label"], spelled, strict=True)
    ]
    return told.sort_values(["n", "place_id"], ascending=[False, True], ignore_index=True)


def _with_spellings(ours: str, theirs: list[str]) -> str:
    """Put the spellings of the text behind our name where more than case and accents differ."""
    folds = [" ".join(folding.words(spelling)) for spelling in (ours, *theirs)]
    other = dict(zip(reversed(folds[1:]), reversed(theirs), strict=True))
    other.pop(folds[0], None)
    return " ".join([ours, ", ".join(f"“{spelling}”" for spelling in reversed(other.values()))]).strip()


def _marks(ax: Axes, told: pd.DataFrame) -> None:
    """Draw the places, the larger the more often they are named."""
    for color, marker, kinds in _KINDS.values():
        for row in told[told["kind"].isin(kinds)].itertuples():
            inside = color if row.score >= _SURE else "white"
            ax.plot(row.x, row.y, marker=marker, markersize=4 + 1.8 * row.n**0.5, zorder=7, color=color,
                    markerfacecolor=inside, markeredgewidth=1.2, alpha=0.9)  # fmt: skip


def _legend(ax: Axes, kinds: set[str], title: str, language: str) -> None:
    handles = [
        Line2D([], [], color=color, marker=marker, linestyle="none", label=say(f"kinds:{group}", language))
        for group, (color, marker, members) in _KINDS.items()
        if kinds & set(members)
    ]
    turn(ax.legend(handles=handles, loc="lower right", fontsize=7.5, framealpha=0.95, edgecolor="none",
              title=title, title_fontsize=6.8, alignment="left"))  # fmt: skip
