"""One way in for every referral: rows from a file, a form or a program become a referral, or a list of faults.

A family with any faulty row is refused whole, so that nothing is half done; only an exact repeat of a row is dropped,
and the family still taken. Children without a name yet are no repeat of one another, as twins are not.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from domain.intake.family_checks import faults_of_person, faults_together, household, named, numbered_apart
from domain.intake.referral import Checked, Fault, Person, Reading, Referral, Row, Terms
from domain.intake.referral_columns import COLUMNS, DAYS, HOUSEHOLD, IDENTIFIERS, PERSONAL, BadCell, read, shown
from domain.intake.unnamed import may_be_twin, notes, told_apart
from domain.intake.written_days import DAY_FIRST, day_first, either_first, month_first

Doubtful = Mapping[str, int]  # columns whose days may have the month first, each with a line where it has
SURE: Doubtful = {}


def check_families(rows: Iterable[Row], terms: Terms, unreadable: Sequence[Fault] = ()) -> list[Checked]:
    """Judge each family of a file, in the order of its first row; an `unreadable` row refuses its family too."""
    rows = list(rows)
    doubtful = _doubtful(rows)
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(row.text("family_no") or f"line {row.line}", []).append(row)
    alone: dict[str, list[Fault]] = {}
    for fault in unreadable:
        alone.setdefault(fault.family_no or f"line {fault.line}", []).append(fault)
    judged = [_judge(family, terms, alone.pop(key, []), doubtful) for key, family in families.items()]
    return [*_apart(judged), *map(_unread, alone.values())]


def check_family(rows: Sequence[Row], terms: Terms) -> Checked:
    """Judge the rows of one family."""
    return _judge(rows, terms, []).checked


def check_person(cells: Mapping[str, str], today: date) -> tuple[Person | None, list[Fault]]:
    """Judge one person by the rules that hold in a referral of today; return who they are, or the faults."""
    row = Row(line=1, cells=dict(cells))
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for column in PERSONAL:
        try:
            values[column] = read(column, row.cells.get(column, ""), today)
        except BadCell as bad:
            faults.append(row.fault(column, bad.code, bad.reason, bad.remedy))
    reading = Reading(row, {column: value for column, value in values.items() if value is not None})
    faults = faults or faults_of_person(reading, today)
    return (None, faults) if faults else (_person(reading), [])


def rows_of(form: Mapping[str, Any], family_no: str = "1") -> list[Row]:
    """Write a form (household fields, and `members` with theirs; all text) as rows, one a member."""
    household_cells = {column: _text(form.get(column)) for column in HOUSEHOLD}
    return [
        Row(
            line=number,
            cells={"family_no": family_no}
            | (household_cells if number == 1 else {})
            | {column: _text(member.get(column)) for column in PERSONAL},
        )
        for number, member in enumerate(form.get("members") or [{}], start=1)
    ]


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ";".join(str(part) for part in value)
    return "" if value is None else str(value)


class _Judged:
    """A family's verdict, beside what its rows say."""

    def __init__(self, checked: Checked, rows: Sequence[Reading]) -> None:
        self.checked = checked
        self.rows = rows


def _doubtful(rows: Sequence[Row]) -> Doubtful:
    """Find the columns of days that a program wrote with the month first: there 03/04 may be the third of April."""
    found = {}
    for column in DAYS:
        lines = [row.line for row in rows if month_first(row.text(column))]
        if lines and not any(day_first(row.text(column)) for row in rows):
            found[column] = lines[0]
    return found


def _judge(rows: Sequence[Row], terms: Terms, unreadable: Sequence[Fault], doubtful: Doubtful = SURE) -> _Judged:
    kept, dropped = _once(rows, terms.today)
    readings, faults = _read(kept, terms, doubtful)
    faults = [*faults, *faults_together(readings, terms), *unreadable]
    referral = None if faults else _referral(readings)
    checked = Checked(
        family_no=shown(rows[0].text("family_no")),
        lines=tuple(row.line for row in rows),
        referral=referral,
        notes=notes(map(_person, readings), referral.people) if referral else (),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
        dropped=tuple(dropped),
    )
    return _Judged(checked, readings)


