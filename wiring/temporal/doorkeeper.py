"""Stands between Temporal and each workflow: only what was sealed for it, and for what it came as, goes in.

A workflow is shown jobs whose payloads the codec has opened. Here each is looked at before any code of the workflow
runs: an update is refused, a signal is dropped, a start fails its workflow, the result of an activity counts as a
failure after which the activity runs again. What is decided depends on the job and on the codec's keys alone, so a
replay decides the same; only what comes for the first time is counted.
"""

from collections.abc import MutableSequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import CommandType
from temporalio.api.failure.v1 import ActivityFailureInfo, ApplicationFailureInfo, Failure
from temporalio.bridge.proto.activity_result import ActivityResolution
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow, WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import (
    ActivitySerializationContext,
    SerializationContext,
    StorageDriverStoreContext,
    WorkflowSerializationContext,
)
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker._command_aware_visitor import CommandInfo
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

from domain.names import FOREIGN
from wiring.temporal import seals
from wiring.temporal.codec import UnknownKeyError
from wiring.temporal.refusals import TALLY

NO_STORE = StorageDriverStoreContext()
NO_PAYLOAD = "no-payload"
OTHER_PURPOSE = "other-purpose"
UNBOUND = "unbound"
UNKNOWN_KEY = "unknown-key"


class UnboundError(Exception):
    """A journey's own history is of the old kind after the moment from which everything is bound."""


@dataclass(frozen=True)
class Doorkeeper(SandboxedWorkflowRunner):
    """The sandbox runner, with each workflow behind its door."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return the workflow that runs behind the door."""
        return _Guarded(super().create_instance(det), det.info)


