"""Write trigger_examples.csv: for each trigger row, a test sentence that fires it.

python data/codebook/examples.py    # after a trigger or a test sentence was added
"""

import csv
from unittest import mock

from frontlines import annotation, coder, data, dispatch

ROOT = data.data_dir().parent
KEY = ("pos", "with", "event_type", "actor", "target", "place", "needs")


def fired(one: dispatch.Dispatch) -> list[tuple[int, str]]:
    """Code a dispatch; give the rows that fired, as a spreadsheet numbers them, and what each told."""
    told: list[tuple[int, str]] = []
    write = annotation.write

    def note(parsed, story, found, told_of, others, coded, claimed):
        claims, agents = len(claimed), [row["actor"] for row in coded]
        write(parsed, story, found, told_of, others, coded, claimed)
        number, kind = found.trigger.number, found.trigger.event_type
        if len(claimed) > claims:
            told.append((number, kind))
        if kind == "=agent" and agents != [row["actor"] for row in coded]:
            told.append((number, coded[-1]["event_type"]))

    with mock.patch.object(annotation, "write", note):  # neither claims nor doers told later name their rule
        coding = coder.code(one)
    numbers = coding.events["rule"].str.split(":").str[1].astype(int)
    return [*zip(numbers, coding.events["event_type"], strict=True), *told]


def examples(language: str) -> list[list[str]]:
    """Code the test sentences of a language and keep the shortest one for each row of its table."""
    triggers = data.table(f"codebook/triggers.{language}").to_dict("records")
    path = ROOT / f"lib/tests/cases/triggers_{language}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found: dict[int, dict[str, str]] = {}
    for case in sorted(cases, key=lambda case: (len(case["sentence"]), case["sentence"])):
        one = dispatch.from_text(case["sentence"], published=case["published"], language=language)
        for number, kind in fired(one):
            if kind in case["events"]:  # what the test does not expect is no example
                found.setdefault(number - 2, case)
    return [
        [language, *(triggers[n][column] for column in KEY), case["sentence"], case["events"]]
        for n, case in found.items()
    ]


def main() -> None:
    """Write the table, sorted."""
    rows = sorted(row for language in ("en", "fr") for row in examples(language))
    target = data.data_dir() / "codebook/trigger_examples.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["language", *KEY, "sentence", "events"])
        writer.writerows(rows)
    print(len(rows), "triggers with an example")  # noqa: T201


if __name__ == "__main__":
    main()
