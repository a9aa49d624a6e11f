"""The names of places as an index: which places a spelling can mean, by letter, by fold, by sound."""

import gc
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from frontlines import data, folding, hearing
from frontlines.errors import SchemaError

# what a bare name most often means in a dispatch: the city rather than the governorate around it
_KIND_WEIGHT = {
    "country": 6.0, "city": 4.0, "region": 3.2, "town": 3.0, "road": 3.0, "river": 3.0, "crossing": 1.9,
    "governorate": 2.4, "village": 2.2, "site": 2.0, "neighbourhood": 2.0, "square": 1.8, "border": 1.5,
    "district": 1.0,
}  # fmt: skip
_REGION = {"SYR": 2.0, "LBN": 0.8, "IRQ": 0.7, "JOR": 0.7, "TUR": 0.6, "ISR": 0.6, "PSE": 0.6}
# Damascus and its countryside are two governorates, and what lies around the city is told by either
_CAPITAL, _WIDE = {"SY-DI", "SY-RD"}, {"region", "road", "river"}
SETTLEMENTS = hearing.SETTLEMENTS
_EARTH_KM = 12742.0  # the diameter
_SEAT = "the town, not its district"
_Vector = tuple[float, float, float]
_NUMBERS = ("lat", "lon", "precision_km", "population")


@dataclass(frozen=True)
class Hints:
    """What is known beside the name: where the place lies and what kind it is."""

    country: str = ""
    adm1: str = ""
    kinds: frozenset[str] = frozenset()
    site: str = ""
    near: tuple[tuple[float, float, float], ...] = ()  # lat, lon, weight of places named with it
    beside: frozenset[str] = frozenset()  # countries named near it
    gate: bool = False  # the sentence speaks of a border or its gates


@dataclass(frozen=True)
class Choice:
    """The place chosen for a name, or none (-1), why, and the places that it could be."""

    place: int
    score: float
    method: str
    candidates: tuple[int, ...] = ()
    margin: float = 9.0  # by how much the next candidate is less likely


_NO_HINTS = Hints()
_RESPELT = "respelt"
_NO_CHOICE = Choice(-1, 0.0, "")


@dataclass(slots=True)
class Mention:
    """A stretch of the raw text that names a place, and what is known about it so far."""

    start: int
    end: int
    candidates: tuple[int, ...]
    method: str = "exact"
    score: float = 1.0
    hints: Hints = _NO_HINTS
    choice: Choice = _NO_CHOICE
    reading: str = "place"
    cue: bool = False
    look: int = -1  # what must be looked at around it; see `hits`


