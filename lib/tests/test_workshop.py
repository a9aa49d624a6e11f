import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from frontlines import chapters, data, job, workshop

ROOT = data.data_dir().parent
FOLDER = ROOT / "notebooks"
# one interpreter for all chapters: the packages load once, and no kernel needs a port
RUN_ALL = """
import json, pathlib, sys, frontlines
from matplotlib import pyplot
here = pathlib.Path.cwd()
assert pathlib.Path(frontlines.__file__).is_relative_to(here), frontlines.__file__
assert frontlines.data.data_dir() == here / "data"
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb")):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    names = {}
    for number, cell in enumerate(cell for cell in cells if cell["cell_type"] == "code"):
        exec(compile("".join(cell["source"]), f"{path.name}, code cell {number + 1}", "exec"), names)
    pyplot.close("all")
    print("solved", path.stem)
"""
REFUSE = """
import socket
def refuse(*_args, **_kwargs): raise OSError("no network in a workshop")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""


def chapter(*cells):
    return new_notebook(cells=[new_markdown_cell("# A title\n\n**A question?**"), *cells])


def solution(source):
    return new_code_cell(source, metadata={"tags": ["solution"]})


def sources(notebook, kind="code"):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def isolated(command):
    """Take the network away from a command, by the kernel where it lets us, else by refusing sockets."""
    unshare = shutil.which("unshare")
    off = [unshare, "--user", "--map-root-user", "--net"] if unshare else []
    allowed = off and subprocess.run([*off, "true"], capture_output=True, check=False).returncode == 0
    return [*off, *command] if allowed else command


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("laptop")
    with zipfile.ZipFile(workshop.pack(ROOT, folder / "workshop.zip")) as archive:
        archive.extractall(folder)
    return folder / "frontlines-workshop"


def run(folder, *arguments):
    own = {"PYTHONPATH": str(folder / "lib"), "MPLBACKEND": "agg", "PYTHONUTF8": "1"}
    taken = {name: value for name, value in os.environ.items() if name != "FRONTLINES_DATA"}
    command = isolated([sys.executable, *map(str, arguments)])
    return subprocess.run(
        command, cwd=folder, env=taken | own, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_exercises_and_solutions_are_those_of_the_chapters():
    expected = workshop.parts(FOLDER)
    found = {*FOLDER.glob("exercises/*.ipynb"), *FOLDER.glob("solutions/*.ipynb")}
    assert found == expected.keys(), "run `make notebooks`"
    stale = [path.name for path, text in expected.items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "run `make notebooks`"


@pytest.mark.parametrize("path", chapters.listed(FOLDER), ids=lambda path: path.stem)
def test_every_chapter_asks_hints_and_checks(path):
    cells = chapters.read(path).cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for heading in ("What this does not show", "Questions", "Exercises", "Next"):
        assert re.search(rf"^## {heading}$", prose, re.MULTILINE), heading
    assert re.search(r"^\*\*.+\?\*\*$", cells[0].source, re.MULTILINE), "one question, in bold"
    asked = re.search(r"## Questions\n(.*?)\n##", f"{prose}\n##", re.DOTALL).group(1)
    assert len(re.findall(r"^\d\. ", asked, re.MULTILINE)) == 3
    answers = [n for n, cell in enumerate(cells) if "solution" in cell.metadata.get("tags", [])]
    assert len(answers) == len(re.findall(r"^\*\*\d\.\*\* ", prose, re.MULTILINE)) >= 2
    for number in answers:
        words = next(cell for cell in reversed(cells[:number]) if cell.cell_type == "markdown")
        assert "<details><summary>Hint</summary>" in words.source
        assert cells[number + 1].source.startswith("assert ") or "\nassert " in cells[number + 1].source
        assert cells[number].metadata.jupyter.source_hidden


def test_links_of_the_guide_lead_somewhere():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", page) if "://" not in link]
    assert len(links) > 10
    assert [link for link in links if not (FOLDER / link).exists()] == []


def test_the_plans_of_the_guide_add_up():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    for title, minutes in (("Half a day: three hours", 180), ("A full day: six hours", 360 + 60)):
        plan = page.split(f"## {title}")[1].split("\n## ")[0]
        spans = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+) - (\d+) \|", plan, re.MULTILINE)]
        assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
        assert spans[-1][1] == minutes
    assert "| 180 - 240 | Lunch |" in page
    steps = [
        int(n) for n in re.findall(r"^\d\. \*\*.*?(\d+) minutes", page.split("## Coding in pairs")[1], re.M)
    ]
    assert sum(steps) == 50


def test_a_student_sees_no_answer_and_no_output():
    given = chapter(
        new_code_cell("1 + 1", execution_count=1, outputs=[nbformat.v4.new_output("stream", text="2")]),
        new_markdown_cell("[table](../data/README.md), [next](02-b.ipynb)"),
        solution("helper = 3\nanswer = helper * 2"),
        new_code_cell("assert answer == 6, 'expected six'"),
    )
    student = workshop.exercises(given)
    assert sources(student)[1] == "# Your answer here. The next cell asks for: answer"
    assert "[table](../../data/README.md), [next](02-b.ipynb)" in sources(student, "markdown")
    assert [cell.get("outputs") for cell in student.cells if cell.cell_type == "code"] == [[], [], []]
    assert "source_hidden" not in nbformat.writes(student)
    assert sources(given)[1] == "helper = 3\nanswer = helper * 2"


def test_an_answer_sheet_has_what_the_answers_need_and_no_more():
    given = chapter(
        new_code_cell("import math"),
        new_code_cell("table = {}\nother = 1"),
        new_code_cell("table['a'] = math.pi"),
        new_code_cell("drawn = other + 1"),
        new_markdown_cell("## Questions\n\n1. Why?\n\n## Exercises\n\n**1.** Round it."),
        solution("answer = round(table['a'])"),
        new_code_cell("assert answer == 3"),
        new_markdown_cell("## Next"),
    )
    sheet = workshop.solutions(given)
    assert sources(sheet) == ["import math", "table = {}\nother = 1", "table['a'] = math.pi",
                              "answer = round(table['a'])", "assert answer == 3"]  # fmt: skip
    assert sources(sheet, "markdown")[1:] == ["## Exercises\n\n**1.** Round it."]


def test_cutting_again_changes_nothing_and_removes_what_is_stale(tmp_path):
    asked = new_markdown_cell("## Exercises\n\n**1.** One.")
    nbformat.write(chapter(asked, solution("a = 1"), new_code_cell("assert a")), tmp_path / "01-a.ipynb")
    workshop.cut(tmp_path)
    (tmp_path / "exercises/09-gone.ipynb").write_text("{}")
    before = {path: path.read_bytes() for path in tmp_path.glob("*/01-a.ipynb")}
    workshop.cut(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob("*/*.ipynb")} == before
    assert len(before) == 2


def test_equal_contents_make_equal_archives(tmp_path):
    wheel = tmp_path / "a-1-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    one, two = (workshop.pack(ROOT, tmp_path / name, wheels=[wheel]) for name in ("1.zip", "2.zip"))
    assert one.read_bytes() == two.read_bytes()
    assert "frontlines-workshop/wheels/a-1-py3-none-any.whl" in zipfile.ZipFile(one).namelist()


def test_the_archive_holds_no_solution_and_nothing_of_this_machine(unpacked):
    found = [path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()]
    assert not [name for name in found if re.search("solutions?/|/local/|__pycache__", name)]
    for path in chapters.listed(unpacked / "notebooks"):
        answers = [cell for cell in chapters.read(path).cells if "answer" in cell.metadata.get("tags", [])]
        assert answers
        assert all(cell.source.startswith("# Your answer here.") for cell in answers)


def test_every_solution_runs_from_the_archive_without_a_network(unpacked):
    done = run(unpacked, "-c", REFUSE + RUN_ALL, FOLDER / "solutions")
    assert done.stderr == ""
    assert re.findall(r"^solved (.*)$", done.stdout, re.MULTILINE) == [
        p.stem for p in chapters.listed(FOLDER)
    ]
    assert done.returncode == 0


def test_a_laptop_that_is_ready_says_so(unpacked):
    done = run(unpacked, "check_environment.py")
    assert re.fullmatch(r"ready: \d+ events read, map in check\.png\. Now: .+\n", done.stdout), done.stderr
    assert (unpacked / "check.png").stat().st_size > 10_000


def test_a_laptop_that_is_not_ready_says_in_one_line_why(unpacked, tmp_path):
    broken = shutil.copytree(unpacked, tmp_path / "broken")
    (broken / "data/codebook/event_types.csv").unlink()
    done = run(broken, "check_environment.py")
    assert (done.returncode, done.stdout.count("\n")) == (1, 1)
    assert done.stdout.startswith(
        "not ready: missing data/codebook/event_types.csv: unpack the archive again"
    )


def test_a_laptop_without_the_packages_is_told_what_to_run(unpacked):
    done = run(unpacked, "-S", "check_environment.py")
    assert done.stdout.startswith("not ready: missing pandas, geopandas, ")
    assert done.stdout.endswith("run `python check_environment.py --install`\n")


def test_the_job_tells_each_file_with_its_size(tmp_path, capsys):
    assert job.workshop(tmp_path / "new") == 0
    said = dict(line.rsplit(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert sorted(Path(name).name for name in said) == ["coding_sheet.html", "slides.html", "workshop.zip"]
    assert all(re.fullmatch(r"\d+\.\d\d MB", size) for size in said.values())
