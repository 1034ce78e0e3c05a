"""`up`, `status` and `down` keep one machine's stack through kills, restarts and mistakes."""

import os
import signal
import socket
import subprocess
import sys

import httpx
import psutil
import psycopg
import pytest
from stack_help import STUBS, eventually, up

from stack import commands, folders
from stack.errors import PartFailed, PortTaken, StackError
from stack.report import PartReport

pytestmark = pytest.mark.slow(40)


def part(folder, name) -> PartReport:
    return next(each for each in commands.status(folder).parts if each.name == name)


def everyone(folder) -> list[psutil.Process]:
    """All living processes of a stack, as the system knows them by their command line or their folder."""
    mine = []
    for each in psutil.process_iter():
        try:
            ours = str(folder) in " ".join(each.cmdline()) or str(folder) in each.environ().get("JOURNEYS_DATA", "")
            ours = ours or each.cwd().startswith(str(folder))
        except psutil.Error:
            continue
        if ours and each.status() != psutil.STATUS_ZOMBIE:
            mine.append(each)
    return mine


def note(folder, text=None):
    """Write a row to the stack's database, or read all rows back."""
    with psycopg.connect(part(folder, "postgres").address) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
        if text:
            connection.execute("INSERT INTO notes VALUES (%s)", (text,))
        return [row for (row,) in connection.execute("SELECT text FROM notes").fetchall()]


def test_up_status_down(data):
    """A stack comes up whole, says so when asked to come up again, and goes down without leaving a process."""
    first = up(data)
    assert (first.up, first.already) == (True, False)
    assert [(each.name, each.state) for each in first.parts] == [
        ("postgres", "ready"),
        ("temporal", "ready"),
        ("migrations", "done"),
        ("worker", "ready"),
        ("gateway", "ready"),
    ]
    assert httpx.get(f"{first.gateway}/healthz", trust_env=False).is_success
    assert httpx.get(first.temporal_ui, trust_env=False, follow_redirects=True).is_success
    assert all(each.memory_bytes for each in first.parts if each.name != "migrations")

    second = up(data)
    assert second.already
    assert [each.pid for each in second.parts] == [each.pid for each in first.parts]
    assert second.gateway == first.gateway

    went = commands.down(data)
    assert (went.was_up, went.stopped) == (True, ["gateway", "worker", "temporal", "postgres"])
    assert everyone(data) == []
    again = commands.down(data)
    assert (again.was_up, again.stopped) == (False, [])


@pytest.mark.parametrize("name", ["postgres", "temporal", "worker", "gateway"])
def test_a_killed_part_comes_back(stack, name):
    """A part killed with SIGKILL is started again by itself, at its old address."""
    before = part(stack, name)
    os.kill(before.pid, signal.SIGKILL)
    after = eventually(lambda: (now := part(stack, name)).state == "ready" and now.pid != before.pid and now)
    assert (after.restarts, after.address) == (before.restarts + 1, before.address)


def test_data_survive_the_killed_supervisor(data):
    """After SIGKILL of supervisor and Postgres, `up` brings back data and ports; after another, `down` finds all."""
    first = up(data)
    note(data, "kept")
    os.kill(first.supervisor_pid, signal.SIGKILL)
    os.kill(part(data, "postgres").pid, signal.SIGKILL)

    second = commands.up(data, supervisor=STUBS, wait=50)
    assert (second.already, second.gateway, second.temporal) == (False, first.gateway, first.temporal)
    assert note(data) == ["kept"]

    os.kill(second.supervisor_pid, signal.SIGKILL)
    commands.down(data)
    assert everyone(data) == []


def test_two_stacks_side_by_side(stack):
    """Two stacks on one machine do not touch each other."""
    with folders.temporary() as other:
        try:
            up(other)
            note(other, "other")
            note(stack, "stack")
            commands.down(other)
        finally:
            commands.down(other)
    assert "other" not in note(stack)
    assert commands.status(stack).up


def test_a_taken_port_is_named(data):
    """A taken port is named, with who wants it and the flag that changes it, and nothing is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port}, wanted for Temporal's UI.*--ui-port"):
            up(data, ui_port=port)
    assert everyone(data) == []


def test_a_part_that_cannot_run_fails_up(data):
    """When a part cannot come up, `up` says which and why with the end of its log, and leaves nothing running."""
    (data / "break-worker").touch()
    with pytest.raises(
        PartFailed, match=r"^The worker did not come up: it ended with code 1\. .*\n(.*\n)*the vault key is missing"
    ):
        up(data)
    assert everyone(data) == []


def test_status_of_nothing(data):
    """A folder where no stack ever ran is down, and asking is no error."""
    now = commands.status(data)
    assert (now.up, now.parts) == (False, [])


def test_others_read_nothing(stack):
    """Other users may pass through the data folder, but every file and folder with content in it is closed to them."""
    closed = ["logs", "postgres", "secrets", "temporal.db"]
    assert {name: (stack / name).stat().st_mode & 0o077 for name in closed} == dict.fromkeys(closed, 0)


def test_no_sdk_in_the_cli():
    """The commands and the supervisor never load the Temporal SDK, which is slow to load and may crash at exit."""
    code = "import sys, cli.operations.stack, stack.commands, stack.catalog; sys.exit('temporalio' in sys.modules)"
    assert subprocess.run((sys.executable, "-c", code), check=False).returncode == 0


def test_a_folder_that_cannot_be_made_is_named(data):
    """A data folder that cannot be made is refused with its name and the flag that chooses another."""
    (data / "file").touch()
    with pytest.raises(StackError, match=r"file/journeys cannot be made .*--data"):
        up(data / "file" / "journeys")
