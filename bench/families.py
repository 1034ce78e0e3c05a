"""The families of the benchmarks: the commands of the first six steps, and a journal with twenty events."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import asyncpg
from pydantic import TypeAdapter

from activities.journal import JournalActivities
from activities.messages import CarryOut
from domain.calendar import local_date
from domain.evidence import Evidence
from domain.family import Member
from domain.ids import JourneyId
from domain.journey.commands import (
    AllocateKeyWorker,
    AnyCommand,
    AssessFamily,
    IdentifyFamily,
    RecordConsent,
    RecordContact,
    RecordEvidence,
    ReferFamily,
)
from domain.programme.programme import Programme
from programmes import content_hash, load
from store import programmes, staff
from wiring.references import new_reference

EVIDENCE: TypeAdapter[Evidence] = TypeAdapter(Evidence)
ACTOR = "coordinator:bench"
KEY_WORKER = "kw-bench"
ROOM = 1_000_000  # the cap is not what is measured


def journey_of(reference: str) -> str:
    """Return the id of a family's first journey."""
    return str(JourneyId("wirral", reference, 1))


async def prepare(pool: asyncpg.Pool) -> Programme:
    """Keep the programme and add the key worker; nobody is notified, as that is not what is measured."""
    quiet = load("wirral-2012").model_copy(update={"notices": (), "places": None, "name": "bench"})
    programme = quiet.model_copy(update={"hash": content_hash(quiet)})
    async with pool.acquire() as conn:
        await programmes.keep(conn, programme)
        await staff.add(conn, staff.StaffMember(KEY_WORKER, "key-worker", "kw@council.example", cap=ROOM))
    return programme


def six_steps(programme: Programme, reference: str) -> Iterator[AnyCommand]:
    """Return referral, consent, identification, allocation, contact and assessment of a new family."""
    now = datetime.now(UTC)
    day = local_date(now)
    ids = (f"{reference}-{number}" for number in itertools.count(1))
    common = {"at": now, "actor": ACTOR, "on": day}
    yield ReferFamily(
        **common,
        command_id=next(ids),
        journey_id=journey_of(reference),
        reference=reference,
        area="wirral",
        locality="Leasowe",
        programme=programme.name,
        programme_version=programme.version,
        programme_hash=programme.hash,
        members=(Member(id="m1", role="adult"), Member(id="m2", role="child")),
        referrer="wirral-schools",
        criteria=("poverty", "addiction"),
    )
    yield RecordConsent(**common, command_id=next(ids), consent_id="c1", basis="consent", purpose="family-support")
    yield IdentifyFamily(**common, command_id=next(ids), criteria=("poverty", "addiction"))
    yield AllocateKeyWorker(**common, command_id=next(ids), key_worker=KEY_WORKER)
    yield RecordContact(**common, command_id=next(ids))
    yield AssessFamily(**common, command_id=next(ids), needs=("debt",))


def observation(reference: str, number: int) -> RecordEvidence:
    """Return a partner's observation on a family."""
    now = datetime.now(UTC)
    evidence = {
        "id": f"bench-{number}",
        "kind": "police-callout",
        "source": "merseyside-police",
        "observed_on": local_date(now),
        "on": local_date(now),
    }
    return RecordEvidence(
        command_id=f"{reference}-e{number}",
        at=now,
        actor="partner:merseyside-police",
        evidence=EVIDENCE.validate_python(evidence),
    )


async def with_twenty_events(journal: JournalActivities, programme: Programme) -> str:
    """Refer a family and bring its journal to twenty events; return its reference."""
    reference = new_reference()
    commands = [*six_steps(programme, reference), *(observation(reference, number) for number in range(14))]
    order = CarryOut(journey_id=journey_of(reference), now=datetime.now(UTC), commands=commands)
    done = await journal.carry_out(order)
    if done.version != 20:  # noqa: PLR2004 - twenty is what is measured
        raise AssertionError(f"the journal has {done.version} events instead of 20")
    return reference
