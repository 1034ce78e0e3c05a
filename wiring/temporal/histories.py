"""What Temporal's histories tell of journeys: each turn of the workflow, and the commands that it carried out."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.converter import ActivitySerializationContext, SerializationContext, WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

from domain.journey.commands import COMMAND, AnyCommand
from domain.names import JOURNEY_WORKFLOW, PARTNER_EVENTS
from wiring.temporal import seals
from wiring.temporal.codec import codec_of
from wiring.temporal.faults import asking, unavailable

CARRY_OUT = "carry_out"
LOCAL_ACTIVITY = "core_local_activity"  # the marker that the SDK keeps the outcome of a local activity in
PAGE = 1000

log = structlog.stdlib.get_logger("histories")


@dataclass(frozen=True, slots=True)
class Turn:
    """One visit to the journal: when, what was carried out with an effect, and the version afterwards."""

    at: datetime
    command_ids: tuple[str, ...]
    version: int


@dataclass(slots=True)
class Told:
    """All that the histories of one journey tell."""

    turns: list[Turn] = field(default_factory=list)
    commands: dict[str, AnyCommand] = field(default_factory=dict)


class Histories:
    """Readings of histories; nothing is changed, and no worker is needed."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def journeys(self) -> dict[str, list[str]] | None:
        """Return the runs of every journey that the server still has, the oldest first; None where it lists none."""
        found: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
        try:
            async for run in self._client.list_workflows(f"WorkflowType = '{JOURNEY_WORKFLOW}'", page_size=PAGE):
                found[run.id].append((run.start_time, run.run_id))
        except RPCError as fault:
            if fault.status == RPCStatusCode.UNIMPLEMENTED:
                return None
            raise unavailable(fault) from fault
        return {name: [run for _, run in sorted(runs)] for name, runs in found.items()}

    async def told(self, journey_id: str, runs: Sequence[str]) -> Told:
        """Read the histories of one journey, run by run."""
        reading = _Reading(self._client, journey_id)
        with asking():
            for run_id in runs:
                async for event in self._events(journey_id, run_id):
                    await reading.take(event)
        return reading.told

    def _events(self, journey_id: str, run_id: str) -> AsyncIterator[HistoryEvent]:
        return self._client.get_workflow_handle(journey_id, run_id=run_id).fetch_history_events()


class _Reading:
    """A journey's histories, read event by event."""

    def __init__(self, client: Client, journey_id: str) -> None:
        self.told = Told()
        self._codec = codec_of(client)
        self._namespace = client.namespace
        self._journey_id = journey_id
        self._now = datetime.fromtimestamp(0, UTC)
        self._activities: dict[int, str] = {}

    async def take(self, event: HistoryEvent) -> None:  # noqa: C901 - one case for each kind of event
        at = event.event_time.ToDatetime(tzinfo=UTC)
        match event.WhichOneof("attributes"):
            case "workflow_execution_started_event_attributes":
                self._activities.clear()
            case "workflow_task_started_event_attributes":
                self._now = at  # what the workflow takes for now, and hands to the journal
            case "workflow_execution_update_accepted_event_attributes":
                asked = event.workflow_execution_update_accepted_event_attributes.accepted_request.input
                self._keep(await self._opened(asked.args.payloads, at))
            case "workflow_execution_signaled_event_attributes":
                signal = event.workflow_execution_signaled_event_attributes
                if signal.signal_name == PARTNER_EVENTS:
                    batch = await self._opened(signal.input.payloads, at) or {}
                    for row in batch.get("rows", []):
                        self._keep(row)
            case "activity_task_scheduled_event_attributes":
                kind = event.activity_task_scheduled_event_attributes.activity_type.name
                self._activities[event.event_id] = kind
            case "activity_task_completed_event_attributes":
                done = event.activity_task_completed_event_attributes
                kind = self._activities.get(done.scheduled_event_id, "")
                self._keep((await self._opened(done.result.payloads, at, kind) or {}).get("command"))
            case "marker_recorded_event_attributes":
                marker = event.marker_recorded_event_attributes
                if marker.marker_name == LOCAL_ACTIVITY and "result" in marker.details:
                    self._turn(await self._opened(marker.details["result"].payloads, at, CARRY_OUT))

    def _keep(self, row: Any) -> None:
        if row is None:
            return
        try:
            command = COMMAND.validate_python(row)
        except ValidationError:
            log.warning("a command in a history cannot be read", workflow_id=self._journey_id)
        else:
            self.told.commands[command.command_id] = command

    def _turn(self, outcome: Any) -> None:
        if outcome is None:
            return
        effective = [reply["command_id"] for reply in outcome["replies"] if reply.get("happened")]
        self.told.turns.append(Turn(self._now, tuple(effective), outcome["version"]))

    async def _opened(self, payloads: Sequence[Payload], at: datetime, activity: str = "") -> Any:
        """Return the JSON of the one payload; None when it is foreign, or of the old kind and too new."""
        if not payloads:
            return None
        (opened,) = await self._codec.with_context(self._context(activity)).decode(payloads[:1])
        if seals.is_unbound(opened):
            if at >= seals.until(opened):
                return None
            opened = seals.inside(opened)
        return None if seals.why_refused(opened) or not opened.data else json.loads(opened.data)

    def _context(self, activity: str) -> SerializationContext:
        if not activity:
            return WorkflowSerializationContext(namespace=self._namespace, workflow_id=self._journey_id)
        return ActivitySerializationContext(
            namespace=self._namespace,
            activity_id=None,
            activity_type=activity,
            activity_task_queue=None,
            workflow_id=self._journey_id,
            workflow_type=JOURNEY_WORKFLOW,
            is_local=activity == CARRY_OUT,
        )
