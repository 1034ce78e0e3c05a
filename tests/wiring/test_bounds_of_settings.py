"""Settings that would do harm are refused when a process starts."""

import pytest
from pydantic import ValidationError

from wiring.settings import Settings


def test_a_worker_keeps_a_journey_in_memory(monkeypatch: pytest.MonkeyPatch):
    """A worker told to keep no journey in memory does not start: its steps would be cancelled under way."""
    monkeypatch.setenv("JOURNEYS_DATABASE_URL", "postgresql://nowhere")
    monkeypatch.setenv("JOURNEYS_WORKER_CACHED_WORKFLOWS", "0")
    with pytest.raises(ValidationError, match=r"worker_cached_workflows|WORKER_CACHED"):
        Settings()
