"""Read models made anew from the events; the rows are the same as those written along the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.journey.agenda import agenda
from domain.journey.evolve import fold
from domain.journey.owed_work import owed_work
from domain.programme.programme import Programme
from store import programmes
from store.journal import load
from store.pool import Conn
from store.projection import PROJECT, project
from store.queries import queries
from store.verify import Finding, findings

_SQL = queries("read_models")

ProgrammeOf = Callable[[str, str], Programme]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows of each read model were written."""

    journeys: int
    deadlines: int
    reminders: int


async def rebuild(conn: Conn, programme_of: ProgrammeOf | None = None) -> Rebuilt:
    """Empty the read models and write them again from the journal, in one transaction; appends wait meanwhile.

    `programme_of(name, hash)` gives a journey's rule pack; without it, the packs kept in the database are used.
    Raise `UnknownProgramme` when a pack is not kept.

    What `journeys` remembers of each stream's end is part of the proof that the journal is whole, and would be written
    over: raise `Rejected` when `verify` finds anything wrong, and leave everything as it is. Only when `journeys` is
    empty, as after its loss, is there no end to compare with, and the chains alone are checked. What `verify` cannot
    see, a rebuild makes permanent: a stream cut short, or gone, together with its row; a stream whose every hash was
    computed anew, with the row to match; and whatever other tables hold, as effects and claims.
    """
    async with conn.transaction():
        await conn.execute(_SQL["lock"])
        await _refuse_unsound(conn)
        packs = programme_of or await _kept(conn)
        for table in ("journeys", "deadlines", "reminders"):
            await conn.execute(_SQL[f"clear_{table}"])
        for row in await conn.fetch(_SQL["all_streams"]):
            await _project(conn, row["journey_id"], packs)
        return Rebuilt(**dict(await conn.fetchrow(_SQL["sizes"]) or {}))


async def rebuild_journeys(conn: Conn, journey_ids: Sequence[str]) -> Rebuilt:
    """Write the rows of a few journeys again from the journal, in one transaction, under the same conditions.

    A journey whose row is lost has no end to compare with, and its chain alone is checked.
    """
    async with conn.transaction():
        await conn.execute(_SQL["lock"])
        packs = await _kept(conn)
        for journey_id in journey_ids:
            listed = await conn.fetchrow(_SQL["journey"], journey_id) is not None
            _refuse([each for each in await findings(conn, journey_id) if listed or each.problem != "other-end"])
            await conn.execute(_SQL["clear_reminders_of"], journey_id)
            await _project(conn, journey_id, packs)
        counts = await conn.fetchrow(_SQL["sizes_of"], list(journey_ids))
        return Rebuilt(**dict(counts or {}))


async def _refuse_unsound(conn: Conn) -> None:
    found = await findings(conn)
    if not await conn.fetchval(_SQL["any_journey"]):
        found = [each for each in found if each.problem != "other-end"]
    _refuse(found)


def _refuse(found: Sequence[Finding]) -> None:
    if found:
        first = found[0]
        raise Rejected(
            "journal-unsound",
            f"the journal is not as it was written: {first.journey_id}, {first.problem}, {first.detail}",
            "look at every finding with `journeys verify` and restore the journal before rebuilding",
        )


async def _kept(conn: Conn) -> ProgrammeOf:
    hashes = [row["hash"] for row in await conn.fetch(_SQL["used_programmes"])]
    packs = {each: await programmes.get(conn, each) for each in hashes}
    return lambda _name, programme_hash: packs[programme_hash]


async def _project(conn: Conn, journey_id: str, programme_of: ProgrammeOf) -> None:
    loaded = await load(conn, journey_id)
    events = [recorded.event for recorded in loaded.events]
    journey = fold(events)
    programme = programme_of(journey.programme, journey.programme_hash)
    calendar = calendar_of(programme.nation)
    deadlines, owed = agenda(journey, programme, calendar), owed_work(journey, programme, calendar)
    await conn.execute(PROJECT, *project(journey_id, journey, deadlines, owed, events, loaded.last_hash))
