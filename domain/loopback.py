"""Whether an address is on this machine: only there may a message go unencrypted."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether `host`, a name or an address, is this machine's own."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
