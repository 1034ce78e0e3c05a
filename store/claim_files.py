"""The claim file behind a claim: as it stood when the claim was recorded, or as everything known today has it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.births import Birth
from domain.claims.ages import with_ages
from domain.claims.claim_file import ClaimFile
from domain.claims.journey_claim import claim_file_of
from domain.evidence import Evidence
from domain.ids import reference_of
from domain.journey.evolve import fold
from domain.journey.families import of_members
from domain.journey.state import Journey
from domain.programme.programme import Programme
from store import claims, erasing, journal, programmes, read_models, terms
from store.claims import Claim
from store.errors import Erased
from store.pool import Conn
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Filed:
    """A claim file with the pack it is to be judged by."""

    file: ClaimFile
    programme: Programme


async def as_recorded(conn: Conn, vault: Vault, claim: Claim) -> Filed:
    """Return the file that the claim was decided from, with the school terms it was judged by.

    Once the family is erased its members have, in place of dates of birth, the ages that the rules asked for: the file
    gives the same report.
    """
    kept = await claims.kept(conn, claim.claim_id)
    journey = await _journey(conn, claim.journey_id, claim.journal_version)
    born = {} if kept.born is None else await vault.open_born(conn, claim.reference, claim.effect_id, kept.born)
    filed = await _filed(conn, claim, journey, born)
    file = filed.file.model_copy(update={"terms": kept.terms})
    return replace(filed, file=file if kept.born is not None else with_ages(file, kept.ages))


async def as_known(conn: Conn, vault: Vault, claim: Claim) -> Filed:
    """Return the file as it would read today: same day, same pack, same earlier claims, and all evidence there is.

    That is what was recorded on the claim's own journey, and on every later journey of its family. Raise `Erased`
    when the family was erased: without dates of birth nothing can be learned.
    """
    born = await vault.born(conn, claim.reference)
    if not born and await erasing.erased_at(conn, claim.reference):
        raise Erased
    later = await _recorded_later(conn, claim)
    return await _filed(conn, claim, await _journey(conn, claim.journey_id), born, later)


async def of_journey(conn: Conn, vault: Vault, journey_id: str, as_of: date) -> Filed | None:
    """Return the file of a journey as of any day on all evidence there is; None while nobody holds the family.

    Raise `Erased` when the family was erased.
    """
    if await erasing.erased_at(conn, reference_of(journey_id)):
        raise Erased
    journey = await _journey(conn, journey_id)
    programme = await programmes.get(conn, journey.programme_hash)
    born = await vault.born(conn, journey.reference)
    paid = await claims.taken(conn, journey.reference, "")
    added = await terms.of_area(conn, journey.area)
    file = claim_file_of(journey, programme, born, as_of, paid, terms=added)
    return None if file is None else Filed(file, programme)


async def pack_of(conn: Conn, claim: Claim) -> Programme:
    """Return the very pack that a claim was decided under."""
    return await programmes.get(conn, claim.programme_hash)


async def _filed(
    conn: Conn, claim: Claim, journey: Journey, born: Mapping[str, Birth], later: list[Evidence] | None = None
) -> Filed:
    programme = await programmes.get(conn, claim.programme_hash)
    added = await terms.of_area(conn, journey.area)
    file = claim_file_of(journey, programme, born, claim.as_of, claim.paid, later or [], added)
    if file is None:
        raise LookupError(f"{claim.claim_id}: nobody holds the family any more")
    return Filed(file, programme)


async def _journey(conn: Conn, journey_id: str, version: int | None = None) -> Journey:
    told = await journal.timeline(conn, journey_id)
    return fold(recorded.event for recorded in told[:version])


async def _recorded_later(conn: Conn, claim: Claim) -> list[Evidence]:
    rows = await read_models.by_reference(conn, claim.reference)
    number = next((row.number for row in rows if row.journey_id == claim.journey_id), 0)
    journeys = [await _journey(conn, row.journey_id) for row in rows if row.number > number]
    newest = journeys[-1] if journeys else await _journey(conn, claim.journey_id)
    return [
        *(item for journey in journeys for item in journey.evidence),
        *await _recorded_where_it_was_merged(conn, newest),
    ]


async def _recorded_where_it_was_merged(conn: Conn, journey: Journey) -> list[Evidence]:
    """Return what is recorded of a merged family's people on the journeys that go on, under their ids in it."""
    ids = {member.id: member.id for member in journey.members}
    found: list[Evidence] = []
    while journey.merged_into is not None:
        ids = {each.here: ids[each.member] for each in journey.merged_people if each.member in ids}
        rows = await read_models.by_reference(conn, journey.merged_into)
        there = [await _journey(conn, row.journey_id) for row in rows]
        found += of_members([item for each in there for item in each.evidence], ids)
        journey = there[-1]
    return found
