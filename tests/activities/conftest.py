"""An office for the activities that send: a family, whom to tell and to remind of it, and everything they get."""

import contextlib
import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from notify_stand_in import KEY, TEMPLATE, notify
from streams import PROGRAMME, START, Orders, carry_out, journey_id_of
from temporalio.testing import ActivityEnvironment

from activities.delivery.services import DeliveryServices
from activities.messages import RunEffect
from activities.notifications import NotificationActivities
from domain.journey import commands as ask
from stack import sinks
from stack.ports import LOOPBACK
from store import partners, programmes, staff
from store.pool import Pool
from store.vault import Vault
from wiring.settings import Settings

JOURNEY = journey_id_of()
TODAY = datetime(2012, 6, 1, 12, tzinfo=UTC)
DAY = TODAY.date()
VAULT = Vault(bytes(32), bytes(32))
CONSENT = {"consent_id": "c1", "basis": "consent", "purpose": "family-support"}


def mailing(folder, mail, **more):
    """Return settings that send mail to a sink."""
    smtp = {"smtp_host": LOOPBACK, "smtp_port": mail.port, "smtp_tls": "none"}
    return Settings(database_url="", temporal_address="", secrets_dir=folder, **smtp, **more)


async def run(pool, services, name, effect):
    """Run an activity once, today; return the command that says what became of the effect."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, started_time=TODAY)
    activities = NotificationActivities(pool, VAULT, services, timedelta(0))
    done = await environment.run(getattr(activities, name), RunEffect(journey_id=JOURNEY, effect=effect))
    return done.command


@dataclass
class Office:
    """A family that was referred, its police to tell and its coordinator to remind, and everything they get."""

    pool: Pool
    settings: Settings
    http: httpx.AsyncClient
    mail: sinks.Sink
    hooks: sinks.Sink
    orders: Orders

    async def do(self, kind, day=DAY, **fields):
        """Carry out a command; return what must be done in the world after it."""
        return (await carry_out(self.pool, JOURNEY, self.orders.give(kind, day, **fields))).effects

    async def run(self, name, effect, **settings):
        """Run an activity once, today; return the command that tells what became of the effect."""
        services = DeliveryServices(self.settings.model_copy(update=settings), self.http)
        return await run(self.pool, services, name, effect)

    async def notify(self, effect):
        """Tell the partner, once; return the fault and the reason."""
        command = await self.run("notify_partner", effect)
        return command.fault, command.reason

    async def remind(self, effect, **settings):
        """Mail the reminder, once; return the fault and the reason."""
        command = await self.run("send_reminder", effect, **settings)
        return command.fault, command.reason


@pytest.fixture
async def office(pool, tmp_path):
    """Sinks, a programme, a partner with a webhook, a coordinator with an address."""
    async with sinks.smtp() as mail, sinks.webhooks() as hooks, httpx.AsyncClient(trust_env=False) as http:
        settings = mailing(tmp_path, mail)
        async with pool.acquire() as conn:
            await programmes.keep(conn, PROGRAMME)
            await staff.add(conn, staff.StaffMember("ann", "coordinator", "ann@council.example"))
            await partners.add(conn, VAULT, "police", {"webhook_url": f"http://{LOOPBACK}:{hooks.port}/police"})
        yield Office(pool, settings, http, mail, hooks, Orders())


@pytest.fixture
async def told(office):
    """The message to the police about the referral, with the family's consent."""
    [effect] = (await carry_out(office.pool, JOURNEY, office.orders.refer())).effects
    await office.do(ask.RecordConsent, **CONSENT)
    return effect


@pytest.fixture
async def reminder(office):
    """The first reminder to the coordinator, that the family is to be identified."""
    await carry_out(office.pool, JOURNEY, office.orders.refer())
    return (await office.do(ask.PassTime, START + timedelta(days=7)))[0]


@pytest.fixture
async def agreed(pool, tmp_path):
    """Tell the police of a referral under an agreement that names this channel; return what became of it."""
    async with contextlib.AsyncExitStack() as things:
        mail = await things.enter_async_context(sinks.smtp())
        service = await things.enter_async_context(notify())
        http = await things.enter_async_context(httpx.AsyncClient(trust_env=False))
        (tmp_path / "notify.key").write_text(KEY)
        settings = mailing(tmp_path, mail, notify_url=service.url, notify_templates={"email": TEMPLATE})
        async with pool.acquire() as conn:
            await partners.add(conn, VAULT, "police")

        async def tell(channel, address=None, rate=None, at="email", **changes):
            agreement = PROGRAMME.agreements[0].model_copy(update={"channel": channel})
            pack = PROGRAMME.model_copy(update={"agreements": (agreement,), "hash": channel.ljust(64, "0")})
            await programmes.keep(pool, pack)
            await partners.set_addresses(pool, "police", {at: address} if address else {}, rate_per_minute=rate)
            orders = Orders()
            referral = orders.refer().model_copy(update={"programme_hash": pack.hash})
            [effect] = (await carry_out(pool, JOURNEY, referral)).effects
            await carry_out(pool, JOURNEY, orders.give(ask.RecordConsent, TODAY.date(), **CONSENT))
            services = DeliveryServices(settings.model_copy(update=changes), http)
            command = await run(pool, services, "notify_partner", effect)
            return effect, command.fault, command.reason

        yield tell, mail, service
