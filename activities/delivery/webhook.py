"""Webhooks to partners, signed per Standard Webhooks (https://www.standardwebhooks.com)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
from standardwebhooks.webhooks import Webhook
from temporalio.exceptions import ApplicationError

from activities.messages import PARTNER_REFUSED
from wiring.destinations import is_open_host
from wiring.loopback import is_loopback

GONE = frozenset({400, 401, 403, 404, 410, 422})  # answers that trying again does not mend by itself
LONGEST_WAIT = timedelta(hours=1)  # as the workflow's own back-off
NOT_POSTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def is_safe(url: str) -> bool:
    """Tell whether a webhook may be told things: over TLS, or on this machine."""
    parsed = httpx.URL(url)
    return parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host))


def is_public(url: str, *, loopback: bool) -> bool:
    """Tell whether a webhook names a host that messages may go to; what it resolves to is judged when it is sent."""
    return is_open_host(httpx.URL(url).host, loopback=loopback)


async def post(http: httpx.AsyncClient, key: str, told: Mapping[str, object], url: str, secret: str) -> None:
    """Post what is told under the idempotency key `key`; raise unless the answer says that it was taken.

    A redirect is not followed, as it may lead anywhere; and nothing of the answer but its status line and headers
    is read, so that no partner can fill our memory.
    """
    body = json.dumps(told)
    at = datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body),
    }
    async with http.stream("POST", url, content=body, headers=headers, follow_redirects=False) as answer:
        if answer.is_success:
            return
    raise ApplicationError(
        f"answered {answer.status_code}",
        type=PARTNER_REFUSED,
        non_retryable=answer.status_code in GONE,
        next_retry_delay=_asked_for(answer),
    )


def _asked_for(answer: httpx.Response) -> timedelta | None:
    """Return how long the partner asks us to wait, if it says so in seconds."""
    asked = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(asked[:6])), LONGEST_WAIT) if asked.isascii() and asked.isdigit() else None
