import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from frontlines import cli, coder, corpus, dispatch, events, gazetteer, partitions, records, workers
from frontlines.errors import DispatchError, MissingDataError, SchemaError

COMMAND = [sys.executable, "-c", "import sys; from frontlines.cli import main; sys.exit(main())"]
DAY = "2024-12-06"
TEXTS = (
    "The rebels captured Rastan and Talbiseh on Thursday.",
    "Jordan closed the Nasib crossing on Friday, the ministry of the interior said.",
    "L'armée syrienne s'est retirée de la ville de Hama jeudi, après de violents combats.",
)
# record 5 repeats record 1; what is wrong with 4 and 6 is said of them
ROWS = [
    {"text": TEXTS[0], "published": DAY, "language": "en"},
    {"text": TEXTS[1], "published": "2024-12-06T22:30:00Z", "language": ""},
    {"text": TEXTS[2], "published": DAY, "language": "fr"},
    {"text": "  ", "published": DAY, "language": "en"},
    {"text": TEXTS[0], "published": DAY, "language": "en"},
    {"text": "The army shelled Idlib on Monday.", "published": "last week", "language": "en"},
    {"text": "Die Truppen haben die Stadt Homs am Freitag verlassen.", "published": DAY, "language": ""},
    {"text": "The rebels entered Homs on Friday.", "published": "", "language": "en"},
]
NAMES = ("Rastan", "الرستن", "12 km north of Homs", "Nowhere at all", "", "Rastan", "Er Rastan", "حلب")


def by_reason(report):
    return dict(zip(report["what"], report["rows"], strict=True))


def call(arguments):
    try:
        return cli.main(arguments)
    except SystemExit as left:
        return left.code


def refused(out):
    return dict(pd.read_csv(f"{out}.refused.csv", dtype=str).to_numpy().tolist())


def as_csv(rows, path):
    pd.DataFrame(rows).to_csv(path, index=False)


def as_parquet(rows, path):
    pd.DataFrame(rows).to_parquet(path)


def as_lines(rows, path):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


WRITERS = {"csv": as_csv, "parquet": as_parquet, "jsonl": as_lines}


