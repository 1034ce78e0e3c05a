"""Families merged, split and undone at the shell."""

import pytest

from tests.cli.conftest import Cli
from tests.doors import Doors
from tests.gateway.test_merging_door import again, first, upn


@pytest.fixture
async def twice(doors: Doors) -> tuple[str, str, str]:
    """One family that two partners referred in two spellings, and its surname."""
    name = doors.form()["members"][0]["surname"].title()
    known = await first(doors, name, upn())
    return known, await again(doors, name, known, upn()), name


async def test_two_families_become_one_and_two_again(cli: Cli, twice: tuple[str, str, str]):
    """The question names its answers, a dry run changes nothing, show leads on; undone, it is as before."""
    one, other, name = twice
    merge = ("families", "merge", other, one, "--reason", "referred-twice")
    asked = await cli(*merge, "--yes")
    assert (asked.code, "--same m1=m1" in asked.err) == (1, True), asked
    refused = await cli(*merge, "--same", "m1=m1")
    assert (refused.code, f"{other} ends and is part of {one}" in refused.err) == (2, True)
    planned = await cli(*merge, "--same", "m1=m1", "--dry-run")
    assert planned.out.splitlines() == [
        f"{other} would be merged into {one} on 2012-06-01",
        f"  {other} m1 is {one} m1 (the same person), with nhs-number",
        f"  {other} m2 is {one} m3",
    ]
    done = await cli(*merge, "--same", "m1=m1", "--yes")
    assert done.out == planned.out.replace("would be merged", "merged")
    shown = (await cli("show", other)).out
    assert f"{other} was merged into {one}, which is shown" in shown
    assert ("Leo" in shown, "people m1 is m1, m2 is m3" in shown) == (True, True)
    assert "merged" in (await cli("show", other, "--journey", "1")).out
    undone = await cli("families", "undo", other, "--reason", "not-the-same", "--yes")
    assert undone.out.splitlines() == [
        f"{other} parted again from {one} on 2012-06-01",
        f"  {one} m1 is {other} m1 (the same person)",
        f"  {one} m3 is {other} m2",
    ]
    assert f"Tess {name}e" in (await cli("show", other)).out


async def test_a_family_parts(cli: Cli, twice: tuple[str, str, str]):
    """A daughter has a new reference, which show knows; with --json all of it is told."""
    one, _, name = twice
    told = await cli.ok(
        "families", "split", one, "--members", "m2", "--reason", "parted", "--on", "2012-05-20", "--yes"
    )
    assert (told["of"], told["happened"]) == (one, "family-split")
    assert f"Mia {name}" in (await cli("show", told["into"])).out
    back = await cli("families", "undo", told["into"], "--reason", "came-back", "--yes")
    assert back.out.splitlines()[0] == f"{told['into']} merged into {one} on 2012-06-01"


async def test_what_names_no_two_members(cli: Cli, twice: tuple[str, str, str]):
    """A --same that is no pair is refused before anything is asked."""
    one, other, _ = twice
    refused = await cli("families", "merge", other, one, "--reason", "x", "--same", "m1", "--dry-run")
    assert (refused.code, "write it as --same m1=m2" in refused.err) == (2, True)
