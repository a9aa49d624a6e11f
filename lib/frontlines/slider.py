"""The slider: who was reported to hold what, day by day, as one page that works without a network."""

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import cast

import geopandas as gpd
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from frontlines import data
from frontlines.figures import actor_names
from frontlines.phrases import day_words, names, palette, say
from frontlines.svgmap import drawing, swatch

UNTIL = "2024-12-15"
_COLUMNS = [
    "date", "date_end", "event_type", "actor", "target", "place_id", "place_name", "place_relation", "lat",
    "lon", "status", "source", "quote", "side_from", "side_to", "sources", "description",
]  # fmt: skip
_FAMILIES = ("control", "violence", "border", "reaction", "humanitarian", "posture")
_TOLD = ("attributed", "expected", "denied")  # what is said of an event beside its words
_ICONS = {
    "previous": "M16 4 6 12l10 8zM4 4h2v16H4z",
    "play": "M6 3l14 9-14 9z",
    "next": "M8 4l10 8-10 8zM18 4h2v16h-2z",
}


def page(
    ground: gpd.GeoDataFrame,
    held: pd.DataFrame,
    events: pd.DataFrame,
    *,
    until: str = UNTIL,
    language: str = "en",
    opened: str = "",
) -> str:
    """
    Write the slider as one HTML file that fetches nothing.

    Parameters
    ----------
    ground, held, events, until, language, opened
        As for `fragment`.

    Returns
    -------
    str
        HTML; all text in it is escaped.
    """
    body = fragment(ground, held, events, until=until, language=language, opened=opened)
    title = escape(say("slider_title", language))
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"</head><body><main><h1>{title}</h1>\n{body}</main></body></html>\n"
    )


def fragment(
    ground: gpd.GeoDataFrame,
    held: pd.DataFrame,
    events: pd.DataFrame,
    *,
    until: str = UNTIL,
    language: str = "en",
    opened: str = "",
) -> str:
    """
    Write the slider as a part of a page: map, buttons, and what is told of each day.

    Parameters
    ----------
    ground
        Tables of `front.zones`, one below the other: one for each day.
    held
        The table of `control.by_day` for the same days.
    events
        What to list: events in the codebook's columns, of the record (sources, sourced, side_from, side_to,
        description are used) and of coded dispatches (quote, source). Denied acts are listed as such.
    until
        The last day of the slider (UTC+3); after the last day of `ground` its map stays, and says so.
    language
        ``en``, ``fr``, ``ar`` or ``tr``.
    opened
        The day shown first, and where there is no script; the first one if not given.

    Returns
    -------
    str
        HTML with its style and script; all text in it is escaped, and only http addresses become links.
    """
    last = str(ground["day"].max())
    days = _days(str(ground["day"].min()), max(until, last))
    start = days.index(opened) if opened in days else 0
    told = _told(events, days)
    held_on = dict(list(held.groupby("day")))
    listed = _listed(told, language)
    articles = "".join(
        _article(i, day, held_on[min(day, last)], listed.get(day, ""), last, language)
        for i, day in enumerate(days)
    )
    alt = _finding(held_on[min(days[start], last)], min(days[start], last), language)
    plate = drawing(ground, held, told, days=days, start=start, alt=alt, language=language)
    direction = "rtl" if language == "ar" else "ltr"
    about = " ".join(say(key, language) for key in ("slider_note", "boundaries"))
    return (
        f"<style>{_asset('slider.css')}</style>\n"
        f'<div class="slider" lang="{language}" dir="{direction}" data-start="{start}">\n'
        f"{_controls(days, start, last, language)}\n"
        f'<div class="stage"><figure tabindex="0" role="group" aria-label="{_safe("slider_map", language)}">'
        f"{plate}\n<figcaption>{_legend(ground, held, language)}</figcaption></figure>\n"
        f'<div class="told" tabindex="0" role="region" aria-label="{_safe("slider_told", language)}">'
        f'{articles}</div></div>\n<p class="about">{escape(about)}</p>\n</div>\n'
        f"<script>{_asset('slider.js')}</script>\n"
    )


