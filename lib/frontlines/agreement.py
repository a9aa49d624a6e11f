"""Two codings of one text compared: matches, what differs, precision, recall, Krippendorff's alpha."""

import re
from collections.abc import Collection
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from frontlines import codebook, gazetteer, plausible, toponyms
from frontlines.errors import SchemaError

FIELDS = ("event_type", "place", "place_relation", "actor", "target", "date", "status", "source")
PAIR_COLUMNS = ("unit", "row_a", "row_b", "match", "differs", "km", "words",
                *(f"{field}_{side}" for field in FIELDS for side in "ab"), "quote_a", "quote_b")  # fmt: skip
# each level asks for its own fields and for those of the levels before it
LEVELS = {
    "type+place": ("event_type", "place"),
    "+actor": ("actor",),
    "full": ("date",),
    "full+status": ("status",),
}
SCORE_COLUMNS = ("level", "event_type", "a", "b", "both", "precision", "recall", "f1")
CONFUSION_COLUMNS = ("event_type_a", "event_type_b", "n")
NOT_CODED = "not coded"
_ALIASES = {"place_name": "place", "sentence_id": "unit", "dispatch_id": "unit"}
_ENOUGH_WORDS = 0.3  # of the words shared: two codings of other types may still be of one act
_NUMBERS = {"lat": 90.0, "lon": 180.0, "start": 1e10, "end": 1e10}  # columns, and the most that they hold
_Grid = np.ndarray[Any, np.dtype[Any]]


def compare(
    a: pd.DataFrame, b: pd.DataFrame, *, within_km: float = 15.0, place_open: Collection[str] = ()
) -> pd.DataFrame:
    """
    Match the rows of two codings, one to one, as well as can be.

    Parameters
    ----------
    a, b
        Events tables, or sheets coded by hand: event_type, and any of actor, target, place (or place_name),
        lat, lon (WGS84 degrees), place_relation, date, status, source, quote, start, end. Where both have
        dispatch_id or sentence_id with values in common, rows match only within one dispatch or sentence.
        Rows with all these fields empty are passed over.
    within_km
        Places are one within this distance (km), or where neither row has any. A place without a point is
        looked up in the gazetteer.
    place_open
        Families of event types whose place is not compared (``"border"``, ``"reaction"``).

    Returns
    -------
    pandas.DataFrame
        Columns of `PAIR_COLUMNS`, a row a pair or an unmatched row, in the order of a, then of b: unit,
        row_a, row_b (position from 0, missing where there is no partner), match (``full``: type, place,
        actor, date and status agree; ``partial``; ``only a``; ``only b``), differs (fields joined by ``;``),
        km between the places, words (share of words or characters in common, 0-1), then the fields of both.

    Raises
    ------
    SchemaError
        If a table lacks event_type, or holds types that the codebook does not know, or points that are none.

    Notes
    -----
    The assignment with the most pairs alike in type and place; among those the most alike in actor too, then
    in date, then in status; then in their words. Swapping a and b swaps the columns and nothing else. Rows of
    other type or place are paired only if nothing better is left and their words overlap.
    """
    first, second = _sheet(a, "a"), _sheet(b, "b")
    grouped = bool(set(first["unit"]) & set(second["unit"]) - {""})
    if not grouped:
        first["unit"] = second["unit"] = ""
    rows: list[dict[str, Any]] = []
    for unit in sorted({*first["unit"], *second["unit"]}):
        one, two = first[first["unit"] == unit], second[second["unit"] == unit]
        rows += _matched(one, two, _alike(one, two, within_km, place_open))
    pairs = pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype({"row_a": "Int64", "row_b": "Int64"})
    order = pairs.assign(late=pairs["row_a"].isna()).sort_values(["late", "row_a", "row_b"], kind="stable")
    return pairs.loc[order.index].reset_index(drop=True)


