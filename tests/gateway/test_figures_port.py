"""The port of the figures, taken by somebody else while a process was away."""

import socket

from structlog.testing import capture_logs

from wiring.settings import Settings
from wiring.telemetry import metrics


def test_a_taken_port_of_figures(tmp_path):
    """A process whose port of figures is taken says so and works without: no reminder waits for a figure."""
    settings = Settings(database_url="postgresql://", temporal_address="127.0.0.1:1", secrets_dir=tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken, capture_logs() as told:
        port = taken.getsockname()[1]
        assert metrics.serve(settings, port) is None
    assert [(line["log_level"], line["event"], line["port"]) for line in told] == [
        ("warning", "no figures are served", port)
    ]
