"""The rows of a referral export: the bytes of a CSV file become rows with their line numbers, or one fault."""

import csv
import io
from collections.abc import Sequence

from domain.cells import COLUMNS, shown
from domain.model import Value
from domain.referral import Fault, Row

Records = Sequence[tuple[int, list[str]]]


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
    """Read a UTF-8 CSV file (with or without a byte order mark, any line ends); raise `BadFile`."""
    return sheet_of(_records(_decode(data)))


def sheet_of(records: Records) -> Sheet:
    """Read records, the header first, each with the line it starts on; raise `BadFile`."""
    records = list(records)
    header = [name.strip() for name in (records.pop(0)[1] if records else [])]
    _check_header(header)
    rows = [Row(line=line, cells=_cells(header, record)) for line, record in records if len(record) == len(header)]
    faults = [_ragged(line, header, record) for line, record in records if len(record) != len(header)]
    ignored = tuple(shown(name) for name in header if name not in COLUMNS)
    if not rows and not faults:
        raise BadFile(_fault("empty-file", 1, "", "the file has a header and no rows", "export the referrals again"))
    return Sheet(rows=tuple(rows), faults=tuple(faults), ignored=ignored)


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        reason = f"not UTF-8 text: byte {problem.start} is 0x{data[problem.start]:02x}"
        remedy = "save it as CSV UTF-8 (in Excel: Save As, CSV UTF-8)"
        raise BadFile(_fault("not-utf-8", line, "", reason, remedy)) from None
    if not text.strip():
        raise BadFile(_fault("empty-file", 1, "", "the file is empty", "export the referrals again"))
    return text


def _records(text: str) -> list[tuple[int, list[str]]]:
    """Return each record with the line it starts on; a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, line = [], 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append((line, record))
            line = reader.line_num + 1
    except csv.Error as problem:
        remedy = "close the quotation marks; a quotation mark inside a cell is doubled"
        raise BadFile(_fault("bad-csv", line, "", f"the row that starts here is not CSV ({problem})", remedy)) from None
    return records


def _check_header(header: list[str]) -> None:
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


def _ragged(line: int, header: list[str], record: list[str]) -> Fault:
    """Say that a row has too many or too few cells; its cells may stand under the wrong columns."""
    family = shown(record[header.index("family_no")]) if len(record) > header.index("family_no") else ""
    reason = f"{len(record)} cells, the header has {len(header)}"
    remedy = "put cells that hold a comma in quotation marks, and give every column a cell"
    return Fault(
        line=line, column="family_no", value=family, reason=reason, remedy=remedy, code="cell-count", family_no=family
    )


def _fault(code: str, line: int, column: str, reason: str, remedy: str) -> Fault:
    return Fault(line=line, column=column, value="", reason=reason, remedy=remedy, code=code)
