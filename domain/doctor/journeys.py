"""What is wrong with one journey: its workflow, its journal, its deadlines and its messages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from domain.calendar import Calendar, local_date
from domain.doctor.finding import Finding
from domain.journey.state import UNHEARD
from domain.model import Value

GRACE = timedelta(minutes=15)  # a deadline, or an event in the inbox, may be this late before anybody is told
UNSENT = timedelta(hours=1)  # a reminder that fell due and is still not sent
ATTEMPTS = 5  # of one activity, before it counts as stuck


class Journal(Value):
    """A journey with something left to do, as the journal's read model has it; `labels` as a search would find it."""

    journey_id: str
    reference: str
    version: int
    labels: Mapping[str, str]


def not_running(rows: Iterable[Journal]) -> list[Finding]:
    """Tell of journeys whose workflow does not run: their deadlines would pass unseen."""
    return [
        Finding(
            code="no-timer",
            reference=row.reference,
            what="its journey has outstanding work, but its workflow does not run, so no timer is set",
            remedy=f"journeys rearm {row.reference}",
        )
        for row in rows
    ]


def other_version(row: Journal, version: int) -> Finding:
    """Tell of a workflow that stands at another version than its journal."""
    return Finding(
        code="version-differs",
        reference=row.reference,
        what=f"its workflow is at version {version}, its journal at {row.version}",
        remedy=f"journeys rearm {row.reference}",
    )


def ahead(row: Journal, version: int) -> Finding:
    """Tell of a workflow that knows more than its journal, as after a backup was restored."""
    return Finding(
        code="ahead-of-journal",
        reference=row.reference,
        what=f"its workflow is at version {version}, its journal at {row.version}: steps are lost from the journal",
        remedy=f"journeys reconcile {row.reference}",
    )


def orphan(reference: str, version: int) -> Finding:
    """Tell of a workflow whose journey the journal does not know, as after a backup was restored."""
    return Finding(
        code="orphan",
        reference=reference,
        what=f"its workflow is at version {version}, and the journal knows nothing of its journey",
        remedy=f"journeys reconcile {reference}",
    )


def other_labels(row: Journal, labels: Mapping[str, str]) -> Finding:
    """Tell of a workflow that a search finds under other attributes than the journal says."""
    names = sorted(name for name in {*row.labels, *labels} if row.labels.get(name) != labels.get(name))
    differences = ", ".join(f"{name} {labels.get(name, 'none')} for {row.labels.get(name, 'none')}" for name in names)
    return Finding(
        code="search-attributes",
        reference=row.reference,
        what=f"a search finds its workflow under {differences}",
        remedy=f"journeys rearm {row.reference}",
    )


def stuck(row: Journal, activity: str, attempts: int) -> Finding:
    """Tell of an activity that was tried again and again."""
    return Finding(
        code="activity-stuck",
        reference=row.reference,
        what=f"{activity} failed {attempts} times and waits for its next attempt",
        remedy=f"journeys retry {row.reference}",
    )


def overdue(at: datetime, reference: str, now: datetime, calendar: Calendar) -> bool:
    """Tell whether a deadline should have fallen due by now.

    What came due in an outage waits for working hours, and there for the family's own moment of the day.
    """
    if not calendar.is_open(now) or now - at < GRACE:
        return False
    today = local_date(now)
    return local_date(at) == today or now - calendar.moment(today, reference) > GRACE


def missed(reference: str, deadlines: int, oldest: datetime, *, working: bool) -> Finding:
    """Tell of deadlines that passed while nothing fell due."""
    return Finding(
        code="deadline-passed",
        reference=reference,
        what=f"{deadlines} deadlines passed and nothing was sent, the oldest on {oldest:%Y-%m-%d %H:%M} UTC",
        remedy=f"journeys rearm {reference}" if working else "journeys up",
    )


def unsent(reference: str, reminder_id: str, since: datetime) -> Finding:
    """Tell of a reminder that fell due, or was tried again, and did not go out."""
    return Finding(
        code="nothing-sent",
        reference=reference,
        what=f"reminder {reminder_id} has been due since {since:%Y-%m-%d %H:%M} UTC and was not sent",
        remedy=f"journeys retry {reference}",
    )


def failed(reference: str, effect_id: str, kind: str) -> Finding:
    """Tell of a message that was given up."""
    return Finding(
        code="notification-failed",
        reference=reference,
        what=f"{kind} {effect_id} could not be sent, and no further attempt is made",
        remedy=f"journeys messages retry {effect_id}",
    )


def without_holder(reference: str) -> Finding:
    """Tell of a family that was allocated and is held by nobody."""
    return Finding(
        code="no-holder",
        reference=reference,
        what="it was allocated and is not closed, but no key worker is recorded",
        remedy=f"journeys rebuild {reference}",
    )


def unheard(reference: str, members: Sequence[str]) -> Finding:
    """Tell of children whose voice was not recorded for long."""
    return Finding(
        code="child-not-heard",
        reference=reference,
        what=f"what {', '.join(members)} says was not recorded for {UNHEARD.days} days",
        remedy=f"journeys voice add {reference} {members[0]} --file FILE",
    )


def without_row(reference: str) -> Finding:
    """Tell of a journey that the journal holds and no list shows."""
    return Finding(
        code="not-listed",
        reference=reference,
        what="the journal has its journey, but the read models have lost it",
        remedy=f"journeys rebuild {reference}",
    )


def not_erased(reference: str, reason: str) -> Finding:
    """Tell of a family that was erased and can be read, as after a backup of the vault alone was restored."""
    return Finding(
        code="not-erased",
        reference=reference,
        what="its journal says it was erased, but its key is there: its names can be read",
        remedy=f"journeys erase {reference} --why {reason}",
    )


def unsound(reference: str, version: int, problem: str) -> Finding:
    """Tell of a journal that is not as it was written."""
    return Finding(
        code="journal-unsound",
        reference=reference,
        what=f"event {version} of its journal is not as it was written ({problem}); restore it from a backup",
        remedy=f"journeys verify {reference}",
    )
