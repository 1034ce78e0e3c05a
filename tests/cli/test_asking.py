"""A referral asked for step by step, at a real terminal and nowhere else."""

import asyncio
import json
import os
import pty

from tests.cli.conftest import JOURNEYS, Cli, Ran
from tests.doors import Doors

FIRST = ["wirral-schools", "Leasowe", "yesterday", "poverty, addiction", "", "", ""]


def person(doors: Doors, role: str = "adult", born: str = "18/4/1978") -> list[str]:
    return [role, doors.form()["members"][0]["surname"], "Wren", born, "", "", "", ""]


async def at_terminal(cli: Cli, answers: list[str], *words: str) -> Ran:
    """Run `journeys refer` with a terminal as its standard input, on which somebody types."""
    ours, theirs = pty.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode() + b"\x04")  # and no more to say
    running = await asyncio.create_subprocess_exec(
        *(str(JOURNEYS), "refer", *words),
        stdin=theirs,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"JOURNEYS_DATA": str(cli.data), "COLUMNS": "200"},
    )
    try:
        out, err = await asyncio.wait_for(running.communicate(), 40)
    finally:
        os.close(theirs)
        os.close(ours)
    return Ran(running.returncode or 0, out.decode(), err.decode())


async def test_a_family_is_referred_by_answers(cli: Cli, doors: Doors):
    """Household and people are asked for, days as they are said; the questions stay out of standard output."""
    ran = await at_terminal(cli, [*FIRST, *person(doors), "y", *person(doors, "child", "2000-01-01"), "n"], "--json")
    assert ran.code == 0, ran
    assert "Who refers the family" in ran.err
    shown = await cli.ok("show", json.loads(ran.out)["reference"])
    journey = shown["journey"]
    assert (journey["referred_on"], journey["criteria"], len(journey["members"])) == (
        "2012-05-31",
        ["poverty", "addiction"],
        2,
    )
    assert [one["born"] for one in shown["family"]["people"]] == ["1978-04-18", "2000-01-01"]


async def test_only_what_was_refused_is_asked_again(cli: Cli, doors: Doors):
    """A wrong partner and an impossible birthday are told, asked for again, and then taken."""
    refused = ["wirral-shools", *FIRST[1:], *person(doors, born="31/02/1980"), "n"]
    ran = await at_terminal(cli, [*refused, "1980-02-28", "wirral-schools"])
    assert (ran.code, "family-referred" in ran.out) == (0, True), ran
    assert ran.err.count("Who refers the family") == 2
    assert ran.err.count("Surname") == 1


async def test_nobody_is_asked_without_a_terminal(cli: Cli):
    """With standard input from a pipe nothing is asked: the faults of an empty referral are told."""
    ran = await cli("refer", stdin="wirral-schools\n")
    assert (ran.code, "--referrer" in ran.err, "Who refers" in ran.err) == (2, True, False)


async def test_with_any_flag_nobody_is_asked(cli: Cli, doors: Doors):
    """At a terminal too, whoever gives flags is told what they lack and not asked."""
    ran = await at_terminal(cli, [], "--referrer", "wirral-schools")
    assert (ran.code, "--locality" in ran.err, "Who refers" in ran.err) == (2, True, False)


async def test_broken_off_nobody_is_referred(cli: Cli):
    """Whoever ends the questions before the last one is told that nothing came of them, and leaves with 130."""
    ran = await at_terminal(cli, FIRST[:3])
    assert (ran.code, "no family was referred" in ran.err, "Traceback" in ran.err) == (130, True, False), ran
