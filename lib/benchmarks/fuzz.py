"""
Feed the text rooms what nobody would write, and hold them to what they promise.

    python lib/benchmarks/fuzz.py [--seconds 600] [--out build/fuzz]

libFuzzer (Atheris) puts texts together from names, cues and odd characters, and keeps those that reach new code.
A broken promise, an exception that is none of ours, or a text that takes longer than five seconds stops it; the input
then lies in the folder, and what was done stands in its `fuzz.json`.
"""

import argparse
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

PUBLISHED = date(2024, 12, 6)
SEPARATORS = [" ", " ", " ", "", ", ", ". ", "\n", "\n\n", "\r\n", "-", "'", "’", " « ", " » ", '"', "(", ")",
              " – ", ": ", "\u00a0", "\u200f", "\u202e", "\u0301", "\ufeff", "\u2028", "0", "12", " de ", " and "]  # fmt: skip


def fuzz(folder: Path, seconds: int) -> None:
    """Run libFuzzer in this process; it ends the process itself."""
    import atheris

    with atheris.instrument_imports(include=["frontlines"]):
        from frontlines import actors, data, dispatch, folding, gazetteer, timex
        from frontlines.errors import FrontlinesError

    pieces = [
        *data.table("gazetteer/names")["name"].tolist()[::40],
        *data.table("codebook/actor_names")["name"],
        *data.table("gazetteer/kind_words")["word"],
        *data.table("gazetteer/relation_words")["word"],
    ]
    for language in ("fr", "en"):
        cues = data.table(f"codebook/timex.{language}")["cue"]
        pieces += [re.sub(r"\{\w+\}", "2", cue) for cue in cues]

    def text_from(given: "atheris.FuzzedDataProvider") -> str:
        parts = []
        while given.remaining_bytes() > 2 and len(parts) < 120:
            kind = given.ConsumeIntInRange(0, 5)
            if kind < 3:
                parts.append(pieces[given.ConsumeIntInRange(0, len(pieces) - 1)])
            elif kind == 3:
                parts.append(given.ConsumeUnicodeNoSurrogates(6))
            else:
                times = given.ConsumeIntInRange(1, 40) if kind == 5 else 1
                parts.append(SEPARATORS[given.ConsumeIntInRange(0, len(SEPARATORS) - 1)] * times)
            parts.append(SEPARATORS[given.ConsumeIntInRange(0, len(SEPARATORS) - 1)])
        return "".join(parts)

    def keeps_its_words(text: str, found: "object") -> None:
        for row in found.itertuples():  # type: ignore[attr-defined]
            if text[row.start : row.end] != row.text or not row.text:
                raise AssertionError(
                    f"{row.start}-{row.end} is {text[row.start : row.end]!r}, not {row.text!r}"
                )

    def one(raw: bytes) -> None:
        given = atheris.FuzzedDataProvider(raw)
        language = ("fr", "en", "ar", "tr")[given.ConsumeIntInRange(0, 3)]
        room = given.ConsumeIntInRange(0, 4)
        text = text_from(given)
        try:
            read = dispatch.from_text(text, published=PUBLISHED, language=language)
        except FrontlinesError:
            return
        if room == 0:
            keeps_its_words(text, read.sentences())
            folded = folding.fold(text)
            if len(folded.offsets) != len(folded.text):
                raise AssertionError("an offset for each folded character")
        elif room == 1:
            keeps_its_words(text, gazetteer.find(text, language=language))
        elif room == 2:
            keeps_its_words(text, actors.find(text, language=language, published=PUBLISHED))
        elif room == 3:
            resolved = gazetteer.resolve(text.splitlines()), actors.resolve(text.splitlines())
            if {len(table) for table in resolved} != {len(text.splitlines())}:
                raise AssertionError("a row for each name")
        elif language in ("fr", "en"):
            keeps_its_words(text, timex.find(text, published=PUBLISHED, language=language))

    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-max_len=600", "-timeout=5", "-print_final_stats=1",
               f"-artifact_prefix={folder}/", "-verbosity=0", "-seed=10"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    """Run the fuzzer in a process of its own, and write down what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        fuzz(arguments.out, arguments.seconds)
    arguments.out.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        __file__,
        "--inside",
        "--seconds",
        str(arguments.seconds),
        "--out",
        arguments.out,
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    (arguments.out / "fuzz.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    tried = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    found = sorted(
        path.name for path in arguments.out.iterdir() if re.match(r"(?:crash|timeout|oom|slow)-", path.name)
    )
    result = {"seconds": arguments.seconds, "inputs": int(tried[1]) if tried else 0, "failures": len(found)}
    (arguments.out / "fuzz.json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(f"text rooms: {result['inputs']:,} texts in {result['seconds']} s, {len(found)} failures", *found)
    return int(bool(found) or not tried)


if __name__ == "__main__":
    sys.exit(main())
