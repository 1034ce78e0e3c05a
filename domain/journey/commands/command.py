"""What every command carries, and how much of a list it may carry."""

from pydantic import AwareDatetime, Field

from domain.model import Value

MOST = 50  # codes in one list: more is a slip, or poison


class Command(Value):
    """What every command carries: its id, when it was given, and by whom (`role:name`).

    `seen_version` is the journey's version that whoever gives it had before them; None: it is given regardless.
    """

    command_id: str = Field(min_length=1, max_length=120)
    at: AwareDatetime
    actor: str = Field(min_length=1, max_length=120)
    seen_version: int | None = Field(default=None, ge=0)