def scores(pairs: pd.DataFrame) -> pd.DataFrame:
    """
    Give precision, recall and F1 of coding b against coding a.

    Parameters
    ----------
    pairs
        What `compare` gives, or several of them concatenated.

    Returns
    -------
    pandas.DataFrame
        Columns of `SCORE_COLUMNS`: level (of `LEVELS`: ``type+place``, ``+actor``, ``full`` with the date,
        ``full+status``), event_type (``all``, then each type by name), rows in a and in b, rows in both,
        precision (both / b), recall (both / a) and F1, all 0-1, missing where there is nothing to divide by.
        F1 is the same when a and b are swapped.
    """
    rows = []
    broken = pairs["differs"].str.split(";")
    types = sorted({*pairs["event_type_a"], *pairs["event_type_b"]} - {""})
    asked: tuple[str, ...] = ()
    for level, fields in LEVELS.items():
        asked += fields
        missed = pd.Series([bool(set(f) & set(asked)) for f in broken], index=pairs.index, dtype=bool)
        both = pairs["row_a"].notna() & pairs["row_b"].notna() & ~missed
        for name in ["all", *types]:
            mine, theirs = (
                (pairs[f"event_type_{side}"] != "" if name == "all" else pairs[f"event_type_{side}"] == name)
                for side in "ab"
            )
            rows.append((level, name, *_rates(int(mine.sum()), int(theirs.sum()), int((both & mine).sum()))))
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def alpha(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    field: str = "event_type",
    within_km: float = 15.0,
    place_open: Collection[str] = (),
) -> float:
    """
    Compute Krippendorff's alpha (nominal) of two codings.

    Parameters
    ----------
    a, b
        As for `compare`.
    field
        ``event_type``: the units are all spans, matched and unmatched; where one coder has nothing, its value
        is "not coded". Another of `FIELDS`: the units are the matched pairs only, since what was not coded
        has no actor or date.
    within_km, place_open
        As for `compare`.

    Returns
    -------
    float
        1 is agreement, 0 what chance would give; nan where alpha is not defined (no unit, or one value only).

    Notes
    -----
    K. Krippendorff, Content Analysis, chapter 11. There is no unit that neither coder coded, so alpha over
    types is a strict figure: read it beside F1.
    """
    pairs = compare(a, b, within_km=within_km, place_open=place_open)
    return alpha_of(pairs, field=field)


def alpha_of(pairs: pd.DataFrame, *, field: str = "event_type") -> float:
    """
    Compute Krippendorff's alpha of codings that are already matched.

    Parameters
    ----------
    pairs
        What `compare` gives, or several of them concatenated.
    field
        As for `alpha`.

    Returns
    -------
    float
        As for `alpha`.
    """
    if field != "event_type":
        pairs = pairs[pairs["row_a"].notna() & pairs["row_b"].notna()]
    values = [pairs[f"{field}_{side}"].replace("", NOT_CODED).tolist() for side in "ab"]
    if field == "place":  # two names of one place are one value
        same = ~pairs["differs"].str.split(";").map(lambda fields: "place" in fields)
        values[1] = [one if alike else two for one, two, alike in zip(*values, same, strict=True)]
    codes = {value: number for number, value in enumerate(sorted({*values[0], *values[1]}))}
    if len(codes) < 2:
        return float("nan")
    grid = np.array([[codes[value] for value in side] for side in values], dtype=float)
    return float(krippendorff.alpha(reliability_data=grid, level_of_measurement="nominal"))


def confusion(pairs: pd.DataFrame) -> pd.DataFrame:
    """
    Count which type one coder chose where the other chose which.

    Parameters
    ----------
    pairs
        What `compare` gives, or several of them concatenated.

    Returns
    -------
    pandas.DataFrame
        Columns of `CONFUSION_COLUMNS`: the two types (``not coded`` where a coder has nothing) and the number
        of pairs, the most frequent disagreements first, then the agreements.
    """
    types = pairs[["event_type_a", "event_type_b"]].replace("", NOT_CODED)
    counts = types.value_counts().rename("n").reset_index()
    counts["same"] = counts["event_type_a"] == counts["event_type_b"]
    order = ["same", "n", *CONFUSION_COLUMNS[:2]]
    counts = counts.sort_values(order, ascending=[True, False, True, True])
    return counts[list(CONFUSION_COLUMNS)].reset_index(drop=True)


