"""The journey as a durable workflow, on a real dev server and a real Postgres."""

import asyncio
from datetime import timedelta
from typing import get_args

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.common import SearchAttributeKey

from domain.errors import Rejected
from domain.journey import commands
from domain.names import update_of
from store import effects, journal
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World
from workflows.family_journey import FamilyJourney


async def _walk(world: World, reference: str, steps: list[commands.AnyCommand]) -> list[str]:
    happened = []
    for step in steps:
        reply = await world.engine.submit(path.journey_of(reference), step)
        happened += reply.happened
    return happened


async def _types(world: World, reference: str) -> list[str]:
    async with world.pool.acquire() as conn:
        return [recorded.event.type for recorded in await journal.timeline(conn, path.journey_of(reference))]


async def test_the_whole_path_from_referral_to_close(working: World) -> None:
    """A family goes from referral to close, and each step is an event in the journal in its order."""
    reference = path.fresh()
    steps = [path.refer(reference), *path.until_intervention(), *path.to_the_end()]
    happened = await _walk(working, reference, steps)
    expected = [
        "family-referred",
        "consent-recorded",
        "family-identified",
        "key-worker-allocated",
        "contact-recorded",
        "family-assessed",
        "plan-agreed",
        "intervention-started",
        "stepped-down",
        "stepped-up",
        "stepped-down",
        "journey-closed",
    ]
    assert happened == expected
    told = await _types(working, reference)
    assert [kind for kind in told if kind in set(expected)] == expected


async def test_a_closed_journey_ends_when_its_messages_are_settled(working: World) -> None:
    """The workflow of a closed journey completes, and leaves no effect planned."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention(), *path.to_the_end()])
    handle = working.client.get_workflow_handle_for(FamilyJourney.run, path.journey_of(reference))
    state = await handle.result()
    assert state.stage == "closed"
    async with working.pool.acquire() as conn:
        assert await effects.pending(conn, path.journey_of(reference)) == []


async def test_every_step_is_a_named_update(working: World) -> None:
    """Whoever opens the history in Temporal sees the steps under their own names."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention()])
    handle = working.client.get_workflow_handle(path.journey_of(reference))
    names = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.input.name
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    ]
    assert names == [
        "refer",
        "consent",
        "identify",
        "allocate",
        "record_contact",
        "assess",
        "agree_plan",
        "start_intervention",
    ]


async def test_a_wrong_move_is_rejected_with_reason_and_remedy(working: World) -> None:
    """Assessing before identifying is refused, and the journey goes on."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference)])
    with pytest.raises(Rejected) as refused:
        await _walk(working, reference, [commands.AssessFamily(**path.common(), needs=("debt",))])
    assert (refused.value.code, refused.value.remedy) == (
        "out-of-order",
        f"allocate a key worker first: journeys allocate {reference} --to NAME",
    )
    assert await _walk(working, reference, path.until_intervention()[:2]) == ["consent-recorded", "family-identified"]


async def test_the_same_command_twice_is_carried_out_once(working: World) -> None:
    """A client that retries with the same command id gets the first reply, also at the same time."""
    reference = path.fresh()
    refer = path.refer(reference)
    both = await asyncio.gather(*(working.engine.submit(path.journey_of(reference), refer) for _ in range(2)))
    third = await working.engine.submit(path.journey_of(reference), refer)
    assert [reply.version for reply in (*both, third)] == [1, 1, 1]
    assert await _types(working, reference) == ["family-referred"]


async def test_a_command_id_used_for_something_else_is_refused(working: World) -> None:
    """The id of an earlier command with other content is a mistake and is said to be one."""
    first, second = path.fresh(), path.fresh()
    refer = path.refer(first)
    await _walk(working, first, [refer])
    with pytest.raises(Rejected) as refused:
        await _walk(working, second, [path.refer(second, command_id=refer.command_id)])
    assert refused.value.code == "command-id-reused"


async def test_a_key_used_for_another_step_of_the_same_family_is_refused(working: World) -> None:
    """A close under the id of an earlier contact is not answered with that contact's reply: it is refused."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention()])
    contact = commands.RecordContact(**path.common())
    await _walk(working, reference, [contact])
    close = commands.CloseJourney(**path.common(command_id=contact.command_id), outcome="moved-away")
    with pytest.raises(Rejected) as refused:
        await _walk(working, reference, [close])
    assert refused.value.code == "command-id-reused"


