"""The case file of a family, read: entries by code for whoever may read the family, words for who may read names."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from domain.access import may
from domain.calendar import calendar_of
from domain.journey import case_file as f
from domain.journey.evolve import fold
from domain.journey.owed_work import owed_work
from domain.journey.state import UNHEARD, Journey
from domain.programme.programme import Programme
from gateway.http.problems import ON_A_JOURNEY
from gateway.journeys.families import Asked, OnFamily, etag, theirs
from gateway.journeys.household import ShownFamily, of_journey
from gateway.journeys.looks import looked
from gateway.journeys.views import Number
from gateway.services import Served
from store import families, journal, programmes, staff, texts
from store.pool import Conn
from store.texts import ANSWER

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["case file"], responses=ON_A_JOURNEY)


class Words(BaseModel):
    """What an entry says in words; null without words, once withdrawn, and for those who may not read names."""

    text: str | None = None


class ShownNote(f.Note, Words):
    """A visit, a call or a meeting written up."""


class ShownAction(f.Action, Words):
    """Something to be done about a need, by a day; `text` says what, where no code (`do`) does."""


class ShownMeeting(f.Meeting, Words):
    """A meeting; `text` says what was agreed."""


class ShownVoice(f.Voice, Words):
    """What a child says."""


class ShownConcern(f.Concern, Words):
    """A worry that `to` must answer; `answer_text` goes with the answer."""

    answer_text: str | None = None


class Worker(BaseModel):
    """Who holds the family, and how that colleague is reached."""

    name: str
    email: str | None = None


class CaseView(BaseModel):
    """The case file of one journey of a family, the newest unless another is asked for.

    `words`: whether the reader may read texts and names. `unheard` are children who were not heard for 90 days, and
    `next_meeting` is the day of the meeting that is outstanding. Withdrawn entries are listed, with the reason.
    """

    reference: str
    journey_id: str
    number: int
    stage: str
    as_of: date
    worker: Worker | None = None
    criteria: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    words: bool
    family: ShownFamily | None = None
    notes: list[ShownNote] = []
    actions: list[ShownAction] = []
    meetings: list[ShownMeeting] = []
    voices: list[ShownVoice] = []
    scales: list[f.Scale] = []
    distances: list[f.Distance] = []
    relationships: list[f.Relationship] = []
    concerns: list[ShownConcern] = []
    merged: list[str] = Field(default=[], description="Families merged into it; their entries are in the chronology.")
    unheard: list[str] = Field(default=[], description="Members, such as m2.")
    next_meeting: date | None = None


@router.get("/case")
async def case(
    asked: Annotated[Asked, Depends(OnFamily("read", by="either"))],
    services: Served,
    response: Response,
    journey: Number = None,
) -> CaseView:
    """Show the case file of a family: notes, actions, meetings, voices, scales, relationships and concerns."""
    names = may(asked.actor, "read-names", theirs(asked.actor, asked.journey))
    row = asked.on(journey).journey
    async with services.pool.acquire() as conn:
        told = fold(one.event for one in await journal.timeline(conn, row.journey_id))
        record = await services.vault.read_family(conn, row.reference) if names else None
        said = await texts.of_family(conn, services.vault, row.reference) if record else {}
        worker = await worker_of(conn, told)
        merged = sorted(await families.merged_into(conn, row.reference))
        programme = await programmes.get(conn, row.programme_hash)
        await looked(conn, asked.actor, [row.reference], "case-with-names" if record else "case")
    response.headers["etag"] = etag(row, told.version)
    return CaseView(
        reference=row.reference,
        journey_id=row.journey_id,
        number=row.number,
        stage=told.stage,
        as_of=(today := await services.today()),
        worker=worker,
        criteria=told.criteria,
        needs=told.needs,
        words=record is not None,
        merged=merged,
        family=of_journey(record, told) if record else None,
        unheard=list(told.unheard(today, UNHEARD)),
        next_meeting=_next_meeting(told, programme),
        **shown_entries(told.case, said.get(row.journey_id, {})),
    )


def _next_meeting(journey: Journey, programme: Programme) -> date | None:
    """Return the day of the meeting that is outstanding, as its deadline stands."""
    owed = owed_work(journey, programme, calendar_of(programme.nation))
    return next((each.due_on for each in owed if each.work == "meeting"), None)


async def worker_of(conn: Conn, journey: Journey) -> Worker | None:
    """Return who holds the family."""
    if journey.key_worker is None:
        return None
    member = await staff.get(conn, journey.key_worker)
    return Worker(name=journey.key_worker, email=member.email if member else None)


def shown_entries(case: f.CaseFile, said: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return the entries of a case file by kind, with their words."""
    return {
        "notes": [ShownNote(**each.model_dump(), text=said.get(each.id)) for each in case.notes],
        "actions": [ShownAction(**each.model_dump(), text=said.get(each.id)) for each in case.actions],
        "meetings": [ShownMeeting(**each.model_dump(), text=said.get(each.id)) for each in case.meetings],
        "voices": [ShownVoice(**each.model_dump(), text=said.get(each.id)) for each in case.voices],
        "scales": list(case.scales),
        "distances": list(case.distances()),
        "relationships": list(case.relationships),
        "concerns": [
            ShownConcern(**each.model_dump(), text=said.get(each.id), answer_text=said.get(f"{each.id}{ANSWER}"))
            for each in case.concerns
        ],
    }
