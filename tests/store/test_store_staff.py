"""Staff, and the lock that keeps a caseload under its cap."""

import asyncio
from dataclasses import replace

import pytest
from streams import START, carry_out, journey_id_of, store, whole_path

from domain.journey.facts import Caseload
from store import staff
from store.staff import Colleague, StaffMember

KIM = StaffMember("kim", "key-worker", "kim@council.example")
CAP = 10
NOBODY = Caseload(known=False, held=0, cap=CAP, worker="kim")


def reference(number):
    return f"F-{number:04d}-CAPP"


async def until_allocation(pool, number):
    """A family that is identified and waits for its key worker; its next orders."""
    name = reference(number)
    await store(pool, whole_path(name)[:4], journey_id_of(name))
    return journey_id_of(name)


async def allocate(pool, number):
    """Allocate a family to kim as the activity does: lock, decide on the count, append, in one transaction."""
    journey_id, order = journey_id_of(reference(number)), whole_path(reference(number))[4]
    async with pool.acquire() as conn, conn.transaction():
        caseload = await staff.lock_caseload(conn, "kim", CAP, START)
        await asyncio.sleep(0.01)  # time for the others to come to the lock
        return await carry_out(conn, journey_id, order.model_copy(update={"caseload": caseload}))


async def test_added_and_brought_up_to_date(pool):
    """A name is added once; adding it again changes what is known of it."""
    assert await staff.add(pool, KIM)
    changed = StaffMember("kim", "key-worker", "kim.k@council.example", cap=4, active=False)
    assert not await staff.add(pool, changed)
    assert await staff.listing(pool) == [changed]


async def test_listing_counts_open_families(pool):
    """Each member of staff is listed with the open families held; a closed one no longer counts."""
    await staff.add(pool, KIM)
    await staff.add(pool, StaffMember("ann", "coordinator", "ann@council.example"))
    await store(pool, whole_path("F-2222-2222")[:5], journey_id_of("F-2222-2222"))
    await store(pool, whole_path("F-3333-3333"), journey_id_of("F-3333-3333"))
    assert [(each.name, each.held) for each in await staff.listing(pool)] == [("ann", 0), ("kim", 1)]
    assert [each.name for each in await staff.listing(pool, "key-worker")] == ["kim"]


async def test_who_is_written_to(pool):
    """Only active staff are reached, alone or by role, at their e-mail address unless they chose another channel."""
    await staff.add(pool, KIM)
    await staff.add(pool, StaffMember("mo", "manager", "mo@council.example"))
    await staff.add(pool, StaffMember("al", "manager", "al@council.example", active=False))
    kim = Colleague("kim", "email", {"email": "kim@council.example"})
    assert await staff.reminded(pool, "holder", "kim", None) == [kim]
    assert await staff.reminded(pool, "holder", "al", None) == []
    assert await staff.reminded(pool, "manager", "kim", None) == [
        Colleague("mo", "email", {"email": "mo@council.example"})
    ]


async def test_how_somebody_is_reached(pool):
    """The channel is listed, the address it needs is not; a cap that is set later leaves both as they are."""
    mo = StaffMember("mo", "manager", "mo@council.example", channel="govuk-notify")
    await staff.add(pool, mo, {"pager": "77"})
    assert await staff.set_cap(pool, "mo", 4)
    assert not await staff.set_cap(pool, "nobody", 4)
    assert await staff.get(pool, "mo") == replace(mo, cap=4)
    assert [each.channel for each in await staff.listing(pool)] == ["govuk-notify"]
    assert await staff.in_role(pool, "manager") == [
        Colleague("mo", "govuk-notify", {"email": "mo@council.example", "pager": "77"})
    ]
    await staff.add(pool, StaffMember("mo", "manager", "mo@council.example"))
    kept = {"email": "mo@council.example", "pager": "77"}  # an address that is not given again stays
    assert await staff.in_role(pool, "manager") == [Colleague("mo", "email", kept)]


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (KIM, Caseload(known=True, held=0, cap=CAP, worker="kim")),
        (
            StaffMember("kim", "key-worker", "k@council.example", cap=4, team="north", area="wirral"),
            Caseload(known=True, held=0, cap=4, worker="kim", team="north", area="wirral"),
        ),
        (StaffMember("kim", "key-worker", "k@council.example", active=False), NOBODY),
        (StaffMember("kim", "manager", "k@council.example"), NOBODY),
        (StaffMember("lee", "key-worker", "l@council.example"), NOBODY),
    ],
)
async def test_a_caseload(pool, member, expected):
    """A caseload has the member's own cap, else the programme's; only active key workers are known."""
    await staff.add(pool, member)
    async with pool.acquire() as conn, conn.transaction():
        assert await staff.lock_caseload(conn, "kim", CAP, START) == expected


async def test_the_lock_needs_a_transaction(pool):
    """Counting outside a transaction would hold nothing, and is an error."""
    async with pool.acquire() as conn:
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await staff.lock_caseload(conn, "kim", CAP, START)


async def test_the_tenth_family_is_allocated_once(pool):
    """Of several allocations at once to a key worker with room for one family, exactly one succeeds."""
    await staff.add(pool, StaffMember("kim", "key-worker", "k@council.example", cap=3))
    for number in range(6):
        await until_allocation(pool, number)
    await allocate(pool, 0)
    await allocate(pool, 1)
    steps = await asyncio.gather(*(allocate(pool, number) for number in range(2, 6)))
    codes = sorted(step.reply.rejection.code if step.reply.rejection else "allocated" for step in steps)
    assert codes == ["allocated", "caseload-full", "caseload-full", "caseload-full"]
    [kim] = await staff.listing(pool)
    assert kim.held == 3
