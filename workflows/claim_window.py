"""One claim window as a durable workflow: it waits for the opening, gathers, takes the submission, and closes."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.claim_windows import Gathered, InWindow, SubmitClaims, WindowActivities, WindowReply
    from domain.names import CLAIM_WINDOW_WORKFLOW, REJECTED
    from workflows.messages import WindowInput, WindowState

PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))
# Every claim is judged again, some ten milliseconds each: a large area takes minutes.
LONG = timedelta(minutes=30)
SHORT = timedelta(seconds=30)


@workflow.defn(name=CLAIM_WINDOW_WORKFLOW)
class ClaimWindow:
    """A window's way from the wait for its opening to its close; what it holds stands in the ledger."""

    @workflow.init
    def __init__(self, start: WindowInput) -> None:
        self._state = WindowState(window_id=start.window_id)
        self._turn = asyncio.Lock()

    @workflow.run
    async def run(self, start: WindowInput) -> WindowState:  # noqa: ARG002 - taken by __init__, before any handler
        """Wait for the opening, gather, remind, wait for the close, and say what was left."""
        placed = await workflow.execute_activity_method(
            WindowActivities.place_window, self._in_window(), start_to_close_timeout=SHORT, retry_policy=PATIENT
        )
        if not placed.closed:
            await self._until(placed.opens_at, "opens")
            await self._open()
            await self._until(placed.last_day_at, "last day")
            await self._tell("last-day")
            await self._until(placed.closes_at, "closes")
            await self._close()
        self._state.phase = "closed"
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._state

    @workflow.update
    async def gather(self, asked: InWindow) -> Gathered:
        """Take in what became eligible, or holds again, since the last time."""
        async with self._turn:
            await self._gather(asked)
        return self._state.held

    @workflow.update
    async def submit(self, order: SubmitClaims) -> WindowReply:
        """Submit what is ready, once the sample was audited."""
        async with self._turn:
            reply = await workflow.execute_activity_method(
                WindowActivities.submit_claims, order, start_to_close_timeout=LONG, retry_policy=PATIENT
            )
        if reply.rejection is not None:
            raise ApplicationError(reply.rejection.reason, reply, type=REJECTED, non_retryable=True)
        return reply

    @workflow.query
    def progress(self) -> WindowState:
        """Return where the window stands."""
        return self._state

    async def _open(self) -> None:
        self._state.phase = "open"
        async with self._turn:
            await self._gather(self._in_window())
        await self._tell("opened")

    async def _gather(self, asked: InWindow) -> None:
        self._state.held = await workflow.execute_activity_method(
            WindowActivities.gather_claims, asked, start_to_close_timeout=LONG, retry_policy=PATIENT
        )

    async def _tell(self, about: str) -> None:
        """Remind the managers, if there is anything to be done; a mail server that is down is waited for."""
        self._state.held = await workflow.execute_activity_method(
            WindowActivities.tell_managers,
            InWindow(window_id=self._state.window_id, about=about),
            start_to_close_timeout=SHORT,
            schedule_to_close_timeout=timedelta(days=3),
            retry_policy=PATIENT,
        )

    async def _close(self) -> None:
        async with self._turn:
            self._state.held = await workflow.execute_activity_method(
                WindowActivities.close_window, self._in_window(), start_to_close_timeout=SHORT, retry_policy=PATIENT
            )
        await self._tell("closed")

    async def _until(self, moment: datetime, why: str) -> None:
        left = moment - workflow.now()
        if left > timedelta(0):
            await workflow.sleep(left, summary=why)

    def _in_window(self) -> InWindow:
        return InWindow(window_id=self._state.window_id)
