"""The decisions about the people of a family: who joins and leaves, what is corrected, where the family lives.

Decided here:

- Who left is a member no more from the day after; who comes back was away in between.
- Who was found later belonged all along. Who joined in another way belongs from that day on.
- Of evidence about a person only what is about days on which they were a member is the family's.
"""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

from domain.errors import Rejected
from domain.evidence import Evidence, Withdrawal, days_of
from domain.family import Member
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.facts import Facts, Household
from domain.journey.guards import in_locality
from domain.journey.refusals import before_close, happened
from domain.journey.state import Journey
from domain.programme.programme import Programme
from domain.rules.spans import DAY
from domain.stays import Away

MOST = 999  # members that a family can have ids for


def decide_member(  # noqa: PLR0911 - one case a command
    journey: Journey, command: c.MemberCommand, facts: Facts, programme: Programme
) -> Sequence[e.AnyEvent]:
    """Return what a change of the family's people or home makes happen; raise `Rejected` where it does not fit."""
    household = _household(journey, facts)
    match command:
        case c.AddMember(member_id=None):
            return [_add(journey, command, household)]
        case c.AddMember():
            return _come_back(journey, command, household)
        case c.RecordLeaving():
            return _leave(journey, command)
        case c.CorrectMember():
            return _correct(journey, command, household)
        case c.ChangeIdentifier():
            return _change_identifier(journey, command, household)
        case c.MoveHousehold():
            return _move(journey, command, household, programme)
        case c.ChangeContacts():
            return _change_contacts(journey, command, household)
        case _:
            assert_never(command)


def concerns(journey: Journey, item: Evidence) -> bool:
    """Tell whether evidence is of this journey's family: of a person, that they belonged on a day it is about.

    What takes the place of other evidence, or takes it back, is as long as the person ever belonged: or what it takes
    back would count again.
    """
    if item.member is None:
        return True
    held = next((member for member in journey.members if member.id == item.member), None)
    if held is None:
        return False
    return isinstance(item, Withdrawal) or item.replaces is not None or held.belongs(*days_of(item))


def _household(journey: Journey, facts: Facts) -> Household:
    if facts.family_erased:
        raise Rejected("erased", f"{journey.reference} was erased", "refer the people anew, as a family of their own")
    if facts.household is None:
        raise Rejected("family-not-read", "what is known of the family was not read", "give the step again")
    return facts.household


def _add(journey: Journey, command: c.AddMember, household: Household) -> e.MemberJoined:
    """Take a new person in, under the next id that no person of the family ever had."""
    _joined(journey, command)
    _free(household)
    used = [int(name[1:]) for name in (*household.people, *(member.id for member in journey.members))]
    number = max(used, default=0) + 1
    if number > MOST:
        raise Rejected("too-many-members", f"{journey.reference} has had {MOST} members", "refer them as a new family")
    since = None if command.how == "found-later" else command.on
    member = Member(id=f"m{number}", role=command.role, from_=since)
    return e.MemberJoined(at=command.at, on=command.on, how=command.how, member=member)


def _come_back(journey: Journey, command: c.AddMember, household: Household) -> list[e.AnyEvent]:
    """Take a known person in again, who left this journey, or was on an earlier one only."""
    held = next((member for member in journey.members if member.id == command.member_id), None)
    if held is None and command.member_id not in household.people:
        raise Rejected(
            "unknown-member",
            f"{journey.reference} has no person {command.member_id}",
            f"see its people: journeys show {journey.reference}",
        )
    if held is not None and held.to is None:
        return []
    _joined(journey, command)
    back = Member(id=command.member_id or "", role=command.role, from_=command.on) if held is None else held
    if held is not None and held.to is not None:
        back = _after_an_absence(held, held.to, command)
    return [e.MemberJoined(at=command.at, on=command.on, how="came-back", member=back)]


def _after_an_absence(held: Member, left_on: date, command: c.AddMember) -> Member:
    if command.on <= left_on:
        raise Rejected(
            "bad-dates",
            f"{held.id} left on {left_on}, which is not before {command.on}",
            "give a later day, or correct when they left: journeys member correct",
        )
    gone = (Away(from_=left_on + DAY, to=command.on - DAY),) if command.on > left_on + DAY else ()
    return held.model_copy(update={"to": None, "role": command.role, "away": (*held.away, *gone)})


def _joined(journey: Journey, command: c.AddMember) -> None:
    before_close(journey, command.on)
    happened(command.on, command.at, None, "joined on")


