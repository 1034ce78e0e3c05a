"""Messages one by one, without a workflow: what is judged at the moment of sending, and what is never sent twice."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime, timedelta

import aiosmtplib
import httpx
import pytest
from streams import START, Orders, carry_out, journey_id_of
from temporalio.exceptions import ApplicationError

from activities.delivery.mail import Email
from activities.delivery.webhook import Webhook
from domain.journey import commands as ask
from domain.journey.facts import StillOpen
from stack.ports import LOOPBACK
from store import effects, partners, staff
from store.erasing import erase
from store.people import Person
from store.vault import Vault

JOURNEY = journey_id_of()
TODAY = datetime(2012, 6, 1, 12, tzinfo=UTC)
DAY = TODAY.date()
VAULT = Vault(bytes(32), bytes(32))
CONSENT = {"consent_id": "c1", "basis": "consent", "purpose": "family-support"}


@contextlib.asynccontextmanager
async def dropping(*answers):
    """A server that gives these answers, one for each thing it hears, and then hangs up without a word."""

    async def serve(reader, writer):
        for answer in answers:
            writer.write(answer)
            await reader.read(65536)
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_a_partner_is_told(office, told):
    """With agreement and consent the message goes out, under its own id, and stands as sent."""
    assert await office.notify(told) == (None, None)
    assert office.hooks.keys() == {told.effect_id: 1}
    assert await effects.state_of(office.pool, told.effect_id) == "sent"


async def test_consent_counts_when_the_message_is_sent(office, told):
    """Consent was there when the message was queued and is withdrawn before it goes: nothing leaves."""
    await office.do(ask.WithdrawConsent, consent_id="c1")
    assert await office.notify(told) == ("refused", "no-consent-in-force")
    assert office.hooks.received == []


async def test_consent_given_after_queueing_counts_too(office):
    """Without a basis nothing is sent; once there is one, the same effect goes out."""
    [effect] = (await carry_out(office.pool, JOURNEY, office.orders.refer())).effects
    assert await office.notify(effect) == ("refused", "no-consent-in-force")
    await office.do(ask.RecordConsent, **CONSENT)
    assert await office.notify(effect) == (None, None)


async def test_what_was_sent_is_not_sent_again(office, told):
    """A second run, as after a worker's death, answers that it was sent, whatever was withdrawn since."""
    await office.notify(told)
    await office.do(ask.WithdrawConsent, consent_id="c1")
    assert await office.notify(told) == (None, None)
    assert len(office.hooks.received) == 1


async def test_a_reminder_is_mailed_once(office, reminder):
    """The coordinator gets one mail however often the activity runs."""
    assert [await office.remind(reminder) for _ in range(2)] == [(None, None)] * 2
    [mail] = office.mail.received
    assert (mail.recipient, mail.key.count(reminder.effect_id.replace(":", "."))) == ("ann@council.example", 1)


async def test_the_reminder_of_a_waiting_family_says_who_has_room(office, reminder):
    """Its place in the queue and whoever has room as the mail goes out stand in both forms; other work has neither."""
    await office.remind(reminder)
    await office.do(ask.IdentifyFamily, START + timedelta(days=8), criteria=("poverty",))
    told = await office.do(ask.PassTime, START + timedelta(days=62))
    waiting = [effect for effect in told if effect.type == "remind" and effect.work == "allocation"]
    await office.remind(waiting[0])
    await staff.add(office.pool, staff.StaffMember("kim", "key-worker", "kim@council.example", cap=1))
    await office.remind(waiting[1])
    expected = [
        b"in the queue",
        b"It is number 1 in the queue. Nobody has room now.",
        b"number 1 in the queue. Room now: kim.",
    ]
    for (mail, said), heard in zip(zip(office.mail.received, expected, strict=True), (False, True, True), strict=True):
        assert [said in mail.body, said in mail.html] == [heard, heard]


