"""Temporal's port is no door: whoever reaches it without our keys moves no journey, and holds none up."""

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.worker import Replayer

from domain.journey import commands
from domain.names import CLAIM_WINDOW_WORKFLOW, JOURNEY_WORKFLOW, PARTNER_EVENTS
from store import journal
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World
from tests.workflows.outsider import Outsider, content_of
from wiring.temporal.client import sandbox
from wiring.temporal.codec import codec_of
from workflows.family_journey import FamilyJourney

pytestmark = pytest.mark.slow(8)
NOBODY = "manager:nobody-at-all"


@pytest.fixture
def outsider(working: World) -> Outsider:
    """Somebody at the port of the server that the worker works for."""
    return Outsider(working.client)


@pytest.fixture
async def journey_id(working: World) -> AsyncIterator[str]:
    """A journey under way, which goes on as it should afterwards, whatever was tried on it."""
    reference = path.fresh()
    await _take(working, reference, [path.refer(reference), *path.until_intervention()[:3]])
    yield path.journey_of(reference)
    before = await _happened(working, path.journey_of(reference))
    await _take(working, reference, path.until_intervention()[3:5])
    assert await _happened(working, path.journey_of(reference)) == [*before, "contact-recorded", "family-assessed"]
    history = await working.client.get_workflow_handle(path.journey_of(reference)).fetch_history()
    replayer = Replayer(
        workflows=[FamilyJourney], data_converter=working.client.data_converter, workflow_runner=sandbox()
    )
    await replayer.replay_workflow(history)  # whoever takes the journey over decides the same


async def _take(world: World, reference: str, steps: Sequence[commands.AnyCommand]) -> None:
    for step in steps:
        await world.engine.submit(path.journey_of(reference), step)


async def _happened(world: World, journey_id: str) -> list[str]:
    """Return the steps of a journey, without what time and messages add to it."""
    async with world.pool.acquire() as conn:
        kinds = [recorded.event.type for recorded in await journal.timeline(conn, journey_id)]
    return [kind for kind in kinds if not kind.startswith(("reminder-", "notification-", "deadline-"))]


def _close(**changes: Any) -> dict[str, Any]:
    return content_of(commands.CloseJourney(**path.common(), outcome="moved-away"), actor=NOBODY, **changes)


def _offence() -> dict[str, Any]:
    """Return an observation that no partner sent."""
    evidence = {
        "id": uuid.uuid4().hex,
        "kind": "offence",
        "member": "m1",
        "source": "police",
        "observed_on": path.today(),
        "on": path.today(),
        "proven": True,
    }
    told = {name: value for name, value in path.common(actor="partner:police").items() if name != "on"}
    return {"rows": [content_of(commands.RecordEvidence.model_validate({**told, "evidence": evidence}))]}


async def test_a_step_in_plain_words_is_refused(working: World, outsider: Outsider, journey_id: str) -> None:
    """An update that nobody sealed is refused at once, and the journey stays where it was."""
    before = await _happened(working, journey_id)
    code, _ = await outsider.update(journey_id, "close", _close())
    assert code != 0
    assert await _happened(working, journey_id) == before


async def test_a_step_without_any_words_is_refused(working: World, outsider: Outsider, journey_id: str) -> None:
    """An update without a payload is refused too."""
    before = await _happened(working, journey_id)
    code, _ = await outsider.cli("workflow", "update", "execute", "--workflow-id", journey_id, "--name", "close")
    assert code != 0
    assert await _happened(working, journey_id) == before


async def test_a_signal_in_plain_words_is_dropped(working: World, outsider: Outsider, journey_id: str) -> None:
    """An offence that no partner sent is not recorded."""
    before = await _happened(working, journey_id)
    assert (await outsider.signal(journey_id, PARTNER_EVENTS, _offence()))[0] == 0
    assert (await outsider.signal(journey_id, "no-such-signal", _offence()))[0] == 0
    await _asked_again(working, journey_id)
    assert await _happened(working, journey_id) == before


async def _asked_again(world: World, journey_id: str) -> None:
    """Wake a journey by the proper way and wait for it: what came before has been looked at by then."""
    await world.engine.wake([journey_id])
    await world.client.get_workflow_handle(journey_id).query("progress")


async def test_a_workflow_started_in_plain_words_ends_and_makes_way(working: World, outsider: Outsider) -> None:
    """A squatter on a family's id is turned out, and the family can be referred."""
    reference = path.fresh()
    journey_id = path.journey_of(reference)
    await outsider.start(journey_id, JOURNEY_WORKFLOW, {"state": {"journey_id": journey_id, "stage": "intervention"}})
    await eventually(lambda: _ended(working, journey_id))
    await _take(working, reference, [path.refer(reference)])
    assert await _happened(working, journey_id) == ["family-referred"]


async def test_a_claim_window_started_in_plain_words_ends(working: World, outsider: Outsider) -> None:
    """The other workflow takes no foreigner either."""
    window_id = f"claim-window:wirral:{uuid.uuid4().hex[:8]}"
    await outsider.start(window_id, CLAIM_WINDOW_WORKFLOW, {"window_id": window_id})
    await eventually(lambda: _ended(working, window_id))


async def _ended(world: World, workflow_id: str) -> bool:
    told = await world.client.get_workflow_handle(workflow_id).describe()
    return told.status is not None and told.status.name == "FAILED"


