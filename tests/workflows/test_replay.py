"""Recorded histories of finished releases replay on today's workflow code: a deploy breaks no running journey."""

import ast
import base64
import json
from datetime import datetime
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from domain.names import CLAIM_WINDOW_WORKFLOW, JOURNEY_WORKFLOW, RECONCILIATION_WORKFLOW
from wiring.temporal.client import converter, sandbox
from wiring.temporal.codec import EncryptionCodec
from wiring.temporal.doorkeeper import UnboundError
from workflows import claim_window, family_journey, journey_loop, reconciliation
from workflows.claim_window import ClaimWindow
from workflows.family_journey import FamilyJourney
from workflows.reconciliation import Reconciliation

HISTORIES = Path(__file__).parent.parent / "histories"
WORKFLOWS = {
    "family_journey": (family_journey, journey_loop),
    "claim_window": (claim_window,),
    "reconciliation": (reconciliation,),
}  # with what they run on
SERVED = [FamilyJourney, ClaimWindow, Reconciliation]
COMMANDS = {
    "continue_as_new",
    "execute_activity_method",
    "execute_local_activity_method",
    "sleep",
    "upsert_search_attributes",
    "wait_condition",
}


def _replayer() -> Replayer:
    """Replay with the worker's own converter and sandbox: with another converter it would pass without checking."""
    codec = EncryptionCodec.from_file(HISTORIES / "codec.key")
    return Replayer(workflows=SERVED, data_converter=converter(codec), workflow_runner=sandbox())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _history(text: str) -> WorkflowHistory:
    """Read a history under its workflow's own id, which its payloads are sealed for."""
    started = json.loads(text)["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], text)


def _recorded() -> list[Path]:
    return sorted(HISTORIES.glob("*.json"))


def test_there_are_recorded_histories() -> None:
    """The replay gate has something to replay of every workflow that a worker serves."""
    told = [json.loads(_text(path))["events"][0]["workflowExecutionStartedEventAttributes"] for path in _recorded()]
    served = {RECONCILIATION_WORKFLOW, JOURNEY_WORKFLOW, CLAIM_WINDOW_WORKFLOW}
    assert {each["workflowType"]["name"] for each in told} == served


@pytest.mark.parametrize("path", _recorded(), ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    """Today's code asks for the same commands as the code that made this history."""
    await _replayer().replay_workflow(_history(_text(path)))


async def test_the_gate_can_fail() -> None:
    """A history that asked for another activity is refused, so a passing replay means something."""
    content = json.loads(_text(_recorded()[-1]))
    scheduled = [
        event["activityTaskScheduledEventAttributes"]
        for event in content["events"]
        if "activityTaskScheduledEventAttributes" in event
    ]
    scheduled[0]["activityType"]["name"] = "another_activity"
    with pytest.raises(NondeterminismError):
        await _replayer().replay_workflow(_history(json.dumps(content)))


async def test_an_old_history_is_taken_up_to_the_upgrade_alone() -> None:
    """What an earlier release sealed, for nobody in particular, replays only where it happened before the upgrade."""
    content = json.loads((HISTORIES / "codec.key").read_text(encoding="utf-8"))
    keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
    for since, refused in (("2026-11-23T06:00:00+00:00", ()), ("2026-11-23T02:00:00+00:00", UnboundError)):
        codec = EncryptionCodec(content["current"], keys, datetime.fromisoformat(since))
        replayer = Replayer(workflows=SERVED, data_converter=converter(codec), workflow_runner=sandbox())
        for recorded in HISTORIES.glob("0.1.0-*.json"):
            history = _history(_text(recorded))
            told = await replayer.replay_workflow(history, raise_on_replay_failure=False)
            assert ("UnboundError" in str(told.replay_failure)) == bool(refused), told.replay_failure
            assert (told.replay_failure is None) == (not refused)


def fingerprint(name: str) -> str:
    """Return the calls by which a workflow commands the server, function by function, in the order of the source."""
    lines = [
        f"{function.name}: {call.func.attr}"
        for module in WORKFLOWS[name]
        for function in ast.walk(ast.parse(_text(Path(str(module.__file__)))))
        if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in COMMANDS
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_commands_are_those_of_the_fingerprint(name: str) -> None:
    """A change of a workflow's commands is deliberate: a new fingerprint and new histories come with it."""
    assert fingerprint(name) == (HISTORIES / f"{name}.fingerprint").read_text(encoding="utf-8")
