"""Everything that happened to a family, over all of its journeys, by the day it happened."""

import re
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from domain.journey.chronicle import Happening, chronology
from domain.journey.evolve import fold
from gateway.http.problems import ON_A_JOURNEY
from gateway.journeys.case import Words
from gateway.journeys.words import Reading, Texts, names_of, words_of
from gateway.services import Served
from store import families, journal, read_models
from store.people import FamilyRecord
from store.texts import ANSWER

router = APIRouter(prefix="/v1/journeys/{reference}", tags=["case file"], responses=ON_A_JOURNEY)

MEMBER = re.compile(r"(?<![\w:-])m[0-9]{1,3}(?![\w-])")
WRITTEN = {"note-added", "action-agreed", "meeting-recorded", "voice-recorded", "concern-raised"}


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


@router.get("/chronology")
async def chronology_of(asked: Reading, services: Served) -> Chronology:
    """Tell everything that happened to a family, over all of its journeys, by the day it happened."""
    reference = asked.journey.reference
    async with services.pool.acquire() as conn:
        merged = sorted(await families.merged_into(conn, reference))
        rows = [*asked.journeys, *[row for other in merged for row in await read_models.by_reference(conn, other)]]
        streams = {row.journey_id: await journal.timeline(conn, row.journey_id) for row in rows}
        read = {each: await words_of(services, conn, asked, each, "chronology") for each in (reference, *merged)}
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


def _text(each: Happening) -> str:
    """Return under which name the vault has what was written of an event: its entry, or the answer to it."""
    if each.type == "concern-answered":
        return f"{each.entry}{ANSWER}"
    return each.entry or "" if each.type in WRITTEN else ""
