"""The HTTP client by which webhooks leave: it resolves a name itself, and connects to public addresses only."""

import asyncio
import socket
import ssl
from collections.abc import Iterable

import httpcore
import httpx
from temporalio.exceptions import ApplicationError

from activities.messages import PARTNER_REFUSED
from wiring.destinations import is_open, literal

CLOSED = "the webhook leads to a network that is not public"


class Guarded(httpcore.AsyncNetworkBackend):
    """Connects to what a host resolves to now, where all of that is public (or this machine, where that is allowed)."""

    def __init__(self, *, loopback: bool) -> None:
        self._loopback = loopback
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that takes us; raise when one of them must not be asked."""
        addresses = await _resolved(host, port, timeout)
        if not all(is_open(address, loopback=self._loopback) for address in map(literal, addresses) if address):
            raise ApplicationError(CLOSED, type=PARTNER_REFUSED, non_retryable=True)
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def client(*, loopback: bool, timeout_seconds: float, verify: ssl.SSLContext | None = None) -> httpx.AsyncClient:
    """Return a client whose every connection is guarded; no proxy of the environment stands between."""
    transport = httpx.AsyncHTTPTransport()
    # The library has no parameter for it: a pool with our way of connecting takes the place of its own.
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=verify or httpx.create_ssl_context(), network_backend=Guarded(loopback=loopback)
    )
    return httpx.AsyncClient(transport=transport, timeout=timeout_seconds)


async def _resolved(host: str, port: int, seconds: float | None) -> list[str]:
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as fault:
        raise httpcore.ConnectError(f"{type(fault).__name__} while its name was resolved") from fault
    return [str(place[4][0]) for place in found]
