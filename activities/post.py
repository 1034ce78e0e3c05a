"""The post: mail by SMTP to our own people, signed webhooks to partners; every message carries its effect id."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

import aiosmtplib
import httpx
from jinja2 import Environment, PackageLoader, StrictUndefined
from standardwebhooks.webhooks import Webhook
from temporalio.exceptions import ApplicationError

from activities.messages import PARTNER_REFUSED
from domain.effects import Notify, Remind
from domain.journey import Journey
from wiring.settings import Settings

TIMEOUT_SECONDS = 10
# Faults after which it is certain that the message did not arrive: no connection, or an answer that says so.
NOT_ARRIVED = (
    ApplicationError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPConnectTimeoutError,
    aiosmtplib.SMTPResponseException,
)
GONE = frozenset({400, 401, 403, 404, 410, 422})  # answers that trying again does not mend by itself


class Post:
    """Sends; raises on any failure, so that the activity's retry policy decides."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        # Plain text only, so nothing to escape; a value that is missing is an error, not a blank.
        self._templates = Environment(loader=PackageLoader("activities"), undefined=StrictUndefined, autoescape=False)  # noqa: S701

    @property
    def has_mail(self) -> bool:
        """Whether a mail server is set."""
        return self._settings.smtp_host is not None

    async def mail(self, reminder: Remind, journey: Journey, to: Sequence[str]) -> None:
        """Mail a reminder; it names the family by reference only."""
        text = self._templates.get_template("reminder.txt").render(
            reference=journey.reference,
            work=reminder.work.replace("-", " "),
            due_on=reminder.due_on,
            escalation=reminder.escalation,
            holder=journey.holder,
            reminder_id=reminder.reminder_id,
        )
        subject, _, body = text.partition("\n")
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = ", ".join(to)
        message["Subject"] = subject
        message["Message-ID"] = f"<{reminder.effect_id.replace(':', '.')}@family-journeys>"
        message.set_content(body.lstrip("\n"))
        await aiosmtplib.send(
            message,
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            start_tls=self._settings.smtp_tls,
            timeout=TIMEOUT_SECONDS,
        )

    async def webhook(self, message: Notify, journey: Journey, url: str, secret: str) -> None:
        """Send what the agreed categories allow, signed per Standard Webhooks; the id is the idempotency key."""
        body = json.dumps(content(message, journey))
        at = datetime.now(UTC)
        signature = Webhook(secret).sign(message.effect_id, at, body)
        answer = await self._http.post(
            url,
            content=body,
            headers={
                "content-type": "application/json",
                "webhook-id": message.effect_id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": signature,
            },
        )
        if answer.is_success:
            return
        raise ApplicationError(
            f"{message.partner} answered {answer.status_code}",
            type=PARTNER_REFUSED,
            non_retryable=answer.status_code in GONE,
        )


def content(message: Notify, journey: Journey) -> dict[str, object]:
    """Return the body of a notification: the reference, what happened, and only the categories it was allowed."""
    allowed: dict[str, dict[str, object]] = {
        "stage": {"stage": journey.stage},
        "dates": {"on": message.on.isoformat()},
        "key-worker": {"key_worker": journey.key_worker},
    }
    body: dict[str, object] = {"type": f"family-journeys.{message.about}", "reference": journey.reference}
    for category in message.categories:
        body |= allowed.get(category, {})
    return body
