"""Write our own examples from the record: reactions in GDELT's 61 columns, armed acts in UCDP GED's 49.

python data/examples/build.py
"""

from pathlib import Path

import pandas as pd

from frontlines import crosswalk, data

# CAMEO codes for our types; a statement and a protest have none with us, to show what is refused
CODES = {"consultation": "040", "appeal": "020", "condemnation": "111", "endorsement": "051", "aid": "070",
         "warning": "130", "air_strike": "195", "reinforcement": "154", "travel_advisory": "010"}  # fmt: skip


ARMED = ("capture", "clash", "air_strike", "shelling")
HERE = Path(__file__).parent


def gdelt() -> None:
    """Write the reactions, one row an actor, without a header."""
    record = data.table("record/reactions")
    told = record[record["event_type"].isin(CODES) & (record["status"] == "stated")]
    actors = data.table("codebook/actors").drop_duplicates("actor").set_index("actor")
    states = actors.index[actors["type"] == "state"]
    rows = []
    for row in told.to_dict("records"):
        for actor in row["actor"].split(";"):
            first, second = actor, row["target"].split(";")[0]
            country = row["place_name"] if row["place_id"] else ""
            rows.append(
                {
                    "GLOBALEVENTID": 900_000_001 + len(rows),
                    "SQLDATE": row["date"].replace("-", ""),
                    "MonthYear": row["date"].replace("-", "")[:6],
                    "Year": row["date"][:4],
                    "Actor1Code": first + "GOV" if first in states else "",
                    "Actor1Name": actors["name_en"].get(first, "").upper(),
                    "Actor2Code": second + "GOV" if second in states else "",
                    "Actor2Name": actors["name_en"].get(second, "").upper(),
                    "EventCode": CODES[row["event_type"]],
                    "NumMentions": "1",
                    "ActionGeo_Type": "4" if country else "0",
                    "ActionGeo_FullName": f"{country}, , Syria" if country else "",
                    "ActionGeo_Lat": row["lat"] if country else "",
                    "ActionGeo_Long": row["lon"] if country else "",
                }
            )
    columns = crosswalk.columns("gdelt")["column"]
    frame = pd.DataFrame(rows).reindex(columns=columns, fill_value="")
    frame.to_csv(HERE / "gdelt_shape.tsv", sep="\t", header=False, index=False, lineterminator="\n")


def ucdp() -> None:
    """Write captures, clashes and strikes between two sides; the record counts no dead."""
    tables = [data.table(f"record/{name}") for name in ("control_changes", "border_events", "reactions")]
    record = pd.concat(tables).query("event_type in @ARMED and lat != ''")
    record = record[(record["actor"] != "") & (record["target"] != "") & (record["same_as"] == "")]
    actors = data.table("codebook/actors").drop_duplicates("actor").set_index("actor")
    names = actors["name_en"].mask(actors["type"] == "state", "Government of " + actors["name_en"])
    sides = [record[side].str.partition(";")[0].map(names) for side in ("actor", "target")]
    rows = {
        "id": [str(900_001 + number) for number in range(len(record))],
        "year": record["date"].str[:4],
        "type_of_violence": "1",
        "dyad_name": sides[0] + " - " + sides[1],
        "side_a": sides[0],
        "side_b": sides[1],
        "number_of_sources": record["sources"].str.count(";") + 1,
        "source_headline": record["description"],
        "where_prec": pd.cut(record["precision_km"].astype(float), [0, 5, 100, 999], labels=list("126")),
        "where_coordinates": record["place_name"],
        "latitude": record["lat"],
        "longitude": record["lon"],
        "country": "Syria",
        "date_prec": "1",
        "date_start": record["date"],
        "date_end": record["date"],
    }
    columns = crosswalk.columns("ucdp")["column"]
    frame = pd.DataFrame(rows).reindex(columns=columns, fill_value="")
    frame.to_csv(HERE / "ucdp_shape.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    gdelt()
    ucdp()
