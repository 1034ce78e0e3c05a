"""The facts that commands rest on besides their journey, read under locks that are held to the commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.journey import commands as c
from domain.journey.facts import NO_FACTS, Caseload, Facts, PlacesTaken
from domain.journey.state import Journey
from domain.journey.stream import Loaded
from domain.programme.programme import Programme
from store import claims, effects, erasing, families, members, places, queue, staff
from store.pool import Conn
from store.vault import Vault

NAMED = 5  # of those with room


@dataclass(frozen=True, slots=True)
class _About:
    """Whom the facts are about: the journey, which its first command may only be about to open."""

    journey: Journey
    reference: str
    area: str


async def read(  # noqa: PLR0913, PLR0917 - all that facts are read from
    conn: Conn,
    vault: Vault,
    loaded: Loaded,
    commands: Sequence[c.AnyCommand],
    programme: Programme | None,
    today: date,
) -> dict[str, Facts]:
    """Return the facts of each command that needs some, by command id; those answered before need none."""
    about = _about(loaded, commands)
    asked = [each for each in commands if each.needs_facts and each.command_id not in loaded.replies]
    found = {command.command_id: await _of(conn, command, about, programme, today) for command in asked}
    changes = [each for each in asked if isinstance(each, c.MemberCommand) and about.reference]
    found |= {command.command_id: await _of_people(conn, vault, command, about) for command in changes}
    both = [each for each in asked if isinstance(each, families.Changing) and about.reference]
    return found | {each.command_id: await families.facts(conn, vault, about.journey, each) for each in both}


async def _of_people(conn: Conn, vault: Vault, command: c.MemberCommand, about: _About) -> Facts:
    """Read what the vault has of the family, its key held: no erasure and no other change of it meanwhile."""
    if await erasing.hold(conn, about.reference):
        return Facts(family_erased=True)
    return Facts(household=await members.household(conn, vault, about.reference, command))


def _about(loaded: Loaded, commands: Sequence[c.AnyCommand]) -> _About:
    opening = next((command for command in commands if isinstance(command, c.ReferFamily)), None)
    journey = loaded.journey
    if journey.stage != "unreferred" or opening is None:
        return _About(journey, journey.reference, journey.area)
    opened = journey.model_copy(update={"journey_id": loaded.journey_id, "programme": opening.programme})
    return _About(opened, opening.reference, opening.area)


async def _of(  # noqa: PLR0911 - one case a command
    conn: Conn, command: c.AnyCommand, about: _About, programme: Programme | None, today: date
) -> Facts:
    match command:
        case c.DecideClawback():
            return Facts(claim_state=await claims.hold(conn, command.claim_id))
        case c.RetryMessage():
            return Facts(
                message=await effects.unsent_message(conn, command.effect_id),
                family_erased=await erasing.erased_at(conn, about.reference) is not None,
            )
        case each if isinstance(each, c.CaseCommand):
            return Facts(family_erased=await erasing.hold(conn, about.reference))
        case c.ReferFamily():
            return Facts(family_erased=await erasing.hold(conn, command.reference))
        case c.EraseFamily():
            return await _still_open(conn, about)
        case c.ReopenJourney():
            await erasing.hold(conn, about.reference)
            return Facts(still_open=await erasing.still_open(conn, about.reference))
        case c.AllocateKeyWorker() | c.AcceptHandover() if programme is not None:
            return await _with_places(conn, about, programme, command.key_worker, today)
        case c.OfferHandover() if programme is not None:
            counted = await _counted(conn, about, programme, command.to, today)
            return Facts(caseload=counted)
        case _:
            return NO_FACTS


async def _still_open(conn: Conn, about: _About) -> Facts:
    """Read what of the family is not over.

    A referral and an erasure hold the family's key: whichever comes second sees what the first did. An erasure also
    takes the family's turn at the claims ledger, so that no evaluation is under way that nobody counted.
    """
    if about.journey.stage == "unreferred":
        return NO_FACTS
    await claims.lock(conn, about.journey.journey_id)
    await erasing.hold(conn, about.reference)
    merged = await families.merged_into(conn, about.reference)
    left = await erasing.still_open(conn, about.reference)
    for reference in sorted(merged):
        await erasing.hold(conn, reference)
        left = left.with_those_of(await erasing.still_open(conn, reference))
    return Facts(still_open=left, merged=tuple(merged.values()))


async def _with_places(conn: Conn, about: _About, programme: Programme, key_worker: str | None, today: date) -> Facts:
    """Count the programme's places and the key worker's caseload.

    The locks are always taken in this order, so that two allocations never wait for each other.
    """
    if programme.places is not None:
        await places.lock_places(conn, about.journey, "")
    counted = await _counted(conn, about, programme, key_worker, today)
    taken: PlacesTaken | None = None
    if programme.places is not None:
        taken = await places.lock_places(conn, about.journey, counted.worker)
    return Facts(caseload=counted, places=taken)


async def _counted(conn: Conn, about: _About, programme: Programme, key_worker: str | None, today: date) -> Caseload:
    """Count a caseload, or that of whoever has the most room; of one that is full, say who has room or the queue."""
    if key_worker is None:
        counted = await staff.lock_most_room(conn, about.area, programme.cap, today)
    else:
        counted = await staff.lock_caseload(conn, key_worker, programme.cap, today)
    if counted.held < counted.cap:
        return counted
    free = await queue.room(conn, about.area, programme.cap, today)
    place = None if free else await queue.place(conn, about.journey.journey_id)
    return counted.model_copy(update={"room": tuple(each.name for each in free[:NAMED]), "place": place})
