"""The workshop: exercises and solutions cut from the chapters, and the archive that a class unpacks."""

import ast
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from frontlines import chapters, data, handouts, wheelhouse
from frontlines.events import aside

LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "local"}
_EXERCISES = re.compile(r".*^(?=## Exercises)", re.MULTILINE | re.DOTALL)
_ABOUT = "First the cells of the chapter that the exercises stand on, without its text."
_LINK = re.compile(r"\]\((?=\.\./)")
# one time for all files: equal contents make equal archives
_TIME = (2024, 12, 20, 0, 0, 0)


def exercises(chapter: NotebookNode, *, up: str = "../") -> NotebookNode:
    """
    Make a student's notebook of a chapter: no outputs, no solutions.

    Parameters
    ----------
    chapter
        A chapter; cells tagged ``solution`` are the answers.
    up
        What links out of the folder of the notebooks need in front.

    Returns
    -------
    nbformat.NotebookNode
        The chapter with each solution replaced by a line that names what the assertion after it asks for.
    """
    student = _bare(chapter)
    for cell, after in zip(student.cells, [*student.cells[1:], None], strict=True):
        if cell.cell_type == "markdown":
            cell.source = _LINK.sub(f"]({up}", cell.source)
        elif _is_solution(cell):
            asked = _bound(cell.source) & _used(after.source) if after else _bound(cell.source)
            cell.source = f"# Your answer here. The next cell asks for: {', '.join(sorted(asked))}"
    return _untagged(student)


def solutions(chapter: NotebookNode) -> NotebookNode:
    """
    Make the answer sheet of a chapter: its exercises, solved, and of its other cells those that they need.

    Parameters
    ----------
    chapter
        A chapter; cells tagged ``solution`` are the answers.

    Returns
    -------
    nbformat.NotebookNode
        A notebook that runs by itself, without outputs.
    """
    sheet = _bare(chapter)
    title, *cells = sheet.cells
    solved = [n for n, cell in enumerate(cells) if _is_solution(cell)] or [len(cells)]
    first, last = max(solved[0] - 1, 0), solved[-1] + 2  # from the first question to the last assertion
    needs = set().union(*(_used(cell.source) for cell in cells[first:last] if cell.cell_type == "code"))
    for cell in cells[first : first + 1]:
        cell.source = _EXERCISES.sub("", cell.source)
    title.source = f"{title.source.splitlines()[0]}: solutions\n\n{_ABOUT}"
    sheet.cells = [title, *_needed(cells[:first], needs), *cells[first:last]]
    return _untagged(sheet)


def parts(folder: Path) -> dict[Path, str]:
    """
    Cut every chapter into its exercises and its solutions.

    Parameters
    ----------
    folder
        The folder of the chapters.

    Returns
    -------
    dict
        What has to stand in each file of `exercises/` and `solutions/` below that folder, by its path.
    """
    found = {}
    for path in chapters.listed(folder):
        chapter = chapters.read(path)
        found[folder / "exercises" / path.name] = _text(exercises(chapter))
        found[folder / "solutions" / path.name] = _text(solutions(chapter))
    return found


def cut(folder: Path) -> None:
    """
    Write `exercises/` and `solutions/` anew; what belongs to no chapter any more is removed.

    Parameters
    ----------
    folder
        The folder of the chapters.
    """
    found = parts(folder)
    for path, text in found.items():
        path.parent.mkdir(exist_ok=True)
        with aside(path) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
    for stale in {*folder.glob("exercises/*.ipynb"), *folder.glob("solutions/*.ipynb")} - found.keys():
        stale.unlink()


def pack(root: Path, target: Path, *, wheels: Iterable[Path] = ()) -> Path:
    """
    Pack what a student needs: notebooks without solutions, data, library, lock file, check and handouts.

    Parameters
    ----------
    root
        A checkout of the project.
    target
        The archive to write.
    wheels
        Packages to pack as well, so that the laptop needs no network.

    Returns
    -------
    pathlib.Path
        The archive; equal contents make equal bytes.
    """
    with aside(target) as part, zipfile.ZipFile(part, "w") as archive:
        for name, content in sorted(_contents(root)):
            _add(archive, name, content, zipfile.ZIP_DEFLATED)
        for wheel in sorted(wheels):
            _add(archive, f"wheels/{wheel.name}", wheel.read_bytes(), zipfile.ZIP_STORED)
    return target


def _contents(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in chapters.listed(root / "notebooks"):
        yield f"notebooks/{path.name}", _text(exercises(chapters.read(path), up="")).encode()
    for path in [*(root / "notebooks/workshop").iterdir(), root / "LICENSE", root / "CITATION.cff"]:
        yield path.name, path.read_bytes()
    for top in ("data", "seeds", "lib/frontlines"):
        for path in (root / top).rglob("*"):
            if path.is_file() and not LEFT_OUT & {*path.parts}:
                yield path.relative_to(root).as_posix(), path.read_bytes()
    for name in ("lib/pyproject.toml", "lib/README.md"):
        yield name, (root / name).read_bytes()
    yield "requirements.lock", wheelhouse.core_lock(root / "lib").encode()
    yield "coding_sheet.html", handouts.coding_sheet(data.table("gold/coding_sheet")).encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes, how: int) -> None:
    info = zipfile.ZipInfo(f"frontlines-workshop/{name}", _TIME)
    info.external_attr = 0o644 << 16
    archive.writestr(info, content, how)


def _bare(chapter: NotebookNode) -> NotebookNode:
    bare = chapters.clean(chapter)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return bare


def _untagged(notebook: NotebookNode) -> NotebookNode:
    """Take off the tag by which a chapter folds its solutions."""
    for cell in filter(_is_solution, notebook.cells):
        cell.metadata = NotebookNode(tags=["answer"])
    return notebook


def _text(notebook: NotebookNode) -> str:
    return f"{nbformat.writes(notebook)}\n"


def _is_solution(cell: NotebookNode) -> bool:
    return "solution" in cell.metadata.get("tags", [])


def _needed(cells: list[NotebookNode], names: set[str]) -> list[NotebookNode]:
    """Keep the code that the names come from, and what that comes from, in its order."""
    kept: list[NotebookNode] = []
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        if _bound(cell.source) & names:
            names = names | _used(cell.source)
            kept.insert(0, cell)
    return kept


def _bound(source: str) -> set[str]:
    """Name what a cell makes or changes."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            base: ast.expr = node
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            found |= {base.id} if isinstance(base, ast.Name) else set()
    return found


def _used(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
