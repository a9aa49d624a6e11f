"""From the columns and codes of ACLED, UCDP GED and GDELT to ours, by the tables of `data/exchange/`."""

import re
from collections.abc import Callable, Hashable, Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from frontlines import actors, data, events, plausible, resolution, toponyms

ORIGINAL = "original_"
FAULTS = ("row", "column", "value", "expected")
_DAYS = ("%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%d-%B-%Y", "%d/%m/%Y")  # ACLED has used all but the second
_STATE, _ABROAD = ("1", "state"), ("8", "external")  # ACLED's inter codes, as numbers or in words
_NEAR_KM = 10.0  # how far apart two lists may put the middle of one town
_WELL_KNOWN = 50_000  # people: of such a town no village of that name is meant
_SINCE = {"acled": 1997, "ucdp": 1989, "gdelt": 1979}  # background: the years that each begins with
_WORDS = [column for column in events.COLUMNS if column not in events.NUMERIC]


class Faults:
    """The faults met in a piece of a file: whole columns are judged at once."""

    def __init__(self) -> None:
        self.found: list[pd.DataFrame] = []

    def add(self, wrong: pd.Series, column: str, value: pd.Series, expected: Any) -> None:
        """Note a fault of the rows where `wrong` holds."""
        if wrong.any():
            rows = pd.DataFrame({"row": wrong.index, "column": column, "value": value, "expected": expected})
            self.found.append(rows[wrong.to_numpy()])

    def table(self) -> pd.DataFrame:
        """Give the first fault of each row."""
        empty = pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in FAULTS})
        return pd.concat([*self.found, empty]).drop_duplicates("row").sort_values("row", ignore_index=True)


def columns(source: str) -> pd.DataFrame:
    """
    Give the columns of a format.

    Parameters
    ----------
    source
        ``"acled"``, ``"ucdp"`` or ``"gdelt"``.

    Returns
    -------
    pandas.DataFrame
        Columns position, column, field (what we read from it), needed (yes), older (a former name), in the
        order of the file.
    """
    table = data.table("exchange/columns", numeric=("position",))
    return table[table["format"] == source].sort_values("position", ignore_index=True)


def translate(piece: pd.DataFrame, *, source: str, faults: Faults) -> pd.DataFrame:
    """
    Translate a piece of a file.

    Parameters
    ----------
    piece
        Rows of the file, all cells text; the index numbers them.
    source
        As for `columns`.
    faults
        Where to note the rows that cannot be translated.

    Returns
    -------
    pandas.DataFrame
        A row each, with that index: the events columns, then the file's own as `original_*`. Rows with a
        fault are among them.
    """
    cells, names = _fields(piece, source)
    note = _noter(cells, names, faults)
    note("id", cells["id"].str.strip() == "", "an id")
    out: dict[str, Any] = dict.fromkeys(_WORDS, "") | {"status": "stated", "coder": source}
    out["event_id"] = source + ":" + cells["id"].str.strip()
    types = _types(cells, source, note)
    out["event_type"] = types["event_type"]
    out["rule"] = source + ":" + types["code"] + " (" + types["fit"] + ")"
    out |= _days(cells, source, note)
    out |= _points(cells, source, note)
    out |= _places(cells, out, source, note)
    out |= _roles(cells, types, source)
    out["quote"] = cells["quote"]
    mentions = pd.to_numeric(cells["n_mentions"], errors="coerce")
    out["n_mentions"] = mentions.where(mentions >= 1)
    frame = pd.DataFrame(out, index=piece.index).reindex(columns=list(events.COLUMNS))
    return frame.join(piece.rename(columns=lambda name: ORIGINAL + name))


# -- columns and codes ------------------------------------------------------------------------------------

_Note = Callable[[str, pd.Series, Any], None]


