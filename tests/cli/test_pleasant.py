"""What every command owes its user: help with an example, completion, errors that say what to do, no colour unasked."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from typing import get_args

import click
import pytest
import typer

from cli.core.output import event_day, event_detail
from cli.journeys.steps import OUTCOMES
from cli.main import app
from domain.journey.events import Outcome
from tests.cli.conftest import JOURNEYS, Cli
from tests.doors import Doors


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Walk over every command, however deep its group."""
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*path, name))
        else:
            yield (*path, name), one


EVERY = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_shows_how_it_is_used(path):
    """Its help ends with an example that calls this very command."""
    example = (EVERY[path].help or "").partition("Example: ")[2]
    assert example.startswith(f"journeys {' '.join(path)}")


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_example_can_be_typed(path):
    """The example of every command is one that the command takes: nothing in it is mistyped or missing."""
    example = (EVERY[path].help or "").partition("Example: ")[2]
    words = shlex.split(example.partition("\n\n")[0])[1 + len(path) :]
    told = EVERY[path].make_context(path[-1], words)
    assert told.params or not words


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_option_says_what_it_does(path):
    """No option or argument of a command is without a word of help, but for the postcode, which is its own."""
    silent = [
        parameter.name
        for parameter in EVERY[path].params
        if not getattr(parameter, "help", None) and not getattr(parameter, "hidden", False)
    ]
    assert set(silent) <= {"postcode"}


def test_every_command_speaks_json():
    """Every command takes --json, but for the script of a shell and the time-lapse, which reads its own options."""
    silent = {path for path, one in EVERY.items() if "as_json" not in {parameter.name for parameter in one.params}}
    assert silent == {("completion",), ("timelapse",)}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell):
    """`journeys completion` prints a script that asks journeys itself what may follow."""
    done = subprocess.run([str(JOURNEYS), "completion", shell], capture_output=True, text=True, check=True)
    assert "_JOURNEYS_COMPLETE" in done.stdout
    assert "journeys" in done.stdout.splitlines()[-1]
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=done.stdout, text=True, check=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["journeys", "pro"], "programmes"),
        (["journeys", "programmes", "che"], "check"),
        (["journeys", "list", "--ove"], "--overdue"),
    ],
)
def test_completion_finishes_what_is_typed(words, expected):
    """Asked as the shell asks, journeys completes commands, commands of a group and options."""
    asked = {"_JOURNEYS_COMPLETE": "complete_bash", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run([str(JOURNEYS)], capture_output=True, text=True, check=False, env=os.environ | asked)
    assert expected in done.stdout.split()


@pytest.mark.parametrize("words", [["programmes", "list"], ["programmes", "show", "base"], ["--help"], ["lst"]])
def test_no_colour_where_none_is_wanted(words):
    """With NO_COLOR nothing is coloured, even where colour is forced otherwise."""
    wanted = os.environ | {"NO_COLOR": "1", "FORCE_COLOR": "1"}
    done = subprocess.run([str(JOURNEYS), *words], capture_output=True, text=True, check=False, env=wanted)
    assert "\x1b[3" not in done.stdout + done.stderr


async def test_a_mistyped_command_or_option_says_what_was_meant(cli: Cli):
    """The nearest command and option are named."""
    for words, meant in ((("lst",), "list"), (("programmes", "chek"), "check"), (("list", "--stgae", "x"), "--stage")):
        ran = await cli(*words)
        assert (ran.code, meant in ran.err) == (2, True), ran


async def test_an_empty_day_is_not_today(cli: Cli):
    """A day from a variable that is not set is refused before anything is sent."""
    ran = await cli("contact", "F-7K3Q-9D2X", "--on", "")
    assert (ran.code, "--on" in ran.err, "leave the option out for today" in ran.err) == (2, True, True)


@pytest.mark.parametrize(
    "words",
    [
        ("deadline", "move", "F-7K3Q-9D2X", "plan", "--why", "holiday", "--to", ""),
        ("consent", "F-7K3Q-9D2X", "--expires-on", ""),
        ("staff", "leave", "kim", "--to", "lee", "--from", ""),
    ],
    ids=lambda words: words[0],
)
async def test_no_other_empty_day_stands_for_one(words, cli: Cli):
    """An empty day moves no deadline to today, leaves no consent without its end and begins no leave."""
    ran = await cli(*words)
    assert (ran.code, "is not a day" in ran.err) == (2, True), ran


def test_the_timeline_speaks_to_people():
    """A basis stands under its own day, not that of its typing; what is true or false is yes or no."""
    given = {"at": "2026-11-23T05:33:38Z", "type": "consent-recorded", "consent": {"id": "c-1", "on": "2025-01-07"}}
    found = {"at": given["at"], "type": "family-identified", "on": "2025-01-08", "eligible": False}
    assert (event_day(given), event_day(found), event_detail(found)) == ("2025-01-07", "2025-01-08", "eligible no")


async def test_the_version_is_told(cli: Cli):
    """`journeys --version` tells the release that is installed, and nothing else."""
    ran = await cli("--version")
    assert (ran.code, ran.out) == (0, f"journeys {version('family-journeys')}\n")


def test_every_outcome_is_in_the_help_of_close():
    """The help of close lists the outcomes that the domain knows, all of them."""
    assert set(get_args(Outcome)) == set(re.findall(r"[a-z-]+", OUTCOMES)) - {"or"}


async def test_a_close_is_asked_for_twice(cli: Cli, doors: Doors):
    """Without --yes a close does nothing where nobody can be asked; one that was done, a manager takes back."""
    ref = await doors.referred()
    ran = await cli("close", ref, "--outcome", "opened-in-error")
    assert (ran.code, "--yes" in ran.err) == (2, True), ran
    assert (await cli.ok("close", ref, "--outcome", "opened-in-error", "--yes"))["stage"] == "closed"
    reopened = await cli.ok("reopen", ref, "--reason", "closed-by-mistake")
    assert (reopened["happened"], reopened["stage"]) == (["journey-reopened"], "referral")


async def test_the_fields_of_a_correction_are_in_its_help(cli: Cli):
    """Whoever corrects an event reads in the help which fields it has."""
    ran = await cli("correct", "--help")
    assert [word for word in ("referrer", "locality", "criteria", "expires_on") if word not in ran.out] == []
