"""School terms as a council keeps them: a CSV file with a line a term becomes terms, or every fault of it at once."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from pydantic import ValidationError

from domain.claims.school_terms import AreaTerm
from domain.fault import Fault, fault

COLUMNS = ("area", "from", "to")
LONGEST = timedelta(days=140)  # twenty weeks; a longer one is a school year, or a slip of the pen
Line = tuple[int, AreaTerm]


class BadTerms(Exception):
    """The file cannot be taken until its faults are mended."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(each) for each in faults))


def read_terms(content: bytes) -> tuple[AreaTerm, ...]:
    """Return the terms of a file with the columns area, from and to; raise `BadTerms` with all of its faults."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTerms([fault(f"byte {error.start}", None, "not text in UTF-8", "save it as CSV UTF-8")]) from error
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    header = [name.strip().casefold() for name in next(rows, [])]
    if not set(COLUMNS) <= set(header):
        raise BadTerms([fault("line 1", ", ".join(header), "not the columns area, from and to", "name them so")])
    found = [_line(rows.line_num, header, cells) for row in rows if any(cells := [cell.strip() for cell in row])]
    lines = [line for line in found if not isinstance(line, Fault)]
    faults = [*(each for each in found if isinstance(each, Fault)), *_across(lines)]
    if faults or not lines:
        raise BadTerms(faults or [fault("line 1", None, "there is no term below the header", "write one line a term")])
    return tuple(term for _, term in lines)


def _line(number: int, header: Sequence[str], row: Sequence[str]) -> Line | Fault:
    cells = dict(zip(header, row, strict=False))
    try:
        term = AreaTerm.model_validate({name: cells.get(name, "") for name in COLUMNS})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = str(first["loc"][0]) if first["loc"] else "to"
        remedy = "write a code such as wirral" if field == "area" else "write days as YYYY-MM-DD, the first day first"
        return fault(f"line {number}, {field}", cells.get(field), first["msg"].removeprefix("Value error, "), remedy)
    if term.to - term.from_ > LONGEST:
        return fault(f"line {number}, to", term.to, "a term of more than twenty weeks", "give each term a line")
    return number, term


def _across(lines: Sequence[Line]) -> Iterator[Fault]:
    """Find terms of one area that share a day; the same line twice is one term."""
    ordered = sorted(lines, key=lambda line: (line[1].area, line[1].from_, line[1].to))
    for (_, one), (number, other) in pairwise(ordered):
        if one.area == other.area and other.from_ <= one.to and one != other:
            days = f"{one.from_} to {one.to}"
            yield fault(
                f"line {number}", f"{other.from_} to {other.to}", f"shares days with {days}", "correct the dates"
            )
