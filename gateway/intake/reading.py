"""A file of referrals from its bytes to its families, judged; done in a child process (`gateway/intake/parsing.py`)."""

from domain.intake.referral import Checked, Terms
from domain.intake.referral_csv import read_sheet, sheet_of
from domain.intake.referring import check_families
from gateway.intake.workbook import is_workbook, read_workbook


def read_file(data: bytes, terms: Terms) -> tuple[tuple[Checked, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the families, the columns left out, the sheets left out; raise `BadFile`."""
    book = read_workbook(data) if is_workbook(data) else None
    sheet = sheet_of(book.records) if book else read_sheet(data)
    families = check_families(sheet.rows, terms, sheet.faults)
    return tuple(families), sheet.ignored, book.ignored if book else ()
