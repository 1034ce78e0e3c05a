"""Text messages through GOV.UK Notify; tested as `govuk_notify.py` is, and nothing was ever sent."""

from collections.abc import Mapping
from typing import ClassVar

import httpx

from activities.delivery.govuk_notify import NotifyService
from activities.delivery.protocol import Receiver
from activities.delivery.templates import Message
from domain.channels import ChannelName
from wiring.settings import Settings


class Sms:
    """The channel `sms`: the subject of a message and no more, by a template of the settings that reads ((body)).

    Whoever picks up the phone may read it: the subject names a family by reference, the work or event, and nobody.
    """

    name: ClassVar[ChannelName] = "sms"
    not_arrived = ()

    def __init__(self, settings: Settings, _http: httpx.AsyncClient) -> None:
        self._service = NotifyService(settings, "sms")

    def lacks(self, receiver: Receiver) -> str | None:
        """Return what is missing: our service at Notify, its template for text messages, or a mobile number."""
        return self._service.lacks(self._service.template, receiver.to)

    def says(self, message: Message) -> Mapping[str, object]:
        """Return what fills the template."""
        return {"body": message.subject}

    async def send(self, key: str, receiver: Receiver, message: Message, *, again: bool) -> None:
        """Hand the message over."""
        await self._service.send(key, receiver.to[0], self._service.template, self.says(message), again=again)
