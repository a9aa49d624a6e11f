import pandas as pd
import pytest

from frontlines import data, plausible

RECORD = ("baseline", "control_changes", "border_events", "reactions")


@pytest.mark.parametrize(
    ("day", "fits"),
    [("2024-12-06", True), ("1900-01-01", True), ("2099-12-31", True), ("2100-01-01", False),
     ("1899-12-31", False), ("1024-12-06", False), ("2023-02-29", False), ("2024-12-6", False), ("", False),
     ("٢٠٢٤-١٢-٠٦", False)],
)  # fmt: skip
def test_days(day, fits):
    assert plausible.is_day(day) is fits


@pytest.mark.parametrize(
    ("area", "lat", "lon", "said"),
    [
        ("SYR", 35.13, 36.76, ""),
        ("SYR", 36.76, 35.13, "a point in Syria; are lat and lon swapped?"),
        ("SYR", 35.13, 63.76, "a point in Syria"),
        ("SYR", 36.85, 36.6, ""),  # at the border, as near as outlines are drawn
        ("SY-HM", 35.13, 36.76, ""),
        ("SY-HM", 33.51, 36.29, "a point in Hama"),
        ("SY-HM", 34.73, 36.72, ""),  # a neighbouring governorate's capital
        ("TUR", 41.0, 29.0, ""),  # off the sheet
        ("TUR", 33.51, 36.29, "a point in Turkey; are lat and lon swapped?"),
        ("EGY", 30.05, 31.25, ""),
        ("LBN", 48.9, 2.3, "a point in Lebanon"),
        ("RUS", 55.75, 37.62, ""),
        ("RUS", 34.73, 36.72, "a point in RUS"),
        ("", 0.0, 0.0, ""),
        ("SYR", float("nan"), 36.76, ""),
    ],
)
def test_points_in_their_country(area, lat, lon, said):
    found = plausible.astray(*(pd.Series([value]) for value in (lat, lon, area)))
    assert found.tolist()[0].removesuffix(plausible.SWAPPED * (area == "RUS")) == said


@pytest.mark.parametrize("name", RECORD)
def test_the_record_can_be(name):
    plausible.require(data.table(f"record/{name}"), name)


def test_a_record_turned_around_is_seen():
    changes = data.table("record/control_changes").rename(columns={"lat": "lon", "lon": "lat"})
    for frame in (changes, changes.drop(columns="place_id")):
        found = plausible.misplaced(frame)
        # Kassab lies where both are nearly the same number; what stands near the diagonal is not seen alone
        assert len(found) > 0.7 * len(changes)
        assert all(why.endswith(plausible.SWAPPED) for *_, why in found)
    assert len(plausible.misplaced(changes)) >= len(changes) - 1


def test_the_first_fault_is_named_and_the_others_are_counted():
    frame = pd.DataFrame(
        {"lat": ["35", "91", "x"], "lon": ["36", "36", ""], "day": ["2024-12-06", "", "soon"]}
    )
    with pytest.raises(plausible.SchemaError, match=r"mine: row 2, lat: '91'; expected .* \(2 more\)"):
        plausible.require(frame, "mine")
