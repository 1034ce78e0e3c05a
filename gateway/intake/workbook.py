"""The rows of an XLSX referral export: its first sheet becomes records of text, as the same sheet saved as CSV does.

Decided here: dates become ISO days, whole numbers lose the point that Excel keeps, and anything else stays as it is
shown, to be judged by the one set of rules. A failed formula reads as its cell shows it (`#N/A`), not as empty.
"""

import io
import re
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
MAIN = "xl/workbook.xml"
_FIRST_SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?r:id=["']([^"']+)""")
_SINCE_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904=["'](?:1|true|on)["']""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_FAILED = re.compile(rb"<(?:\w+:)?c\s([^>]*?\bt=[\"']e[\"'][^>]*)>.{0,9000}?<(?:\w+:)?v>([^<]{1,20})<", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")


class Book(NamedTuple):
    """The records of the first sheet, each with its row number, the sheets left out, and the year days count from."""

    records: Records
    ignored: tuple[str, ...]
    since_1904: bool = False


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
        failed = _failed_formulas(data)
    except TooLargeError as fault:
        raise _bad(fault.reason, fault.remedy) from None
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError) as fault:
        raise _bad(
            f"not a workbook that can be read ({type(fault).__name__})", "save it again as XLSX, or as CSV UTF-8"
        ) from None
    records = [(line, [_text(cell) for cell in row]) for line, row in enumerate(rows, start=1)]
    for (line, column), shown in failed.items():
        if line <= len(records) and column < len(records[line - 1][1]):
            records[line - 1][1][column] = shown
    filled = [record for record in records if any(cell.strip() for cell in record[1])]
    return Book(filled, tuple(others), _counts_from_1904(data))


def _counts_from_1904(data: bytes) -> bool:
    """Tell whether a number in this workbook, read as a day, counts from 1904, as old Excel on a Mac keeps them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return MAIN in archive.namelist() and _SINCE_1904.search(archive.read(MAIN)) is not None


def _failed_formulas(data: bytes) -> dict[tuple[int, int], str]:
    """Return what each failed formula of the first sheet shows, by row and column: the reader gives an empty cell."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = _first_sheet(archive)
        sheet = archive.read(name) if name in archive.namelist() else b""
    found = {}
    for cell in _FAILED.finditer(sheet):
        place = _PLACE.search(cell[1])
        if place is None:
            raise _bad("a formula in the sheet failed, and its cell has no name", "mend it, or save it as CSV UTF-8")
        found[int(place[2]), _column(place[1])] = cell[2].decode("ascii", "replace")
    return found


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the first sheet; empty in a workbook of another kind."""
    relations = "xl/_rels/workbook.xml.rels"
    if not {MAIN, relations} <= set(archive.namelist()):
        return ""
    wanted = _FIRST_SHEET.search(archive.read(MAIN))
    for relation in _RELATION.findall(archive.read(relations)):
        told = dict(re.findall(rb"""(\w+)=["']([^"']*)["']""", relation))
        if wanted and told.get(b"Id") == wanted[1]:
            target: str = told.get(b"Target", b"").decode("utf-8", "replace")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _column(letters: bytes) -> int:
    """Return a column's place, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


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
    return BadFile(Fault(line=1, field="", value="", reason=reason, remedy=remedy, code="bad-workbook"))
