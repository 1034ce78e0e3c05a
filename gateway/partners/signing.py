"""Who signed: the partner that a request names, held to its live secrets, its standing and its allowance."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from fastapi import Request
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.errors import Rejected
from gateway.services import Served, Services
from store import partners

SOURCE = re.compile(r"/partners/([a-z0-9][a-z0-9-]{0,63})")
WEBHOOK_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True)
class Signer:
    """A partner whose signature holds."""

    partner: str


def named(source: object) -> str | None:
    """Return the partner that a source names, or None."""
    found = SOURCE.fullmatch(source) if isinstance(source, str) else None
    return found[1] if found else None


async def signer(
    services: Services, partner: str, headers: Mapping[str, str], body: bytes, signed_as: str | None = None
) -> Signer:
    """Hold a request to the partner's secrets; an unknown partner is answered like a wrong signature.

    Only who signed learns that it is suspended, and only what is signed counts against the partner's allowance.
    `signed_as` is what `webhook-id` must be where something beside the body is to be covered by the signature.
    """
    structlog.contextvars.bind_contextvars(who=f"partner:{partner}")  # as the request claims, until it is verified
    if signed_as is not None and headers.get("webhook-id") != signed_as:
        remedy = f"set webhook-id to {signed_as} and sign that, so that the signature covers what is not in the body"
        raise Rejected("bad-signature", "webhook-id does not match what was sent", remedy)
    async with services.pool.acquire() as conn:
        secrets = await partners.secrets_of(conn, services.vault, partner, suspended_too=True)
        known = await partners.get(conn, partner)
    if known is None or not await asyncio.to_thread(is_signed, body, headers, secrets):
        remedy = "sign it with the partner's secret (Standard Webhooks), and send it within five minutes"
        raise Rejected("bad-signature", "the signature is invalid, expired or from an unknown partner", remedy)
    if known.suspended:
        raise Rejected("partner-suspended", f"{partner} is suspended", "ask the council to resume it, then send again")
    await services.throttle.request(partner)
    return Signer(partner)


class Signed:
    """Admit a partner that signed a request without a body; it says who it is in `ce-source`, as its events do.

    Its `webhook-id` is the path with its query, so that the signature covers what is asked: who catches one question
    cannot ask another.
    """

    async def __call__(self, request: Request, services: Served) -> Signer:
        """Return who signed, or refuse."""
        partner = named(request.headers.get("ce-source", ""))
        if partner is None:
            raise Rejected("bad-signature", "no partner is named", "set the header ce-source to /partners/<name>")
        return await signer(services, partner, request.headers, b"", signed_as=_asked(request))


def _asked(request: Request) -> str:
    """Return the path with its query as they were sent."""
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return (path + b"?" * bool(query) + query).decode("latin-1")


def is_signed(body: bytes, headers: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Tell whether one of the secrets made the signature, compared in constant time; it may be five minutes off."""
    return any(_holds(body, headers, secret) for secret in secrets)


def _holds(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # the library lets a malformed signature out as ValueError
        return False
    return True
