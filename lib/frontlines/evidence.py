"""What the record rests on: reports, inferences or neither, table by table and side by side."""

from functools import cache

import pandas as pd

from frontlines import data

# what makes a row citable, and what is an origin: data/record/README.md, "Sources"
ORIGIN_KINDS = frozenset({"agency", "newspaper", "broadcaster", "official", "monitor"})
CITABLE_KINDS = ORIGIN_KINDS | {"wiki", "archive"}
_TABLES = {"baseline": "side", "control_changes": "side_to", "crossings": "side_on_26nov",
           "border_events": "", "reactions": ""}  # fmt: skip


def measures() -> pd.DataFrame:
    """
    Count what each table of the record rests on, side by side.

    Returns
    -------
    pandas.DataFrame
        Columns table, side (who holds, or takes; ``-`` where the table or the row has none), rows, direct
        (a citable report names it), inferred (it follows from such a report), none (no report that counts),
        two_origins (rows with two or more independent origins, by `origins`). After the sides of a table
        stands a row ``all``.
    """
    counted = pd.concat(_counted(name, side) for name, side in _TABLES.items())
    whole = counted.assign(side="all").groupby(["table", "side"], sort=False).sum()
    table = pd.concat([counted.groupby(["table", "side"]).sum(), whole]).reset_index()
    order = table["table"].map(list(_TABLES).index)
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def headline() -> pd.DataFrame:
    """
    Count the independent origins for the places that every day's account turns on.

    Returns
    -------
    pandas.DataFrame
        The capitals of the fourteen governorates and the main gates (crossings.csv, column main): id, name,
        kind (``capital``, ``gate``), rows (of the record that speak of it), origins (of the best of them).
    """
    capitals = data.table("codebook/capitals")["place_id"].drop_duplicates()
    places = pd.concat([data.table("record/baseline"), data.table("record/control_changes")])
    crossings = data.table("record/crossings")
    main = crossings.loc[crossings["main"] == "yes", "crossing_id"]
    acts = data.table("record/border_events")
    told = pd.concat([crossings.rename(columns={"crossing_id": "gate"}),
                      acts.assign(gate=acts["crossing_ids"].str.split(";")).explode("gate")])  # fmt: skip
    names = {**dict(zip(places["place_id"], places["place_name"], strict=True)),
             **dict(zip(crossings["crossing_id"], crossings["name"], strict=True))}  # fmt: skip
    rows = []
    for kind, ids, frame, key in (("capital", capitals, places, "place_id"), ("gate", main, told, "gate")):
        for one in ids:
            found = frame.loc[frame[key] == one, "sources"]
            rows.append((one, names[one], kind, len(found), max(map(origins, found), default=0)))
    return pd.DataFrame(rows, columns=["id", "name", "kind", "rows", "origins"])


def origins(sources: str) -> int:
    """
    Count the independent origins among the sources of a row.

    Parameters
    ----------
    sources
        Ids of `data/record/sources.csv`, joined with ``;``.

    Returns
    -------
    int
        Two that stand close to the same side or state are one; a page whose first reporter is not known, a
        compiler, a mirror and a section are none.
    """
    known = _sources()
    return len({known[one] for one in sources.split(";") if known.get(one)})


@cache
def _sources() -> dict[str, str]:
    """Give each page that is an origin the name under which it counts."""
    frame = data.table("record/sources")
    counts = frame["kind"].isin(ORIGIN_KINDS) & (frame["origin"] != "")
    named = frame["close_to"].where(frame["close_to"] != "", frame["origin"]).where(counts, "")
    return dict(zip(frame["source_id"], named, strict=True))


def _counted(name: str, side: str) -> pd.DataFrame:
    frame = data.table(f"record/{name}")
    held = frame[side].replace("", "-") if side else pd.Series("-", index=frame.index)
    sourced = frame["sourced"] == "yes"
    return pd.DataFrame({
        "table": name,
        "side": held,
        "rows": 1,
        "direct": (sourced & (frame["basis"] == "found")).astype(int),
        "inferred": (sourced & (frame["basis"] == "inferred")).astype(int),
        "none": (~sourced).astype(int),
        "two_origins": (frame["sources"].map(origins) > 1).astype(int),
    })  # fmt: skip
