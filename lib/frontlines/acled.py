"""Our events in the shape of ACLED's table, and back: what ACLED has no column for goes into its tags."""

from datetime import date
from functools import cache
from typing import Any
from urllib.parse import unquote

import pandas as pd
from babel.core import get_global

from frontlines import actors, codebook, crosswalk, data, events, gazetteer, intake
from frontlines.crosswalk import ORIGINAL, Faults

TAG = "frontlines:"  # in the column tags
_NOT_DONE = ("denied", "expected")
_HELD = ("event_id", "lat", "lon", "place_name", "quote")  # what ACLED's columns hold exactly
_STATE, _REBELS, _CIVILIANS, _ABROAD = "1", "2", "7", "8"  # ACLED's inter codes
_RADII = (("1", 5.0), ("2", 25.0))  # ACLED's geo_precision, and up to which precision_km
# what would end a tag, or the cell's line, is written as in addresses
_ESCAPED = str.maketrans({"%": "%25", ";": "%3B", "\n": "%0A", "\r": "%0D"})


def shape(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Put events into the columns of ACLED.

    Parameters
    ----------
    frame
        An events table (CODEBOOK).

    Returns
    -------
    pandas.DataFrame
        The 31 columns of today, text but for latitude and longitude. Rows that came from ACLED have their
        own cells again (`original_*`). `tags` holds what ACLED has no column for, as
        ``frontlines:name=value`` joined by a semicolon and a space; `fatalities` is empty: we do not count
        the dead. Events that are denied, expected, or of a type ACLED does not have are left out.
    """
    frame = frame.reset_index(drop=True)
    frame = events.tidy(frame[left_out(frame) == ""])
    rows = [_acled_row(row) for row in frame.to_dict("records")]
    out = pd.DataFrame(rows, columns=crosswalk.columns("acled")["column"].tolist(), index=frame.index)
    own = frame["coder"] == "acled"
    for column in out.columns:
        original = ORIGINAL + column
        if original in frame:
            out[column] = out[column].astype("object").mask(own, frame[original])
    return out.reset_index(drop=True)


def left_out(frame: pd.DataFrame) -> pd.Series:
    """Say why an event has no row in ACLED's shape; empty if it has."""
    types = codebook.event_types().set_index("event_type")["acled_event"]
    no_type = frame["event_type"].map(types).fillna("") == ""
    reason = pd.Series("", index=frame.index, dtype="str").mask(no_type, "ACLED has no such event type")
    return reason.mask(frame["status"].isin(_NOT_DONE), frame["status"])


def told_back(frame: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """
    Take from the tags of rows that `shape` made what ACLED's columns cannot hold.

    Parameters
    ----------
    frame
        What `crosswalk.translate` gives of a file of ACLED.
    faults
        What it noted; an event type that ACLED's own does not tell is no fault where a tag tells it.

    Returns
    -------
    pandas.DataFrame
        The table, with the rows that have tags of ours as they were before `shape`.
    """
    if f"{ORIGINAL}tags" not in frame:
        return frame
    ours = frame.index[frame[f"{ORIGINAL}tags"].str.contains(f"{TAG}event_type=", regex=False)]
    if not len(ours):
        return frame
    told = frame.loc[ours]
    rows = [_tags_of(tags) for tags in told[f"{ORIGINAL}tags"]]
    back = pd.DataFrame(rows, index=ours).reindex(columns=list(events.COLUMNS))
    days = crosswalk.days(told[f"{ORIGINAL}event_date"]).dt.strftime("%Y-%m-%d")
    back["date"] = back["date"].astype("object").where(back["date"].notna(), days)
    back["event_id"], back["place_name"] = told[f"{ORIGINAL}event_id_cnty"], told[f"{ORIGINAL}location"]
    back[["lat", "lon", "quote"]] = told[["lat", "lon", "quote"]]
    back = events.tidy(back).astype(dict.fromkeys(events.NUMERIC, "float64"))
    texts = ["event_id", "place_name", "quote"]
    back[texts] = back[texts].apply(intake.plain)
    back = back.join(told.drop(columns=list(events.COLUMNS)))
    faults.found = [f[~(f["row"].isin(ours) & f["column"].str.endswith("event_type"))] for f in faults.found]
    return pd.concat([frame.drop(index=ours), back]).loc[frame.index]


def _tags_of(cell: str) -> dict[str, str]:
    pairs = (part.lstrip().partition("=") for part in cell.split(";"))
    return {key.removeprefix(TAG): unquote(value) for key, _, value in pairs if key.startswith(TAG)}


def _acled_row(row: dict[str, Any]) -> dict[str, Any]:
    kind, sub = _acled_type(row)
    country = _country(row["place_id"])
    who = {"actor": row["actor"], "target": row["target"]}
    if row["event_type"] == "handover" and row["gainer"]:  # ACLED names first who acquires
        who = {"actor": row["gainer"], "target": row["loser"]}
    names = {role: [_name(one) for one in ids.split(";") if one] for role, ids in who.items()}
    inter = {role: _inter(ids.split(";")[0], country) for role, ids in who.items()}
    first, last = (date.fromisoformat(row[c] or row["date"]) for c in ("date", "date_end"))
    middle = first + (last - first) / 2
    civilians = kind == "Violence against civilians" or inter["target"] == _CIVILIANS
    return {
        "event_id_cnty": row["event_id"],
        "event_date": middle.isoformat(),
        "year": str(middle.year),
        "time_precision": _time_precision(row, (last - first).days),
        "disorder_type": "Strategic developments"
        if kind == "Strategic developments"
        else "Political violence",
        "event_type": kind,
        "sub_event_type": sub,
        "actor1": "".join(names["actor"][:1]),
        "assoc_actor_1": "; ".join(names["actor"][1:]),
        "inter1": inter["actor"],
        "actor2": "".join(names["target"][:1]),
        "assoc_actor_2": "; ".join(names["target"][1:]),
        "inter2": inter["target"],
        "interaction": "".join(sorted(filter(None, inter.values()))).ljust(2, "0")
        if any(inter.values())
        else "",
        "civilian_targeting": "Civilian targeting" if civilians else "",
        "iso": _iso(country),
        "region": _regions().get(country, ""),
        "country": _countries().get(country, ""),
        "admin1": _governorate(row["place_id"]),
        "admin2": "",
        "admin3": "",
        "location": row["place_name"],
        "latitude": row["lat"],
        "longitude": row["lon"],
        "geo_precision": _geo_precision(row),
        "source": "; ".join(_name(one) for one in row["source"].split(";") if one),
        "source_scale": "",
        "notes": row["quote"],
        "fatalities": "",
        "tags": _tags(row, event_date=middle.isoformat()),
        "timestamp": "",
    }


def _acled_type(row: dict[str, Any]) -> tuple[str, str]:
    if row["event_type"] == "capture" and row["gainer"]:
        gainer = row["gainer"].split(";")[0]
        # CODEBOOK: the recognised state of that day; on 8 and 9 December 2024 there is none
        if gainer == _country(row["place_id"]) and side_of(gainer, row["date"]):
            return "Battles", "Government regains territory"
    return _types()[row["event_type"]]


@cache
def _types() -> dict[str, tuple[str, str]]:
    table = codebook.event_types()
    theirs = zip(table["acled_event"], table["acled_sub_event"], strict=True)
    return dict(zip(table["event_type"], theirs, strict=True))


def _tags(row: dict[str, Any], *, event_date: str) -> str:
    held = {*_HELD} | ({"date"} if row["date"] == event_date else set())
    told = {c: row[c] for c in events.COLUMNS if c not in held and row[c] != "" and not pd.isna(row[c])}
    texts = {c: f"{v:g}" if isinstance(v, float) else str(v) for c, v in told.items()}
    return "; ".join(f"{TAG}{c}={v.translate(_ESCAPED)}" for c, v in texts.items())


def _time_precision(row: dict[str, Any], days: int) -> str:
    return "3" if days > 7 else "2" if days or row["date_precision"] == "inferred" else "1"


def _geo_precision(row: dict[str, Any]) -> str:
    if row["place_relation"] not in ("", "centre"):
        return "2"
    return next((code for code, km in _RADII if row["precision_km"] <= km), "3")


@cache
def _people() -> pd.DataFrame:
    return data.table("codebook/actors").drop_duplicates("actor").set_index("actor")


def _name(actor: str) -> str:
    return str(_people()["name_en"].get(actor, actor))


@cache
def _inter(actor: str, country: str) -> str:
    if not actor:
        return ""
    kind = _people()["type"].get(actor, "")
    if kind == "state":
        return _STATE if actor == country else _ABROAD
    return _CIVILIANS if actor == "CIV" else _REBELS if kind == "armed_group" or actor == "OPP" else _ABROAD


@cache
def side_of(actor: str, day: str) -> str:
    """
    Give the side of the first of some actors.

    Parameters
    ----------
    actor
        Ids joined by ``;``, or nothing.
    day
        The day (UTC+3), ISO 8601.

    Returns
    -------
    str
        An id of `data/codebook/sides.csv`, or ``""``.
    """
    first = actor.split(";")[0]
    return actors.side(first, date.fromisoformat(day)) if first else ""


@cache
def _place(place_id: str) -> dict[str, str]:
    table = gazetteer.places().set_index("place_id")
    return table.loc[place_id, ["country", "adm1"]].to_dict() if place_id in table.index else {}


def _country(place_id: str) -> str:
    return _place(place_id).get("country", "")


@cache
def _governorate(place_id: str) -> str:
    names = data.layer("governorates").set_index("adm1")["name_en"]
    return str(names.get(_place(place_id).get("adm1", ""), ""))


@cache
def _iso(country: str) -> str:
    """Give the number of ISO 3166-1 that CLDR has for the country."""
    aliases = get_global("territory_aliases")
    two = aliases.get(country, [""])[0]
    return next((code for code, to in aliases.items() if code.isdigit() and to == [two]), "") if two else ""


@cache
def _countries() -> dict[str, str]:
    places = gazetteer.places().query("kind == 'country'")
    return dict(zip(places["country"], places["name"], strict=True))


@cache
def _regions() -> dict[str, str]:
    table = data.table("exchange/regions")
    return dict(zip(table["country"], table["region"], strict=True))
