"""What is wrong with the running system, judged from what was seen; each finding with the command that mends it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from domain.calendar import Calendar, local_date
from domain.journey.state import UNHEARD
from domain.model import Value

GRACE = timedelta(minutes=15)  # a deadline, or an event in the inbox, may be this late before anybody is told
SKEW = timedelta(minutes=1)  # clocks of one system may differ by so much
UNSENT = timedelta(hours=1)  # a reminder that fell due and is still not sent
ATTEMPTS = 5  # of one activity, before it counts as stuck
QUARANTINED = 100  # events
QUARANTINE_AGE = timedelta(days=7)
MOST = 500  # findings told of in one look: who has more mends these first and looks again


class Finding(Value):
    """Something wrong: a code, the family where there is one, what it is, and a command that mends it."""

    code: str
    reference: str | None
    what: str
    remedy: str


class Holding(Value):
    """A key worker as the doctor sees them: what they hold and may hold, and whether they take families at all."""

    name: str
    held: int
    cap: int
    by_waiver: int = 0
    leaving: bool = False
    latest: str | None = None


class Journal(Value):
    """A journey with something left to do, as the journal's read model has it; `labels` as a search would find it."""

    journey_id: str
    reference: str
    version: int
    labels: Mapping[str, str]


def told(findings: Sequence[Finding]) -> tuple[list[Finding], list[str]]:
    """Return as many findings as one look tells of, and a note about how many of which kinds are left out."""
    left = Counter(finding.code for finding in findings[MOST:])
    counts = ", ".join(f"{code} {count}" for code, count in left.items())
    return list(findings[:MOST]), [
        f"findings not shown: {counts}; mend these first, then run journeys doctor again"
    ] if left else []


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
        what=f"its workflow stands at version {version}, its journal at {row.version}: steps are lost from the journal",
        remedy=f"journeys reconcile {row.reference}",
    )


def orphan(reference: str, version: int) -> Finding:
    """Tell of a workflow whose journey the journal does not know, as after a backup was restored."""
    return Finding(
        code="orphan",
        reference=reference,
        what=f"its workflow stands at version {version}, and the journal knows nothing of its journey",
        remedy=f"journeys reconcile {reference}",
    )


def other_labels(row: Journal, labels: Mapping[str, str]) -> Finding:
    """Tell of a workflow that a search finds under other attributes than the journal says."""
    names = sorted(name for name in {*row.labels, *labels} if row.labels.get(name) != labels.get(name))
    told = ", ".join(f"{name} {labels.get(name, 'none')} for {row.labels.get(name, 'none')}" for name in names)
    return Finding(
        code="search-attributes",
        reference=row.reference,
        what=f"a search finds its workflow under {told}",
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


def foreign(part: str, why: str, times: int, last_at: datetime, workflow_id: str) -> Finding:
    """Tell of messages at Temporal's port that this system did not send."""
    to = f" to {workflow_id}" if workflow_id else ""
    what = (
        f"{times} messages were refused at Temporal's port because this system did not send them"
        f" ({part}, {why}), the last{to} at {last_at:%Y-%m-%d %H:%M} UTC"
    )
    return Finding(code="foreign-payloads", reference=None, what=what, remedy="journeys refusals --seen")


def heads_changed(detail: str) -> Finding:
    """Tell of a file of journals' ends that somebody changed."""
    return Finding(code="heads-changed", reference=None, what=detail, remedy="journeys verify")


def clock_back(now: datetime, last: datetime) -> Finding:
    """Tell of a clock that reads earlier than the journal's last event."""
    return Finding(
        code="clock-back",
        reference=None,
        what=f"the clock reads {now:%Y-%m-%d %H:%M} UTC and the journal's last event is of {last:%Y-%m-%d %H:%M} UTC:"
        " the clock was turned back, or was ahead before",
        remedy="timedatectl set-ntp true",
    )


def clocks_differ(here: datetime, there: datetime) -> Finding:
    """Tell of a database on a machine with another time."""
    return Finding(
        code="clocks-differ",
        reference=None,
        what=f"the gateway's clock reads {here:%Y-%m-%d %H:%M:%S} UTC and the database's {there:%Y-%m-%d %H:%M:%S} UTC",
        remedy="timedatectl set-ntp true",
    )


def quarantine(count: int, oldest: datetime | None, now: datetime) -> list[Finding]:
    """Tell of a quarantine that grows, by count or by age."""
    if oldest is None or (count < QUARANTINED and now - oldest < QUARANTINE_AGE):
        return []
    days = (now - oldest).days
    what = f"{count} partner events are in quarantine, the oldest for {days} days"
    return [Finding(code="quarantine-grows", reference=None, what=what, remedy="journeys quarantine list")]


def unapplied(count: int, oldest: datetime | None, now: datetime) -> list[Finding]:
    """Tell of partner events that wait in the inbox for longer than they should."""
    if oldest is None or now - oldest < GRACE:
        return []
    minutes = int((now - oldest).total_seconds() // 60)
    what = f"{count} partner events wait in the inbox, the oldest for {minutes} minutes"
    return [Finding(code="inbox-waits", reference=None, what=what, remedy="journeys sweep")]


def caseloads(workers: Iterable[Holding], room: Mapping[str, int]) -> list[Finding]:
    """Tell of key workers over their cap without waivers for it, and of leavers who hold families."""
    found = []
    for worker in workers:
        if worker.leaving and worker.held:
            found.append(_leaver(worker, room))
        elif worker.held - worker.by_waiver > worker.cap:
            found.append(_over(worker, room))
    return found


def _leaver(worker: Holding, room: Mapping[str, int]) -> Finding:
    to = _receivers(worker.held, room)
    named = "".join(f" --to {name}" for name in to)
    return Finding(
        code="leaver-holds",
        reference=None,
        what=f"{worker.name} is on leave but holds {worker.held} families",
        remedy=f"journeys staff leave {worker.name}{named}",
    )


def _over(worker: Holding, room: Mapping[str, int]) -> Finding:
    most = max(room, key=room.__getitem__, default=None)
    away = f"journeys offer-handover {worker.latest} --to {most}"
    return Finding(
        code="over-cap",
        reference=worker.latest,
        what=f"{worker.name} holds {worker.held} families ({worker.by_waiver} by waiver), the cap is {worker.cap}",
        remedy=away if most else f"journeys staff cap {worker.name} {worker.held - worker.by_waiver}",
    )


def _receivers(families: int, room: Mapping[str, int]) -> list[str]:
    """Return as many of those with room, the most first, as these families need."""
    chosen: list[str] = []
    for name in sorted(room, key=lambda name: (-room[name], name)):
        if sum(room[each] for each in chosen) < families:
            chosen.append(name)
    return chosen


NO_TEMPORAL = Finding(
    code="temporal-away",
    reference=None,
    what="Temporal does not answer: no step is carried out, and workflows cannot be checked",
    remedy="journeys up",
)
NO_WORKER = Finding(
    code="no-worker",
    reference=None,
    what="no worker asks for work: no step is carried out and nothing is sent",
    remedy="journeys up",
)
