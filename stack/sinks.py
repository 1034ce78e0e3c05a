"""A real SMTP server and a real webhook receiver that keep what they got, and fail when told to."""

import asyncio
import email
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stack.ports import LOOPBACK


@dataclass(frozen=True)
class Received:
    """One message as it arrived; header names are in lower case."""

    key: str  # the sender's idempotency key: `webhook-id`, or the mail's `Message-ID`
    recipient: str  # the mail address, or the path of the webhook
    headers: Mapping[str, str]
    body: bytes
    at: datetime  # by the machine's clock
    html: bytes = b""  # the same said as HTML, where a mail does


@dataclass
class Sink:
    """What arrived in order of arrival, and what goes wrong next."""

    port: int
    received: list[Received] = field(default_factory=list)
    _failures: int = 0
    _status: int = 0
    _recorded: bool = False

    def fail(self, times: int, status: int, *, recorded: bool = False) -> None:
        """Answer the next `times` messages with `status`.

        With `recorded` they are kept although the sender hears of a failure, as when a reply is lost on its way:
        the sender tries again, and the key must show that it is the same message.
        """
        self._failures, self._status, self._recorded = times, status, recorded

    def take(self, message: Received, success: int) -> int:
        """Keep a message unless it is to fail; return the status to answer with."""
        if self._failures <= 0:
            self.received.append(message)
            return success
        self._failures -= 1
        if self._recorded:
            self.received.append(message)
        return self._status

    def keys(self) -> Counter[str]:
        """Return how often each idempotency key arrived."""
        return Counter(message.key for message in self.received)


@asynccontextmanager
async def smtp(port: int = 0, *, tls: ssl.SSLContext | None = None, **session: Any) -> AsyncIterator[Sink]:
    """Receive mail on loopback; statuses are SMTP's: 451 is temporary, 550 final.

    Args:
        port: where; 0 for any.
        tls: encrypt from the first byte.
        session: what else `aiosmtpd.smtp.SMTP` takes, as `tls_context` for STARTTLS.
    """
    with _listening(port) as listener:
        sink = Sink(listener.getsockname()[1])
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(_MailHandler(sink), hostname="localhost", enable_SMTPUTF8=True, **session),
            sock=listener,
            ssl=tls,
        )
        try:
            yield sink
        finally:
            server.close()


@asynccontextmanager
async def webhooks(port: int = 0) -> AsyncIterator[Sink]:
    """Receive POSTs to any path on loopback; statuses are HTTP's: 503 is temporary, 410 final."""
    sink = Sink(port)
    async with serving(_app(sink), port) as sink.port:
        yield sink


@asynccontextmanager
async def serving(app: Starlette, port: int = 0) -> AsyncIterator[int]:
    """Serve an application on loopback, inside this process; yield its port."""
    with _listening(port) as listener:
        server = _Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.ready.wait()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await task


def _listening(port: int) -> socket.socket:
    """Return a listening socket that sends each line at once: held back, an answer of several costs 40 ms more."""
    listener = socket.create_server((LOOPBACK, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """A server inside another program: it tells when it is ready, and leaves Ctrl-C and SIGTERM alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _app(sink: Sink) -> Starlette:
    async def receive(request: Request) -> Response:
        return Response(status_code=sink.take(await _from_request(request), success=204))

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"])])


class _MailHandler:
    """The one hook of aiosmtpd that we need."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        status = self.sink.take(_from_envelope(envelope), success=250)
        return f"{status} {'kept' if status == 250 else 'failing on purpose'}"  # noqa: PLR2004  # SMTP's own number


def _from_envelope(envelope: Envelope) -> Received:
    """Read a mail by the plain policy: the newer one takes ten times as long, which thousands of mails add up to."""
    raw = envelope.content or b""
    mail = email.message_from_bytes(raw if isinstance(raw, bytes) else raw.encode())
    leaves = {part.get_content_type(): part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()}
    said = {kind: content if isinstance(content, bytes) else b"" for kind, content in leaves.items()}
    return Received(
        key=mail.get("Message-ID", ""),
        recipient=", ".join(address or "" for address in envelope.rcpt_tos),
        headers={name.lower(): _unfolded(value) for name, value in mail.items()},
        body=said.get("text/plain", b""),
        at=datetime.now(UTC),
        html=said.get("text/html", b""),
    )


def _unfolded(value: str) -> str:
    return str(make_header(decode_header("".join(value.splitlines()))))


async def _from_request(request: Request) -> Received:
    return Received(
        key=request.headers.get("webhook-id", ""),
        recipient=request.url.path,
        headers=dict(request.headers),
        body=await request.body(),
        at=datetime.now(UTC),
    )
