"""The rows of an XLSX referral export: its first sheet becomes records of text, as the same sheet saved as CSV does.

Decided here: dates become ISO days, whole numbers lose the point that Excel keeps, and anything else stays as it is
shown, to be judged by the one set of rules.
"""

import io
import zipfile
import zlib
from datetime import date, datetime, time
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from domain.intake.referral import Fault
from domain.intake.referral_csv import BadFile, Records
from gateway.intake.workbook_bounds import TooLargeError, measure

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx under a password


class Book(NamedTuple):
    """The records of the first sheet, each with its row number, and the names of the sheets left out."""

    records: Records
    ignored: tuple[str, ...]


def is_workbook(data: bytes) -> bool:
    """Tell whether these bytes are those of a spreadsheet program's file, whatever it is called."""
    return data.startswith((MAGIC, OLD_MAGIC))


def read_workbook(data: bytes) -> Book:
    """Read an XLSX file; raise `BadFile`."""
    if data.startswith(OLD_MAGIC):
        raise _bad("an old or protected workbook", "save it as XLSX without a password, or as CSV UTF-8")
    try:
        measure(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        first, *others = book.sheet_names
        rows = book.get_sheet_by_name(first).to_python(skip_empty_area=False)
    except TooLargeError as fault:
        raise _bad(fault.reason, fault.remedy) from None
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError) as fault:
        raise _bad(
            f"not a workbook that can be read ({type(fault).__name__})", "save it again as XLSX, or as CSV UTF-8"
        ) from None
    records = [(line, [_text(cell) for cell in row]) for line, row in enumerate(rows, start=1)]
    return Book([record for record in records if any(cell.strip() for cell in record[1])], tuple(others))


def _text(cell: object) -> str:
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _bad(reason: str, remedy: str) -> BadFile:
    return BadFile(Fault(line=1, column="", value="", reason=reason, remedy=remedy, code="bad-workbook"))
