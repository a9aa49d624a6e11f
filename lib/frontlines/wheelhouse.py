"""The wheelhouse: what a workshop's laptops install, pinned, and fetched beforehand for their systems."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from frontlines.errors import FrontlinesError, UnknownCodeError

# what the markers of a lock ask of a system, by how the name of a platform begins
SYSTEMS = {
    "win": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
    "macosx": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "manylinux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
}
NEWEST_MACOS = 14  # where a package has nothing as old as asked for


def core_lock(lib: Path) -> str:
    """
    Cut the lock down to what the notebooks need: nothing for tests, the site, or clusters.

    Parameters
    ----------
    lib
        The folder with `pyproject.toml` and `requirements.lock`.

    Returns
    -------
    str
        The pins with their hashes and markers.
    """
    project = tomllib.loads((lib / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    blocks = list(_blocks((lib / "requirements.lock").read_text(encoding="utf-8")))
    kept: set[str] = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    while more := {name for name, parents, _ in blocks if parents & kept} - kept:
        kept |= more
    return "".join(block for name, _, block in blocks if name in kept)


def for_system(lock: str, platform: str, python: str) -> str:
    """
    Keep the pins of a lock that hold on one system.

    Parameters
    ----------
    lock
        A lock for all systems, as `core_lock` gives it.
    platform
        A wheel's platform: ``win_amd64``, ``macosx_11_0_arm64``, ``manylinux_2_28_x86_64`` ...
    python
        A release of Python, ``3.12.0``.

    Returns
    -------
    str
        The pins with their hashes, without markers.

    Raises
    ------
    UnknownCodeError
        If the platform is not of Windows, macOS or Linux.
    """
    system = next((facts for begin, facts in SYSTEMS.items() if platform.startswith(begin)), None)
    if system is None:
        raise UnknownCodeError(
            f"platform {platform!r}: begins with none of {', '.join(SYSTEMS)}; try win_amd64"
        )
    facts = system | {
        "platform_machine": re.sub(r"^(win|macosx_\d+_\d+|manylinux_\d+_\d+)_", "", platform),
        "python_version": python.rpartition(".")[0], "python_full_version": python,
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    lines = []
    for _, _, block in _blocks(lock):
        pin, _, hashes = block.partition("\\\n")
        required = Requirement(pin.strip())
        if required.marker is None or required.marker.evaluate(facts):
            lines.append(f"{required.name}{required.specifier} \\\n{hashes}")
    return "".join(lines)


def fetch(lock: str, platform: str, python: str, folder: Path) -> list[Path]:
    """
    Fetch the wheels of a lock for one system, with pip, hashes checked.

    Parameters
    ----------
    lock
        A lock for all systems.
    platform
        As in `for_system`.
    python
        The version of Python, ``3.12``; the wheels serve all its releases.
    folder
        Where to.

    Returns
    -------
    list of pathlib.Path
        The wheels, sorted.

    Raises
    ------
    FrontlinesError
        If there is no wheel of a package, or no network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pins = folder / "requirements.txt"
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:",
               "--require-hashes", "--implementation", "cp", "-d", str(folder), "-r", str(pins)]  # fmt: skip
    tags = [word for tag in _compatible(platform) for word in ("--platform", tag)]
    # a pin may hold from some release on: the first and the last of a version need not have the same
    for release in (f"{python}.0", f"{python}.99"):
        pins.write_text(for_system(lock, platform, release), encoding="utf-8")
        asked = [*command, *tags, "--python-version", release]
        done = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["no message"]
            raise FrontlinesError(f"wheels for {platform}, Python {python}: pip says {said[-1]}")
    pins.unlink()
    return sorted(folder.glob("*.whl"))


def needs(wheels: Iterable[Path]) -> str:
    """
    Tell which macOS a set of wheels asks for.

    Parameters
    ----------
    wheels
        The files.

    Returns
    -------
    str
        ``macOS 14 or newer``; empty for other systems.
    """
    found = re.findall(r"macosx_(\d+)_\d+_(?!x86_64)\w+\.whl", " ".join(wheel.name for wheel in wheels))
    return f"macOS {max(map(int, found))} or newer" if found else ""


def _blocks(lock: str) -> Iterator[tuple[str, set[str], str]]:
    """Give each pin: its name, who asks for it, and its lines without that comment."""
    for block in re.findall(r"^[a-z0-9].*(?:\n .*)*", lock, re.MULTILINE):
        said = "".join(re.findall(r"^    #(.*)$", block, re.MULTILINE)).removeprefix(" via")
        parents = {re.sub(r"\[.*", "", word) for word in said.split()}
        pin = "".join(f"{line}\n" for line in block.splitlines() if not line.startswith("    #"))
        yield canonicalize_name(re.split(r"[=\[]", block)[0]), parents, pin


def _compatible(platform: str) -> list[str]:
    """Name the tags that a system takes, the one asked for first; pip knows of none by itself."""
    if found := re.fullmatch(r"macosx_(\d+)_0_(\w+)", platform):
        later = range(int(found[1]) + 1, NEWEST_MACOS + 1)
        return [platform, *(f"macosx_{version}_0_{found[2]}" for version in later)]
    if found := re.fullmatch(r"manylinux_2_(\d+)_(\w+)", platform):
        older = range(int(found[1]), 4, -1)
        named = [f"{name}_{found[2]}" for name in ("manylinux2014", "manylinux2010", "manylinux1", "linux")]
        return [*(f"manylinux_2_{version}_{found[2]}" for version in older), *named]
    return [platform]
