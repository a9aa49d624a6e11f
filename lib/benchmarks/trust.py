"""
Count what the house is trusted for, and print it: `make trust`.

    python lib/benchmarks/trust.py [inputs] [coverage] [runs] [pages] [mutants]     all if none is named

inputs: the cases of wrong input, the properties and the hostile texts; with what `make fuzz` did last.
coverage: branches, and lines, of the library that its tests reach, each for itself. runs: the main job twice,
in another time zone, locale, hash seed and number of workers, by checksums of its files. pages: axe-core on
every page of the site, whole, in light and dark, on a desk and on a phone, with the folds open; what it finds
goes to `build/trust/pages.txt`. mutants: faults put into some rooms, of a sample of each one at a time
(ROOMS="front shares" names the rooms), and how many the tests of those rooms catch; what they miss goes to
`build/trust/survivors.txt`, and is judged in `lib/tests/survivors.md`.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from frontlines import manifest

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "trust"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-c", "lib/pyproject.toml", "--rootdir=.", "-n", "2"]
INPUTS = ["lib/tests/test_bad_input.py", "lib/tests/test_properties.py", "lib/tests/test_trust.py"]
PLACES = [
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Damascus", "LC_ALL": "C", "WORKERS": "1"},
    {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "WORKERS": "2"},
]
RUN = """
import os, sys
from pathlib import Path
from frontlines import chapters, job
if __name__ == "__main__":
    chapters.WORKERS = int(os.environ["WORKERS"])
    sys.exit(job.run(Path(sys.argv[1])))
