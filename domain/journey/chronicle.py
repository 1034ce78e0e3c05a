"""What happened to a family, over all of its journeys, by the day it happened and in words; what was wrong is marked.

Left out is what the system does for itself: reminders, messages, deadlines, requests for evidence, claims. What was
corrected reads as it was corrected, and what was withdrawn stays, with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from domain.calendar import local_date
from domain.evidence import Incident, days_of
from domain.journey import events as e
from domain.journey.evolve import as_corrected
from domain.journey.members import concerns
from domain.journey.state import Journey
from domain.journey.stream import Recorded
from domain.model import Value

# In words, by type of event; what stands in braces are fields of the event.
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "family-referred": "Referred by {referrer}",
        "referral-joined": "Referred again, by {referrer}",
        "consent-recorded": "Lawful basis for sharing recorded",
        "consent-withdrawn": "Lawful basis for sharing withdrawn",
        "family-identified": "Criteria checked: {criteria}",
        "key-worker-allocated": "Key worker: {key_worker}",
        "handover-offered": "Offered to {to}",
        "handover-withdrawn": "Offer withdrawn",
        "handover-accepted": "Key worker: {key_worker}",
        "handover-refused": "Offer refused",
        "contact-recorded": "Contact: {kind}",
        "family-assessed": "Assessed: {needs}",
        "plan-agreed": "Plan agreed: {needs}",
        "intervention-started": "Intensive work began",
        "plan-reviewed": "Plan reviewed: {outcome}",
        "stepped-down": "Stepped down to low intensity",
        "stepped-up": "Stepped up to high intensity: {reason}",
        "check-recorded": "Check at {months} months: {verdict}",
        "journey-closed": "Journey closed: {outcome}",
        "journey-reopened": "Journey reopened: {reason}",
        "family-erased": "Family erased: {reason}",
        "member-joined": "A member joined: {how}",
        "member-left": "{member_id} left: {why}",
        "household-moved": "The family moved",
        "family-merged": "Merged into {into}",
        "family-taken-in": "People of {of} are of this family ({how})",
        "family-split": "People parted into {into}",
        "merge-undone": "The merge with {of} was undone",
        "family-restored": "A family of its own again, out of {out_of}",
        "note-added": "Note: {about}",
        "action-agreed": "Action {entry} agreed: {owner}, by {due_on}",
        "action-moved": "Action {entry} moved to {due_on}: {reason}",
        "action-closed": "Action {entry}: {how}",
        "meeting-recorded": "Meeting; present: {present}",
        "voice-recorded": "{member_id} was heard",
        "scale-set": "Scale of {need}: {score} of 10",
        "relationship-recorded": "{member_id} is {relation} {to_member_id}",
        "relationship-ended": "Relationship {entry} ended",
        "concern-raised": "Concern {entry} raised with {to}: {kind}",
        "concern-answered": "Concern {entry} answered: {answer}",
    }
)
NAMES = {"key_worker", "to", "referrer", "owner", "into", "of", "out_of"}  # of people and partners, as they are spelled
Mark = Literal["corrected", "withdrawn"]


class Happening(Value):
    """One thing that happened, on a day, `what` in words.

    `reference` is of the family, also of one that was merged, `number` of its journey and `version` of the event there;
    `entry` names the text that goes with it. What
    was wrong is marked, with the reason, and with `was`, the words from before a correction.
    """

    day: date
    reference: str
    number: int
    version: int
    type: str
    what: str
    by: str
    recorded_at: datetime
    member: str | None = None
    entry: str | None = None
    mark: Mark | None = None
    reason: str | None = None
    was: str | None = None


def chronology(journeys: Iterable[tuple[int, Sequence[Recorded], Journey]]) -> list[Happening]:
    """Return what happened on these journeys (number, events, state), by day and in each as it was recorded.

    Evidence about people on days on which they were no members of a journey is left out.
    """
    rows = [row for number, recorded, journey in journeys for row in _of(number, recorded, journey)]
    return sorted(rows, key=lambda row: (row.day, row.recorded_at, row.reference, row.number, row.version))


def _of(number: int, recorded: Sequence[Recorded], journey: Journey) -> Iterable[Happening]:
    reads = as_corrected(one.event for one in recorded)
    corrections = {one.event.version: one.event.reason for one in recorded if isinstance(one.event, e.EventCorrected)}
    entries = {one.event.entry: one.event.reason for one in recorded if isinstance(one.event, e.EntryWithdrawn)}
    evidence = {
        one.event.evidence_id: one.event.reason for one in recorded if isinstance(one.event, e.EvidenceWithdrawn)
    }
    for one, event in ((one, each) for one, read in zip(recorded, reads, strict=True) for each in _with_evidence(read)):
        if not _is_told(event, journey):
            continue
        entry = getattr(event, "entry", None)
        gone = entries.get(entry or "") or evidence.get(_evidence_id(event))
        mended = corrections.get(one.version)
        yield Happening(
            day=_day(event),
            reference=journey.reference,
            number=number,
            version=one.version,
            type=event.type,
            what=in_words(event),
            by=one.actor,
            recorded_at=one.recorded_at,
            member=_member(event),
            entry=entry,
            mark="withdrawn" if gone else "corrected" if mended else None,
            reason=gone or mended,
            was=in_words(one.event) if mended else None,
        )


def _with_evidence(event: e.AnyEvent) -> Iterable[e.AnyEvent]:
    """Return an event, and what was recorded elsewhere of people who came with it, each as if it were recorded here.

    What came with a family that was merged is told by that family's own journeys.
    """
    yield event
    if isinstance(event, e.FamilyRestored) or (isinstance(event, e.FamilyTakenIn) and event.how == "split"):
        yield from (e.EvidenceRecorded(at=event.at, evidence=item) for item in event.evidence)


def _is_told(event: e.AnyEvent, journey: Journey) -> bool:
    if isinstance(event, e.EvidenceRecorded):
        of_it = any(held.id == event.evidence.id for held in journey.evidence)
        return event.evidence.kind not in {"withdrawal", "return"} and of_it and concerns(journey, event.evidence)
    return event.type in WORDS


def in_words(event: e.AnyEvent) -> str:
    """Say what an event is in words."""
    if isinstance(event, e.EvidenceRecorded):
        return f"{_spoken(event.evidence.kind).capitalize()}, reported by {event.evidence.source}"
    fields = {name: value if name in NAMES else _spoken(value) for name, value in event}
    return WORDS.get(event.type, _spoken(event.type)).format_map(fields)


def _spoken(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(map(_spoken, value)) or "none"
    text = str(value)
    return text if text.startswith("partner:") else text.replace("-", " ")


def _evidence_id(event: e.AnyEvent) -> str:
    return event.evidence.id if isinstance(event, e.EvidenceRecorded) else ""


def _member(event: e.AnyEvent) -> str | None:
    if isinstance(event, e.EvidenceRecorded):
        return event.evidence.member
    if isinstance(event, e.MemberJoined):
        return event.member.id
    return getattr(event, "member_id", None)


def _day(event: e.AnyEvent) -> date:
    """Return the day a thing happened; of a span of evidence its first."""
    if isinstance(event, e.EvidenceRecorded):
        item = event.evidence
        return item.on if isinstance(item, Incident) else days_of(item)[0]
    if isinstance(event, e.ConsentRecorded):
        return event.consent.on
    day = getattr(event, "on", None)
    return day if isinstance(day, date) else local_date(event.at)
