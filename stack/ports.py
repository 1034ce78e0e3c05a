"""Loopback ports: pick free ones, and say clearly when a wanted one is taken."""

import socket
from contextlib import ExitStack

from stack.errors import PortTaken

LOOPBACK = "127.0.0.1"
NEAR, LAST = 200, 65_536


def free_ports(count: int) -> tuple[int, ...]:
    """Return `count` different ports that were free a moment ago (held together, so that no two are the same)."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return tuple(each.getsockname()[1] for each in sockets)


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now; a connection still closing down does not count as taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def require_free(port: int, wanted_by: str, flag: str) -> None:
    """Raise `PortTaken` unless `port` is free."""
    if not is_free(port):
        raise PortTaken(port, wanted_by, flag, next_free(port))


def next_free(port: int) -> int | None:
    """Return the first free port after `port` that is near it, or None."""
    return next((each for each in range(port + 1, min(port + NEAR, LAST)) if is_free(each)), None)


def answers(port: int) -> bool:
    """Whether something accepts connections on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
