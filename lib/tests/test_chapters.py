import base64
import hashlib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from frontlines import chapters
from frontlines.errors import MissingDataError

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHOW = """from IPython.display import Image, display
import base64
display(Image(base64.b64decode({png!r})), metadata={{"image/png": {{"alt": {alt!r}}}}})"""


OLD = new_code_cell("2 + 2", execution_count=9)


def write(path, *cells):
    notebook = new_notebook(cells=[new_markdown_cell("# A title\n\nA question?"), *cells])
    nbformat.write(notebook, path)
    return path


def parameters(source):
    return new_code_cell(source, metadata={"tags": ["parameters"]})


def picture(alt, name=""):
    source = SHOW.format(png=base64.b64encode(PNG).decode(), alt=alt)
    return new_code_cell(source, metadata={"tags": [f"picture:{name}"] if name else []})


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chapters")
    given = [
        write(
            folder / "01-sound.ipynb",
            parameters('dispatch_file = ""\nday = "2024-12-06"'),
            new_code_cell("print(dispatch_file, day)\nimport os\nos.getcwd()"),
            picture("Two places, as reported.", "two-places"),
        ),
        write(folder / "02-broken.ipynb", new_code_cell("1 + 1"), new_code_cell("{}['Hama']"), OLD),
        write(folder / "03-own-day.ipynb", parameters('day = "2024-12-06"'), new_code_cell("print(day)")),
    ]
    out = folder / "out"
    values = {
        "dispatch_file": "mine'; raise SystemExit #.txt",
        "published": "2024-12-09",
        "day": "2024-12-09",
    }
    return folder, out, chapters.execute(given, out, parameters=values)


def printed(path):
    cells = chapters.read(path).cells
    return [output.text for cell in cells for output in cell.get("outputs", []) if "text" in output]


def test_one_broken_chapter_does_not_stop_the_others(executed):
    _, out, ran = executed
    assert ran["chapter"].tolist() == ["01-sound.ipynb", "02-broken.ipynb", "03-own-day.ipynb"]
    assert ran["error"].tolist() == ["", "code cell 2: KeyError: 'Hama'", ""]
    assert sorted(path.name for path in out.iterdir()) == ran["chapter"].tolist()


def test_nothing_of_an_earlier_execution_is_left(executed):
    _, out, _ = executed
    assert chapters.read(out / "02-broken.ipynb").cells[-1].execution_count is None


def test_a_file_that_is_no_notebook_does_not_stop_the_others(tmp_path):
    (tmp_path / "01-text.ipynb").write_text("not a notebook", encoding="utf-8")
    ran = chapters.execute([tmp_path / "01-text.ipynb"], tmp_path / "out")
    assert ran["error"].str.contains("JSON").tolist() == [True]


def test_parameters_are_values_and_never_code(executed):
    _, out, _ = executed
    assert printed(out / "01-sound.ipynb") == ["mine'; raise SystemExit #.txt 2024-12-09\n"]


def test_a_chapter_on_the_record_keeps_its_day(executed):
    _, out, _ = executed
    assert printed(out / "03-own-day.ipynb") == ["2024-12-06\n"]


def test_kernels_run_in_the_folder_of_the_chapter(executed):
    folder, out, _ = executed
    cell = chapters.read(out / "01-sound.ipynb").cells[3]
    assert cell.outputs[1].data["text/plain"] == repr(str(folder))


def test_the_given_chapters_are_untouched(executed):
    folder, _, _ = executed
    assert all(
        not cell.get("outputs") for path in chapters.listed(folder) for cell in chapters.read(path).cells
    )


def test_execution_leaves_no_trace_of_time_or_machine(executed):
    _, out, _ = executed
    notebook = chapters.read(out / "01-sound.ipynb")
    assert "version" not in notebook.metadata.language_info
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == [1, 2, 3, 4]


def test_executing_again_gives_the_same_bytes(executed, tmp_path):
    folder, out, _ = executed
    name = "03-own-day.ipynb"
    assert chapters.execute([folder / name], tmp_path)["error"].tolist() == [""]
    assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


def test_a_failed_chapter_is_left_as_it_was(tmp_path):
    path = write(tmp_path / "01-broken.ipynb", new_code_cell("{}['Hama']"))
    before = path.read_bytes()
    assert chapters.execute([path], tmp_path, keep_failed=False)["error"].item().endswith("KeyError: 'Hama'")
    assert path.read_bytes() == before


def test_pictures_carry_their_names_and_texts(executed):
    _, out, _ = executed
    found = chapters.pictures(chapters.read(out / "01-sound.ipynb"))
    assert found.to_dict("records") == [{"name": "two-places", "alt": "Two places, as reported.", "png": PNG}]


def test_saved_pictures_replace_stale_ones(executed, tmp_path):
    _, out, _ = executed
    (tmp_path / "old.png").write_bytes(PNG)
    chapters.save_pictures(chapters.listed(out), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["two-places.png"]


def with_output(text, kind="text/plain"):
    cell = new_code_cell("x")
    cell.outputs = [nbformat.v4.new_output("execute_result", data={kind: text}, execution_count=1)]
    return new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ("a\nb", "a\nb", []),
        ("<X at 0x7f01aa>", "<X at 0x99bb00>", []),
        ("a\nb", "a\nc", [(1, "text/plain", "b", "c")]),
        ("a", "a\nb", [(1, "text/plain", "", "b")]),
    ],
)
def test_differences_name_the_first_line(old, new, rows):
    found = chapters.differences(with_output(old), with_output(new))
    assert list(found.itertuples(index=False, name=None)) == rows


def test_a_picture_that_differs_is_named_with_its_checksum():
    other = base64.b64encode(PNG[:-1] + b"x").decode()
    found = chapters.differences(
        with_output(base64.b64encode(PNG).decode(), "image/png"), with_output(other, "image/png")
    )
    ((output, expected, now),) = found[["output", "expected", "found"]].values.tolist()
    assert (output, expected) == ("image/png", f"sha256 {hashlib.sha256(PNG).hexdigest()[:12]}")
    assert now.startswith("sha256 ")
    assert now != expected


def test_an_output_that_is_gone_is_named():
    found = chapters.differences(with_output("a"), new_notebook(cells=[new_code_cell("x")]))
    assert found[["expected", "found"]].values.tolist() == [["a", ""]]


def test_no_chapters_is_said(tmp_path):
    (tmp_path / "_template.ipynb").write_text("{}")
    with pytest.raises(MissingDataError, match="no notebooks in"):
        chapters.listed(tmp_path)