def animation(
    ground: gpd.GeoDataFrame, held: pd.DataFrame, path: Path, *, language: str = "en", seconds: float = 1.0
) -> Path:
    """
    Write the days as an animated picture for slides.

    Parameters
    ----------
    ground, held, language
        As for `fragment`.
    path
        The GIF file to write.
    seconds
        How long a day stays; the last one stays four times as long.

    Returns
    -------
    pathlib.Path
        The file.
    """
    from frontlines import maps

    frames = []
    for day, zones in ground.groupby("day"):
        zones.attrs = ground.attrs
        ax, _ = maps.zones(zones, held[held["day"] == day], focus="HTS", language=language)
        buffer = BytesIO()
        cast(Figure, ax.get_figure(root=True)).savefig(buffer, format="png", dpi=100)
        frames.append(Image.open(buffer).convert("RGB").quantize(64, dither=Image.Dither.NONE))
    stay = [round(1000 * seconds)] * (len(frames) - 1) + [round(4000 * seconds)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=stay, loop=0)
    return path


def _days(first: str, last: str) -> list[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(begin + timedelta(days=i)) for i in range((end - begin).days + 1)]


def _controls(days: list[str], start: int, last: str, language: str) -> str:
    buttons = "".join(
        f'<button type="button" class="{key}" title="{_safe(f"slider_{key}", language)}" '
        f'aria-label="{_safe(f"slider_{key}", language)}"><svg viewBox="0 0 24 24" aria-hidden="true">'
        f'<path d="{icon}"/></svg></button>'
        for key, icon in _ICONS.items()
    )
    called = "".join(f"<li>{escape(_day_name(day, last, language))}</li>" for day in days)
    return (
        f'<div class="bar" role="group" aria-label="{_safe("slider_day", language)}" hidden>'
        f'<div class="buttons">{buttons}</div>'
        f'<input type="range" min="0" max="{len(days) - 1}" step="1" value="{start}" dir="ltr" '
        f'aria-label="{_safe("slider_day", language)}">'
        f'<p class="now" role="status"></p><p class="keys">{_safe("slider_keys", language)}</p>'
        f'<ol class="days" hidden>{called}</ol></div>'
        f"<noscript><p>{_safe('slider_noscript', language)}</p></noscript>"
    )


def _day_name(day: str, last: str, language: str) -> str:
    name = day_words(day, language)
    return name if day <= last else f"{name} ({say('last_report', language, day=day_words(last, language))})"


def _article(number: int, day: str, timeline: pd.DataFrame, listed: str, last: str, language: str) -> str:
    finding = escape(_finding(timeline, min(day, last), language))
    nothing = f"<p>{_safe('slider_nothing', language)}</p>"
    return (
        f'<article data-days="{number}" data-day="{day}"><h2>{escape(_day_name(day, last, language))}</h2>'
        f'<p class="finding">{finding}</p>{listed or nothing}</article>\n'
    )


def _finding(timeline: pd.DataFrame, day: str, language: str) -> str:
    """Say which capitals the side that advances is reported to hold."""
    capitals = timeline[timeline["place_id"].isin(data.table("codebook/capitals")["place_id"])]
    mine = capitals[capitals["side"] == "HTS"]
    called = ", ".join(sorted(names(mine["place_id"], mine["place_name"], language)))
    return say("sentence_capitals" if called else "sentence_none", language, day=day_words(day, language),
               n=len(mine), total=len(capitals), side=palette(language).loc["HTS", "label"],
               list=called)  # fmt: skip


def _told(events: pd.DataFrame, days: list[str]) -> pd.DataFrame:
    """Keep what is told of the days; a record's and a dispatch's rows have not the same columns."""
    told = events.reindex(columns=_COLUMNS).astype(object)
    told = told.where(told.notna(), "")
    told = told.assign(day=told["date_end"].where(told["date_end"] != "", told["date"]))
    told = told[told["day"].isin(days)]
    return told.assign(lat=pd.to_numeric(told["lat"]), lon=pd.to_numeric(told["lon"]))


