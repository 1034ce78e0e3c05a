"""What Temporal's faults mean to a caller: away for now, passing, or a bug."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.names import FOREIGN

NEVER_REACHED = "Failed client connect"  # how the SDK's RuntimeError of a client begins that never reached Temporal
# The last three are what a connection looks like that breaks while an answer is awaited: the command may be done.
AWAY = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.DATA_LOSS,
    }
)
# The journey moved to its next run, or ended, just as the update came in: the same update again finds the new run.
PASSING = frozenset({RPCStatusCode.ABORTED, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.RESOURCE_EXHAUSTED})

CUT_SHORT = "AcceptedUpdateCompletedWorkflow"  # the server's type for an update whose workflow ended before it answered


class Unavailable(Exception):
    """Temporal or the worker did not answer in time; the command may still be carried out, so retry with its id."""


def unavailable(fault: RPCError) -> Exception:
    """Read a fault of the connection; any other one is a bug and passed on as it is."""
    if fault.status in AWAY or fault.status in PASSING:
        return Unavailable(f"Temporal is not reachable ({fault.status.name.lower()})")
    return fault


@contextmanager
def asking() -> Iterator[None]:
    """Read what the connection does while Temporal is asked: away is `Unavailable`, any other fault stays as it is."""
    try:
        yield
    except RPCError as fault:
        raise unavailable(fault) from fault
    except RuntimeError as fault:
        if not str(fault).startswith(NEVER_REACHED):
            raise
        raise Unavailable("Temporal is not reachable (it was not since this process began)") from fault
    except ApplicationError as fault:
        if fault.type != FOREIGN:
            raise
        raise Unavailable("the answer did not come from a worker of this system") from fault
