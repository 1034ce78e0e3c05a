"""A referral that comes again in a later file: whether it was taken before, and what it says otherwise by now.

Decided here:

- The same referrer and the same day is the same referral, in whatever file it comes; so is the same referrer under the
  family number of an earlier file, should the day have been corrected.
- A referral of a day not later than the family's last close was dealt with: it never opens a journey again.
- A cell that is empty in the later file says nothing: what was known before stays.
- Nobody's record is changed by a file alone. The address, and what the referral itself said, are changed where that is
  asked for; every other difference is named with the step that makes the change.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from domain.births import Born
from domain.family import Role
from domain.intake.referral import Person, Referral
from domain.journey.events import FamilyReferred
from domain.model import Value

ADDRESS = ("address", "postcode", "uprn")
REFERRAL = ("locality", "referred_on", "criteria")
PERSON = ("surname", "forename", "role", "born", "expected")
NAMES = {"born": "date_of_birth"}  # where a column of the file is called otherwise
BY_FILE = "--apply-changes"
BY_CORRECTION = "journeys correct"
BY_STEP = "journeys member"  # add, leave, correct or identifier

Status = Literal["new", "already-taken", "changed", "in-doubt"]


class Change(Value):
    """One thing that a later file says otherwise: the field, what is held, and what the file says.

    `how` is what makes the change; `applied` says that this import did. Both values may be personal: they go to
    whoever sent the file.
    """

    line: int
    field: str
    held: str
    said: str
    member: str | None = None
    how: str = BY_CORRECTION
    applied: bool = False


class HeldPerson(Value):
    """A member as held; `referred`: the newest referral named them."""

    member_id: str
    role: Role
    surname: str
    forename: str
    born: Born | None = None
    expected: date | None = None
    identifiers: dict[str, str]
    referred: bool = True


class Before(Value):
    """A journey of a family that we know: who referred it, when, and until when it was open."""

    referrer: str
    referred_on: date
    closed_on: date | None = None


class Known(Value):
    """A family that a referral may be of.

    `journeys`, the newest last; `joined` are further referrals added to it. `members` are those of the referral who are
    known, by line; `numbered` says that an earlier file gave the family the same number. The rest is what its newest
    referral said.
    """

    reference: str
    journeys: tuple[Before, ...]
    members: dict[int, str]
    people: tuple[HeldPerson, ...]
    joined: tuple[Before, ...] = ()
    numbered: bool = False
    locality: str
    criteria: tuple[str, ...] = ()
    address: str = ""
    postcode: str = ""
    uprn: str = ""


def status_of(referral: Referral, known: Known) -> tuple[Status, tuple[Change, ...]]:
    """Say what a referral of a known family is, with what it says otherwise."""
    newest = known.journeys[-1]
    closed = [journey.closed_on for journey in known.journeys if journey.closed_on]
    if newest.referrer == referral.referrer and (newest.referred_on == referral.referred_on or _recounted(known)):
        changes = differences(referral, known)
        return ("changed" if changes else "already-taken"), changes
    if began(referral, known):
        return "already-taken", ()
    if closed and referral.referred_on <= max(closed):
        everybody = len(paired(referral.people, known)) == len(referral.people)
        return ("already-taken" if everybody else "in-doubt"), ()
    return "new", ()


def began(referral: Referral, known: Known) -> bool:
    """Tell whether this very referral opened a journey of a family, or was added to its newest one."""
    return any(_began(referral, journey) for journey in (*known.journeys, *known.joined))


def differences(referral: Referral, known: Known) -> tuple[Change, ...]:
    """Return what a referral says otherwise, field by field: of the household, then of each person."""
    line = referral.people[0].line
    held = {"referred_on": known.journeys[-1].referred_on, "locality": known.locality, "criteria": known.criteria}
    held |= {name: getattr(known, name) for name in ADDRESS}
    household = [
        Change(line=line, field=name, held=_text(held[name]), said=_text(said), how=BY_FILE)
        for name in (*REFERRAL, *ADDRESS)
        if (said := getattr(referral, name)) and _plain(name, said) != _plain(name, held[name])
    ]
    return (*household, *_of_people(referral, known))


def corrected(event: FamilyReferred, referral: Referral, changes: Sequence[Change]) -> FamilyReferred:
    """Return the event of a referral as a later file has it, as far as these changes say so."""
    names = {"referred_on": "on"}
    said = {
        names.get(each.field, each.field): getattr(referral, each.field) for each in changes if each.field in REFERRAL
    }
    return event.model_copy(update=said)


def paired(people: Sequence[Person], known: Known) -> dict[int, HeldPerson]:
    """Return who is who, by line: those known, then those left of one birth date or one name."""
    held = {person.member_id: person for person in known.people}
    found = {line: held.pop(member) for line, member in known.members.items() if member in held}
    for alike in (_named_alike, _born_alike):
        for person in people:
            others = [other for other in held.values() if alike(person, other)]
            if person.line not in found and len(others) == 1:
                found[person.line] = held.pop(others[0].member_id)
    return found


def _recounted(known: Known) -> bool:
    """Tell whether a referral of another day may be the newest one corrected: it is open, and has the same number."""
    return known.numbered and known.journeys[-1].closed_on is None


def _began(referral: Referral, journey: Before) -> bool:
    return (referral.referrer, referral.referred_on) == (journey.referrer, journey.referred_on)


def _of_people(referral: Referral, known: Known) -> list[Change]:
    pairs = paired(referral.people, known)
    changes: list[Change] = []
    for person in referral.people:
        other = pairs.get(person.line)
        if other is None:
            added = Change(line=person.line, field="member", held="", said=_whole(person), how=f"{BY_STEP} add")
            changes.append(added)
        else:
            changes += _of_person(person, other)
    missing = {person.member_id for person in known.people if person.referred} - {
        person.member_id for person in pairs.values()
    }
    gone = [person for person in known.people if person.member_id in missing]
    line = referral.people[0].line
    changes += [
        Change(line=line, field="member", held=_whole(who), said="", member=who.member_id, how=f"{BY_STEP} leave")
        for who in gone
    ]
    return changes


def _of_person(person: Person, held: HeldPerson) -> list[Change]:
    said: Mapping[str, Any] = {name: getattr(person, name) for name in PERSON} | person.identifiers
    was: Mapping[str, Any] = {name: getattr(held, name) for name in PERSON} | held.identifiers
    return [
        Change(
            line=person.line,
            field=NAMES.get(name, name),
            held=_text(was.get(name) or ""),
            said=_text(value),
            member=held.member_id,
            how=f"{BY_STEP} {'correct' if name in PERSON else 'identifier'}",
        )
        for name, value in said.items()
        if value and _text(value) != _text(was.get(name) or "")
    ]


def _named_alike(person: Person, held: HeldPerson) -> bool:
    return (person.surname.casefold(), person.forename.casefold()) == (
        held.surname.casefold(),
        held.forename.casefold(),
    )


def _born_alike(person: Person, held: HeldPerson) -> bool:
    return person.born is not None and (person.born, person.role) == (held.born, held.role)


def _whole(person: Person | HeldPerson) -> str:
    birth = person.born or (f"expected {person.expected}" if person.expected else "birth not known")
    return f"{person.forename} {person.surname}".strip() + f", {person.role}, {birth}"


def _text(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _plain(field: str, value: object) -> object:
    """Return a value as it is compared: criteria in any order, a locality in any case."""
    match field, value:
        case "criteria", tuple():
            return frozenset(value)
        case _:
            return _text(value).casefold()
