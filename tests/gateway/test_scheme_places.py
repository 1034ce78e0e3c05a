"""A programme's places and key workers, raced for through the activity that allocates, on real Postgres."""

import asyncio
import uuid

from domain.errors import Rejected
from domain.family import Member
from domain.journey.commands import AllocateKeyWorker, IdentifyFamily, ReferFamily
from domain.programme.local_scheme import Places
from programmes import content_hash, load
from store import programmes
from tests.doors import NOON, Doors
from wiring.references import new_reference


async def scheme(doors: Doors, **places: int) -> ReferFamily:
    """A pack with these places, kept in the database; its referral is to be given a family of its own."""
    bound = Places(**places, source="the tests", confidence="verified")
    pack = load("wirral-2012").model_copy(update={"name": f"p-{uuid.uuid4().hex[:8]}", "places": bound})
    pack = pack.model_copy(update={"hash": content_hash(pack)})
    async with doors.services.pool.acquire() as conn:
        await programmes.keep(conn, pack)
    return ReferFamily(
        **common(),
        journey_id="",
        reference="",
        area="wirral",
        locality="Leasowe",
        programme=pack.name,
        programme_version=pack.version,
        programme_hash=pack.hash,
        members=(Member(id="m1", role="adult"),),
        referrer="wirral-schools",
    )


def common() -> dict[str, object]:
    return {"command_id": uuid.uuid4().hex, "at": NOON, "actor": "coordinator:ann", "on": NOON.date()}


async def identified(doors: Doors, referral: ReferFamily) -> str:
    """A family of the scheme that waits for its key worker."""
    reference = new_reference()
    journey_id = f"journey:wirral:{reference}:1"
    own = {"command_id": uuid.uuid4().hex, "journey_id": journey_id, "reference": reference}
    await doors.engine.submit(journey_id, referral.model_copy(update=own))
    await doors.engine.submit(journey_id, IdentifyFamily(**common(), criteria=("poverty", "addiction")))
    return journey_id


async def allocate(doors: Doors, journey_id: str, worker: str) -> str:
    """Try to allocate; say what came of it."""
    try:
        reply = await doors.engine.submit(journey_id, AllocateKeyWorker(**common(), key_worker=worker))
    except Rejected as refused:
        return refused.code
    return reply.happened[0]


async def test_the_last_place_of_a_programme_is_given_once(doors: Doors) -> None:
    """Six allocations at once to a programme of two places: two succeed, whoever the key worker is."""
    referral = await scheme(doors, families=2)
    families = [await identified(doors, referral) for _ in range(6)]
    workers = [await doors.worker() for _ in range(3)]
    came = await asyncio.gather(*(allocate(doors, each, workers[n % 3]) for n, each in enumerate(families)))
    assert sorted(came) == ["key-worker-allocated"] * 2 + ["places-full"] * 4


async def test_the_key_workers_of_a_programme_are_not_exceeded(doors: Doors) -> None:
    """Six key workers at once to a programme with a team of two: two get a family, and either may take another."""
    referral = await scheme(doors, key_workers=2)
    families = [await identified(doors, referral) for _ in range(7)]
    workers = [await doors.worker() for _ in range(6)]
    came = await asyncio.gather(
        *(allocate(doors, each, worker) for each, worker in zip(families, workers, strict=False))
    )
    assert sorted(came) == ["key-worker-allocated"] * 2 + ["key-workers-full"] * 4
    (holder, *_) = [worker for worker, code in zip(workers, came, strict=True) if code == "key-worker-allocated"]
    assert await allocate(doors, families[6], holder) == "key-worker-allocated"


async def test_another_programme_has_places_of_its_own(doors: Doors) -> None:
    """A full programme does not take the places of another, and a closed journey gives its place back."""
    full, other = await scheme(doors, families=1), await scheme(doors, families=1)
    worker = await doors.worker()
    first, second, elsewhere = [await identified(doors, referral) for referral in (full, full, other)]
    assert [await allocate(doors, each, worker) for each in (first, second, elsewhere)] == [
        "key-worker-allocated",
        "places-full",
        "key-worker-allocated",
    ]
    reference = first.split(":")[2]
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    assert await allocate(doors, second, worker) == "key-worker-allocated"
