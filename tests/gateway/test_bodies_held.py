"""What is sent by nobody we know fills no memory, and what never ends is not waited for."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from stack import tokens
from stack.private_stack import PrivateStack, running
from tests.eventually import eventually
from tests.peaks import begun

pytestmark = pytest.mark.slow(14)

MIB = 1024 * 1024
MANY = 60
FORGED = {
    "content-type": "application/cloudevents-batch+json",
    "webhook-id": "x",
    "webhook-signature": "v1,bm90IGEgc2lnbmF0dXJl",
}


@pytest.fixture(scope="module")
async def stack() -> AsyncIterator[PrivateStack]:
    """A real gateway in a process of its own."""
    async with running(temporal=None, gateway=True) as stack:
        yield stack


@asynccontextmanager
async def unfinished(stack: PrivateStack, path: str, size: int, headers: dict[str, str]) -> AsyncIterator[None]:
    """Send all of a body but its last byte, and hold the line."""
    host, port = stack.gateway_url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    told = {"host": host, "content-length": str(size), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    writer.write("\r\n".join(lines).encode())
    try:
        for _ in range(size // MIB):
            writer.write(b" " * (MIB - 1))
            await asyncio.wait_for(writer.drain(), 5)
    except (TimeoutError, ConnectionError):
        pass  # it is not listened to any more
    try:
        yield
    finally:
        writer.close()


@pytest.mark.parametrize("case", ["unsigned events", "forged events", "an import", "a referral"])
async def test_sixty_unfinished_bodies(stack: PrivateStack, case: str):
    """Sixty bodies without credentials grow the gateway by 150 MiB at most, and the next request is served."""
    forged = FORGED | {"webhook-timestamp": str(int(time.time()))}
    path, size, headers = {
        "unsigned events": ("/v1/events", 8 * MIB, {"content-type": FORGED["content-type"]}),
        "forged events": ("/v1/events", 8 * MIB, forged),
        "an import": ("/v1/imports", 32 * MIB, {"authorization": "Bearer a.b.c"}),
        "a referral": ("/v1/journeys", MIB, {"content-type": "application/json"}),
    }[case]
    before = begun(stack)
    async with AsyncExitStack() as lines, httpx.AsyncClient(base_url=stack.gateway_url, trust_env=False) as http:
        await asyncio.gather(*(lines.enter_async_context(unfinished(stack, path, size, headers)) for _ in range(MANY)))
        assert (await http.get("/healthz", timeout=10)).status_code == 200
        grown = stack.peak_memory()["gateway"] - before
        print(case, "grown", grown // MIB, "MiB")  # noqa: T201 - seen with -s
        assert grown < 150 * MIB
    async with httpx.AsyncClient(base_url=stack.gateway_url, trust_env=False, timeout=30) as http:
        body = b" " * (7 * MIB)

        async def heard() -> bool:
            return (await http.post("/v1/events", content=body, headers=forged)).status_code != 503

        assert await eventually(heard), "the room is free again"


async def test_a_body_that_never_comes(stack: PrivateStack):
    """A body that stops arriving is answered 408, a token holds or not, and the line is free."""
    token = tokens.mint(stack.layout.secrets, name="ann", role="coordinator")
    answers = await asyncio.gather(
        _stopped(stack, "imports", f"authorization: Bearer {token}\r\n"), _stopped(stack, "journeys", "")
    )
    assert [(b"HTTP/1.1 408", True)] * 2 == [(status, seconds < 20) for status, seconds in answers]


async def _stopped(stack: PrivateStack, path: str, headers: str) -> tuple[bytes, float]:
    """Send the beginning of a body; return how its answer begins, and after how many seconds it came."""
    host, port = stack.gateway_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /v1/{path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n{headers}\r\nfamily".encode())
    began = time.monotonic()
    status = await asyncio.wait_for(reader.readline(), 30)
    writer.close()
    return status[:12], time.monotonic() - began


@pytest.mark.slow(12)
async def test_a_head_that_never_comes(stack: PrivateStack):
    """A connection that begins no request is closed in time, however it is dripped at, also after an answer."""
    host, port = stack.gateway_url.removeprefix("http://").split(":")

    async def kept(first: bytes, drip: bytes) -> float:
        reader, writer = await asyncio.open_connection(host, int(port))
        began = time.monotonic()
        writer.write(first)
        while time.monotonic() - began < 30 and not reader.at_eof():
            with contextlib.suppress(TimeoutError, ConnectionError):
                writer.write(drip)
                await asyncio.wait_for(reader.read(4096), 1)
        writer.close()
        return time.monotonic() - began

    whole = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    line = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"
    seconds = await asyncio.gather(kept(b"", b""), kept(line, b"a: b\r\n"), kept(whole + b"GET", b" "))
    assert [one < 20 for one in seconds] == [True, True, True], seconds


HEAD = b"POST /v1/journeys HTTP/1.1\r\nhost: x\r\n"
HEADS = {
    "an address": (b"GET /", b"a"),
    "one header": (HEAD + b"a: ", b"a"),
    "many headers": (HEAD, b"a: b\r\n"),
    "the name of a chunk": (HEAD + b"transfer-encoding: chunked\r\n\r\n1;", b"a"),
    "trailers": (HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n"),
}


@pytest.mark.parametrize("kind", HEADS)
async def test_a_head_without_end(stack: PrivateStack, kind: str):
    """Whatever goes on for ever before, between or after the pieces of a body is cut off, and fills no memory."""
    before, (first, more) = begun(stack), HEADS[kind]
    host, port = stack.gateway_url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(first)
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < 50:
            writer.write(more * (MIB // len(more)))
            await asyncio.wait_for(writer.drain(), 5)
            sent += 1
    writer.close()
    assert sent < 50
    assert stack.peak_memory()["gateway"] - before < 10 * MIB
