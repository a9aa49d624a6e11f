"""A fuller list of places merged into a local gazetteer beside the shipped one, each row accounted for."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from babel.core import get_global
from rapidfuzz import fuzz

from frontlines import data, plausible, sounds, toponyms
from frontlines.errors import MissingDataError, SchemaError, UnknownCodeError
from frontlines.toponyms import SETTLEMENTS, Index

REPORT = ["row", "place_id", "name", "outcome", "reason"]
# two entries this near, with names that sound alike, are one place
_SAME_KM = 3.0
_LIKE = 80.0
_OCHA_ADM1 = {
    "SY01": "SY-DI", "SY02": "SY-HL", "SY03": "SY-RD", "SY04": "SY-HI", "SY05": "SY-HM", "SY06": "SY-LA",
    "SY07": "SY-ID", "SY08": "SY-HA", "SY09": "SY-DY", "SY10": "SY-TA", "SY11": "SY-RA", "SY12": "SY-DR",
    "SY13": "SY-SU", "SY14": "SY-QU",
}  # fmt: skip
_GEONAMES = [
    "id", "name", "ascii", "names", "lat", "lon", "feature_class", "feature", "country", "cc2", "admin1",
    "admin2", "admin3", "admin4", "population", "elevation", "dem", "timezone", "modified",
]  # fmt: skip
_OCHA_NEEDS = ("PP_PCODE", "PP_NAME_EN", "ADM1_PCODE", "lat", "lon")
_SYRIA = {
    "01": "SY-HA", "02": "SY-LA", "03": "SY-QU", "04": "SY-RA", "05": "SY-SU", "06": "SY-DR", "07": "SY-DY",
    "08": "SY-RD", "09": "SY-HL", "10": "SY-HM", "11": "SY-HI", "12": "SY-ID", "13": "SY-DI", "14": "SY-TA",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One place as a list from elsewhere gives it."""

    place_id: str
    names: tuple[tuple[str, str], ...]  # name, language
    kind: str
    country: str
    adm1: str
    lat: float
    lon: float
    population: str
    source: str


def add(path: str | Path, *, source: str) -> pd.DataFrame:
    """
    Merge a list of places into the local gazetteer, `data/gazetteer/local/`, which git ignores.

    Parameters
    ----------
    path
        The list: OCHA COD populated places (CSV), or a GeoNames country dump (19 tab-separated columns).
    source
        ``"ocha"`` or ``"geonames"``.

    Returns
    -------
    pandas.DataFrame
        One row an entry: `row` (line of the file), `place_id`, `name`, `outcome` (``merged``: its names
        went to a place that we have, `place_id`; ``added``; ``refused``, as where the point lies in another
        country or governorate than the entry says), `reason`.

    Raises
    ------
    UnknownCodeError
        If `source` is neither.
    MissingDataError
        If there is no such file.
    SchemaError
        If the file does not have the columns of its source.
    """
    readers: dict[str, Callable[[Path], Iterator[Entry | str]]] = {"ocha": _ocha, "geonames": _geonames}
    if source not in readers:
        raise UnknownCodeError(f"source {source!r} is not known; allowed: {', '.join(readers)}")
    if not Path(path).is_file():
        raise MissingDataError(f"{path} is not a file; give the list that you downloaded")
    index = toponyms.load()
    places: dict[str, dict[str, object]] = {}
    names: list[tuple[str, str, str, str, str]] = []
    report = []
    for row, entry in enumerate(_placed([*readers[source](Path(path))]), 2 if source == "ocha" else 1):
        if isinstance(entry, str):
            report.append((row, "", "", "refused", entry))
            continue
        into, reason = _same(index, entry)
        outcome = "merged" if into else "refused" if entry.place_id in places else "added"
        place_id = into or entry.place_id
        if outcome == "added":
            places[place_id] = _place(entry)
        if outcome != "refused":
            names += [(n, place_id, lang, "yes" if not into and i == 0 else "", entry.source)
                      for i, (n, lang) in enumerate(entry.names)]  # fmt: skip
        why = reason if into else "same id twice" * (outcome == "refused")
        report.append((row, place_id, entry.names[0][0], outcome, why))
    spelled = pd.DataFrame(names, columns=["name", "place_id", "lang", "preferred", "source"])
    _write(index, pd.DataFrame(places.values(), columns=list(index.places.columns)), spelled)
    return pd.DataFrame(report, columns=REPORT).astype({"row": "int64"})


def _placed(entries: list[Entry | str]) -> Iterator[Entry | str]:
    """Put in the place of entries whose points cannot lie in their country or governorate why they cannot."""
    told = [(e.lat, e.lon, e.adm1 or e.country) for e in entries if isinstance(e, Entry)]
    frame = pd.DataFrame(told, columns=["lat", "lon", "area"]).astype({"lat": "float64", "lon": "float64"})
    faults = iter(plausible.astray(frame["lat"], frame["lon"], frame["area"]))
    for entry in entries:
        fault = "" if isinstance(entry, str) else next(faults)
        given = f"{entry.place_id}: {entry.lat}, {entry.lon}" if isinstance(entry, Entry) else ""
        yield f"{given}; expected {fault}" if fault else entry