@pytest.mark.parametrize("form", WRITERS)
def test_texts_of_a_table(form, tmp_path):
    source, out = tmp_path / f"in.{form}", tmp_path / "out.parquet"
    WRITERS[form](ROWS, source)
    report = by_reason(corpus.code(source, out))
    frame = pd.read_parquet(out)
    assert list(frame.columns) == list(events.COLUMNS)
    days = (DAY, "2024-12-07", DAY)  # 22:30 in London is the next day there
    alone = [coder.code(dispatch.from_text(t, published=d)).events for t, d in zip(TEXTS, days, strict=True)]
    pd.testing.assert_frame_equal(frame, pd.concat(alone, ignore_index=True))
    assert report["records in"] == len(ROWS) == report["coded"] + report["refused"]
    assert report["coded"] == 3
    assert report["events"] == len(frame) >= 3
    reasons = refused(out)
    assert sorted(reasons) == ["4", "5", "6", "7", "8"]
    for record, words in {
        "4": "empty", "5": "same text", "6": "'last week' is not a day", "7": "'de'", "8": "--published",
    }.items():  # fmt: skip
        assert words in reasons[record]
    kept = pd.read_csv(f"{out}.records.csv", dtype=str)
    assert kept["record"].tolist() == ["1", "2", "3"]
    assert set(frame["dispatch_id"]) <= set(kept["dispatch_id"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [source.name, out.name, f"{out.name}.refused.csv", f"{out.name}.records.csv"]
    )


def test_texts_of_a_folder_with_what_is_known_of_them(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out.parquet"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    (folder / "deep" / "b.txt").write_text(TEXTS[1], encoding="utf-8")
    (folder / "c.txt").write_bytes(b"\xff\xfe\x00")
    (folder / "d.txt").write_bytes("Les forces ont pris Hama.".encode("utf-16"))
    (folder / "notes.md").write_text("no dispatch", encoding="utf-8")
    (folder / "dispatches.csv").write_text(f"file,language,published\na.txt,en,{DAY}\n", encoding="utf-8")
    report = by_reason(corpus.code(folder, out))
    assert (report["records in"], report["coded"], report["refused"]) == (4, 1, 3)
    assert sorted(refused(out)) == ["c.txt", "d.txt", "deep/b.txt"]
    assert records.count(folder) == 4
    # a day for all; the list of an earlier call goes when nothing is refused
    for name in ("c.txt", "d.txt"):
        (folder / name).unlink()
    report = by_reason(corpus.code(folder, out, published=DAY))
    assert (report["coded"], report["refused"]) == (2, 0)
    assert not Path(f"{out}.refused.csv").exists()


def test_day_and_language_from_named_columns(tmp_path):
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    days = pa.array([pd.Timestamp("2024-12-06").date()], pa.date32())
    pq.write_table(pa.table({"body": [TEXTS[0]], "day": days}), source)
    report = by_reason(corpus.code(source, out, text="body", published="day", language="en"))
    assert report["coded"] == 1
    assert pd.read_parquet(out)["date"].tolist() == ["2024-12-05"] * 2
    assert by_reason(corpus.code(source, out, text="body", published=DAY))["coded"] == 1


HEADLINES = {
    "en": ["Rebels seize Hama", "Aleppo falls", "HTS enters Homs after army withdrawal from the city",
           "Iran condemns Aleppo attack", "Jordan closes Nasib crossing", "The army left Rastan on Thursday"],
    "fr": ["Prise de Hama", "Chute d'Alep", "L'armée se retire de la ville de Hama",
           "Téhéran condamne l'attaque", "La Jordanie ferme le poste", "Les rebelles ont pris Rastan"],
}  # fmt: skip


@pytest.mark.parametrize("language", HEADLINES)
@pytest.mark.parametrize("rows", [2, 50])
def test_headlines_are_read_in_the_language_of_the_corpus(language, rows, tmp_path):
    as_csv([{"text": text} for text in HEADLINES[language]], tmp_path / "in.csv")
    report = by_reason(corpus.code(tmp_path / "in.csv", tmp_path / "out.parquet", published=DAY, rows=rows))
    assert (report["coded"], report["refused"]) == (6, 0)
    kept = pd.read_csv(tmp_path / "out.parquet.records.csv", dtype=str)
    assert set(kept["language"]) == {language, f"{language}?"}
    assert len(pd.read_parquet(tmp_path / "out.parquet")) >= 3


def test_headlines_in_two_languages_are_asked_for(tmp_path):
    both = [(tongue, text) for tongue, texts in HEADLINES.items() for text in texts]
    as_csv([{"text": text, "tongue": tongue} for tongue, text in both], tmp_path / "in.csv")
    report = by_reason(corpus.code(tmp_path / "in.csv", tmp_path / "out.parquet", published=DAY))
    assert report["refused"] >= 3
    assert all("say which with --lang" in why for why in refused(tmp_path / "out.parquet").values())
    for given in ("tongue", "en"):
        asked = ["corpus", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.parquet"), "--published", DAY]
        assert call([*asked, "--lang", given]) == 0
        kept = pd.read_csv(tmp_path / "out.parquet.records.csv", dtype=str)
        assert kept["language"].tolist() == ([one for one, _ in both] if given == "tongue" else ["en"] * 12)


def test_a_language_that_is_not_ours_is_refused_of_each(tmp_path):
    as_csv(
        [{"text": TEXTS[0], "language": "de"}, {"text": "Aleppo falls", "language": "en"}],
        tmp_path / "in.csv",
    )
    report = by_reason(corpus.code(tmp_path / "in.csv", tmp_path / "out.parquet", published=DAY))
    assert (report["coded"], report["refused"]) == (1, 1)
    assert "'de' is not one of" in refused(tmp_path / "out.parquet")["1"]


def test_half_a_letter_costs_no_record(tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": TEXTS[0] + "\ud83d"}) + "\n", encoding="utf-8")
    report = by_reason(corpus.code(tmp_path / "in.jsonl", tmp_path / "out.parquet", published=DAY))
    assert (report["coded"], report["refused"]) == (1, 0)


@pytest.mark.parametrize("form", WRITERS)
def test_place_columns_keep_their_rows(form, tmp_path):
    source, out = tmp_path / f"in.{form}", tmp_path / "out.parquet"
    rows = [{"n": str(i), "town": name, "other": "Aleppo"} for i, name in enumerate(NAMES)]
    WRITERS[form](rows, source)
    report = by_reason(corpus.places(source, out, columns=["town", "other"]))
    assert report == {"records in": len(NAMES), "rows out": len(NAMES), "refused": 0}
    frame = pd.read_parquet(out)
    asked = gazetteer.resolve(NAMES)
    assert list(frame.columns) == ["n", "town", "other"] + [
        f"{name}_{column}" for name in ("town", "other") for column in corpus.ANSWERS
    ]
    assert frame["n"].tolist() == [row["n"] for row in rows]
    for column in corpus.ANSWERS:
        assert frame[f"town_{column}"].astype(object).where(frame[f"town_{column}"].notna(), "").tolist() == (
            asked[column].astype(object).where(asked[column].notna(), "").tolist()
        )
    assert set(frame["other_place_id"]) == set(gazetteer.resolve(["Aleppo"])["place_id"])


def test_equal_names_of_a_partition_are_asked_once(tmp_path, monkeypatch):
    asked = []
    resolve = gazetteer.resolve
    monkeypatch.setattr(gazetteer, "resolve", lambda names: asked.append(list(names)) or resolve(names))
    pq.write_table(pa.table({"town": ["Homs", "Hama", None] * 500}), tmp_path / "in.parquet")
    corpus.places(tmp_path / "in.parquet", tmp_path / "out.parquet", columns=["town"])
    assert [sorted(names) for names in asked] == [["", "Hama", "Homs"]]
    assert pq.read_table(tmp_path / "out.parquet")["town_name"].to_pylist()[:2] == ["Homs", "Hama"]


def test_broken_rows_are_counted_and_kept_apart(tmp_path):
    (tmp_path / "in.csv").write_text("n,town\n1,Homs\n2,Hama,3\n3,Aleppo\n", encoding="utf-8")
    (tmp_path / "in.jsonl").write_bytes(
        b'{"town": "Homs"}\n[1]\n{"n": 1}\n{"town":\n"\xff"\n{"town": "Hama"}\n'
    )
    columns = pa.array([b"Homs", b"\xff\xfe", b"Hama"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"town": columns}), tmp_path / "in.parquet")
    expected = {"csv": (3, ["2"]), "jsonl": (6, ["2", "3", "4", "5"]), "parquet": (3, ["2"])}
    for form, (rows, bad) in expected.items():
        report = by_reason(
            corpus.places(tmp_path / f"in.{form}", tmp_path / f"{form}.parquet", columns=["town"])
        )
        assert (report["records in"], report["rows out"]) == (rows, rows - len(bad))
        assert list(refused(tmp_path / f"{form}.parquet")) == bad


def test_a_defect_costs_one_record(monkeypatch):
    def fail(some):
        raise KeyError(some[0].name)

    monkeypatch.setattr(coder, "events_of", fail)
    coded, ledger = corpus.code_records([("7", TEXTS[0], DAY, "en"), ("8", "x" * 1_000_001, DAY, "en")])
    assert list(coded.columns) == list(events.COLUMNS)
    assert ledger[0] == ("7", "", "", 0, "a defect of ours: KeyError: '7'")
    assert "longer than 1,000,000 characters" in ledger[1][-1]


def test_a_defect_costs_one_name(monkeypatch):
    def fail(names):
        if "Hama" in names:
            raise KeyError("x")
        return resolve(names)

    resolve = gazetteer.resolve
    monkeypatch.setattr(gazetteer, "resolve", fail)
    found = corpus.resolve_names(pa.array(["Homs", "Hama", "Aleppo"])).to_pandas()
    assert found["query"].tolist() == ["Homs", "Hama", "Aleppo"]
    assert found["place_id"].ne("").tolist() == [True, False, True]
    assert found["method"][1] == "a defect of ours: KeyError: 'x'"


@pytest.mark.parametrize("form", WRITERS)
def test_partitions_bound_what_is_read(form, tmp_path):
    WRITERS[form]([{"town": f"Town {i}"} for i in range(25)], tmp_path / f"in.{form}")
    found = list(records.read(tmp_path / f"in.{form}", rows=10, columns=["town"]))
    assert [(part.number, len(part)) for part in found] == [(0, 10), (1, 10), (2, 5)]
    assert [name for part in found for name in part.names] == [str(i) for i in range(1, 26)]
    assert records.count(tmp_path / f"in.{form}") == (25 if form == "parquet" else None)


BAD = {
    "no source": (["nowhere"], "nowhere: no such file or folder"),
    "empty folder": (["empty"], "no .txt file in this folder"),
    "ending": (["in.xlsx"], "ends in none of .csv"),
    "no column": (["in.csv", "--text", "body"], "no column 'body'; it has text, town"),
    "no place column": (["in.csv", "--places", "where"], "no column 'where'"),
    "folder of texts": (["texts", "--places", "where"], "has no column 'where'"),
    "header alone": (["header.csv"], "there is no record in it"),
    "damaged": (["in.parquet"], "cannot be read as Parquet"),
    "no day": (["in.csv", "--published", "2024-13-45"], "is not a day"),
    "rows": (["in.csv", "--rows", "0"], "is not a whole number"),
    "no address": (["in.csv", "--scheduler", "127.0.0.1"], "is no address"),
    "nobody there": (["in.csv", "--scheduler", "tcp://127.0.0.1:9"], "start one with `dask scheduler"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_line_and_writes_nothing(case, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    (tmp_path / "in.xlsx").write_bytes(b"PK")
    (tmp_path / "in.parquet").write_bytes(b"PAR1 and nothing more")
    (tmp_path / "in.csv").write_text("text,town\na,Homs\n", encoding="utf-8")
    (tmp_path / "header.csv").write_text("text,town\n", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    arguments, words = BAD[case]
    assert call(["corpus", *arguments, "-o", "out.parquet"]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert words in said.err
    assert said.out == ""
    assert sorted(tmp_path.iterdir()) == before


def test_output_that_cannot_be(tmp_path):
    as_csv([{"town": "Homs"}], tmp_path / "in.csv")
    for out in ("out.csv", "no/such/out.parquet"):
        with pytest.raises((SchemaError, MissingDataError), match=r"ends in \.parquet|make it first"):
            corpus.places(tmp_path / "in.csv", tmp_path / out, columns=["town"])
    as_csv([{"town": "Homs", "town_name": "x"}], tmp_path / "in.csv")
    with pytest.raises(SchemaError, match="'town_name' is there already"):
        corpus.places(tmp_path / "in.csv", tmp_path / "out.parquet", columns=["town"])
    with pytest.raises(DispatchError, match="no such file"):
        corpus.code(tmp_path / "gone", tmp_path / "out.parquet")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("tcp://127.0.0.1:8786", True),
        ("tls://127.5.0.1:1", True),
        ("localhost:8786", True),
        ("tcp://[::1]:8786", True),
        ("tcp://192.0.2.7:8786", False),
        ("cluster.example:8786", False),
        ("tls://0.0.0.0:1", False),
    ],
)
def test_addresses_that_only_this_machine_reaches(address, local):
    assert workers.is_loopback(address) is local


def test_another_address_brings_a_warning(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    monkeypatch.setattr(workers, "is_loopback", lambda _: False)
    as_csv([{"town": "Homs"}], tmp_path / "in.csv")
    asked = ["corpus", str(tmp_path / "in.csv"), "--places", "town", "-o", str(tmp_path / "out.parquet")]
    assert call([*asked, "--scheduler", "tcp://127.0.0.1:9"]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("frontlines: --scheduler tcp://127.0.0.1:9: not this machine")
    assert "tls://" in first
    assert "no worker with this library" in second


# -- real processes ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """Start a scheduler and two workers on the loopback address, each a process."""
    folder = tmp_path_factory.mktemp("cluster")
    known = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    start = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    running = [subprocess.Popen([*start, "--scheduler-file", str(known), "--no-dashboard"], **quiet)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(known)]
    options = ["--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    running += [subprocess.Popen([*worker, *options], **quiet) for _ in range(2)]
    while not known.exists():
        assert running[0].poll() is None
        time.sleep(0.05)
    yield json.loads(known.read_text(encoding="utf-8"))["address"]
    for process in reversed(running):
        process.kill()
        process.wait()


def numbers(parts):
    return {int(path.name[:8]) for path in parts.glob("[0-9]*.table.parquet")}


def test_a_killed_run_goes_on_where_it_stopped(tmp_path, scheduler, monkeypatch, capsys):
    # names that nobody bears take their time
    lines = [json.dumps({"town": f"Qara{i * 7919:x}tan"}) for i in range(4000)]
    lines[1100], lines[3900] = "no row", '{"place": "Homs"}'
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    whole, out = tmp_path / "whole.parquet", tmp_path / "out.parquet"
    report = corpus.places(tmp_path / "in.jsonl", whole, columns=["town"], rows=10_000)

    asked = ["corpus", str(tmp_path / "in.jsonl"), "-o", str(out), "--places", "town", "--rows", "100"]
    parts = out.with_name("out.parquet.parts")
    with subprocess.Popen([*COMMAND, *asked, "--workers", "2"], stderr=subprocess.PIPE) as running:
        while len(numbers(parts)) < 3:
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.01)
        children = psutil.Process(running.pid).children(recursive=True)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    done = numbers(parts)
    assert 3 <= len(done) < 40
    assert not out.exists()

    # another call does not go on with it
    assert call(["200" if part == "100" else part for part in asked]) == 2
    assert "begun by another call (other rows)" in capsys.readouterr().err

    written = []
    write = partitions.write
    monkeypatch.setattr(partitions, "write", lambda *given: written.append(given[1].number) or write(*given))
    assert call([*asked, "--scheduler", scheduler]) == 0
    assert capsys.readouterr().out == report.to_csv(index=False, lineterminator="\n")
    assert by_reason(report)["refused"] == 2
    assert sorted(written) == sorted(set(range(40)) - done)  # what was written is not done again
    assert not parts.exists()
    pd.testing.assert_frame_equal(pd.read_parquet(out), pd.read_parquet(whole))
    assert refused(out) == refused(whole)
    # the workers of the killed run are gone
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_running_cluster_with_other_tables_is_refused(tmp_path, scheduler, monkeypatch):
    as_csv([{"town": "Homs"}], tmp_path / "in.csv")
    monkeypatch.setenv("FRONTLINES_DATA", str(tmp_path / "data"))
    for folder in ("codebook", "gazetteer"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    with pytest.raises(MissingDataError, match="has another library or data/"):
        corpus.places(tmp_path / "in.csv", tmp_path / "out.parquet", columns=["town"], scheduler=scheduler)


def test_a_script_without_its_guard_ends(tmp_path):
    as_csv([{"town": "Homs"}, {"town": "Hama"}], tmp_path / "in.csv")
    (tmp_path / "script.py").write_text(
        "from frontlines import corpus\ncorpus.places('in.csv', 'out.parquet', columns=['town'], rows=1)\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'stands under `if __name__ == "__main__":`' in done.stderr.splitlines()[-1]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["in.csv", "script.py"]