class _Guarded(WorkflowInstance):
    """A run behind its door; it also says, without entering the sandbox, what its payloads are for.

    The SDK asks that several times for each payload, and the sandbox is compiled and entered for each answer: a fifth
    of a worker's time went there.
    """

    def __init__(self, behind: WorkflowInstance, info: Info) -> None:
        self._behind = behind
        self._info = info
        self._own = WorkflowSerializationContext(namespace=info.namespace, workflow_id=info.workflow_id)
        self._activities: dict[int, SerializationContext] = {}  # under way, by their number in the run

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Let in what may go in, and let the run go on."""
        moment = act.timestamp.ToDatetime(tzinfo=UTC)
        look = _Look(self._info.workflow_id, moment, first=not act.is_replaying)
        let_in = [job for job in act.jobs if look.lets_in(job)]
        if len(let_in) < len(act.jobs):
            del act.jobs[:]
            act.jobs.extend(let_in)
        for job in let_in:
            if job.HasField("resolve_activity"):
                self._activities.pop(job.resolve_activity.seq, None)
        completion = self._behind.activate(act)
        for command in completion.successful.commands:
            match command.WhichOneof("variant"):
                case "schedule_activity":
                    asked = command.schedule_activity
                    self._activities[asked.seq] = self._of_activity(asked.activity_type, is_local=False)
                case "schedule_local_activity":
                    local = command.schedule_local_activity
                    self._activities[local.seq] = self._of_activity(local.activity_type, is_local=True)
        return completion

    def get_serialization_context(self, command_info: CommandInfo | None) -> SerializationContext:
        """Return what the payloads of a command are for: an activity, or the workflow itself."""
        if command_info is None or command_info.command_type != CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
            return self._own
        return self._activities.get(command_info.command_seq, self._own)

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:  # noqa: ARG002
        """Nothing is stored elsewhere."""
        return NO_STORE

    def get_info(self) -> Info:
        """Return what the SDK knows of the run."""
        return self._behind.get_info()

    def get_thread_id(self) -> int | None:
        """Return the thread that the run is on now."""
        return self._behind.get_thread_id()

    def _of_activity(self, kind: str, *, is_local: bool) -> SerializationContext:
        return ActivitySerializationContext(
            namespace=self._info.namespace,
            workflow_id=self._info.workflow_id,
            workflow_type=self._info.workflow_type,
            activity_type=kind,
            activity_id=None,
            activity_task_queue=None,
            is_local=is_local,
        )


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the jobs of a workflow: whose, when by the server's clock, and whether for the first time."""

    workflow_id: str
    at: datetime
    first: bool

    def lets_in(self, job: WorkflowActivationJob) -> bool:
        """Tell whether a job goes in; one that must be answered goes in changed."""
        match job.WhichOneof("variant"):
            case "signal_workflow":
                return not self._refused(
                    "signal", job.signal_workflow.input, seals.signal(job.signal_workflow.signal_name)
                )
            case "do_update":
                asked = job.do_update
                _replace(asked.input, self._refused("update", asked.input, seals.update(asked.name, asked.id)))
            case "initialize_workflow":
                self._start(job.initialize_workflow)
            case "resolve_activity":
                self._result(job.resolve_activity.result)
            case "cancel_workflow":  # nobody of ours cancels a workflow
                self._count("cancel", "nobody-asks")
                return False
        return True

    def _start(self, start: InitializeWorkflow) -> None:
        """A first run is started by the gateway, the relay or a worker; a next one by the run before it."""
        look = _Look(self.workflow_id, start.start_time.ToDatetime(tzinfo=UTC), self.first)
        wanted = "" if start.continued_from_execution_run_id else seals.START
        why = look._refused("start", start.arguments, wanted)
        self._wait_for_operator(start.arguments, why)
        _replace(start.arguments, why)

    def _result(self, result: ActivityResolution) -> None:
        """Let an activity's own outcome in, and make a failure of any other, after which it runs again."""
        failed = result.WhichOneof("status")
        payloads: MutableSequence[Payload]
        if failed == "completed":
            payloads = [result.completed.result] if result.completed.HasField("result") else []
            why = self._refused("result", payloads, seals.RESULT)
            if not why:
                result.completed.result.CopyFrom(payloads[0])
        elif failed in {"failed", "cancelled"}:
            why = self._foreign_failure(result.failed.failure if failed == "failed" else result.cancelled.failure)
            payloads = []
        else:
            return
        self._wait_for_operator(payloads, why)
        if why:
            result.Clear()
            result.failed.failure.CopyFrom(_failure(why))

    def _refused(self, part: str, payloads: MutableSequence[Payload], purpose: str) -> str:
        """Return why payloads are refused, or nothing; good ones of the old kind are opened in place."""
        why = "" if payloads else NO_PAYLOAD
        for index, payload in enumerate(payloads):
            why = why or self._fault(payload, purpose)
            if seals.is_unbound(payload) and not why:
                _put(payloads, index, seals.inside(payload))
        if why:
            self._count(part, why)
        return why

    def _fault(self, payload: Payload, purpose: str) -> str:
        if why := seals.why_refused(payload):
            return why
        if seals.is_unbound(payload):
            return "" if self.at < seals.until(payload) else UNBOUND
        return "" if seals.purpose_of(payload) == purpose else OTHER_PURPOSE

    def _foreign_failure(self, failure: Failure) -> str:
        """Return why a failure is none of ours, or nothing; the server itself says what is not sealed."""
        why = ""
        if failure.HasField("application_failure_info"):
            sealed = [failure.encoded_attributes] if failure.HasField("encoded_attributes") else []
            why = self._refused("result", sealed, "")
            if not why:
                failure.encoded_attributes.CopyFrom(sealed[0])
                details = failure.application_failure_info.details.payloads
                why = self._refused("result", details, "") if details else ""
        return why or (self._foreign_failure(failure.cause) if failure.HasField("cause") else "")

    def _wait_for_operator(self, payloads: MutableSequence[Payload], why: str) -> None:
        """Raise where our own history cannot be read until somebody mends codec.key: the task is tried again."""
        if why == UNKNOWN_KEY:
            raise UnknownKeyError(next((each.data.decode() for each in payloads if seals.why_refused(each)), why))
        if why == UNBOUND:
            raise UnboundError(
                f"{self.workflow_id} has a history of an earlier release, newer than bound_since in codec.key; set"
                " that to the moment of the upgrade, or end the workflow and run: journeys rearm"
            )

    def _count(self, part: str, why: str) -> None:
        if self.first:
            TALLY.add(part, why, self.workflow_id)


def _put(payloads: MutableSequence[Payload], index: int, payload: Payload) -> None:
    """Put a payload in place of another; a repeated field takes no assignment."""
    kept = Payload()
    kept.CopyFrom(payload)
    payloads[index].CopyFrom(kept)


def _replace(payloads: Any, why: str) -> None:
    """Put one refusal in place of all payloads: converting it raises."""
    if why:
        refusal = seals.refusal(why)
        refusal.metadata["counted"] = b"1"
        del payloads[:]
        payloads.append(refusal)


def _failure(why: str) -> Failure:
    """Return what a workflow sees of an outcome that was refused."""
    fault = Failure(
        message=str(seals.foreign(why)),
        application_failure_info=ApplicationFailureInfo(type=FOREIGN, non_retryable=True),
    )
    return Failure(message="Activity task failed", cause=fault, activity_failure_info=ActivityFailureInfo())
