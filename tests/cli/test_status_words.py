"""`journeys status` tells a system that is on its way from one that is down: each wants something else done."""

import os
from pathlib import Path

import pytest

from stack import pids, state
from stack.folders import Layout
from stack.state import Condition, PartState, StackState
from tests.cli.conftest import Cli


def written(data: Path, condition: Condition, *, alive: bool) -> None:
    """What a supervisor wrote down whose worker is in this condition."""
    parts = [
        PartState(name=name, condition=told, stop_signal=15, stop_within=5.0)
        for name, told in (("migrations", "done"), ("worker", condition))
    ]
    supervisor = pids.identify(os.getpid()) if alive else None
    state.write(Layout(data).state, StackState(supervisor=supervisor, parts=parts))


@pytest.mark.parametrize("condition", ["starting", "restarting", "waiting"])
async def test_what_restarts_is_coming_up(cli: Cli, condition: Condition):
    """While a part is on its way that part is named, with its log, and nobody is told to start what runs."""
    written(cli.data, condition, alive=True)
    ran = await cli("status")
    assert (ran.code, f"The system is coming up: worker {condition}." in ran.out) == (3, True), ran
    assert ("worker.log" in ran.out, "Start it with" in ran.out) == (True, False)


async def test_what_nobody_supervises_is_down(cli: Cli):
    """Without a supervisor the system is down, and how to start it is said."""
    written(cli.data, "ready", alive=False)
    ran = await cli("status")
    assert (ran.code, "The system is not up. Start it with: journeys up" in ran.out) == (3, True), ran


async def test_a_dead_part_is_not_up(cli: Cli):
    """A part that has died is not taken for up, also before its supervisor noticed, or when it can notice nothing."""
    written(cli.data, "ready", alive=True)
    ran = await cli("status")
    assert (ran.code, "The system is coming up: worker restarting." in ran.out) == (3, True), ran
