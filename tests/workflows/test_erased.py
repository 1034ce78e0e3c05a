"""A family erased on real Temporal, while a message to a partner waits for its next try."""

from datetime import date

from temporalio.api.enums.v1 import EventType

from domain.journey import commands
from store import journal
from store.people import Person
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World

ANN = Person("m1", "adult", "Quince", "Ann", date(1983, 8, 9))


async def _outcomes(world: World, journey_id: str) -> set[str]:
    """Return what became of the family's notifications: `sent`, or the reason why not."""
    async with world.pool.acquire() as conn:
        told = [one.event for one in await journal.timeline(conn, journey_id)]
    return {getattr(event, "reason", "sent") for event in told if event.type.startswith("notification-")}


async def _updates(world: World, journey_id: str) -> list[str]:
    """Return the names of the updates that the newest run of the workflow accepted."""
    history = await world.client.get_workflow_handle(journey_id).fetch_history()
    kind = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    accepted = [event for event in history.events if event.event_type == kind]
    return [event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name for event in accepted]


async def test_an_erasure_is_a_named_step_after_which_nobody_is_told(working: World) -> None:
    """The update `erase` destroys the key; a message that waited is refused, and the workflow comes to its end."""
    reference = path.fresh()
    journey_id = path.journey_of(reference)
    async with working.pool.acquire() as conn:
        await working.vault.put_family(conn, reference, [ANN])
    working.hooks.fail(3, 503)
    for step in [path.refer(reference), *path.until_intervention()[:2]]:
        await working.engine.submit(journey_id, step)
    await working.engine.submit(journey_id, commands.CloseJourney(**path.common(), outcome="moved-away"))
    order = {name: value for name, value in path.common().items() if name != "on"}
    reply = await working.engine.submit(journey_id, commands.EraseFamily(**order, reason="request"))
    assert reply.happened == ("family-erased",)
    assert await working.pool.fetchval("SELECT wrapped FROM family_keys WHERE reference = $1", reference) is None
    assert await eventually(lambda: _outcomes(working, journey_id)) == {"family-erased"}
    assert "erase" in await _updates(working, journey_id)
    assert (await working.client.get_workflow_handle(journey_id).result())["stage"] == "closed"
    assert not [one for one in working.hooks.received if one.key.startswith(journey_id)]
    working.hooks.fail(0, 0)
