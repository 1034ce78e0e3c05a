"""The clock of a time-lapse: Temporal's time-skipping server, moved forward to a moment of the business calendar."""

from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from temporalio.api.testservice.v1 import SleepRequest
from temporalio.client import Client


class SkippingClock:
    """The server starts at today and only moves forward; the business clock is shifted from it by one constant."""

    def __init__(self, client: Client, offset: timedelta) -> None:
        self._client = client
        self._offset = offset

    async def now(self) -> datetime:
        """Return the business clock."""
        answer = await self._client.test_service.get_current_time(Empty())
        return answer.time.ToDatetime(tzinfo=UTC) + self._offset

    async def skip_to(self, moment: datetime) -> None:
        """Move to `moment`, letting every timer on the way fire; a moment that has passed is left alone."""
        ahead = moment - await self.now()
        if ahead > timedelta(0):
            duration = Duration()
            duration.FromTimedelta(ahead)
            await self._client.test_service.unlock_time_skipping_with_sleep(SleepRequest(duration=duration))
