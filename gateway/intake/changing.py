"""What a later file says otherwise, put so by choice: the family's address, and what its newest referral said."""

import uuid
from collections.abc import Sequence

from domain.access import Actor
from domain.errors import Rejected
from domain.intake.differences import ADDRESS, REFERRAL, Change, corrected
from domain.intake.known_families import where
from domain.intake.referral import Referral
from domain.journey.commands import CorrectEvent
from gateway.intake.identity import home_of
from gateway.intake.known import newest_referral
from gateway.journeys.moves import move
from gateway.services import Services
from store import read_models
from store.people import Address

REASON = "later-file"


async def change(
    services: Services, actor: Actor, reference: str, referral: Referral, changes: Sequence[Change]
) -> tuple[Change, ...]:
    """Put as the file has it what an import may change; return the changes, with what was `applied`."""
    done = await _correct_referral(services, actor, reference, referral, changes)
    return await _change_address(services, actor, reference, done)


async def _correct_referral(
    services: Services, actor: Actor, reference: str, referral: Referral, changes: Sequence[Change]
) -> tuple[Change, ...]:
    """Correct the newest referral, as `journeys correct` does; what is refused says why and stays."""
    if not any(each.field in REFERRAL for each in changes):
        return tuple(changes)
    async with services.pool.acquire() as conn:
        newest = (await read_models.by_reference(conn, reference))[-1]
        event = await newest_referral(conn, newest.journey_id)
    command = CorrectEvent(
        command_id=f"import-change:{uuid.uuid4().hex}",
        at=await services.now(),
        actor=actor.code,
        version=1,
        reason=REASON,
        replacement=corrected(event, referral, changes),
    )
    try:
        await services.engine.submit(newest.journey_id, command)
    except Rejected as rejected:
        return _marked(changes, REFERRAL, {"how": f"nothing: {rejected.reason}; {rejected.remedy}"})
    return _marked(changes, REFERRAL, {"applied": True})


async def _change_address(
    services: Services, actor: Actor, reference: str, changes: Sequence[Change]
) -> tuple[Change, ...]:
    """Let the family live where the file says: another address holds from today, one that says more since before."""
    said = {each.field: each.said for each in changes if each.field in ADDRESS}
    if not said:
        return tuple(changes)
    async with services.pool.acquire() as conn:
        held = await services.vault.read_family(conn, reference)
        newest = (await read_models.by_reference(conn, reference))[-1]
    if held is None:  # erased meanwhile
        return tuple(changes)
    address = Address(
        lines=said.get("address", held.address.lines),
        postcode=said.get("postcode", held.address.postcode),
        uprn=said.get("uprn", held.address.uprn),
    )
    moved = where(home_of(held.address), home_of(address)) == "contradicts"
    await move(services, newest, address, actor, corrected=None if moved else REASON)
    return _marked(changes, ADDRESS, {"applied": True})


def _marked(changes: Sequence[Change], fields: Sequence[str], update: dict[str, object]) -> tuple[Change, ...]:
    return tuple(each.model_copy(update=update) if each.field in fields else each for each in changes)
