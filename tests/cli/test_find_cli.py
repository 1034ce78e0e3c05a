"""Find, names by choice, who looked, and offers, by commands alone."""

import re

from cli.core.tables import draw
from tests.cli.conftest import Cli
from tests.doors import Doors

REFERENCE = re.compile(r"F-[0-9A-Z]{4}-[0-9A-Z]{4}")


async def surname_of(doors: Doors, reference: str) -> str:
    async with doors.client() as client:
        told = await client.get(f"/v1/journeys/{reference}")
    return str(told.json()["family"]["people"][0]["surname"])


async def test_find(cli: Cli, doors: Doors):
    """A family is found by several words with its people, its address and who holds it; nobody is said as none."""
    reference = await doors.referred(address="4 Lantern Row", postcode="CH60 2ZZ")
    surname = await surname_of(doors, reference)
    out = (await cli("find", surname, "lantern", "row")).out
    assert [reference] == REFERENCE.findall(out)
    assert all(word in out for word in (surname, "4 Lantern Row, CH60 2ZZ", "1978-04-18", "nobody yet", "exact"))
    assert "none" in (await cli("find", surname, "nowhere")).out


async def test_names_by_choice(cli: Cli, doors: Doors):
    """Lists, due work and the queue say who a family is only where that is asked for."""
    reference = await doors.referred(locality="Egremont")
    await doors.step(reference, "identify", criteria=["poverty", "addiction"])
    surname = await surname_of(doors, reference)
    for words in (("list", "--locality", "Egremont"), ("due", "--limit", "500"), ("queue",)):
        plain, named = await cli(*words), await cli(*words, "--names")
        assert (surname in plain.out, surname in named.out) == (False, True), words
    await cli("login", "--name", "una", "--role", "auditor")
    refused = await cli("due", "--names")
    assert (refused.code, "an auditor may not do this" in refused.err) == (5, True)


async def test_show_says_where_and_who_else(cli: Cli, doors: Doors):
    """A family is shown with its address, who else is involved, and each consent with what it allows."""
    reference = await doors.referred(address="4 Lantern Row", postcode="CH60 2ZZ")
    await cli.ok(
        "consent", reference, "--basis", "consent", "--purpose", "family-support", "--partner", "wirral-health"
    )
    out = (await cli("show", reference)).out
    assert re.search(r"address +4 Lantern Row, CH60 2ZZ", out)
    assert re.search(r"involved +wirral-schools, wirral-health", out)
    assert re.search(r"consents +c-\w+  consent  for family-support  to wirral-health  since 2012-06-01", out)


async def test_who_looked(cli: Cli, doors: Doors):
    """Who looked at a family is listed with what was read and when; without a reference the saved views are."""
    reference = await doors.referred()
    await cli("show", reference)
    out = (await cli("views", reference)).out
    assert re.search(r"manager:manager +story-with-names", out)
    [row] = await cli.ok("views", reference)
    assert ("manager:manager", "story-with-names") == (row["actor"], row["what"])


async def test_whoever_is_logged_in_accepts(cli: Cli, doors: Doors):
    """A key worker accepts an offer without saying who they are; a manager must say for whom."""
    reference, _ = await doors.allocated()
    taker = await doors.worker()
    await cli.ok("offer-handover", reference, "--to", taker)
    refused = await cli("accept-handover", reference)
    assert (refused.code, "give --to NAME" in refused.err) == (2, True)
    await cli("login", "--name", taker, "--role", "key-worker")
    out = (await cli("list")).out
    assert re.search(rf"{reference} .*, offered to {taker}", out)
    assert "handover-accepted" == (await cli.ok("accept-handover", reference))["happened"][0]


async def test_any_says_who(cli: Cli, doors: Doors):
    """An allocation to whoever has the most room says who that is."""
    await doors.worker(cap=100)
    reference = await doors.referred()
    await doors.step(reference, "identify", criteria=["poverty", "addiction"])
    out = (await cli("allocate", reference, "--any")).out
    [row] = (await cli.ok("list", "--reference", reference))["journeys"]
    assert f"  {row['key_worker']} holds it now" in out.splitlines()


async def test_days_late(cli: Cli, doors: Doors):
    """Overdue work is listed with the days it is late."""
    reference = await doors.referred(referred_on="2012-05-01")  # identification was due on 9 May
    lines = [line for line in (await cli("due", "--limit", "500")).out.splitlines() if reference in line]
    assert ["23 days"] == [found for line in lines for found in re.findall(r"\d+ days?", line)]


async def test_references_stay_whole(cli: Cli, doors: Doors):
    """No reference, id or day is broken at eighty columns, nor at fifty; what cannot fit is written as records."""
    reference = await doors.referred()
    for columns in ("80", "50"):
        for words in (("due", "--limit", "500", "--names"), ("due", "--limit", "500", "--reminders"), ("list",)):
            out = (await cli(*words, COLUMNS=columns)).out
            assert set(re.findall(r"(?<![0-9A-Z])F-\w", out)), words
            assert len(re.findall(r"(?<![0-9A-Z])F-\w", out)) == len(REFERENCE.findall(out)), words
            lines = [line for line in out.splitlines() if not line.startswith("more: --cursor ")]  # typed as it is
            assert max(map(len, lines)) <= int(columns), words
    assert reference


def test_a_long_id_is_whole(capsys, monkeypatch):
    """An id that no column has room for makes records of a table, in which it stands whole where the line has room."""
    monkeypatch.setenv("COLUMNS", "80")
    name = "handover-answer.5.2012-05-28.remind-2"
    draw("", ("a", "b", "c"), [[name, name, name]], err=False)
    assert 3 == capsys.readouterr().out.count(name)


async def test_today(cli: Cli, doors: Doors):
    """The day is told in sections, with names where asked for; `journeys` alone tells it to who is logged in."""
    reference, giver = await doors.allocated()
    taker, surname = await doors.worker(), await surname_of(doors, reference)
    await cli.ok("offer-handover", reference, "--to", taker)
    await doors.referred()
    out = (await cli("today", "--limit", "1000")).out
    assert out.startswith("Friday 1 June 2012, everybody\n")
    assert re.search(r"Overdue \(\d+\)", out)
    assert re.search(rf"{taker} +{reference} +handover-answer +{giver} ", out)
    assert (await cli("login", "--name", taker, "--role", "key-worker")).code == 0
    ran = await cli()
    assert (0, True, True) == (ran.code, f"1 June 2012, {taker}" in ran.out, reference in ran.out)
    assert (surname in ran.out, surname in (await cli("today", "--names")).out) == (False, True)
    rows = (await cli("today", "--csv")).out.splitlines()
    assert "section,holder,reference,what,owed by,since,due,late" == rows[0]
    assert ["offer"] == [row.split(",")[0] for row in rows[1:]]
    narrow = (await cli("today", COLUMNS="80")).out
    assert reference in narrow


async def test_alone_without_a_session(cli: Cli):
    """Who has not logged in gets the help."""
    ran = await cli()
    assert (2, True) == (ran.code, "Commands:" in ran.out or "COMMAND" in ran.out)
