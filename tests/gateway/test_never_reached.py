"""A gateway that began while Temporal was away: it says so, in the words and with the status of an outage."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.service import RPCError, RPCStatusCode

from stack.ports import free_ports
from stack.secrets import ensure
from tests.workflows import path
from wiring.settings import Settings
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient, Unavailable
from wiring.temporal.visibility import _unless

JOURNEY = "journey-WIR-1-1"
ASKED: dict[str, Callable[[JourneyClient], Awaitable[object]]] = {
    "a referral": lambda engine: engine.submit(JOURNEY, path.refer("WIR-1")),
    "a step": lambda engine: engine.submit(JOURNEY, path.until_intervention()[0]),
    "a partner's events": lambda engine: engine.forward(JOURNEY, []),
    "a wake": lambda engine: engine.wake([JOURNEY]),
    "a retry": lambda engine: engine.survey.retry([JOURNEY]),
    "a claim window": lambda engine: engine.windows.start("window-1"),
    "a submission": lambda engine: engine.windows.submit("window-1", "c-1", "manager:ma-1"),
    "the time": lambda engine: engine.now(),
}


@pytest.mark.parametrize("asked", ASKED)
async def test_what_never_reached_temporal_is_unavailable(asked: str, tmp_path: Path) -> None:
    """Whatever is asked of a client that never reached Temporal is `Unavailable`, which doors answer with 503."""
    ensure(tmp_path)
    settings = Settings(database_url="", temporal_address=f"127.0.0.1:{free_ports(1)[0]}", secrets_dir=tmp_path)
    engine = JourneyClient(await connect(settings, lazy=True), offset=timedelta(days=1))
    with pytest.raises(Unavailable, match="not reachable"):
        await ASKED[asked](engine)


@pytest.mark.parametrize("status", [RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED])
def test_a_survey_that_lost_temporal_does_not_speak_of_the_database(status: RPCStatusCode) -> None:
    """What a survey meets when Temporal goes away is told as Temporal's, and an answer it expects is none of this."""
    fault = RPCError("gone", status, b"")
    with pytest.raises(Unavailable, match="Temporal is not reachable"):
        _unless(fault, frozenset({RPCStatusCode.NOT_FOUND}))
    _unless(RPCError("none", RPCStatusCode.NOT_FOUND, b""), frozenset({RPCStatusCode.NOT_FOUND}))
