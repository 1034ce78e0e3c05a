"""A test mail, sent as a reminder would be, by its settings: `python -m activities.delivery.trial ADDRESS`."""

import asyncio
import sys
from uuid import uuid4

import aiosmtplib
from temporalio.exceptions import ApplicationError

from activities.delivery.mail import Mailer
from activities.delivery.templates import Message
from domain.channels import is_email
from wiring.keys import BadSecretError
from wiring.settings import Settings

WORDS = "This is a test of Family Journeys. Reminders from this system reach this address. You need not answer."
TRIAL = Message("Test: reminders reach you", WORDS, f"<p>{WORDS}</p>")
SECONDS = 20.0


async def attempt(settings: Settings, address: str) -> str | None:
    """Send the test mail; return None when the mail server took it, else why not."""
    if not settings.smtp_host:
        return "no mail server is set; set JOURNEYS_SMTP_HOST and start the system again"
    if not is_email(address):
        return f"{address[:80]!r} is not one e-mail address; write it like kim@council.example"
    where = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_tls})"
    try:
        await Mailer(settings).send(f"trial:{uuid4().hex}", [address], TRIAL, SECONDS)
    except (aiosmtplib.SMTPException, ApplicationError, BadSecretError, OSError) as fault:
        cause = fault.__cause__ if isinstance(fault, ApplicationError) and fault.__cause__ else fault
        return f"the mail server {where} did not take it: {cause}"
    return None


def main() -> int:
    """Send one test mail to the address on the command line; 0 when it was taken, 1 with the reason on stderr."""
    fault = asyncio.run(attempt(Settings(), sys.argv[1]))
    if fault:
        sys.stderr.write(f"{fault}\n")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main())