async def test_a_command_that_cannot_be_stored_is_refused_and_holds_up_nothing(working: World) -> None:
    """A value that Postgres cannot hold is answered as unreadable, and the family goes on."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference)])
    row = _callout(reference)
    evidence = row.evidence.model_copy(update={"source": "with a NUL \0"})
    await working.engine.forward(path.journey_of(reference), [row.model_copy(update={"evidence": evidence})])
    assert await _walk(working, reference, path.until_intervention()[:1]) == ["consent-recorded"]
    async with working.pool.acquire() as conn:
        loaded = await journal.load(conn, path.journey_of(reference), [row.command_id])
    answer = loaded.replies[row.command_id].reply
    assert answer.rejection is not None
    assert answer.rejection.code == "unreadable"


async def test_partners_are_told_once_and_as_agreed(working: World) -> None:
    """The referrer hears of the identification by a signed webhook that carries the effect id, once."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention()[:2]])
    told = await eventually(
        lambda: [one for one in working.hooks.received if one.key.startswith(path.journey_of(reference))] or None
    )
    assert [one.recipient for one in told] == ["/wirral-schools"]
    await eventually(lambda: _has(working, reference, "notification-sent"))


async def test_without_consent_nobody_is_told(working: World) -> None:
    """A notification without a recorded basis is refused when it would be sent, and the reason is on the journey."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), path.until_intervention()[1]])
    await eventually(lambda: _has(working, reference, "notification-not-sent"))
    async with working.pool.acquire() as conn:
        told = await journal.timeline(conn, path.journey_of(reference))
    assert [one.event.reason for one in told if one.event.type == "notification-not-sent"] == ["no-consent-in-force"]
    assert not [one for one in working.hooks.received if one.key.startswith(path.journey_of(reference))]


async def test_labels_are_search_attributes(working: World) -> None:
    """Stage, locality, key worker, programme and next deadline can be searched for in Temporal; nothing personal is."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention()])
    described = await working.client.get_workflow_handle(path.journey_of(reference)).describe()
    found = {
        name: described.typed_search_attributes.get(SearchAttributeKey.for_keyword(name))
        for name in ("JourneyStage", "JourneyArea", "JourneyLocality", "JourneyKeyWorker", "JourneyProgramme")
    }
    assert found == {
        "JourneyStage": "intervention",
        "JourneyArea": "wirral",
        "JourneyLocality": "Leasowe",
        "JourneyKeyWorker": "kw-1",
        "JourneyProgramme": "wirral-2012",
    }
    assert described.typed_search_attributes.get(SearchAttributeKey.for_datetime("JourneyNextDeadline")) is not None


async def test_payloads_are_encrypted(working: World) -> None:
    """No payload of the history is readable without the codec's key."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference)])
    handle = working.client.get_workflow_handle(path.journey_of(reference))
    with pytest.raises(Rejected):
        await _walk(working, reference, [commands.RecordContact(**path.common())])
    history = await handle.fetch_history()
    raw = b"".join(
        event.SerializeToString()
        for event in history.events
        if event.event_type != EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    )
    assert b"Leasowe" not in raw
    assert b"cannot be contacted" not in raw


async def test_a_long_history_continues_as_new(working: World) -> None:
    """Past the limit the journey begins a new run with the same small value, and goes on."""
    reference = path.fresh()
    engine = type(working.engine)(working.client, history_limit=30)
    for step in [path.refer(reference), *path.until_intervention(), *path.to_the_end()]:
        await engine.submit(path.journey_of(reference), step)
    runs = {
        execution.run_id
        async for execution in working.client.list_workflows(f"WorkflowId = '{path.journey_of(reference)}'")
    }
    assert len(runs) > 1
    assert "journey-closed" in await _types(working, reference)


async def test_a_lost_workflow_restarts_from_the_journal(working: World) -> None:
    """When Temporal has lost a journey, the next command finds it again in the journal where it was."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention()])
    await working.client.get_workflow_handle(path.journey_of(reference)).terminate("as if the cluster were lost")
    reply = await working.engine.submit(path.journey_of(reference), commands.StepDown(**path.common()))
    assert (reply.stage, reply.happened) == ("step-down", ("stepped-down",))


