"""The gateway's way to the journeys: it knows the path by its names and runs no workflow code."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import stamina
from google.protobuf.empty_pb2 import Empty
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import Rejected
from domain.journey.commands import AnyCommand, PassTime, RecordEvidence
from domain.journey.replies import Reply
from domain.names import (
    FOREIGN,
    JOURNEY_WORKFLOW,
    PARTNER_EVENTS,
    PROGRESS,
    RECONCILIATION_WORKFLOW,
    REJECTED,
    TASK_QUEUE,
    update_of,
)
from wiring.temporal.claim_windows import ClaimWindowClient
from wiring.temporal.codec import codec_of
from wiring.temporal.faults import CUT_SHORT, PASSING, Unavailable, asking
from wiring.temporal.histories import Histories
from wiring.temporal.visibility import Visibility

PATIENCE = timedelta(seconds=20)  # an update waits this long for a worker; the caller retries with the same id
TAKEN_UP = timedelta(seconds=10)
RECONCILED = timedelta(seconds=50)  # for a page of journeys; a caller waits no longer than a minute
STARTS_AT_ONCE = 10  # more would not be faster, and would hold up the steps that people take meanwhile
__all__ = ["JourneyClient", "Unavailable"]

Answered = Callable[[str], Awaitable[bool]]  # whether the journal has answered a command


class JourneyClient:
    """Commands in, replies out; `offset` shifts the business clock of a private time-lapse stack only."""

    def __init__(
        self,
        client: Client,
        *,
        offset: timedelta = timedelta(0),
        history_limit: int = 0,
        answered: Answered | None = None,
    ) -> None:
        self._client = client
        self._answered = answered
        self._codec = codec_of(client)
        self.windows = ClaimWindowClient(client)
        self._offset = offset
        self._history_limit = history_limit

    async def submit(self, journey_id: str, command: AnyCommand) -> Reply:
        """Carry a command to its journey and return the reply; raise `Rejected` or `Unavailable`.

        The journey's workflow is started from the journal when it does not run: for a first referral, after a
        close, or when the whole Temporal cluster was lost.
        """
        try:
            with asking():
                async with asyncio.timeout(PATIENCE.total_seconds()):
                    return await self._submit(journey_id, command)
        except WorkflowUpdateFailedError as failure:
            raise _rejected(failure) from failure
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as silence:
            raise Unavailable(f"{journey_id} did not answer within {PATIENCE.total_seconds():.0f} s") from silence

    async def _submit(self, journey_id: str, command: AnyCommand) -> Reply:
        """Ask Temporal, and then the journal whether it knows of the answer.

        Temporal gives a repeat its first answer. Where the journal is older, restored from a backup, that answer is of
        what the journal lacks: the command is given again under another id, and the journal decides anew.
        """
        update_id = self._update_id(command)
        try:
            reply = await self._ask(journey_id, command, update_id)
        except WorkflowUpdateFailedError:
            if await self._stands(command):
                raise
        else:
            if await self._stands(command):
                return reply
        return await self._ask(journey_id, command, f"{update_id}:{uuid.uuid4().hex}")

    async def _stands(self, command: AnyCommand) -> bool:
        return self._answered is None or await self._answered(command.command_id)

    async def _ask(self, journey_id: str, command: AnyCommand, update_id: str) -> Reply:
        async for attempt in stamina.retry_context(on=_passing, attempts=None, timeout=None, wait_max=1.0):
            with attempt:
                return await self._update(journey_id, command, update_id)
        raise Unavailable(f"{journey_id} was not asked")  # pragma: no cover - the loop above returns or raises

    async def _update(self, journey_id: str, command: AnyCommand, update_id: str) -> Reply:
        """Ask the journey that runs; start it with the command where none does, which costs the server more."""
        if command.type != "refer":
            try:
                reply: Reply = await self._client.get_workflow_handle(journey_id).execute_update(
                    update_of(command.type), command, id=update_id, result_type=Reply
                )
            except RPCError as fault:
                if fault.status != RPCStatusCode.NOT_FOUND:
                    raise
            else:
                return reply
        return await self._start_with(journey_id, command, update_id)

    async def _start_with(self, journey_id: str, command: AnyCommand, update_id: str) -> Reply:
        starting: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            JOURNEY_WORKFLOW,
            self._beginning(journey_id),
            id=journey_id,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        try:
            reply: Reply = await self._client.execute_update_with_start_workflow(
                update_of(command.type),
                command,
                id=update_id,
                result_type=Reply,
                start_workflow_operation=starting,
            )
        except RPCError:
            # The SDK hands the fault to the start as well, and complains at the end about one that nobody looked at.
            with contextlib.suppress(RPCError):
                await starting.workflow_handle()
            raise
        return reply

    async def forward(self, journey_id: str, rows: Sequence[RecordEvidence]) -> None:
        """Hand a batch of observations to a journey, starting its workflow when it does not run."""
        batch = {"rows": [row.model_dump(mode="json", by_alias=True) for row in rows]}
        await self._start(journey_id, PARTNER_EVENTS, [batch])

    async def reconcile(self, journeys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Have a worker put into the journal what the histories of these journeys tell; return what it found."""
        with asking():
            try:
                async with asyncio.timeout(RECONCILED.total_seconds()):
                    found: dict[str, Any] = await self._client.execute_workflow(
                        RECONCILIATION_WORKFLOW,
                        {"journeys": journeys},
                        id=f"reconciliation:{uuid.uuid4().hex}",
                        task_queue=TASK_QUEUE,
                        result_type=dict[str, Any],
                    )
            except TimeoutError as silence:
                raise Unavailable("no worker has reconciled the journeys yet; ask again") from silence
        return found

    async def rearm(self, journey_ids: Sequence[str]) -> int:
        """Start the workflow of each open journey that has none, some at once; return how many were asked for."""
        turn = asyncio.Semaphore(STARTS_AT_ONCE)

        async def start(journey_id: str) -> None:
            async with turn:
                await self._start(journey_id)

        await asyncio.gather(*map(start, journey_ids))
        return len(journey_ids)

    async def taken_up(self, journey_id: str) -> None:
        """Wait until a worker has looked at a journey, a while at most: without a worker there is nothing to wait for.

        Whoever starts thousands does so between them, or the next step of a person would stand behind them all.
        """
        handle = self._client.get_workflow_handle(journey_id)
        with contextlib.suppress(RPCError, WorkflowQueryFailedError, TimeoutError):
            async with asyncio.timeout(TAKEN_UP.total_seconds()):
                async for attempt in stamina.retry_context(on=_passing, attempts=None, timeout=None, wait_max=1.0):
                    with attempt:
                        await handle.query(PROGRESS)

    @property
    def offset(self) -> timedelta:
        """The business clock minus the server's."""
        return self._offset

    @property
    def histories(self) -> Histories:
        """What Temporal's histories tell of journeys."""
        return Histories(self._client)

    @property
    def survey(self) -> Visibility:
        """Questions to Temporal about all journeys."""
        return Visibility(self._client)

    async def wake(self, journey_ids: Sequence[str]) -> int:
        """Let each journey look at its journal and let pass what is due; start the workflow of one that has none.

        Its timer is armed anew, and what was to be sent is taken up. Return how many were woken.
        """
        for journey_id in journey_ids:
            at = datetime.now(UTC)
            look = PassTime(command_id=f"wake:{journey_id}:{at.timestamp()}", at=at, actor="worker:clock")
            await self._start(journey_id, PARTNER_EVENTS, [{"rows": [look.model_dump(mode="json")]}])
        return len(journey_ids)

    async def now(self) -> datetime:
        """Return the business clock; on a time-lapse stack that is the skipping server's clock and the offset."""
        if self._offset == timedelta(0):
            return datetime.now(UTC)
        with asking():
            answer = await self._client.test_service.get_current_time(Empty())
        return answer.time.ToDatetime(tzinfo=UTC) + self._offset

    async def ready(self) -> bool:
        """Tell whether Temporal answers."""
        try:
            return await self._client.service_client.check_health(timeout=timedelta(seconds=2))
        except (RPCError, RuntimeError):  # the second from a client that never reached it
            return False

    async def _start(self, journey_id: str, signal: str | None = None, args: Sequence[object] = ()) -> None:
        with asking():
            await self._client.start_workflow(
                JOURNEY_WORKFLOW,
                self._beginning(journey_id),
                id=journey_id,
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal=signal,
                start_signal_args=args,
            )

    def _update_id(self, command: AnyCommand) -> str:
        """Return the id by which Temporal knows a repeat: of the command and its content.

        By its id alone, another command under a used id would be given the first one's answer; the journal refuses it.
        """
        content = command.model_dump_json(exclude={"at": True, "personal": {"sealed"}})
        return f"{command.command_id}:{self._codec.digest(content.encode())}"

    def _beginning(self, journey_id: str) -> dict[str, object]:
        """Return the input of a first run: an empty state, which the workflow fills from the journal."""
        return {"state": {"journey_id": journey_id}, "history_limit": self._history_limit}


def _passing(fault: Exception) -> bool:
    return isinstance(fault, RPCError) and fault.status in PASSING


def _rejected(failure: WorkflowUpdateFailedError) -> Exception:
    """Read the rejection that the update carried back; one cut short is unknown, any other passed on."""
    cause = failure.cause
    if isinstance(cause, ApplicationError) and cause.type == CUT_SHORT:
        return Unavailable("the journey's workflow ended before it answered")
    if isinstance(cause, ApplicationError) and cause.type == FOREIGN:
        return Unavailable("a worker refused the seal of this process; give all the same codec.key")
    if not isinstance(cause, ApplicationError) or cause.type != REJECTED or not cause.details:
        return failure
    reply = Reply.model_validate(cause.details[0])
    if reply.rejection is None:
        return failure
    return Rejected(reply.rejection.code, reply.rejection.reason, reply.rejection.remedy)
