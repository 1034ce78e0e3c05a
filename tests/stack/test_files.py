"""Files that are whole or not there."""

from pathlib import Path

import pytest

from stack.files import EVERYBODY, whole


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path):
    """Until the block ends the old file is read; then the new one, by its owner alone unless said otherwise."""
    path = tmp_path / "kept"
    path.write_text("old")
    with whole(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_text() == "old"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    with whole(path, EVERYBODY) as file:
        file.write(b"open")
    assert path.stat().st_mode & 0o044
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_what_ends_badly_changes_nothing(tmp_path: Path):
    """When the block fails the old file stays, and nothing is left beside it."""
    path = tmp_path / "kept"
    path.write_text("old")
    with pytest.raises(TypeError), whole(path) as file:
        file.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("kept", "old")]
