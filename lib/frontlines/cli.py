"""The command `frontlines`: arguments in, tables on standard output, one line when something is wrong."""

import argparse
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frontlines import arguments as command_line
from frontlines.errors import DispatchError, FrontlinesError, MissingDataError, SchemaError, UnknownCodeError

if TYPE_CHECKING:  # rooms are loaded by the command that needs them: --help must not wait for spaCy
    import geopandas as gpd
    import pandas as pd

    from frontlines.coder import Coding
    from frontlines.dispatch import Dispatch

LARGEST = 100_000_000  # bytes of input that are read whole
LONGEST = 400  # characters of a message
MENTIONS = ["start", "end", "text", "place_id", "name", "kind", "country", "adm1", "lat", "lon",
            "precision_km", "score", "method", "reading"]  # fmt: skip
PLACES = ["query", "place_id", "name", "kind", "country", "adm1", "lat", "lon", "score", "method"]
ACTORS = ["query", "actor", "name", "side", "score", "method"]
ZONE_FILES = (".geojson", ".json", ".gpkg")


def main(argv: list[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    argv
        The arguments; those of the process if not given.

    Returns
    -------
    int
        0 done; 1 a chapter failed or differs; 2 bad input; 70 a defect of ours; 130 interrupted; 141 the
        reader of our output is gone.
    """
    arguments = command_line.parser(JOBS).parse_args(argv)
    if argv is None and not arguments.debug:
        warnings.simplefilter("ignore")  # for those who mend the library, not for those who use it
    try:
        code: int = arguments.job(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _discard_output()
        return 141
    except Exception as fault:
        if arguments.debug:
            raise
        if isinstance(fault, OSError) and not fault.filename:
            _discard_output()
        said = _harmless(_in_one_line(fault))
        # what is wrong stands at the beginning, what would be right at the end
        said = said if len(said) <= LONGEST else f"{said[: LONGEST - 125]} ... {said[-120:]}"
        print(f"frontlines: {said}", file=sys.stderr)
        return 2 if isinstance(fault, FrontlinesError | OSError) else 70


def _in_one_line(fault: Exception) -> str:
    if isinstance(fault, FrontlinesError):
        return " ".join(str(fault).split())
    if isinstance(fault, OSError) and fault.filename:
        return f"{fault.filename}: {fault.strerror}; name a file or folder that can be read and written"
    if isinstance(fault, OSError):
        return f"the output cannot be written: {fault.strerror}; make room, or write it elsewhere"
    what = " ".join(f"{type(fault).__name__}: {fault}".split())
    return f"a defect of ours: {what}; run again with --debug for the details"


def _harmless(line: str) -> str:
    """Write out what would steer a terminal or turn the line around: escape codes in a file name."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def _discard_output() -> None:
    """Point standard output at nothing, so that Python does not complain of the closed pipe at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, io.UnsupportedOperation):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


# -- the commands -----------------------------------------------------------------------------------------


def _code(arguments: argparse.Namespace) -> int:
    import pandas as pd

    if arguments.explain:
        from frontlines import coder

        _write_out("\n".join(coder.explain(_dispatch(f, arguments, dated=True)) for f in arguments.files))
        return 0
    _print(pd.concat([_coded(file, arguments).events for file in arguments.files], ignore_index=True))
    return 0


def _claims(arguments: argparse.Namespace) -> int:
    import pandas as pd

    _print(pd.concat([_coded(file, arguments).claims for file in arguments.files], ignore_index=True))
    return 0


def _mentions(arguments: argparse.Namespace) -> int:
    from frontlines import gazetteer

    dispatch = _dispatch(arguments.file, arguments)
    _print(gazetteer.find(dispatch.text, language=dispatch.language)[MENTIONS])
    return 0


def _places(arguments: argparse.Namespace) -> int:
    names = _names(arguments.file)
    from frontlines import gazetteer

    _print(gazetteer.resolve(names)[PLACES])
    return 0


def _actors(arguments: argparse.Namespace) -> int:
    names = _names(arguments.file)
    from frontlines import actors

    _print(actors.resolve(names)[ACTORS])
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from frontlines import job, schemas

    with _file(arguments.file) as path:
        frame = job.read_table(path)
    schema = schemas.recognise(frame)
    faults = schemas.check(frame, schema)
    _print(faults)
    if len(faults):
        first = faults.iloc[0]
        where = f"row {first['row']}, {first['column']}" if first["row"] else first["column"]
        more = f" (and {len(faults) - 1} more, on standard output)" if len(faults) > 1 else ""
        raise SchemaError(
            f"{arguments.file}: {where}: {first['value']!r}; expected {first['expected']}{more}"
        )
    print(f"{arguments.file}: {schema}, {len(frame)} rows, no fault", file=sys.stderr)
    return 0


def _agree(arguments: argparse.Namespace) -> int:
    from frontlines import agreement, job

    tables = []
    for file in (arguments.a, arguments.b):
        with _file(file) as path:
            tables.append(job.read_table(path))
    place_open = ("border", "reaction") if arguments.place_open else ()
    pairs = agreement.compare(*tables, within_km=arguments.within, place_open=place_open)
    _print(pairs if arguments.pairs else agreement.scores(pairs))
    counts = ", ".join(f"{n} {match}" for match, n in pairs["match"].value_counts().sort_index().items())
    alpha = agreement.alpha_of(pairs)
    print(f"matches: {counts or 'none'}; Krippendorff's alpha of the types {alpha:.3f}", file=sys.stderr)
    return 0


def _front(arguments: argparse.Namespace) -> int:
    from frontlines import control, data, dispatch, events, exchange, front

    day = str(dispatch.parse_day(arguments.day, name="--day"))
    to_screen = arguments.output in (None, "-")
    if not to_screen and _ending(arguments.output) not in ZONE_FILES:
        raise UnknownCodeError(f"-o {arguments.output}: ends in none of {', '.join(ZONE_FILES)}")
    if not Path(arguments.output or ".").parent.is_dir():
        raise MissingDataError(f"-o {arguments.output}: there is no such folder; make it first")
    baseline = None
    if not arguments.no_baseline:
        baseline = data.table("record/baseline", numeric=("lat", "lon", "precision_km"))
    changes = events.tidy(data.table("record/control_changes"))
    if arguments.events:
        with _file(arguments.events) as path:
            changes = exchange.table(path)
    timeline = control.timeline(baseline, changes, day=day)
    zones = front.zones(timeline, day=day, method=arguments.method, reach_km=arguments.reach)
    zones = zones[["side", "share", "day", "geometry"]]
    with tempfile.TemporaryDirectory() as folder:
        _write_zones(zones, Path(folder) / "front.geojson" if to_screen else Path(arguments.output))
        if to_screen:
            _write_out((Path(folder) / "front.geojson").read_text(encoding="utf-8"))
    return 0


def _keep_apart(given: str, out: str) -> None:
    """Refuse to write a result over what it is made from."""
    if given != "-" and Path(given).exists() and Path(out).exists() and Path(given).samefile(out):
        raise UnknownCodeError(f"-o {out}: is the file that is read; name another, or its rows would be lost")


def _import(arguments: argparse.Namespace) -> int:
    from frontlines import exchange

    _keep_apart(arguments.file, arguments.output)
    out = Path(arguments.output)
    with _file(arguments.file) as path:
        found = exchange.convert(path, out, source=arguments.source, safe_cells=arguments.safe_cells)
    if len(found.refused):
        where = exchange.refused_file(out)
        print(f"{arguments.file}: {len(found.refused)} rows refused, in {where}", file=sys.stderr)
    _print(found.report)
    return 0


def _export(arguments: argparse.Namespace) -> int:
    from frontlines import exchange, export

    _keep_apart(arguments.file, arguments.output)
    with _file(arguments.file) as path:
        frame = exchange.table(path)
    _print(export.write(frame, arguments.output, to=arguments.to, safe_cells=arguments.safe_cells))
    return 0


def _corpus(arguments: argparse.Namespace) -> int:
    import warnings

    from frontlines import corpus

    _keep_apart(arguments.source, arguments.output)
    given: dict[str, Any] = {"count": arguments.workers, "scheduler": arguments.scheduler}
    if arguments.rows:
        given["rows"] = arguments.rows
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_: print(f"frontlines: {message}", file=sys.stderr)
        if arguments.places:
            report = corpus.places(arguments.source, arguments.output, columns=arguments.places, **given)
        else:
            texts = {"text": arguments.text, "published": arguments.published, "language": arguments.lang}
            report = corpus.code(arguments.source, arguments.output, **texts, **given)
    _print(report)
    return 0


def _gazetteer(arguments: argparse.Namespace) -> int:
    from frontlines import gazetteer

    with _file(arguments.file) as path:
        report = gazetteer.add(path, source=arguments.source)
    _print(report)
    counts = ", ".join(f"{n} {outcome}" for outcome, n in report["outcome"].value_counts().items())
    print(f"{arguments.file}: {counts or 'no entries'}, in data/gazetteer/local/", file=sys.stderr)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from frontlines import job

    if arguments.check:
        return job.check()
    return job.run(Path(arguments.out), dispatch_file=arguments.dispatch, published=arguments.published)


def _notebooks(arguments: argparse.Namespace) -> int:
    from frontlines import job

    return job.renew(arguments.names)


def _site(arguments: argparse.Namespace) -> int:
    from frontlines import job

    print(job.site(Path(arguments.out)))
    return 0


def _workshop(arguments: argparse.Namespace) -> int:
    from frontlines import job

    return job.workshop(Path(arguments.out), platforms=arguments.platforms, pythons=arguments.pythons)


# -- what the commands share ------------------------------------------------------------------------------


def _coded(file: str, arguments: argparse.Namespace) -> "Coding":
    dispatch = _dispatch(file, arguments, dated=True)
    from frontlines import coder

    return coder.code(dispatch)


def _dispatch(file: str, arguments: argparse.Namespace, *, dated: bool = False) -> "Dispatch":
    from frontlines import job

    published = getattr(arguments, "published", None)
    with _file(file) as path:
        return job.read(path, published=published, language=arguments.lang, dated=dated)


def _write_zones(zones: "gpd.GeoDataFrame", target: Path) -> None:
    import pyogrio

    from frontlines import events, export

    with events.aside(target) as part:
        if _ending(str(target)) == ".gpkg":
            export.write_layer(zones, part, layer="front")
            return
        # five decimals are a metre; a fixed date makes equal files of equal zones
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-12-20T00:00:00.000Z"})
        options = {"RFC7946": "YES", "WRITE_BBOX": "YES", "WRITE_NAME": "NO", "COORDINATE_PRECISION": "5"}
        zones.to_file(part, driver="GeoJSON", layer="front", **options)


def _ending(file: str) -> str:
    return Path(file).suffix.lower()


def _names(file: str) -> list[str]:
    from frontlines import data

    with _file(file) as path:
        if path.stat().st_size > LARGEST:
            raise DispatchError(f"{path.name}: has more than 100 MB; give the names in parts")
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            hint = data.as_utf8(fault.object, path.name)
            raise DispatchError(f"{path.name}: not UTF-8 (byte {fault.start}); {hint}") from None
    if "\x00" in text:
        raise DispatchError(f"{path.name}: looks like a binary file; give a text with one name a line")
    return text.splitlines()


@contextmanager
def _file(name: str) -> Iterator[Path]:
    """Give a file to read: the one named, or what comes in on standard input for ``-``."""
    if name != "-":
        path = Path(name)
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "no such file"
            raise DispatchError(f"{name}: {what}; name a file, or - for standard input")
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as whole:
            while chunk := sys.stdin.buffer.read(1_000_000):
                if whole.tell() > LARGEST:
                    raise DispatchError("standard input: has more than 100 MB; give it in parts")
                whole.write(chunk)
        yield path


def _print(frame: "pd.DataFrame") -> None:
    from frontlines import job

    _write_out(job.csv_text(frame))


def _write_out(text: str) -> None:
    """Write UTF-8 with LF whatever the locale and the platform."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


JOBS = {
    "run": _run,
    "code": _code,
    "claims": _claims,
    "mentions": _mentions,
    "places": _places,
    "actors": _actors,
    "check": _check,
    "agree": _agree,
    "front": _front,
    "import": _import,
    "export": _export,
    "corpus": _corpus,
    "gazetteer": _gazetteer,
    "notebooks": _notebooks,
    "site": _site,
    "workshop": _workshop,
}
