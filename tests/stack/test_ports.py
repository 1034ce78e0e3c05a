"""Ports are picked so that they differ, and a taken one is found."""

import socket

import pytest

from stack import ports
from stack.errors import PortTaken


def test_free_ports_differ():
    """Ports picked together are all different."""
    assert len(set(ports.free_ports(20))) == 20


def test_a_listening_port_is_taken():
    """A port that something listens on is taken, and free again when it is closed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(PortTaken, match=rf"Port {port}, wanted for the gateway, .*--gateway-port"):
            ports.require_free(port, "the gateway", "--gateway-port")
    assert ports.is_free(port)
