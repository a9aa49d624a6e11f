"""
Feed the text rooms what nobody would write, and hold them to what they promise.

    python lib/benchmarks/fuzz.py [--seconds 600] [--out build/fuzz]

libFuzzer (Atheris) puts texts together from names, cues and odd characters, and keeps those that reach new
code. A broken promise, an exception that is none of ours, or a text that takes longer than ten seconds stops
it; the input then lies in the folder, and what was done stands in its `fuzz.json`.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["frontlines"]):
    from frontlines import actors, coder, data, dispatch, folding, gazetteer, timex
    from frontlines.errors import FrontlinesError

LANGUAGES = dispatch.LANGUAGES
PUBLISHED = date(2024, 12, 6)
SEPARATORS = [
    " ", " ", " ", "", ", ", ". ", "\n", "\n\n", "\r\n", "-", "'", "’", " « ", " » ", '"', "(", ")", " – ",
    ": ", "\u00a0", "\u200f", "\u202e", "\u0301", "\ufeff", "\u2028", "0", "12", " de ", " and ",
]  # fmt: skip
TABLES = {
    "gazetteer/kind_words": "word",
    "gazetteer/relation_words": "word",
    "codebook/actor_names": "name",
    "codebook/timex.fr": "cue",
    "codebook/timex.en": "cue",
}


def pieces() -> list[str]:
    found = data.table("gazetteer/names")["name"].tolist()[::40]
    for name, column in TABLES.items():
        found += [re.sub(r"\{\w+\}", "2", piece) for piece in data.table(name)[column]]
    return found


def text_from(given: Any, words: list[str]) -> str:
    parts = []
    while given.remaining_bytes() > 2 and len(parts) < 240:
        kind = given.ConsumeIntInRange(0, 5)
        if kind < 3:
            parts.append(words[given.ConsumeIntInRange(0, len(words) - 1)])
        elif kind == 3:
            parts.append(given.ConsumeUnicodeNoSurrogates(6))
        else:
            times = given.ConsumeIntInRange(1, 40) if kind == 5 else 1
            parts.append(SEPARATORS[given.ConsumeIntInRange(0, len(SEPARATORS) - 1)] * times)
        parts.append(SEPARATORS[given.ConsumeIntInRange(0, len(SEPARATORS) - 1)])
    return "".join(parts)


def keeps_its_words(text: str, found: Any) -> None:
    for row in found.itertuples():
        cut = text[row.start : row.end]
        if cut != row.text or not cut:
            raise AssertionError(f"{row.start}-{row.end} is {cut!r}, not {row.text!r}")


def read_it(text: str, language: str) -> None:
    keeps_its_words(text, dispatch.from_text(text, published=PUBLISHED, language=language).sentences())
    folded = folding.fold(text)
    if len(folded.offsets) != len(folded.text):
        raise AssertionError("an offset for each folded character")


def find_places(text: str, language: str) -> None:
    keeps_its_words(text, gazetteer.find(text, language=language))


def find_actors(text: str, language: str) -> None:
    keeps_its_words(text, actors.find(text, language=language, published=PUBLISHED))


def find_days(text: str, language: str) -> None:
    if language in ("fr", "en"):
        keeps_its_words(text, timex.find(text, published=PUBLISHED, language=language))


def code_it(text: str, language: str) -> None:
    if language in coder.LANGUAGES:
        coding = coder.code(dispatch.from_text(text, published=PUBLISHED, language=language))
        for told in (coding.event_mentions, coding.claims):
            keeps_its_words(text, told.rename(columns={"quote": "text"}))


def resolve_lines(text: str, _: str) -> None:
    names = text.splitlines()
    if {len(gazetteer.resolve(names)), len(actors.resolve(names))} != {len(names)}:
        raise AssertionError("a row for each name")


Room = Callable[[str, str], None]
ROOMS: list[Room] = [read_it, find_places, find_actors, find_days, resolve_lines, code_it]


def fuzz(folder: Path, seconds: int) -> None:
    """Run libFuzzer in this process; it ends the process itself."""
    words = pieces()
    for room in ROOMS:  # tables and languages are read at first use, which is no text's fault
        for language in LANGUAGES:
            room("Hama was taken on Monday.", language)

    def one(raw: bytes) -> None:
        given = atheris.FuzzedDataProvider(raw)
        language = LANGUAGES[given.ConsumeIntInRange(0, len(LANGUAGES) - 1)]
        room = ROOMS[given.ConsumeIntInRange(0, len(ROOMS) - 1)]
        with suppress(FrontlinesError):
            room(text_from(given, words), language)

    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        "-max_len=600",
        "-timeout=10",
        "-print_final_stats=1",
        "-seed=10",
    ]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    """Run the fuzzer in a process of its own, and write down what came of it."""
    parser = argparse.ArgumentParser(description="fuzz the text rooms")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        fuzz(asked.out, asked.seconds)
    asked.out.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, __file__, "--inside", "--seconds", str(asked.seconds), "--out", asked.out]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    (asked.out / "fuzz.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    tried = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    found = [path.name for path in asked.out.iterdir() if re.match(r"(crash|timeout|oom|slow)", path.name)]
    result = {"seconds": asked.seconds, "texts": int(tried[1]) if tried else 0, "failures": len(found)}
    (asked.out / "fuzz.json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(
        f"text rooms: {result['texts']:,} texts in {asked.seconds} s, {len(found)} failures", *sorted(found)
    )
    return int(bool(found) or not tried)


if __name__ == "__main__":
    sys.exit(main())
