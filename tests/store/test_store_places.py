"""The places of a programme are counted under one lock, across families and key workers."""

import asyncio

import pytest
from streams import PROGRAMME, carry_out, journey_id_of, store, whole_path

from domain.journey.evolve import fold
from domain.journey.facts import PlacesTaken
from domain.journey.guards import no_place
from domain.programme.local_scheme import Places
from store import journal, places

LIMITED = PROGRAMME.model_copy(
    update={"places": Places(families=3, key_workers=2, source="the tests", confidence="verified")}
)


def reference(number):
    return f"F-{number:04d}-PLAC"


async def identified(pool, number):
    """A family that waits for its key worker."""
    name = reference(number)
    await store(pool, whole_path(name)[:4], journey_id_of(name))


async def allocate(pool, number, key_worker):
    """Allocate as the activity does, in one transaction: lock, count, decide on the count, append."""
    journey_id = journey_id_of(reference(number))
    order = whole_path(reference(number), key_worker=key_worker)[4]
    async with pool.acquire() as conn, conn.transaction():
        loaded = await journal.load(conn, journey_id)
        before = fold(each.event for each in loaded.events)
        taken = await places.lock_places(conn, before, key_worker)
        await asyncio.sleep(0.01)  # time for the others to come to the lock
        if full := no_place(LIMITED, taken):
            return full.code
        await carry_out(conn, journey_id, order)
        return "allocated"


async def test_what_is_taken(pool):
    """Open families of the same area and programme count, besides the one asked about; a closed one does not."""
    for number in range(3):
        await identified(pool, number)
    await allocate(pool, 0, "kim")
    await allocate(pool, 1, "lee")
    await store(pool, whole_path("F-3333-3333"), journey_id_of("F-3333-3333"))
    async with pool.acquire() as conn, conn.transaction():
        asked = fold(each.event for each in (await journal.load(conn, journey_id_of(reference(1)))).events)
        counted = {name: await places.lock_places(conn, asked, name) for name in ("kim", "lee")}
        elsewhere = await places.lock_places(conn, asked.model_copy(update={"area": "kent"}), "kim")
    assert counted == {
        "kim": PlacesTaken(families=1, key_workers=1, holds=True),
        "lee": PlacesTaken(families=1, key_workers=1, holds=False),
    }
    assert elsewhere == PlacesTaken(families=0, key_workers=0, holds=False)


async def test_the_last_place_is_given_once(pool):
    """Of five allocations at once to a programme with room for one more family, exactly one succeeds."""
    for number in range(7):
        await identified(pool, number)
    assert ["allocated", "allocated"] == [await allocate(pool, number, "kim") for number in range(2)]
    codes = await asyncio.gather(*(allocate(pool, number, "kim") for number in range(2, 7)))
    assert sorted(codes) == ["allocated", *["places-full"] * 4]


async def test_the_last_key_worker_joins_once(pool):
    """Of several key workers at once where one more may hold families, exactly one gets a first family."""
    for number in range(4):
        await identified(pool, number)
    assert await allocate(pool, 0, "kim") == "allocated"
    codes = await asyncio.gather(
        *(allocate(pool, number, name) for number, name in ((1, "lee"), (2, "max"), (3, "pat")))
    )
    assert sorted(codes) == ["allocated", "key-workers-full", "key-workers-full"]


async def test_the_lock_of_places_needs_a_transaction(pool):
    """Counting outside a transaction would hold nothing, and is an error."""
    async with pool.acquire() as conn:
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await places.lock_places(conn, fold([]), "kim")
