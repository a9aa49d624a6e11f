import pytest

from frontlines import data
from frontlines.errors import MissingDataError


def test_table_keeps_empty_cells_as_text():
    types = data.table("codebook/event_types")
    assert len(types) == 27
    assert types.loc[types["event_type"] == "displacement", "plover"].item() == ""


def test_caller_owns_the_table():
    mine = data.table("codebook/sides")
    mine["side"] = "changed"
    assert "changed" not in set(data.table("codebook/sides")["side"])


def test_missing_table_names_the_path_and_the_remedy():
    with pytest.raises(MissingDataError, match=r"no_such_table.*git checkout"):
        data.table("codebook/no_such_table")


def test_missing_folder_names_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setenv("FRONTLINES_DATA", str(tmp_path))
    with pytest.raises(MissingDataError, match="make setup"):
        data.data_dir()
