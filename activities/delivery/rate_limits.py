"""How fast and how many at once: no receiver gets more than it may, and one that is away takes up next to nothing.

A message whose turn it is not goes back to Temporal with the time to come again. It never waits in a worker's slot, so
that a dead partner holds up nobody else's messages, and it is never dropped.
"""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

AT_ONCE = 4  # messages under way to one receiver, of the hundred activities that a worker runs at once
AWAY_AFTER = 3  # tries without any answer, one after the other; then one at a time, with a rest in between
REST_SECONDS = 30.0
BUSY_SECONDS = 1.0
LONGEST_SECONDS = 3600.0
TURN = "NotYourTurn"


@dataclass
class Lane:
    """One receiver: what is under way to it, how often it did not answer, and when the last of its queue comes."""

    running: int = 0
    unanswered: int = 0
    rests_until: float = 0.0
    queue_ends: float = 0.0


class RateLimits:
    """Lanes of one worker; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lanes: dict[str, Lane] = defaultdict(Lane)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @asynccontextmanager
    async def turn(
        self, receiver: str, rate: RateLimitItem | None = None, at_once: int = AT_ONCE
    ) -> AsyncIterator[None]:
        """Take a turn at `receiver`, or raise an error that tells Temporal when to come again."""
        lane = self._lanes[receiver]
        self._admit(lane, at_once)
        if rate is not None and not await self._limiter.hit(rate, receiver):
            freed = (await self._limiter.get_window_stats(rate, receiver)).reset_time - time.time()
            raise self._later(lane, freed, rate.get_expiry() / rate.amount)
        lane.running += 1
        try:
            yield
        except ApplicationError:  # an answer, though not the one we hoped for
            lane.unanswered = 0
            raise
        except Exception:
            lane.unanswered += 1
            lane.rests_until = self._clock() + REST_SECONDS
            raise
        else:
            lane.unanswered = 0
        finally:
            lane.running -= 1

    def _admit(self, lane: Lane, at_once: int) -> None:
        away = lane.unanswered >= AWAY_AFTER
        if away and self._clock() < lane.rests_until:
            raise self._later(lane, lane.rests_until - self._clock(), BUSY_SECONDS)
        if lane.running >= (1 if away else at_once):
            raise self._later(lane, BUSY_SECONDS, BUSY_SECONDS / at_once)

    def _later(self, lane: Lane, seconds: float, step: float) -> ApplicationError:
        """Put a message at the end of the lane's queue: each has its own time, so that they do not come at once."""
        now = self._clock()
        lane.queue_ends = min(max(lane.queue_ends, now + seconds) + step, now + LONGEST_SECONDS)
        return ApplicationError(
            "not its turn yet",
            type=TURN,
            next_retry_delay=timedelta(seconds=lane.queue_ends - now),
            category=ApplicationErrorCategory.BENIGN,
        )
