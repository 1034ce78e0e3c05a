"""Turns at a receiver: so many at once, so many a minute, and hardly any at one that does not answer."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest
from limits import parse
from temporalio.exceptions import ApplicationError

from activities.delivery.rate_limits import AT_ONCE, AWAY_AFTER, LONGEST_SECONDS, REST_SECONDS, RateLimits


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self):
        """Tell the time."""
        return self.now


@pytest.fixture
def clock():
    """A clock that stands."""
    return Clock()


@pytest.fixture
def lanes(clock):
    """Lanes that nobody has been in."""
    return RateLimits(clock)


async def delay(lanes, receiver="police", **limits):
    """Ask for a turn that is not to be had; return the seconds until the next try."""
    with pytest.raises(ApplicationError) as fault:
        async with lanes.turn(receiver, **limits):
            raise AssertionError("there was a turn")
    assert not fault.value.non_retryable
    return fault.value.next_retry_delay.total_seconds()


async def fail(lanes, fault, receiver="police"):
    """Take a turn that ends in a fault."""
    with pytest.raises(type(fault)):
        async with lanes.turn(receiver):
            raise fault


async def test_so_many_at_once_and_others_are_free(lanes):
    """While four messages to one partner are under way a fifth goes back, and another partner's goes through."""
    async with AsyncExitStack() as turns:
        for _ in range(AT_ONCE):
            await turns.enter_async_context(lanes.turn("police"))
        assert 0 < await delay(lanes) <= 2
        async with lanes.turn("schools"):
            pass
    async with lanes.turn("police"):
        pass


async def test_a_full_bucket_delays(lanes):
    """What is over the rate goes back with a time of its own, one after the other; another partner is not meant."""
    rate = parse("2/hour")
    for _ in range(2):
        async with lanes.turn("police", rate):
            pass
    first, second = await delay(lanes, rate=rate), await delay(lanes, rate=rate)
    assert 0 < first <= LONGEST_SECONDS
    assert first <= second <= LONGEST_SECONDS
    async with lanes.turn("schools", rate):
        pass


async def test_messages_over_the_rate_come_one_after_the_other(lanes):
    """A burst does not come back as a burst: each waits a little longer than the one before."""
    rate = parse("60/minute")
    for _ in range(60):
        async with lanes.turn("police", rate):
            pass
    waits = [await delay(lanes, rate=rate) for _ in range(5)]
    assert [round(later - sooner, 3) for sooner, later in pairwise(waits)] == [1.0] * 4


async def test_a_partner_that_does_not_answer_is_left_alone(lanes, clock):
    """After three silences nothing is tried for half a minute, then one message at a time."""
    for _ in range(AWAY_AFTER):
        await fail(lanes, TimeoutError())
    assert REST_SECONDS <= await delay(lanes) <= REST_SECONDS + 1
    clock.now += REST_SECONDS
    async with lanes.turn("police"):
        assert await delay(lanes) > 0
    async with AsyncExitStack() as turns:
        for _ in range(AT_ONCE):
            await turns.enter_async_context(lanes.turn("police"))


async def test_an_answer_is_a_sign_of_life(lanes):
    """A partner that answers with an error is there: only silence counts."""
    for fault in [TimeoutError(), TimeoutError(), ApplicationError("answered 503"), TimeoutError(), TimeoutError()]:
        await fail(lanes, fault)
    async with lanes.turn("police"):
        pass


async def test_a_worker_that_stops_says_nothing_of_the_partner(lanes):
    """An attempt that is cancelled leaves the lane free and counts for nothing."""
    for _ in range(AWAY_AFTER):
        await fail(lanes, asyncio.CancelledError())
    async with lanes.turn("police"):
        pass


async def test_nobody_waits_longer_than_an_hour(lanes):
    """However long the queue, the next try comes within the hour."""
    for _ in range(AWAY_AFTER):
        await fail(lanes, TimeoutError())
    waits = [await delay(lanes) for _ in range(5000)]
    assert max(waits) <= LONGEST_SECONDS
