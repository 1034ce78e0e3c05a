"""What is printed of a family: its chronology over all journeys, its summary at closing, and its genogram."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from domain.access import may
from domain.journey.case_file import Distance
from domain.journey.chronicle import Happening, chronology
from domain.journey.evolve import fold
from domain.journey.next_steps import next_steps
from domain.journey.state import Check
from gateway.http.problems import ON_A_JOURNEY
from gateway.http.security import Allow
from gateway.journeys.case import ShownAction, ShownConcern, Words, Worker, shown_entries, worker_of
from gateway.journeys.families import Asked, OnFamily, theirs
from gateway.journeys.genogram_svg import genogram
from gateway.journeys.household import ShownFamily, of_journey
from gateway.journeys.looks import What, looked
from gateway.journeys.views import Number
from gateway.services import Served, Services
from store import families, journal, programmes, read_models, texts
from store.people import FamilyRecord
from store.pool import Conn
from store.texts import ANSWER

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["case file"], responses=ON_A_JOURNEY)

Texts = Mapping[str, Mapping[str, str]]  # by journey and entry
MEMBER = re.compile(r"\bm[0-9]{1,3}\b")
WRITTEN = {"note-added", "action-agreed", "meeting-recorded", "voice-recorded", "concern-raised"}
NAMES = Allow("read-names", own=True)
Reading = Annotated[Asked, Depends(OnFamily("read", by="either"))]


class ShownHappening(Happening, Words):
    """One thing that happened; `text` is what was written of it.

    For those who may read names, members stand by their forenames in `what`, `was` and `who`, else by their ids.
    """

    who: str | None = None


class Chronology(BaseModel):
    """Everything that happened to a family, and to those `merged` into it, by the day it happened.

    `people` are the names of its own members, where allowed.
    """

    reference: str
    as_of: date
    journeys: list[int]
    merged: list[str] = []
    words: bool
    people: dict[str, str] = {}
    rows: list[ShownHappening]


class Summary(BaseModel):
    """How a journey of a family went, for its close: what was needed, what was done, how far it came, what remains."""

    reference: str
    number: int
    as_of: date
    stage: str
    programme: str
    locality: str
    referred_on: date | None
    referrers: tuple[str, ...]
    closed_on: date | None
    outcome: str | None
    worker: Worker | None
    words: bool
    family: ShownFamily | None = None
    criteria: tuple[str, ...]
    needs: tuple[str, ...]
    contacts: int
    reviews: int
    meetings: int
    heard: dict[str, date] = {}
    checks: list[Check] = []
    actions: list[ShownAction] = []
    distances: list[Distance] = []
    remaining: list[ShownAction] = []
    unanswered: list[ShownConcern] = []
    next_steps: list[str] = []


class Genogram(BaseModel):
    """A family drawn: a whole SVG document, without scripts and without links."""

    reference: str
    names: bool
    svg: str


@router.get("/chronology")
async def chronology_of(asked: Reading, services: Served) -> Chronology:
    """Tell everything that happened to a family, over all of its journeys, by the day it happened."""
    reference = asked.journey.reference
    async with services.pool.acquire() as conn:
        merged = sorted(await families.merged_into(conn, reference))
        rows = [*asked.journeys, *[row for other in merged for row in await read_models.by_reference(conn, other)]]
        streams = {row.journey_id: await journal.timeline(conn, row.journey_id) for row in rows}
        read = {each: await _words(services, conn, asked, each, "chronology") for each in (reference, *merged)}
    told = chronology([(row.number, s := streams[row.journey_id], fold(one.event for one in s)) for row in rows])
    record, _ = read[reference]
    ids = {(row.reference, row.number): row.journey_id for row in rows}
    return Chronology(
        reference=reference,
        as_of=await services.today(),
        journeys=sorted({row.number for row in asked.journeys}),
        merged=merged,
        words=record is not None,
        people=names_of(record),
        rows=[_shown(each, ids[each.reference, each.number], *read[each.reference]) for each in told],
    )


def _shown(each: Happening, journey_id: str, record: FamilyRecord | None, said: Texts) -> ShownHappening:
    """Return a row with its words and names, as far as they were read."""
    people = names_of(record)

    def named(text: str | None) -> str | None:
        return text and MEMBER.sub(lambda found: people.get(found[0], found[0]), text)

    told = each.model_dump() | {"what": named(each.what), "was": named(each.was)}
    return ShownHappening(**told, who=named(each.member), text=said.get(journey_id, {}).get(_text(each)))


@router.get("/summary")
async def summary(asked: Reading, services: Served, journey: Number = None) -> Summary:
    """Sum up a journey of a family, the newest unless another is asked for."""
    row = asked.on(journey).journey
    async with services.pool.acquire() as conn:
        stream = await journal.timeline(conn, row.journey_id)
        told = fold(one.event for one in stream)
        programme = await programmes.get(conn, row.programme_hash)
        record, said = await _words(services, conn, asked, row.reference, "summary")
        worker = await worker_of(conn, told)
    entries = shown_entries(told.case, said.get(row.journey_id, {}))
    actions = [each for each in entries["actions"] if each.withdrawn is None]
    waiting = [each for each in entries["concerns"] if each.withdrawn is None and each.answer is None]
    counts = Counter(one.event.type for one in stream)
    return Summary(
        reference=row.reference,
        number=row.number,
        as_of=await services.today(),
        worker=worker,
        words=record is not None,
        family=of_journey(record, told) if record else None,
        contacts=counts["contact-recorded"],
        reviews=counts["plan-reviewed"],
        meetings=len([each for each in told.case.meetings if each.withdrawn is None]),
        heard={member.id: day for member in told.members if (day := told.case.heard_on(member.id)) is not None},
        checks=list(told.checks),
        actions=actions,
        distances=entries["distances"],
        remaining=[each for each in actions if each.state == "open"],
        unanswered=waiting,
        next_steps=list(next_steps(told, programme)),
        **{name: getattr(told, name) for name in OF_JOURNEY},
    )


OF_JOURNEY = (
    "stage",
    "programme",
    "locality",
    "referred_on",
    "referrers",
    "closed_on",
    "outcome",
    "criteria",
    "needs",
)


@router.get("/genogram")
async def drawn(
    *,
    asked: Reading,
    services: Served,
    journey: Number = None,
    names: Annotated[bool, Query(description="With forenames, for those who may read names.")] = False,
) -> Genogram:
    """Draw the people of a family and how they are related, as SVG."""
    if names:
        NAMES.check(asked.actor, theirs(asked.actor, asked.journey), "/v1/journeys/{reference}/genogram")
    row = asked.on(journey).journey
    async with services.pool.acquire() as conn:
        told = fold(one.event for one in await journal.timeline(conn, row.journey_id))
        record = await services.vault.read_family(conn, row.reference) if names else None
        await looked(conn, asked.actor, [row.reference], "case-with-names" if record else "case")
    lasting = [each for each in told.case.relationships if each.withdrawn is None]
    svg = genogram(row.reference, told.members, lasting, names_of(record))
    return Genogram(reference=row.reference, names=record is not None, svg=svg)


async def _words(
    services: Services, conn: Conn, asked: Asked, reference: str, what: Literal["chronology", "summary"]
) -> tuple[FamilyRecord | None, Texts]:
    """Return names and texts of a family, for those who may read names, and keep that they were read."""
    names = may(asked.actor, "read-names", theirs(asked.actor, asked.journey))
    record = await services.vault.read_family(conn, reference) if names else None
    said = await texts.of_family(conn, services.vault, reference) if record else {}
    looks: dict[str, What] = {"chronology": "chronology-with-names", "summary": "summary-with-names"}
    await looked(conn, asked.actor, [reference], looks[what] if record else what)
    return record, said


def _text(each: Happening) -> str:
    """Return under which name the vault has what was written of an event: its entry, or the answer to it."""
    if each.type == "concern-answered":
        return f"{each.entry}{ANSWER}"
    return each.entry or "" if each.type in WRITTEN else ""


def names_of(record: FamilyRecord | None) -> dict[str, str]:
    """Return the forename of each member, by id."""
    return {each.member_id: each.forename or each.surname for each in record.people} if record else {}
