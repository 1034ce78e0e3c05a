"""Which partners are asked for evidence before a check: those who may send what the programme's rules look at."""

from collections.abc import Iterator
from datetime import date

from domain.calendar import local_date
from domain.evidence import EVIDENCE_KINDS
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import Deadline
from domain.programme.agreements import Agreement
from domain.programme.programme import Programme

SAID = ("stage", "dates")  # what a request needs to be understood, as far as the agreement shares it


def kinds_looked_at(programme: Programme) -> frozenset[str]:
    """Return the kinds of evidence that any rule of the programme names."""
    rules = (limb.rule.model_dump() for result in programme.results for limb in result.limbs)
    return frozenset(kind for rule in rules for kind in _named(rule))


def askable(programme: Programme, day: date) -> tuple[Agreement, ...]:
    """Return the agreements in force on `day` under which evidence of such a kind may be sent."""
    kinds = kinds_looked_at(programme)
    return tuple(held for held in programme.agreements if held.holds_on(day) and kinds & set(held.kinds))


def request(deadline: Deadline, command: c.PassTime, programme: Programme) -> e.EvidenceRequested:
    """Name whom to ask, and for what, as the agreements stand on the day it falls due."""
    agreements = askable(programme, local_date(command.at))
    may_send = {kind for held in agreements for kind in held.kinds}
    return e.EvidenceRequested(
        at=command.at,
        request_id=deadline.id,
        months=deadline.months or 0,
        check_on=deadline.due_on,
        kinds=tuple(sorted(kinds_looked_at(programme) & may_send)),
        partners=tuple(held.partner for held in agreements),
    )


def asked(event: e.EvidenceRequested, programme: Programme) -> list[dict[str, object]]:
    """Return the fields of the message to each partner, under the first purpose of its agreement.

    That is the purpose for which it sends evidence. The message tells no more than the agreement shares.
    """
    agreements = (programme.agreement(partner, local_date(event.at)) for partner in event.partners)
    return [
        {
            "partner": held.partner,
            "purpose": held.purposes[0],
            "categories": tuple(category for category in SAID if category in held.categories),
        }
        for held in agreements
        if held is not None and held.purposes
    ]


def _named(part: object) -> Iterator[str]:
    """Find the names of kinds anywhere in a rule; the codes that a `where` looks for are none."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name != "where":
                yield from _named(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _named(value)
    elif isinstance(part, str) and part in EVIDENCE_KINDS:
        yield part
