"""How a journey of a family went, for its close."""

from collections import Counter
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from domain.journey.case_file import Distance
from domain.journey.evolve import fold
from domain.journey.next_steps import next_steps
from domain.journey.state import Check
from gateway.http.problems import ON_A_JOURNEY
from gateway.journeys.case import ShownAction, ShownConcern, Worker, shown_entries, worker_of
from gateway.journeys.household import ShownFamily, of_journey
from gateway.journeys.views import Number
from gateway.journeys.words import Reading, words_of
from gateway.services import Served
from store import journal, programmes

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["case file"], responses=ON_A_JOURNEY)


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


@router.get("/summary")
async def summary(asked: Reading, services: Served, journey: Number = None) -> Summary:
    """Sum up a journey of a family, the newest unless another is asked for."""
    row = asked.on(journey).journey
    async with services.pool.acquire() as conn:
        stream = await journal.timeline(conn, row.journey_id)
        told = fold(one.event for one in stream)
        programme = await programmes.get(conn, row.programme_hash)
        record, said = await words_of(services, conn, asked, row.reference, "summary")
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
