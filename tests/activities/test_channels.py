"""Each partner is told by the channel that its agreement names, at the address that is kept for it."""

import contextlib
import dataclasses
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from notify_stand_in import KEY, TEMPLATE, notify
from streams import PROGRAMME, Orders, carry_out, journey_id_of
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.delivery.services import Post
from activities.messages import RunEffect
from activities.notifications import NotificationActivities
from domain.journey import commands as ask
from stack import sinks
from stack.ports import LOOPBACK
from store import partners, programmes
from store.vault import Vault
from wiring.settings import Settings

JOURNEY = journey_id_of()
TODAY = datetime(2012, 6, 1, 12, tzinfo=UTC)
VAULT = Vault(bytes(32), bytes(32))
CONSENT = {"consent_id": "c1", "basis": "consent", "purpose": "family-support"}


@pytest.fixture
async def told(pool, tmp_path):
    """Tell the police of a referral under an agreement that names this channel; return what became of it."""
    async with contextlib.AsyncExitStack() as things:
        mail = await things.enter_async_context(sinks.smtp())
        service = await things.enter_async_context(notify())
        http = await things.enter_async_context(httpx.AsyncClient(trust_env=False))
        (tmp_path / "notify.key").write_text(KEY)
        settings = Settings(
            database_url="",
            temporal_address="",
            secrets_dir=tmp_path,
            smtp_host=LOOPBACK,
            smtp_port=mail.port,
            smtp_tls="none",
            notify_url=service.url,
            notify_template=TEMPLATE,
        )
        async with pool.acquire() as conn:
            await partners.add(conn, VAULT, "police")

        async def tell(channel, address=None, rate=None, **changes):
            agreement = PROGRAMME.agreements[0].model_copy(update={"channel": channel})
            pack = PROGRAMME.model_copy(update={"agreements": (agreement,), "hash": channel.ljust(64, "0")})
            await programmes.keep(pool, pack)
            await partners.set_mail(pool, "police", address, rate_per_minute=rate)
            orders = Orders()
            referral = orders.refer().model_copy(update={"programme_hash": pack.hash})
            [effect] = (await carry_out(pool, JOURNEY, referral)).effects
            await carry_out(pool, JOURNEY, orders.give(ask.RecordConsent, TODAY.date(), **CONSENT))
            environment = ActivityEnvironment()
            environment.info = dataclasses.replace(environment.info, started_time=TODAY)
            post = Post(settings.model_copy(update=changes), http)
            activities = NotificationActivities(pool, VAULT, post, timedelta(0))
            done = await environment.run(activities.notify_partner, RunEffect(journey_id=JOURNEY, effect=effect))
            return effect, done.command.fault, done.command.reason

        yield tell, mail, service


async def test_by_mail(told):
    """The partner's address gets the allowed words, as text and HTML, under a Message-ID of the effect's id."""
    tell, mail, _ = told
    effect, *outcome = await tell("email", "office@police.example")
    assert outcome == [None, None]
    [arrived] = mail.received
    assert arrived.recipient == "office@police.example"
    assert effect.effect_id.replace(":", ".") in arrived.key
    assert b"Stage: referral" in arrived.body
    assert b"<li>Stage: referral</li>" in arrived.html


async def test_by_govuk_notify(told):
    """Notify is given the partner's address and the words, under the effect's id."""
    tell, mail, service = told
    effect, *outcome = await tell("govuk-notify", "office@police.example")
    assert outcome == [None, None]
    [taken] = service.taken
    assert (taken["reference"], taken["email_address"]) == (effect.effect_id, "office@police.example")
    assert mail.received == []


@pytest.mark.parametrize(
    ("channel", "address", "changes", "reason"),
    [
        ("email", None, {}, "no-address"),
        ("email", "office@police.example", {"smtp_host": None}, "no-mail-server"),
        ("govuk-notify", None, {}, "no-address"),
        ("govuk-notify", "office@police.example", {"notify_template": None}, "no-notify-service"),
        ("webhook", "office@police.example", {}, "no-webhook"),
    ],
)
async def test_without_what_the_channel_needs(told, channel, address, changes, reason):
    """Nothing goes another way than the agreed one: what is missing is said instead."""
    tell, mail, service = told
    _, *outcome = await tell(channel, address, **changes)
    assert outcome == ["refused", reason]
    assert (mail.received, service.taken) == ([], [])


async def test_a_final_answer_by_mail(told):
    """An address that the mail server refuses for good is not tried again."""
    tell, mail, _ = told
    mail.fail(1, 550)
    with pytest.raises(ApplicationError) as fault:
        await tell("email", "gone@police.example")
    assert (fault.value.type, fault.value.non_retryable) == ("MailRefused", True)
