"""`journeys terms` against a real gateway: terms added once, in the place of others, by managers alone."""

import pytest

from tests.cli.conftest import Cli
from tests.doors import Doors

HEADER = "area,from,to\n"


@pytest.fixture(autouse=True)
async def no_terms(doors: Doors):
    """No terms are left for the tests of others."""
    yield
    await doors.services.pool.execute("DELETE FROM school_terms")


def file_of(folder, *lines):
    """A file of terms."""
    path = folder / "terms.csv"
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return str(path)


async def test_terms_are_added_once_and_take_the_place_of_those_they_meet(cli: Cli, tmp_path):
    """The same file changes nothing; a corrected term ends the one it meets, and terms of other areas stay."""
    first = file_of(tmp_path, "wirral,2026-09-02,2026-12-18", "kent,2026-09-03,2026-12-18")
    assert await cli.ok("terms", "add", first) == {"added": 2, "known": 0, "replaced": []}
    assert await cli.ok("terms", "add", first) == {"added": 0, "known": 2, "replaced": []}
    ran = await cli("terms", "add", file_of(tmp_path, "wirral,2026-09-07,2026-12-18"))
    assert (ran.code, ran.out.splitlines()) == (
        0,
        ["1 terms added, 0 known before", "no longer counted: wirral 2026-09-02 to 2026-12-18"],
    )
    [term] = await cli.ok("terms", "list", "--area", "wirral")
    assert (term["from"], term["to"], term["added_by"]) == ("2026-09-07", "2026-12-18", "manager:manager")
    listed = await cli("terms", "list", "--csv")
    assert [line.split(",")[:2] for line in listed.out.splitlines()[1:]] == [
        ["kent", "2026-09-03"],
        ["wirral", "2026-09-07"],
    ]


async def test_a_file_with_a_fault_adds_nothing(cli: Cli, tmp_path):
    """Every fault is told with its line, as is a file that is not there."""
    ran = await cli("terms", "add", file_of(tmp_path, "wirral,2026-09-02,2026-12-18", "wirral,soon,2027-03-25"))
    assert ran.code == 2
    assert "line 3, from" in ran.err
    assert await cli.ok("terms", "list") == []
    gone = await cli("terms", "add", str(tmp_path / "gone.csv"))
    assert (gone.code, "check the path" in gone.err) == (2, True)


async def test_a_term_that_ends_before_it_begins_is_refused(doors: Doors):
    """The door says so in words, and adds none of the others."""
    days = ({"from": "2026-09-02", "to": "2026-12-18"}, {"from": "2027-03-25", "to": "2027-01-04"})
    async with doors.client("manager") as client:
        answer = await client.post("/v1/terms", json={"terms": [{"area": "wirral"} | each for each in days]})
        listed = await client.get("/v1/terms")
    assert (answer.status_code, answer.json()["remedy"]) == (409, "correct the dates")
    assert listed.json() == []


@pytest.mark.parametrize("role", ["coordinator", "key-worker", "auditor"])
async def test_only_managers_add_terms(doors: Doors, role: str):
    """A term moves what claims are judged by, so it takes a manager."""
    async with doors.client(role) as client:
        body = {"terms": [{"area": "wirral", "from": "2026-09-02", "to": "2026-12-18"}]}
        answer = await client.post("/v1/terms", json=body)
    assert answer.status_code == 403
