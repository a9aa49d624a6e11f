"""Write gdelt_shape.tsv: reactions of the record in the 61 columns of GDELT 2.0, of our own making.

python data/examples/build.py
"""

from pathlib import Path

import pandas as pd

from frontlines import crosswalk, data

# CAMEO codes for our types; a statement and a protest have none with us, to show what is refused
CODES = {"consultation": "040", "appeal": "020", "condemnation": "111", "endorsement": "051", "aid": "070",
         "warning": "130", "air_strike": "195", "reinforcement": "154", "travel_advisory": "010"}  # fmt: skip


def main() -> None:
    """Write the file beside this script."""
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
    path = Path(__file__).with_name("gdelt_shape.tsv")
    frame.to_csv(path, sep="\t", header=False, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
