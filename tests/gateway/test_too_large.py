"""A body over the limit, from clients that send everything before they read, on a real server."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.http import middleware
from gateway.http.middleware import LARGEST, LARGEST_BODY
from tests.doors import PROBLEM, Doors

BLOCK = b"x" * (64 * 1024)


async def sent(address: str, head: list[str], blocks: int, *, chunked: bool) -> bytes:
    """Send the head and so many blocks, and only then read; return the answer to its end."""
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write("\r\n".join([*head, f"host: {parts.netloc}", "", ""]).encode())
    for _ in range(blocks):
        writer.write(b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK) if chunked else BLOCK)
        await writer.drain()
    writer.write(b"0\r\n\r\n" if chunked else b"")
    await writer.drain()
    answer = await asyncio.wait_for(reader.readuntil(b"}"), 20)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    ("path", "chunked"), [("/v1/events", False), ("/v1/events", True), ("/v1/journeys", False), ("/v1/journeys", True)]
)
async def test_a_client_that_still_sends(doors: Doors, address: str, path: str, *, chunked: bool):
    """A client that writes all of a body too large, by length or in chunks, is answered 413 and not cut off."""
    size = LARGEST.get(path, LARGEST_BODY)
    blocks = 2 * size // len(BLOCK)
    length = "transfer-encoding: chunked" if chunked else f"content-length: {blocks * len(BLOCK)}"
    kind = "application/cloudevents-batch+json" if path == "/v1/events" else "application/json"
    head = [f"POST {path} HTTP/1.1", f"authorization: Bearer {doors.token()}", f"content-type: {kind}", length]
    answer = await sent(address, head, blocks, chunked=chunked)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert f"{PROBLEM}too-large".encode() in answer


async def test_a_client_that_asks_first(address: str):
    """A client that waits for leave to send is refused at once, and sends nothing."""
    head = ["POST /v1/events HTTP/1.1", f"content-length: {LARGEST['/v1/events'] + 1}", "expect: 100-continue"]
    assert (await sent(address, head, 0, chunked=False)).startswith(b"HTTP/1.1 413 ")


async def test_the_usual_client(address: str):
    """The client of most programs hears of the limit, with what to do."""
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.post("/v1/events", content=b"x" * (10 * 1024 * 1024))
    assert (answer.status_code, answer.json()["remedy"]) == (413, "send it in smaller parts")


async def test_reading_has_an_end(monkeypatch: pytest.MonkeyPatch):
    """Of a body without end no more is read than the bound says, in size and in time."""
    read = 0

    async def endless() -> dict:
        nonlocal read
        read += len(BLOCK)
        return {"type": "http.request", "body": BLOCK, "more_body": True}

    monkeypatch.setattr(middleware, "DRAINED", 10 * len(BLOCK))
    await middleware.drained(endless)
    assert read == 10 * len(BLOCK)

    async def silent() -> dict:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(middleware, "PATIENCE", 0.01)
    await asyncio.wait_for(middleware.drained(silent), 5)


async def test_where_json_is_broken(doors: Doors):
    """Broken JSON is called that, with its line and column, at the staff's door and at the partners'."""
    broken = '{\n  "specversion": "1.0",\n  "subject": 120,,\n}'
    async with doors.client() as client:
        staff = await client.post("/v1/journeys", content=broken, headers={"content-type": "application/json"})
        event = {"content-type": "application/cloudevents+json"}
        partner = await client.post("/v1/events", content=broken, headers=event)
        batch = {"content-type": "application/cloudevents-batch+json"}
        partners = await client.post("/v1/events", content=f"[{broken}]", headers=batch)
    assert (staff.status_code, "body, line 3, column 18: not JSON" in staff.json()["detail"]) == (422, True), staff.text
    for answer in (partner, partners):
        assert (answer.status_code, "not valid JSON: line 3" in answer.json()["detail"]) == (422, True), answer.text
        assert "subject" not in answer.text
