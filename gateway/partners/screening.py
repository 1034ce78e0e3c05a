"""A partner's events judged one by one: read, held to the agreement, and made what the inbox takes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from pydantic import ValidationError

from domain.calendar import local_date
from domain.evidence import MODELS, OURS, ActionDone, Incident, Observation, OpenSpan, ahead
from domain.evidence_words import WORDS, coded
from domain.programme.agreements import Agreement
from gateway.http.validation import place, said
from gateway.partners.cloudevents import LARGEST_EVENT, TYPE_PREFIX, CloudEvent, content
from gateway.partners.pseudonymity import SCHEMES, nameable, own_id, readable, tells, text_of
from store.inbox import Arrival
from store.vault import Vault

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
WITHDRAWAL = "withdrawal"
DONE = "action-done"  # closes an action of the partner's own, and is no evidence
AHEAD = timedelta(minutes=5)  # a partner's clock may be a little ahead of ours

Raw = Mapping[str, Any]
Judged = tuple[Arrival, str | None]  # with why it is refused, where it is

_VALUES = re.compile(r" \([^)]*\)")


@dataclass(frozen=True)
class Sender:
    """The partner that signed, its agreement, and when it knocked."""

    partner: str
    agreement: Agreement | None
    at: datetime


class Refused(Exception):
    """An event cannot be taken; the code of the reason is kept with it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def judge(vault: Vault, sender: Sender, events: Sequence[Raw]) -> list[Judged]:
    """Return each event as the inbox takes it, with why it is refused where it is."""
    return [_judged(vault, sender, event) for event in events]


def _judged(vault: Vault, sender: Sender, raw: Raw) -> Judged:
    spelled = b""
    try:
        spelled = _spelled(raw)
        return _arrival(vault, sender, raw, spelled), None
    except Refused as refused:
        return _refusal(vault, sender, raw, spelled, refused.code), str(refused)


def _spelled(raw: Raw) -> bytes:
    """Return an event in the one spelling that is hashed; refuse one that has none, though JSON can be read deeper."""
    try:
        return content(raw)
    except orjson.JSONEncodeError as fault:
        raise Refused("bad-event", "the event is nested too deeply; send the fields of its kind only") from fault


def _arrival(vault: Vault, sender: Sender, raw: Raw, spelled: bytes) -> Arrival:
    event = _event(raw, spelled)
    kind = event.type.removeprefix(TYPE_PREFIX)
    _agreed(sender, event, kind)
    if event.time < EARLIEST or _in_the_future(event.time, sender.at):
        raise Refused("bad-time", "time: an event is observed after 1900 and not in the future; correct it")
    scheme, identifier = _subject(event)
    return Arrival(
        partner=sender.partner,
        event_id=event.id,
        body_hash=vault.body_digest(spelled),
        subject_scheme=scheme,
        subject_digest=vault.subject_digest(scheme, identifier),
        kind=kind,
        observed_at=event.time,
        evidence=_nobodys(event, _evidence(sender, event, kind)),
        received_at=sender.at,
    )


def _in_the_future(observed: datetime, now: datetime) -> bool:
    """Tell whether a moment lies on a later day than today in Britain; a partner's clock may be a little ahead."""
    if observed <= now + AHEAD:
        return False
    return observed > now + timedelta(days=1) or local_date(observed) > local_date(now)


def _subject(event: CloudEvent) -> tuple[str, str]:
    """Return scheme and identifier; refuse one that is nobody's, and an id that tells whose event it is."""
    if not readable(event.subject):
        schemes = ", ".join(SCHEMES)
        raise Refused("bad-subject", f"subject is not <scheme>:<identifier> with a scheme of {schemes}; correct it")
    if tells(event.subject, event.id):
        raise Refused("telling-id", "id: contains the subject's identifier, and ids are kept; use a number of your own")
    scheme, _, identifier = event.subject.partition(":")
    return scheme, identifier


def _event(raw: Raw, spelled: bytes) -> CloudEvent:
    if len(spelled) > LARGEST_EVENT:
        raise Refused("bad-event", f"the event is larger than {LARGEST_EVENT} bytes; send the fields of its kind only")
    try:
        return CloudEvent.model_validate(raw)
    except ValidationError as fault:
        raise Refused("bad-event", _first(fault)) from fault


def _agreed(sender: Sender, event: CloudEvent, kind: str) -> None:
    """Refuse a kind that the partner's agreement does not name; a return counts as the kind it reports on."""
    if not event.type.startswith(TYPE_PREFIX) or kind not in {*MODELS, WITHDRAWAL, DONE}:
        raise Refused("unknown-kind", f"type is not {TYPE_PREFIX}<kind> with a known kind; correct it")
    if kind in {WITHDRAWAL, DONE}:
        _speaking(sender)
    if kind == WITHDRAWAL:
        _withdrawing(event)
    if kind in {WITHDRAWAL, DONE}:
        return
    agreed = sender.agreement.kinds if sender.agreement else ()
    of = event.data.get("of") if kind == "return" else None
    wanted = [kind, of] if isinstance(of, str) and of in MODELS else [kind]  # any other the kind's model refuses
    missing = [name for name in wanted if name not in agreed]
    if missing:
        raise Refused("kind-not-agreed", f"no valid agreement lets {sender.partner} send {missing[0]}; ask the council")


