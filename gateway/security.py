"""Who asks: a bearer token checked against the key set, and the one policy asked for every staff route."""

import re
from pathlib import Path
from typing import Annotated

import jwt
import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domain.access import ROLES, Action, Actor, may
from domain.errors import Rejected
from wiring.settings import Settings

LEEWAY = 60  # seconds between our clock and the issuer's
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # as a key worker is named in events
BEARER = HTTPBearer(auto_error=False, description="A staff token: EdDSA-signed JWT with `sub` and `role`.")
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]

log = structlog.stdlib.get_logger()


class Keys:
    """The key set of the token issuer; read again when a token names a key that is not in it (rotation)."""

    def __init__(self, settings: Settings) -> None:
        self._path: Path = settings.secrets_dir / "jwks.json"
        self._issuer = settings.token_issuer
        self._audience = settings.token_audience
        self._set = self._read()

    def actor(self, token: str) -> Actor:
        """Return who holds the token; raise `Rejected` when it does not hold."""
        try:
            claims = jwt.decode(
                token,
                self._key(jwt.get_unverified_header(token).get("kid")),
                algorithms=["EdDSA"],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except jwt.PyJWTError as fault:
            raise _unknown(type(fault).__name__) from fault
        if claims.get("role") not in ROLES or not NAME.fullmatch(str(claims["sub"])):
            raise _unknown("role or sub is not one of ours")
        return Actor(name=claims["sub"], role=claims["role"])

    def _key(self, kid: object) -> jwt.PyJWK:
        if not any(key.key_id == kid for key in self._set.keys):
            self._set = self._read()
        for key in self._set.keys:
            if key.key_id == kid:
                return key
        raise jwt.InvalidTokenError("unknown key")

    def _read(self) -> jwt.PyJWKSet:
        return jwt.PyJWKSet.from_json(self._path.read_text(encoding="utf-8"))


class Policy:
    """What a route needs the actor to be allowed; a test finds one on every staff route."""

    action: Action

    def check(self, actor: Actor, holder: str | None, route: str) -> None:
        """Refuse an actor who may not, and log who was refused what."""
        if not may(actor, self.action, holder):
            log.warning("denied", actor=actor.code, action=self.action, route=route)
            who = f"{'an' if actor.role.startswith('a') else 'a'} {actor.role}"
            raise Rejected(
                "not-allowed",
                f"{who} may not do this{' for a family held by others' if actor.role == 'key-worker' else ''}",
                "ask someone whose role allows it",
            )


class Allow(Policy):
    """Admit actors who may do `action`; with `own`, a key worker too, who then sees only families of their own."""

    def __init__(self, action: Action, *, own: bool = False) -> None:
        self.action = action
        self._own = own

    async def __call__(self, request: Request, token: Token) -> Actor:
        """Return the actor."""
        actor = authenticate(request, token)
        self.check(actor, actor.name if self._own else None, request.scope["route"].path)
        return actor


def authenticate(request: Request, token: HTTPAuthorizationCredentials | None) -> Actor:
    """Return who asks, or refuse."""
    if token is None:
        raise _unknown("no bearer token")
    keys: Keys = request.app.state.parts.keys
    return keys.actor(token.credentials)


def _unknown(why: str) -> Rejected:
    log.info("unauthenticated", why=why)
    return Rejected("unauthenticated", "the token is missing or does not hold", "log in again: journeys login")
