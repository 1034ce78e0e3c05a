"""A file of referrals from its bytes to its families, judged: work for a child process, see `parsing.py`."""

import re

from domain.intake.referral import Checked, Terms
from domain.intake.referral_columns import DAY_COLUMNS
from domain.intake.referral_csv import Layout, Records, Sheet, check_size, records_of, sheet_of
from domain.intake.referring import check_families
from domain.intake.table import find_table
from gateway.intake.workbook import is_workbook, read_workbook

GLANCED = 60  # records by which a partner's files are known
SINCE_1904 = 1462  # days from the start of one calendar of spreadsheets to that of the other
_SERIAL = re.compile(r"[0-9]{5}")
LONGEST = 200  # symbols of a cell by which they are


def glance(data: bytes, layout: Layout) -> Records:
    """Return the first records of a file, cut short, by which its layout is found; raise `BadFile`."""
    records, _ = _records(data, layout)
    return [(line, [cell[:LONGEST] for cell in cells]) for line, cells in records[:GLANCED]]


def read_file(
    data: bytes, layout: Layout, terms: Terms, *, rows: bool = False, records: bool = False
) -> tuple[Sheet, tuple[str, ...], tuple[Checked, ...], Records]:
    """Return what the file holds, the sheets left out, its families and its records; raise `BadFile`.

    `rows` and `records` are left out unless asked for: of a large file they take long to hand over.
    """
    found, sheets = _records(data, layout)
    sheet = sheet_of(found, layout)
    families = tuple(check_families(sheet.rows, terms, sheet.faults))
    told = sheet if rows else sheet.model_copy(update={"rows": (), "faults": ()})
    return told, sheets, families, found if records else ()


def _records(data: bytes, layout: Layout) -> tuple[Records, tuple[str, ...]]:
    """Return the records of a file, and the names of the sheets left out."""
    if not is_workbook(data):
        return records_of(data, layout), ()
    book = read_workbook(data)
    check_size(book.records)
    return (_since_1900(book.records, layout) if book.since_1904 else book.records), book.ignored


def _since_1900(records: Records, layout: Layout) -> Records:
    """Turn the numbers that stand for days, in the columns of days alone, into those of the calendar from 1900."""
    columns = find_table(records, layout.headings).found.columns if records else ()
    places = [place for place, column in enumerate(columns) if column in DAY_COLUMNS]
    return [
        (line, [_later(cell) if place in places else cell for place, cell in enumerate(cells)])
        for line, cells in records
    ]


def _later(cell: str) -> str:
    return str(int(cell) + SINCE_1904) if _SERIAL.fullmatch(cell.strip()) else cell
