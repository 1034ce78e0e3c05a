"""The chronology of a family: by the day things happened, over its journeys, with what was wrong marked."""

from datetime import UTC, date, datetime
from typing import Any, get_args
from uuid import UUID

from given import (
    ALLOCATED_ON,
    ASSESSED_ON,
    CONTACTED_ON,
    HELD,
    PLANNED,
    REFERRED_ON,
    assessed,
    contacted,
    fact,
    noon,
    referred,
)

from domain.evidence import EVIDENCE
from domain.family import Consent, Member
from domain.journey import events as e
from domain.journey.chronicle import WORDS, Happening, chronology
from domain.journey.evolve import fold
from domain.journey.stream import Recorded

LATE = date(2012, 7, 2)


def recorded(*events: e.AnyEvent) -> list[Recorded]:
    """The events as a journal has them."""
    return [
        Recorded(number, event, UUID(int=number), "coordinator:ann", f"c-{number}", event.at, event.at, b"")
        for number, event in enumerate(events, start=1)
    ]


def told(*events: e.AnyEvent, number: int = 1) -> list[Happening]:
    return chronology([(number, recorded(*events), fold(events))])


def lines(rows: list[Happening]) -> list[tuple[date, str, str | None]]:
    return [(row.day, row.what, row.mark) for row in rows]


def observed(number: str, kind: str, member: str | None = None, **fields: Any) -> e.EvidenceRecorded:
    item = {"id": number, "kind": kind, "source": "police", "observed_on": LATE, "member": member, **fields}
    return fact(e.EvidenceRecorded, LATE, evidence=EVIDENCE.validate_python(item))


def test_it_is_by_the_day_things_happened():
    """What was recorded late stands on its own day, between what happened before and after it."""
    note = fact(e.NoteAdded, LATE, on=CONTACTED_ON, entry="N1", by="coordinator:ann", about="visit")
    rows = told(*HELD, assessed, note)
    assert lines(rows)[-3:] == [
        (ALLOCATED_ON, "Key worker: kim", None),
        (CONTACTED_ON, "Note: visit", None),
        (ASSESSED_ON, "Assessed: debt, school", None),
    ]
    assert (rows[-2].entry, rows[-2].version, rows[-2].by) == ("N1", 5, "coordinator:ann")


def test_journeys_of_a_family_are_one_chronology():
    """Rows of two journeys are by day together, each with the number of its journey."""
    again = fact(e.FamilyReferred, CONTACTED_ON, **referred.model_dump(exclude={"at", "type", "on"}))
    first, second = (*HELD, assessed), (again,)
    rows = chronology([(1, recorded(*first), fold(first)), (2, recorded(*second), fold(second))])
    assert [(row.day, row.number) for row in rows][-2:] == [(CONTACTED_ON, 2), (ASSESSED_ON, 1)]


def test_what_was_corrected_reads_anew_and_is_marked():
    """A corrected contact stands on the right day, marked, with the reason and what it said before."""
    right = contacted.model_copy(update={"on": ALLOCATED_ON, "kind": "call"})
    mended = fact(e.EventCorrected, LATE, version=4, reason="slip", replacement=right)
    row = told(*HELD, contacted, mended)[-1]
    assert (row.day, row.what, row.mark, row.reason, row.was) == (
        ALLOCATED_ON,
        "Contact: call",
        "corrected",
        "slip",
        "Contact: visit",
    )


def test_what_was_withdrawn_stays_marked():
    """An entry of the case file, and evidence, stand where they stood, with the reason."""
    note = fact(e.NoteAdded, LATE, entry="N1", by="coordinator:ann", about="call")
    gone = fact(e.EntryWithdrawn, LATE, entry="N1", by="coordinator:ann", reason="other-family")
    seen = observed("e1", "police-callout", on=LATE)
    back = fact(e.EvidenceWithdrawn, LATE, evidence_id="e1", reason="mistaken")
    rows = [(row.what, row.mark, row.reason) for row in told(*HELD, note, seen, gone, back)[-2:]]
    assert rows == [
        ("Note: call", "withdrawn", "other-family"),
        ("Police callout, reported by police", "withdrawn", "mistaken"),
    ]


def test_evidence_stands_on_its_own_day_for_members_only():
    """A span begins on its first day; what is about a stranger, or is a return, is left out."""
    span = observed("e1", "employment", "m1", **{"from": REFERRED_ON})
    stranger = observed("e2", "police-callout", "m9", on=LATE)
    returned = observed("e3", "return", of="employment", **{"from": REFERRED_ON, "to": LATE})
    rows = told(*HELD, span, stranger, returned)
    assert [(row.day, row.what, row.member) for row in rows if "reported by" in row.what] == [
        (REFERRED_ON, "Employment, reported by police", "m1")
    ]


def test_what_the_system_does_for_itself_is_left_out():
    """Reminders and messages say nothing of the family."""
    sent = fact(e.ReminderSent, LATE, reminder_id="plan.4.x")
    assert len(told(*PLANNED, sent)) == len(PLANNED)


def test_who_joined_and_which_basis_stand_on_their_days():
    """A member who joins is named by id, and consent stands on the day it was given."""
    joined = fact(e.MemberJoined, LATE, how="born", member=Member(id="m3", role="child"))
    basis = Consent(id="k1", basis="consent", purpose="family-support", on=CONTACTED_ON)
    consent = fact(e.ConsentRecorded, LATE, consent=basis)
    left = fact(e.MemberCorrected, LATE, reason="slip", member=Member(id="m3", role="child"))
    rows = told(*HELD, consent, joined, left)
    assert [(row.day, row.what, row.member) for row in rows[-2:]] == [
        (CONTACTED_ON, "Lawful basis for sharing recorded", None),
        (LATE, "A member joined: born", "m3"),
    ]


def test_the_words_are_of_events_that_there_are():
    """Every type that has words is an event, and every field that they name is one of it."""
    kinds = {kind.model_fields["type"].default: kind for kind in get_args(get_args(e.AnyEvent)[0])}
    for name, words in WORDS.items():
        wanted = [part.partition("}")[0] for part in words.split("{")[1:]]
        assert {*wanted} <= {*kinds[name].model_fields}, name


def test_what_has_no_day_of_its_own_stands_on_that_of_its_recording():
    """An action moved stands on the day it was moved, by British time."""
    late = datetime(2012, 7, 2, 23, 30, tzinfo=UTC)
    action = {"entry": "A1", "by": "coordinator:ann"}
    agreed = fact(e.ActionAgreed, LATE, need="debt", owner="m1", due_on=LATE, **action)
    moved = e.ActionMoved(at=late, due_on=date(2012, 8, 1), reason="no-room", **action)
    assert told(*HELD, agreed, moved)[-1].day == date(2012, 7, 3)
    assert noon(LATE).date() == LATE