def _listed(told: pd.DataFrame, language: str) -> dict[str, str]:
    """Write the events of each day, family by family; what differs in its place alone is one line."""
    types = data.table("codebook/event_types").set_index("event_type")
    rows = pd.DataFrame({
        "day": told["day"],
        "family": told["event_type"].map(types["family"]),
        "act": told["event_type"].map(types[f"label_{language}"]),
        "who": _parties(told, language),
        "rests_on": _grounds(told, language),
        "place": _where(told, language),
    })  # fmt: skip
    written = {
        key: f"<li><b>{escape(key[2])}</b> {_joined(places)} {key[3]} {key[4]}</li>"
        for key, places in rows.groupby(list(rows.columns[:5]), sort=False)["place"]
    }
    found: dict[str, str] = {}
    counts = rows.groupby(["day", "family"]).size()
    for day, family in sorted(counts.index, key=lambda key: (key[0], _FAMILIES.index(key[1]))):
        items = "".join(line for key, line in written.items() if key[:2] == (day, family))
        head = f"{escape(say(f'family:{family}', language))} <small>({counts[day, family]})</small>"
        found[day] = found.get(day, "") + f"<h3>{head}</h3><ul>{items}</ul>"
    return found


def _joined(places: pd.Series) -> str:
    return escape(", ".join(dict.fromkeys(filter(None, places))))


def _where(told: pd.DataFrame, language: str) -> list[str]:
    called = names(told["place_id"], told["place_name"], language)
    near = [f" ({say(f'relation:{one}', language)})" if one else "" for one in told["place_relation"]]
    return [name + how if name else "" for name, how in zip(called, near, strict=True)]


def _parties(told: pd.DataFrame, language: str) -> list[str]:
    """Say whose it was and whose it is; else who did it to whom."""
    arrow = " ← " if language == "ar" else " → "
    sides, actors = dict(palette(language)["label"]), actor_names(language)
    columns = told[["side_from", "side_to", "actor", "target"]]
    written = []
    for before, after, actor, target in columns.itertuples(index=False):
        pair = (_called(before, sides), _called(after, sides))
        pair = pair if all(pair) else (_called(actor, actors), _called(target, actors))
        written.append(f'<span class="who">{arrow.join(filter(None, pair))}</span>' if any(pair) else "")
    return written


def _called(ids: str, known: Mapping[str, str]) -> str:
    return ", ".join(escape(known.get(one, one)) for one in ids.split(";") if one)


def _grounds(told: pd.DataFrame, language: str) -> list[str]:
    """Show what each event rests on: a dispatch's words, or the pages that the record cites."""
    pages = data.table("record/sources").set_index("source_id")
    links = {row.Index: _link(row.publisher, row.date, row.address) for row in pages.itertuples()}
    columns = told[["status", "quote", "source", "description", "sources"]]
    written = []
    for status, quote, source, description, sources in columns.itertuples(index=False):
        told_as = f'<em class="status">{_safe(status, language)}</em> ' if status in _TOLD else ""
        if quote:
            speaker = f" ({escape(source)})" if source else ""
            rests = f"<cite>{_safe('slider_dispatch', language)}{speaker}</cite>"
            rests = f'<q dir="auto">{escape(" ".join(quote.split()))}</q> {rests}'
        else:
            cited = "; ".join(links[one] for one in sources.split(";") if one in links)
            rests = f"<cite>{cited or _safe('slider_unsourced', language)}</cite>"
            if description:
                rests = f'<span lang="en" dir="auto">{escape(description)}</span> {rests}'
        written.append(told_as + rests)
    return written


def _link(publisher: str, day: str, address: str) -> str:
    text = escape(", ".join(filter(None, (publisher, day))))
    safe = address.startswith(("https://", "http://"))
    return f'<a href="{escape(address)}" rel="noreferrer">{text}</a>' if safe else text


def _legend(ground: gpd.GeoDataFrame, held: pd.DataFrame, language: str) -> str:
    look = palette(language)
    present = [side for side in look.index if side in {*ground["side"], *held["side"], "unknown"}]
    keys = "".join(f"<li>{swatch(side)} {escape(look.loc[side, 'label'])}</li>" for side in present)
    reach = f"{ground.attrs.get('reach_km', 15):g}"
    notes = (say("sourced", language), say("golan", language), say("estimate", language, reach=reach))
    marks = ("", '<i class="golan-key"></i> ', "")
    told = "".join(f"<li>{mark}{escape(text)}</li>" for mark, text in zip(marks, notes, strict=True))
    return f'<ul class="legend">{keys}</ul><ul class="notes">{told}</ul>'


def _safe(key: str, language: str) -> str:
    return escape(say(key, language))


def _asset(name: str) -> str:
    return files("frontlines").joinpath(name).read_text(encoding="utf-8").strip()
