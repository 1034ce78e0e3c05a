"""Where a webhook may lead, and what mail can be made of."""

from email.message import EmailMessage
from ipaddress import ip_address

import pytest

from domain.channels import is_email
from wiring.destinations import is_open, is_open_host

CLOSED = (
    *("10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),  # noqa: S104
    *("255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "[fd00:ec2::254]"),
    *("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "10.1", "169.254.169.254."),
    *("metadata.google.internal", "printer.local", "intranet", "vault", "x.home.arpa"),
)
HERE = ("127.0.0.1", "127.8.8.8", "127.1", "2130706433", "0x7f.1", "::1", "::ffff:127.0.0.1", "localhost", "localhost.")
OPEN = ("hooks.police.example", "81.2.69.142", "2a00:1450:4009::1", "partner.example.", "xn--bcher-kva.example")


@pytest.mark.parametrize("host", CLOSED)
def test_networks_that_only_we_reach(host: str):
    """Private, link-local, metadata, shared and reserved networks are closed in every spelling, to a time-lapse too."""
    assert (False, False) == (is_open_host(host, loopback=False), is_open_host(host, loopback=True))


@pytest.mark.parametrize("host", HERE)
def test_this_machine(host: str):
    """This machine is open only where a setting says so."""
    assert (False, True) == (is_open_host(host, loopback=False), is_open_host(host, loopback=True))


@pytest.mark.parametrize("host", OPEN)
def test_everybody_s_network(host: str):
    """A public name or address is open."""
    assert is_open_host(host, loopback=False)


def test_what_a_name_resolves_to():
    """What is judged at the moment of sending is the address itself."""
    assert [is_open(ip_address(one), loopback=False) for one in ("10.0.0.1", "::1", "81.2.69.142")] == [
        False,
        False,
        True,
    ]


GOOD = ("kim@council.example", "o'brien@council.example", "a.b-c+d@x.co.uk", "kim@localhost", "x" * 64 + "@a.example")
BAD = (
    *("a<b@c", '"@x', "a@b..c", "kim@council.example>", "(x@y", "a;b@c", "a:b@c.d", "a\\b@c.d", "a@b.c.", ".a@b.c"),
    *("a.@b.c", "a..b@c.d", "a@-b.c", "a@b-.c", "=?utf-8?q?a?=@c.d", "a@[1.2.3.4]", "a@1.2.3.4", "a@b@c", "a@", "@b"),
    *("a,b@c.d", "a b@c.d", "a@b.c\n", "a@b.c\nBcc: x@y.z", "kim@cöuncil.example", "a%b@c.d", "a|b@c.d", ""),
    *("a@" + "d" * 64 + ".example", "a@" + ".".join(["d" * 60] * 5)),
)


@pytest.mark.parametrize("text", GOOD)
def test_an_address_is_one(text: str):
    """Mail can be made of it, and goes to it alone."""
    message = EmailMessage()
    message["To"] = text
    assert (True, [text]) == (is_email(text), [one.addr_spec for one in message["To"].addresses])


@pytest.mark.parametrize("text", BAD)
def test_no_address(text: str):
    """What a mail program would read as another address, as two or as none is refused."""
    assert not is_email(text)
