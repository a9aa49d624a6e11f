"""Wrong input: exit 2, one line that says what is wrong, nothing half-written."""

import csv
import io
import os
import re
import resource
import signal
import subprocess
import sys
import time
import zipfile
from functools import cache
from pathlib import Path

import others
import pytest

from frontlines import cli, data, events

CASES = Path(__file__).parent / "cases"
COMMAND = [sys.executable, "-c", "import sys; from frontlines.cli import main; sys.exit(main())"]
SEED = sorted((data.data_dir().parent / "seeds").glob("*.txt"))[0]
ESCAPED = re.compile(rb"\\x([0-9a-f]{2})|\\([nrt])")
NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def cases():
    with (CASES / "bad_input.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [pytest.param(row, id=row["case"]) for row in rows]


def plain(text, encoding="utf-8"):
    """Read \\xNN, \\n, \\r, \\t of the table as bytes, the rest as text."""
    parts = re.split(r"(\\x[0-9a-f]{2})", text)
    named = [re.sub(r"\\([nrt])", lambda m: NAMED[m[1].encode()].decode(), part) for part in parts]
    return b"".join(
        bytes.fromhex(part[2:]) if re.fullmatch(r"\\x[0-9a-f]{2}", part) else part.encode(encoding, "replace")
        for part in named
    )


@cache
def sound():
    return list(
        csv.DictReader(io.StringIO(events.to_csv(events.tidy(data.table("record/control_changes")).head(3))))
    )


def table(changes):
    """Give three sound events, the second with some cells changed: ``lat=36|lon=35``."""
    rows = [{name: row[name] for name in events.COLUMNS} for row in sound()]
    for change in filter(None, changes.split("|")):
        column, _, value = change.partition("=")
        rows[1][column] = rows[0]["event_id"] if value == "@first" else plain(value).decode()
    text = io.StringIO()
    writer = csv.DictWriter(text, events.COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write(path, content):
    """Write what a cell tells: as it stands, ``@sparse N``, ``@events lat=9``, ``@cp1256 ...``."""
    how, _, rest = content.partition(" ")
    if how == "@sparse":
        with path.open("wb") as file:
            file.truncate(int(rest))
    elif how == "@events":
        path.write_bytes(table(rest))
    elif how in ("@acled", "@ucdp", "@gdelt"):
        changes = dict(change.split("=", 1) for change in filter(None, rest.split("|")))
        path.write_bytes(others.text(others.table(how[1:], changes), how[1:]))
    elif how == "@every":  # the only row
        path.write_bytes(b"".join(table(rest).splitlines(keepends=True)[::2]))
    elif how == "@broken":
        path.write_bytes(table("").splitlines(keepends=True)[0] + b"x,y\n")
    elif how == "@gdelt_header":
        path.write_bytes(others.text(others.table("gdelt"), "gdelt", header=True))
    elif how == "@zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(*rest.split(" ", 1))
    elif how == "@twice":
        path.write_bytes(rest.encode().decode("latin-1").encode())
    elif how.startswith("@") and how != "@repeat":
        path.write_bytes(plain(rest, how[1:]) if how[1:] != "utf-16" else rest.encode("utf-16"))
    else:
        repeat = re.compile(r"@repeat (\d+) ([^@]*)@?")
        path.write_bytes(plain(repeat.sub(lambda m: int(m[1]) * m[2], content)))


def call(arguments):
    try:
        return cli.main(arguments)
    except SystemExit as left:
        return left.code


def test_there_are_many_cases():
    assert len(cases()) >= 150


@pytest.mark.parametrize("row", cases())
def test_bad_input_is_refused_in_one_line_and_writes_nothing(row, tmp_path, capsys):
    named = re.search(r"\{tmp\}/(in\.\w+)", row["arguments"])
    given = tmp_path / (named[1] if named else "in.txt")
    write(given, row["content"])
    before = given.stat()
    code = call([part.format(tmp=tmp_path) for part in row["arguments"].split()])
    said = capsys.readouterr()
    assert code == 2
    assert said.err.startswith("frontlines: ")
    assert said.err.count("\n") == 1
    assert row["expected"] in said.err
    assert "Traceback" not in said.err
    assert "defect" not in said.err
    assert len(said.err) < 450
    if not row["arguments"].startswith("check"):
        assert said.out == ""
    assert [path.name for path in tmp_path.iterdir()] == [given.name]
    assert given.stat().st_mtime_ns == before.st_mtime_ns


# -- the rest as real commands: what the system does to a process -------------------------------------------


def run(*arguments, **options):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run([*COMMAND, *map(str, arguments)], check=False, timeout=120, **options)


def one_line(done, *words, code="frontlines"):
    said = done.stderr.decode()
    assert said.startswith(f"{code}: ")
    assert said.count("\n") == 1
    assert all(word in said for word in words), said
    return done.returncode


@pytest.mark.parametrize("command", ["places", "actors"])
def test_a_full_disk_is_said(command):
    with Path("/dev/full").open("wb") as full:
        done = run(command, "-", input=b"Hama\n", stdout=full)
    assert one_line(done, "the output cannot be written", "No space left") == 2


def test_a_full_disk_is_said_of_a_file_too(tmp_path):
    """Nothing half-written where the disk is full: a file may grow to one block and no further."""

    def little():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    events.write(events.tidy(data.table("record/control_changes")), tmp_path / "in.csv")
    for to in ("csv", "acled"):
        done = run("export", tmp_path / "in.csv", "--to", to, "-o", tmp_path / "out.csv", preexec_fn=little)
        assert one_line(done, "File too large") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_no_permission_is_said(tmp_path):
    """Who runs this may be root, whom no permission keeps out: another user is asked for then."""
    (tmp_path / "in.txt").write_text("Hama", encoding="utf-8")
    (tmp_path / "in.txt").chmod(0)
    mine = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)
    within = ["sh", "-c", 'test -r "$1"', "sh", sys.executable]
    if mine and subprocess.run(within, check=False, **mine).returncode:
        mine, within = {}, []  # this interpreter lies where nobody else may look
    if mine or os.geteuid():
        assert one_line(run("places", tmp_path / "in.txt", **mine), "in.txt", "Permission denied") == 2


def test_a_closed_pipe_is_quiet():
    with subprocess.Popen(
        [*COMMAND, "places", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        process.stdin.write(b"Hama\n" * 2000)
        process.stdin.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


def test_an_interrupted_work_leaves_no_process_and_can_go_on(tmp_path):
    (tmp_path / "in.csv").write_text("town\n" + "Qarat\n" * 40, encoding="utf-8")
    asked = ["corpus", "in.csv", "--places", "town", "-o", "out.parquet", "--rows", "2", "--workers", "1"]
    with subprocess.Popen(
        [*COMMAND, *asked], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        while not list(tmp_path.glob("*.parts/*.table.parquet")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in said
    assert not (tmp_path / "out.parquet").exists()
    assert run(*asked, cwd=tmp_path).returncode == 0


def test_import_and_export_as_commands(tmp_path):
    (tmp_path / "in.csv").write_bytes(others.text(others.table("acled", {}, {"year": "2014"}), "acled"))
    done = run("import", "--from", "acled", "in.csv", "-o", "out.parquet", cwd=tmp_path)
    assert one_line(done, "in.csv: 1 rows refused, in out.parquet.refused.csv", code="in.csv") == 0
    done = run("export", "out.parquet", "--to", "gpkg", "-o", "out.shp", cwd=tmp_path)
    assert one_line(done, "out.shp: does not end in .gpkg") == 2
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.parquet", "out.parquet.refused.csv"}


def test_a_front_of_points_turned_around_is_not_drawn(tmp_path):
    (tmp_path / "in.csv").write_bytes(table("lat=36.7578|lon=35.1318|place_id=my:1"))
    done = run("front", "--day", "2024-12-06", "--events", tmp_path / "in.csv", "-o", tmp_path / "f.geojson")
    assert one_line(done, "row 2, lat", "are lat and lon swapped?") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_debug_shows_the_traceback(tmp_path):
    done = run("--debug", "mentions", tmp_path / "nowhere.txt")
    assert b"Traceback" in done.stderr
    assert b"DispatchError" in done.stderr


def test_an_interrupted_command_leaves_with_130_and_no_traceback():
    with subprocess.Popen(
        [*COMMAND, "places", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        time.sleep(2)  # it waits for its standard input
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
    assert (process.returncode, out, said) == (130, b"", b"")


def test_endless_input_is_refused_in_bounded_memory():
    def bounded():
        resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))

    with subprocess.Popen(["yes", "Hama"], stdout=subprocess.PIPE) as endless:
        done = run("places", "-", stdin=endless.stdout, preexec_fn=bounded)
        endless.stdout.close()
        endless.terminate()
    assert one_line(done, "standard input: has more than 100 MB") == 2


def test_a_device_is_no_file():
    assert one_line(run("places", "/dev/zero"), "/dev/zero: no such file") == 2


def test_a_link_to_itself_is_no_file(tmp_path):
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    assert one_line(run("mentions", tmp_path / "loop.txt"), "loop.txt: no such file") == 2


def test_an_odd_file_name_stays_on_one_line(tmp_path):
    assert one_line(run("mentions", tmp_path / "a\nb\x1b[31m.txt"), "no such file") == 2


def test_no_output_where_nothing_may_be_written(tmp_path):
    (tmp_path / "front.gpkg").mkdir()
    done = run("front", "--day", "2024-12-06", "-o", tmp_path / "front.gpkg")
    assert one_line(done, "front.gpkg") == 2
    assert [path.name for path in tmp_path.iterdir()] == ["front.gpkg"]


def test_a_file_in_the_place_of_the_folder_of_a_run(tmp_path):
    (tmp_path / "build").write_text("mine", encoding="utf-8")
    (tmp_path / "d.txt").write_text(
        "The army left the town of Rastan on Thursday, he said.", encoding="utf-8"
    )
    done = run(
        "run", "--dispatch", tmp_path / "d.txt", "--published", "2024-12-07", "--out", tmp_path / "build"
    )
    assert one_line(done, "build") == 2
    assert (tmp_path / "build").read_text(encoding="utf-8") == "mine"


def test_data_that_is_gone_is_missed(tmp_path):
    done = run("places", SEED, env={**os.environ, "FRONTLINES_DATA": str(tmp_path)})
    assert one_line(done, "no codebook/ in", "FRONTLINES_DATA") == 2


def test_what_must_not_be_read_is_named(tmp_path, monkeypatch, capsys):
    # who runs this may be root, whom no permission keeps out
    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (tmp_path / "in.txt").write_text("Hama", encoding="utf-8")
    for command in ("places", "actors", "mentions", "check"):
        assert call([command, str(tmp_path / "in.txt")]) == 2
        said = capsys.readouterr().err
        assert "in.txt" in said
        assert "Permission denied" in said
        assert said.count("\n") == 1
