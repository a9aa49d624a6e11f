"""How fast and how well names are found and resolved, beside the limit: a bare automaton, and brute force.

    python lib/benchmarks/bench_gazetteer.py [TEXT ...]

TEXT: dispatches to scan; without any, the sentences of the test cases. Prints Markdown tables. Speeds are by
processor time on one core, the best of three; the first call, which fills caches, is told apart.
"""

import csv
import json
import os
import platform
import pydoc_data.topics
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from rapidfuzz import fuzz, process

from frontlines import data, folding, gazetteer, mentions, toponyms

CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
TEXTS = (
    "french_spellings",
    "english_spellings",
    "turkish_spellings",
    "arabic_prefixes",
    "kind_words",
    "metonyms",
)
TEXT_SIZE = 200_000
ADDED = 30_000
BRUTE_FORCE_NAMES = 200
NEAR_KM = 10.0
SYLLABLES = "ba bu da di fa ha hi ja ka ki la li ma mi na ni qa ra ri sa shi ta ti wa ya za khu ghu"
SWAPS = (("sh", "ch"), ("q", "k"), ("ou", "u"), ("u", "o"), ("ee", "i"), ("i", "y"), ("w", "v"), ("j", "dj"),
         ("a", "e"), ("kh", "h"))  # fmt: skip
# run in a process of its own: load, find, and the peak of memory
PROBE = """
import json, resource, time
start = time.process_time()
from frontlines import gazetteer
imported = time.process_time()
gazetteer.find("Homs")
loaded = time.process_time()
gazetteer.resolve(["Rastanne"])
heard = time.process_time()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([imported - start, loaded - imported, heard - loaded, peak]))
"""


