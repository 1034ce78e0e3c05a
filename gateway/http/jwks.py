"""The public keys of whoever signs staff tokens: from a file, or from the address where the issuer publishes them."""

import asyncio
import time
from typing import Protocol
from urllib.parse import urlsplit

import jwt
import structlog
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError

from wiring.settings import Settings
from wiring.temporal.journeys import Unavailable

FRESH = 300.0  # seconds for which a key set from an address is trusted without asking again
SOONEST = 10.0  # seconds between two questions, so that made-up key ids cannot drive us to the issuer
TIMEOUT = 5.0  # seconds for one answer of the issuer
LOOPBACK = frozenset(["127.0.0.1", "::1", "localhost"])

log = structlog.stdlib.get_logger()


class KeySet(Protocol):
    """Where a key is found by its id."""

    async def key(self, kid: object) -> jwt.PyJWK:
        """Return the key; raise `jwt.InvalidTokenError` where there is none, `Unavailable` when nobody can tell."""
        ...


def key_set(settings: Settings) -> KeySet:
    """Return the key set of the settings; an address must be https, except on this machine."""
    if settings.jwks_url is None:
        return FileKeys(settings)
    place = urlsplit(settings.jwks_url)
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
        raise ValueError(f"JOURNEYS_JWKS_URL {settings.jwks_url} is not https; use the issuer's https address")
    return UrlKeys(settings.jwks_url)


class FileKeys:
    """Keys of `jwks.json` in the secrets folder, read again when a token names one that is not in it (rotation)."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.secrets_dir / "jwks.json"
        self._set = self._read()

    async def key(self, kid: object) -> jwt.PyJWK:
        """Return the key."""
        if _find(self._set, kid) is None:
            self._set = self._read()
        return _found(self._set, kid)

    def _read(self) -> jwt.PyJWKSet:
        return jwt.PyJWKSet.from_json(self._path.read_text(encoding="utf-8"))


class UrlKeys:
    """Keys of the issuer's address; the last known ones serve while it does not answer."""

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=TIMEOUT)
        self._set: jwt.PyJWKSet | None = None
        self._asked = self._read = float("-inf")
        self._turn = asyncio.Lock()

    async def key(self, kid: object) -> jwt.PyJWK:
        """Return the key."""
        async with self._turn:
            now = time.monotonic()
            unknown = self._set is None or _find(self._set, kid) is None
            if now - self._asked > SOONEST and (unknown or now - self._read > FRESH):
                self._asked = now
                await self._ask()
        if self._set is None:
            raise Unavailable("the issuer of staff tokens does not publish its keys at the moment")
        return _found(self._set, kid)

    async def _ask(self) -> None:
        try:
            self._set = await asyncio.to_thread(self._client.get_jwk_set)
            self._read = time.monotonic()
        except (PyJWKClientConnectionError, PyJWKClientError, jwt.PyJWKSetError, ValueError) as fault:
            log.warning("no keys from the issuer", error=type(fault).__name__)


def _find(known: jwt.PyJWKSet, kid: object) -> jwt.PyJWK | None:
    return next((key for key in known.keys if kid is not None and key.key_id == kid), None)


def _found(known: jwt.PyJWKSet, kid: object) -> jwt.PyJWK:
    key = _find(known, kid)
    if key is None:
        raise jwt.InvalidTokenError("unknown key")
    return key
