"""What the rows of one family must say together, and what they are held against: the programme and the calendar.

Refused is what is surely wrong: a `child` may be 19, because young people in education count as children until they
are 20 (as for Child Benefit), and an `adult` must be past school age, 16. Of a birth known by year or month both
must be so on every day of it. A person has at least one name; an unborn child has the day on which it is expected.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from dateutil.relativedelta import relativedelta

from domain.births import birth_days
from domain.intake.referral import Fault, Reading, Terms
from domain.intake.referral_columns import HOUSEHOLD, IDENTIFIERS
from domain.intake.unnamed import two_unnamed

MOST_MEMBERS = 30
ADULT_FROM = 16
CHILD_UNTIL = 20
LONGEST, OVERDUE = timedelta(weeks=42), timedelta(weeks=4)  # how far ahead, or behind, a birth may be expected


def faults_together(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    """Return every fault that no single cell shows; of more rows than a family may have, that alone."""
    if len(rows) > MOST_MEMBERS:  # what follows compares each row with each other
        return _size(rows, terms)
    checks: tuple[Callable[[Sequence[Reading], Terms], list[Fault]], ...] = (
        _disagreements,
        _referrer,
        _locality,
        _referred_on,
        _criteria,
        _names,
        _unborn,
        _ages,
        _same_person_twice,
    )
    return [fault for check in checks for fault in check(rows, terms)]


def faults_of_person(row: Reading, on: date) -> list[Fault]:
    """Return every fault that no single cell of a person shows, as known on a day."""
    unborn = _unborn_one(row, on) if "expected" in row.values else []
    return [*_nameless(row), *unborn, *_age(row, on, on)]


def household(rows: Sequence[Reading], column: str) -> Any:
    """Return what the family's rows say of the household: the first row that fills the column speaks for all."""
    return next((row.values[column] for row in rows if column in row.values), None)


def _size(rows: Sequence[Reading], _terms: Terms) -> list[Fault]:
    reason = f"{len(rows)} members, the most is {MOST_MEMBERS}"
    remedy = "check that the rows belong to one family"
    return [row.row.fault("family_no", "too-many-members", reason, remedy) for row in rows[MOST_MEMBERS:][:1]]


def _disagreements(rows: Sequence[Reading], _terms: Terms) -> list[Fault]:
    """Find rows that say something else of the household than the first row that speaks."""
    faults = []
    for column in HOUSEHOLD:
        told = [row for row in rows if column in row.values]
        for row in told[1:]:
            if row.values[column] != told[0].values[column]:
                reason = f"differs from line {told[0].row.line} of the same family"
                remedy = "give every row of a family the same value"
                faults.append(row.row.fault(column, "rows-disagree", reason, remedy))
    return faults


