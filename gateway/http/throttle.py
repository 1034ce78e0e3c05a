"""How much a partner may send: requests and events a minute, counted by one gateway process."""

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from domain.errors import Rejected
from wiring.settings import Settings


class Throttled(Rejected):
    """A partner sends more than it may; `seconds` is when to try again."""

    def __init__(self, partner: str, item: RateLimitItem, what: str, seconds: int) -> None:
        super().__init__(
            "too-many-requests",
            f"{partner} sent more than {item.amount} {what} in a minute",
            f"wait {seconds} s, then send it again",
        )
        self.seconds = seconds


class Throttle:
    """Counts in memory: with several gateways behind one address, each allows this much."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._requests = RateLimitItemPerMinute(settings.partner_requests_a_minute)
        self._events = RateLimitItemPerMinute(settings.partner_events_a_minute)

    async def request(self, partner: str) -> None:
        """Count a request; raise `Throttled`."""
        await self._hit(self._requests, partner, "requests")

    async def events(self, partner: str, count: int) -> None:
        """Count the events of a batch; raise `Throttled`. One larger than the allowance takes all of it."""
        await self._hit(self._events, partner, "events", min(count, self._events.amount))

    async def _hit(self, item: RateLimitItem, partner: str, what: str, cost: int = 1) -> None:
        if not await self._limiter.hit(item, partner, what, cost=cost):
            stats = await self._limiter.get_window_stats(item, partner, what)
            raise Throttled(partner, item, what, max(1, math.ceil(stats.reset_time - time.time())))
