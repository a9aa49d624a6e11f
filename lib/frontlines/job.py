"""The main job: every dispatch coded, every chapter executed, the site built; and its parts one by one."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from frontlines import data, events
from frontlines import dispatch as dispatches
from frontlines.dispatch import Dispatch
from frontlines.errors import DispatchError, MissingDataError, UnknownCodeError
from frontlines.events import aside

read_table = data.read_csv
TABLES = ("mentions", "events", "event_mentions", "claims")


def run(out: Path, *, dispatch_file: str | None = None, published: str | None = None) -> int:
    """
    Code the dispatches, execute the chapters, build the site, and print what was found and where.

    Parameters
    ----------
    out
        The folder to write; made if it is not there.
    dispatch_file
        A dispatch to run on instead of those of `seeds/`.
    published
        Its day of publication, ISO 8601 (UTC+3).

    Returns
    -------
    int
        0, or 1 if a chapter failed.

    Raises
    ------
    DispatchError
        If a dispatch cannot be read, or its day is not known; nothing is written then.
    """
    from frontlines import chapters, film, manifest

    root = _project()
    if published and not dispatch_file:
        raise DispatchError("--published says the day of one dispatch; name it with --dispatch FILE")
    if out.exists() and not out.is_dir():
        raise MissingDataError(f"--out {out}: is a file, not a folder; name a folder to write to")
    files = [Path(dispatch_file)] if dispatch_file else _seeds(root)
    texts = [read(path, published=published, dated=True) for path in files]
    paths = chapters.listed(root / "notebooks")
    tables = _code(texts)
    _save(tables, out / "tables")
    parameters = {}
    if dispatch_file:
        day = str(texts[0].published)
        parameters = {"dispatch_file": str(Path(dispatch_file).resolve()), "published": day, "day": day}
    shutil.rmtree(out / "notebooks", ignore_errors=True)
    took: dict[str, float] = {}
    with _timed("chapters", took):
        ran = chapters.execute(paths, out / "notebooks", parameters=parameters)
    with _timed("slider", took):
        film.write(tables["events"], out, own=bool(dispatch_file))
    with _timed("site", took):
        front_page = _build_site(root, out / "notebooks", _saved(out), out)
    manifest.write(out, dispatches=files)
    print(_summary(len(texts), tables, ran))
    print(f"Time: {', '.join(f'{what} {seconds:.0f} s' for what, seconds in took.items())}.")
    seen = (front_page, out / "slider.html", f"{out / 'tables'}{os.sep}", f"{out / 'notebooks'}{os.sep}")
    print("\n  ".join(("Look at", *map(str, seen))), flush=True)
    return _report_failed(ran)


def check() -> int:
    """
    Execute the committed chapters again, aside, and print where they differ.

    Returns
    -------
    int
        0, or 1 if one differs or fails.
    """
    from frontlines import chapters

    paths = chapters.listed(_project() / "notebooks")
    found = 0
    with tempfile.TemporaryDirectory() as fresh:
        ran = chapters.execute(paths, Path(fresh))
        for path in (path for path in paths if (Path(fresh) / path.name).is_file()):
            rows = chapters.differences(chapters.read(path), chapters.read(Path(fresh) / path.name))
            found += len(rows)
            for row in rows.itertuples():
                was = f": {row.expected!r} is now {row.found!r}" if row.expected or row.found else ""
                print(f"{path.name}: code cell {row.cell}: {row.output} differs{was}")
    print(f"{len(paths)} chapters executed again: {found or 'no'} difference{'s' * (found != 1)}", flush=True)
    return max(_report_failed(ran), int(found > 0))


def renew(names: Sequence[str] = ()) -> int:
    """
    Execute the committed chapters again, in place; save their tagged pictures, exercises and solutions.

    Parameters
    ----------
    names
        File names of chapters; all if none is given.

    Returns
    -------
    int
        0, or 1 if a chapter failed; that one is left as it was.

    Raises
    ------
    UnknownCodeError
        If there is no chapter of that name.
    """
    from frontlines import chapters, workshop

    folder = _project() / "notebooks"
    paths = chapters.listed(folder)
    known = [path.name for path in paths]
    unknown = sorted({Path(name).name for name in names} - set(known))
    if unknown:
        raise UnknownCodeError(f"no notebook {unknown[0]!r}; there are {', '.join(known)}")
    chosen = [path for path in paths if not names or path.name in {Path(name).name for name in names}]
    ran = chapters.execute(chosen, folder, keep_failed=False)
    chapters.save_pictures(paths, folder / "pictures")
    workshop.cut(folder)
    for row in ran.itertuples():
        print(f"{row.chapter}: {row.seconds} s{', failed, left as it was' * bool(row.error)}", flush=True)
    return _report_failed(ran)


def site(out: Path) -> Path:
    """
    Build the site from the chapters and tables in a run's folder, else from the committed chapters.

    Parameters
    ----------
    out
        The folder of the run.

    Returns
    -------
    pathlib.Path
        The front page.
    """
    from frontlines import film

    root = _project()
    executed = out / "notebooks"
    notebooks = executed if any(executed.glob("*.ipynb")) else root / "notebooks"
    tables = _saved(out)
    out.mkdir(parents=True, exist_ok=True)
    if not film.written(out):
        film.write(tables.get("events", events.empty()), out, own=False, moving=False)
    took: dict[str, float] = {}
    with _timed("site", took):
        front_page = _build_site(root, notebooks, tables, out)
    print(f"built in {took['site']:.0f} s", file=sys.stderr)
    return front_page


def workshop(out: Path, *, platforms: Sequence[str] = (), pythons: Sequence[str] = ()) -> int:
    """
    Write what a class needs: an archive for the students, slides, and a sheet to print.

    Parameters
    ----------
    out
        The folder to write.
    platforms
        Systems to fetch packages for, as in `wheelhouse.fetch`; an archive is written for each.
    pythons
        Versions of Python to fetch them for; the one that runs if none is given.

    Returns
    -------
    int
        0; each file is printed with its size.

    Raises
    ------
    FrontlinesError
        If packages cannot be fetched.
    """
    from frontlines import chapters, handouts, wheelhouse, workshop

    root, out = _project(), out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    sheet = handouts.coding_sheet(data.table("gold/coding_sheet"))
    pages = {"slides": handouts.slides(chapters.listed(root / "notebooks")), "coding_sheet": sheet}
    for name, text in pages.items():
        with aside(out / f"{name}.html") as part:
            part.write_text(text, encoding="utf-8", newline="\n")
        _tell_size(out / f"{name}.html")
    _tell_size(workshop.pack(root, out / "workshop.zip"))
    versions = pythons or [f"{sys.version_info[0]}.{sys.version_info[1]}"]
    for platform in platforms:
        with tempfile.TemporaryDirectory() as folder:
            lock = wheelhouse.core_lock(root / "lib")
            for version in versions:
                wheels = wheelhouse.fetch(lock, platform, version, Path(folder))
            asks = ", ".join(filter(None, [f"Python {' or '.join(versions)}", wheelhouse.needs(wheels)]))
            _tell_size(workshop.pack(root, out / f"workshop-{platform}.zip", wheels=wheels), f" ({asks})")
    return 0


@contextmanager
def _timed(what: str, took: dict[str, float]) -> Iterator[None]:
    """Say on a terminal what is at work, and keep how many seconds it took."""
    begun = time.monotonic()
    if sys.stderr.isatty():
        print(f"{what} ...", file=sys.stderr)
    yield
    took[what] = time.monotonic() - begun


def _tell_size(path: Path, more: str = "") -> None:
    print(f"{path}: {path.stat().st_size / 1e6:,.2f} MB{more}", flush=True)


def _project() -> Path:
    """Find the checkout that the library belongs to."""
    root = data.data_dir().parent
    if not (root / "notebooks").is_dir():
        raise MissingDataError(
            f"no notebooks/ beside {data.data_dir()}; run this in a checkout of the project"
        )
    return root


def _seeds(root: Path) -> list[Path]:
    files = sorted((root / "seeds").glob("*.txt"))
    if not files:
        raise MissingDataError(f"no dispatch in {root / 'seeds'}; restore it with `git checkout -- seeds`")
    return files


def read(
    path: Path, *, published: str | None = None, language: str | None = None, dated: bool = False
) -> Dispatch:
    """
    Read a dispatch with what a `dispatches.csv` beside it knows of it.

    Parameters
    ----------
    path
        The text file.
    published, language
        What is known better than there.
    dated
        Whether a day of publication is needed.

    Returns
    -------
    Dispatch
        The text and what is known of it.

    Raises
    ------
    DispatchError
        If it cannot be read, or a day is needed and not known.
    """
    known = _catalogue(path.parent).get(path.name, {})
    day = dispatches.parse_day(published, name="--published") or known.get("published") or None
    text = dispatches.read(path, published=day, language=language or known.get("language") or None)
    if dated and text.published is None:
        raise DispatchError(
            f'{text.name}: its day of publication is not known, and words such as "yesterday" are counted '
            "from it; give it with --published YYYY-MM-DD"
        )
    return text


def csv_text(frame: pd.DataFrame) -> str:
    """
    Put a table into CSV text as the project writes it: comma, LF, a header line, empty for unknown.

    Parameters
    ----------
    frame
        Any table; one with the events columns is written as events are.

    Returns
    -------
    str
        The text.
    """
    if set(events.COLUMNS) <= set(frame.columns):
        return events.to_csv(frame)
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _code(texts: Sequence[Dispatch]) -> dict[str, pd.DataFrame]:
    from frontlines import coder, gazetteer

    found: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for text in texts:
        coding = coder.code(text)
        mentions = gazetteer.find(text.text, language=text.language)
        mentions.insert(0, "dispatch_id", text.dispatch_id)
        frames = (mentions, coding.events, coding.event_mentions, coding.claims)
        for name, frame in zip(TABLES, frames, strict=True):
            found[name].append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def _save(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        with aside(folder / f"{name}.csv") as part:
            part.write_text(csv_text(frame), encoding="utf-8", newline="\n")


def _saved(out: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of a run again: the site shows what stands in the files, whenever it is built."""
    files = {name: out / "tables" / f"{name}.csv" for name in TABLES}
    return {name: data.read_csv(path) for name, path in files.items() if path.is_file()}


