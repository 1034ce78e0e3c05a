"""What a time-lapse came to: its figures, and which events are steps in a family's story."""

from dataclasses import dataclass
from typing import Any

STEPS = frozenset(
    [
        "family-referred",
        "consent-recorded",
        "family-identified",
        "key-worker-allocated",
        "contact-recorded",
        "family-assessed",
        "plan-agreed",
        "intervention-started",
        "plan-reviewed",
        "stepped-down",
        "stepped-up",
        "check-recorded",
        "journey-closed",
        "claim-eligibility-recorded",
    ]
)


@dataclass(frozen=True)
class Figures:
    """What a time-lapse came to."""

    families: int
    eligible: int
    closed: int
    events: int
    reminders: dict[str, int]
    notifications: dict[str, int]
    stages: dict[str, int]
    claims: list[dict[str, Any]]
    refused_rows: list[dict[str, Any]]
    partner_events: dict[str, int]
    refused_events: dict[str, int]
    quarantined_events: int
    refused_steps: int
    history_events: dict[str, float]
    peak_memory_mb: dict[str, int]
    story: dict[str, Any]
    seconds: float

    def numbers(self) -> dict[str, int]:
        """Return the figures of the closing line."""
        return {
            "families": self.families,
            "eligible": self.eligible,
            "closed": self.closed,
            "events": self.events,
            "reminders": self.reminders["fell-due"],
            "notifications": self.notifications.get("sent", 0),
            "claims": len(self.claims),
            "refused_rows": len(self.refused_lines()),
            "seconds": round(self.seconds),
        }

    def line(self) -> str:
        """Return the closing line."""
        return "demo: " + " ".join(f"{name}={number}" for name, number in self.numbers().items())

    def refused_lines(self) -> set[int]:
        """Return the lines of the referral file that have a fault."""
        return {row["line"] for row in self.refused_rows}
