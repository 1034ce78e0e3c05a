"""Mail through GOV.UK Notify, by its own client.

Tested against a local stand-in of the documented API (https://docs.notifications.service.gov.uk/rest-api.html) and
against nothing else: no message has been sent through the real service.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient
from temporalio.exceptions import ApplicationError

from activities.delivery.templates import Words
from activities.messages import PARTNER_REFUSED
from wiring.keys import secret_text
from wiring.settings import Settings

READ_SECONDS = 5  # for each answer; the attempt as a whole has its own limit
AT_ONCE = 8  # the client blocks, so each call takes a thread
FINAL = range(400, 500)
NOT_FINAL = frozenset({408, 429})  # too slow, too many: later is better


class GovukNotify:
    """One Notify service, by the key in `notify.key`; `has_key` tells whether there is one."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.notify_url
        self._template = settings.notify_template
        self._key = secret_text(settings.secrets_dir, "notify.key")
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="notify")

    @property
    def has_key(self) -> bool:
        """Whether a key is set."""
        return self._key is not None

    def template(self, of_partner: str | None) -> str | None:
        """Return the id of the template to use: the partner's own, else that of the settings."""
        return of_partner or self._template

    async def send(self, key: str, to: str, template: str, words: Words, *, again: bool) -> None:
        """Hand `words` over under the reference `key`; raise on any failure.

        Notify takes a reference twice. So when an earlier try may have arrived (`again`), it is asked first.
        """
        await asyncio.get_running_loop().run_in_executor(self._threads, self._send, key, to, template, words, again)

    def _send(self, key: str, to: str, template: str, words: Words, again: bool) -> None:  # noqa: FBT001 - an executor passes no names
        # A client of its own for each call: it is not safe to share between threads.
        client: Any = NotificationsAPIClient(  # type: ignore[no-untyped-call]
            self._key, base_url=self._url, timeout=READ_SECONDS
        )
        client.request_session.max_redirects = 0
        try:
            if again and client.get_all_notifications(reference=key)["notifications"]:
                return
            client.send_email_notification(
                email_address=to, template_id=template, personalisation=personalisation(words), reference=key
            )
        except APIError as fault:
            if fault.response is None:  # no answer: it may have arrived
                raise
            final = fault.status_code in FINAL and fault.status_code not in NOT_FINAL
            raise ApplicationError(
                f"Notify answered {fault.status_code}", type=PARTNER_REFUSED, non_retryable=final
            ) from fault
        finally:
            client.request_session.close()


def personalisation(words: Words) -> dict[str, str]:
    """Return what fills the template at Notify, which is to read ((subject)) and ((body)) and nothing more."""
    return {"subject": words.subject, "body": words.text}
