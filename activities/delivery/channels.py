"""The way that one message takes: its channel, its receiver's lane, and how it is handed over; or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, assert_never

from limits import RateLimitItem

from activities.delivery import templates, webhook
from activities.delivery.rate_limits import AT_ONCE
from activities.delivery.services import TIMEOUT_SECONDS, Post
from domain.journey.disclosure import disclosed, payload
from domain.journey.effects import Notify
from domain.journey.state import Journey
from domain.programme.programme import Channel
from store.partners import Partner
from wiring.mail_address import is_mail_address


class Send(Protocol):
    """Hands a message over, or raises; `again` when an earlier try may have arrived."""

    async def __call__(self, *, again: bool) -> None:
        """Send."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to send one message, in whose lane and how fast."""

    receiver: str
    send: Send
    rate: RateLimitItem | None = None
    at_once: int = AT_ONCE


def by_mail(  # noqa: PLR0913 - what a mail is made of
    post: Post,
    receiver: str,
    key: str,
    to: Sequence[str],
    words: templates.Words,
    *,
    rate: RateLimitItem | None = None,
    at_once: int = AT_ONCE,
) -> Way | str:
    """Return the way by our mail server; mail cannot be asked what became of an earlier try."""
    mailer = post.mail
    if mailer is None:
        return "no-mail-server"
    if not to:
        return "no-address"
    good = [address for address in to if is_mail_address(address)]
    if not good:
        return "bad-address"

    async def send(*, again: bool) -> None:  # noqa: ARG001 - the Message-ID is the same, and that must do
        await mailer.send(key, good, words, TIMEOUT_SECONDS)

    return Way(receiver, send, rate, at_once)


@dataclass(frozen=True, slots=True)
class ToPartner:
    """Everything needed to reach one partner by any channel."""

    post: Post
    partner: Partner
    secrets: Sequence[str]
    rate: RateLimitItem

    def way(self, channel: Channel, message: Notify, journey: Journey) -> Way | str:
        """Return the way by `channel`, which the agreement chose, or why there is none."""
        match channel:
            case "webhook":
                return self._webhook(message, journey)
            case "email":
                to = [self.partner.email] if self.partner.email else []
                words = templates.notice(disclosed(message, journey))
                return by_mail(self.post, self.partner.name, message.effect_id, to, words, rate=self.rate)
            case "govuk-notify":
                return self._notify(message, journey)
            case _:
                assert_never(channel)

    def _webhook(self, message: Notify, journey: Journey) -> Way | str:
        url = self.partner.webhook_url
        if url is None or not self.secrets:
            return "no-webhook"
        if not webhook.is_safe(url):
            return "webhook-not-https"
        if not webhook.is_public(url, loopback=self.post.loopback):
            return "webhook-not-public"
        told, secret = payload(message, journey), self.secrets[0]

        async def send(*, again: bool) -> None:  # noqa: ARG001 - the receiver drops a `webhook-id` it has had
            await webhook.post(self.post.http, message.effect_id, told, url, secret)

        return Way(self.partner.name, send, self.rate)

    def _notify(self, message: Notify, journey: Journey) -> Way | str:
        notify = self.post.notify
        template = notify.template(self.partner.notify_template)
        if not notify.has_key or template is None:
            return "no-notify-service"
        if self.partner.email is None:
            return "no-address"
        if not is_mail_address(self.partner.email):
            return "bad-address"
        words = templates.notice(disclosed(message, journey))
        send = partial(notify.send, message.effect_id, self.partner.email, template, words)
        return Way(self.partner.name, send, self.rate)
