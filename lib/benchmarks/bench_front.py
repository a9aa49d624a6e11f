"""How fast zones are drawn: one day, all days of the record, and made-up places up to 50,000.

    python lib/benchmarks/bench_front.py [--quick]

Prints processor seconds of one core (not of the clock), and how they grow beside n log n.
"""

import math
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely

from frontlines import control, data, front

DAYS = [str(day.date()) for day in pd.date_range("2024-11-26", "2024-12-11")]
SIZES = (1_000, 3_000, 10_000, 30_000, 50_000)


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def made_up(size: int) -> pd.DataFrame:
    """Scatter places over Syria, with sides that change every degree or so."""
    rng = np.random.default_rng(size)
    west, south, east, north = data.layer("syria").total_bounds
    outline = data.layer("syria").union_all()
    lon, lat = rng.uniform(west, east, 3 * size), rng.uniform(south, north, 3 * size)
    inside = shapely.contains_xy(outline, lon, lat)
    lon, lat = lon[inside][:size], lat[inside][:size]
    sides = np.array(["GOV", "HTS", "SDF", "SNA"])
    side = sides[(np.floor(lon) + np.floor(1.3 * lat)).astype(int) % len(sides)]
    return pd.DataFrame({
        "place_id": [f"fl:{i}" for i in range(len(lon))], "place_name": "", "lat": lat, "lon": lon,
        "side": side, "holder": side, "state": "held", "certainty": "medium", "sourced": "yes",
        "since": "", "age_days": 0, "event_ids": "", "implied": "",
    })  # fmt: skip


def main(*, quick: bool) -> None:
    tables = [data.table(f"record/{n}", numeric=("lat", "lon")) for n in ("baseline", "control_changes")]
    one = control.timeline(*tables, day="2024-12-06")
    first = seconds(lambda: front.zones(one, day="2024-12-06"))
    print(f"first call of a session, outlines read: {first:.2f} s")
    for method in front.METHODS:
        day = min(seconds(lambda m=method: front.zones(one, day="2024-12-06", method=m)) for _ in range(3))
        print(f"one day, {len(one)} places, {method}: {day:.2f} s (goal: 1)")
    for method in front.METHODS:
        whole = seconds(lambda m=method: front.area_by_side(*tables, days=DAYS, method=m))
        print(f"all {len(DAYS)} days from the tables to areas, {method}: {whole:.1f} s (goal: 10)")
    for method in front.METHODS:
        before = 0.0
        for size in SIZES[: 3 if quick else None]:
            places = made_up(size)
            spent = seconds(lambda p=places, m=method: front.zones(p, day="2024-12-06", method=m))
            per = 1e6 * spent / (len(places) * math.log(len(places)))
            ratio = f", {per / before:.2f} of the step before" if before else ""
            print(f"{len(places)} places, {method}: {spent:.2f} s; {per:.2f} us per n log n{ratio}")
            before = per


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
