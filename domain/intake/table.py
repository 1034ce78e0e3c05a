"""Where the table of a file begins and ends: titles above the headings, totals and remarks below the last row.

Decided here: a family number that stands only in the first row of its family, as merged cells are exported, is that of
the rows below it. Where the file repeats the number on the rows of any family, a row without one is refused, and so is
the family above it, of which it may be: nobody is left out of a family unseen.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import Field

from domain.intake.headings import Headed, headed
from domain.model import Value

Record = tuple[int, list[str]]  # the line it starts on, and its cells
SEARCHED = 20  # records in which the headings are looked for
FEWEST = 2  # known headings that make a row the headings of a file that lacks some
_TOTAL = re.compile(
    r"(grand |sub-? ?)?totals?\b|counts?\b|sum\b|number of\b|no\.? of\b|end of (report|file|list|data)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"[0-9.,]+")
_ADDRESS = ("address", "postcode", "uprn")


class Table(Value):
    """The headings with their line, the records below them, and the lines of what is no row of a person."""

    line: int
    header: tuple[str, ...]
    found: Headed
    records: tuple[Record, ...]
    above: tuple[int, ...] = ()
    totals: tuple[int, ...] = ()


def find_table(records: Sequence[Record], said: Mapping[str, str]) -> Table:
    """Find the headings: of the first records the one that names most of our columns, else the first."""
    heads = [headed(cells, said) for _, cells in records[:SEARCHED]]
    best = max(range(len(heads)), key=lambda place: heads[place].known)
    best = best if heads[best].known >= FEWEST else 0
    line, header = records[best]
    header, found = _without_blank_ends(header, heads[best])
    rows = [(at, _fitted(cells, len(header))) for at, cells in records[best + 1 :]]
    totals = _totals(rows, found)
    return Table(
        line=line,
        header=tuple(header),
        found=found,
        records=tuple(row for row in rows if row[0] not in totals),
        above=tuple(at for at, _ in records[:best]),
        totals=tuple(sorted(totals)),
    )


def known_headings(records: Sequence[Record], said: Mapping[str, str]) -> int:
    """Return how many columns of ours the headings name, if these are the records of a file."""
    return max((headed(cells, said).known for _, cells in records[:SEARCHED]), default=0)


def _without_blank_ends(header: list[str], found: Headed) -> tuple[list[str], Headed]:
    width = max((place for place, cell in enumerate(header, start=1) if cell.strip()), default=0)
    return header[:width], found.model_copy(update={"columns": found.columns[:width]})


def _fitted(cells: list[str], width: int) -> list[str]:
    """Drop the empty cells that stand beyond the last heading."""
    return cells[:width] if not any(cell.strip() for cell in cells[width:]) else cells


def _totals(rows: Sequence[Record], found: Headed) -> set[int]:
    """Return the lines that count rows, and the remarks at the foot of the file: none of them tells of a person."""
    lines = {line for line, cells in rows if _is_total(cells, found)}
    for line, cells in reversed(rows):
        if line not in lines and not _is_foot(cells):
            break
        lines.add(line)
    return lines


def _is_total(cells: Sequence[str], found: Headed) -> bool:
    """Tell whether a record counts rows: it says so, and holds no name and no role."""
    told = _named(cells, found)
    words = [told.get(column, "").strip() for column in ("surname", "forename", "role")]
    named = any(word and not _NUMBER.fullmatch(word) and not _TOTAL.match(word) for word in words)
    return not named and any(_TOTAL.match(cell.strip()) for cell in cells)


def _is_foot(cells: Sequence[str]) -> bool:
    """Tell whether a record holds one remark of several words, or numbers only."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return all(_NUMBER.fullmatch(cell) for cell in filled) or (len(filled) == 1 and " " in filled[0])


def _named(cells: Sequence[str], found: Headed) -> dict[str, str]:
    return {column: cell for column, cell in zip(found.columns, cells, strict=False) if column}


class Numbered(Value):
    """The family number of each line that has none of its own (`read_as`), or that may be of a family (`doubtful`)."""

    read_as: dict[int, str] = Field(default_factory=dict)
    doubtful: dict[int, str] = Field(default_factory=dict)


def number_rows(table: Table) -> Numbered:
    """Say of which family each row without a family number is, or may be."""
    told = [(line, cells, _named(cells, table.found)) for line, cells in table.records]
    counted = Counter(row["family_no"].strip() for _, _, row in told if row.get("family_no", "").strip())
    merged = max(counted.values(), default=0) <= 1
    readable = {row["family_no"].strip() for _, cells, row in told if len(cells) == len(table.header)}
    found: dict[bool, dict[int, str]] = {True: {}, False: {}}
    above, first = "", dict[str, str]()
    for line, _, row in told:
        own = row.get("family_no", "").strip()
        if own:
            above, first = own, row
        elif above in readable and (merged or _may_be_of(row, first)):
            found[merged][line] = above
    return Numbered(read_as=found[True], doubtful=found[False])


def _may_be_of(row: Mapping[str, str], first: Mapping[str, str]) -> bool:
    """Tell whether nothing says that a row is of another household than the one above it."""
    return all(
        not row.get(column, "").strip() or row[column].strip() == first.get(column, "").strip() for column in _ADDRESS
    )
