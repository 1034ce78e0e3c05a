"""Sealing: AES-256-GCM with a random nonce, bound to the place a text belongs, so that it opens nowhere else."""

import hashlib
import hmac
import secrets
import unicodedata
from typing import Any

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

FORMAT = b"\x01"  # first byte of everything sealed, for the day the way of sealing changes
NONCE = 12
KEY = 32


class Sealer:
    """One key, used to seal and open."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY:
            raise ValueError(f"a key has {KEY} bytes, this one {len(key)}")
        self._cipher = AESGCM(key)
        self._key = key

    def seal(self, secret: bytes, place: str) -> bytes:
        """Return format byte, nonce and ciphertext; `place` names reference and column."""
        nonce = secrets.token_bytes(NONCE)
        return FORMAT + nonce + self._cipher.encrypt(nonce, secret, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for `place`. Raise `cryptography.exceptions.InvalidTag` for anything else."""
        nonce, text = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        return self._cipher.decrypt(nonce, text, place.encode())

    def digest(self, secret: bytes, place: str) -> str:
        """Return a keyed hash (hex): the same secret for the same place has the same, and nobody can try guesses."""
        key = derived(self._key, "digest of what is sealed")
        return hmac.digest(key, place.encode() + b"\0" + secret, hashlib.sha256).hex()

    def seal_json(self, value: Any, place: str) -> bytes:
        """Seal a JSON value for `place`."""
        return self.seal(orjson.dumps(value), place)

    def open_json(self, sealed: bytes, place: str) -> Any:
        """Return a JSON value that was sealed for `place`."""
        return orjson.loads(self.open(sealed, place))


def derived(key: bytes, purpose: str) -> bytes:
    """Return a key of its own for one purpose (HKDF, RFC 5869): nothing made with one says anything of another."""
    return HKDFExpand(algorithm=hashes.SHA256(), length=KEY, info=purpose.encode()).derive(key)


def keyed_hash(key: bytes, scheme: str, identifier: str) -> bytes:
    """Return HMAC-SHA256 of a scheme and an identifier in its one spelling: 32 bytes."""
    return hmac.digest(key, f"{scheme}\0{normal(scheme, identifier)}".encode(), hashlib.sha256)


def normal(scheme: str, identifier: str) -> str:
    """Return the one spelling of an identifier, without the spaces, dashes and cases it is written with.

    A police reference keeps its punctuation, which tells two of them apart; a UPRN loses leading zeros.
    """
    text = unicodedata.normalize("NFKC", identifier).strip()
    match scheme:
        case "person":
            return " ".join(text.casefold().split())
        case "police-urn":
            return "".join(text.upper().split())
        case "uprn":
            return "".join(filter(str.isalnum, text)).lstrip("0")
        case _:
            return "".join(filter(str.isalnum, text.upper()))