def _fields(piece: pd.DataFrame, source: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give the cells by the field they are read as, empty where the file has none, and the file's names."""
    known: dict[str, str] = {}
    for row in columns(source).itertuples():
        known |= dict.fromkeys(filter(None, (row.column.lower(), row.older.lower())), row.field)
    names = {known[name.lower()]: name for name in piece.columns if known.get(name.lower())}
    fields = [*filter(None, columns(source)["field"]), *_OPTIONAL]
    cells = {f: piece[names[f]] if f in names else pd.Series("", piece.index, dtype="str") for f in fields}
    return pd.DataFrame(cells, index=piece.index), names


_OPTIONAL = ("class", "country", "adm1", "year", "date_end", "date_code", "quote", "n_mentions", "tags",
             "actor_kind", "target_kind")  # fmt: skip


def _noter(cells: pd.DataFrame, names: Mapping[str, str], faults: Faults) -> _Note:
    def note(field: str, wrong: pd.Series, expected: Any) -> None:
        faults.add(wrong, names.get(field, field), cells[field], expected)

    return note


def _each(values: pd.Series, answer: Callable[[Any], Any]) -> pd.Series:
    """Answer once for each different value."""
    known: dict[Hashable, Any] = {value: answer(value) for value in values.unique()}
    return values.map(known)


@cache
def _codes(source: str) -> dict[str, dict[str, str]]:
    table = data.table("exchange/types")
    return {row["code"].casefold(): row for row in table[table["format"] == source].to_dict("records")}


def _types(cells: pd.DataFrame, source: str, note: _Note) -> pd.DataFrame:
    """Give code, event_type, fit and gainer of each row; the longest code that its code begins with."""
    told = cells["type"].str.strip()
    told = told.where(told != "", cells["class"].str.strip())
    nobody = {"code": "", "event_type": "", "fit": "", "gainer": "", "reason": ""}

    def row(code: str) -> dict[str, str]:
        whole = code.casefold()
        cuts = [whole[:n] for n in range(len(whole), 1, -1)] if source == "gdelt" else [whole]
        found = next((_codes(source)[cut] for cut in cuts if cut in _codes(source)), nobody)
        return found | {"code": code}

    rows = {code: row(code) for code in told.unique()}
    types = pd.DataFrame({key: told.map({c: r[key] for c, r in rows.items()}) for key in nobody})
    known = f"a code of data/exchange/types.csv, format {source}"
    without = types["event_type"] == ""
    note("type", without, types["reason"].where(types["reason"] != "", known))
    return types


def _precision(cells: pd.DataFrame, source: str, what: str, note: _Note) -> pd.DataFrame:
    table = data.table("exchange/precision", numeric=("radius",))
    table = table[(table["format"] == source) & (table["what"] == what)].set_index("code")
    field = f"{what}_code"
    codes = cells[field].str.strip()
    if table.empty or (what == "date" and not (codes != "").any()):
        return pd.DataFrame({"radius": 0.0, "place_relation": "", "kind": ""}, index=cells.index)
    note(field, ~codes.isin(table.index), f"one of {', '.join(filter(None, table.index))}")
    return table.reindex(codes).set_index(cells.index)


# -- when and where ---------------------------------------------------------------------------------------


def days(texts: pd.Series) -> pd.Series:
    """
    Read days in any of the ways in which these formats have written them.

    Parameters
    ----------
    texts
        Cells such as ``2024-12-06``, ``20241206``, ``06 December 2024``, ``6/12/2024``, also with a clock.

    Returns
    -------
    pandas.Series
        Times at midnight; those that are no day are not a time (NaT).
    """
    told = pd.Series(texts.unique(), dtype="str")
    cut = told.str.strip().str.replace(r"[ T]\d\d:\d\d.*$", "", regex=True)
    read = pd.Series(pd.NaT, index=told.index, dtype="datetime64[us]")
    for way in _DAYS:
        shaped = read.isna() & ((cut.str.len() == 8) if way == "%Y%m%d" else ~cut.str.isdigit())
        read = read.fillna(pd.to_datetime(cut.where(shaped), format=way, errors="coerce").astype(read.dtype))
    return texts.map(dict(zip(told, read, strict=True)))


def _days(cells: pd.DataFrame, source: str, note: _Note) -> dict[str, pd.Series]:
    first = days(cells["date"])
    begun = _SINCE[source]
    note("date", ~first.dt.year.between(begun, 2099), f"a day from {begun} on, for example 2024-12-06")
    last = first
    if (cells["date_end"] != "").any():
        last = days(cells["date_end"])
        note("date_end", last.isna() | (last < first), "a day not before the first")
    year = pd.to_numeric(cells["year"], errors="coerce")
    apart = year.notna() & ~year.between(first.dt.year, last.dt.year)
    note("date", apart & first.notna() & last.notna(), "a day of the year that the row has")
    around = pd.to_timedelta(_precision(cells, source, "date", note)["radius"].fillna(0), unit="D")
    first, last = first - around, last + around
    spans = last > first
    return {
        "date": first.dt.strftime("%Y-%m-%d").fillna("").astype("str"),
        "date_end": last.dt.strftime("%Y-%m-%d").where(spans, "").astype("str"),
        "date_precision": pd.Series(np.where(spans, "range", "day"), index=cells.index, dtype="str"),
    }


def _points(cells: pd.DataFrame, source: str, note: _Note) -> dict[str, pd.Series]:
    out: dict[str, pd.Series] = {}
    for field, other, most in (("lat", "lon", 90), ("lon", "lat", 180)):
        text = cells[field].str.strip()
        # spreadsheets of half the world write 34,92
        number = pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
        wrong = (text != "") & ~number.between(-most, most)
        note(field, wrong, f"degrees from -{most} to {most}")
        out[field] = number.astype("float64").where(~wrong)
        missing = text == ""
        note(field, missing & (cells[other].str.strip() != ""), "a latitude and a longitude, or neither")
    precise = _precision(cells, source, "place", note)
    out["precision_km"] = precise["radius"].where(out["lat"].notna())
    out["place_relation"] = precise["place_relation"].fillna("").astype("str")
    out["kind"] = precise["kind"].fillna("").astype("str")
    return out


def _places(cells: pd.DataFrame, out: dict[str, pd.Series], source: str, note: _Note) -> dict[Any, pd.Series]:
    """Give the place that name and point agree on; else the point itself, where it can be one."""
    kind = out.pop("kind")
    name, country, adm1 = cells["place"].str.strip(), cells["country"], cells["adm1"]
    if source == "gdelt":  # "Hama, Hamah, Syria"
        rest = name.str.partition(",")[2]
        country, adm1 = name.str.rpartition(",")[2].str.strip(), rest.str.rpartition(",")[0].str.strip()
        name = name.str.partition(",")[0].str.strip()
    country, adm1 = _each(country, _country), _each(adm1, _governorate)
    lat, lon = out["lat"], out["lon"]
    for area in (country, adm1.where(country.isin(["SYR", ""]), "")):
        wrong = plausible.astray(lat, lon, area)
        note("lat", wrong != "", wrong)
    asked = pd.DataFrame({"name": name, "country": country, "kind": kind})
    asked = asked.assign(**{c: out[c] for c in ("lat", "lon", "precision_km", "place_relation")})
    answers = [_place(*row) for row in asked.drop_duplicates().itertuples(index=False, name=None)]
    number = asked.groupby(list(asked), dropna=False, sort=False).ngroup()
    columns = ["place_id", "place_name", "place_relation", "wrong"]
    found = pd.DataFrame(answers, columns=columns, dtype="str").reindex(number).set_axis(cells.index)
    wrong = found.pop("wrong")
    note("lat", wrong != "", wrong)
    return dict(found.items())


@lru_cache(200_000)
def _place(
    name: str, country: str, kind: str, lat: float, lon: float, precision_km: float, relation: str
) -> tuple[str, str, str, str]:
    if lat != lat or not name:
        return "", "", "", ""
    index = toponyms.load()
    point, wrong = (lat, lon), ""
    found = resolution.resolve(index, name, country, "", kind, ((*point, 1.0),))
    place = found.choice.place
    if place >= 0:
        there, entry = index.points[place], index.places.iloc[place]
        reach = _NEAR_KM + precision_km + float(entry["precision_km"])
        apart = toponyms.km(there, point)
        if apart <= reach:
            return index.ids[place], str(entry["name"]), found.relation or relation, ""
        wrong = f"a point near {entry['name']} ({there[0]:.4f}, {there[1]:.4f})"
        if toponyms.km(there, (lon, lat)) <= reach:
            wrong += plausible.SWAPPED
        elif not (entry["population"] >= _WELL_KNOWN and apart > plausible.AT_KM + reach):
            wrong = ""
    # a country or a division that the gazetteer does not have is no point
    return ("", name, "", wrong) if kind else (f"at:{point[0]:.4f},{point[1]:.4f}", name, relation, wrong)


@cache
def _governorate(name: str) -> str:
    index = toponyms.load()
    asked = name.strip() and resolution.resolve(index, name.strip(), "SYR", "", "governorate", ())
    return str(index.places["adm1"].iloc[asked.choice.place]) if asked and asked.choice.place >= 0 else ""


@cache
def _country(name: str) -> str:
    index = toponyms.load()
    asked = name.strip() and resolution.resolve(index, name.strip(), "", "", "country", ())
    return index.countries[asked.choice.place] if asked and asked.choice.place >= 0 else ""


# -- who --------------------------------------------------------------------------------------------------


def _roles(cells: pd.DataFrame, types: pd.DataFrame, source: str) -> dict[str, pd.Series]:
    """Give actor, target, gainer, loser, label_used; ACLED's first actor need not be the one who acts."""
    who = {}
    for role in ("actor", "target"):
        names = cells[role].str.strip()
        if source == "gdelt":
            names = (cells[f"{role}_kind"].str.strip() + "|" + names).where(names != "", "")
        who[role] = _each(names, lambda name: _actor(name, source)).astype("str")
    first, second = who["actor"], who["target"]
    gain = types["gainer"]
    takes = (gain == "state") | (gain == "non_state")
    named = {role: cells[role].str.strip() != "" for role in who}
    able = []
    for role, other in (("actor", "target"), ("target", "actor")):
        kind = cells[f"{role}_kind"]
        armed = named[role] & ~_is(kind, _STATE + _ABROAD)
        alone = takes & named[role] & ~named[other]
        able.append(alone | ((gain == "state") & _is(kind, _STATE)) | ((gain == "non_state") & armed))
    # where both could have gained, the order of the two does not tell
    one, two = (gain == "first") | (able[0] & ~able[1]), able[1] & ~able[0]
    gainer = first.where(one, second.where(two, ""))
    loser = second.where(one, first.where(two, ""))
    return {
        # CODEBOOK: the actor of a capture gains; a handover whose receiver is named first was a moving in
        "actor": first.where(~two, second),
        "target": second.where(~two, first),
        "gainer": gainer,
        "loser": loser,
        "label_used": cells["actor"].where(~two, cells["target"]),
    }


def _is(kinds: pd.Series, words: tuple[str, ...]) -> pd.Series:
    return kinds.str.strip().str.casefold().str.startswith(words)


@cache
def _forms(source: str) -> list[tuple[re.Pattern[str], str, bool]]:
    table = data.table("exchange/actor_forms", numeric=("position",)).sort_values("position")
    rows = table[table["format"] == source].itertuples()
    return [(re.compile(row.pattern), row.reads, row.is_id == "yes") for row in rows]


@cache
def _official() -> dict[str, str]:
    """Give the ids of the codebook by the names under which it goes out."""
    table = data.table("codebook/actors")
    return dict(zip(table["name_en"].str.casefold(), table["actor"], strict=True))


@cache
def _actor(name: str, source: str) -> str:
    """Normalise an actor's name; a likeness of letters alone is not enough to say who it is."""
    if name.casefold() in _official():
        return _official()[name.casefold()]
    for pattern, reads, is_id in _forms(source):
        if is_id and pattern.search(name):
            return reads
        name = pattern.sub(reads, name)
    found = actors.resolve([name]).iloc[0] if name.strip() else None
    if found is None or found["method"] == "fuzzy":
        return ""
    guessed = found["method"] == "description" and found["score"] < 0.7
    return "" if guessed else str(found["actor"])
