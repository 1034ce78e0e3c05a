"""Messages through GOV.UK Notify, by its own client.

Tested against a local stand-in of the documented API (https://docs.notifications.service.gov.uk/rest-api.html) and
against nothing else: no message has been sent through the real service.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Literal

import httpx
from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from temporalio.exceptions import ApplicationError

from activities.delivery.protocol import Receiver
from activities.delivery.templates import Message
from activities.messages import NOTIFY_REFUSED
from domain.channels import ChannelName, is_email
from wiring.keys import secret_text
from wiring.settings import Settings

READ_SECONDS = 5  # for each answer; the attempt as a whole has its own limit
AT_ONCE = 8  # the client blocks, so each call takes a thread
FINAL = range(400, 500)
NOT_FINAL = frozenset({408, 429})  # too slow, too many: later is better

Kind = Literal["email", "sms"]  # of template, in Notify's own words


class NotifyService:
    """One Notify service, by the key in `notify.key`, and one kind of message with its template of the settings."""

    def __init__(self, settings: Settings, kind: Kind) -> None:
        self._kind = kind
        self._url = settings.notify_url
        self.template = settings.notify_templates.get(kind)
        self._key = secret_text(settings.secrets_dir, "notify.key")
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"notify-{kind}")

    def lacks(self, template: str | None, to: Sequence[str]) -> str | None:
        """Return why nothing can be handed over: no key, no template, or no address."""
        if self._key is None or template is None:
            return "no-notify-service"
        return None if to else "no-address"

    async def send(self, key: str, to: str, template: str | None, says: Mapping[str, object], *, again: bool) -> None:
        """Hand over what fills the template, under the reference `key`; raise on any failure.

        Notify takes a reference twice. So when an earlier try may have arrived (`again`), it is asked first.
        """
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._send, key, to, template, dict(says), again)

    def _send(self, key: str, to: str, template: str | None, says: dict[str, object], again: bool) -> None:  # noqa: FBT001 - an executor passes no names
        # A client of its own for each call: it is not safe to share between threads.
        client: Any = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self._key, base_url=self._url, timeout=READ_SECONDS
        )
        client.request_session.max_redirects = 0
        send = {"email": client.send_email_notification, "sms": client.send_sms_notification}[self._kind]
        try:
            if again and client.get_all_notifications(reference=key)["notifications"]:
                return
            send(to, template, personalisation=says, reference=key)
        except APIError as fault:
            if fault.response is None:  # no answer: it may have arrived
                raise
            final = fault.status_code in FINAL and fault.status_code not in NOT_FINAL
            raise ApplicationError(
                f"Notify answered {fault.status_code}", type=NOTIFY_REFUSED, non_retryable=final
            ) from fault
        finally:
            client.request_session.close()


class GovukNotify:
    """The channel `govuk-notify`: mail by a template that reads ((subject)) and ((body)) and nothing more."""

    name: ClassVar[ChannelName] = "govuk-notify"
    not_arrived = ()

    def __init__(self, settings: Settings, _http: httpx.AsyncClient) -> None:
        self._service = NotifyService(settings, "email")

    def _template(self, receiver: Receiver) -> str | None:
        return receiver.template or self._service.template

    def lacks(self, receiver: Receiver) -> str | None:
        """Return what is missing: our service at Notify, a template, or an address."""
        bad = not all(map(is_email, receiver.to))
        return self._service.lacks(self._template(receiver), receiver.to) or ("bad-address" if bad else None)

    def says(self, message: Message) -> Mapping[str, object]:
        """Return what fills the template."""
        return {"subject": message.subject, "body": message.text}

    async def send(self, key: str, receiver: Receiver, message: Message, *, again: bool) -> None:
        """Hand the message over."""
        says, template = self.says(message), self._template(receiver)
        await self._service.send(key, receiver.to[0], template, says, again=again)
