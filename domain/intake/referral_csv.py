"""The rows of a referral export: the bytes of a CSV file become rows with their line numbers, or one fault."""

import codecs
import csv
import io
import re
from collections.abc import Sequence

from domain.intake.referral import Fault, Row
from domain.intake.referral_columns import COLUMNS, shown
from domain.model import Value

Records = Sequence[tuple[int, list[str]]]

SEPARATORS = ",;\t"  # Excel writes the second where the comma is a decimal point, the third as "Unicode text"
MOST_COLUMNS = 200
MOST_ROWS = 100_000
AS_UTF_8 = "save it as CSV UTF-8 (in Excel: Save As, CSV UTF-8)"


class Sheet(Value):
    """What a file holds: its rows, rows that cannot be read (`faults`), and columns that are not ours (`ignored`)."""

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()


class BadFile(Exception):  # noqa: N818 - a finding, not an error of ours
    """The file as a whole cannot be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.reason}; {fault.remedy}")
        self.fault = fault


def read_sheet(data: bytes) -> Sheet:
    """Read a CSV file (UTF-8, or UTF-16 with its mark; comma, semicolon or tab; any line ends); raise `BadFile`.

    A row with bytes that are not UTF-8 is refused alone: guessing what they mean would misspell a family's name.
    """
    return sheet_of(_records(_decode(data)))


def sheet_of(records: Records) -> Sheet:
    """Read records, the header first, each with the line it starts on; raise `BadFile`."""
    records = list(records)
    check_size(records)
    header = [_column(name) for name in (records.pop(0)[1] if records else [])]
    _check_header(header)
    told = [(line, record, _unreadable(line, header, record)) for line, record in records]
    rows = [Row(line=line, cells=_cells(header, record)) for line, record, fault in told if fault is None]
    faults = [fault for _, _, fault in told if fault is not None]
    ignored = tuple(shown(name) for name in header if name not in COLUMNS)
    if not rows and not faults:
        raise BadFile(_fault("empty-file", 1, "", "the file has a header and no rows", "export the referrals again"))
    return Sheet(rows=tuple(rows), faults=tuple(faults), ignored=ignored)


def check_size(records: Records, rows: int = 0) -> None:
    """Refuse a table that is larger than any file of referrals, before any work is done on it."""
    line, cells = next(((line, len(cells)) for line, cells in records if len(cells) > MOST_COLUMNS), (1, 0))
    if cells:
        reason = f"{cells} cells in a row, the most is {MOST_COLUMNS}"
        raise BadFile(_fault("too-many-columns", line, "", reason, "delete the columns beside the table"))
    if max(rows, len(records)) > MOST_ROWS + 1:
        reason = f"more than {MOST_ROWS} rows below the header"
        raise BadFile(_fault("too-many-rows", MOST_ROWS + 2, "", reason, "split it into files of fewer rows"))


def _decode(data: bytes) -> str:
    """Return the text; bytes that are not UTF-8 stand in it as lone surrogates."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            text = data.decode("utf-8-sig", "surrogateescape")
    except UnicodeDecodeError as problem:
        raise BadFile(_fault("not-utf-8", 1, "", f"cut short at byte {problem.start}", AS_UTF_8)) from None
    if not text.strip():
        raise BadFile(_fault("empty-file", 1, "", "the file is empty", "export the referrals again"))
    return text


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Return each record with the line it starts on; a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    records, line = [], 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append((line, record))
                check_size(records[-1:], len(records))
            line = reader.line_num + 1
    except csv.Error as problem:
        remedy = "close the quotation marks; a quotation mark inside a cell is doubled"
        raise BadFile(_fault("bad-csv", line, "", f"the row that starts here is not CSV ({problem})", remedy)) from None
    return records


def _separator(text: str) -> str:
    """Return what parts the names of the header: no name of ours holds any of them."""
    header = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    return max(SEPARATORS, key=header.count)


def _column(name: str) -> str:
    """Return one of our columns however its name is spaced or capitalised, or another name as it came."""
    plain = "_".join(name.casefold().split())
    return plain if plain in COLUMNS else name.strip()


def _check_header(header: list[str]) -> None:
    if not all(map(_is_text, header)):
        raise BadFile(_fault("not-utf-8", 1, "", "the header is not UTF-8 text", AS_UTF_8))
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        reason = f"the header lacks {', '.join(missing)}"
        raise BadFile(_fault("missing-columns", 1, missing[0], reason, f"name the columns {','.join(COLUMNS)}"))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        names = ", ".join(shown(name) or "(no name)" for name in twice)
        raise BadFile(_fault("repeated-column", 1, shown(twice[0]), f"the header names {names} twice", "keep one"))


def _cells(header: list[str], record: list[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(header, record, strict=True) if name in COLUMNS}


def _is_text(cell: str) -> bool:
    """Tell whether a cell came in whole: a byte that was not UTF-8 left a surrogate."""
    return not any("\ud800" <= symbol <= "\udfff" for symbol in cell)


def _unreadable(line: int, header: list[str], record: list[str]) -> Fault | None:
    """Say why a row cannot be read, if it cannot: too many or too few cells, or bytes that are no text."""
    if len(record) != len(header):
        reason = f"{len(record)} cells, the header has {len(header)}"
        remedy = "put cells that hold the separator in quotation marks, and give every column a cell"
        return _of_row(line, header, record, ("family_no", "cell-count", reason, remedy))
    broken = next((name for name, cell in _cells(header, record).items() if not _is_text(cell)), None)
    if broken is not None:
        return _of_row(line, header, record, (broken, "not-utf-8", "is not UTF-8 text", AS_UTF_8))
    return None


def _of_row(line: int, header: list[str], record: list[str], what: tuple[str, str, str, str]) -> Fault:
    column, code, reason, remedy = what
    told = dict(zip(header, map(shown, record), strict=False))
    family = told.get("family_no", "")
    return Fault(
        line=line, column=column, value=told.get(column, ""), reason=reason, remedy=remedy, code=code, family_no=family
    )


def _fault(code: str, line: int, column: str, reason: str, remedy: str) -> Fault:
    return Fault(line=line, column=column, value="", reason=reason, remedy=remedy, code=code)