def _sheet(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Bring a coding to one form: the fields as text, a point, spans, and the words as a set."""
    named = {old: new for old, new in _ALIASES.items() if new not in frame}
    frame = frame.rename(columns=named).reset_index(drop=True)
    frame = frame.loc[:, ~frame.columns.duplicated()]
    if "event_type" not in frame:
        raise SchemaError(f"coding {name} has no column event_type; a coding has the columns of the codebook")
    wanted = (*FIELDS, "unit", "quote", "date_end")
    text = {c: frame[c].fillna("").astype(str).str.strip() if c in frame else "" for c in wanted}
    sheet = pd.DataFrame(text, index=frame.index).astype("str")
    points = {c: _numbers(frame[c], name, most) if c in frame else np.nan for c, most in _NUMBERS.items()}
    sheet = sheet.assign(**points)
    sheet = sheet[(sheet[list(FIELDS)] != "").any(axis=1)]  # a sentence without an event stays blank
    _refuse_unknown_types(sheet, name)
    for column in ("date", "date_end"):
        _refuse(sheet[column], ~sheet[column].map(lambda day: not day or plausible.is_day(day)), name,
                "a day as YYYY-MM-DD, or empty")  # fmt: skip
    statuses = codebook.vocabulary("status")
    _refuse(sheet["status"], ~sheet["status"].isin(("", *statuses)), name, f"one of {', '.join(statuses)}")
    for column in ("actor", "target", "source"):
        parts = sheet[column].str.replace(",", ";").str.split(";")
        sheet[column] = [";".join(sorted({p.strip() for p in row} - {""})) for row in parts]
    return _located(sheet)


def _numbers(column: pd.Series, name: str, most: float) -> pd.Series:
    blank = column.replace(r"^\s*$", np.nan, regex=True) if column.dtype != float else column
    numbers = pd.to_numeric(blank, errors="coerce").astype(float)
    _refuse(blank, blank.notna() & ~(numbers.abs() <= most), name, f"a number from {-most:g} to {most:g}")
    return numbers


def _refuse(column: pd.Series, wrong: pd.Series, name: str, expected: str) -> None:
    for row, value in column[wrong.astype(bool)].head(1).items():
        raise SchemaError(f"coding {name}, row {row + 1}, {column.name}: {value!r}; expected {expected}")


def _refuse_unknown_types(sheet: pd.DataFrame, name: str) -> None:
    wrong = sheet[~sheet["event_type"].isin(codebook.vocabulary("event_type"))]
    if len(wrong):
        told = "; ".join(f"row {i + 1}: {value!r}" for i, value in wrong["event_type"].head(5).items())
        raise SchemaError(
            f"coding {name}: {len(wrong)} row(s) with no event_type of the codebook ({told}); "
            "see data/codebook/event_types.csv"
        )


def _located(sheet: pd.DataFrame) -> pd.DataFrame:
    """Look up the points of places that were given by name only."""
    bare = sheet.index[(sheet["place"] != "") & sheet["lat"].isna()]
    if len(bare):
        found = gazetteer.resolve(sheet.loc[bare, "place"].tolist())
        for column in ("lat", "lon"):
            sheet.loc[bare, column] = pd.to_numeric(found[column]).to_numpy(float)
    return sheet


def _alike(
    a: pd.DataFrame, b: pd.DataFrame, within_km: float, place_open: Collection[str]
) -> dict[str, _Grid]:
    """Compare every row of a with every row of b, field by field."""
    grids: dict[str, _Grid] = {
        field: a[field].to_numpy(object)[:, None] == b[field].to_numpy(object)[None, :] for field in FIELDS
    }
    mine, theirs = (t[["lat", "lon"]].to_numpy(float) for t in (a, b))
    km = toponyms.apart(mine[:, None], theirs)
    unlocated = np.isnan(mine[:, :1]) & np.isnan(theirs[:, 0])
    grids["place"] = (km <= within_km) | (unlocated & grids["place"])
    family = dict(codebook.event_types()[["event_type", "family"]].to_numpy(str))
    free = a["event_type"].map(family).isin(list(place_open)).to_numpy()[:, None]
    grids["place"] |= free & grids["event_type"]
    return grids | {"km": km, "words": _shared_words(a, b, grids["event_type"] | grids["place"])}


def _shared_words(a: pd.DataFrame, b: pd.DataFrame, asked: _Grid) -> _Grid:
    """Give the share (Dice) of the words that two quotes have in common, or of the characters, by offsets."""
    bags = [[frozenset(re.findall(r"\w+", quote.casefold())) for quote in t["quote"]] for t in (a, b)]
    spans = [list(zip(t["start"], t["end"], strict=True)) for t in (a, b)]
    shared = np.zeros(asked.shape)
    for i, j in zip(*np.nonzero(asked), strict=True):
        one, two = bags[0][i], bags[1][j]
        words = 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0
        shared[i, j] = max(words, _overlap(spans[0][i], spans[1][j]))
    return shared


def _overlap(one: tuple[float, float], two: tuple[float, float]) -> float:
    if any(np.isnan(edge) for edge in (*one, *two)) or one[1] <= one[0] or two[1] <= two[0]:
        return 0.0
    common = min(one[1], two[1]) - max(one[0], two[0])
    return max(0.0, 2 * common / (one[1] - one[0] + two[1] - two[0]))


def _matched(a: pd.DataFrame, b: pd.DataFrame, alike: dict[str, _Grid]) -> list[dict[str, Any]]:
    """Assign rows to each other; return pairs and rows that are left over."""
    words, step = alike["words"], float(min(len(a), len(b)) + 1)
    good = alike["event_type"] & alike["place"]
    related = good | ((alike["event_type"] | alike["place"]) & (words >= _ENOUGH_WORDS))
    worth, weight = np.where(related, 1 + words / 2, 0.0) / (2 * step), 1.0
    for field in ("status", "date", "actor"):
        # what stands higher must outweigh all pairs of what stands lower
        worth = worth + np.where(related & alike[field], weight, 0.0) * np.where(good, 1, 1 / step**4)
        weight *= step
    worth = worth + np.where(good, weight, 0.0)
    chosen = [(int(i), int(j)) for i, j in zip(*linear_sum_assignment(-worth), strict=True) if related[i, j]]
    rows = [_pair(a, b, i, j, alike) for i, j in chosen]
    rows += [_pair(a, b, i, None, alike) for i in set(range(len(a))) - {i for i, _ in chosen}]
    rows += [_pair(a, b, None, j, alike) for j in set(range(len(b))) - {j for _, j in chosen}]
    return rows


def _pair(
    a: pd.DataFrame, b: pd.DataFrame, i: int | None, j: int | None, alike: dict[str, _Grid]
) -> dict[str, Any]:
    one = a.iloc[i].to_dict() if i is not None else {}
    two = b.iloc[j].to_dict() if j is not None else {}
    row: dict[str, Any] = {"unit": (one or two)["unit"], "differs": "", "km": np.nan, "words": 0.0}
    row |= {"row_a": a.index[i] if i is not None else pd.NA, "row_b": b.index[j] if j is not None else pd.NA}
    row |= {f"{field}_a": one.get(field, "") for field in (*FIELDS, "quote")}
    row |= {f"{field}_b": two.get(field, "") for field in (*FIELDS, "quote")}
    if i is None or j is None:
        return row | {"match": "only b" if i is None else "only a"}
    differs = [field for field in FIELDS if not alike[field][i, j]]
    counted = {field for fields in LEVELS.values() for field in fields}
    km = round(float(alike["km"][i, j]), 1)
    row |= {"differs": ";".join(differs), "km": km, "words": round(float(alike["words"][i, j]), 2)}
    return row | {"match": "partial" if counted & set(differs) else "full"}


def _rates(a: int, b: int, both: int) -> tuple[int, int, int, float, float, float]:
    precision = round(both / b, 3) if b else float("nan")
    recall = round(both / a, 3) if a else float("nan")
    return a, b, both, precision, recall, round(2 * both / (a + b), 3) if a + b else float("nan")