def _once(rows: Sequence[Row], today: date) -> tuple[list[Row], list[Fault]]:
    """Part the rows from exact repeats of an earlier one."""
    first: dict[tuple[str, ...], int] = {}
    kept, dropped = [], []
    for row in rows:
        told = tuple(row.text(column) for column in COLUMNS)
        if told not in first or may_be_twin(row, today):
            first.setdefault(told, row.line)
            kept.append(row)
        else:
            reason = f"repeats line {first[told]}"
            dropped.append(
                row.fault("surname", "repeated-row", reason, "nothing to do: the family was taken without it")
            )
    return kept, dropped


def _read(rows: Sequence[Row], terms: Terms, doubtful: Doubtful) -> tuple[list[Reading], list[Fault]]:
    """Read every cell; what one row says of the household, the others may leave empty."""
    filled = {column for row in rows for column in HOUSEHOLD if row.text(column)}
    readings, faults = [], []
    for row in rows:
        values: dict[str, Any] = {}
        for column in COLUMNS:
            if column in HOUSEHOLD and not row.text(column) and (column in filled or row is not rows[0]):
                continue
            try:
                _sure(row, column, doubtful)
                values[column] = read(column, row.cells.get(column, ""), terms.today)
            except BadCell as bad:
                faults.append(row.fault(column, bad.code, bad.reason, bad.remedy))
        readings.append(Reading(row, {column: value for column, value in values.items() if value is not None}))
    return readings, faults


def _sure(row: Row, column: str, doubtful: Doubtful) -> None:
    """Refuse a day that reads either way in a column that has the month first elsewhere."""
    if column in doubtful and either_first(row.text(column)):
        reason = f"the day is in doubt: line {doubtful[column]} of this column has the month first"
        raise BadCell("bad-date", reason, DAY_FIRST)


def _referral(rows: Sequence[Reading]) -> Referral:
    told = {column: value for column in HOUSEHOLD if (value := household(rows, column)) is not None}
    return Referral(family_no=rows[0].values["family_no"], people=told_apart([_person(row) for row in rows]), **told)


def _person(row: Reading) -> Person:
    return Person(
        line=row.row.line,
        role=row.values["role"],
        surname=row.values.get("surname", ""),
        forename=row.values.get("forename", ""),
        born=row.values.get("date_of_birth"),
        expected=row.values.get("expected"),
        identifiers={scheme: row.values[column] for column, scheme in IDENTIFIERS.items() if column in row.values},
    )


def _apart(judged: Sequence[_Judged]) -> list[Checked]:
    """Refuse a family that holds a person of an earlier family of the file; who has another number is somebody else."""
    seen: dict[tuple[str, ...], tuple[str, Reading]] = {}
    apart = []
    for family in judged:
        faults = [fault for row in family.rows for fault in _elsewhere(row, seen)]
        if family.checked.referral and not faults:
            number = family.checked.family_no
            seen |= {
                mark: (f"{number}, line {row.row.line}", row) for row in family.rows for mark in _marks(row).values()
            }
        apart.append(_refuse(family.checked, faults))
    return apart


def _elsewhere(row: Reading, seen: Mapping[tuple[str, ...], tuple[str, Reading]]) -> list[Fault]:
    found = [
        (column, seen[mark][0])
        for column, mark in _marks(row).items()
        if mark in seen and not (column == "surname" and numbered_apart(row, seen[mark][1]))
    ]
    return [
        row.row.fault(
            column,
            "person-in-other-family",
            f"the same person is in family {where}",
            "refer the person with one family, and correct the other",
        )
        for column, where in found[:1]
    ]


def _marks(row: Reading) -> dict[str, tuple[str, ...]]:
    """Return what tells a person from all others, by column."""
    identifiers = {column: (column, row.values[column]) for column in IDENTIFIERS if column in row.values}
    return identifiers | ({"surname": named(row)} if named(row) else {})


def _refuse(checked: Checked, faults: Sequence[Fault]) -> Checked:
    if not faults:
        return checked
    return checked.model_copy(update={"referral": None, "faults": (*checked.faults, *faults)})


def _unread(faults: Sequence[Fault]) -> Checked:
    """Refuse a family of which no row can be read."""
    return Checked(family_no=faults[0].family_no, lines=tuple(fault.line for fault in faults), faults=tuple(faults))
