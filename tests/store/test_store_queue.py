"""The queue, who has room, leave, and allocation to whoever has the most: on a real database, racing."""

import asyncio
from datetime import timedelta

import pytest
from streams import PROGRAMME, START, Orders, carry_out, journey_id_of, store, whole_path

from domain.calendar import local_date
from domain.journey import commands as ask
from domain.journey.facts import Caseload
from store import facts, queue, staff
from store.journal import load
from store.staff import StaffMember
from store.vault import Vault
from tests.facts import WithFacts

CAP = 10
VAULT = Vault(bytes(32), bytes(32))
LATER = START + timedelta(days=40)


def reference(number):
    return f"F-{number:04d}-QUEU"


async def identified(pool, number, day=START):
    """A family that is found eligible on `day` and waits; its orders go on."""
    orders = Orders(reference(number))
    order = orders.give(ask.IdentifyFamily, day, criteria=("poverty",))
    await store(pool, [orders.refer(), order], journey_id_of(reference(number)))
    return orders


async def allocate(pool, orders, key_worker, actor="coordinator:ann", **fields):
    """Allocate as the activity does: count under lock, decide, append, in one transaction."""
    journey_id = journey_id_of(orders.reference)
    order = orders.give(ask.AllocateKeyWorker, LATER, key_worker=key_worker, actor=actor, **fields)
    async with pool.acquire() as conn, conn.transaction():
        known = await facts.read(conn, VAULT, await load(conn, journey_id), [order], PROGRAMME, local_date(order.at))
        await asyncio.sleep(0.002)  # time for the others to come to the lock
        return (await carry_out(conn, journey_id, WithFacts(order, known[order.command_id]))).reply


def told(reply):
    return reply.rejection.code if reply.rejection else "allocated"


async def worker(pool, name, cap=None, **fields):
    await staff.add(pool, StaffMember(name, "key-worker", f"{name}@council.example", cap=cap, **fields))


async def test_the_oldest_waits_at_the_head(pool):
    """Families wait in the order in which they were found eligible; who is held or closed waits no more."""
    late, early, held = await identified(pool, 1, START + timedelta(days=3)), await identified(pool, 2), None
    held = await identified(pool, 3)
    await store(pool, whole_path("F-9999-9999"), journey_id_of("F-9999-9999"))
    await worker(pool, "kim")
    await allocate(pool, held, "kim")
    rows = await queue.waiting(pool)
    assert [(row.reference, row.place, row.criteria) for row in rows] == [
        (early.reference, 1, ["poverty"]),
        (late.reference, 2, ["poverty"]),
    ]
    assert await queue.place(pool, journey_id_of(late.reference)) == 2
    assert await queue.place(pool, journey_id_of(held.reference)) is None
    assert await queue.waiting(pool, area="kent") == []
    assert len(await queue.waiting(pool, programme=PROGRAMME.name)) == 2


async def test_who_has_room(pool):
    """Room counts what is held and, apart, what is offered; leave, another area and a full caseload have none."""
    await worker(pool, "kim", cap=1)
    await worker(pool, "lee")
    await worker(pool, "max", cap=3, area="wirral")
    await worker(pool, "far", area="kent")
    await worker(pool, "off")
    await staff.leave(pool, "off", START)
    orders = await identified(pool, 1)
    await allocate(pool, orders, "kim")
    journey_id = journey_id_of(orders.reference)
    counted = Caseload(known=True, held=0, cap=3, worker="max")
    await carry_out(pool, journey_id, orders.give(ask.OfferHandover, LATER, to="max", caseload=counted))
    rows = await queue.room(pool, "wirral", CAP, LATER)
    assert [(row.name, row.free, row.unoffered) for row in rows] == [("lee", 10, 10), ("max", 3, 2)]
    assert {row.name for row in await queue.room(pool, None, CAP, LATER)} == {"lee", "max", "far"}
    listed = {each.name: each for each in await staff.listing(pool)}
    assert [(listed[name].held, listed[name].offered) for name in ("kim", "max", "lee")] == [(1, 0), (0, 1), (0, 0)]