def _catalogue(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "dispatches.csv"
    rows = data.read_csv(path).to_dict("records") if path.is_file() else []
    return {row["file"]: row for row in rows if "file" in row}


def _build_site(root: Path, notebooks: Path, tables: Mapping[str, pd.DataFrame], out: Path) -> Path:
    from frontlines import film, pages

    return pages.build(
        notebooks, tables, out, templates=root / "notebooks" / "site", sliders=film.written(out)
    )


def _report_failed(ran: pd.DataFrame) -> int:
    failed = ran[ran["error"] != ""]
    for row in failed.itertuples():
        print(f"frontlines: {row.chapter} failed: {row.error}", file=sys.stderr)
    return int(len(failed) > 0)


def _summary(count: int, tables: Mapping[str, pd.DataFrame], ran: pd.DataFrame) -> str:
    mentions, coded = tables["mentions"], tables["events"]
    unknown = mentions.loc[mentions["place_id"] == "", "text"].nunique()
    placed = (mentions["place_id"] != "") & (mentions["reading"] == "place")
    places = mentions.loc[placed, "place_id"].nunique()
    closed = coded[(coded["event_type"] == "border_closure") & coded["status"].isin(["stated", "attributed"])]
    who = ", ".join(sorted({one for ids in closed["actor"] for one in ids.split(";") if one}))
    return (
        f"Coded {count} dispatch{'es' * (count != 1)}: {places} places ({unknown} names without an entry), "
        f"{len(coded)} events, {len(tables['claims'])} claims.\n"
        f"Borders reported closed: {len(closed)}{f' (by {who})' * bool(who)}.\n"
        f"Executed {len(ran)} chapters, {int((ran['error'] != '').sum())} failed."
    )
