"""Run every benchmark beside this file, and gather what they print.

    python lib/benchmarks/run.py [NAME ...]

NAME: some, such as `coder`. What each printed goes to `build/bench/`, all figures to `figures.csv` and
the speeds to `speeds.png` there. Exit 1 if one failed.
"""

import csv
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "build" / "bench"
COLUMNS = ("benchmark", "table", "what", "measure", "value")
SPEED = re.compile(r"[\w ]*\b(\w+/s)$")


def run(name: str) -> tuple[str, int]:
    """Run a benchmark; its lines are shown as they come."""
    settings = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-u", str(HERE / f"bench_{name}.py")]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=settings) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines), running.returncode


def figures(name: str, text: str) -> list[tuple[str, ...]]:
    """Give every number of the tables that a benchmark printed, and of its lines `what: number unit`."""
    found: list[tuple[str, ...]] = []
    title, header = "", []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            said = re.match(r"(.+): ([\d.,]+) (\S+)", line)
            if said:
                found.append((name, "", said[1], said[3].strip(";"), said[2].replace(",", "")))
            title, header = line.strip() or title, []
        elif not header:
            header = cells
        elif not set(line) <= set("|-: "):
            row = dict(zip(header, cells, strict=False))
            numbers = {key: cell.replace(",", "") for key, cell in list(row.items())[1:]}
            words = [cells[0], *(c for c in numbers.values() if c and not is_number(c))]
            found += [(name, title, ", ".join(words), k, c) for k, c in numbers.items() if is_number(c)]
    return found


def is_number(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None


def draw(rows: list[tuple[str, ...]], path: Path) -> None:
    """Draw the speeds, a panel for each unit."""
    speeds: dict[str, list[tuple[str, float]]] = {}
    for _, _, what, measure, value in rows:
        unit = SPEED.match(measure)
        if unit and float(value) > 0:
            label = what if measure == unit[1] else f"{what}: {measure.removesuffix(unit[1]).strip(' ,')}"
            speeds.setdefault(unit[1], []).append((label, float(value)))
    if not speeds:
        return
    sizes = [len(bars) for bars in speeds.values()]
    figure, axes = plt.subplots(
        len(sizes), 1, figsize=(9, 1.2 * len(sizes) + 0.3 * sum(sizes)), squeeze=False,
        height_ratios=sizes, layout="constrained",
    )  # fmt: skip
    for ax, (unit, bars) in zip(axes[:, 0], speeds.items(), strict=True):
        # a bar on a scale without a zero would lie
        ax.plot([speed for _, speed in bars], range(len(bars)), "o", color="#4477aa")
        ax.grid(axis="x", color="#dddddd")
        for at, (_, speed) in enumerate(bars):
            said = f"{speed:,.0f}" if speed >= 10 else f"{speed:.2f}"
            ax.annotate(said, (speed, at), xytext=(8, 0), textcoords="offset points", va="center")
        ax.set_yticks(range(len(bars)), [label for label, _ in bars])
        ax.set(xscale="log", xlabel=f"{unit}, on a scale of tenfold steps", ylim=(-0.7, len(bars) - 0.3))
        ax.set_xlim(0.5 * min(s for _, s in bars), 8 * max(s for _, s in bars))
        ax.invert_yaxis()
        ax.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{platform.machine()}, {os.cpu_count()} cores, {datetime.now(UTC):%d %B %Y}")
    figure.savefig(path, dpi=110)


def main(chosen: list[str]) -> int:
    names = [path.stem.removeprefix("bench_") for path in sorted(HERE.glob("bench_*.py"))]
    unknown = sorted(set(chosen) - set(names))
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    OUT.mkdir(parents=True, exist_ok=True)
    rows, failed = [], 0
    for name in chosen or names:
        print(f"\n## {name}\n", flush=True)
        text, code = run(name)
        (OUT / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
        rows += figures(name, text)
        failed += code != 0
    with (OUT / "figures.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([COLUMNS, *rows])
    draw(rows, OUT / "speeds.png")
    print(f"\n{len(rows)} figures in {OUT}{os.sep}" + f"; {failed} benchmarks failed" * (failed > 0))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