def _evidence(sender: Sender, event: CloudEvent, kind: str) -> dict[str, Any]:
    """Read the kind's fields; whatever else came along is dropped, never kept."""
    observed = min(local_date(event.time), local_date(sender.at)).isoformat()
    ours = {"id": f"{sender.partner}:{event.id}", "kind": kind, "source": sender.partner, "observed_on": observed}
    if kind == WITHDRAWAL:
        return ours | _earlier(sender, event, "withdraws")
    ours |= _earlier(sender, event, "replaces")
    data = {name: value for name, value in event.data.items() if name not in {"member", *OURS}}
    try:
        model = ActionDone if kind == DONE else MODELS[kind]
        evidence = model.model_validate((data if kind == DONE else coded(kind, data)) | ours)
    except ValidationError as fault:
        raise Refused("bad-evidence", _first(fault)) from fault
    _dated(evidence)
    return evidence.model_dump(mode="json", by_alias=True, exclude_none=True)


def _withdrawing(event: CloudEvent) -> None:
    """Refuse a withdrawal that names nothing."""
    if event.withdraws is None:
        raise Refused("bad-event", "withdraws: it is missing; give the id of the event that was wrong")


def _speaking(sender: Sender) -> None:
    """Refuse what only a partner with an agreement in force may say."""
    if sender.agreement is None:
        raise Refused("kind-not-agreed", f"no valid agreement lets {sender.partner} send anything; ask the council")


def _earlier(sender: Sender, event: CloudEvent, attribute: str) -> dict[str, str]:
    """Return the earlier event of the same partner that an event names, as evidence has it."""
    other = {"replaces": "withdraws", "withdraws": "replaces"}[attribute]
    if getattr(event, other) is not None:
        remedy = "send a withdrawal, or a new event with `replaces`"
        raise Refused("bad-event", f"{other}: this type has no such attribute; {remedy}")
    named = getattr(event, attribute)
    if named is None:
        return {}
    if named == event.id:
        raise Refused("bad-event", f"{attribute}: an event cannot name itself; give the id of the earlier one")
    if tells(event.subject, named):
        raise Refused(
            "telling-id", f"{attribute}: contains the subject's identifier, and ids are kept; send another id"
        )
    return {attribute: f"{sender.partner}:{named}"}


def _nobodys(event: CloudEvent, evidence: dict[str, Any]) -> dict[str, Any]:
    """Return evidence as it is; refuse a code that tells whom it is about: codes stay in the journal for ever."""
    telling = next((name for name in WORDS if tells(event.subject, evidence.get(name, ""))), None)
    if telling:
        raise Refused("bad-evidence", f"{telling}: contains the subject's identifier; give a code that names nobody")
    return evidence


def _dated(evidence: Observation) -> None:
    """Refuse a day that a slip of the pen put before all memory, or after it was observed: nobody has seen it."""
    field = "on" if isinstance(evidence, Incident) else "from_"
    day: date = getattr(evidence, field)
    if day < EARLIEST.date():
        raise Refused("bad-evidence", f"{field.rstrip('_')}: a day is after 1900; correct it")
    late = ahead(evidence)
    if late is not None:
        open_end = late == "to" and isinstance(evidence, OpenSpan)
        remedy = "leave it out until it is over" if open_end else "correct one of the two"
        raise Refused("bad-evidence", f"{late}: later than time, when it was observed; {remedy}")


def _refusal(vault: Vault, sender: Sender, raw: Raw, spelled: bytes, code: str) -> Arrival:
    """Return what is kept of a refused event: that it came, and why it was refused."""
    return Arrival(
        partner=sender.partner,
        event_id=own_id(raw) if nameable(raw) else f"(not kept: {code})",
        body_hash=vault.body_digest(spelled),
        subject_scheme=None,
        subject_digest=None,
        kind=text_of(raw.get("type")).removeprefix(TYPE_PREFIX)[:64],
        observed_at=None,
        evidence={},
        received_at=sender.at,
        refusal=code,
    )


def _first(fault: ValidationError) -> str:
    """Return the first fault without the value: it may be personal, and receipts are kept by others.

    What we say of two fields together names their values in brackets.
    """
    first = fault.errors(include_url=False)[0]
    what, remedy = said(first, quoting=False)
    return f"{place(first['loc']) if first['loc'] else 'data'}: {_VALUES.sub('', what)}; {remedy}"
