"""Tables in the columns of ACLED, UCDP GED and GDELT, of our own making."""

import csv

import pandas as pd

from frontlines import crosswalk

# rows of our own making: nothing of anybody's data set
ROWS = {
    "acled": {
        "event_id_cnty": "SYR1", "event_date": "2024-12-05", "year": "2024", "time_precision": "1",
        "event_type": "Battles", "sub_event_type": "Non-state actor overtakes territory",
        "actor1": "Military Forces of Syria (2000-2024)", "inter1": "1",
        "actor2": "HTS: Hayat Tahrir al-Sham",
        "inter2": "2", "country": "Syria", "location": "Hama", "latitude": "35.1318", "longitude": "36.7578",
        "geo_precision": "1", "source": "Made up",
        "notes": "=Forces, \"made up\";\nenter Hama", "fatalities": "3",
    },
    "ucdp": {
        "id": "7001", "relid": "SYR-2024-1-7001-1", "type_of_violence": "1", "side_a": "Government of Syria",
        "side_b": "Syrian insurgents", "number_of_sources": "2", "source_headline": "Made up, a \"headline\"",
        "where_prec": "1", "where_coordinates": "Hama town", "latitude": "35.1318", "longitude": "36.7578",
        "country": "Syria", "date_prec": "1", "date_start": "2024-12-05 00:00:00.000",
        "date_end": "2024-12-05 00:00:00.000", "best": "4",
    },
    "gdelt": {
        "GLOBALEVENTID": "1200000001", "SQLDATE": "20241206", "Actor1Code": "TURGOV", "Actor1Name": "TURKEY",
        "Actor1CountryCode": "TUR", "Actor2Code": "SYRREB", "Actor2Name": "SYRIA", "EventCode": "036",
        "EventBaseCode": "036", "EventRootCode": "03", "NumMentions": "4", "ActionGeo_Type": "4",
        "ActionGeo_FullName": "Hama, Hamah, Syria", "ActionGeo_Lat": "35.1318", "ActionGeo_Long": "36.7578",
        "DATEADDED": "20241206120000", "SOURCEURL": "https://example.org/made-up",
    },
}  # fmt: skip
GOOD = {"acled": {}, "ucdp": {}, "gdelt": {"EventCode": "042"}}
ID = {"acled": "event_id_cnty", "ucdp": "id", "gdelt": "GLOBALEVENTID"}


def table(source, *changes):
    """Rows in the columns of a format, each the model row with changes, numbered."""
    columns = crosswalk.columns(source)["column"].tolist()
    model = ROWS[source] | GOOD[source]
    rows = [model | {ID[source]: str(1000 + i)} | change for i, change in enumerate(changes or ({},))]
    return pd.DataFrame([{column: row.get(column, "") for column in columns} for row in rows], dtype="str")


def text(frame, source, *, sep=None, header=None, bom=False):
    tab = source == "gdelt"
    out = frame.to_csv(
        index=False, sep=sep or ("\t" if tab else ","), header=not tab if header is None else header,
        lineterminator="\n", quoting=csv.QUOTE_NONE if tab else csv.QUOTE_MINIMAL,
    )  # fmt: skip
    return out.encode("utf-8-sig" if bom else "utf-8")
