"""Chapters: the notebooks executed, cleaned, compared with the committed ones; their pictures."""

import ast
import base64
import hashlib
import os
import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import pandas as pd
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from frontlines.errors import MissingDataError

WORKERS = 2
CELL_SECONDS = 600
_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
# what a kernel must not take from the machine that it happens to run on
_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def listed(folder: Path) -> list[Path]:
    """
    List the chapters of a folder in reading order.

    Parameters
    ----------
    folder
        The folder of notebooks; names that begin with ``_`` are templates.

    Returns
    -------
    list of pathlib.Path
        The notebooks, sorted by name.

    Raises
    ------
    MissingDataError
        If there is none.
    """
    found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("_"))
    if not found:
        raise MissingDataError(f"no notebooks in {folder}; run this in a checkout of the project")
    return found


def execute(
    paths: Sequence[Path], out: Path, *, parameters: Mapping[str, str] | None = None, keep_failed: bool = True
) -> pd.DataFrame:
    """
    Execute chapters, two at a time; one that fails does not stop the others.

    Parameters
    ----------
    paths
        The notebooks; each runs in its own folder, and is not touched unless `out` is that folder.
    out
        Where the executed notebooks are written, under the same names.
    parameters
        Values for the names that a chapter's cell tagged ``parameters`` defines; others are left alone.
    keep_failed
        Whether a chapter that failed is written as well, up to its error.

    Returns
    -------
    pandas.DataFrame
        Columns chapter (file name), seconds, error (one line, empty if it ran): one row a chapter, in order.
    """
    out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(min(WORKERS, len(paths)), mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_execute, path, out, dict(parameters or {}), keep_failed) for path in paths]
        for _ in tqdm(as_completed(jobs), total=len(jobs), desc="chapters", disable=None, leave=False):
            pass
    rows = [(path.name, *_outcome(job)) for path, job in zip(paths, jobs, strict=True)]
    return pd.DataFrame(rows, columns=["chapter", "seconds", "error"])


def clean(notebook: NotebookNode) -> NotebookNode:
    """
    Strip a notebook of what differs from machine to machine.

    Parameters
    ----------
    notebook
        Any notebook of format 4.

    Returns
    -------
    nbformat.NotebookNode
        A copy with the kernel named ``python3``, cell metadata reduced to tags, the source of a cell tagged
        ``solution`` folded, and a stable id for a cell that papermill added.
    """
    cleaned: NotebookNode = nbformat.from_dict(notebook)
    cleaned.metadata = nbformat.from_dict(_METADATA)
    cleaned.nbformat, cleaned.nbformat_minor = 4, 5
    for number, cell in enumerate(cleaned.cells, start=1):
        cell.metadata = NotebookNode({k: v for k, v in cell.metadata.items() if k == "tags" and v})
        if "solution" in cell.metadata.get("tags", []):  # a learner opens it when ready
            cell.metadata["jupyter"] = NotebookNode(source_hidden=True)
        if "injected-parameters" in cell.metadata.get("tags", []) or not cell.get("id"):
            cell.id = f"cell-{number:02d}"
    return cleaned


def differences(committed: NotebookNode, executed: NotebookNode) -> pd.DataFrame:
    """
    Tell where two executions of one chapter differ.

    Parameters
    ----------
    committed
        The notebook with the outputs expected.
    executed
        The same notebook, executed again.

    Returns
    -------
    pandas.DataFrame
        Columns cell (1 is the first code cell), output (its MIME type or stream), expected, found: the first
        lines that differ, in brief; of a picture its checksum. Memory addresses do not count.
    """
    rows = []
    pairs = zip(_code_cells(committed), _code_cells(executed), strict=True)
    for number, (before, after) in enumerate(pairs, start=1):
        old, new = _outputs(before), _outputs(after)
        changed = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
        rows += [(number, k[1], *_first_difference(k[1], old.get(k, ""), new.get(k, ""))) for k in changed]
    return pd.DataFrame(rows, columns=["cell", "output", "expected", "found"])


def pictures(notebook: NotebookNode) -> pd.DataFrame:
    """
    Take the pictures out of an executed chapter.

    Parameters
    ----------
    notebook
        An executed notebook.

    Returns
    -------
    pandas.DataFrame
        Columns name (from the cell's tag ``picture:<name>``, else empty), alt (the figure's sentence), png
        (bytes): one row a picture, in order.
    """
    rows = []
    for cell in _code_cells(notebook):
        tagged = [
            t.removeprefix("picture:") for t in cell.metadata.get("tags", []) if t.startswith("picture:")
        ]
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                png = base64.b64decode(output.data["image/png"])
                rows.append((tagged.pop(0) if tagged else "", alt, png))
    return pd.DataFrame(rows, columns=["name", "alt", "png"])


