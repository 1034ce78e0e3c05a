"""The codec: keys rotate, a key that is missing is named, and what is shown cannot be guessed."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext

from wiring.temporal import seals
from wiring.temporal.codec import EncryptionCodec, UnknownKeyError

OLD, NEW = bytes(32), bytes(range(32))
PAYLOAD = Payload(metadata={"encoding": b"json/plain"}, data=b'"long-term-unemployed"')


async def test_keys_rotate():
    """What the last key encrypted is read after a new one took its place, as long as both are held."""
    (sealed,) = await EncryptionCodec("k1", {"k1": OLD}).encode([PAYLOAD])
    assert b"unemployed" not in sealed.SerializeToString()
    assert sealed.metadata["encryption-key-id"] == b"k1"
    rotated = EncryptionCodec("k2", {"k1": OLD, "k2": NEW})
    assert await rotated.decode([sealed]) == [PAYLOAD]
    (fresh,) = await rotated.encode([PAYLOAD])
    assert fresh.metadata["encryption-key-id"] == b"k2"
    assert await EncryptionCodec("k2", {"k2": NEW}).decode([fresh]) == [PAYLOAD]


async def test_a_missing_key_is_named():
    """A payload under a key that is not held is refused, with the key's name and what to do."""
    (sealed,) = await EncryptionCodec("k1", {"k1": OLD}).encode([PAYLOAD])
    with pytest.raises(UnknownKeyError, match=r"no codec key k1; add it to the keys of codec\.key"):
        await EncryptionCodec("k2", {"k2": NEW}).decode([sealed])


async def test_the_key_id_is_part_of_what_is_sealed():
    """A payload that is given another key's name does not open, though that key is the same."""
    (sealed,) = await EncryptionCodec("k1", {"k1": OLD}).encode([PAYLOAD])
    sealed.metadata["encryption-key-id"] = b"k2"
    with pytest.raises(InvalidTag):
        await EncryptionCodec("k2", {"k2": OLD}).decode([sealed])


def test_a_digest_is_by_the_key():
    """The same content has the same digest by the same key alone: without it nobody can try out what it may be."""
    digest = EncryptionCodec("k1", {"k1": OLD}).digest(b"long-term-unemployed")
    assert digest == EncryptionCodec("k1", {"k1": OLD}).digest(b"long-term-unemployed")
    assert digest != EncryptionCodec("k1", {"k1": NEW}).digest(b"long-term-unemployed")
    assert digest != EncryptionCodec("k1", {"k1": OLD}).digest(b"in-employment")


HERE = WorkflowSerializationContext(namespace="n", workflow_id="journey:wirral:F-7K3Q-9D2X:1")
THERE = WorkflowSerializationContext(namespace="n", workflow_id="journey:wirral:F-WYGY-T7H9:1")


async def test_a_payload_opens_where_it_was_sealed_for_alone():
    """What is sealed for one workflow opens in no other, and nothing that is refused raises on its way in."""
    codec = EncryptionCodec("k1", {"k1": OLD})
    (sealed,) = await codec.with_context(HERE).encode([PAYLOAD])
    assert await codec.with_context(HERE).decode([sealed]) == [PAYLOAD]
    cut = Payload(metadata=sealed.metadata, data=sealed.data[:3])
    other_key = Payload(metadata={**sealed.metadata, "encryption-key-id": b"k9"}, data=sealed.data)
    other_form = Payload(metadata={**sealed.metadata, "seal": b"9"}, data=sealed.data)
    stripped = Payload(
        metadata={name: value for name, value in sealed.metadata.items() if name != "seal"}, data=sealed.data
    )
    came = [PAYLOAD, Payload(), cut, other_key, other_form, stripped]
    told = [seals.why_refused(payload) for payload in await codec.with_context(HERE).decode(came)]
    assert told == ["plain", "plain", "not-for-here", "unknown-key", "not-for-here", "not-for-here"]
    assert [seals.why_refused(payload) for payload in await codec.with_context(THERE).decode([sealed])] == [
        "not-for-here"
    ]


async def test_an_activity_has_payloads_of_its_own():
    """What is sealed for one activity of a workflow opens neither in another one nor in the workflow itself."""
    codec = EncryptionCodec("k1", {"k1": OLD})
    (sealed,) = await codec.with_context(_activity("send_reminder")).encode([PAYLOAD])
    assert await codec.with_context(_activity("send_reminder")).decode([sealed]) == [PAYLOAD]
    for context in (_activity("notify_partner"), HERE):
        (told,) = await codec.with_context(context).decode([sealed])
        assert seals.why_refused(told) == "not-for-here"


async def test_what_an_earlier_release_sealed_is_marked():
    """It opens, marked with the moment after which nobody of ours sealed so."""
    since = datetime(2027, 1, 1, tzinfo=UTC)
    codec = EncryptionCodec("k1", {"k1": OLD}, since).with_context(HERE)
    (told,) = await codec.decode([codec.unbound(PAYLOAD)])
    assert (seals.is_unbound(told), seals.until(told), seals.inside(told)) == (True, since, PAYLOAD)


def _activity(kind: str) -> ActivitySerializationContext:
    return ActivitySerializationContext(
        namespace="n",
        activity_id="1",
        activity_type=kind,
        activity_task_queue="q",
        workflow_id=HERE.workflow_id,
        workflow_type="FamilyJourney",
        is_local=False,
    )
