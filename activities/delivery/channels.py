"""Every channel by which a message can leave: a new one is a module beside this and a place in this list."""

from collections.abc import Callable

import httpx

from activities.delivery.govuk_notify import GovukNotify
from activities.delivery.mail import Email
from activities.delivery.protocol import Channel
from activities.delivery.sms import Sms
from activities.delivery.webhook import Webhook
from wiring.settings import Settings

CHANNELS: tuple[Callable[[Settings, httpx.AsyncClient], Channel], ...] = (Webhook, Email, GovukNotify, Sms)
