"""Children without a name yet: two of one birth date are two people, where two of a name would be one."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from domain.intake.referral import Person, Reading, Row
from domain.intake.referral_columns import IDENTIFIERS, BadCell, read

NEWBORN = timedelta(days=366)
_NO_NAME = frozenset(
    [
        *("baby", "babe", "bub", "newborn", "unborn", "infant", "child", "twin", "triplet", "boy", "girl", "male"),
        *("female", "unnamed", "unknown", "not", "yet", "named", "known", "no", "name", "nk", "na", "tbc", "tba"),
        *("tbd", "to", "be", "confirmed", "of", "the", "a", "first", "second"),
    ]
)
_NAMING = frozenset(["to", "be", "of", "the", "a", "no", "not", "yet", "first", "second"])  # say nothing by themselves


def unnamed(forename: str) -> bool:
    """Tell whether a forename only says that there is none, such as Baby, Twin 2, Unnamed or ?."""
    words = re.findall(r"[^\W\d_]+", forename.casefold().replace("n/k", "nk").replace("n/a", "na"))
    return not words or (set(words) <= _NO_NAME and not set(words) <= _NAMING)


def may_be_twin(row: Row, today: date) -> bool:
    """Tell whether a row that repeats another may be of another person: a child without a name, or born this year.

    An identifier in both rows says that it is one.
    """
    if row.text("role").casefold() != "child" or any(row.text(column) for column in IDENTIFIERS):
        return False
    return unnamed(row.text("forename")) or _newborn(row, today)


def _newborn(row: Row, today: date) -> bool:
    try:
        born = read("date_of_birth", row.text("date_of_birth"), today)
    except BadCell:
        return False
    return isinstance(born, date) and born > today - NEWBORN


def two_unnamed(earlier: Reading, later: Reading) -> bool:
    """Tell whether two rows of one name and birth date are two children who have no name yet."""
    return all(
        row.values.get("role") == "child" and unnamed(row.values.get("forename", "")) for row in (earlier, later)
    )


def told_apart(people: Sequence[Person]) -> tuple[Person, ...]:
    """Number those children without a name who would have the same one: Baby, Baby (2)."""
    seen: Counter[tuple[str, ...]] = Counter()
    apart = []
    for person in people:
        mark = (person.surname.casefold(), person.forename.casefold(), str(person.born), str(person.expected))
        seen[mark] += 1
        forename = person.forename if seen[mark] == 1 else f"{person.forename} ({seen[mark]})".strip()
        apart.append(person.model_copy(update={"forename": forename}))
    return tuple(apart)


def notes(before: Iterable[Person], after: Iterable[Person]) -> tuple[str, ...]:
    """Say which children were told apart."""
    return tuple(
        f"line {new.line}: {old.forename} has the name and birth date of another child of the family, and is taken as"
        f" a second child, {new.forename}; if it is one child, keep one row"
        for old, new in zip(before, after, strict=True)
        if old.forename != new.forename
    )