"""
# a room, and the tests that must catch what is wrong in it
MUTATED = {
    "timex": "test_timex",
    "time_cues": "test_timex",
    "agreement": "test_agreement",
    "front": "test_front",
    "shares": "test_front",
    "plausible": "test_plausible",
    "folding": "test_folding",
    "toponyms": "test_gazetteer",
    "descriptions": "test_gazetteer",
    "resolution": "test_gazetteer",
    "mentions": "test_gazetteer",
    "additions": "test_gazetteer",
    "gazetteer": "test_gazetteer",
}
SAMPLE, SEED = 40, 9  # mutants of a room, taken at random; all of them take a night
# what measures more than it tests, and takes seconds for each mutant
SLOW = ["test_front.py::test_the_bandwidth_is_near_the_best", "test_front.py::test_one_day_is_quick",
        "test_front.py::test_blocked_accuracy_holds_up"]  # fmt: skip
MUTMUT = """[tool.pytest.ini_options]
addopts = "-p no:cacheprovider"
[tool.mutmut]
source_paths = ["frontlines"]
only_mutate = [{files}]
pytest_add_cli_args = [{slow}]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = ["tests"]
timeout_multiplier = 4.0
timeout_constant = 90.0
"""


def inputs() -> list[str]:
    command = [*PYTEST[:-2], "--hypothesis-show-statistics", *INPUTS]  # workers keep the counts to themselves
    said = _run(command, check=False).stdout
    examples = sum(map(int, re.findall(r"(\d+) passing,", said)))
    passed, failed = (int(found[1]) if (found := re.search(rf"(\d+) {word}", said)) else 0
                      for word in ("passed", "failed"))  # fmt: skip
    lines = [f"wrong inputs, hostile texts, properties: {passed + failed:,} tests, {failed} failed",
             f"  examples tried by the properties: {examples:,}"]  # fmt: skip
    fuzzed = ROOT / "build" / "fuzz" / "fuzz.json"
    if fuzzed.is_file():
        found = json.loads(fuzzed.read_text(encoding="utf-8"))
        lines.append(f"texts fuzzed in {found['seconds']} s: {found['texts']:,}, {found['failures']} failed")
    return lines


def coverage() -> list[str]:
    target = OUT / "coverage.json"
    _run([*PYTEST, "--cov", "--cov-config=lib/pyproject.toml", f"--cov-report=json:{target}", "lib/tests"],
         check=False, env={"MPLBACKEND": "agg"})  # fmt: skip
    found = json.loads(target.read_text(encoding="utf-8"))
    rooms = {Path(name).stem: _reached(room["summary"]) for name, room in found["files"].items()}
    least = sorted(rooms, key=lambda room: rooms[room])[:5]
    return [_percent("branches", found["totals"]), _percent("lines", found["totals"]),
            "  fewest branches: " + ", ".join(f"{room} {rooms[room]:.0%}" for room in least)]  # fmt: skip


def _percent(what: str, counts: dict[str, int]) -> str:
    reached, of = _COUNTED[what]
    return f"{what} reached: {counts[reached]:,} of {counts[of]:,} ({counts[reached] / counts[of]:.1%})"


def _reached(counts: dict[str, int]) -> float:
    return counts["covered_branches"] / counts["num_branches"] if counts["num_branches"] else 1.0


# coverage's own percent mixes the two
_COUNTED = {
    "branches": ("covered_branches", "num_branches"),
    "lines": ("covered_lines", "num_statements"),
}


def runs() -> list[str]:
    manifests = []
    for number, place in enumerate(PLACES):
        out = OUT / f"run-{number}"
        shutil.rmtree(out, ignore_errors=True)
        _run([sys.executable, "-c", RUN, str(out)], env=place)
        manifests.append(out / manifest.NAME)
    differ = manifest.differences(*manifests)
    files = len(json.loads(manifests[0].read_text(encoding="utf-8"))["outputs"])
    return [f"runs in two places: {files:,} files, {len(differ)} differ", *(f"  {name}" for name in differ)]


def pages() -> list[str]:
    begun = time.monotonic()
    done = _run([*PYTEST[:-2], "-s", "-k", "no_page_has_a_serious_fault", "lib/tests/test_browser.py"],
                check=False, env={"FRONTLINES_AXE": "whole"})  # fmt: skip
    (OUT / "pages.txt").write_text(done.stdout, encoding="utf-8")
    looked = re.search(r"looked at: (.*)", done.stdout)
    what = looked[1] if looked else "not looked at; see build/trust/pages.txt"
    return [f"axe-core, every rule: {what}, {time.monotonic() - begun:.0f} s"]


def mutants() -> list[str]:
    rooms = os.environ.get("ROOMS", "").split() or [*MUTATED]
    folder = OUT / "mutants"
    _mutable(folder, rooms)
    tool = str(Path(sys.executable).with_name("mutmut"))
    place = {"FRONTLINES_DATA": str(ROOT / "data")}
    _run([tool, "run", "nothing"], check=False, env=place, cwd=folder)  # writes all, tries none
    taken = {room: _sample(folder / f"mutants/frontlines/{room}.py.meta") for room in rooms}
    names = [name for _, some in taken.values() for name in some]
    _run([tool, "run", "--max-children", "2", *names], check=False, env=place, cwd=folder)
    told = _run([tool, "results", "--all", "true"], check=False, env=place, cwd=folder).stdout
    found = {name: how for name, how in re.findall(r"(frontlines\.\S+): ([\w ]+)", told) if name in {*names}}
    missed = [f"{name}: {how}" for name, how in found.items() if how in ("survived", "no tests")]
    (OUT / "survivors.txt").write_text("\n".join(missed) + "\n", encoding="utf-8")
    whole = sum(count for count, _ in taken.values())
    lines = [_caught("mutants", whole, [*found.values()])]
    return lines + [
        _caught(f"  {room}", count, [found[name] for name in some]) for room, (count, some) in taken.items()
    ]


def _mutable(folder: Path, rooms: Sequence[str]) -> None:
    """Copy the library and the tests of the rooms to where mutmut may change them."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tests").mkdir(parents=True)
    shutil.copytree(ROOT / "lib/frontlines", folder / "frontlines")
    shutil.copytree(ROOT / "lib/tests/cases", folder / "tests/cases")
    tests = sorted({MUTATED[room] for room in rooms})
    for name in tests:
        shutil.copyfile(ROOT / f"lib/tests/{name}.py", folder / f"tests/{name}.py")
    lists = {
        "files": [f"frontlines/{room}.py" for room in rooms],
        "tests": [f"tests/{name}.py" for name in tests],
        "slow": [f"--deselect=tests/{one}" for one in SLOW],
    }
    quoted = {key: ", ".join(map(json.dumps, values)) for key, values in lists.items()}
    (folder / "pyproject.toml").write_text(MUTMUT.format(**quoted), encoding="utf-8")


def _sample(meta: Path) -> tuple[int, list[str]]:
    """Count the mutants of a room, and take some of them."""
    every = sorted(json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"])
    return len(every), random.Random(SEED).sample(every, min(SAMPLE, len(every)))  # noqa: S311


def _caught(what: str, of: int, outcomes: Sequence[str]) -> str:
    tried = [how for how in outcomes if how != "not checked"]
    caught = sum(how not in ("survived", "no tests") for how in tried)
    share = f"{caught / max(1, len(tried)):.0%}"
    return f"{what}: {caught:,} of {len(tried):,} caught ({share}), taken from {of:,}"


def _run(
    command: Sequence[str], *, check: bool = True, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
    )
    if check and done.returncode:
        sys.exit(f"{' '.join(command[:4])} ... failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


MEASURES: dict[str, Callable[[], list[str]]] = {
    "inputs": inputs,
    "coverage": coverage,
    "runs": runs,
    "pages": pages,
    "mutants": mutants,
}


def main() -> int:
    asked = sys.argv[1:] or [*MEASURES]
    unknown = {*asked} - {*MEASURES}
    if unknown:
        sys.exit(f"no measure {unknown.pop()!r}; there are {', '.join(MEASURES)}")
    OUT.mkdir(parents=True, exist_ok=True)
    for name in asked:
        print("\n".join(MEASURES[name]()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
