"""The tests that the entries of a case file share: each refuses what does not fit, with a reason and a remedy."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from domain.calendar import add_months
from domain.errors import Rejected
from domain.family import Member
from domain.journey import case_file as f
from domain.journey import commands as c
from domain.journey.deadlines import HORIZON
from domain.journey.state import Journey
from domain.programme.programme import Programme

MOST = 999  # entries of one kind; their names have as many digits as fit
_Entry = TypeVar("_Entry", bound=f.CaseEntry)


def begin(journey: Journey, command: c.CaseCommand, letter: str, held: Sequence[f.CaseEntry]) -> dict[str, object]:
    """Return how an event of a new entry begins: its moment, its name, and who recorded it."""
    if len(held) >= MOST:
        raise Rejected("case-file-full", f"{journey.reference} has {MOST} entries of this kind", "close the journey")
    return {"at": command.at, "entry": f"{letter}{len(held) + 1}", "by": command.actor}


def held_entry(journey: Journey, entries: Sequence[_Entry], name: str) -> _Entry:
    """Return an entry that was not withdrawn."""
    held = next((each for each in entries if each.id == name and each.withdrawn is None), None)
    if held is None:
        raise unknown_entry(journey, name)
    return held


def unknown_entry(journey: Journey, name: str) -> Rejected:
    """Return the refusal of an entry that there is not."""
    reason = f"{journey.reference} has no such entry {name}, or it was withdrawn"
    return Rejected("unknown-entry", reason, f"see its case file: journeys case {journey.reference}")


def known_need(journey: Journey, need: str) -> None:
    """Refuse a need that nobody found."""
    known = sorted({*journey.criteria, *journey.needs, *(found.need for found in journey.needs_found)})
    if need not in known:
        remedy = f"use one of {', '.join(known)}; or assess the family first: journeys assess {journey.reference}"
        raise Rejected("unknown-need", f"{need} is no need of {journey.reference}", remedy)


def known_party(journey: Journey, who: str, programme: Programme, on: date) -> None:
    """Refuse a member that the family does not have, and a partner without an agreement."""
    if who.startswith(f.PARTNER):
        partner = who.removeprefix(f.PARTNER)
        if programme.agreement(partner, on) is None:
            known = ", ".join(sorted({held.partner for held in programme.agreements if held.holds_on(on)}))
            reason = f"{programme.name} has no agreement with {partner} on {on}"
            raise Rejected("unknown-partner", reason, f"use one of {known}" if known else "name no partner")
    elif who.startswith("m") and who[1:].isdigit():
        known_member(journey, who)


def known_member(journey: Journey, name: str) -> Member:
    """Return a member of the journey, also one who has left."""
    held = next((member for member in journey.members if member.id == name), None)
    if held is None:
        known = ", ".join(member.id for member in journey.members)
        raise Rejected("unknown-member", f"{name} is no member of {journey.reference}", f"its members are {known}")
    return held


def in_reach(day: date, on: date, today: date) -> None:
    """Refuse a day before what it follows from, or one that is forgotten rather than planned."""
    latest = add_months(today, HORIZON)
    if day < on:
        raise Rejected("bad-dates", f"{day} is before {on}, when it was agreed", "correct one of the two")
    if day > latest:
        raise Rejected("too-far", f"{day} is more than {HORIZON} months ahead", f"choose a day up to {latest}")
