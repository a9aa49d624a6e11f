"""Write trigger_examples.csv: for each trigger row, a test sentence that fires it.

python data/codebook/examples.py    # after a trigger or a test sentence was added
"""

import csv

from frontlines import coder, data, dispatch

ROOT = data.data_dir().parent
KEY = ("pos", "with", "event_type", "actor", "target", "place", "needs")


def examples(language: str) -> list[list[str]]:
    """Code the test sentences of a language and keep the shortest one for each row of its table."""
    triggers = data.table(f"codebook/triggers.{language}").to_dict("records")
    path = ROOT / f"lib/tests/cases/triggers_{language}.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found: dict[int, dict[str, str]] = {}
    for case in sorted(cases, key=lambda case: (len(case["sentence"]), case["sentence"])):
        coded = coder.code(
            dispatch.from_text(case["sentence"], published=case["published"], language=language)
        ).events
        for rule, event_type in zip(coded["rule"], coded["event_type"], strict=True):
            # a rule is named language:line:trigger; what the test does not expect is no example
            if event_type in case["events"]:
                found.setdefault(int(rule.split(":")[1]) - 2, case)
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