def seconds(work: Callable[[], object], runs: int = 3) -> float:
    """Give the least processor time of some runs."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    print(f"\n{title}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


def dispatches(paths: list[str]) -> str:
    if paths:
        return "\n\n".join(Path(p).read_text(encoding="utf-8") for p in paths)
    found = []
    for name in TEXTS:
        with (CASES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file, delimiter="\t")]
    return "\n".join(found)


def prose() -> str:
    """Give prose with hardly a name: the manual of Python, which comes with it."""
    return "\n\n".join(pydoc_data.topics.topics.values())


def finding(paths: list[str]) -> None:
    once = dispatches(paths)
    many = "\n\n".join([once] * (TEXT_SIZE // len(once) + 1))
    rows = []
    automaton = mentions.finder().hits.latin
    for name, text in (
        ("dispatches, once", once),
        ("dispatches, repeated", many),
        ("prose without names", prose()),
    ):
        size, folded = len(text.encode()) / 1e6, folding.fold(text).text
        bare = seconds(lambda f=folded: automaton.find_matches_as_indexes(f, overlapping=True))
        first = seconds(lambda t=text: gazetteer.find(t), 1)
        warm = seconds(lambda t=text: gazetteer.find(t))
        count = len(gazetteer.find(text))
        rows.append([name, f"{size:.2f}", f"{count}", f"{size / bare:.0f}", f"{size / first:.2f}",
                     f"{size / warm:.2f}", f"{bare / warm:.3f}"])  # fmt: skip
    head = [
        "text",
        "MB",
        "mentions",
        "bare automaton, MB/s",
        "find, first, MB/s",
        "find, MB/s",
        "share of the bare scan",
    ]
    table("Finding", head, rows)


def misspelt(name: str, chance: random.Random) -> str:
    """Spell a name as another might: a vowel less, a letter twice, another way to write a sound."""
    swaps = [pair for pair in SWAPS if pair[0] in name[1:]]
    at = chance.randrange(1, len(name))
    if swaps and chance.random() < 0.6:
        old, new = chance.choice(swaps)
        return name[0] + name[1:].replace(old, new, 1)
    if name[at] in "aeiou" and chance.random() < 0.5:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at] + name[at:]


def resolving() -> None:
    chance = random.Random(1)  # noqa: S311
    names = data.table("gazetteer/names").merge(
        gazetteer.places()[["place_id", "kind", "country"]], on="place_id"
    )
    known = names["name"].tolist()
    exact = known * (100_000 // len(known) + 1)
    latin = names[names["lang"].isin(["fr", "en", "tr"]) & (names["name"].str.len() > 4)]["name"].tolist()
    unknown = list({misspelt(chance.choice(latin), chance) for _ in range(6_000)} - set(known))
    start = time.process_time()
    gazetteer.resolve(unknown)
    fuzzy = len(unknown) / (time.process_time() - start)
    toponyms.load().answers.clear()
    first = len(known) / seconds(lambda: gazetteer.resolve(known), 1)
    few = unknown[:BRUTE_FORCE_NAMES]
    brute = seconds(lambda: [process.extractOne(n, known, scorer=fuzz.ratio) for n in few], 1)
    rows = [
        ["exact names, each once", f"{first:,.0f}"],
        ["exact names, each four times", f"{len(exact) / seconds(lambda: gazetteer.resolve(exact), 1):,.0f}"],
        ["misspelt names, each once", f"{fuzzy:,.0f}"],
        ["rapidfuzz, brute force over all names", f"{len(few) / brute:,.0f}"],
    ]
    table("Resolving", ["what", "names/s"], rows)


def quality() -> None:
    """Spell names of each language wrongly, and count the right, the wrong and the empty answers."""
    chance = random.Random(2)  # noqa: S311
    places = gazetteer.places().set_index("place_id")
    places = places[places["kind"].isin(["city", "town", "village", "neighbourhood", "crossing"])]
    places = places[places["country"].isin(["SYR", "LBN", "IRQ", "TUR", "JOR"])]
    names = data.table("gazetteer/names")
    names = names[names["place_id"].isin(places.index) & (names["name"].str.len() > 3)]
    rows = []
    for lang in ("fr", "en", "tr", "ar"):
        mine = names[names["lang"] == lang].drop_duplicates("name")
        for label, wrong in (("as they are", False), ("misspelt", True)):
            if wrong and lang == "ar":
                continue
            asked = [misspelt(n, chance) if wrong else n for n in mine["name"]]
            meant = places.loc[mine["place_id"]]
            country, adm1 = meant["country"].tolist(), meant["adm1"].tolist()
            for hint, told in (
                ("none", {}),
                ("country", {"country": country}),
                ("governorate", {"country": country, "adm1": adm1}),
            ):
                found = gazetteer.resolve(asked, **told)
                points = zip(
                    found["lat"], found["lon"], meant["lat"], meant["lon"], found["place_id"], strict=True
                )
                near = [bool(i) and toponyms.km((a, b), (c, d)) <= NEAR_KM for a, b, c, d, i in points]
                empty = (found["place_id"] == "").mean()
                right = sum(near) / len(near)
                rows.append(
                    [
                        lang,
                        label,
                        hint,
                        str(len(near)),
                        f"{right:.3f}",
                        f"{1 - right - empty:.3f}",
                        f"{empty:.3f}",
                    ]
                )
    head = ["language", "names", "hint", "n", f"right (within {NEAR_KM:g} km)", "wrong", "empty"]
    table("Names of the gazetteer, asked for one by one", head, rows)


def probe(folder: Path) -> list[float]:
    result = subprocess.run(
        [sys.executable, "-c", PROBE], env=os.environ | {"FRONTLINES_DATA": str(folder)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return list(json.loads(result.stdout))


def grown(folder: Path) -> Path:
    """Copy what is read of data/ and add 30,000 generated places, two names each."""
    for part in ("gazetteer", "codebook"):
        shutil.copytree(data.data_dir() / part, folder / part, ignore=shutil.ignore_patterns("local"))
    chance = random.Random(3)  # noqa: S311
    parts = SYLLABLES.split()
    bare = ["".join(chance.choices(parts, k=chance.randrange(2, 5))).capitalize() for _ in range(ADDED)]
    ids = [f"ocha:X{i}" for i in range(ADDED)]
    places = pd.DataFrame(
        {"place_id": ids, "name": bare, "kind": "village", "country": "SYR", "adm1": "SY-HL"}
    )
    places["lat"] = [f"{chance.uniform(33, 37):.4f}" for _ in ids]
    places["lon"] = [f"{chance.uniform(36, 42):.4f}" for _ in ids]
    places = places.assign(precision_km="1.5", population="", source="generated", basis="found")
    spellings = pd.DataFrame(
        {"name": bare, "place_id": ids, "lang": "en", "preferred": "yes", "source": "generated"}
    )
    other = spellings.assign(name="Kafr " + spellings["name"], preferred="")
    local = folder / "gazetteer" / "local"
    local.mkdir()
    places.to_csv(local / "places.csv", index=False)
    pd.concat([spellings, other]).to_csv(local / "names.csv", index=False)
    return folder


def loading() -> None:
    rows = [["as shipped", *probe(data.data_dir())]]
    with tempfile.TemporaryDirectory() as folder:
        rows.append([f"with {ADDED:,} places added", *probe(grown(Path(folder)))])
    head = ["gazetteer", "import, s", "load, first find, s", "first name by ear, s", "peak of memory, MB"]
    table(
        "Loading, in a process of its own",
        head,
        [[n, *(f"{x:.2f}" for x in r[:3]), f"{r[3]:.0f}"] for n, *r in rows],
    )


def main(paths: list[str]) -> None:
    count = len(gazetteer.places()), len(data.table("gazetteer/names"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; "
          f"{count[0]} places, {count[1]} names")  # fmt: skip
    loading()
    finding(paths)
    resolving()
    quality()


if __name__ == "__main__":
    main(sys.argv[1:])
