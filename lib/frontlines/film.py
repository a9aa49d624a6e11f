"""The days of the record, with what a dispatch adds: computed once for a run, written as pages and film."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from frontlines import control, data, front, slider
from frontlines.events import aside
from frontlines.phrases import LANGUAGES

FILM = "slider.gif"


def days(coded: pd.DataFrame, *, own: bool) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """
    Say for each day of the record who holds what, and what was told.

    Parameters
    ----------
    coded
        Events coded from dispatches, in the codebook's columns; may be empty.
    own
        Whether they count for who holds what, beside the record; else they are listed alone.

    Returns
    -------
    ground : geopandas.GeoDataFrame
        Tables of `front.zones`, one below the other (EPSG:4326).
    held : pandas.DataFrame
        The table of `control.by_day` for the same days.
    events : pandas.DataFrame
        The coded events, then the record's control changes, border events and reactions.
    """
    baseline = data.table("record/baseline", numeric=("lat", "lon"))
    changes = data.table("record/control_changes", numeric=("lat", "lon"))
    last = changes["date_end"].where(changes["date_end"] != "", changes["date"]).max()
    counted = pd.concat([changes, coded], ignore_index=True).fillna("") if own and len(coded) else changes
    span = [str(day.date()) for day in pd.date_range(baseline["day"].min(), last)]
    held = control.by_day(baseline, counted, days=span)
    zones = [front.zones(rows, day=str(day)) for day, rows in held.groupby("day")]
    ground = gpd.GeoDataFrame(pd.concat(zones, ignore_index=True), crs=4326)
    ground.attrs = zones[0].attrs
    told = [coded, changes, data.table("record/border_events"), data.table("record/reactions")]
    return ground, held, pd.concat([frame.astype(object) for frame in told if len(frame)], ignore_index=True)


def write(coded: pd.DataFrame, out: Path, *, own: bool, moving: bool = True) -> dict[str, Path]:
    """
    Write the slider in four languages, and the film for slides.

    Parameters
    ----------
    coded, own
        As for `days`.
    out
        The folder of the run: ``slider.html`` (English), ``slider.fr.html`` and so on, ``slider.gif``.
    moving
        Whether to write the film too, which takes as long as the rest.

    Returns
    -------
    dict of str to pathlib.Path
        Language to page.
    """
    ground, held, events = days(coded, own=own)
    pages = {}
    for language in LANGUAGES:
        pages[language] = out / ("slider.html" if language == "en" else f"slider.{language}.html")
        with aside(pages[language]) as part:
            text = slider.page(ground, held, events, language=language)
            part.write_text(text, encoding="utf-8", newline="\n")
    if moving:
        with aside(out / FILM) as part:
            slider.animation(ground, held, part)
    return pages


def written(out: Path) -> dict[str, Path]:
    """
    Find the pages that a run wrote.

    Parameters
    ----------
    out
        The folder of the run.

    Returns
    -------
    dict of str to pathlib.Path
        Language to page; empty if there are none.
    """
    named = {language: out / f"slider.{language}.html".replace(".en.", ".") for language in LANGUAGES}
    return {language: path for language, path in named.items() if path.is_file()}
