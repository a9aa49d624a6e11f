import hashlib
import json
import re
import shutil

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from frontlines import chapters, data, job, manifest, pages
from frontlines.errors import DispatchError, MissingDataError

REAL = data.data_dir()
SOUND = ('dispatch_file = ""\npublished = ""', "print(published or 'seed')")
BROKEN = ('day = "2024-12-06"', "{}['Hama']")
OWN = "The army left the town of Rastan on Thursday. Jordan closed its border with Syria on Friday."


def notebook(path, cells):
    written = new_notebook(cells=[new_markdown_cell(f"# {path.stem}"), *map(new_code_cell, cells)])
    written.cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(chapters.clean(written), path)


def bytes_of(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give a checkout with the real data, the real seed, and two small chapters."""
    (tmp_path / "data").symlink_to(REAL)
    shutil.copytree(REAL.parent / "seeds", tmp_path / "seeds")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/site").symlink_to(REAL.parent / "notebooks/site")
    notebook(tmp_path / "notebooks/01-sound.ipynb", SOUND)
    monkeypatch.setenv("FRONTLINES_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def no_site(monkeypatch):
    monkeypatch.setattr(pages, "build", lambda _notebooks, _tables, out, **_: out / "site/index.html")


@pytest.mark.usefixtures("no_site")
def test_run_says_what_was_found_and_names_what_failed(project, capsys):
    assert job.run(project / "build") == 0
    said = capsys.readouterr().out
    assert "Coded 1 dispatch: " in said
    assert "Borders reported closed: 2 (by JOR, LBN)." in said
    assert "Executed 1 chapters, 0 failed." in said
    assert re.search(r"^Time: chapters \d+ s, slider \d+ s, site \d+ s\.$", said, re.MULTILINE)
    assert str(project / "build/site/index.html") in said
    assert sorted(bytes_of(project / "build/tables")) == [f"{name}.csv" for name in sorted(job.TABLES)]
    made = json.loads((project / "build/manifest.json").read_text(encoding="utf-8"))
    before = bytes_of(project / "build/tables")
    assert before == {name[7:]: sha for name, sha in made["outputs"].items() if name.startswith("tables/")}
    assert set(bytes_of(project / "seeds").items()) <= {(n[6:], s) for n, s in made["inputs"].items()}
    assert made["packages"]["pandas"] == pd.__version__
    assert str(project) not in json.dumps(made)
    notebook(project / "notebooks/00-broken.ipynb", BROKEN)
    assert job.run(project / "build") == 1
    assert capsys.readouterr().err == "frontlines: 00-broken.ipynb failed: code cell 2: KeyError: 'Hama'\n"
    assert sorted(bytes_of(project / "build/notebooks")) == ["00-broken.ipynb", "01-sound.ipynb"]
    assert bytes_of(project / "build/tables") == before


def test_run_on_an_own_dispatch_builds_its_site_and_leaves_the_chapters_alone(project, tmp_path):
    (tmp_path / "mine.txt").write_text(OWN, encoding="utf-8")
    before = bytes_of(project / "seeds"), (project / "notebooks/01-sound.ipynb").read_bytes()
    assert job.run(project / "mine", dispatch_file=str(tmp_path / "mine.txt"), published="2024-12-07") == 0
    assert (bytes_of(project / "seeds"), (project / "notebooks/01-sound.ipynb").read_bytes()) == before
    executed = chapters.read(project / "mine/notebooks/01-sound.ipynb")
    assert executed.cells[-1].outputs[0].text == "2024-12-07\n"
    assert "left the town of Rastan" in (project / "mine/site/dispatch.html").read_text(encoding="utf-8")


def test_manifests_tell_what_differs_between_two_runs(project, tmp_path):
    (tmp_path / "mine.txt").write_text(OWN, encoding="utf-8")
    for name in ("a", "b"):
        (project / name / "tables").mkdir(parents=True)
        (project / name / "tables/events.csv").write_text(name, encoding="utf-8")
    a, b = (manifest.write(project / name, dispatches=[tmp_path / "mine.txt"]) for name in ("a", "b"))
    assert manifest.differences(a, a) == []
    assert manifest.differences(a, b) == ["outputs: tables/events.csv"]
    assert "mine.txt" in json.loads(a.read_text(encoding="utf-8"))["inputs"]


def test_check_goes_on_where_a_chapter_is_no_notebook(project, capsys):
    assert job.renew() == 0
    (project / "notebooks/00-text.ipynb").write_text("no notebook", encoding="utf-8")
    assert job.check() == 1
    said = capsys.readouterr()
    assert "2 chapters executed again: no differences" in said.out
    assert said.err.startswith("frontlines: 00-text.ipynb failed: ")


def test_check_tells_what_differs(project, capsys):
    assert job.renew() == 0
    path = project / "notebooks/01-sound.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"seed\\n"', '"sown\\n"'), encoding="utf-8")
    assert job.check() == 1
    said = capsys.readouterr().out
    assert "01-sound.ipynb: code cell 2: stdout differs: 'sown' is now 'seed'" in said


def test_renew_leaves_a_broken_chapter_as_it_was(project, capsys):
    notebook(project / "notebooks/00-broken.ipynb", BROKEN)
    before = (project / "notebooks/00-broken.ipynb").read_bytes()
    assert job.renew(["00-broken.ipynb"]) == 1
    assert (project / "notebooks/00-broken.ipynb").read_bytes() == before
    assert "failed, left as it was" in capsys.readouterr().out


def test_a_day_may_stand_in_the_catalogue(project):
    (seed,) = (project / "seeds").glob("*.txt")
    assert str(job.read(seed, dated=True).published) == "2024-12-06"
    assert str(job.read(seed, published="2024-12-09", dated=True).published) == "2024-12-09"


def test_a_seed_without_a_day_is_refused_before_anything_is_written(project):
    (project / "seeds/new.txt").write_text(OWN, encoding="utf-8")
    with pytest.raises(DispatchError, match=r"new\.txt: its day of publication is not known"):
        job.run(project / "build")
    assert not (project / "build").exists()


def test_seeds_that_are_gone_are_missed(project):
    shutil.rmtree(project / "seeds")
    with pytest.raises(MissingDataError, match="git checkout -- seeds"):
        job.run(project / "build")


def test_writing_aside_leaves_the_old_file_when_it_fails(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError), job.aside(target) as part:
        part.write_text("half, then \ud800", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    assert target.read_text(encoding="utf-8") == "old"
