"""What the CLI says when it cannot do what it was asked: the gateway that does not answer, and the one that cannot."""

import asyncio
import os
import pty

import pytest
import stamina

from stack.ports import free_ports
from tests.cli.conftest import JOURNEYS, Cli
from tests.doors import Doors


@pytest.fixture(autouse=True)
def one_attempt():
    """Try once: here nothing comes back."""
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


async def test_what_stands_behind_the_gateway_is_away(cli: Cli, doors: Doors):
    """A gateway that answers that it cannot is not called silent, and nobody is told to start what runs."""
    reference = (await doors.client().post("/v1/journeys", json=doors.form())).json()["reference"]
    doors.engine.away = True
    try:
        ran = await cli("consent", reference, "--on", "2012-05-02")
    finally:
        doors.engine.away = False
    assert (ran.code, "cannot take it now: the engine is away" in ran.err) == (4, True), ran
    assert ("journeys doctor" in ran.err, "journeys up" in ran.err) == (True, False)


async def test_no_gateway_at_all(cli: Cli):
    """Where nothing listens, the address is named and how to start it is said."""
    (port,) = free_ports(1)
    ran = await cli("list", "--url", f"http://127.0.0.1:{port}")
    assert (ran.code, f"no answer from the gateway at http://127.0.0.1:{port}" in ran.err) == (4, True), ran
    assert "journeys up" in ran.err


async def test_a_silent_gateway_is_waited_for_aloud(cli: Cli):
    """After two seconds without an answer somebody at a terminal is told what is waited for."""
    ours, theirs = pty.openpty()
    (port,) = free_ports(1)
    running = await asyncio.create_subprocess_exec(
        *(str(JOURNEYS), "list", "--url", f"http://127.0.0.1:{port}"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"JOURNEYS_DATA": str(cli.data)},
    )
    os.close(theirs)
    try:
        told = await asyncio.wait_for(asyncio.to_thread(os.read, ours, 100), 30)
    finally:
        running.terminate()
        await running.wait()
        os.close(ours)
    assert b"waiting for the gateway ...\r\n" == told
