"""A test mail, on a real mail server and on none."""

from pathlib import Path

from activities.delivery.trial import attempt
from stack import sinks
from stack.ports import free_ports
from wiring.settings import Settings


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings(database_url="x", temporal_address="x", secrets_dir=tmp_path, smtp_tls="none", **given)


async def test_a_test_mail_arrives(tmp_path: Path):
    """The mail server gets one mail for the address, which says that it is a test."""
    async with sinks.smtp() as mail:
        fault = await attempt(settings(tmp_path, smtp_host="127.0.0.1", smtp_port=mail.port), "kim@council.example")
        assert (fault, [one.recipient for one in mail.received]) == (None, ["kim@council.example"])


async def test_what_keeps_a_test_mail_from_leaving_is_said(tmp_path: Path):
    """No mail server, one that does not answer, or no address: the reason says which."""
    (port,) = free_ports(1)
    away = settings(tmp_path, smtp_host="127.0.0.1", smtp_port=port)
    assert "JOURNEYS_SMTP_HOST" in (await attempt(settings(tmp_path), "kim@council.example") or "")
    assert f"127.0.0.1:{port}" in (await attempt(away, "kim@council.example") or "")
    assert "not one e-mail address" in (await attempt(away, "kim") or "")
