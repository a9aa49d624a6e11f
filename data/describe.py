"""Write datapackage.json and the table in README.md from files.csv, columns.csv and the files themselves.

python data/describe.py            # after a file or a column of data/ was added
python data/describe.py --check    # say what is missing or out of step, and write nothing
"""

import csv
import json
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- files: written by describe.py -->\n", "<!-- end of files -->\n"
LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-3.0-IGO": (
        "Creative Commons Attribution 3.0 IGO",
        "https://creativecommons.org/licenses/by/3.0/igo/",
    ),
    "public domain": ("Public domain", "https://www.naturalearthdata.com/about/terms-of-use/"),
    "Unicode-3.0": ("Unicode License v3", "https://www.unicode.org/license.txt"),
}


def table(name: str) -> list[dict[str, str]]:
    """Read a table, as text."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found() -> list[str]:
    """List every table and layer below data/."""
    paths = [*HERE.rglob("*.csv"), *HERE.rglob("*.geojson")]
    return sorted(path.relative_to(HERE).as_posix() for path in paths)


def content(name: str) -> tuple[list[str], int]:
    """Give a file's columns (a layer's properties) and its number of rows (features)."""
    if name.endswith(".csv"):
        with (HERE / name).open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            return next(reader), sum(1 for _ in reader)
    features = json.loads((HERE / name).read_text(encoding="utf-8"))["features"]
    return list(features[0]["properties"]), len(features)


def closest(name: str, rows: list[dict[str, str]]) -> dict[str, str] | None:
    """Choose the row whose pattern names the file most closely."""
    fitting = [row for row in rows if not row["file"] or fnmatch(name, row["file"])]
    return max(fitting, key=lambda row: len(row["file"].replace("*", "")), default=None)


def field(name: str, column: str, columns: list[dict[str, str]]) -> dict[str, Any] | None:
    """Describe a column of a file; None if nobody has."""
    row = closest(name, [row for row in columns if row["column"] == column])
    if row is None:
        return None
    entry: dict[str, Any] = {"name": column, "type": row["type"], "description": row["description"]}
    if row["unit"]:
        entry["unit"] = row["unit"]
    if row["vocabulary"]:
        words = [
            w["value"] for w in table("codebook/vocabularies.csv") if w["vocabulary"] == row["vocabulary"]
        ]
        entry["constraints"] = {"enum": [word for word in words if word]}
    return entry


def references(name: str, header: list[str], columns: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Name the tables that a file's columns take their values from."""
    keys = []
    for column in header:
        row = closest(name, [row for row in columns if row["column"] == column])
        if row and row["reference"]:
            target, other = row["reference"].rsplit(".", 1)
            if f"{target}.csv" != name:
                keys.append(
                    {"fields": [column], "reference": {"resource": slug(f"{target}.csv"), "fields": [other]}}
                )
    return keys


def slug(name: str) -> str:
    """Make a resource name of a path."""
    return name.lower().removesuffix(".csv").removesuffix(".geojson").replace("/", "-")


def resource(name: str, about: dict[str, str], columns: list[dict[str, str]]) -> dict[str, Any]:
    """Describe a file for datapackage.json."""
    header, rows = content(name)
    entry: dict[str, Any] = {
        "name": slug(name),
        "path": name,
        "title": f"One row: {about['row_is']}",
        "rows": rows,
        "sources": [{"title": part.strip()} for part in about["source"].split(";")],
        "licenses": [
            {"name": key, "title": title, "path": path}
            for key, (title, path) in LICENCES.items()
            if key in about["licence"]
        ]
        or [{"name": "none", "title": about["licence"]}],
        "made_by": about["made_by"],
    }
    fields = [field(name, column, columns) for column in header]
    if name.endswith(".geojson"):
        return entry | {
            "format": "geojson",
            "mediatype": "application/geo+json",
            "crs": "EPSG:4326",
            "properties": fields,
        }
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if keys := references(name, header, columns):
        schema["foreignKeys"] = keys
    return entry | {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": schema}


def faults(names: list[str], files: list[dict[str, str]], columns: list[dict[str, str]]) -> list[str]:
    """Say which files and columns nobody has described, and which descriptions describe nothing."""
    said = [f"files.csv has no row for {name}" for name in names if closest(name, files) is None]
    said += [
        f"files.csv describes {row['file']}, which is not there"
        for row in files
        if not any(fnmatch(name, row["file"]) for name in names)
    ]
    said += [
        f"columns.csv has no row for {column} of {name}"
        for name in names
        for column in content(name)[0]
        if field(name, column, columns) is None
    ]
    return said


def package(names: list[str], files: list[dict[str, str]], columns: list[dict[str, str]]) -> dict[str, Any]:
    """Describe all files for datapackage.json."""
    resources = []
    for name in names:
        about = closest(name, files)
        if about is not None:
            resources.append(resource(name, about, columns))
    return {
        "name": "frontlines",
        "title": "Frontlines: the offensive in Syria, 26 November to 20 December 2024",
        "licenses": [
            {"name": "CC-BY-4.0", "title": LICENCES["CC-BY-4.0"][0], "path": LICENCES["CC-BY-4.0"][1]}
        ],
        "resources": resources,
    }


def readme(names: list[str], files: list[dict[str, str]]) -> str:
    """Put the table of files into README.md between its two marks."""
    lines = [
        "| file | a row is | rows | source | licence | made by | used in |",
        "|---|---|---:|---|---|---|---|",
    ]
    for row in files:
        here = [name for name in names if closest(name, files) is row]
        rows = sum(content(name)[1] for name in here)
        shown = f"`{row['file']}`" + (f" ({len(here)} files)" if "*" in row["file"] else "")
        cells = [
            shown,
            row["row_is"],
            f"{rows}",
            row["source"],
            row["licence"],
            row["made_by"],
            row["used_in"],
        ]
        lines.append("| " + " | ".join(cells) + " |")
    before, rest = (HERE / "README.md").read_text(encoding="utf-8").split(BEGIN)
    return before + BEGIN + "\n".join(lines) + "\n" + END + rest.split(END)[1]


def main() -> int:
    """Write both texts, or compare them; give 1 if something is missing."""
    files, columns, names = table("files.csv"), table("columns.csv"), found()
    said = faults(names, files, columns)
    texts = {
        "datapackage.json": json.dumps(package(names, files, columns), ensure_ascii=False, indent=1) + "\n",
        "README.md": readme(names, files),
    }
    if "--check" in sys.argv:
        said += [
            f"{name} is out of step; run python data/describe.py"
            for name, text in texts.items()
            if not (HERE / name).exists() or (HERE / name).read_text(encoding="utf-8") != text
        ]
    else:
        for name, text in texts.items():
            (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    sys.stderr.writelines(f"{line}\n" for line in said)
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