def _leave(journey: Journey, command: c.RecordLeaving) -> list[e.AnyEvent]:
    """Let a member leave; nobody leaves before they came."""
    held = _member(journey, command.member_id)
    left = e.MemberLeft(at=command.at, on=command.on, member_id=held.id, why=command.why)
    if command.why == "never-belonged":
        if len(journey.members) == 1:
            raise Rejected(
                "last-member",
                f"{held.id} is the only member of {journey.reference}",
                f"close it as opened in error: journeys close {journey.reference} --outcome opened-in-error",
            )
        return [left]
    if held.to == command.on:
        return []
    if held.to is not None:
        raise Rejected(
            "already-left",
            f"{held.id} left on {held.to}",
            f"correct the day: journeys member correct {journey.reference} {held.id} --to {command.on} --reason CODE",
        )
    happened(command.on, command.at, _since(held), "left on")
    return [left]


def _since(held: Member) -> date | None:
    """Return the day from which a member has belonged since they last came."""
    return held.away[-1].to + DAY if held.away else held.from_


def _correct(journey: Journey, command: c.CorrectMember, household: Household) -> list[e.AnyEvent]:
    """Let a member read otherwise; what is the same changes nothing."""
    held = _member(journey, command.member_id)
    corrected = _corrected(held, command)
    fields = command.fields if household.news else ()
    if corrected == held and not fields:
        return []
    _plausible(corrected, command)
    return [e.MemberCorrected(at=command.at, reason=command.reason, member=corrected, fields=fields)]


def _corrected(held: Member, command: c.CorrectMember) -> Member:
    changes: dict[str, object] = {}
    if command.role is not None:
        changes["role"] = command.role
    if command.from_ is not None:
        changes["from_"] = None if command.from_ == "always" else command.from_
    if command.to is not None:
        changes["to"] = None if command.to == "open" else command.to
    if command.never_away:
        changes["away"] = ()
    return held.model_copy(update=changes)


def _plausible(corrected: Member, command: c.CorrectMember) -> None:
    """Refuse days in the future, and a member who would have left before they came."""
    for day, what in ((corrected.from_, "joined on"), (corrected.to, "left on")):
        if day is not None:
            happened(day, command.at, None, what)
    away = corrected.away
    bounds = [corrected.from_, *(day for each in away for day in (each.from_, each.to)), corrected.to]
    days = [day for day in bounds if day is not None]
    if days != sorted(days):
        raise Rejected(
            "bad-dates",
            f"{corrected.id} would have left before they came: {', '.join(map(str, days))}",
            "correct both days at once" + (", or say that they were never away: --never-away" if away else ""),
        )


def _change_identifier(journey: Journey, command: c.ChangeIdentifier, household: Household) -> list[e.AnyEvent]:
    """Give a member a number that is nobody else's, or take one away."""
    held = _member(journey, command.member_id)
    if command.change == "added":
        _free(household)
    if not household.news:
        return []
    return [
        e.IdentifierChanged(
            at=command.at, member_id=held.id, scheme=command.scheme, change=command.change, reason=command.reason
        )
    ]


def _free(household: Household) -> None:
    """Refuse a number that is another person's: whose it is must be settled first."""
    for taken in household.taken:
        raise Rejected(
            "identifier-taken",
            f"this {taken.scheme} is that of {taken.member_id} of {taken.reference}",
            f"take it away there if it is wrong: journeys member identifier {taken.reference} {taken.member_id} "
            f"--remove {taken.scheme}=NUMBER --reason CODE",
        )


def _move(journey: Journey, command: c.MoveHousehold, household: Household, programme: Programme) -> list[e.AnyEvent]:
    """Let the family live elsewhere from a day; an address is written over by a named correction alone."""
    happened(command.on, command.at, None, "moved on")
    if command.locality is not None:
        in_locality(command.locality, programme)
    if not household.news and command.locality in {None, journey.locality}:
        return []
    if household.moved_that_day and command.corrected is None:
        raise Rejected(
            "already-moved",
            f"{journey.reference} has another address from {command.on}",
            f"say why that one is wrong: journeys move {journey.reference} --on {command.on} --correct CODE",
        )
    return [e.HouseholdMoved(at=command.at, on=command.on, locality=command.locality, corrected=command.corrected)]


def _change_contacts(journey: Journey, command: c.ChangeContacts, household: Household) -> list[e.AnyEvent]:
    """Record how an adult is reached."""
    held = _member(journey, command.member_id)
    if held.role != "adult":
        raise Rejected(
            "not-an-adult",
            f"{held.id} is a child, of whom no telephone number or e-mail address is kept",
            "record those of an adult of the family",
        )
    if not household.news:
        return []
    return [e.ContactsChanged(at=command.at, member_id=held.id, fields=command.fields)]


def _member(journey: Journey, member_id: str) -> Member:
    held = next((member for member in journey.members if member.id == member_id), None)
    if held is None:
        raise Rejected(
            "unknown-member",
            f"{member_id} is no member of this journey of {journey.reference}",
            f"its members are {', '.join(member.id for member in journey.members)}; of an earlier journey: --journey N",
        )
    return held
