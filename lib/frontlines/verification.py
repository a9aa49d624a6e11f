"""A dispatch held against the record: confirmed, early, late, contradicted; and what it leaves out."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from frontlines import data, events, gazetteer, likeness

VERDICTS = ("confirmed", "same_origin", "earlier", "later", "contradicted", "unrecorded")
COLUMNS = (
    "event_id", "date", "event_type", "actor", "place_id", "place_name", "place_relation", "status", "quote",
    "verdict", "days", "record_day", "record_ids", "origins", "own_origins", "certainty", "reason",
)  # fmt: skip
LEFT_OUT_COLUMNS = (
    "event_id", "day", "event_type", "actor", "place_name", "certainty", "sourced", "origins", "told",
)  # fmt: skip
TABLES = ("control_changes", "border_events", "reactions")
_EXTRA = (
    "side_from", "side_to", "certainty", "sourced", "sources", "variants", "same_as", "note", "description",
    "table",
)  # fmt: skip
_REPEATED_DAYS = 2  # a strike or a warning some days off is another one
_RANK = {"high": 0, "medium": 1, "low": 2}
_Row = Mapping[str, Any]


def record() -> pd.DataFrame:
    """
    Read the events of the record: control changes, border events and reactions in one table.

    Returns
    -------
    pandas.DataFrame
        The events columns, then certainty, sourced, sources, variants, same_as, note, description (empty
        where a table has none) and table (the file's name); days are UTC+3, points WGS84 degrees.
    """
    parts = [data.table(f"record/{name}").assign(table=name) for name in TABLES]
    whole = _filled(pd.concat(parts, ignore_index=True))
    return events.tidy(whole)[[*events.COLUMNS, *_EXTRA]]


def compare(
    coded: pd.DataFrame,
    recorded: pd.DataFrame,
    sources: pd.DataFrame,
    *,
    own: Collection[str] = (),
    window_days: int = 7,
    slack_days: int = 1,
) -> pd.DataFrame:
    """
    Hold each coded event against the record.

    Parameters
    ----------
    coded
        An events table, for example of a dispatch.
    recorded
        What `record` gives, or a table of one's own with the events columns, sourced, sources, certainty.
    sources
        `data/record/sources.csv`: source_id, origin, close_to, kind.
    own
        The dispatch's own origins: agencies (column origin), or states and sides that the origin stands close
        to (column close_to), for example ``["TUR"]``. They cannot confirm what the dispatch says.
    window_days
        Only record rows within so many days of the event speak to it.
    slack_days
        An event whose day is `inferred` may have happened so many days before the dispatch's own.

    Returns
    -------
    pandas.DataFrame
        Columns of `COLUMNS`, a row an event, in order. verdict: ``confirmed`` (the record has it that day, by
        an origin other than the dispatch's own), ``same_origin`` (it has it, but no other origin is known),
        ``earlier`` and ``later`` (the dispatch has it before, or after, the record does), ``contradicted``,
        ``unrecorded``. days: the dispatch's day less the record's (negative: the dispatch is earlier),
        missing where the record has nothing; record_day the nearest day; record_ids, origins, own_origins
        joined by ``;``; certainty the best of the rows; reason in words.

    Notes
    -----
    Control is compared by side at the same place, and the taking of a place answers an advance on it; border
    measures by authority; reactions by actor and type, wherever they speak of. "South of" a place means up
    to 60 km off within 45 degrees, "near" 25 km. Of acts that recur (all but control and border
    measures) the record speaks within two days only. Rows without a citable report neither confirm nor
    contradict; what is denied is contradicted by what was by then. An
    origin that is not known confirms nothing (data/record/README.md).
    """
    known = _prepared(recorded, sources, own)
    area = gazetteer.places().set_index("place_id")[["kind", "adm1", "country"]]
    known = known.join(area, on="place_id")
    rows = []
    placed = events.tidy(coded).join(area, on="place_id").fillna({"kind": "", "adm1": ""})
    for event in placed.to_dict("records"):
        kept = {column: event[column] for column in COLUMNS if column in event}
        rows.append(kept | _judge(event, known, window_days, slack_days))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({column: "Int64" if column == "days" else "str" for column in COLUMNS})


def counts(verdicts: pd.DataFrame) -> pd.DataFrame:
    """
    Count verdicts.

    Parameters
    ----------
    verdicts
        What `compare` gives.

    Returns
    -------
    pandas.DataFrame
        Columns verdict (all of `VERDICTS`, in order) and events.
    """
    found = verdicts["verdict"].value_counts()
    return pd.DataFrame({"verdict": VERDICTS, "events": [int(found.get(v, 0)) for v in VERDICTS]})


def left_out(
    verdicts: pd.DataFrame, recorded: pd.DataFrame, sources: pd.DataFrame, *, first_day: str, last_day: str
) -> pd.DataFrame:
    """
    List what the record has on some days and the dispatch does not tell.

    Parameters
    ----------
    verdicts
        What `compare` gives.
    recorded, sources
        As for `compare`.
    first_day, last_day
        ISO days (UTC+3): rows that may lie within them count.

    Returns
    -------
    pandas.DataFrame
        Columns of `LEFT_OUT_COLUMNS`: the best documented first (sourced, certainty, number of origins), then
        by day and id. told is the record's description or note. An act that the record tells twice (same_as)
        is listed once; denied and expected acts are not listed.
    """
    known = _prepared(recorded, sources, ())
    told = set(verdicts["record_ids"].str.split(";").explode()) - {""}
    # an act that the record tells twice is told if either row was
    twins = known["same_as"].str.split(";").map(set)
    alike = dict(zip(known["event_id"], twins, strict=True))
    told |= {i for i, others in alike.items() if others & told}
    told |= {other for i, others in alike.items() if i in told for other in others}
    last = known["date_end"].where(known["date_end"] != "", known["date"])
    fits = (known["date"] <= last_day) & (last >= first_day) & ~known["status"].isin(["denied", "expected"])
    rest = known[fits & ~known["event_id"].isin(told) & (known["same_as"] == "")].copy()
    rest["day"] = rest["date"] + ("/" + rest["date_end"]).where(rest["date_end"] != "", "")
    rest["told"] = rest["description"].where(rest["description"] != "", rest["note"].map(_note))
    order = rest.assign(
        unsourced=rest["sourced"] == "no", rank=rest["certainty"].map(_RANK), few=-rest["other"].map(len)
    )
    order = order.sort_values(["unsourced", "rank", "few", "date", "event_id"], kind="stable")
    return order.assign(origins=order["other"].map(";".join))[list(LEFT_OUT_COLUMNS)].reset_index(drop=True)


def _prepared(recorded: pd.DataFrame, sources: pd.DataFrame, own: Collection[str]) -> pd.DataFrame:
    """Give each record row its origins: others, and the dispatch's own; wikis and archives are no origin."""
    known = _filled(recorded)
    counted = sources[~sources["kind"].isin(["wiki", "archive", "section", "mirror"])]
    mine = counted["origin"].isin(list(own)) | counted["close_to"].isin(list(own))
    origin = counted["origin"].where((counted["origin"] != "") | ~mine, counted["publisher"])
    other = dict(zip(counted.loc[~mine, "source_id"], origin[~mine], strict=True))
    ours = dict(zip(counted.loc[mine, "source_id"], origin[mine], strict=True))
    cited = known["sources"].str.split(";")
    for column, table in (("other", other), ("own", ours)):
        known[column] = [sorted({table[s] for s in row if table.get(s)}) for row in cited]
    return known


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Give a table of the record all the columns that are asked for beside those of events."""
    return table.assign(**{c: table[c].fillna("") if c in table else "" for c in _EXTRA})


def _judge(event: _Row, known: pd.DataFrame, window_days: int, slack_days: int) -> dict[str, Any]:
    if likeness.families()[event["event_type"]] not in ("control", "border"):
        window_days = min(window_days, _REPEATED_DAYS)
    rows = known[likeness.same_act(event, known)]
    gaps = [likeness.gap(event, row, slack_days) for row in rows.to_dict("records")]
    rows = rows.assign(days=[days for days, _ in gaps], day=[day for _, day in gaps]).astype({"days": int})
    rows = rows[rows["days"].abs() <= window_days]
    citable = rows[rows["sourced"] != "no"]
    held = citable[citable["status"] != "denied"]
    if event["status"] == "denied":
        return _on_denied(held)
    if len(held):
        return _dated(event, _best(held))
    against = _against(event, known, citable, window_days, slack_days)
    if len(against):
        who = "; ".join(dict.fromkeys(against["telling"]))
        return _verdict("contradicted", _best(against), f"the record has it otherwise: {who}")
    return _verdict("unrecorded", None, _why_nothing(event, known, rows))


def _best(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of the nearest day."""
    nearest = rows["days"].abs().min()
    ranked = rows[rows["days"].abs() == nearest]
    ranked = ranked.assign(rank=ranked["certainty"].map(_RANK))
    return ranked.sort_values(["rank", "date", "event_id"], kind="stable")


def _dated(event: _Row, rows: pd.DataFrame) -> dict[str, Any]:
    days, gap = int(rows["days"].iloc[0]), abs(int(rows["days"].iloc[0]))
    lead = "expected in the dispatch; " if event["status"] == "expected" else ""
    if days:
        when = f"{gap} day{'s' * (gap > 1)} {'before' if days < 0 else 'after'} the record has it"
        told = "later" if days > 0 else "earlier"
        return _verdict(told, rows, f"{lead}told {when}: {_telling(rows)}")
    if any(rows["other"].map(bool)):
        return _verdict("confirmed", rows, f"{lead}{_telling(rows)}")
    own = any(rows["own"].map(bool))
    why = "rests on the dispatch's own origins alone" if own else "names no first reporter"
    return _verdict("same_origin", rows, f"{lead}the record {why}: {_telling(rows)}")


def _on_denied(held: pd.DataFrame) -> dict[str, Any]:
    by_then = held[held["days"] >= 0]
    if len(by_then):
        rows = _best(by_then)
        return _verdict("contradicted", rows, f"denied in the dispatch; the record has it: {_telling(rows)}")
    later = f" until {held['day'].min()}" if len(held) else ""
    return _verdict("unrecorded", None, f"denied in the dispatch, and the record has no such act{later}")


def _against(
    event: _Row, known: pd.DataFrame, citable: pd.DataFrame, window_days: int, slack_days: int
) -> pd.DataFrame:
    """Give citable rows that say otherwise: another taker, another measure, or a denial."""
    denied = citable[citable["status"] == "denied"].assign(telling="denied by a party")
    family = likeness.families()[event["event_type"]]
    if family == "control" and event["place_id"] and event["place_relation"] == "" and event["gainer"]:
        other = known[(known["place_id"] == event["place_id"]) & known["event_type"].isin(likeness.TAKING)]
    elif family == "border" and event["actor"]:
        types = [name for name, of in likeness.families().items() if of == "border"]
        same = likeness.same_doers(event, known) & likeness.same_border(event, known)
        other = known[known["event_type"].isin(types) & same]
    else:
        return denied
    other = other[(other["sourced"] != "no") & ~other["status"].isin(["denied", "expected"])]
    gaps = [likeness.gap(event, row, slack_days) for row in other.to_dict("records")]
    other = other.assign(days=[days for days, _ in gaps], day=[day for _, day in gaps]).astype({"days": int})
    other = other[other["days"].abs() <= (window_days if family == "control" else 0)]
    telling = other["event_type"].str.replace("_", " ") + " by " + other["actor"].replace("", "nobody named")
    return pd.concat([denied, other.assign(telling=telling + " at " + other["place_name"])])


def _why_nothing(event: _Row, known: pd.DataFrame, rows: pd.DataFrame) -> str:
    if len(rows):
        return f"only without a citable report: {';'.join(rows['event_id'].head(3))}"
    if event["event_type"] not in set(known["event_type"]):
        return f"the record keeps no {event['event_type'].replace('_', ' ')}"
    control = likeness.families()[event["event_type"]] == "control"
    if control and event["place_id"] not in set(known["place_id"]):
        return "the record has no event at this place"
    return "nothing of this kind by this actor, there and in these days"


def _telling(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    who = f" by {row['actor']}" if row["actor"] else ""
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    note = row["description"] or _note(row["note"])
    told = f"{row['event_type'].replace('_', ' ')}{who}, {row['place_name']}, {row['day']}{more}"
    return f"{told} ({note})" if note else told


def _note(note: str) -> str:
    """Leave out of a note what speaks of the record's own making."""
    return re.sub(
        r"(?:^|; ?)certainty \w+ before the rules|(?:^|; ?)an address that does not count.*", "", note
    )


def _verdict(verdict: str, rows: pd.DataFrame | None, reason: str) -> dict[str, Any]:
    blank = dict.fromkeys(("record_day", "record_ids", "origins", "own_origins", "certainty"), "")
    told: dict[str, Any] = {"verdict": verdict, "reason": reason, "days": pd.NA, **blank}
    if rows is None:
        return told
    first = rows.iloc[0]
    told |= {"days": int(first["days"]), "record_day": first["day"], "certainty": first["certainty"]}
    told["record_ids"] = ";".join(rows["event_id"])
    for column, name in (("other", "origins"), ("own", "own_origins")):
        told[name] = ";".join(sorted({one for row in rows[column] for one in row}))
    return told
