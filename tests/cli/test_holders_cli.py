"""Queue, waiver, handover and leave by commands alone."""

import json

import pytest

from tests.cli.conftest import Cli
from tests.doors import Doors


async def waiting(doors: Doors, **changes: str) -> str:
    reference = await doors.referred(**changes)
    await doors.step(reference, "identify", criteria=["poverty", "addiction"])
    return reference


async def test_the_queue_is_listed_and_served(cli: Cli, doors: Doors):
    """The queue is told with who has room, and the oldest family is taken from it by --next."""
    reference = await waiting(doors, referred_on="2010-01-04")
    worker = await doors.worker(cap=1)
    big = await doors.worker(cap=100)
    listed = (await cli("queue")).out
    assert (reference in listed, f"{big} 100" in listed) == (True, True)
    waits = (await cli.ok("queue", "--area", "wirral"))["waiting"]
    [row] = [row for row in waits if row["reference"] == reference]
    assert (row["place"], worker in {each["name"] for each in row["room"]}) == (1, True)
    taken = await cli.ok("allocate", "--next", worker, "--area", "wirral")
    assert taken["happened"] == ["key-worker-allocated"]
    await doors.worker()
    ran = await cli("allocate", await waiting(doors), "--to", worker)
    assert (ran.code, "the cap is 1" in ran.err, "choose one who has room" in ran.err) == (1, True, True)


async def test_a_manager_waives_the_cap(cli: Cli, doors: Doors):
    """A waiver is taken with its reason, shown with the family and counted with the worker."""
    worker = await doors.worker(cap=1)
    await cli.ok("allocate", await waiting(doors), "--to", worker)
    reference = await waiting(doors)
    await cli.ok("allocate", reference, "--to", worker, "--waiver", "sibling-group")
    assert "by waiver sibling-group" in (await cli("show", reference)).out
    [row] = [row for row in await cli.ok("staff", "list") if row["name"] == worker]
    assert (row["held"], row["cap"], row["by_waiver"]) == (2, 1, 1)
    other = await doors.worker(cap=1)
    await cli.ok("allocate", await waiting(doors), "--any")
    await cli.ok("offer-handover", reference, "--to", other)
    await cli.ok("accept-handover", reference, "--to", other, "--waiver", "sibling-group")


@pytest.mark.parametrize(
    "words", [(), ("F-2222-2222",), ("F-2222-2222", "--to", "kim", "--any"), ("F-2222-2222", "--next", "kim")]
)
async def test_an_allocation_names_family_and_worker(cli: Cli, words: tuple[str, ...]):
    """Whoever leaves open which family, or to whom, is told how to say it."""
    ran = await cli("allocate", *words)
    assert (ran.code, "--next NAME" in ran.err) == (2, True)


async def test_a_leaver_hands_everything_over(cli: Cli, doors: Doors):
    """A leave is shown first, offered family by family with progress, repeated without effect, and ended."""
    worker, lee = await doors.worker(cap=20), await doors.worker(cap=20)
    references = [await waiting(doors) for _ in range(7)]
    for reference in references:
        await cli.ok("allocate", reference, "--to", worker)
    dry = await cli("staff", "leave", worker, "--to", lee, "--dry-run")
    assert (dry.code, f"room: {lee} 20" in dry.out, dry.out.count("to-offer")) == (0, True, 7)
    told = await cli.ok("staff", "leave", worker, "--to", lee, "--from", "2012-06-01")
    assert sorted(row["reference"] for row in told["families"]) == sorted(references)
    assert {row["state"] for row in told["families"]} == {"offered"}
    again = await cli.ok("staff", "leave", worker, "--to", lee, "--from", "2012-06-01")
    assert again["families"] == told["families"]
    await cli.ok("staff", "cap", lee, "6")
    ran = await cli("staff", "leave", worker, "--to", lee, "--accept-for", "--json")
    states = [row["state"] for row in json.loads(ran.out)["families"]]
    assert (ran.code, states.count("handed-over"), states.count("waits")) == (3, 6, 1)
    assert "takes families again" in (await cli("staff", "return", worker)).out
    ran = await cli("staff", "leave", worker)
    assert (ran.code, "nobody is named" in ran.err) == (1, True)
