"""What is wrong with the running system: clocks, Temporal, the worker, the inbox, and files that somebody changed."""

from datetime import datetime, timedelta

from domain.doctor.finding import Finding
from domain.doctor.journeys import GRACE

SKEW = timedelta(minutes=1)  # clocks of one system may differ by so much
QUARANTINED = 100  # events
QUARANTINE_AGE = timedelta(days=7)


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


NO_MAIL_SERVER = Finding(
    code="no-mail-server",
    reference=None,
    what="no mail server is set: no reminder and no message by e-mail is sent",
    remedy="journeys down && JOURNEYS_SMTP_HOST=HOST journeys up",
)
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
