import ast
import re

import nbformat
import pytest

from frontlines import data

FOLDER = data.data_dir().parent / "notebooks"
CHAPTERS = sorted(path for path in FOLDER.glob("*.ipynb") if not path.name.startswith("_"))
MAX_BYTES = 500_000
MAX_LINES = 15

pytestmark = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def read(path):
    return nbformat.read(path, as_version=4)


def tree(cell):
    return ast.parse(cell.source)


def test_is_a_valid_notebook_of_a_named_kernel(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.get("language_info", {})
    ids = [cell.id for cell in notebook.cells]
    assert len(ids) == len(set(ids))


def test_begins_with_a_title_and_a_question(path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", first.source)


def test_is_executed_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))
    assert any(cell.outputs for cell in code_cells(path))


def test_has_no_error_and_no_warning(path):
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


def test_every_figure_has_a_text(path):
    for number, cell in enumerate(code_cells(path), start=1):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) > 30, f"code cell {number}: {alt!r}"
            assert "image/svg+xml" not in output.get("data", {}), f"code cell {number}: nbval compares SVG"


def test_no_path_of_this_machine(path):
    assert (
        re.findall(r"(?:/(?:root|home|Users|tmp|work)/|[A-Z]:\\\\)[^\"\s]*", path.read_text(encoding="utf-8"))
        == []
    )


def test_no_functions_classes_or_long_loops(path):
    for number, cell in enumerate(code_cells(path), start=1):
        for node in ast.walk(tree(cell)):
            assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef), (
                f"code cell {number}"
            )
            if isinstance(node, ast.For | ast.While):
                assert node.end_lineno - node.lineno < 3, f"code cell {number}: a loop over three lines"


def test_cells_are_short_and_end_plainly(path):
    for number, cell in enumerate(code_cells(path), start=1):
        lines = cell.source.splitlines()
        assert len(lines) <= MAX_LINES, f"code cell {number}"
        assert not lines[-1].rstrip().endswith(";"), f"code cell {number}: nbval ignores the semicolon"
        assert not re.search(r"^\s*[%!]", cell.source, re.MULTILINE), f"code cell {number}: magic"


def test_reads_no_path_of_its_own(path):
    for number, cell in enumerate(code_cells(path), start=1):
        assert not re.search(r"""["']\.\.?/|os\.chdir|filterwarnings|\.\./shared""", cell.source), (
            f"code cell {number}"
        )


def test_has_one_parameters_cell(path):
    tagged = [cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert all(isinstance(node, ast.Assign) for node in tree(tagged[0]).body)


def test_is_small_enough_to_load(path):
    assert path.stat().st_size < MAX_BYTES


def test_links_lead_somewhere(path):
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", prose) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if not (FOLDER / link).exists()] == []