def _same(index: Index, entry: Entry) -> tuple[str, str]:
    """Find the place that we have already, and say by what."""
    if entry.place_id in index.number:
        return entry.place_id, "same id"
    for name, _ in entry.names:
        sound = sounds.sound(name)
        for other, _, place in index.ear.by_key.get(sounds.skeleton(sound), ()):
            if index.kinds[place] not in SETTLEMENTS or index.countries[place] != entry.country:
                continue
            apart = toponyms.km(index.points[place], (entry.lat, entry.lon))
            if apart < _SAME_KM and fuzz.ratio(sound, other) >= _LIKE:
                return index.ids[place], f"{apart:.1f} km from {index.names_of[place]}"
    return "", ""


def _place(entry: Entry) -> dict[str, object]:
    return {
        "place_id": entry.place_id, "name": entry.names[0][0], "kind": entry.kind, "country": entry.country,
        "adm1": entry.adm1, "lat": f"{entry.lat:.4f}", "lon": f"{entry.lon:.4f}",
        "precision_km": {"city": "4", "town": "2"}.get(entry.kind, "1.5"), "population": entry.population,
        "source": entry.source, "basis": "found",
    }  # fmt: skip


def _write(index: Index, places: pd.DataFrame, names: pd.DataFrame) -> None:
    folder = data.data_dir() / "gazetteer" / "local"
    folder.mkdir(parents=True, exist_ok=True)
    for stem, new in (("places", places), ("names", names)):
        path = folder / f"{stem}.csv"
        known = pd.read_csv(path, dtype="str", keep_default_na=False) if path.is_file() else new.iloc[:0]
        both = pd.concat([known, new]).drop_duplicates()
        columns = [c for c in (index.places if stem == "places" else index.names).columns if c in both]
        aside = path.with_suffix(".part")
        both.sort_values(columns[:2])[columns].to_csv(aside, index=False, lineterminator="\n")
        os.replace(aside, path)
    toponyms.forget()


def _ocha(path: Path) -> Iterator[Entry | str]:
    frame = data.read_csv(path)
    missing = [c for c in _OCHA_NEEDS if c not in frame]
    if missing:
        raise SchemaError(f"{path} lacks the columns {', '.join(missing)} of OCHA's populated places")
    arabic = frame["PP_NAME_AR"] if "PP_NAME_AR" in frame else [""] * len(frame)
    rows = zip(*(frame[c] for c in _OCHA_NEEDS), arabic, strict=True)
    for code, name, division, lat, lon, ar in rows:
        # names are made unique by the sub-district in brackets
        bare = name.partition(" (")[0].strip()
        point = _point(lat, lon)
        if not bare or not code or division not in _OCHA_ADM1 or not point:
            yield f"{code or 'no P-code'}: needs a name, a P-code, a governorate's P-code and coordinates"
            continue
        names = ((bare, "en"), *(((ar, "ar"),) if ar else ()))
        yield Entry(f"ocha:{code}", names, "village", "SYR", _OCHA_ADM1[division], *point, "", "OCHA")


def _geonames(path: Path) -> Iterator[Entry | str]:
    try:
        frame = pd.read_csv(
            path, sep="\t", header=None, dtype="str", keep_default_na=False, quoting=3, encoding="utf-8"
        )
    except ValueError as fault:
        what = " ".join(str(fault).split())
        raise SchemaError(f"{path.name}: no GeoNames dump in UTF-8 ({what}); fetch it again") from None
    if frame.shape[1] != len(_GEONAMES):
        raise SchemaError(
            f"{path} has {frame.shape[1]} tab-separated columns; a GeoNames country dump has 19"
        )
    frame.columns = pd.Index(_GEONAMES)
    codes = {
        two[0]: three
        for three, two in get_global("territory_aliases").items()
        if len(three) == 3 and three.isalpha()
    }
    for row in frame.itertuples(index=False):
        point = _point(str(row.lat), str(row.lon))
        if row.feature_class != "P" or not point or not row.name or row.country not in codes:
            yield f"{row.id}: not a populated place (class P) with a name, a country and coordinates"
            continue
        spellings = [s for s in dict.fromkeys([row.name, *str(row.names).split(",")]) if s and _readable(s)]
        names = tuple(
            (s, "ar" if "\u0600" <= s[0] <= "\u06ff" else "und") for s in spellings or [str(row.name)]
        )
        people = int(row.population) if str(row.population).isdecimal() else 0
        kind = "city" if people >= 100_000 else "town" if people >= 5_000 else "village"
        adm1 = _SYRIA.get(str(row.admin1), "") if row.country == "SY" else ""
        yield Entry(
            f"gn:{row.id}", names, kind, codes[row.country], adm1, *point, str(people or ""), "GeoNames"
        )


def _readable(name: str) -> bool:
    """Tell whether a name is in Latin or Arabic letters and more than an airport's code."""
    return all(c < "\u0250" or "\u0600" <= c <= "\u06ff" or "\u1e00" <= c <= "\u2019" for c in name) and not (
        len(name) < 4 and name.isupper()
    )


def _point(lat: str, lon: str) -> tuple[float, float] | None:
    try:
        point = float(lat), float(lon)
    except ValueError:
        return None
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None
