"""The arguments of the command `frontlines`: its commands, their options, and what --help says of them."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import NoReturn

from frontlines import __version__

EPILOG = "Bad input: exit 2 and one line that says what is wrong. A file named - is standard input."
Job = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong with the arguments."""
        print(f"frontlines: {message}; see `{self.prog} --help`", file=sys.stderr)
        sys.exit(2)


def parser(jobs: Mapping[str, Job]) -> argparse.ArgumentParser:
    """
    Make the parser of the command line.

    Parameters
    ----------
    jobs
        What each command does, by its name.

    Returns
    -------
    argparse.ArgumentParser
        The parser; what it makes of the arguments has the command's function as `job`.
    """
    top = _Parser(
        prog="frontlines", description="From a news dispatch to events, maps and charts.", epilog=EPILOG
    )
    top.add_argument("--version", action="version", version=f"frontlines {__version__}")
    top.add_argument("--debug", action="store_true", help="show the traceback of an error")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    commands = partial(_command, subparsers, jobs)

    run = commands("run", "code every dispatch of seeds/, run every notebook, build the site")
    run.add_argument("--dispatch", metavar="FILE", help="run on this dispatch instead of seeds/")
    _published(run)
    run.add_argument("--out", default="build", metavar="FOLDER", help="where to write (default: build)")
    run.add_argument("--check", action="store_true", help="only say what differs from committed notebooks")

    code = commands("code", "events of dispatches, as CSV on standard output")
    claims = commands("claims", "claims of dispatches, as CSV on standard output")
    for command in (code, claims):
        command.add_argument("files", nargs="+", metavar="FILE", help="a dispatch: plain text in UTF-8")
        _published(command)
        _language(command, ("fr", "en"))
    code.add_argument("--explain", action="store_true", help="show why each event was coded instead")

    mentions = commands("mentions", "place names of a dispatch, as CSV")
    mentions.add_argument("file", metavar="FILE", help="a dispatch: plain text in UTF-8")
    _language(mentions, ("fr", "en", "ar", "tr"))

    places = commands("places", "gazetteer entries of place names, as CSV")
    actors = commands("actors", "canonical ids of actor names, as CSV")
    for command in (places, actors):
        command.add_argument(
            "file", nargs="?", default="-", metavar="FILE", help="one name a line (default: standard input)"
        )

    check = commands("check", "every fault of an events table, as CSV")
    check.add_argument("file", metavar="FILE", help="an events table: CSV in UTF-8, columns of the codebook")

    agree = commands("agree", "agreement of two codings of the same texts, as CSV")
    agree.add_argument("a", metavar="A", help="a coding (CSV): the reference, for precision and recall")
    agree.add_argument("b", metavar="B", help="the coding to hold against it (CSV)")
    agree.add_argument("--pairs", action="store_true", help="show every pair and what differs instead")
    agree.add_argument("--within", type=_kilometres, default=15.0, metavar="KM",
                       help="how far apart points of one place may be (default: 15)")  # fmt: skip
    agree.add_argument("--place-open", action="store_true",
                       help="do not compare the places of border events and reactions")  # fmt: skip

    front = commands("front", "zones held on a day, as GeoJSON or GeoPackage")
    front.add_argument("--day", required=True, metavar="DAY", help="YYYY-MM-DD")
    front.add_argument("--method", default="voronoi", choices=["voronoi", "kernel"], help="default: voronoi")
    front.add_argument(
        "--reach", type=_kilometres, default=15.0, metavar="KM", help="how far a report speaks (default: 15)"
    )
    front.add_argument("-o", "--output", metavar="FILE", help="a .geojson or .gpkg; else to the screen")
    front.add_argument("--events", metavar="EVENTS", help="control events to go by instead of the record's")
    front.add_argument(
        "--no-baseline", action="store_true", help="do not begin with the record of 26 November"
    )

    importing = commands("import", "events of ACLED, UCDP GED or GDELT into our table")
    importing.add_argument("--from", dest="source", required=True,
                           choices=["acled", "ucdp", "gdelt", "events"],
                           help="acled, ucdp, gdelt (2.0 events) or events (our own table)")  # fmt: skip
    importing.add_argument("file", metavar="FILE", help="the file, or a zip archive of it alone")
    importing.add_argument("-o", "--output", required=True, metavar="OUT", help="a .parquet or .csv; what is "
                           "refused goes to OUT.refused.csv beside it")  # fmt: skip
    importing.add_argument("--safe-cells", action="store_true",
                           help="no text in a CSV that a spreadsheet would run as a formula")  # fmt: skip
    exporting = commands("export", "an events table for other tools")
    exporting.add_argument(
        "file", metavar="EVENTS", help="an events table: .csv, .parquet, .gpkg or .geojson"
    )
    exporting.add_argument("--to", required=True,
                           choices=["acled", "csv", "gpkg", "geojson", "parquet"],
                           help="acled: its 31 columns; gpkg: with QGIS styles")  # fmt: skip
    exporting.add_argument("-o", "--output", required=True, metavar="OUT",
                           help="the file; what to cite goes to OUT.cff beside it")  # fmt: skip
    exporting.add_argument("--safe-cells", action="store_true",
                           help="acled, csv: no text that a spreadsheet would run as a formula")  # fmt: skip

    corpus = commands("corpus", "code many dispatches, or resolve the places of a long table, on all cores")
    corpus.add_argument("source", metavar="SOURCE",
                        help="a folder of .txt files, or a .csv, .parquet or .jsonl table")  # fmt: skip
    corpus.add_argument("-o", "--output", required=True, metavar="OUT.parquet",
                        help="what is refused goes to OUT.parquet.refused.csv beside it")  # fmt: skip
    corpus.add_argument("--text", default="text", metavar="COLUMN", help="the dispatches (default: text)")
    corpus.add_argument("--places", action="append", metavar="COLUMN",
                        help="resolve this column of names instead of coding; may be repeated")  # fmt: skip
    corpus.add_argument("--published", metavar="DAY|COLUMN",
                        help="day of publication of all, or its column (default: published)")  # fmt: skip
    corpus.add_argument("--lang", metavar="fr|en|COLUMN",
                        help="language of all, or its column (default: language, else recognised; short "
                        "texts that do not tell have that of the corpus)")  # fmt: skip
    corpus.add_argument("--rows", type=_count, metavar="N",
                        help="records in a partition (default: 50 dispatches, 100000 rows)")  # fmt: skip
    corpus.add_argument("--workers", type=_count, metavar="N", help="processes (default: one a core)")
    corpus.add_argument("--scheduler", metavar="ADDRESS",
                        help="a running Dask scheduler, for example tcp://127.0.0.1:8786")  # fmt: skip

    gazetteer = commands("gazetteer", "add a fuller list of places to the local gazetteer")
    gazetteer.add_argument("action", choices=["add"], help="what to do")
    gazetteer.add_argument("--from", dest="source", required=True, choices=["ocha", "geonames"],
                           help="whose list it is")  # fmt: skip
    gazetteer.add_argument("file", metavar="FILE", help="OCHA's populated places (CSV), or a GeoNames dump")

    notebooks = commands("notebooks", "execute the committed notebooks again, in place")
    notebooks.add_argument("names", nargs="*", metavar="NAME", help="file names (default: all)")
    site = commands("site", "build the site from the chapters executed last")
    site.add_argument("--out", default="build", metavar="FOLDER", help="where to write (default: build)")
    workshop = commands("workshop", "write what a class needs: archive for students, slides, coding sheet")
    workshop.add_argument("--out", default="build", metavar="FOLDER", help="where to write (default: build)")
    workshop.add_argument("--platforms", type=_listed, default=(), metavar="A,B",
                          help="pack the packages too, for these systems: win_amd64, macosx_11_0_arm64, "
                          "manylinux_2_28_x86_64 ... (needs the network)")  # fmt: skip
    workshop.add_argument("--pythons", type=_listed, default=(), metavar="A,B",
                          help="for these versions of Python (default: the one that runs)")  # fmt: skip
    return top


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())


def _command(
    subparsers: "argparse._SubParsersAction[_Parser]", jobs: Mapping[str, Job], name: str, what: str
) -> argparse.ArgumentParser:
    command = subparsers.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}.", epilog=EPILOG
    )
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")
    command.set_defaults(job=jobs[name])
    return command


def _published(command: argparse.ArgumentParser) -> None:
    command.add_argument("--published", metavar="DAY", help="day of publication, YYYY-MM-DD")


def _language(command: argparse.ArgumentParser, languages: tuple[str, ...]) -> None:
    command.add_argument("--lang", choices=languages, help="language (default: recognised)")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 10_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 10000000")
    return int(text)


def _kilometres(text: str) -> float:
    try:
        km = float(text)
    except ValueError:
        km = 0.0
    if not 0 < km <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a distance from 0 to 1000 km")
    return km
