"""The ids of journeys, claim windows and commands: made and taken apart here, and nowhere else."""

import re
from typing import NamedTuple

_INBOX = re.compile(r"inbox|inb[1-9]")


class JourneyId(NamedTuple):
    """What a journey's id says: its area, its family's reference, and the which of the family's journeys it is."""

    area: str
    reference: str
    number: int

    def __str__(self) -> str:
        """Return the id, which is also the id of the journey's workflow."""
        return f"journey:{self.area}:{self.reference}:{self.number}"

    @classmethod
    def read(cls, journey_id: str) -> "JourneyId":
        """Take an id apart; `ValueError` for one that is no journey's."""
        kind, area, reference, number = journey_id.split(":")
        if kind != "journey":
            raise ValueError(f"{journey_id} is no journey's id")
        return cls(area, reference, int(number))


def reference_of(journey_id: str) -> str:
    """Return the reference of the family whose journey this is."""
    return JourneyId.read(journey_id).reference


def number_of(journey_id: str) -> int:
    """Return which of its family's journeys this is, from 1."""
    return JourneyId.read(journey_id).number


def window_id(area: str, programme: str, label: str) -> str:
    """Return the id of a claim window, which is also the id of its workflow."""
    return f"claim-window:{area}:{programme}:{label}"


def inbox_command_id(partner: str, event_id: str, returned: int = 0) -> str:
    """Return the id of the command that records a partner's event, so that it is recorded once.

    One that came back from a family that it was not of, `returned` times (at most 9), is another command each time.
    """
    return f"{f'inb{returned}' if returned else 'inbox'}:{partner}:{event_id}"


def partner_event_of(command_id: str) -> tuple[str, str] | None:
    """Return the partner and the id of the event that a command records; None where it records none."""
    kind, *source = command_id.split(":", 2)
    return (source[0], source[1]) if _INBOX.fullmatch(kind) and source[1:] else None
