"""Turns at a receiver: so many at once, so many a minute, and hardly any at one that does not answer."""

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest
from limits import parse
from temporalio.exceptions import ApplicationError

from activities.delivery.rate_limits import AT_ONCE, AWAY_AFTER, LONGEST_SECONDS, REST_SECONDS, Pace


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
def pace(clock):
    """Lanes that nobody has been in."""
    return Pace(clock)


async def delay(pace, receiver="police", **limits):
    """Ask for a turn that is not to be had; return the seconds until the next try."""
    with pytest.raises(ApplicationError) as fault:
        async with pace.turn(receiver, **limits):
            raise AssertionError("there was a turn")
    assert not fault.value.non_retryable
    return fault.value.next_retry_delay.total_seconds()


async def fail(pace, fault, receiver="police"):
    """Take a turn that ends in a fault."""
    with pytest.raises(type(fault)):
        async with pace.turn(receiver):
            raise fault


async def test_so_many_at_once_and_others_are_free(pace):
    """While four messages to one partner are under way a fifth goes back, and another partner's goes through."""
    async with AsyncExitStack() as turns:
        for _ in range(AT_ONCE):
            await turns.enter_async_context(pace.turn("police"))
        assert 0 < await delay(pace) <= 2
        async with pace.turn("schools"):
            pass
    async with pace.turn("police"):
        pass


async def test_a_full_bucket_delays(pace):
    """What is over the rate goes back with a time of its own, one after the other; another partner is not meant."""
    rate = parse("2/hour")
    for _ in range(2):
        async with pace.turn("police", rate):
            pass
    first, second = await delay(pace, rate=rate), await delay(pace, rate=rate)
    assert 0 < first <= LONGEST_SECONDS
    assert first <= second <= LONGEST_SECONDS
    async with pace.turn("schools", rate):
        pass


async def test_messages_over_the_rate_come_one_after_the_other(pace):
    """A burst does not come back as a burst: each waits a little longer than the one before."""
    rate = parse("60/minute")
    for _ in range(60):
        async with pace.turn("police", rate):
            pass
    waits = [await delay(pace, rate=rate) for _ in range(5)]
    assert [round(later - sooner, 3) for sooner, later in pairwise(waits)] == [1.0] * 4


async def test_a_partner_that_does_not_answer_is_left_alone(pace, clock):
    """After three silences nothing is tried for half a minute, then one message at a time."""
    for _ in range(AWAY_AFTER):
        await fail(pace, TimeoutError())
    assert REST_SECONDS <= await delay(pace) <= REST_SECONDS + 1
    clock.now += REST_SECONDS
    async with pace.turn("police"):
        assert await delay(pace) > 0
    async with AsyncExitStack() as turns:
        for _ in range(AT_ONCE):
            await turns.enter_async_context(pace.turn("police"))


async def test_an_answer_is_a_sign_of_life(pace):
    """A partner that answers with an error is there: only silence counts."""
    for fault in [TimeoutError(), TimeoutError(), ApplicationError("answered 503"), TimeoutError(), TimeoutError()]:
        await fail(pace, fault)
    async with pace.turn("police"):
        pass


async def test_a_worker_that_stops_says_nothing_of_the_partner(pace):
    """An attempt that is cancelled leaves the lane free and counts for nothing."""
    for _ in range(AWAY_AFTER):
        await fail(pace, asyncio.CancelledError())
    async with pace.turn("police"):
        pass


async def test_nobody_waits_longer_than_an_hour(pace):
    """However long the queue, the next try comes within the hour."""
    for _ in range(AWAY_AFTER):
        await fail(pace, TimeoutError())
    waits = [await delay(pace) for _ in range(5000)]
    assert max(waits) <= LONGEST_SECONDS