async def test_rearm_sets_the_timer_again(working: World) -> None:
    """After a loss, `rearm` starts the journey; once it is taken up, its next deadline is on the agenda again."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention()])
    handle = working.client.get_workflow_handle_for(FamilyJourney.run, path.journey_of(reference))
    before = await handle.query(FamilyJourney.agenda)
    await handle.terminate("as if the cluster were lost")
    assert await working.engine.rearm([path.journey_of(reference)]) == 1
    await working.engine.taken_up(path.journey_of(reference))
    after = await _agenda(working, reference)
    assert [due.id for due in after] == [due.id for due in before]


async def test_a_closed_journey_takes_a_correction(working: World) -> None:
    """Correcting an event of a closed journey works, and the workflow ends again."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference), *path.until_intervention(), *path.to_the_end()])
    await working.client.get_workflow_handle(path.journey_of(reference)).result()
    async with working.pool.acquire() as conn:
        told = await journal.timeline(conn, path.journey_of(reference))
    assessed = next(one for one in told if one.event.type == "family-assessed")
    correction = commands.CorrectEvent(
        command_id=path.common()["command_id"],
        at=path.common()["at"],
        actor="manager:test",
        version=assessed.version,
        reason="mistyped",
        replacement=assessed.event.model_copy(update={"needs": ("debt", "parenting", "health")}),
    )
    reply = await working.engine.submit(path.journey_of(reference), correction)
    assert (reply.stage, reply.happened) == ("closed", ("event-corrected",))


async def test_partner_events_are_applied_once(working: World) -> None:
    """A batch that is signalled twice adds each observation once; a row that does not decode loses no other."""
    reference = path.fresh()
    await _walk(working, reference, [path.refer(reference)])
    row = _callout(reference)
    handle = working.client.get_workflow_handle(path.journey_of(reference))
    await handle.signal("partner_events", {"rows": [{"type": "nonsense"}]})
    for _ in range(2):
        await working.engine.forward(path.journey_of(reference), [row])
    await eventually(lambda: _has(working, reference, "evidence-recorded"))
    await _walk(working, reference, path.until_intervention()[:1])
    assert (await _types(working, reference)).count("evidence-recorded") == 1


def _callout(reference: str) -> commands.RecordEvidence:
    """Return the police's observation of a call-out today."""
    return commands.RecordEvidence.model_validate(
        {
            "command_id": f"inbox:merseyside-police:{reference}",
            "at": path.common()["at"],
            "actor": "partner:merseyside-police",
            "evidence": {
                "id": "e1",
                "kind": "police-callout",
                "source": "merseyside-police",
                "observed_on": path.today().isoformat(),
                "on": path.today().isoformat(),
            },
        }
    )


def test_every_command_that_is_asked_for_has_its_update() -> None:
    """Each command has a handler of its name, but those by signal, clock or effect, or from another journey."""
    handlers = {name for name, member in vars(FamilyJourney).items() if hasattr(member, "_defn")}
    kinds = {kind.model_fields["type"].default for kind in get_args(get_args(commands.AnyCommand)[0])}
    unasked = {"record-evidence", "pass-time", "record-reminder", "record-notification", "record-eligibility"}
    unasked |= {"end-as-merged", "take-in", "restore-family"}
    assert {kind for kind in kinds if update_of(kind) not in handlers} == unasked


async def _has(world: World, reference: str, kind: str) -> bool:
    return kind in await _types(world, reference)


async def _agenda(world: World, reference: str) -> list[object]:
    handle = world.client.get_workflow_handle_for(FamilyJourney.run, path.journey_of(reference))
    return await handle.query(FamilyJourney.agenda, rpc_timeout=timedelta(seconds=5))
