"""Mail by SMTP: to our own people, and to partners whose agreement names that channel."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib
import structlog
from temporalio.exceptions import ApplicationError

from activities.delivery.templates import Words
from activities.messages import MAIL_REFUSED
from wiring.keys import BadSecretError, secret_text
from wiring.loopback import is_loopback
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

    async def send(self, key: str, to: Sequence[str], words: Words, timeout_seconds: float) -> None:
        """Mail `words` under the idempotency key `key`; raise on any failure."""
        chosen = self._settings
        try:
            refused, _ = await aiosmtplib.send(
                self._message(key, to, words),
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

    def _message(self, key: str, to: Sequence[str], words: Words) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = ", ".join(to)
        message["Subject"] = words.subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = message_id(key, self._settings.mail_from)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(words.text)
        message.add_alternative(words.html, subtype="html")
        return message


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of an effect: the same at every try."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{key.replace(':', '.')}@{domain}>"


def _is_final(fault: aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused) -> bool:
    """Tell whether another try is useless; what is wrong with our credentials or sender is ours to mend meanwhile."""
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        return all(one.code >= FINAL for one in fault.recipients)
    return fault.code >= FINAL and isinstance(fault, aiosmtplib.SMTPDataError)