async def test_an_activity_run_by_itself_does_nothing(working: World, outsider: Outsider, journey_id: str) -> None:
    """The journal's activity carries out nothing that no workflow of ours asked for."""
    before = await _happened(working, journey_id)
    order = {"journey_id": journey_id, "now": datetime.now(UTC), "commands": [_close()]}
    code, _ = await outsider.run_activity("carry_out", order)
    assert code != 0
    assert await _happened(working, journey_id) == before


async def test_a_cancelled_journey_goes_on(working: World, outsider: Outsider, journey_id: str) -> None:
    """No journey ends because somebody at the port cancels its workflow."""
    assert (await outsider.cli("workflow", "cancel", "--workflow-id", journey_id))[0] == 0
    await _asked_again(working, journey_id)
    assert not await _ended(working, journey_id)
    told = await working.client.get_workflow_handle(journey_id).describe()
    assert told.status is not None
    assert told.status.name == "RUNNING"


@pytest.mark.parametrize("to", ["FirstWorkflowTask", "LastWorkflowTask"])
async def test_a_journey_that_was_reset_takes_no_step_twice(
    working: World, outsider: Outsider, journey_id: str, to: str
) -> None:
    """Set back by somebody at the port, a journey lives through its steps again, and the journal knows them all."""
    before = await _happened(working, journey_id)
    assert (await outsider.cli("workflow", "reset", "--workflow-id", journey_id, "--type", to, "--reason", "x"))[0] == 0
    await _asked_again(working, journey_id)
    assert await _happened(working, journey_id) == before


@pytest.mark.parametrize("asked", ["progress", "agenda", "__stack_trace", "__temporal_workflow_metadata"])
async def test_an_answer_to_a_question_is_sealed(outsider: Outsider, journey_id: str, asked: str) -> None:
    """Whoever asks a journey at the port gets ciphertext."""
    words = ("workflow", "query", "--workflow-id", journey_id, "--type", asked, "--output", "json")
    _, told = await outsider.cli(*words)
    assert "binary/encrypted" in told or "YmluYXJ5L2VuY3J5cHRlZA" in told, told
    assert not [word for word in ("intervention", "consent", "family_journey.py", "wake_at", "Wait") if word in told]


async def test_a_step_copied_from_another_journey_is_refused(
    working: World, outsider: Outsider, journey_id: str
) -> None:
    """What was sealed for one family moves no other."""
    other = path.fresh()
    await _take(working, other, [path.refer(other), commands.CloseJourney(**path.common(), outcome="moved-away")])
    closing = (await outsider.updates_of(path.journey_of(other)))["close"]
    before = await _happened(working, journey_id)
    answer = await outsider.update_with(journey_id, "close", closing)
    assert answer.outcome.HasField("failure")
    assert await _happened(working, journey_id) == before


async def test_a_step_is_taken_as_no_signal_and_a_signal_as_no_step(
    working: World, outsider: Outsider, journey_id: str
) -> None:
    """What was sealed for one purpose serves no other, on the same journey."""
    await _asked_again(working, journey_id)
    asked = await outsider.updates_of(journey_id)
    [woken, *_] = await outsider.signals_of(journey_id)
    before = await _happened(working, journey_id)
    for name in ("close", "step_up", "consent"):
        assert (await outsider.update_with(journey_id, name, woken)).outcome.HasField("failure")
        assert (await outsider.update_with(journey_id, name, asked["allocate"])).outcome.HasField("failure")
    await outsider.signal_with(journey_id, PARTNER_EVENTS, asked["allocate"])
    await outsider.signal_with(journey_id, "allocate", asked["allocate"])
    await _asked_again(working, journey_id)
    assert await _happened(working, journey_id) == before


async def test_a_step_copied_on_its_own_journey_is_refused(working: World, outsider: Outsider, journey_id: str) -> None:
    """What was asked once is not asked again by a copy: it was sealed for one update, which has been."""
    asked = await outsider.updates_of(journey_id)
    before = await _happened(working, journey_id)
    assert (await outsider.update_with(journey_id, "allocate", asked["allocate"])).outcome.HasField("failure")
    assert await _happened(working, journey_id) == before


async def test_a_payload_of_the_old_kind_is_refused(working: World, outsider: Outsider, journey_id: str) -> None:
    """Sealed by our own key but for nobody in particular, as before this release: refused on a stack made since."""
    step = commands.CloseJourney(**path.common(), outcome="moved-away")
    old = codec_of(working.client).unbound(
        Payload(metadata={"encoding": b"json/plain"}, data=step.model_dump_json().encode())
    )
    before = await _happened(working, journey_id)
    answer = await outsider.update_with(journey_id, "close", [old])
    assert answer.outcome.HasField("failure")
    assert await _happened(working, journey_id) == before


@pytest.mark.parametrize("change", ["key", "data", "seal", "nothing"])
async def test_a_broken_payload_holds_nothing_up(
    working: World, outsider: Outsider, journey_id: str, change: str
) -> None:
    """A payload under a key of nobody, cut short or empty is refused as a step and dropped as a signal."""
    (sealed,) = (await outsider.updates_of(journey_id))["allocate"]
    if change == "key":
        sealed.metadata["encryption-key-id"] = b"k-of-nobody"
    elif change == "data":
        sealed.data = sealed.data[:5]
    elif change == "seal":
        sealed.metadata["seal"] = b"99"
    else:
        sealed.metadata.clear()
        sealed.data = b""
    before = await _happened(working, journey_id)
    assert (await outsider.update_with(journey_id, "allocate", [sealed])).outcome.HasField("failure")
    await outsider.signal_with(journey_id, PARTNER_EVENTS, [sealed])
    await _asked_again(working, journey_id)
    assert await _happened(working, journey_id) == before
