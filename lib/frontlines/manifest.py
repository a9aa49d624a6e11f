"""What a run was made of and what it made: versions, and checksums of every file."""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

import frontlines
from frontlines import data

NAME = "manifest.json"
OUTPUTS = ("tables", "notebooks", "site")


def write(out: Path, *, dispatches: Iterable[Path]) -> Path:
    """
    Write `manifest.json` into the folder of a run.

    Parameters
    ----------
    out
        The folder of the run.
    dispatches
        The texts that were coded.

    Returns
    -------
    pathlib.Path
        The file: `frontlines`, `python` and `packages` (versions), `inputs` (SHA-256 of `seeds/`,
        `data/` and `notebooks/`, by the path in the project; of a dispatch from elsewhere, by its name)
        and `outputs` (SHA-256 by the path in `out`). No time, no machine: equal runs have equal manifests.
    """
    root = data.data_dir().parent
    texts = {path.name: path for path in dispatches if path.parent != root / "seeds"}
    read = [path for top in ("data", "notebooks", "seeds") for path in _files(root / top)]
    inputs = texts | {path.relative_to(root).as_posix(): path for path in read}
    written = [*out.glob("slider.*"), *(path for top in OUTPUTS for path in _files(out / top))]
    made = {path.relative_to(out).as_posix(): path for path in written}
    content = {
        "frontlines": frontlines.__version__,
        "python": platform.python_version(),
        "packages": {one.metadata["Name"].lower(): one.version for one in distributions()},
        "inputs": {name: _sha256(path) for name, path in inputs.items()},
        "outputs": {name: _sha256(path) for name, path in made.items()},
    }
    target = out / NAME
    target.write_text(
        json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
        encoding="utf-8",
        newline="\n",
    )
    return target


def differences(a: Path, b: Path) -> list[str]:
    """
    Name what differs between two runs.

    Parameters
    ----------
    a, b
        Two manifests.

    Returns
    -------
    list of str
        Sorted: ``outputs: tables/events.csv`` and the like; empty where the runs are alike.
    """
    one, two = (json.loads(path.read_text(encoding="utf-8")) for path in (a, b))
    found = {part for part in ("frontlines", "python") if one[part] != two[part]}
    for part in ("packages", "inputs", "outputs"):
        names = one[part].keys() | two[part].keys()
        found |= {f"{part}: {name}" for name in names if one[part].get(name) != two[part].get(name)}
    return sorted(found)


def _files(folder: Path) -> list[Path]:
    """List the files of a folder, without what tools leave there and what is only this machine's."""
    passed_over = ("__pycache__", ".ipynb_checkpoints")
    return [
        path for path in sorted(folder.rglob("*")) if path.is_file() and not {*path.parts} & {*passed_over}
    ]


def _sha256(path: Path) -> str:
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
