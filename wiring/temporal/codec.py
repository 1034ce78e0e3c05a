"""The payload codec: each Temporal payload is AES-256-GCM ciphertext, sealed for one workflow and one activity.

The server never holds the path in clear, and nobody without the key makes a payload that we take: the workflow's id
and the activity's name are authenticated with the ciphertext, so that a copy opens nowhere else. A payload names the
key it was encrypted with, so that keys rotate: the current key encrypts, every known one decrypts.

Earlier releases bound nothing. What they sealed is handed on marked, with the moment after which it was sealed by
nobody of ours (`bound_since` in codec.key); `wiring.temporal.doorkeeper` takes it in what happened before that moment.
"""

import base64
import copy
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from wiring.temporal import seals

NONCE_BYTES = 12
DIGEST = b"digest:"  # what the key is used for besides encryption
# The first release that binds. A codec.key without `bound_since` was not looked at by it: `journeys up` and
# deploy/make_secrets.py write the moment of the upgrade.
BOUND = datetime(2026, 12, 2, tzinfo=UTC)


class UnknownKeyError(Exception):
    """A payload was encrypted with a key that this process does not hold."""


class PlainError(Exception):
    """A payload is not encrypted, so none of our processes made it."""


def codec_of(client: Client) -> "EncryptionCodec":
    """Return the codec that a client of ours encrypts with."""
    codec = client.data_converter.payload_codec
    if not isinstance(codec, EncryptionCodec):
        raise TypeError("the client has no codec; make it by wiring.temporal.connect")
    return codec


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Encrypts and decrypts whole payloads; the key id and whom it is for are authenticated with the ciphertext."""

    def __init__(self, current: str, keys: dict[str, bytes], bound_since: datetime = BOUND) -> None:
        self._current = current
        self._key = keys[current]
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._bound_since = bound_since
        self._for: seals.Place | None = None

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `{"current": id, "keys": {id: base64 of 32 bytes}, "bound_since": moment}`; the last may be left out."""
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
        since = content.get("bound_since")
        return cls(content["current"], keys, datetime.fromisoformat(since) if since else BOUND)

    def with_context(self, context: SerializationContext) -> Self:
        """Return a codec for the payloads of one workflow, or of one activity of it."""
        bound = copy.copy(self)
        if isinstance(context, WorkflowSerializationContext):
            bound._for = (context.workflow_id, "")  # noqa: SLF001 - a copy of ourselves
        elif isinstance(context, ActivitySerializationContext):
            bound._for = (context.workflow_id or "", context.activity_type or "")  # noqa: SLF001 - likewise
        return bound

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload with the current key, for where it is going."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Decrypt what was sealed for here; in place of anything else comes a payload that says why it is refused.

        It must not raise while a workflow runs: that would fail the task, again and again, of a journey that
        somebody else's payload was sent to.
        """
        if self._for is None:
            return [self._opened(payload) for payload in payloads]
        return [self._opened_or_refused(payload) for payload in payloads]

    def digest(self, content: bytes) -> str:
        """Return a short hash by the current key, for what Temporal shows: a plain one could be guessed from codes."""
        return hmac.new(self._key, DIGEST + content, hashlib.sha256).hexdigest()[:16]

    def unbound(self, payload: Payload) -> Payload:
        """Encrypt as releases before `BOUND` did; what reads it must still be tested."""
        nonce, key_id = os.urandom(NONCE_BYTES), self._current.encode()
        sealed = self._ciphers[self._current].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": seals.ENCRYPTED, "encryption-key-id": key_id}, data=nonce + sealed)

    def _encrypted(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(NONCE_BYTES), self._current.encode()
        sealed = self._ciphers[self._current].encrypt(nonce, payload.SerializeToString(), self._bound_to(key_id))
        metadata = {"encoding": seals.ENCRYPTED, "encryption-key-id": key_id, "seal": seals.BOUND}
        return Payload(metadata=metadata, data=nonce + sealed)

    def _opened_or_refused(self, payload: Payload) -> Payload:
        try:
            return self._opened(payload)
        except PlainError:
            return self._refusal("plain")
        except UnknownKeyError as fault:
            return self._refusal("unknown-key", str(fault))
        except (InvalidTag, DecodeError, ValueError):
            return self._refusal("not-for-here")

    def _opened(self, payload: Payload) -> Payload:
        """Decrypt one payload, or raise why that cannot be."""
        if payload.metadata.get("encoding") != seals.ENCRYPTED:
            raise PlainError("the payload is not encrypted")
        key_id = payload.metadata.get("encryption-key-id", b"")
        cipher = self._ciphers.get(key_id.decode(errors="replace"))
        if cipher is None:
            raise UnknownKeyError(f"no codec key {key_id.decode(errors='replace')}; add it to the keys of codec.key")
        nonce, sealed = payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:]
        match payload.metadata.get("seal"):
            case None:
                return seals.unbound(cipher.decrypt(nonce, sealed, key_id), self._bound_since, self._here)
            case seals.BOUND:
                return Payload.FromString(cipher.decrypt(nonce, sealed, self._bound_to(key_id)))
            case form:
                raise ValueError(f"a payload is sealed in a form that this release does not know: {form!r}")

    def _refusal(self, why: str, remedy: str = "") -> Payload:
        return seals.refusal(why, remedy, self._here)

    @property
    def _here(self) -> seals.Place:
        return self._for or seals.NOWHERE

    def _bound_to(self, key_id: bytes) -> bytes:
        """Return what is authenticated besides the payload: the form, the key, the workflow and the activity."""
        return json.dumps([seals.BOUND.decode(), key_id.decode(), *self._here]).encode()
