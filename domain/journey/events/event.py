"""What every event carries besides its own fields."""

from pydantic import AwareDatetime

from domain.model import Value


class Event(Value):
    """What every event carries besides its own fields."""

    at: AwareDatetime
