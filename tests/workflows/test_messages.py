"""Messages that meet trouble: a partner that is away, a consent withdrawn meanwhile, a reply that is lost."""

import httpx
import pytest

from domain.journey import commands
from store import effects, journal
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World

pytestmark = pytest.mark.slow(10)


async def _identified(world: World) -> str:
    """Bring a family to its identification, of which the referrer is told."""
    reference = path.fresh()
    for step in [path.refer(reference), *path.until_intervention()[:2]]:
        await world.engine.submit(path.journey_of(reference), step)
    return reference


async def _outcomes(world: World, reference: str) -> list[str]:
    """Return what became of the family's notifications: `sent`, or the reason why not."""
    async with world.pool.acquire() as conn:
        told = [one.event for one in await journal.timeline(conn, path.journey_of(reference))]
    return [getattr(event, "reason", "sent") for event in told if event.type.startswith("notification-")]


async def _second(world: World, reference: str) -> str | None:
    """Return what became of the family's second notification, once that is known."""
    return dict(enumerate(await _outcomes(world, reference))).get(1)


async def test_a_partner_that_fails_for_a_while_is_told_in_the_end(working: World) -> None:
    """Two failing answers delay the message; the same id arrives once and stands as sent."""
    working.hooks.fail(2, 503)
    reference = await _identified(working)
    assert await eventually(lambda: _outcomes(working, reference)) == ["sent"]
    arrived = [one.key for one in working.hooks.received if one.key.startswith(path.journey_of(reference))]
    assert len(arrived) == 1


async def test_a_withdrawal_stops_what_is_queued(working: World) -> None:
    """A message that waits for its next try is not sent any more once the consent is withdrawn, and says why."""
    working.hooks.fail(2, 503)
    reference = await _identified(working)
    withdraw = commands.WithdrawConsent(**path.common(), consent_id="c1")
    await working.engine.submit(path.journey_of(reference), withdraw)
    assert await eventually(lambda: _outcomes(working, reference)) == ["no-consent-in-force"]
    assert not [one for one in working.hooks.received if one.key.startswith(path.journey_of(reference))]
    working.hooks.fail(0, 0)


async def test_a_final_answer_is_not_asked_again(working: World) -> None:
    """A partner that says 410 is not bothered a second time; the journey says that it refused."""
    working.hooks.fail(1, 410)
    reference = await _identified(working)
    assert await eventually(lambda: _outcomes(working, reference)) == ["partner-refused"]


async def test_a_reply_that_is_lost_does_not_double_the_message(working: World) -> None:
    """When the partner took the message and its answer was lost, the next try carries the same id."""
    working.hooks.fail(1, 503, recorded=True)
    reference = await _identified(working)
    assert await eventually(lambda: _outcomes(working, reference)) == ["sent"]
    arrived = [one.key for one in working.hooks.received if one.key.startswith(path.journey_of(reference))]
    assert (len(arrived), len(set(arrived))) == (2, 1)


async def test_a_message_holds_only_what_was_agreed(working: World) -> None:
    """The body names the family by reference, says what happened, and carries the agreed categories and no more."""
    reference = await _identified(working)
    await eventually(lambda: _outcomes(working, reference))
    body = next(one.body for one in working.hooks.received if one.key.startswith(path.journey_of(reference)))
    assert httpx.Response(200, content=body).json() == {
        "type": "family-journeys.family-identified",
        "reference": reference,
        "stage": "identification",
        "on": path.today().isoformat(),
    }


async def test_a_message_that_failed_is_tried_again(working: World) -> None:
    """An operator's retry stands on the history and goes out under an id derived from the first one's."""
    working.hooks.fail(1, 410)
    reference = await _identified(working)
    assert await eventually(lambda: _outcomes(working, reference)) == ["partner-refused"]
    async with working.pool.acquire() as conn:
        [row] = await effects.of_journey(conn, path.journey_of(reference))
    common = {name: value for name, value in path.common().items() if name != "on"}
    reply = await working.engine.submit(
        path.journey_of(reference), commands.RetryMessage(**common, effect_id=row.effect_id)
    )
    assert reply.happened == ("message-retried",)
    assert await eventually(lambda: _second(working, reference)) == "sent"
    arrived = [one.key for one in working.hooks.received if one.key.startswith(path.journey_of(reference))]
    assert arrived == [f"{row.effect_id}:retry-1"]


async def test_a_consent_withdrawn_before_the_retry_stops_it(working: World) -> None:
    """The retry asks again: what was allowed at the first try need not be at the second."""
    working.hooks.fail(1, 410)
    reference = await _identified(working)
    assert await eventually(lambda: _outcomes(working, reference)) == ["partner-refused"]
    async with working.pool.acquire() as conn:
        [row] = await effects.of_journey(conn, path.journey_of(reference))
    common = {name: value for name, value in path.common().items() if name != "on"}
    withdraw = commands.WithdrawConsent(**path.common(), consent_id="c1")
    await working.engine.submit(path.journey_of(reference), withdraw)
    await working.engine.submit(path.journey_of(reference), commands.RetryMessage(**common, effect_id=row.effect_id))
    assert await eventually(lambda: _second(working, reference)) == "no-consent-in-force"
    assert not [one for one in working.hooks.received if one.key.startswith(path.journey_of(reference))]
