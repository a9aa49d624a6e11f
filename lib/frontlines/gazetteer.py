"""Places and their names: find them in a text, resolve a name, in French, English, Arabic and Turkish."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from frontlines import mentions, resolution, sounds, toponyms
from frontlines.additions import add
from frontlines.data import legible
from frontlines.errors import SchemaError, UnknownCodeError

_TEXT = pd.StringDtype(na_value=np.nan)
__all__ = ["add", "find", "lookup", "places", "resolve"]


class Place(NamedTuple):
    """A mention as `find` gives it, without the table around it."""

    start: int
    end: int
    text: str
    place_id: str
    name: str
    kind: str
    country: str
    adm1: str
    lat: float
    lon: float
    precision_km: float
    score: float
    method: str
    reading: str


def places() -> pd.DataFrame:
    """
    Give the whole gazetteer, with what was added locally.

    Returns
    -------
    pandas.DataFrame
        One row a place: `place_id`, `name`, `kind`, `country` (ISO 3166-1 alpha-3), `adm1` (ISO 3166-2),
        `lat`, `lon` (EPSG:4326), `precision_km`, `population` (NaN if unknown), `source`, `basis`.
    """
    return toponyms.load().places.copy()


def lookup(place_ids: Iterable[str]) -> pd.DataFrame:
    """
    Look places up by their ids.

    Parameters
    ----------
    place_ids
        Ids such as ``"gn:169577"`` or ``"fl:al-waer"``.

    Returns
    -------
    pandas.DataFrame
        The columns of `places`, one row an id, in the order given.

    Raises
    ------
    UnknownCodeError
        If an id is not in the gazetteer.
    """
    wanted = list(place_ids)
    frame = places().set_index("place_id", drop=False)
    unknown = [i for i in dict.fromkeys(wanted) if i not in frame.index]
    if unknown:
        raise UnknownCodeError(
            f"place_id {', '.join(map(repr, unknown[:5]))} not in the gazetteer; ids look like "
            "'gn:169577' or 'fl:al-waer', see data/gazetteer/places.csv"
        )
    return frame.loc[wanted].reset_index(drop=True)


def find(text: str, *, language: str | None = None) -> pd.DataFrame:
    """
    Find the places that a text names.

    Parameters
    ----------
    text
        The raw text, in French, English, Arabic or Turkish.
    language
        ``"fr"``, ``"en"``, ``"ar"`` or ``"tr"``; None: any.

    Returns
    -------
    pandas.DataFrame
        One row a mention, sorted by `start`: `start`, `end` (character offsets in `text`), `text`,
        `place_id`, `name`, `kind`, `country`, `adm1`, `lat`, `lon` (EPSG:4326), `precision_km`, `score`
        (0 to 1), `method` (how it was found and chosen), `reading` (``"place"``, or ``"actor"`` where a
        capital stands for its government). A name that stands like a place but is not
        known has an empty `place_id`.
    """
    text = legible(text)
    finder, found = _find(text, language)
    return pd.DataFrame(
        {
            "start": np.array([m.start for m in found], dtype="int64"),
            "end": np.array([m.end for m in found], dtype="int64"),
            "text": _strings(text[m.start : m.end] for m in found),
            **finder.index.attributes([m.choice.place for m in found]),
            "score": np.array([m.choice.score for m in found], dtype="float64"),
            "method": _strings(m.choice.method for m in found),
            "reading": _strings(m.reading for m in found),
        }
    )


def read(text: str, *, language: str | None = None) -> list[Place]:
    """
    Find the places that a text names, as plain rows: a table costs more than a short text's names.

    Parameters
    ----------
    text, language
        As for `find`.

    Returns
    -------
    list of Place
        The rows of `find`.
    """
    text = legible(text)
    finder, found = _find(text, language)
    rows = []
    for m in found:
        attributes = finder.index.attributes_of(m.choice.place)
        how = (m.choice.score, m.choice.method, m.reading)
        rows.append(Place._make((m.start, m.end, text[m.start : m.end], *attributes, *how)))
    return rows


def _find(text: str, language: str | None) -> tuple[mentions.Finder, list[toponyms.Mention]]:
    with toponyms.in_bulk():
        finder = mentions.finder()
        return finder, finder.find(text, language)


def resolve(
    names: Iterable[str],
    *,
    country: str | Sequence[str] | None = None,
    adm1: str | Sequence[str] | None = None,
    near: tuple[float, float] | None = None,
    kind: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """
    Resolve names, or descriptions as data files hold them, to places.

    Parameters
    ----------
    names
        Names ("Rasten", "الرستن") or descriptions ("Al Azba town, Deir Ezzor", "12 km north of Homs").
    country
        ISO 3166-1 alpha-3 code, or one for each name ("" where unknown): only places there.
    adm1
        ISO 3166-2 code, or one for each name: only places there.
    near
        Latitude and longitude (EPSG:4326): of places with the same name, the nearer.
    kind
        Kind of place (`codebook/vocabularies`), or one for each name.

    Returns
    -------
    pandas.DataFrame
        One row a name, in order: `query`, `place_id`, `name`, `kind`, `country`, `adm1`, `lat`, `lon`
        (EPSG:4326; the point itself for a distance such as "12 km north of"), `precision_km`, `relation`,
        `score` (0 to 1), `method`, `candidates` (up to five place ids joined by ``;``). Unknown and
        ambiguous names have an empty `place_id`, and the reason in `method`.

    Raises
    ------
    UnknownCodeError
        If `kind` is not in the codebook.
    SchemaError
        If a hint is a column of another length than `names`.
    """
    queries = ["" if n is None or n != n else legible(str(n)) for n in names]
    index = toponyms.load()
    columns = [_column(h, len(queries)) for h in (country, adm1, kind)]
    point = ((*near, 1.0),) if near else ()
    asked = list(zip(queries, *columns, strict=True))
    numbers = {row: i for i, row in enumerate(dict.fromkeys(asked))}
    frame = _resolved(index, list(numbers), point)
    return frame.iloc[[numbers[row] for row in asked]].reset_index(drop=True)


def _resolved(
    index: toponyms.Index,
    asked: list[tuple[str, str, str, str]],
    near: tuple[tuple[float, float, float], ...],
) -> pd.DataFrame:
    if len(asked) > 1:  # many words heard at once cost less than one by one
        sounds.hear([row[0] for row in asked if row[0] not in index.exact])
    with toponyms.in_bulk():
        found = [resolution.resolve(index, *row, near) for row in asked]
    frame = pd.DataFrame(
        {
            "query": _strings(row[0] for row in asked),
            **index.attributes([r.choice.place for r in found]),
            "relation": _strings(r.relation for r in found),
            "score": np.array([r.choice.score for r in found], dtype="float64"),
            "method": _strings(r.choice.method for r in found),
            "candidates": _strings(";".join(index.ids[p] for p in r.choice.candidates[:5]) for r in found),
        }
    )
    points = ["lat", "lon", "precision_km"]
    for i in (i for i, r in enumerate(found) if r.relation):
        frame.loc[i, points] = resolution.moved(found[i], *frame.loc[i, points])
    return frame


def _column(hint: str | Sequence[str] | None, length: int) -> list[str]:
    column = [hint or ""] * length if hint is None or isinstance(hint, str) else [h or "" for h in hint]
    if len(column) != length:
        raise SchemaError(
            f"a hint has {len(column)} values for {length} names; give one, or one for each name"
        )
    return column


def _strings(values: Iterable[str]) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(values), dtype=_TEXT)
