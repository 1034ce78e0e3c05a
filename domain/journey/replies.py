"""What a command is answered with; the same command id is given the same reply for ever."""

from domain.model import Value
from domain.stages import Stage


class Rejection(Value):
    """Why a command was not carried out, and what to do about it."""

    code: str
    reason: str
    remedy: str


class Reply(Value):
    """The answer to one command: the events it made, in order, and why a family is eligible or not; or a rejection."""

    command_id: str
    journey_id: str
    version: int
    stage: Stage
    happened: tuple[str, ...] = ()
    explanation: tuple[str, ...] = ()
    rejection: Rejection | None = None