def save_pictures(paths: Sequence[Path], folder: Path) -> list[Path]:
    """
    Write the tagged pictures of executed chapters as PNG files, and remove the ones no longer tagged.

    Parameters
    ----------
    paths
        Executed notebooks.
    folder
        Where to; ``<name>.png`` each.

    Returns
    -------
    list of pathlib.Path
        The files written, sorted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for path in paths:
        found = pictures(read(path))
        for row in found[found["name"] != ""].itertuples():
            target = folder / f"{row.name}.png"
            target.write_bytes(row.png)
            written.add(target)
    for stale in set(folder.glob("*.png")) - written:
        stale.unlink()
    return sorted(written)


def read(path: Path) -> NotebookNode:
    """
    Read a notebook.

    Parameters
    ----------
    path
        A notebook file of format 4.

    Returns
    -------
    nbformat.NotebookNode
        The notebook.
    """
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def _execute(path: Path, out: Path, parameters: dict[str, str], keep_failed: bool) -> tuple[float, str]:
    begun = time.monotonic()
    notebook = _with_parameters(read(path), parameters)
    for cell in _code_cells(notebook):  # what a cell showed before must not stand in for what it shows now
        cell.outputs, cell.execution_count = [], None
    error = ""
    with TemporaryDirectory() as profile:  # no start-up files, no history shared between kernels
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=40"],  # errors only: no advice on encryption
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            client.execute(env={**os.environ, **_ENVIRONMENT, "IPYTHONDIR": profile})
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as fault:
            error = _named(fault, notebook)
    if keep_failed or not error:
        _write(clean(notebook), out / path.name)
    return round(time.monotonic() - begun, 1), error


def _outcome(job: Future[tuple[float, str]]) -> tuple[float, str]:
    fault = job.exception()  # a file that is no notebook, or a kernel that cannot start
    return (0.0, " ".join(f"{type(fault).__name__}: {fault}".split())) if fault else job.result()


def _with_parameters(notebook: NotebookNode, parameters: dict[str, str]) -> NotebookNode:
    """Let papermill add a cell of values for those names that the chapter has."""
    tagged = [c for c in _code_cells(notebook) if "parameters" in c.metadata.get("tags", [])]
    if not tagged or not parameters:
        return notebook
    names = {
        target.id
        for node in ast.walk(ast.parse(tagged[0].source))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    values = {name: value for name, value in parameters.items() if name in names}
    if "dispatch_file" not in names:  # a chapter that reads the record keeps its own day
        values.pop("day", None)
    if not values:
        return notebook
    from papermill.parameterize import parameterize_notebook

    notebook.metadata.setdefault("papermill", NotebookNode())  # papermill expects what its own reader adds
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    changed: NotebookNode = parameterize_notebook(notebook, values, kernel_name="python3", language="python")
    return changed


def _named(fault: Exception, notebook: NotebookNode) -> str:
    number = sum(bool(cell.get("execution_count")) for cell in _code_cells(notebook))
    if isinstance(fault, CellExecutionError):
        what = f"{fault.ename}: {fault.evalue}"
    else:
        what = str(fault) or type(fault).__name__
    return f"code cell {max(number, 1)}: {' '.join(what.split())}"


def _write(notebook: NotebookNode, path: Path) -> None:
    aside = path.with_name(path.name + ".part")
    aside.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    aside.replace(path)


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _outputs(cell: NotebookNode) -> dict[tuple[int, str], str]:
    found: dict[tuple[int, str], str] = {}
    for number, output in enumerate(cell.outputs):
        shown: dict[str, Any] = output.get("data") or {output.get("name", "error"): output.get("text", "")}
        for kind, value in shown.items():
            found[number, kind] = _ADDRESS.sub("ADDRESS", value if isinstance(value, str) else repr(value))
    return found


def _picture(encoded: str) -> str:
    return f"sha256 {hashlib.sha256(base64.b64decode(encoded)).hexdigest()[:12]}" if encoded else ""


def _first_difference(kind: str, old: str, new: str) -> tuple[str, str]:
    if kind.startswith("image/"):
        return _picture(old), _picture(new)
    before, after = old.splitlines(), new.splitlines()
    length = max(len(before), len(after))
    before, after = before + [""] * (length - len(before)), after + [""] * (length - len(after))
    pairs = ((a.strip()[:80], b.strip()[:80]) for a, b in zip(before, after, strict=True) if a != b)
    return next(pairs, ("", ""))
