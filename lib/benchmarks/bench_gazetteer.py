"""How fast names are found and resolved, beside the limit: a bare automaton, and brute force.

    python lib/benchmarks/bench_gazetteer.py [TEXT ...]

TEXT: dispatches to scan; without any, sentences of the test cases. Prints a table.
"""

import csv
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rapidfuzz import fuzz, process

from frontlines import data, folding, gazetteer, mentions

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
SPELLING_TABLES = (
    "french_spellings",
    "english_spellings",
    "turkish_spellings",
    "arabic_prefixes",
    "kind_words",
)
TEXT_SIZE = 200_000
BRUTE_FORCE_NAMES = 300


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def texts(paths: list[str]) -> str:
    if paths:
        found = [Path(p).read_text(encoding="utf-8") for p in paths]
    else:
        found = []
        for table in SPELLING_TABLES:
            with (CASES / f"{table}.tsv").open(encoding="utf-8", newline="") as file:
                found += [row["text"] for row in csv.DictReader(file, delimiter="\t")]
    once = "\n\n".join(found)
    return "\n\n".join([once] * (TEXT_SIZE // len(once) + 1))


def misspelt(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(name)) if len(name) > 1 else 0
    return name[:at] + chance.choice("aeiouh") + name[at:]


def main(paths: list[str]) -> None:
    print(f"{'load (first find)':28} {seconds(lambda: gazetteer.find('Homs')):10.2f} s")
    print(
        f"{'memory of the process':28} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:10.0f} MB"
    )
    text = texts(paths)
    folded = folding.fold(text).text
    automaton = mentions.finder().hits.latin
    bare = seconds(lambda: automaton.find_matches_as_indexes(folded, overlapping=True))
    finding = seconds(lambda: gazetteer.find(text))
    size = len(text.encode()) / 1e6
    print(f"{'bare automaton':28} {size / bare:10.2f} MB/s")
    print(f"{'find':28} {size / finding:10.2f} MB/s   {bare / finding:.3f} of the bare automaton")
    chance = random.Random(1)  # noqa: S311
    known = data.table("gazetteer/names")["name"].tolist()
    exact = chance.choices(known, k=100_000)
    print(f"{'resolve, exact':28} {len(exact) / seconds(lambda: gazetteer.resolve(exact)):10.0f} names/s")
    unknown = list({misspelt(chance.choice(known), chance) for _ in range(5_000)})
    print(
        f"{'resolve, misspelt':28} {len(unknown) / seconds(lambda: gazetteer.resolve(unknown)):10.0f} names/s"
    )
    few = unknown[:BRUTE_FORCE_NAMES]
    brute = seconds(lambda: [process.extractOne(n, known, scorer=fuzz.ratio) for n in few])
    print(f"{'rapidfuzz, brute force':28} {len(few) / brute:10.0f} names/s")


if __name__ == "__main__":
    main(sys.argv[1:])
