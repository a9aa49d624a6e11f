import pytest

from frontlines import telling


def row(event_type, actor="", place_id="gn:170017", *, heading=False, **columns):
    base = {
        "event_type": event_type, "actor": actor, "target": "", "gainer": actor, "loser": "", "lat": 35.13,
        "lon": 36.75, "place_id": place_id, "heading": heading, "start": 0, "end": 9, "quote": "words",
        "rule": "en:2:take", "date": "2024-12-05", "status": "stated", "label_used": "",
    }  # fmt: skip
    return base | columns


@pytest.mark.parametrize("kind", ["advance", "capture", "handover"])
def test_entering_what_another_left_is_one_handover(kind):
    coded = [row("withdrawal", "SYR"), row(kind, "SDF")]
    telling.enter_after_leaving(coded, 0)
    (event,) = coded
    roles = {key: event[key] for key in ("event_type", "actor", "target", "gainer", "loser")}
    assert roles == {
        "event_type": "handover", "actor": "SDF", "target": "SYR", "gainer": "SDF", "loser": "SYR",
    }  # fmt: skip


@pytest.mark.parametrize(
    "second",
    [row("advance", "SYR"), row("advance", "SDF", "gn:169577"), row("clash", "SDF"), row("advance", "")],
    ids=["the same force", "another place", "a fight", "nobody named"],
)
def test_other_pairs_stay_two_events(second):
    coded = [row("withdrawal", "SYR"), second]
    telling.enter_after_leaving(coded, 0)
    assert [event["event_type"] for event in coded] == ["withdrawal", second["event_type"]]


def test_only_the_same_sentence_is_joined():
    coded = [row("withdrawal", "SYR"), row("advance", "SDF")]
    telling.enter_after_leaving(coded, 1)
    assert len(coded) == 2


def test_a_headline_becomes_a_mention_of_what_the_body_says():
    coded = telling.told_by_headings(
        [
            row("capture", "SDF", heading=True, quote="TAKE HAMA"),
            row("capture", "HTS", start=50, date="2024-12-04"),
        ]
    )
    assert coded[0]["actor"] == "SDF"  # two actors: the headline is an event of its own
    coded = telling.told_by_headings(
        [row("capture", "OPP", heading=True, quote="REBELS TAKE HAMA"), row("capture", "HTS", start=50)]
    )
    assert coded[0]["actor"] == "HTS"  # the rebels of a headline are those named below it
    coded = telling.told_by_headings(
        [row("capture", "", heading=True, quote="FALLS"), row("capture", "HTS", start=50, date="2024-12-04")]
    )
    assert [event["actor"] for event in coded] == ["HTS", "HTS"]
    assert [event["date"] for event in coded] == ["2024-12-04", "2024-12-04"]
    assert [(event["start"], event["quote"]) for event in coded] == [(0, "FALLS"), (50, "words")]
