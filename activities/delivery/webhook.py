"""Webhooks to partners, signed per Standard Webhooks (https://www.standardwebhooks.com)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import httpx
from standardwebhooks.webhooks import Webhook as Signer
from temporalio.exceptions import ApplicationError

from activities.delivery.protocol import Receiver
from activities.delivery.templates import Message
from activities.messages import PARTNER_REFUSED
from domain.channels import ChannelName
from domain.loopback import is_loopback
from wiring.destinations import is_open_host
from wiring.settings import Settings

GONE = frozenset({400, 401, 403, 404, 410, 422})  # answers that trying again does not mend by itself
LONGEST_WAIT = timedelta(hours=1)  # as the workflow's own back-off


class Webhook:
    """The channel `webhook`; the receiver drops a `webhook-id` it has had, so a repeat needs no question."""

    name: ClassVar[ChannelName] = "webhook"
    not_arrived = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._http = http
        self._loopback = settings.webhook_loopback

    def lacks(self, receiver: Receiver) -> str | None:
        """Return why nothing can be posted: no URL, no secret to sign with, no TLS, or a network that is not public."""
        if not receiver.to or receiver.secret is None:
            return "no-webhook"
        if not is_safe(receiver.to[0]):
            return "webhook-not-https"
        open_ = is_open_host(httpx.URL(receiver.to[0]).host, loopback=self._loopback)
        return None if open_ else "webhook-not-public"  # what its name resolves to is judged when it is sent

    def says(self, message: Message) -> Mapping[str, object]:
        """Return the body."""
        return message.payload

    async def send(self, key: str, receiver: Receiver, message: Message, *, again: bool) -> None:  # noqa: ARG002 - see above
        """Post the message; raise unless the answer says that it was taken.

        A redirect is not followed, as it may lead anywhere; and nothing of the answer but its status line and headers
        is read, so that no partner can fill our memory.
        """
        body = json.dumps(self.says(message))
        headers = _signed(key, body, receiver.secret or "")
        url = receiver.to[0]
        async with self._http.stream("POST", url, content=body, headers=headers, follow_redirects=False) as answer:
            if answer.is_success:
                return
        raise ApplicationError(
            f"answered {answer.status_code}",
            type=PARTNER_REFUSED,
            non_retryable=answer.status_code in GONE,
            next_retry_delay=_asked_for(answer),
        )


def is_safe(url: str) -> bool:
    """Tell whether a webhook may be told things: over TLS, or on this machine."""
    parsed = httpx.URL(url)
    return parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host))


def _signed(key: str, body: str, secret: str) -> dict[str, str]:
    at = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(secret).sign(key, at, body),
    }


def _asked_for(answer: httpx.Response) -> timedelta | None:
    """Return how long the partner asks us to wait, if it says so in seconds."""
    asked = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(asked[:6])), LONGEST_WAIT) if asked.isascii() and asked.isdigit() else None
