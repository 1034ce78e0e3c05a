"""Mail by SMTP: to our own people, and to partners whose agreement names that channel."""

import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import ClassVar

import aiosmtplib
import httpx
import structlog
from temporalio.exceptions import ApplicationError

from activities.delivery.protocol import TIMEOUT_SECONDS, Receiver
from activities.delivery.templates import Message
from activities.messages import MAIL_REFUSED
from domain.channels import ChannelName, is_email
from domain.loopback import is_loopback
from wiring.keys import BadSecretError, secret_text
from wiring.settings import Settings

# Faults after which it is certain that no message arrived: nobody was reached, or no message was accepted.
NOT_MAILED = (
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPConnectTimeoutError,
    aiosmtplib.SMTPResponseException,
    aiosmtplib.SMTPRecipientsRefused,
    ssl.SSLError,
)
FINAL = 500  # SMTP's answers from here on stay the same however often one asks (RFC 5321, section 4.2.1)

log = structlog.stdlib.get_logger("mail")


class Mailer:
    """One mail server, as the settings name it; a fault of the settings is found when it is made."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._user = secret_text(settings.secrets_dir, "smtp.user")
        self._password = secret_text(settings.secrets_dir, "smtp.password")
        exposed = settings.smtp_tls == "none" and not is_loopback(settings.smtp_host or "")
        if self._user and exposed:
            raise BadSecretError("smtp.user is set but JOURNEYS_SMTP_TLS is none; set it to starttls or tls")
        self._tls = ssl.create_default_context(cafile=settings.smtp_ca_file)

    async def send(
        self, key: str, to: Sequence[str], message: Message, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        """Mail `message` under the idempotency key `key`; raise on any failure."""
        chosen = self._settings
        try:
            refused, _ = await aiosmtplib.send(
                self._envelope(key, to, message),
                hostname=chosen.smtp_host,
                port=chosen.smtp_port,
                use_tls=chosen.smtp_tls == "tls",
                start_tls=chosen.smtp_tls == "starttls",
                tls_context=None if chosen.smtp_tls == "none" else self._tls,
                username=self._user,
                password=self._password,
                timeout=timeout_seconds,
            )
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused) as fault:
            if _is_final(fault):
                raise ApplicationError(
                    f"the mail server refused {key}", type=MAIL_REFUSED, non_retryable=True
                ) from fault
            raise
        if refused:
            log.warning("some addresses were refused", key=key, refused=len(refused), of=len(to))

    def _envelope(self, key: str, to: Sequence[str], message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._settings.mail_from
        mail["To"] = ", ".join(to)
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = message_id(key, self._settings.mail_from)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        return mail


class Email:
    """The channel `email`. A mail server cannot be asked what became of an earlier try: the Message-ID must do."""

    name: ClassVar[ChannelName] = "email"
    not_arrived = NOT_MAILED

    def __init__(self, settings: Settings, _http: httpx.AsyncClient) -> None:
        self._mailer = Mailer(settings) if settings.smtp_host else None

    def lacks(self, receiver: Receiver) -> str | None:
        """Return what is missing: a mail server, or an address."""
        if self._mailer is None:
            return "no-mail-server"
        if not receiver.to:
            return "no-address"
        return None if any(map(is_email, receiver.to)) else "bad-address"

    def says(self, message: Message) -> Mapping[str, object]:
        """Return the subject, and the body in both forms."""
        return {"subject": message.subject, "text": message.text, "html": message.html}

    async def send(self, key: str, receiver: Receiver, message: Message, *, again: bool) -> None:  # noqa: ARG002 - see above
        """Mail the message, one mail to all addresses that mail can be made of."""
        if self._mailer is None:
            raise RuntimeError("there is no mail server")
        await self._mailer.send(key, [address for address in receiver.to if is_email(address)], message)


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of an effect: the same at every try."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{key.replace(':', '.')}@{domain}>"


def _is_final(fault: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused) -> bool:
    """Tell whether another try is useless; what is wrong with our credentials or sender is ours to mend meanwhile."""
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        return all(one.code >= FINAL for one in fault.recipients)
    return fault.code >= FINAL and isinstance(fault, aiosmtplib.SMTPDataError)
