"""Who asks: a bearer token checked against the key set, and the one policy asked for every staff route."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import jwt
import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domain.access import Action, Actor, may
from domain.errors import Rejected
from gateway.http.jwks import key_set
from gateway.http.staff_claims import actor_of
from wiring.settings import Settings

LEEWAY = 60  # seconds between our clock and the issuer's
BEARER = HTTPBearer(auto_error=False, description="A staff token: a signed JWT with `sub` and `role`.")
Token = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]

log = structlog.stdlib.get_logger()


# A key set says which of these each key is for; a key that both sides know, as HS256 needs, is none of them.
SIGNATURES = ["EdDSA", "ES256", "PS256", "RS256"]


@dataclass(frozen=True, slots=True)
class Session:
    """Who holds a token, and until when it is valid."""

    actor: Actor
    until: datetime


class Tokens:
    """Reads staff tokens by the keys of their issuer."""

    def __init__(self, settings: Settings) -> None:
        self._keys = key_set(settings)
        self._issuer = settings.token_issuer
        self._audience = settings.token_audience
        self._longest = settings.token_longest
        self._name_claim, self._role_claim = settings.token_name_claim, settings.token_role_claim

    async def session(self, token: str, *, quietly: bool = False) -> Session:
        """Return who holds the token; raise `Rejected` when it does not hold, `quietly` where that is asked again."""
        try:
            claims = jwt.decode(
                token,
                await self._keys.key(jwt.get_unverified_header(token).get("kid")),
                algorithms=SIGNATURES,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "iss", "aud"]},
            )
        except jwt.ExpiredSignatureError as fault:
            raise _unknown("ExpiredSignatureError", "the token has expired", quietly=quietly) from fault
        except (jwt.PyJWTError, OverflowError) as fault:
            raise _unknown(type(fault).__name__, quietly=quietly) from fault
        if claims["exp"] - claims["iat"] > self._longest.total_seconds():
            told = f"the token is good for more than {self._longest.total_seconds() / 3600:g} hours, the most it may be"
            raise _unknown("too long a lifetime", told, quietly=quietly)
        actor = actor_of(claims, self._name_claim, self._role_claim)
        if actor is None:
            raise _unknown("name or role is not one we know", quietly=quietly)
        return Session(actor, datetime.fromtimestamp(claims["exp"], UTC))


class Policy:
    """What a route needs the actor to be allowed; a test finds one on every staff route."""

    action: Action

    def check(self, actor: Actor, holder: str | None, route: str) -> None:
        """Refuse an actor who may not, and log who was refused what."""
        if not may(actor, self.action, holder):
            log.info("not allowed", action=self.action, route=route)  # the refusal itself is logged where all are
            who = f"{'an' if actor.role.startswith('a') else 'a'} {actor.role}"
            others = " for a family that others hold" if may(actor, self.action, actor.name) else ""
            raise Rejected("not-allowed", f"{who} may not do this{others}", "ask somebody whose role allows it")


class Allow(Policy):
    """Admit actors who may do `action`; with `own`, a key worker too, who then sees only families of their own."""

    def __init__(self, action: Action, *, own: bool = False) -> None:
        self.action = action
        self._own = own

    async def __call__(self, request: Request, token: Token) -> Actor:
        """Return the actor."""
        actor = await authenticate(request, token)
        self.check(actor, actor.name if self._own else None, request.scope["route"].path)
        return actor


async def authenticate(request: Request, token: HTTPAuthorizationCredentials | None) -> Actor:
    """Return who asks, or refuse."""
    if token is None:
        raise _unknown("no bearer token")
    tokens: Tokens = request.app.state.services.tokens
    session = await tokens.session(token.credentials)
    request.state.token_until = session.until
    structlog.contextvars.bind_contextvars(who=session.actor.code)  # in every later line of this request
    return session.actor


def _unknown(why: str, told: str = "the token is missing or invalid", *, quietly: bool = False) -> Rejected:
    if not quietly:
        log.info("unauthenticated", why=why)
    return Rejected("unauthenticated", told, "log in again: journeys login")
