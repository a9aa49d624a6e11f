import csv
import io
import os
import re
import shutil
import subprocess
import sys

import pytest

from frontlines import cli, data, events, toponyms

ROOT = data.data_dir().parent
COMMANDS = (
    "run",
    "code",
    "claims",
    "mentions",
    "places",
    "actors",
    "check",
    "agree",
    "front",
    "import",
    "export",
    "gazetteer",
    "notebooks",
    "site",
)
COMMAND = [sys.executable, "-c", "import sys; from frontlines.cli import main; sys.exit(main())"]
SEED = sorted((ROOT / "seeds").glob("*.txt"))[0]


def call(arguments):
    try:
        return cli.main(arguments)
    except SystemExit as left:
        return left.code


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_one_bad_file_of_two_leaves_no_output(tmp_path, capsys):
    (tmp_path / "empty.txt").write_bytes(b"")
    assert call(["code", str(SEED), str(tmp_path / "empty.txt")]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    assert call([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: frontlines {command}")


def test_help_does_not_wait_for_the_rooms():
    program = (
        "import sys; from frontlines import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('|', [n for n in ('spacy', 'pandas', 'geopandas', 'matplotlib') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("| []\n")


def test_debug_shows_the_traceback(tmp_path):
    with pytest.raises(ValueError, match="no such file"):
        call(["mentions", "--debug", str(tmp_path / "nowhere.txt")])
    with pytest.raises(ValueError, match="no such file"):
        call(["--debug", "mentions", str(tmp_path / "nowhere.txt")])


def test_interrupted(monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("frontlines.job.read", interrupt)
    assert call(["mentions", str(SEED)]) == 130


def test_a_defect_of_ours_is_one_line(monkeypatch, capsys):
    def fail(*_, **__):
        raise KeyError("a\nb")

    monkeypatch.setattr("frontlines.job.read", fail)
    assert call(["mentions", str(SEED)]) == 70
    assert re.fullmatch(r"frontlines: a defect of ours: KeyError.*--debug.*\n", capsys.readouterr().err)


def test_closed_pipe_is_quiet(tmp_path):
    given = tmp_path / "names.txt"
    given.write_text("Hama\n" * 1000, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "places", str(given)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        run.stdout.close()
        said = run.stderr.read()
    assert (run.returncode, said) == (141, b"")


def test_output_is_utf8_with_lf_whatever_the_locale():
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    run = subprocess.run(
        [*COMMAND, "places", "-"],
        input="Lattaquié\nحمص\n".encode(), capture_output=True, check=True, env={**os.environ, **plain},
    )  # fmt: skip
    lines = run.stdout.decode("utf-8").split("\n")
    assert lines[1].startswith("Lattaquié,")
    assert lines[2].startswith("حمص,")
    assert b"\r" not in run.stdout


def test_places_keeps_rows_and_order(tmp_path, capsys):
    names = ["Homs", "", "Nowhere-at-all", "Hama", "Homs"]
    (tmp_path / "names.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    assert call(["places", str(tmp_path / "names.txt")]) == 0
    rows = table(capsys.readouterr().out)
    assert list(rows[0]) == cli.PLACES
    assert [row["query"] for row in rows] == names
    assert [bool(row["place_id"]) for row in rows] == [True, False, False, True, True]


def test_actors_keeps_rows_and_order(tmp_path, capsys):
    names = ["Hayat Tahrir al-Sham", "nobody we know", "la Russie"]
    (tmp_path / "names.txt").write_text("\n".join(names) + "\r\n", encoding="utf-8")
    assert call(["actors", str(tmp_path / "names.txt")]) == 0
    rows = table(capsys.readouterr().out)
    assert list(rows[0]) == cli.ACTORS
    assert [row["query"] for row in rows] == names
    assert [row["actor"] for row in rows] == ["HTS", "", "RUS"]


def test_mentions_slice_to_their_words(capsys):
    assert call(["mentions", str(SEED)]) == 0
    rows = table(capsys.readouterr().out)
    text = SEED.read_bytes().decode()
    assert list(rows[0]) == cli.MENTIONS
    assert all(text[int(row["start"]) : int(row["end"])] == row["text"] for row in rows)
    assert {"Hama", "Rasten", "Vaer", "Golan"} <= {row["text"].removeprefix("plateau du ") for row in rows}


def test_code_of_the_seed_is_a_sound_table(tmp_path, capsys):
    assert call(["code", str(SEED)]) == 0  # its day stands in dispatches.csv
    said = capsys.readouterr().out
    rows = table(said)
    text = SEED.read_bytes().decode()
    assert list(rows[0]) == list(events.COLUMNS)
    assert all(text[int(row["start"]) : int(row["end"])] == row["quote"] for row in rows)
    assert {"LBN", "JOR"} == {row["actor"] for row in rows if row["event_type"] == "border_closure"}
    coded = tmp_path / "coded.csv"
    coded.write_text(said, encoding="utf-8")
    assert call(["check", str(coded)]) == 0
    assert len(table(capsys.readouterr().out)) == 0


def test_code_reads_standard_input(monkeypatch, capsys):
    class Given:
        buffer = io.BytesIO(b"Les rebelles ont pris la ville de Hama hier.")

    monkeypatch.setattr(sys, "stdin", Given)
    assert call(["code", "-", "--published", "2024-12-06"]) == 0
    (row,) = table(capsys.readouterr().out)
    assert (row["event_type"], row["place_name"], row["date"]) == ("capture", "Hama", "2024-12-05")


def test_claims_are_apart_from_events(capsys):
    assert call(["claims", str(SEED)]) == 0
    rows = table(capsys.readouterr().out)
    assert {row["claim_type"] for row in rows} >= {"separation", "access_lost"}


def test_explain_names_the_rule_and_the_words(capsys):
    assert call(["code", "--explain", str(SEED)]) == 0
    said = capsys.readouterr().out
    assert "border_closure" in said
    assert "ont fermé leurs frontières" in said


def test_check_lists_all_faults(tmp_path, capsys):
    sound = events.tidy(data.table("record/control_changes")).head(3)
    broken = sound.assign(event_type="capturing", lat=99.0)
    (tmp_path / "broken.csv").write_text(events.to_csv(broken), encoding="utf-8")
    assert call(["check", str(tmp_path / "broken.csv")]) == 2
    said = capsys.readouterr()
    faults = table(said.out)
    assert {row["column"] for row in faults} >= {"event_type", "lat"}
    assert {row["row"] for row in faults} == {"1", "2", "3"}
    assert f"(and {len(faults) - 1} more" in said.err


@pytest.mark.parametrize("name", ["control_changes", "border_events", "reactions"])
def test_the_record_is_a_sound_events_table(name, capsys):
    assert call(["check", str(ROOT / "data" / "record" / f"{name}.csv")]) == 0
    assert len(table(capsys.readouterr().out)) == 0


def test_agree_scores_the_second_coding_against_the_first(tmp_path, capsys):
    (tmp_path / "a.csv").write_text("event_type,place_name\ncapture,Hama\nclash,Homs\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("event_type,place_name\ncapture,Hama\n", encoding="utf-8")
    assert call(["agree", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]) == 0
    said = capsys.readouterr()
    first = table(said.out)[0]
    assert (first["event_type"], float(first["precision"]), float(first["recall"])) == ("all", 1.0, 0.5)
    assert said.err.startswith("matches: 1 full, 1 only a; Krippendorff's alpha of the types ")
    assert call(["agree", "--pairs", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]) == 0
    assert [row["match"] for row in table(capsys.readouterr().out)] == ["full", "only a"]


def test_gazetteer_add_accounts_for_every_entry(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("gold", "local"))
    monkeypatch.setenv("FRONTLINES_DATA", str(tmp_path / "data"))
    rows = [
        "PP_PCODE,PP_NAME_EN,ADM1_PCODE,lat,lon",
        "C1,Hamlet of the Test,SY04,34.9,38.9",
        "C2,,SY04,34.9,38.9",
    ]
    (tmp_path / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    assert call(["gazetteer", "add", "--from", "ocha", str(tmp_path / "list.csv")]) == 0
    said = capsys.readouterr()
    assert [row["outcome"] for row in table(said.out)] == ["added", "refused"]
    assert "1 added, 1 refused" in said.err
    (tmp_path / "names.txt").write_text("Hamlet of the Test\n", encoding="utf-8")
    assert call(["places", str(tmp_path / "names.txt")]) == 0
    assert table(capsys.readouterr().out)[0]["place_id"] == "ocha:C1"
    toponyms.forget()


@pytest.mark.parametrize("ending", ["geojson", "gpkg"])
def test_front_writes_zones(tmp_path, ending, capsys):
    import geopandas as gpd

    target = tmp_path / f"front.{ending}"
    assert call(["front", "--day", "2024-12-06", "-o", str(target)]) == 0
    zones = gpd.read_file(target, layer="front")  # a GeoPackage holds its styles too
    assert {"side", "share", "day"} <= set(zones.columns)
    assert {"unknown", "HTS", "GOV"} <= set(zones["side"])
    assert set(zones["day"].astype(str).str[:10]) == {"2024-12-06"}
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "command", [["import", "--from", "acled"], ["export", "--to", "acled"], ["corpus"]], ids=lambda c: c[0]
)
def test_a_result_is_not_written_over_what_it_is_made_from(command, tmp_path, capsys):
    given = tmp_path / "given.csv"
    given.write_text("text\nRebels took Hama.\n", encoding="utf-8")
    before = given.read_bytes()
    assert call([*command, str(given), "-o", str(given)]) == 2
    assert "is the file that is read" in capsys.readouterr().err
    assert given.read_bytes() == before
