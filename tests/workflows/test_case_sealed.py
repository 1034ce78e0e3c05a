"""A case file on real Temporal: no history holds a word, and the reminder of a concern goes to whom it names."""

from temporalio.converter import WorkflowSerializationContext

from domain.journey import commands
from store import texts
from store.people import Person
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World

BEA = Person("m1", "adult", "Quince", "Bea")  # without a birth nobody is taken for her
WORD = "jabberwock"


async def test_no_history_holds_a_word_and_the_receiver_is_written_to_at_once(working: World) -> None:
    """Text is sealed under the family's key inside what the codec encrypts; the named colleague gets the first mail."""
    reference = path.fresh()
    journey_id = path.journey_of(reference)
    await working.engine.submit(journey_id, path.refer(reference))
    told = path.common()
    async with working.pool.acquire() as conn:
        await working.vault.put_family(conn, reference, [BEA])
        said = {texts.TEXT: f"The {WORD} on the stairs frightens her."}
        personal = await working.vault.seal_personal(conn, reference, told["command_id"], said)
    before = len(working.mail.received)
    concern = commands.RaiseConcern(**told, kind="neglect", to="ma-1", personal=personal)
    reply = await working.engine.submit(journey_id, concern)
    assert reply.happened == ("concern-raised",)
    mail = await eventually(lambda: [one for one in working.mail.received[before:] if reference in str(one)])
    assert ("ma-1@council.example" in str(mail), WORD in str(mail)) == (True, False)
    async with working.pool.acquire() as conn:
        assert WORD in (await texts.of_family(conn, working.vault, reference))[journey_id]["C1"]
    history = await working.client.get_workflow_handle(journey_id).fetch_history()
    raw = b"".join(event.SerializeToString() for event in history.events)
    here = WorkflowSerializationContext(namespace=working.client.namespace, workflow_id=journey_id)
    converter = working.client.data_converter.with_context(here)
    opened = str([await converter.decode(each) for each in _payloads(history)])
    assert (WORD.encode() in raw, WORD in opened, "raise-concern" in opened) == (False, False, True)


def _payloads(history: object) -> list[object]:
    """Return what the updates carried, as the server keeps it."""
    kept = []
    for event in history.events:  # type: ignore[attr-defined]
        request = event.workflow_execution_update_accepted_event_attributes.accepted_request
        if request.input.args.payloads:
            kept.append(list(request.input.args.payloads))
    return kept
