"""The payload codec: every Temporal payload is AES-256-GCM ciphertext, so the server never holds the path in clear.

A payload names the key it was encrypted with, so that keys rotate: the current key encrypts, every known one decrypts.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import PayloadCodec

ENCODING = b"binary/encrypted"
NONCE_BYTES = 12
DIGEST = b"digest:"  # what the key is used for besides encryption


class UnknownKeyError(Exception):
    """A payload was encrypted with a key that this process does not hold."""


def codec_of(client: Client) -> "EncryptionCodec":
    """Return the codec that a client of ours encrypts with."""
    codec = client.data_converter.payload_codec
    if not isinstance(codec, EncryptionCodec):
        raise TypeError("the client has no codec; make it by wiring.temporal.connect")
    return codec


class EncryptionCodec(PayloadCodec):
    """Encrypts and decrypts whole payloads; the key id is authenticated with the ciphertext."""

    def __init__(self, current: str, keys: dict[str, bytes]) -> None:
        self._current = current
        self._key = keys[current]
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read `{"current": id, "keys": {id: base64 of 32 bytes}}`."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["current"], {name: base64.b64decode(key) for name, key in content["keys"].items()})

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload with the current key."""
        return [self._encrypted(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Decrypt what this codec encrypted; anything else passes as it is."""
        return [
            self._decrypted(payload) if payload.metadata.get("encoding") == ENCODING else payload
            for payload in payloads
        ]

    def digest(self, content: bytes) -> str:
        """Return a short hash by the current key, for what Temporal shows: a plain one could be guessed from codes."""
        return hmac.new(self._key, DIGEST + content, hashlib.sha256).hexdigest()[:16]

    def _encrypted(self, payload: Payload) -> Payload:
        nonce = os.urandom(NONCE_BYTES)
        key_id = self._current.encode()
        sealed = self._ciphers[self._current].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, "encryption-key-id": key_id}, data=nonce + sealed)

    def _decrypted(self, payload: Payload) -> Payload:
        key_id = payload.metadata["encryption-key-id"]
        cipher = self._ciphers.get(key_id.decode())
        if cipher is None:
            raise UnknownKeyError(f"no codec key {key_id.decode()}; add it to the keys of codec.key")
        plain = cipher.decrypt(payload.data[:NONCE_BYTES], payload.data[NONCE_BYTES:], key_id)
        return Payload.FromString(plain)
