"""What a coordinator meets on a bad day: an ended session, a broken file, Ctrl-C in the middle, a reader gone."""

import asyncio
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from programmes import names
from tests.cli.conftest import JOURNEYS, Cli
from tests.doors import Doors

SAMPLE = Path(__file__).parents[2] / "samples" / "referrals.csv"


async def interrupted(cli: Cli, *words: str) -> tuple[int, str]:
    """Run a command against a gateway that never answers, and press Ctrl-C once it has asked."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    running = await asyncio.create_subprocess_exec(
        *(str(JOURNEYS), *words, "--url", f"http://127.0.0.1:{port}"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"JOURNEYS_DATA": str(cli.data)},
    )
    try:
        await asyncio.wait_for(asked.wait(), 40)
        running.send_signal(signal.SIGINT)
        _, err = await running.communicate()
    finally:
        server.close()
    return running.returncode or 0, err.decode()


async def test_an_import_is_interrupted(cli: Cli):
    """Ctrl-C in an import ends it with 130, no traceback, and word of how it goes on."""
    code, err = await interrupted(cli, "import", str(SAMPLE))
    assert (code, "run the same command again" in err, "Traceback" in err) == (130, True, False), err


async def test_any_command_is_interrupted(cli: Cli):
    """Ctrl-C in any other command ends it with 130 and no traceback."""
    code, err = await interrupted(cli, "list")
    assert (code, "Traceback" in err) == (130, False), err


@pytest.mark.parametrize(
    "words", [("programmes", "show", "wirral-2012"), ("programmes", "list", "--json"), ("--help",)]
)
def test_a_reader_that_goes_away(words: tuple[str, ...]):
    """Whoever pipes into a program that has read enough sees no traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([str(JOURNEYS), *words], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


async def test_an_ended_session_is_told(cli: Cli):
    """Who logged in is told when the session has ended, and how to log in again; nobody becomes manager unasked."""
    await cli("login", "--name", "kim", "--role", "key-worker")
    session = cli.data / "session.json"
    held = json.loads(session.read_text())
    session.write_text(json.dumps(held | {"expires": time.time() - 1}))
    ran = await cli("list")
    assert (ran.code, "journeys login --name kim --role key-worker" in ran.err) == (5, True), ran
    session.write_text("{")
    ran = await cli("list")
    assert (ran.code, "log in again: journeys login" in ran.err) == (5, True), ran
    await cli("login")
    session.write_text(json.dumps(json.loads(session.read_text()) | {"expires": time.time() - 1}))
    assert (await cli("list", "--limit", "1")).code == 0


async def test_an_expired_token_is_told(cli: Cli, doors: Doors):
    """A token of the environment that has expired is told as that, and no login is said to mend what it hides."""
    ran = await cli("list", JOURNEYS_TOKEN=doors.token(lifetime=-600))
    assert (ran.code, "the token has expired" in ran.err, "unset it and log in" in ran.err) == (5, True, True), ran


async def test_broken_files_are_named(cli: Cli, tmp_path: Path):
    """A file of the stack that cannot be read, and a folder that cannot be written, are named with what to do."""
    (cli.data / "stack.json").write_text("garbage")
    ran = await cli("list")
    assert (ran.code, "stack.json does not say the gateway's port" in ran.err) == (2, True), ran
    assert "journeys up" in ran.err
    (cli.data / "session.json").unlink(missing_ok=True)
    (cli.data / "session.json").mkdir()
    ran = await cli("login")
    assert (ran.code, "session.json cannot be written" in ran.err) == (2, True), ran


@pytest.mark.parametrize("words", [("list", "--limit", "5"), ("due", "--limit", "5"), ("staff", "list"), ("queue",)])
async def test_a_narrow_terminal_breaks_no_reference(cli: Cli, doors: Doors, words: tuple[str, ...]):
    """In forty columns a reference stays whole, so that it can be copied, and no line is longer."""
    await doors.allocated()
    await doors.step(await doors.referred(), "identify", criteria=["poverty", "addiction"])
    out = (await cli(*words, COLUMNS="40")).out
    assert max(len(line) for line in out.splitlines() if not line.startswith("more: --cursor")) <= 40
    if words[0] != "staff":
        assert re.search(r"\bF-[0-9A-Z]{4}-[0-9A-Z]{4}\b", out), out


async def test_a_narrow_terminal_says_none(cli: Cli):
    """An empty table is told as none, however narrow the terminal."""
    assert (await cli("messages", "refused", "--partner", "kent-police", COLUMNS="40")).out.strip() == "none"


def test_a_program_reads_plain_lines():
    """Piped without a terminal a table is aligned lines, none folded and none with spaces at its end."""
    shell = {name: told for name, told in os.environ.items() if name != "COLUMNS"}
    done = subprocess.run([str(JOURNEYS), "programmes", "list"], capture_output=True, text=True, check=True, env=shell)
    head, *rows = done.stdout.splitlines()
    assert head.split() == ["name", "version", "title", "area", "criteria", "results", "numbers", "unverified", "hash"]
    assert len(rows) == len(names())
    assert all(row[head.index("version") - 1] == " " != row[head.index("version")] for row in rows)
    assert all(line == line.rstrip() for line in [head, *rows])
