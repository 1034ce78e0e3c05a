"""How allocation and handover change who holds the family."""

from typing import assert_never

from domain.journey import events as e
from domain.journey.evolve.changes import owe, settle, with_changes
from domain.journey.state import Journey


def evolve_holder(journey: Journey, event: e.HolderEvent) -> Journey:
    """Return the journey after it was allocated, offered, taken over or declined."""
    match event:
        case e.KeyWorkerAllocated():
            return _allocated(journey, event)
        case e.HandoverOffered():
            offered = settle(with_changes(journey, handover_to=event.to), "handover-refusal")
            return owe(offered, "handover-answer", event.on, event.at)
        case e.HandoverWithdrawn():
            return settle(with_changes(journey, handover_to=None), "handover-answer")
        case e.HandoverAccepted():
            held = with_changes(journey, key_worker=event.key_worker, key_worker_from=event.on, waiver=event.waiver)
            return settle(with_changes(held, handover_to=None), "handover-answer")
        case e.HandoverRefused():
            back = settle(with_changes(journey, handover_to=None), "handover-answer")
            return owe(back, "handover-refusal", event.on, event.at)
        case _:
            assert_never(event)


def _allocated(journey: Journey, event: e.KeyWorkerAllocated) -> Journey:
    """One named person holds the family; a first contact and the assessment are owed."""
    held = with_changes(
        journey, stage="assessment", key_worker=event.key_worker, key_worker_from=event.on, held_from=event.on
    )
    held = with_changes(held, waiver=event.waiver)
    held = owe(settle(held, "allocation"), "first-contact", event.on, event.at)
    return owe(held, "assessment", event.on, event.at)