@dataclass
class Index:
    """All places and names, read once; places are numbered by their row."""

    places: pd.DataFrame
    names: pd.DataFrame
    exact: dict[str, list[int]] = field(default_factory=dict)
    folded: dict[str, list[int]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)  # names resolved before, without hints

    def __post_init__(self) -> None:  # noqa: D105
        self.names_of = self.places["name"].tolist()
        self.ids = self.places["place_id"].tolist()
        self.kinds = self.places["kind"].tolist()
        self.countries = self.places["country"].tolist()
        self.adm1 = self.places["adm1"].tolist()
        self.points = list(zip(self.places["lat"].tolist(), self.places["lon"].tolist(), strict=True))
        self.number = {p: i for i, p in enumerate(self.ids)}
        self.names = self.names.assign(
            place=self.names["place_id"].map(self.number),
            folded=folding.fold_names(self.names["name"].tolist()),
        )
        self.names = self.names[self.names["folded"] != ""]
        self.names = pd.concat(
            [self.names, _respelt(self.names), _with_article(self.names)], ignore_index=True
        )
        self.exact = _grouped(self.names["name"].tolist(), self.names["place"].tolist())
        self.folded = _grouped(self.names["folded"].tolist(), self.names["place"].tolist())
        for name, bare in list(_without_article(self.folded)):
            self.folded.setdefault(bare, []).extend(
                p for p in self.folded[name] if p not in self.folded.get(bare, ())
            )
        self.prior = self._priors()

    def _priors(self) -> list[float]:
        population = self.places["population"].fillna(0).tolist()
        return [
            _KIND_WEIGHT[kind] + _REGION.get(country, 0.0) + 0.25 * math.log10(1 + people)
            for kind, country, people in zip(self.kinds, self.countries, population, strict=True)
        ]

    def attributes(self, chosen: list[int]) -> dict[str, pd.api.extensions.ExtensionArray]:
        """Give the columns that a resolved name takes from its place; of -1, empty ones."""
        rows = np.array(chosen, dtype="int64")
        return {name: column.take(rows) for name, column in self._columns.items()}

    def attributes_of(self, chosen: int) -> tuple[Any, ...]:
        """Give of one resolved name what `attributes` gives of many."""
        if chosen not in self._rows:
            self._rows[chosen] = tuple(column[chosen] for column in self._columns.values())
        return self._rows[chosen]

    @cached_property
    def _rows(self) -> dict[int, tuple[Any, ...]]:
        return {}

    @cached_property
    def _columns(self) -> dict[str, pd.api.extensions.ExtensionArray]:
        columns = ["place_id", "name", "kind", "country", "adm1", "lat", "lon", "precision_km"]
        # the last row, which -1 takes, stands for no place
        frame = self.places[columns].reindex(range(len(self.places) + 1))
        frame = frame.fillna(dict.fromkeys(columns[:5], ""))
        return {c: frame[c].array for c in columns}

    @cached_property
    def ear(self) -> hearing.Ear:
        """The same names by their sound."""
        names = self.names[self.names["source"] != _RESPELT]
        own = set(names.loc[names["source"] == "own", "place"])
        known = own | set(self.places.index[self.places["population"] >= 5000])
        with in_bulk():
            return hearing.Ear(names, self.kinds, self.countries, known)

    def choose(self, candidates: Iterable[int], hints: Hints, method: str, score: float) -> Choice:
        """Choose among the places that a name can mean, and say by what."""
        return self.plainly(candidates, hints, method, score) or self.weigh(candidates, hints, method, score)

    def plainly(self, candidates: Iterable[int], hints: Hints, method: str, score: float) -> Choice | None:
        """Choose where country, governorate and kind leave one place, or none, or a town and its district."""
        every, left, reasons = self._left(candidates, hints)
        if not left:
            return Choice(-1, 0.0, f"{method}; {reasons[-1]}" if reasons else "no such name", every)
        if len(left) == 1:
            return Choice(left[0], score, "; ".join([method, *reasons]), every)
        if self.kinds[left[0]] in SETTLEMENTS and all(self._part_of_it(left[0], p) for p in left[1:]):
            return Choice(left[0], score, "; ".join([method, *reasons, _SEAT]), tuple(left))
        return None

    def weigh(self, candidates: Iterable[int], hints: Hints, method: str, score: float) -> Choice:
        """Choose by prominence and by the places named near."""
        _, left, reasons = self._left(candidates, hints)
        anchors = defaultdict(list)
        for lat, lon, weight in hints.near:
            anchors[weight].append(_vector((lat, lon)))
        near = {p: self._nearness(p, anchors) for p in left}
        weights = sorted(((self._weight(p, hints, near[p]), p) for p in left), reverse=True)
        (first, place), order = weights[0], tuple(p for _, p in weights)
        rivals = [w for w, p in weights[1:] if not self._part_of_it(place, p)]
        if not rivals:
            return Choice(place, score, "; ".join([method, *reasons, _SEAT]), order)
        by = "nearest to places named with it" if near[place] > 0.05 else "most prominent"
        margin = first - rivals[0]
        score = round(score * (0.6 + 0.35 * min(1.0, margin / 2)), 3)
        method = "; ".join([method, *reasons, f"{by} of {1 + len(rivals)}"])
        return Choice(place, score, method, order, margin)

    def _left(self, candidates: Iterable[int], hints: Hints) -> tuple[tuple[int, ...], list[int], list[str]]:
        every = tuple(sorted(dict.fromkeys(candidates), key=lambda p: -self.prior[p]))
        return every, *self._filtered(every, hints)

    def _part_of_it(self, place: int, other: int) -> bool:
        """Tell whether two places of a name are a town and the district or governorate around it."""
        divisions = {"district", "governorate"}
        towns = {self.kinds[place], self.kinds[other]} - divisions
        same = self.adm1[place] == self.adm1[other] and self.countries[place] == self.countries[other]
        return same and len(towns) < 2 and bool({self.kinds[place], self.kinds[other]} & divisions)

    def lies(self, place: int, hints: Hints) -> bool:
        """Tell whether a place lies in the country and governorate of the hints."""
        inside = not hints.adm1 or self._inside(place, hints.adm1)
        return inside and hints.country in ("", self.countries[place])

    def _inside(self, place: int, adm1: str) -> bool:
        """Tell whether a place is in a governorate; what lies around Damascus is in both."""
        mine = self.adm1[place]
        return mine == adm1 or (self.kinds[place] in _WIDE and {mine, adm1} <= _CAPITAL)

    def fits(self, place: int, hints: Hints) -> bool:
        """Tell whether a place agrees with the hints."""
        return bool(self._filtered((place,), hints)[0]) and (
            not hints.kinds or self.kinds[place] in hints.kinds
        )

    def _filtered(self, places: tuple[int, ...], hints: Hints) -> tuple[list[int], list[str]]:
        left, reasons = list(places), []
        if hints.country:
            left = [p for p in left if self.countries[p] == hints.country]
            reasons.append(f"country {hints.country}" if left else f"none in {hints.country}")
        if hints.adm1 and left:
            left = [p for p in left if self._inside(p, hints.adm1)]
            reasons.append(f"in {hints.adm1}" if left else f"none in {hints.adm1}")
        if hints.kinds and left:
            fitting = [p for p in left if self.kinds[p] in hints.kinds]
            if fitting:
                reasons.append(f"kind {'/'.join(sorted({self.kinds[p] for p in fitting}))}")
                left = fitting
        return left, reasons if len(places) > 1 or not left else []

    def _weight(self, place: int, hints: Hints, near: float) -> float:
        gate = 2.0 if hints.gate and self.kinds[place] == "crossing" else 0.0
        country = 1.2 if self.countries[place] in hints.beside else 0.0
        return self.prior[place] + 5 * near + gate + country

    def _nearness(self, place: int, anchors: dict[float, list[_Vector]]) -> float:
        if not anchors or self.kinds[place] in ("country", "governorate", "district"):
            return 0.0
        x, y, z = _vector(self.points[place])
        chords = (
            (w, min([(x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2 for a, b, c in points]))
            for w, points in anchors.items()
        )
        apart = [(w, _EARTH_KM * math.asin(math.sqrt(chord) / 2)) for w, chord in chords]
        return max(w * (0.6 * math.exp(-d / 12) + 0.4 * math.exp(-d / 60)) for w, d in apart)


def km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Give the distance between two points (degrees) in km, on the sphere."""
    return _EARTH_KM * math.asin(min(1.0, math.dist(_vector(a), _vector(b)) / 2))


def apart(some: Any, others: Any) -> Any:
    """
    Give the distances between points, on the sphere.

    Parameters
    ----------
    some, others
        Arrays that end in latitude and longitude (degrees); of equal shape, or such that numpy makes them so.

    Returns
    -------
    numpy.ndarray
        In km; missing where a point is.
    """
    (lat, lon), (lats, lons) = (np.moveaxis(np.radians(points), -1, 0) for points in (some, others))
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


@lru_cache(maxsize=100_000)
def _vector(point: tuple[float, float]) -> tuple[float, float, float]:
    """Give a point (degrees) on the sphere of radius 1."""
    lat, lon = math.radians(point[0]), math.radians(point[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


@contextmanager
def in_bulk() -> Iterator[None]:
    """Hold the search for cycles: among many small results at once it costs more than they do."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@cache
def _index(folder: str) -> Index:
    local = Path(folder) / "gazetteer" / "local"
    places, names = (_tables(name, local / f"{name}.csv") for name in ("places", "names"))
    # a place or a spelling added by hand counts at once, before the tables are built again
    places = _with_own(places, "own_places", ["place_id"])
    names = _with_own(names, "own_names", ["name", "place_id", "lang"])
    if (empty := places["precision_km"] == "").any():
        usual = places[~empty].groupby("kind")["precision_km"].agg(lambda x: x.mode()[0])
        places.loc[empty, "precision_km"] = places.loc[empty, "kind"].map(usual)
    unknown = sorted(set(names["place_id"].tolist()) - set(places["place_id"].tolist()))
    if unknown:
        raise SchemaError(
            f"a name has place_id {', '.join(unknown[:5])}, which is no place of data/gazetteer/places.csv; "
            "correct it in own_names.csv, or in local/names.csv"
        )
    with in_bulk():
        return Index(places.assign(**{c: pd.to_numeric(places[c]) for c in _NUMBERS}), names)


def _with_own(table: pd.DataFrame, name: str, key: list[str]) -> pd.DataFrame:
    """Add the rows of a table kept by hand that the built one does not have yet."""
    own = data.table(f"gazetteer/{name}")
    built, mine = (list(zip(*(t[c].tolist() for c in key), strict=True)) for t in (table, own))
    known = set(built)
    new = [row not in known for row in mine]
    return pd.concat([table, own[new]], ignore_index=True) if any(new) else table


def _tables(name: str, local: Path) -> pd.DataFrame:
    shipped = data.table(f"gazetteer/{name}")
    if not local.is_file():
        return shipped
    return pd.concat([shipped, data.table(f"gazetteer/local/{name}")], ignore_index=True)


def load() -> Index:
    """Give the index of the project's gazetteer and the local one, built once."""
    return _index(str(data.data_dir()))


def forget() -> None:
    """Forget the index: the local gazetteer has changed."""
    _index.cache_clear()
    data.forget()


def _grouped(keys: list[str], values: list[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, value in zip(keys, values, strict=True):
        have = found.setdefault(key, [])
        if value not in have:
            have.append(value)
    return found


def _respelt(names: pd.DataFrame) -> pd.DataFrame:
    """Spell the first part of names as other papers do: "Kefr Naya" for "Kafr Naya"."""
    spellings = data.table("gazetteer/element_spellings")["spellings"].str.split(";")
    families = {word: family for family in spellings for word in family}
    written = names["folded"].tolist()
    rows: dict[tuple[str, int], int] = {}
    known = set(written)
    for row, (name, place) in enumerate(zip(written, names["place"].tolist(), strict=True)):
        first, _, rest = name.partition(" ")
        for other in families.get(first, ()) if rest else ():
            if f"{other} {rest}" not in known:
                rows.setdefault((f"{other} {rest}", place), row)
    respelt = [name for name, _ in rows]
    return names.iloc[list(rows.values())].assign(name=respelt, folded=respelt, lang="und", source=_RESPELT)


def _with_article(names: pd.DataFrame) -> pd.DataFrame:
    """Let a name with an article mean the places too that bear it without: one of two "al-Hamidiyah"."""
    places = _grouped(names["folded"].tolist(), names.index.tolist())
    place = names["place"]
    rows = {}
    for name, bare in _without_article(places):
        known = {place[row] for row in places[name]}
        rows.update({(name, place[row]): row for row in places.get(bare, ()) if place[row] not in known})
    more = [name for name, _ in rows]
    return names.loc[list(rows.values())].assign(name=more, folded=more, lang="und", source=_RESPELT)


def _without_article(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        first, _, rest = name.partition(" ")
        if rest and first in folding.ARTICLES and len(rest) > 3:
            yield name, rest
        elif name.startswith(folding.ARABIC_ARTICLE) and len(name) > 5:
            yield name, name.removeprefix(folding.ARABIC_ARTICLE)