async def test_a_message_that_may_have_arrived_is_unconfirmed(office, told):
    """The partner hung up without an answer and then the consent ended: nobody knows, and the journey says so."""
    async with dropping(b"") as port:
        await partners.set_addresses(office.pool, "police", {"webhook_url": f"http://{LOOPBACK}:{port}/"})
        with pytest.raises(httpx.TransportError) as fault:
            await office.notify(told)
    assert not isinstance(fault.value, (ApplicationError, *Webhook.not_arrived))
    await office.do(ask.WithdrawConsent, consent_id="c1")
    assert await office.notify(told) == ("failed", "unconfirmed")


async def test_a_mail_that_may_have_arrived_is_unconfirmed(office, reminder):
    """The mail server hung up after the text and then the work was done: nobody knows whether it was mailed."""
    said = (b"220 here\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n")
    async with dropping(*said) as port:
        with pytest.raises(aiosmtplib.SMTPServerDisconnected) as fault:
            await office.remind(reminder, smtp_port=port)
    assert not isinstance(fault.value, (ApplicationError, *Email.not_arrived))
    await office.do(ask.IdentifyFamily, criteria=("poverty",))
    assert await office.remind(reminder) == ("failed", "unconfirmed")
    assert office.mail.received == []


@pytest.mark.parametrize("status", [503, 410])
async def test_a_message_that_surely_did_not_arrive_is_refused(office, told, status):
    """The partner answered that it failed and then the consent ended: it was not told, and the journey says why."""
    office.hooks.fail(1, status)
    with pytest.raises(ApplicationError):
        await office.notify(told)
    await office.do(ask.WithdrawConsent, consent_id="c1")
    assert await office.notify(told) == ("refused", "no-consent-in-force")


async def test_a_sure_failure_after_an_unsure_one_stays_unconfirmed(office, told):
    """That the second attempt failed says nothing about the first."""
    async with dropping(b"") as port:
        await partners.set_addresses(office.pool, "police", {"webhook_url": f"http://{LOOPBACK}:{port}/"})
        with pytest.raises(httpx.TransportError):
            await office.notify(told)
    with pytest.raises(httpx.ConnectError):
        await office.notify(told)
    await office.do(ask.WithdrawConsent, consent_id="c1")
    assert await office.notify(told) == ("failed", "unconfirmed")


async def test_a_reminder_whose_reason_ended_is_not_mailed(office, reminder):
    """The work was done in the meantime: nobody is reminded of it."""
    await office.do(ask.IdentifyFamily, criteria=("poverty",))
    assert await office.remind(reminder) == ("refused", "reason-ended")
    assert office.mail.received == []


async def test_without_a_mail_server(office, reminder):
    """A reminder is kept as not sent, and why."""
    assert await office.remind(reminder, smtp_host=None) == ("refused", "no-mail-server")


async def test_without_an_address(office, reminder):
    """Nobody active holds the role: not sent, and why."""
    await office.pool.execute("UPDATE staff SET active = false")
    assert await office.remind(reminder) == ("refused", "no-address")
    assert office.mail.received == []


async def test_without_a_webhook(office, told):
    """The partner has nowhere to be told: not sent, and why."""
    await partners.set_addresses(office.pool, "police", {})
    assert await office.notify(told) == ("refused", "no-webhook")


async def test_a_suspended_partner_is_not_told(office, told):
    """A partner that may send nothing is sent nothing."""
    await partners.suspend(office.pool, "police")
    assert await office.notify(told) == ("refused", "partner-suspended")
    assert office.hooks.received == []


@pytest.mark.parametrize(("status", "final"), [(400, True), (404, True), (410, True), (429, False), (503, False)])
async def test_final_answers_are_not_asked_again(office, told, status, final):
    """What trying again would not mend is final; anything else is tried again by the workflow's retries."""
    office.hooks.fail(1, status)
    with pytest.raises(ApplicationError) as fault:
        await office.notify(told)
    assert (fault.value.type, fault.value.non_retryable) == ("PartnerRefused", final)
    assert await effects.state_of(office.pool, told.effect_id) == "planned"


async def test_the_body_on_the_wire(office, told):
    """What arrives is the reference, what happened and the one agreed category."""
    await office.notify(told)
    [arrived] = office.hooks.received
    assert json.loads(arrived.body) == {
        "type": "family-journeys.family-referred",
        "reference": "F-7K3Q-9D2X",
        "stage": "referral",
    }


