"""The people of a family and its home, at the shell."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.doors import Doors


@pytest.fixture
def name(doors: Doors) -> str:
    """A surname that nobody has."""
    return doors.form()["members"][0]["surname"].title()


@pytest.fixture
async def family(doors: Doors, name: str) -> str:
    """A mother and a daughter."""
    told = [("adult", f"Tess {name}", "1980-01-01"), ("child", f"Mia {name}", "2003-04-05")]
    members = [
        {"role": role, "surname": "Lark", "forename": forename, "date_of_birth": born} for role, forename, born in told
    ]
    return await doors.referred(members=members, address="5 Safe Close", postcode="CH41 1ZZ")


async def shown(cli: Cli, family: str) -> list[str]:
    """The lines of show that tell of people and home."""
    lines = (await cli("show", family)).out.splitlines()
    return [" ".join(line.split()) for line in lines if line.startswith(("  m", "address", "lived before", "events"))]


async def test_a_family_changes(cli: Cli, family: str, name: str):
    """A child is born, a daughter leaves and comes back, the family moves: show tells each, and who left and when."""
    born = ("--how", "born", "--role", "child", "--surname", name, "--forename", "Ash", "--born", "20/5/2012")
    told = await cli("member", "add", family, *born)
    assert (told.code, "m3 is a member from 2012-05-20 (born)" in told.out) == (0, True), told
    await cli.ok("member", "leave", family, "m2", "--why", "into-care", "--on", "2012-05-14")
    await cli.ok("member", "contacts", family, "m1", "--phone", "0151 496 0000")
    await cli.ok("move", family, "--address", "77 New Road", "--uprn", "42397869", "--on", "2012-05-20")
    assert await shown(cli, family) == [
        f"m1 adult Tess {name} Lark, born 1980-01-01",
        f"m2 child Mia {name} Lark, left 2012-05-14",
        f"m3 child Ash {name}, born 2012-05-20, since 2012-05-20",
        "address 77 New Road (since 2012-05-20)",
        "lived before 5 Safe Close, CH41 1ZZ (until 2012-05-20)",
    ]
    assert "0151 496 0000" in (await cli("show", family)).out
    await cli.ok("member", "add", family, "--member", "m2", "--on", "2012-05-20")
    await cli.ok("member", "contacts", family, "m1", "--phone", "none")
    assert (await shown(cli, family))[:2] == [
        f"m1 adult Tess {name} Lark, born 1980-01-01", f"m2 child Mia {name} Lark, born 2003-04-05"
    ]  # fmt: skip


async def test_what_is_known_of_a_birth(cli: Cli, family: str):
    """A birth known by year, expected, or not at all, and a single name, are taken and shown as they are."""
    await cli.ok("member", "add", family, "--role", "adult", "--forename", "Lou", "--born", "1979", "--on", "1/5/2012")
    await cli.ok("member", "add", family, "--role", "child", "--surname", "Thyme", "--expected", "2012-09-01")
    await cli.ok("member", "add", family, "--role", "adult", "--surname", "Thyme", "--how", "found-later")
    assert (await shown(cli, family))[2:5] == [
        "m3 adult Lou, born 1979, since 2012-05-01",
        "m4 child Thyme, expected 2012-09-01, since 2012-06-01",
        "m5 adult Thyme, birth not known",
    ]


async def test_what_was_wrong(cli: Cli, family: str, name: str):
    """A name, a birth and the day of leaving are corrected; what is the same is nothing to do; nothing is a fault."""
    mend = ("member", "correct", family, "m2", "--reason", "typing-error")
    await cli.ok("member", "leave", family, "m2", "--why", "moved-out", "--on", "2012-05-14")
    told = await cli.ok(*mend, "--to", "2012-05-20", "--forename", "Mya")
    assert told["happened"] == ["member-corrected"]
    assert (await shown(cli, family))[1] == "m2 child Mya Lark, left 2012-05-20"
    await cli.ok(*mend, "--to", "open", "--from", "always", "--born", "5/2003")
    assert (await shown(cli, family))[1] == "m2 child Mya Lark, born 2003-05"
    bare = await cli(*mend)
    assert (bare.code, "nothing is corrected" in bare.err) == (2, True)


async def test_numbers(cli: Cli, family: str):
    """A number is given and taken away; one number at a time, with its kind."""
    change = ("member", "identifier", family, "m2", "--reason", "new-school")
    assert (await cli.ok(*change, "--add", "upn=A000000000077"))["happened"] == ["identifier-changed"]
    assert (await cli.ok(*change, "--remove", "upn=A000000000077"))["happened"] == ["identifier-changed"]
    assert [(await cli(*change, *words)).code for words in ((), ("--add", "A000000000077"))] == [2, 2]


async def test_a_question_and_its_answer(cli: Cli, doors: Doors, family: str, name: str, tmp_path: Path):
    """Who may be of another family is asked, with the facts; the answer is given as a flag, the person in a file."""
    other = await doors.referred()
    file = tmp_path / "mia.json"
    file.write_text(
        json.dumps({"role": "child", "surname": "Lark", "forename": f"Mia {name}", "date_of_birth": "2003-04-05"})
    )
    asked = await cli("member", "add", other, "--file", str(file))
    assert (asked.code, f"--left {family}" in asked.err, "2003-04-05" in asked.err) == (1, True, True), asked
    left = ("--left", family, "--why", "lives-there", "--on", "2012-05-20")
    await cli.ok("member", "add", other, "--file", str(file), *left)
    assert (await shown(cli, family))[1] == f"m2 child Mia {name} Lark, left 2012-05-19"
    file.write_text("[]")
    assert (await cli("member", "add", other, "--file", str(file))).code == 2


async def test_a_mistyped_address(cli: Cli, family: str):
    """An address is corrected by name of why; the first is not kept as one where anybody lived."""
    await cli.ok("move", family, "--address", "6 Safe Close", "--correct", "mistyped")
    assert (await shown(cli, family))[2:] == ["address 6 Safe Close, CH41 1ZZ"]
    bare = await cli("move", family)
    assert (bare.code, "--address" in bare.err) == (2, True)