def _referrer(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    reason = f"no sharing agreement with this referrer in {terms.programme.name}"
    return [
        row.row.fault("referrer", "unknown-referrer", reason, terms.programme.referrers)
        for row in rows
        if "referrer" in row.values and not terms.programme.knows_referrer(row.values["referrer"])
    ]


def _locality(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    taken = terms.programme.localities
    if taken is None:
        return []
    reason = f"{terms.programme.name} takes no families from there"
    return [
        row.row.fault(
            "locality", "other-locality", reason, f"use one of {', '.join(taken.names)}, or another programme"
        )
        for row in rows
        if "locality" in row.values and not taken.hold(row.values["locality"])
    ]


def _referred_on(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    reason = f"in the future (today is {terms.today})"
    return [
        row.row.fault("referred_on", "future-date", reason, "give today or an earlier day")
        for row in rows
        if row.values.get("referred_on", terms.today) > terms.today
    ]


def _criteria(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    known = terms.programme.known_criteria
    if known is None:
        return []
    unknown = [(row, [name for name in row.values.get("criteria", ()) if name not in known]) for row in rows]
    return [
        row.row.fault(
            "criteria",
            "unknown-criterion",
            f"{', '.join(names)} is no criterion of {terms.programme.name}",
            f"use {', '.join(known)}",
        )
        for row, names in unknown
        if names
    ]


def _ages(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    referred_on = household(rows, "referred_on") or terms.today
    return [fault for row in rows for fault in _age(row, referred_on, terms.today)]


def _age(row: Reading, referred_on: date, today: date) -> list[Fault]:
    days = birth_days(row.values.get("date_of_birth"))
    role = row.values.get("role")
    if days is None:
        return []
    least, most = (relativedelta(referred_on, day).years for day in (days.last, days.first))
    if days.first > min(today, referred_on):
        when = "in the future" if days.first > today else f"after the referral ({referred_on})"
        return [row.row.fault("date_of_birth", "future-date", when, "correct the date of birth")]
    if role == "child" and least >= CHILD_UNTIL:
        return [
            row.row.fault(
                "role", "wrong-role", f"a child of {least} at the referral", "use adult, or correct the date of birth"
            )
        ]
    if role == "adult" and most < ADULT_FROM:
        return [
            row.row.fault(
                "role", "wrong-role", f"an adult of {most} at the referral", "use child, or correct the date of birth"
            )
        ]
    return []


def _names(rows: Sequence[Reading], _terms: Terms) -> list[Fault]:
    """Find people without any name, but for unborn children; a cell that cannot be read is told of by itself."""
    return [fault for row in rows for fault in _nameless(row)]


def _nameless(row: Reading) -> list[Fault]:
    if row.row.text("surname") or row.row.text("forename") or "expected" in row.values:
        return []
    return [row.row.fault("surname", "missing", "surname and forename are empty", "give one of the two")]


def _unborn(rows: Sequence[Reading], terms: Terms) -> list[Fault]:
    referred_on = household(rows, "referred_on") or terms.today
    return [fault for row in rows if "expected" in row.values for fault in _unborn_one(row, referred_on)]


def _unborn_one(row: Reading, on: date) -> list[Fault]:
    """Find what cannot be of a child who is expected, as known on a day."""
    expected: date = row.values["expected"]
    if "date_of_birth" in row.values:
        remedy = "keep the date of birth of a child who is born, and the expected day of one who is not"
        return [row.row.fault("expected", "born-and-expected", "born, and expected too", remedy)]
    if row.values.get("role") == "adult":
        return [row.row.fault("role", "wrong-role", "an adult who is not born", "use child, or leave expected empty")]
    if not on - OVERDUE <= expected <= on + LONGEST:
        reason = f"no birth can be expected on {expected} as known on {on}"
        return [row.row.fault("expected", "bad-date", reason, "correct the day, or give the date of birth")]
    return []


def _same_person_twice(rows: Sequence[Reading], _terms: Terms) -> list[Fault]:
    """Find a person, or an identifier, in two rows that are not the same; one of the two is wrong.

    Two children who have no name yet are two people, though both rows say so in the same words.
    """
    return [
        later.row.fault(column, "repeated-person", *_said_twice(column, earlier, later))
        for earlier, later in combinations(rows, 2)
        for column in [*_shared(earlier, later)][:1]
    ]


def _said_twice(column: str, earlier: Reading, later: Reading) -> tuple[str, str]:
    """Say what two rows share, and what to do: of two children in the same words it is a question."""
    line = earlier.row.line
    if column == "surname" and earlier.values.get("role") == later.values.get("role") == "child":
        reason = f"the same name and birth date as in line {line}: twins, or one child twice?"
        return reason, "name twins apart, such as Ash and Bo or Baby 1 and Baby 2; of one child keep one row"
    return f"the same {column} as in line {line}", "keep one row a person"


def _shared(earlier: Reading, later: Reading) -> list[str]:
    """Name the columns that say both rows are one person."""
    marks = [
        column
        for column in IDENTIFIERS
        if column in earlier.values and earlier.values[column] == later.values.get(column)
    ]
    two = numbered_apart(earlier, later) or two_unnamed(earlier, later)
    return [*marks, *(["surname"] if _called(earlier) == _called(later) and not two else [])]


def numbered_apart(one: Reading, other: Reading) -> bool:
    """Tell whether two rows of one name and birth date give different numbers of one kind: then they are two people."""
    return any(
        column in one.values and column in other.values and one.values[column] != other.values[column]
        for column in IDENTIFIERS
    )


def named(row: Reading) -> tuple[str, ...]:
    """Return the name and birth date in one spelling, by which a person is found again; empty when incomplete."""
    parts = [row.values.get(column) for column in ("surname", "forename", "date_of_birth")]
    return _called(row) if all(parts) and isinstance(parts[-1], date) else ()


def _called(row: Reading) -> tuple[str, ...]:
    """Return the name and birth date in one spelling, as far as they are known."""
    return tuple(str(row.values.get(column, "")).casefold() for column in ("surname", "forename", "date_of_birth"))
