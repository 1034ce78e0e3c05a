"""How each event changes the journey: total over every state, free of rules, never raising."""

from collections.abc import Iterable
from typing import assert_never

from domain.journey import events as e
from domain.journey.evolve.case import evolve_case
from domain.journey.evolve.claims import evolve_claims
from domain.journey.evolve.families import evolve_families
from domain.journey.evolve.holder import evolve_holder
from domain.journey.evolve.members import evolve_members
from domain.journey.evolve.path import evolve_path
from domain.journey.evolve.records import deadline_changed, evolve_record
from domain.journey.state import UNREFERRED, Journey


def fold(events: Iterable[e.AnyEvent]) -> Journey:
    """Read the journey off its events, in order; a corrected event is read as its replacement."""
    return as_of_version(events, 0)


def as_corrected(events: Iterable[e.AnyEvent]) -> list[e.AnyEvent]:
    """Return the events in order, each as it reads now: as its latest correction says, if it was corrected."""
    stream = list(events)
    superseded = {event.version: event.replacement for event in stream if isinstance(event, e.EventCorrected)}
    return [superseded.get(version, event) for version, event in enumerate(stream, start=1)]


def as_of_version(events: Iterable[e.AnyEvent], version: int) -> Journey:
    """Read the journey as it was just after event `version`, with what was corrected since; 0: as it is now."""
    read = as_corrected(events)
    journey = UNREFERRED
    for event in read[:version] if version else read:
        journey = evolve(journey, event)
    return journey


def evolve(journey: Journey, event: e.AnyEvent) -> Journey:  # noqa: PLR0911 - one case a subject
    """Return the journey after `event`: each subject says what its own events change."""
    journey = journey.model_copy(update={"version": journey.version + 1})
    if isinstance(event, e.PathEvent):
        return evolve_path(journey, event)
    if isinstance(event, e.MemberEvent):
        return evolve_members(journey, event)
    if isinstance(event, e.FamilyEvent):
        return evolve_families(journey, event)
    if isinstance(event, e.HolderEvent):
        return evolve_holder(journey, event)
    if isinstance(event, e.CaseEvent):
        return evolve_case(journey, event)
    if isinstance(event, e.RecordEvent):
        return evolve_record(journey, event)
    if isinstance(event, e.DeadlineEvent):
        return deadline_changed(journey, event)
    if isinstance(event, e.ClaimEvent):
        return evolve_claims(journey, event)
    if isinstance(event, e.EventCorrected):
        return journey  # `fold` reads its replacement in the place of what it corrects
    assert_never(event)
