import csv
from pathlib import Path

import pandas as pd
import pytest

from frontlines import coder, data, dispatch, events, gazetteer, verification

TABLE = (Path(__file__).parent / "cases/against_the_record.tsv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))
PLACES = {
    "Hama": "gn:170017", "Homs": "gn:169577", "Rastan": "gn:172946", "Damascus": "gn:170654",
    "Syria": "gn:163843", "Lebanon": "gn:272103", "HomsGovernorate": "gn:169575",
    "GolanHeights": "fl:golan-heights", "Nasib": "fl:nasib-crossing", "Arida": "fl:arida-crossing",
    "Masnaa": "fl:jdeidat-yabous-crossing", "LebanonBorder": "fl:border-lbn-syr",
}  # fmt: skip
SOURCES = pd.DataFrame(
    [("s-AP", "A paper", "AP", "", "newspaper"), ("s-AA", "Elips", "AA", "TUR", "newspaper"),
     ("s-TRT", "TRT World", "TRT", "TUR", "broadcaster"), ("s-WIKI", "Wikipedia", "Wikipedia", "", "wiki"),
     ("s-NOBODY", "A mirror of nobody", "", "", "newspaper")],
    columns=["source_id", "publisher", "origin", "close_to", "kind"],
)  # fmt: skip
LOSER = {"capture": "SYR", "handover": "SYR"}


def act(text, name):
    """Write an event from its short form: `day type actor place words`."""
    day, event_type, actor, place, *words = text.split()
    first, _, last = day.partition("..")
    place, _, relation = place.partition(".")
    row = {
        "event_id": name, "dispatch_id": "d1", "date": f"2024-12-{first}",
        "date_end": last and f"2024-12-{last}",
        "date_precision": "inferred" if "inferred" in words else "range" if last else "day",
        "event_type": event_type, "actor": actor.strip("-"), "place_relation": relation, "coder": "test",
        "status": next((word for word in words if word in ("denied", "expected")), "stated"),
    }  # fmt: skip
    if place != "-":
        known = gazetteer.lookup([PLACES[place]]).iloc[0]
        row |= {
            "place_id": known["place_id"],
            "place_name": known["name"],
            "lat": known["lat"],
            "lon": known["lon"],
        }
    if event_type in LOSER:
        giving = event_type == "handover" and actor == "SYR"
        row |= {"gainer": "" if giving else row["actor"], "loser": "SYR"}
    if event_type == "withdrawal":
        row["loser"] = row["actor"]
    return row


def coded(*texts):
    return events.tidy(
        pd.DataFrame([act(text, f"e{i}") for i, text in enumerate(texts)], columns=list(events.COLUMNS))
    )


def recorded(*texts):
    rows = []
    for i, text in enumerate(filter(None, texts)):
        *head, origins = text.split()[:5]
        words = text.split()[5:]
        row = act(" ".join([*head, *words]), f"rec:{i}")
        row |= {
            "sources": ";".join(f"s-{one}" for one in origins.split("+") if one != "-"),
            "certainty": "medium",
        }
        row |= {"sourced": "no" if origins == "-" else "yes", "same_as": "", "note": "", "table": "own"}
        row["variants"] = next((word[9:] for word in words if word.startswith("variants=")), "")
        rows.append(
            row | {word.split("=")[0]: word.split("=")[1] for word in words if word.startswith("same_as=")}
        )
    extra = ["sources", "certainty", "sourced", "same_as", "note", "table", "variants"]
    return events.tidy(pd.DataFrame(rows, columns=[*events.COLUMNS, *extra]))


def judged(event, *rows):
    return verification.compare(coded(event), recorded(*rows), SOURCES, own=["TUR"]).iloc[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_verdicts(case):
    row = judged(case["event"], *case["record"].split("; "))
    assert row["verdict"] == case["verdict"], row["reason"]
    assert (pd.isna(row["days"]) and case["days"] == "") or int(row["days"]) == int(case["days"] or 99)
    assert len(row["reason"]) > 10
    assert (row["record_ids"] == "") == (row["verdict"] == "unrecorded")


def test_the_nearest_day_counts_and_all_its_rows_are_named():
    row = judged(
        "05 capture HTS Hama", "03 capture HTS Hama AP", "06 capture HTS Hama AA", "06 handover HTS Hama AP"
    )
    assert (row["verdict"], int(row["days"]), row["record_ids"]) == ("earlier", -1, "rec:1;rec:2")
    assert (row["origins"], row["own_origins"]) == ("AP", "AA")


def test_own_may_name_an_agency_instead_of_a_state():
    rows = recorded("05 capture HTS Hama TRT")
    for own, verdict in ((["AA"], "confirmed"), (["TRT"], "same_origin"), ([], "confirmed")):
        assert (
            verification.compare(coded("05 capture HTS Hama"), rows, SOURCES, own=own)["verdict"].item()
            == verdict
        )


def test_a_report_whose_first_reporter_is_not_told_says_so():
    assert "names no first reporter" in judged("05 capture HTS Hama", "05 capture HTS Hama NOBODY")["reason"]
    assert "own origins alone" in judged("05 capture HTS Hama", "05 capture HTS Hama AA")["reason"]


def test_no_events_no_record():
    nothing = verification.compare(coded(), recorded(), SOURCES)
    assert nothing.columns.tolist() == list(verification.COLUMNS)
    assert len(nothing.merge(coded(), on="event_id")) == 0
    assert len(nothing) == 0
    assert verification.counts(nothing)["events"].sum() == 0
    alone = verification.compare(coded("05 capture HTS Hama"), recorded(), SOURCES)
    assert alone["verdict"].tolist() == ["unrecorded"]
    left = verification.left_out(nothing, recorded(), SOURCES, first_day="2024-12-05", last_day="2024-12-06")
    assert left.columns.tolist() == list(verification.LEFT_OUT_COLUMNS)


def test_a_dispatch_without_events_has_no_verdicts():
    text = dispatch.from_text("Il a plu toute la nuit sur la plaine.", published="2024-12-06", language="fr")
    found = coder.code(text).events
    verdicts = verification.compare(found, recorded(), SOURCES)
    assert len(verdicts.merge(found, on="event_id")) == 0


def test_left_out_is_what_no_event_tells():
    rows = recorded("05 capture HTS Hama AP", "06 capture HTS Homs -", "06 clash OPP Damascus AP+AA",
                    "04..05 appeal FRA Syria AP", "07 appeal RUS Syria AP",
                    "06 appeal GBR Syria AP denied")  # fmt: skip
    verdicts = verification.compare(coded("05 capture HTS Hama"), rows, SOURCES)
    left = verification.left_out(verdicts, rows, SOURCES, first_day="2024-12-05", last_day="2024-12-06")
    assert left["event_id"].tolist() == ["rec:2", "rec:3", "rec:1"]
    assert left["origins"].tolist() == ["AA;AP", "AP", ""]
    assert left["day"].tolist() == ["2024-12-06", "2024-12-04/2024-12-05", "2024-12-06"]


def test_an_act_that_the_record_tells_twice_is_told_with_either():
    rows = recorded("06 air_strike ISR Arida AP", "06 air_strike ISR LebanonBorder AP same_as=rec:0")
    days = {"first_day": "2024-12-06", "last_day": "2024-12-06"}
    for place, left in (("Arida", []), ("LebanonBorder", []), ("Nasib", ["rec:0"])):
        verdicts = verification.compare(coded(f"06 air_strike ISR {place}"), rows, SOURCES)
        assert verification.left_out(verdicts, rows, SOURCES, **days)["event_id"].tolist() == left


def test_the_record_is_read_whole():
    whole = verification.record()
    tables = [data.table(f"record/{name}") for name in verification.TABLES]
    assert len(whole) == sum(map(len, tables))
    assert whole["event_id"].is_unique
    assert whole["lat"].dtype == float


def test_the_record_confirms_its_own_events_where_others_report_them():
    whole, sources = verification.record(), data.table("record/sources")
    changes = whole[(whole["table"] == "control_changes") & whole["status"].isin(["stated", "attributed"])]
    verdicts = verification.compare(changes, whole, sources).set_index("event_id")["verdict"]
    sourced = changes.set_index("event_id")["sourced"] != "no"
    assert set(verdicts[sourced]) == {"confirmed", "same_origin"}


def test_every_event_of_the_seed_has_a_verdict_and_a_reason():
    seed = data.data_dir().parent / "seeds/000_ae9f41262698f79d.txt"
    found = coder.code(dispatch.read(seed, published="2024-12-06")).events
    whole, sources = verification.record(), data.table("record/sources")
    verdicts = verification.compare(found, whole, sources, own=["TUR"])
    assert verdicts["event_id"].tolist() == found["event_id"].tolist()
    assert set(verdicts["verdict"]) <= set(verification.VERDICTS)
    assert (verdicts["reason"].str.len() > 10).all()
    hama = verdicts[(verdicts["place_name"] == "Hama") & (verdicts["event_type"] == "capture")]
    assert hama["verdict"].tolist() == ["confirmed"]
