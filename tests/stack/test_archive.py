"""A backup that somebody else made up: what it could do to the machine it is restored on."""

import gzip
import io
import json
import tarfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from stack import archive
from stack.archive import DUMP, KEYS, MANIFEST, BackupRefused

PASSPHRASE = "correct horse battery"  # noqa: S105 - of nothing


def _manifest(dump: bytes = b"dump") -> bytes:
    hashes = {DUMP: sha256(dump).hexdigest()}
    return json.dumps({"made_at": datetime.now(UTC).isoformat(), "hashes": hashes}).encode()


def _tar(file: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(file, "w") as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file


def _plain(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    return tarfile.TarInfo(name), content


def _link(kind: bytes, target: str) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(DUMP)
    info.type, info.linkname = kind, target
    return info, b""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a backup is read to."""
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


@pytest.mark.parametrize(
    "member",
    [
        _link(tarfile.SYMTYPE, "/etc/passwd"),
        _link(tarfile.SYMTYPE, DUMP),
        _link(tarfile.LNKTYPE, MANIFEST),
        _link(tarfile.FIFOTYPE, ""),
        _link(tarfile.DIRTYPE, ""),
    ],
    ids=["a link out", "a link to itself", "a link to another", "a pipe", "a folder"],
)
def test_a_member_that_is_no_file_is_refused(tmp_path: Path, place: Path, member: tuple[tarfile.TarInfo, bytes]):
    """Only plain files are read from a backup."""
    file = _tar(tmp_path / "b", _plain(MANIFEST, _manifest()), member)
    with pytest.raises(BackupRefused, match="not a whole backup"):
        archive.read(file, place)


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path: Path, place: Path):
    """What is compressed, or has holes, is not unpacked."""
    whole = _tar(tmp_path / "b", _plain(MANIFEST, _manifest()), _plain(DUMP, b"dump"))
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(whole.read_bytes()))
    assert archive.read(whole, place).keys is False
    holes = tarfile.TarInfo(DUMP)
    holes.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.size": str(2**50),
        "GNU.sparse.map": f"{2**50},0",
    }
    for file in (packed, _tar(tmp_path / "c", _plain(MANIFEST, _manifest()), (holes, b""))):
        with pytest.raises(BackupRefused, match="not a whole backup"):
            archive.read(file, place)


def test_nothing_is_written_beside_the_names_that_are_ours(tmp_path: Path, place: Path):
    """A member that would lie elsewhere stays where it is: only the members' own names are read."""
    paths = [_plain(name, b"x") for name in ("../evil", "/tmp/evil-journeys", "sub/../../evil")]  # noqa: S108
    file = _tar(tmp_path / "b", _plain(MANIFEST, _manifest()), _plain(DUMP, b"dump"), *paths)
    archive.read(file, place)
    assert [one.name for one in place.iterdir()] == [DUMP]
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["b", "place"]


@pytest.mark.parametrize("name", ["../evil", "/etc/cron.d/evil", "sub/evil", "..", ".ssh", ""])
def test_a_key_that_would_lie_elsewhere_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    """Keys are put into the folder of keys, whatever whoever sealed them called them."""
    monkeypatch.setattr(archive.json, "dumps", lambda _: f'{{"{name}": "a2V5"}}')
    sealed = archive.seal_keys(tmp_path, PASSPHRASE)
    monkeypatch.undo()
    with pytest.raises(BackupRefused, match="no name of ours"):
        archive.open_keys(sealed, PASSPHRASE)
    assert KEYS not in [one.name for one in tmp_path.iterdir()]
