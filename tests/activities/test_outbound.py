"""A webhook connects to the address that was judged, and to none on our own networks."""

from pathlib import Path

import httpcore
import httpx
import pytest
from temporalio.exceptions import ApplicationError

from activities.delivery.outbound import Guarded, client
from activities.delivery.protocol import Receiver
from activities.delivery.templates import Message
from activities.delivery.webhook import Webhook
from stack import sinks
from wiring.settings import Settings

SECRET = "whsec_bm90IHRoZSBzZWNyZXQ="  # noqa: S105 - of this test
URLS = (
    "http://localhost:{port}/x",
    "http://127.0.0.1:{port}/x",
    "http://127.1:{port}/x",
    "http://[::ffff:127.0.0.1]:{port}/x",
)


async def _post(http: httpx.AsyncClient, url: str) -> None:
    settings = Settings(database_url="", temporal_address="", secrets_dir=Path())
    receiver = Receiver("police", (url,), "police", secret=SECRET)
    await Webhook(settings, http).send("k", receiver, Message("s", "t", "h"), again=False)


@pytest.mark.parametrize("url", URLS)
async def test_a_name_that_leads_to_ourselves(url: str):
    """By name or by address: nothing arrives on this machine, and it is not tried again, unless a setting opens it."""
    async with sinks.webhooks() as sink:
        async with client(loopback=False, timeout_seconds=5) as http:
            with pytest.raises(ApplicationError) as refused:
                await _post(http, url.format(port=sink.port))
        assert (True, []) == (refused.value.non_retryable, sink.received)
        async with client(loopback=True, timeout_seconds=5) as http:
            await _post(http, url.format(port=sink.port))
        assert ["k"] == [one.key for one in sink.received]


async def test_a_name_that_is_nobody_s():
    """A name that does not resolve is a connection that failed, to be tried again."""
    async with client(loopback=True, timeout_seconds=5) as http:
        with pytest.raises(httpx.ConnectError):
            await _post(http, "http://nobody.invalid/x")


async def test_a_private_address_among_public_ones(monkeypatch: pytest.MonkeyPatch):
    """A name that leads to a public and to a private address leads nowhere."""
    places = [(0, 0, 0, "", (one, 80)) for one in ("81.2.69.142", "10.0.0.1")]

    async def resolved(*_: object, **__: object) -> list[object]:
        return places

    monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolved)
    with pytest.raises(ApplicationError):
        await Guarded(loopback=True).connect_tcp("two.example", 80)


async def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch):
    """Where the first address of a name does not answer, the next one is asked."""
    async with sinks.webhooks() as sink:
        places = [(0, 0, 0, "", (one, sink.port)) for one in ("127.0.0.9", "127.0.0.1")]

        async def resolved(*_: object, **__: object) -> list[object]:
            return places

        monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", resolved)
        stream = await Guarded(loopback=True).connect_tcp("two.example", sink.port, timeout=5)
        assert isinstance(stream, httpcore.AsyncNetworkStream)
        await stream.aclose()
