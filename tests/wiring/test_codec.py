"""The codec: keys rotate, a key that is missing is named, and what is shown cannot be guessed."""

import pytest
from cryptography.exceptions import InvalidTag
from temporalio.api.common.v1 import Payload

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