async def test_a_repeat_says_the_same(office, told):
    """What happens after the event does not change the message about it, however late it goes out."""
    await office.do(ask.IdentifyFamily, criteria=("poverty",))
    await office.notify(told)
    assert json.loads(office.hooks.received[0].body)["stage"] == "referral"


async def test_a_message_of_an_erased_family_is_refused(office, told):
    """What waited when the family was erased is not sent, also where consent and agreement would allow it."""
    await office.do(ask.CloseJourney, outcome="moved-away")
    await office.do(ask.EraseFamily, reason="request", still_open=StillOpen(newest=JOURNEY))
    assert await office.notify(told) == ("refused", "family-erased")
    assert office.hooks.received == []


async def test_an_earlier_journeys_message_of_an_erased_family_is_refused(office, told):
    """The erasure stands on the newest journey alone; what still waits of an earlier one is not sent either."""
    await office.do(ask.CloseJourney, outcome="moved-away")
    newest, later = journey_id_of(number=2), Orders(number=2)
    await carry_out(office.pool, newest, later.refer(DAY))
    await carry_out(office.pool, newest, later.give(ask.CloseJourney, DAY, outcome="moved-away"))
    async with office.pool.acquire() as conn:
        await VAULT.put_family(conn, later.reference, [Person("m1", "adult", "Quince", "Ann", DAY)])
        await erase(conn, later.reference, TODAY)
    assert await office.notify(told) == ("refused", "family-erased")
    assert office.hooks.received == []


@pytest.mark.parametrize("url", ["http://partner.example/hook", "ftp://127.0.0.1/hook"])
async def test_a_webhook_without_tls_is_refused(office, told, url):
    """Outside this machine a message goes over TLS or not at all."""
    await partners.set_addresses(office.pool, "police", {"webhook_url": url})
    assert await office.notify(told) == ("refused", "webhook-not-https")


async def test_a_redirect_is_not_followed(office, told):
    """A partner cannot send our message on to another address: nothing arrives there, and it is tried again."""
    answer = f"HTTP/1.1 307 T\r\nlocation: http://{LOOPBACK}:{office.hooks.port}/\r\ncontent-length: 0\r\n\r\n"
    async with dropping(answer.encode()) as port:
        await partners.set_addresses(office.pool, "police", {"webhook_url": f"http://{LOOPBACK}:{port}/"})
        with pytest.raises(ApplicationError, match="307") as fault:
            await office.notify(told)
    assert (fault.value.non_retryable, office.hooks.received) == (False, [])


async def test_an_endless_answer_is_not_read(office, told):
    """The status says that the message was taken; what the partner would say beyond that is left where it is."""
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n" + b"x" * 65536
    async with dropping(answer) as port:
        await partners.set_addresses(office.pool, "police", {"webhook_url": f"http://{LOOPBACK}:{port}/"})
        assert await office.notify(told) == (None, None)


async def test_a_partner_may_ask_for_time(office, told):
    """`Retry-After` in seconds sets the time of the next try."""
    async with dropping(b"HTTP/1.1 429 T\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n") as port:
        await partners.set_addresses(office.pool, "police", {"webhook_url": f"http://{LOOPBACK}:{port}/"})
        with pytest.raises(ApplicationError) as fault:
            await office.notify(told)
    assert fault.value.next_retry_delay == timedelta(seconds=120)


async def test_a_partner_is_told_of_its_action_as_consent_allows(office):
    """An action of the police is told to it, by name and state, once there is a basis; no need and no day is shared."""
    await carry_out(office.pool, JOURNEY, office.orders.refer())
    action = {"need": "poverty", "owner": "partner:police", "due_on": DAY + timedelta(days=9), "do": "home-visit"}
    effect = (await office.do(ask.AddAction, **action))[-1]
    assert await office.notify(effect) == ("refused", "no-consent-in-force")
    await office.do(ask.RecordConsent, **CONSENT)
    assert await office.notify(effect) == (None, None)
    [message] = office.hooks.received
    told = {
        "type": "family-journeys.action-agreed",
        "reference": office.orders.reference,
        "action": "A1",
        "state": "open",
    }
    assert json.loads(message.body) == told
