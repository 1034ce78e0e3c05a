"""What every channel is to the rest: its name, what it lacks, what it would say, and how it sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import httpx
from limits import RateLimitItem

from activities.delivery.rate_limits import AT_ONCE
from activities.delivery.templates import Message
from domain.channels import ChannelName
from wiring.settings import Settings

TIMEOUT_SECONDS = 10  # of one try


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom one message goes to by one channel: `to` are the addresses of the kind that the channel needs.

    `lane` is what may be slow or away, with how much it is sent: a partner, or a service that reaches our own people.
    """

    name: str
    to: tuple[str, ...]
    lane: str
    rate: RateLimitItem | None = None
    at_once: int = AT_ONCE
    secret: str | None = None
    template: str | None = None


class Channel(Protocol):
    """One way out; made once a process, from its settings."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        """Read what the channel needs of the settings and secrets."""

    @property
    def name(self) -> ChannelName:
        """What agreements and staff call it; `domain/channels.py` says which address it needs."""

    @property
    def not_arrived(self) -> tuple[type[Exception], ...]:
        """Faults after which it is certain that nothing arrived; a refusal is one for every channel."""

    def lacks(self, receiver: Receiver) -> str | None:
        """Return what is missing in our settings or of the receiver, as the reason of a refusal; None: nothing."""

    def says(self, message: Message) -> Mapping[str, object]:
        """Return everything of the message that leaves by this channel."""

    async def send(self, key: str, receiver: Receiver, message: Message, *, again: bool) -> None:
        """Hand the message over under its idempotency key, or raise; `again`: an earlier try may have arrived.

        An answer that will stay the same is an `ApplicationError` that is not retryable, of a type in `FINAL_ANSWERS`.
        """
