"""Mail on the wire: encrypted as the settings say, to the right server only, with the headers of a machine's mail."""

import asyncio
import ssl
from email.utils import parsedate_to_datetime

import aiosmtplib
import pytest
from aiosmtpd.smtp import AuthResult
from certificates import issue
from temporalio.exceptions import ApplicationError

from activities.delivery.mail import NOT_MAILED, Mailer
from activities.delivery.templates import Message
from stack import sinks
from stack.ports import LOOPBACK
from wiring.keys import BadSecretError, secret_text
from wiring.settings import Settings

MESSAGE = Message("Family F-1: news", "plain words", "<p>marked up</p>")
KEY = "journey:wirral:F-1:1:3:1"


@pytest.fixture(scope="session")
def trusted(tmp_path_factory):
    """The authority's file and a server's context that it vouches for."""
    return issue(tmp_path_factory.mktemp("trusted"))


@pytest.fixture
def write(tmp_path, trusted):
    """Send one mail to a port under these settings."""

    async def send(port, patience=5.0, **chosen):
        settings = Settings(
            database_url="",
            temporal_address="",
            secrets_dir=tmp_path,
            smtp_host=LOOPBACK,
            smtp_port=port,
            mail_from="Council <journeys@council.example>",
            **{"smtp_ca_file": trusted[0], **chosen},
        )
        await Mailer(settings).send(KEY, ["kim@council.example"], MESSAGE, patience)

    return send


async def test_starttls(trusted, write):
    """A server that takes no mail in the clear gets it after STARTTLS."""
    async with sinks.smtp(tls_context=trusted[1], require_starttls=True) as sink:
        await write(sink.port, smtp_tls="starttls")
        with pytest.raises(aiosmtplib.SMTPResponseException, match="STARTTLS"):
            await write(sink.port, smtp_tls="none")
    assert len(sink.received) == 1


async def test_tls_from_the_first_byte(trusted, write):
    """A server that speaks TLS only is spoken to in TLS."""
    async with sinks.smtp(tls=trusted[1]) as sink:
        await write(sink.port, smtp_tls="tls")
    assert len(sink.received) == 1


async def test_a_server_without_starttls_gets_nothing(write):
    """When TLS is set and the server offers none, the mail stays here."""
    async with sinks.smtp() as sink:
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await write(sink.port, smtp_tls="starttls")
    assert sink.received == []


@pytest.mark.parametrize("how", ["starttls", "tls"])
@pytest.mark.parametrize("host", ["127.0.0.1", "mail.elsewhere.example"], ids=["other-authority", "other-name"])
async def test_a_wrong_certificate_is_refused(tmp_path, trusted, write, how, host):
    """A server whose certificate nobody vouches for, or which is another's, gets no mail and surely has none."""
    root, context = issue(tmp_path / "other", host)
    options = {"tls": context} if how == "tls" else {"tls_context": context, "require_starttls": True}
    async with sinks.smtp(**options) as sink:
        with pytest.raises(NOT_MAILED) as fault:
            await write(sink.port, smtp_tls=how, smtp_ca_file=root if host.startswith("mail") else trusted[0])
    assert "certificate verify failed" in str(fault.value)
    assert sink.received == []


async def test_credentials_come_from_files(tmp_path, trusted, write):
    """User and password stand in the secrets folder; with the wrong ones nothing is taken, and tries may go on."""

    def check(_server, _session, _envelope, _mechanism, given):
        return AuthResult(handled=False, success=(given.login, given.password) == (b"journeys", b"open sesame"))

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": True}
    (tmp_path / "smtp.user").write_text("journeys\n")
    (tmp_path / "smtp.password").write_text("wrong\n")
    async with sinks.smtp(tls_context=trusted[1], require_starttls=True, **options) as sink:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await write(sink.port)
        (tmp_path / "smtp.password").write_text("open sesame\n")
        await write(sink.port)
    assert len(sink.received) == 1


def test_credentials_are_not_sent_in_the_clear(tmp_path):
    """A user name without TLS to another machine is refused at the start, with the remedy."""
    (tmp_path / "smtp.user").write_text("journeys")
    settings = Settings(
        database_url="",
        temporal_address="",
        secrets_dir=tmp_path,
        smtp_host="mail.council.example",
        smtp_tls="none",
    )
    with pytest.raises(BadSecretError, match="JOURNEYS_SMTP_TLS"):
        Mailer(settings)


async def test_the_headers_of_a_mail(write):
    """The same Message-ID at each try, a date, and a word to the out-of-office machines; plain text and HTML."""
    async with sinks.smtp() as sink:
        for _ in range(2):
            await write(sink.port, smtp_tls="none")
    [first, second] = sink.received
    assert first.key == second.key == "<journey.wirral.F-1.1.3.1@council.example>"
    assert first.headers["auto-submitted"] == "auto-generated"
    assert parsedate_to_datetime(first.headers["date"]).utcoffset() is not None
    assert first.headers["content-type"].startswith("multipart/alternative")
    assert (first.body.strip(), first.html.strip()) == (b"plain words", b"<p>marked up</p>")


@pytest.mark.parametrize(("status", "error"), [(550, ApplicationError), (451, aiosmtplib.SMTPDataError)])
async def test_a_final_answer_is_not_asked_again(write, status, error):
    """What the mail server refuses for good is given up at once; what it cannot take now is tried again."""
    async with sinks.smtp() as sink:
        sink.fail(1, status)
        with pytest.raises(error) as fault:
            await write(sink.port, smtp_tls="none")
    assert getattr(fault.value, "non_retryable", False) == (status == 550)


async def test_a_mail_server_that_says_nothing(write):
    """A server that takes the call and never speaks is left after the timeout; it surely has no mail."""

    async def silent(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(aiosmtplib.SMTPConnectTimeoutError):
        await write(port, patience=0.5, smtp_tls="none")
    server.close()
    assert isinstance(ssl.SSLError(), NOT_MAILED)


def test_a_secret_file_holds_one_line_or_none(tmp_path):
    """An empty file is none, two lines are a slip that is named."""
    (tmp_path / "smtp.user").write_text("\n")
    assert secret_text(tmp_path, "smtp.user") is None
    (tmp_path / "smtp.user").write_text("one\ntwo\n")
    with pytest.raises(BadSecretError, match="must hold one line"):
        secret_text(tmp_path, "smtp.user")
