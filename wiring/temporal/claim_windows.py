"""The gateway's way to the claim windows: started by their id, asked by their updates."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import Rejected
from domain.journey.replies import Rejection
from domain.names import CLAIM_WINDOW_WORKFLOW, REJECTED, TASK_QUEUE
from wiring.temporal.faults import CUT_SHORT, Unavailable, asking

PATIENCE = timedelta(seconds=20)  # a long submission goes on meanwhile: the caller asks again with the same id


class ClaimWindowClient:
    """Claim windows by their ids."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def start(self, window_id: str) -> None:
        """Start a window's workflow where none runs; one that is over ends again at once."""
        with asking():
            await self._client.start_workflow(
                CLAIM_WINDOW_WORKFLOW,
                {"window_id": window_id},
                id=window_id,
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            )

    async def gather(self, window_id: str, command_id: str) -> dict[str, Any]:
        """Take in what became eligible since; return what the window holds. Raise `Rejected` or `Unavailable`."""
        known_as = f"{command_id}:{uuid.uuid4().hex}"  # done again, it finds what is there now
        return await self._update(window_id, "gather", known_as, {"window_id": window_id})

    async def submit(self, window_id: str, command_id: str, actor: str, *, anew: bool = False) -> dict[str, Any]:
        """Submit what is ready; return what became of it. Raise `Rejected` or `Unavailable`.

        Temporal gives a repeat its first answer; `anew` asks the ledger again instead, which may have been restored.
        """
        order = {"window_id": window_id, "command_id": command_id, "actor": actor}
        known_as = f"{command_id}:{uuid.uuid4().hex}" if anew else command_id
        return await self._update(window_id, "submit", known_as, order)

    async def _update(self, window_id: str, name: str, known_as: str, order: dict[str, Any]) -> dict[str, Any]:
        with asking():
            try:
                async with asyncio.timeout(PATIENCE.total_seconds()):
                    handle = self._client.get_workflow_handle(window_id)
                    told: dict[str, Any] = await handle.execute_update(
                        name, order, id=f"{known_as}:{name}", result_type=dict[str, Any]
                    )
            except WorkflowUpdateFailedError as failure:
                raise _rejected(failure) from failure
            except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as silence:
                raise Unavailable(f"{window_id} did not answer yet") from silence
            except RPCError as fault:
                if fault.status == RPCStatusCode.NOT_FOUND:
                    raise _not_running(window_id) from fault
                raise
        return told


def _not_running(window_id: str) -> Rejected:
    return Rejected(
        "window-not-open",
        f"{window_id} does not run",
        "see the windows with: journeys claims windows; open one with --open LABEL",
    )


def _rejected(failure: WorkflowUpdateFailedError) -> Exception:
    """Read the rejection that the update carried back; one cut short is unknown, any other passed on."""
    cause = failure.cause
    if isinstance(cause, ApplicationError) and cause.type == CUT_SHORT:
        return Unavailable("the window's workflow ended before it answered")
    if not isinstance(cause, ApplicationError) or cause.type != REJECTED or not cause.details:
        return failure
    told = Rejection.model_validate(cause.details[0]["rejection"])
    return Rejected(told.code, told.reason, told.remedy)
