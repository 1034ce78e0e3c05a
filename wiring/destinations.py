"""Where a partner's webhook may lead: to a public address, and to no network that only we can reach.

A name is judged by what it resolves to at the moment of sending, and the connection goes to the very address that was
judged: a name that changes its mind between the two leads nowhere.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")
OURS = (".localhost", ".local", ".internal", ".home.arpa")  # names that no public service bears


def literal(host: str) -> Address | None:
    """Return the address that a host is, in each spelling that a resolver takes (`127.1`, `0x7f000001`); else None."""
    plain = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ip_address(plain)
    except ValueError:
        try:
            return IPv4Address(socket.inet_aton(plain)) if plain[:1].isdigit() else None
        except (OSError, ValueError):
            return None


def is_open(address: Address, *, loopback: bool) -> bool:
    """Tell whether a webhook may go to an address; to this machine only where `loopback` says so."""
    inner = _inner(address)
    if inner.is_loopback:
        return loopback
    site = isinstance(inner, IPv6Address) and inner.is_site_local
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or site)


def is_open_host(host: str, *, loopback: bool) -> bool:
    """Tell whether a webhook may name a host, as far as that can be told without asking what it resolves to."""
    address = literal(host)
    if address is not None:
        return is_open(address, loopback=loopback)
    name = host.rstrip(".").lower()
    return loopback if name == "localhost" else "." in name and not f".{name}".endswith(OURS)


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one carries, else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
