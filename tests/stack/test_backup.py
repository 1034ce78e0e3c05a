"""A backup of a real stack while it runs, and the way back from it: on the same machine, and on a new one."""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from stack import archive, commands, folders, postgres, secrets
from stack.archive import BackupRefused
from stack.backup import _take, backup, restore
from stack.ports import free_ports
from stack.tokens import mint

pytestmark = [pytest.mark.slow(28), pytest.mark.timeout(300)]  # a whole stack comes up and goes down several times
WORDS = "a long enough passphrase"


@contextmanager
def _up() -> Iterator[Path]:
    """The data folder of a stack that is up."""
    with folders.temporary() as folder:
        gateway, temporal, ui = free_ports(3)
        commands.up(folder, gateway_port=gateway, temporal_port=temporal, ui_port=ui)
        try:
            yield folder
        finally:
            commands.down(folder)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """The data folder of the one stack of these tests."""
    with _up() as folder:
        yield folder


@contextmanager
def _client(folder: Path) -> Iterator[httpx.Client]:
    token = mint(folder / "secrets", name="ann", role="manager", lifetime=timedelta(hours=1))
    address = commands.status(folder).gateway
    headers = {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def _refer(folder: Path, surname: str) -> str:
    """Refer a family; return its reference."""
    turn = timedelta(days=37 * sum(map(ord, surname)) % 700)  # born on days of their own, so that nobody is in question
    people = [
        {"role": "adult", "surname": surname, "forename": "Wren", "date_of_birth": str(date(1978, 4, 18) + turn)},
        {"role": "child", "surname": surname, "forename": "Toni", "date_of_birth": str(date(2018, 10, 5) + turn)},
    ]
    form = {
        "referrer": "wirral-schools",
        "locality": "Leasowe",
        "criteria": ["poverty", "addiction"],
        "members": people,
    }
    with _client(folder) as client:
        answer = client.post("/v1/journeys", json=form)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


def _step(folder: Path, reference: str, name: str, key: str, **body: Any) -> httpx.Response:
    with _client(folder) as client:
        return client.post(f"/v1/journeys/{reference}/{name}", json=body, headers={"idempotency-key": key})


def _shown(folder: Path, reference: str) -> Any:
    with _client(folder) as client:
        return client.get(f"/v1/journeys/{reference}").json()


def _events(folder: Path) -> list[tuple[str, str]]:
    with psycopg.connect(postgres.uri(folder / "postgres")) as connection:
        rows = connection.execute("SELECT journey_id, type FROM events ORDER BY journey_id, version").fetchall()
    return [(str(journey_id), str(kind)) for journey_id, kind in rows]


def test_steps_after_the_backup_are_put_back(data: Path, tmp_path: Path) -> None:
    """A stack that runs is backed up, goes on, and is restored: what was done since is there again, or is named."""
    file = tmp_path / "journeys.backup"
    reference = _refer(data, "Nobodyone")
    assert backup(file, data, WORDS).keys
    assert file.stat().st_mode & 0o077 == 0
    assert b"Nobodyone" not in file.read_bytes()
    identified = {"criteria": ["poverty", "addiction"]}
    assert _step(data, reference, "identify", "k-1", **identified).status_code == 200
    orphan = _refer(data, "Nobodytwo")
    done = restore(file, data, WORDS)
    assert (done.up, [row["step"] for row in done.found["put_back"] if row["actor"] == "manager:ann"]) == (
        True,
        ["identify"],
    )
    assert [row["reference"] for row in done.found["not_put_back"]] == [orphan]
    shown = _shown(data, reference)
    assert (shown["journey"]["eligible"], shown["family"]["people"][0]["surname"]) == (True, "Nobodyone")
    again = _step(data, reference, "identify", "k-1", **identified)
    assert (again.status_code, again.json()["happened"]) == (200, ["family-identified"])


def test_a_new_machine_takes_a_backup(data: Path, tmp_path: Path) -> None:
    """On a machine without Temporal's data every open journey runs again, and the names can be read."""
    file = tmp_path / "journeys.backup"
    reference = _refer(data, "Nobodythree")
    backup(file, data, WORDS)
    with folders.temporary() as other:
        try:
            done = restore(file, other, WORDS)
            assert (done.up, done.found["put_back"], done.found["not_put_back"]) == (False, [], [])
            gateway, temporal, ui = free_ports(3)
            commands.up(other, gateway_port=gateway, temporal_port=temporal, ui_port=ui)
            assert _shown(other, reference)["family"]["people"][0]["surname"] == "Nobodythree"
            assert _step(other, reference, "identify", "k-2", criteria=["poverty", "addiction"]).status_code == 200
        finally:
            commands.down(other)


@pytest.mark.parametrize("how", ["cut", "changed", "passphrase", "none", "no-tar", "absent"])
def test_what_is_no_backup_changes_nothing(data: Path, tmp_path: Path, how: str) -> None:
    """A damaged or foreign file, and a wrong passphrase, are refused while the stack goes on as it was."""
    file = tmp_path / "journeys.backup"
    backup(file, data, WORDS)
    before, ran = _events(data), commands.status(data).supervisor_pid
    words: str | None = WORDS
    content = file.read_bytes()
    if how == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif how == "changed":
        place = content.index(b"PGDMP") + 5000
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif how == "passphrase":
        words = "another long passphrase"
    elif how == "none":
        words = None
    elif how == "no-tar":
        file.write_text("a letter")
    else:
        file.unlink()
    with pytest.raises(BackupRefused):
        restore(file, data, words)
    assert (_events(data), commands.status(data).supervisor_pid) == (before, ran)


def test_a_backup_without_keys_says_so(data: Path, tmp_path: Path) -> None:
    """Left out, the keys are in no part of the file, and a restore needs no passphrase and keeps those it finds."""
    file = tmp_path / "journeys.backup"
    assert not backup(file, data).keys
    assert not archive.has_keys(file)
    with tarfile.open(file) as tar:
        assert tar.getnames() == [archive.MANIFEST, archive.DUMP]
    with pytest.raises(BackupRefused, match="at least 12"):
        backup(file, data, "short")


def test_replaced_keys_are_kept(tmp_path: Path) -> None:
    """A restore keeps the keys that it replaces, and both keys of Temporal's payloads in one file."""
    here, there = tmp_path / "here", tmp_path / "there"
    secrets.ensure(here)
    secrets.ensure(there)
    before = (here / "vault.key").read_text()
    _take(here, {each.name: each.read_bytes() for each in there.iterdir()})
    assert (here / "vault.key").read_text() == (there / "vault.key").read_text()
    (kept,) = here.glob("before-*/vault.key")
    assert kept.read_text() == before
    assert kept.stat().st_mode & 0o077 == 0
    keys = [set(json.loads((folder / "codec.key").read_text())["keys"]) for folder in (here, there)]
    assert keys[1] < keys[0]
