"""The post: every way by which a message leaves, each under its effect id; a failure is raised for the retry policy."""

import httpx
from temporalio.exceptions import ApplicationError

from activities.delivery.govuk_notify import GovukNotify
from activities.delivery.mail import NOT_MAILED, Mailer
from activities.delivery.webhook import NOT_POSTED
from wiring.settings import Settings

TIMEOUT_SECONDS = 10
# Faults after which it is certain that the message did not arrive: no connection, or an answer that says so.
NOT_ARRIVED = (ApplicationError, *NOT_POSTED, *NOT_MAILED)


class Post:
    """The ways out of this process."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self.http = http
        self.loopback = settings.webhook_loopback
        self.mail = Mailer(settings) if settings.smtp_host else None
        self.notify = GovukNotify(settings)
