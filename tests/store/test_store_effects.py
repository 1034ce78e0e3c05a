"""The outbox: each effect is planned once and settled once."""

from datetime import UTC, datetime

import pytest
from streams import Orders, carry_out, journey_id_of

from store import effects

JOURNEY = journey_id_of()
NOON = datetime(2012, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
async def planned(pool):
    """The id of one planned effect: telling the referrer."""
    step = await carry_out(pool, JOURNEY, Orders().refer())
    return step.effects[0].effect_id


async def test_a_planned_effect_is_pending(pool, planned):
    """What was planned waits until it is settled."""
    assert await effects.state_of(pool, planned) == "planned"
    assert [each.effect_id for each in await effects.pending(pool, JOURNEY)] == [planned]


async def test_settled_once(pool, planned):
    """The first outcome stands: a second one is refused and changes nothing."""
    assert await effects.settle(pool, planned, "sent")
    assert not await effects.settle(pool, planned, "refused", "no-consent-in-force")
    assert await effects.state_of(pool, planned) == "sent"


async def test_open_until_told(pool, planned):
    """An effect that was sent stays open until its outcome stands on the journey, and then stays sent."""
    await effects.settle(pool, planned, "sent")
    assert [effect.effect_id for effect in await effects.pending(pool, JOURNEY)] == [planned]
    await effects.tell(pool, effects.Outcome(planned, "failed", NOON, "gave-up"))
    assert await effects.pending(pool, JOURNEY) == []
    assert await effects.state_of(pool, planned) == "sent"


async def test_what_failed_may_succeed_later(pool, planned):
    """A failed effect is listed with its reason, and can be settled again."""
    assert await effects.settle(pool, planned, "failed", "no answer")
    [one] = await effects.failed(pool)
    assert (one.effect_id, one.journey_id, one.detail, one.effect.type) == (planned, JOURNEY, "no answer", "notify")
    assert await effects.settle(pool, planned, "sent")
    assert await effects.failed(pool) == []
    assert [each.state for each in await effects.of_journey(pool, JOURNEY)] == ["sent"]


async def test_an_unknown_effect(pool):
    """An effect nobody planned has no state and cannot be settled."""
    assert await effects.state_of(pool, "nothing") is None
    assert not await effects.settle(pool, "nothing", "sent")


async def test_an_outcome_has_its_reason_and_its_time(pool, planned):
    """What was not sent is listed by its state and partner, with why and since when."""
    await effects.tell(pool, effects.Outcome(planned, "refused", NOON, "no-consent-in-force"))
    [row] = await effects.unsent(pool, "refused", "police")
    assert (row.effect_id, row.detail, row.told_at) == (planned, "no-consent-in-force", NOON)
    assert await effects.unsent(pool, "failed") == []
    assert await effects.unsent(pool, "refused", "schools") == []
    assert await effects.get(pool, planned) == row


async def test_a_message_is_replaced_once_it_was_told(pool, planned):
    """Only a message whose failure stands on the history is offered for another try; then it is one no more."""
    await effects.settle(pool, planned, "failed", "no answer")
    assert await effects.unsent_message(pool, planned) is None
    await effects.tell(pool, effects.Outcome(planned, "failed", NOON, "gave-up"))
    assert (await effects.unsent_message(pool, planned)).effect_id == planned
    await effects.replace(pool, planned)
    assert await effects.unsent_message(pool, planned) is None
    assert await effects.state_of(pool, planned) == "retried"


async def test_tries_are_noted_for_each_receiver(pool, planned):
    """A try that may have arrived is told of at the next one to the same receiver; one that surely failed is not."""
    assert [await effects.begin(pool, planned, name) for name in ("kim", "lee", "kim")] == [False, False, True]
    await effects.retract(pool, planned, "kim")
    assert await effects.begin(pool, planned, "kim") is False
    await effects.reached(pool, planned, "kim")
    progress = await effects.progress(pool, planned)
    assert (progress.sent, progress.attempted, progress.reached) == (False, True, {"kim"})


async def test_nothing_may_have_arrived_once_every_try_surely_failed(pool, planned):
    """After the last try is known to have failed, the message surely reached nobody."""
    for name in ("kim", "lee"):
        await effects.begin(pool, planned, name)
    await effects.retract(pool, planned, "lee")
    assert (await effects.progress(pool, planned)).attempted
    await effects.retract(pool, planned, "kim")
    assert not (await effects.progress(pool, planned)).attempted


async def test_a_try_of_an_earlier_release_may_have_arrived(pool, planned):
    """Before receivers were told apart, a try was noted for the whole message: it counts for whoever is tried first."""
    await pool.execute("UPDATE effects SET attempted = true")
    assert await effects.begin(pool, planned, "police")


async def test_an_effect_that_is_not_known_was_not_sent(pool):
    """Nothing is known to have been tried of an effect nobody planned."""
    assert await effects.progress(pool, "nothing") == effects.Progress(sent=False, attempted=False, reached=frozenset())
