"""The sinks are real servers that keep what arrived and fail on purpose."""

from email.message import EmailMessage

import aiosmtplib
import httpx
import pytest

from stack import sinks


def mail(key: str = "<n-1@journeys.invalid>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "journeys@example.org"
    message["To"] = "worker@example.org"
    message["Message-ID"] = key
    message["X-Template"] = "assessment-overdue"
    message.set_content("Assessment is overdue — please act.")
    return message


async def test_smtp_keeps_what_arrived():
    """A mail is kept with its Message-ID, recipient, headers and text."""
    async with sinks.smtp() as sink:
        await aiosmtplib.send(mail(), hostname="127.0.0.1", port=sink.port)
    (received,) = sink.received
    assert (received.key, received.recipient) == ("<n-1@journeys.invalid>", "worker@example.org")
    assert received.headers["x-template"] == "assessment-overdue"
    assert "overdue — please" in received.body.decode()


async def test_smtp_fails_as_told():
    """A mail that is to fail is refused with the given status and not kept, and the next one is taken."""
    async with sinks.smtp() as sink:
        sink.fail(1, 451)
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            await aiosmtplib.send(mail(), hostname="127.0.0.1", port=sink.port)
        await aiosmtplib.send(mail(), hostname="127.0.0.1", port=sink.port)
    assert refused.value.code == 451
    assert sink.keys() == {"<n-1@journeys.invalid>": 1}


async def test_webhook_keeps_what_arrived():
    """A webhook is kept with its id, path, headers and exact body."""
    async with sinks.webhooks() as sink, httpx.AsyncClient() as client:
        reply = await client.post(
            f"http://127.0.0.1:{sink.port}/partners/police", content=b'{"a": 1}', headers={"webhook-id": "n-1"}
        )
    (received,) = sink.received
    assert reply.status_code == 204
    assert (received.key, received.recipient, received.body) == ("n-1", "/partners/police", b'{"a": 1}')


async def test_webhook_loses_a_reply():
    """A message kept although its reply is lost shows up twice under one key when the sender tries again."""
    async with sinks.webhooks() as sink, httpx.AsyncClient() as client:
        sink.fail(1, 503, recorded=True)
        url, headers = f"http://127.0.0.1:{sink.port}/x", {"webhook-id": "n-1"}
        codes = [(await client.post(url, headers=headers)).status_code for _ in range(2)]
    assert codes == [503, 204]
    assert sink.keys() == {"n-1": 2}
