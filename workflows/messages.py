"""What a journey's workflow takes and keeps: one small value, carried from run to run."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from activities.claim_windows import Gathered
from activities.messages import Due
from domain.journey.effects import Effect
from domain.stages import Stage


class JourneyState(BaseModel):
    """All a journey's workflow remembers; everything else is in the journal."""

    journey_id: str
    version: int = 0
    stage: Stage = "unreferred"
    wake_at: datetime | None = None
    agenda: list[Due] = []
    effects: list[Effect] = []
    labels: dict[str, str] = {}
    next_deadline: datetime | None = None


class JourneyInput(BaseModel):
    """How a run begins; `history_limit` above 0 continues as new past that many history events."""

    state: JourneyState
    history_limit: int = 0


class PartnerEvents(BaseModel):
    """A batch of record-evidence commands; rows are checked one by one inside, so that one bad row loses no other."""

    rows: list[dict[str, Any]] = []


class WindowInput(BaseModel):
    """Which claim window a run is for."""

    window_id: str


class WindowState(BaseModel):
    """All a claim window's workflow remembers; everything else is in the ledger."""

    window_id: str
    phase: Literal["waiting", "open", "closed"] = "waiting"
    held: Gathered = Gathered()
