"""Deliveries made ready: by which channel a message goes to a partner, and to each of our own people; or why not."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx
import structlog
from limits import RateLimitItem
from temporalio.exceptions import ApplicationError

from activities.delivery.channels import CHANNELS
from activities.delivery.protocol import TIMEOUT_SECONDS, Channel, Receiver
from activities.delivery.templates import Message
from domain.channels import ADDRESS_OF, ChannelName
from store.partners import Partner
from store.staff import Colleague
from wiring.settings import Settings

MAIL_SERVER = "mail server"  # a lane of our own people is no partner's name: it holds a space
MAILS_AT_ONCE = 16

log = structlog.stdlib.get_logger("delivery")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one receiver by one channel, under its idempotency key."""

    channel: Channel
    key: str
    receiver: Receiver
    message: Message

    async def send(self, *, again: bool) -> None:
        """Send it, or raise; `again` when an earlier try may have arrived."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self.channel.send(self.key, self.receiver, self.message, again=again)

    def surely_failed(self, fault: BaseException) -> bool:
        """Tell whether it is certain after `fault` that nothing arrived: no connection, or an answer that says so."""
        return isinstance(fault, (ApplicationError, *self.channel.not_arrived))


class DeliveryServices:
    """The channels of this process, as its settings make them."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        made = [each(settings, http) for each in CHANNELS]
        self._channels: dict[ChannelName, Channel] = {channel.name: channel for channel in made}

    def to_partner(self, channel: ChannelName, key: str, receiver: Receiver, message: Message) -> list[Delivery] | str:
        """Return the delivery by the channel that the agreement chose, or why there is none; no other is used."""
        delivery = _delivery(self._channels[channel], key, receiver, message)
        return delivery if isinstance(delivery, str) else [delivery]

    def to_people(self, key: str, people: Sequence[Colleague], message: Message) -> list[Delivery] | str:
        """Return the deliveries to our own people, each by their own channel, or why there is none.

        All who are reached by mail get one mail together, and so does whoever cannot be reached by their own channel:
        a reminder that reaches nobody helps no family.
        """
        own = [(person, self._own(key, person, message)) for person in people]
        apart = [delivery for _, delivery in own if delivery is not None]
        rest = [person.addresses["email"] for person, delivery in own if delivery is None]
        mail = self.by_mail(key, rest, message)
        if isinstance(mail, Delivery):
            return [*apart, mail]
        if apart and rest:
            log.warning("some of our people cannot be reached", key=key, reason=mail, people=len(rest))
        return apart or mail

    def by_mail(self, key: str, to: Sequence[str], message: Message) -> Delivery | str:
        """Return the delivery of one mail to several of our own people, or why there is none."""
        receiver = Receiver(MAIL_SERVER, tuple(to), MAIL_SERVER, at_once=MAILS_AT_ONCE)
        return _delivery(self._channels["email"], key, receiver, message)

    def _own(self, key: str, person: Colleague, message: Message) -> Delivery | None:
        """Return the delivery by a person's own channel; None where that is mail, or where something is missing."""
        channel = self._channels[person.channel]
        if channel.name == "email":
            return None
        receiver = Receiver(person.name, _to(person.channel, person.addresses), f"our people by {channel.name}")
        delivery = _delivery(channel, f"{key}:{person.name}", receiver, message)
        if isinstance(delivery, Delivery):
            return delivery
        log.warning("mailed instead", person=person.name, channel=channel.name, reason=delivery)
        return None


def partner_by(channel: ChannelName, partner: Partner, secrets: Sequence[str], rate: RateLimitItem) -> Receiver:
    """Return a partner as the receiver of a channel; its newest secret signs."""
    return Receiver(
        partner.name,
        _to(channel, partner.addresses),
        lane=partner.name,
        rate=rate,
        secret=secrets[0] if secrets else None,
        template=partner.notify_template,
    )


def _to(channel: ChannelName, addresses: Mapping[str, str]) -> tuple[str, ...]:
    address = addresses.get(ADDRESS_OF[channel].name)
    return () if address is None else (address,)


def _delivery(channel: Channel, key: str, receiver: Receiver, message: Message) -> Delivery | str:
    return channel.lacks(receiver) or Delivery(channel, key, receiver, message)