@pytest.mark.parametrize("name", ["kim", None], ids=["by name", "anybody"])
async def test_twenty_race_for_the_last_place(pool, name):
    """Of twenty allocations at once onto the last place of a cap, exactly one wins; the rest are told their place."""
    await worker(pool, "kim", cap=1)
    waiting = [await identified(pool, number) for number in range(20)]
    replies = await asyncio.gather(*(allocate(pool, orders, name) for orders in waiting))
    codes = sorted(map(told, replies))
    assert codes == ["allocated", *["caseload-full"] * 19]
    assert all("in the queue" in reply.rejection.reason for reply in replies if reply.rejection), [
        reply.rejection for reply in replies
    ]
    [kim] = await staff.listing(pool)
    assert kim.held == 1


async def test_anybody_is_whoever_has_the_most_room(pool):
    """Allocations to anybody, all at once, fill the caseloads evenly and never beyond a cap."""
    await worker(pool, "kim", cap=2)
    await worker(pool, "lee", cap=4)
    await worker(pool, "far", cap=50, area="kent")
    waiting = [await identified(pool, number) for number in range(8)]
    replies = await asyncio.gather(*(allocate(pool, orders, None) for orders in waiting))
    assert sorted(map(told, replies)) == [*["allocated"] * 6, "caseload-full", "caseload-full"]
    assert {each.name: each.held for each in await staff.listing(pool)} == {"far": 0, "kim": 2, "lee": 4}


async def test_a_full_worker_is_told_who_has_room(pool):
    """The refusal for a full worker names those with room."""
    await worker(pool, "kim", cap=1)
    await worker(pool, "lee", cap=1)
    await allocate(pool, await identified(pool, 1), "kim")
    reply = await allocate(pool, await identified(pool, 2), "kim")
    assert (told(reply), "choose one who has room: lee" in reply.rejection.remedy) == ("caseload-full", True)


async def test_a_waiver_is_counted_apart(pool):
    """A family held by a waiver counts as held, and as held by a waiver."""
    await worker(pool, "kim", cap=1)
    await allocate(pool, await identified(pool, 1), "kim")
    orders = await identified(pool, 2)
    assert told(await allocate(pool, orders, "kim", waiver="sibling-group")) == "waiver-not-allowed"
    assert told(await allocate(pool, orders, "kim", actor="manager:mo", waiver="sibling-group")) == "allocated"
    [kim] = await staff.listing(pool)
    assert (kim.held, kim.cap, kim.by_waiver) == (2, 1, 1)


async def test_leave_begins_and_ends(pool):
    """From the first day of leave the leaver is allocated nobody, by name or as anybody, until the return."""
    await worker(pool, "kim")
    assert not await staff.leave(pool, "nobody", START)
    await staff.leave(pool, "kim", LATER + timedelta(days=1))
    assert told(await allocate(pool, await identified(pool, 1), "kim")) == "allocated"
    await staff.leave(pool, "kim", LATER)
    orders = await identified(pool, 2)
    assert told(await allocate(pool, orders, "kim")) == "on-leave"
    assert told(await allocate(pool, orders, None)) == "unknown-key-worker"
    await staff.leave(pool, "kim", None)
    assert told(await allocate(pool, orders, None)) == "allocated"


async def test_the_managers_of_each_side(pool):
    """A reminder of an offer reaches whom it is made to and the managers of either side, and always someone."""
    await worker(pool, "kim", team="north", area="wirral")
    await worker(pool, "lee", team="south", area="kent")
    await worker(pool, "max")
    for name, team, area in (("mo", "north", "wirral"), ("al", None, "kent"), ("ed", "east", "kent")):
        await staff.add(pool, StaffMember(name, "manager", f"{name}@council.example", team=team, area=area))

    async def names(to, holder="kim", offered="lee"):
        return [each.name for each in await staff.reminded(pool, to, holder, offered)]

    assert await names("offered") == ["lee"]
    assert await names("holder") == ["kim"]
    assert await names("giving-manager") == ["mo"]
    assert await names("receiving-manager") == ["al"]
    assert await names("receiving-manager", offered="max") == ["al", "ed", "mo"]
    assert await names("offered", offered=None) == []
    assert await names("manager") == ["al", "ed", "mo"]
