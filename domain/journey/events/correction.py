"""An earlier event superseded, and which events can be."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.journey.events.event import Event
from domain.journey.events.holder import KeyWorkerAllocated
from domain.journey.events.path import (
    CheckRecorded,
    ConsentRecorded,
    ContactRecorded,
    FamilyAssessed,
    FamilyIdentified,
    FamilyReferred,
    InterventionStarted,
    PlanAgreed,
    PlanReviewed,
    SteppedDown,
    SteppedUp,
)
from domain.journey.events.records import EvidenceRecorded
from domain.model import Code

Correctable = Annotated[
    FamilyReferred
    | ConsentRecorded
    | FamilyIdentified
    | KeyWorkerAllocated
    | ContactRecorded
    | FamilyAssessed
    | PlanAgreed
    | InterventionStarted
    | PlanReviewed
    | SteppedDown
    | SteppedUp
    | CheckRecorded
    | EvidenceRecorded,
    Field(discriminator="type"),
]


class EventCorrected(Event):
    """An earlier event is superseded by `replacement`; folding reads the replacement in its place."""

    unsettles_claims: ClassVar[bool] = True

    type: Literal["event-corrected"] = "event-corrected"
    version: int
    reason: Code
    replacement: Correctable
