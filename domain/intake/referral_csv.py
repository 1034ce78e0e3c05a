"""The rows of a referral export: the bytes of a CSV file become rows with their line numbers, or one fault."""

import codecs
import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import Literal

from pydantic import Field

from domain.intake.headings import TwiceError, check_once, folded
from domain.intake.referral import Fault, Row
from domain.intake.referral_columns import COLUMNS, REQUIRED, shown
from domain.intake.table import SEARCHED, Numbered, Record, Table, find_table, known_headings, number_rows
from domain.model import Value

Records = Sequence[Record]
Encoding = Literal["utf-8", "cp1252"]

SEPARATORS = ",;\t"  # Excel writes the second where the comma is a decimal point, the third as "Unicode text"
MOST_COLUMNS = 200
MOST_ROWS = 100_000
NAMED = 10  # headings named in a refusal
AS_UTF_8 = (
    "save it as CSV UTF-8 (in Excel: Save As, CSV UTF-8), or, if Excel saved it as plain CSV, import it with"
    " --encoding cp1252"
)


class Layout(Value):
    """What the sender says of a file: the column that a heading means, the encoding, the partner of every row."""

    headings: dict[str, str] = Field(default_factory=dict)
    encoding: Encoding = "utf-8"
    referrer: str = ""


PLAIN = Layout()


class Sheet(Value):
    """What a file holds: its rows, rows that cannot be read (`faults`), and columns that are not ours (`ignored`).

    `mapped` are the headings that are not spelled as ours, each with the column it means. `above` are the lines above
    the headings, `totals` those that count rows, and `numbered` those read as of the family in the row above.
    """

    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()
    mapped: dict[str, str] = Field(default_factory=dict)
    header_line: int = 1
    above: tuple[int, ...] = ()
    totals: tuple[int, ...] = ()
    numbered: tuple[int, ...] = ()


class BadFile(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.reason}; {fault.remedy}")
        self.fault = fault


def records_of(data: bytes, layout: Layout = PLAIN) -> Records:
    """Return the records of a CSV file (UTF-8, or UTF-16 with its mark; comma, semicolon or tab; any line ends).

    Raise `BadFile` for a file that is none. A row with bytes that are not UTF-8 is refused alone, later: guessing what
    they mean would misspell a family's name.
    """
    return _records(_decode(data, layout.encoding), layout)


def sheet_of(records: Records, layout: Layout = PLAIN) -> Sheet:
    """Read records, each with the line it starts on, the headings among the first of them; raise `BadFile`."""
    if not records:
        raise BadFile(_fault("empty-file", 1, "", "the file is empty", "export the referrals again"))
    table = find_table(records, layout.headings)
    _check_header(table, layout)
    numbers = number_rows(table)
    told = [(line, _row(table, layout, numbers, line, cells), cells) for line, cells in table.records]
    found = [(row, _unreadable(table, row, cells) or _of_nobody(row, numbers)) for _, row, cells in told]
    rows, faults = [row for row, fault in found if fault is None], [fault for _, fault in found if fault]
    if not rows and not faults:
        reason = "the file has a header and no rows"
        raise BadFile(_fault("empty-file", table.line, "", reason, "export the referrals again"))
    return Sheet(
        rows=tuple(rows),
        faults=tuple(faults),
        ignored=_ignored(table),
        mapped=table.found.mapped,
        header_line=table.line,
        above=table.above,
        totals=table.totals,
        numbered=tuple(numbers.read_as),
    )


def check_size(records: Records, rows: int = 0) -> None:
    """Refuse a table that is larger than any file of referrals, before any work is done on it."""
    line, cells = next(((line, len(cells)) for line, cells in records if len(cells) > MOST_COLUMNS), (1, 0))
    if cells:
        reason = f"{cells} cells in a row, the most is {MOST_COLUMNS}"
        raise BadFile(_fault("too-many-columns", line, "", reason, "delete the columns beside the table"))
    if max(rows, len(records)) > MOST_ROWS + 1:
        reason = f"more than {MOST_ROWS} rows below the header"
        raise BadFile(_fault("too-many-rows", MOST_ROWS + 2, "", reason, "split it into files of fewer rows"))


def _decode(data: bytes, encoding: Encoding) -> str:
    """Return the text; bytes that are no text in the encoding stand in it as lone surrogates."""
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        elif encoding == "cp1252" and not data.startswith(codecs.BOM_UTF8):
            text = _windows(data)
        else:
            text = data.decode("utf-8-sig", "surrogateescape")
    except UnicodeDecodeError as problem:
        raise BadFile(_fault("not-utf-8", 1, "", f"cut short at byte {problem.start}", AS_UTF_8)) from None
    if not text.strip():
        raise BadFile(_fault("empty-file", 1, "", "the file is empty", "export the referrals again"))
    return text


def _windows(data: bytes) -> str:
    """Read the encoding of Excel's plain CSV; refuse a file that is UTF-8, of which it would misspell each accent."""
    text = data.decode("cp1252", "surrogateescape")
    try:
        is_utf_8 = not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        is_utf_8 = False
    if is_utf_8:
        reason = "the file is UTF-8, not cp1252"
        raise BadFile(_fault("not-cp1252", 1, "", reason, "import it without --encoding"))
    return text


def _records(text: str, layout: Layout) -> list[Record]:
    """Return each record with the line it starts on; a quoted cell may run over several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, layout), strict=True)
    records: list[Record] = []
    line = 1
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


def _separator(text: str, layout: Layout) -> str:
    """Return what parts the headings: the separator by which most of them are known."""
    return max(SEPARATORS, key=lambda separator: known_headings(_glance(text, separator), layout.headings))


def _glance(text: str, separator: str) -> list[Record]:
    """Return the first records of a file as one separator parts them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return [(0, record) for record in islice(filter(any, reader), SEARCHED)]
    except csv.Error:
        return []


def _check_header(table: Table, layout: Layout) -> None:
    line, header = table.line, table.header
    if not all(map(_is_text, header)):
        raise BadFile(_fault("not-utf-8", line, "", "the header is not UTF-8 text", AS_UTF_8))
    unknown = [name for name in layout.headings if folded(name) not in map(folded, header)]
    if unknown:
        reason = f"no heading of the file is {shown(unknown[0])}"
        raise BadFile(_fault("unknown-heading", line, shown(unknown[0]), reason, f"its headings are {_names(header)}"))
    try:
        check_once(header, table.found)
    except TwiceError as twice:
        raise BadFile(_twice(line, twice)) from None
    given = {"referrer"} if layout.referrer else set()
    missing = [name for name in REQUIRED if name not in table.found.columns and name not in given]
    if missing:
        reason = f"the header lacks {', '.join(missing)}; its headings are {_names(header)}"
        remedy = f'name the columns so, or say which heading is meant: --map "HEADING={missing[0]}"'
        raise BadFile(_fault("missing-columns", line, missing[0], reason, remedy))


def _twice(line: int, twice: TwiceError) -> Fault:
    names = [shown(name) for name in twice.names]
    if len({folded(name) for name in names}) == 1:
        return _fault("repeated-column", line, names[0], f"the header names {names[0]} twice", "keep one")
    reason = f"{' and '.join(names)} both mean {twice.column}"
    return _fault("repeated-column", line, names[0], reason, f'say which: --map "{names[0]}={twice.column}"')


def _names(header: Sequence[str]) -> str:
    names = [shown(name.strip()) for name in header if name.strip()]
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")


def _ignored(table: Table) -> tuple[str, ...]:
    """Name the columns that are not read; those without a name and without a cell are none."""
    return tuple(
        shown(name.strip()) or f"{place} (no name)"
        for place, (name, column) in enumerate(zip(table.header, table.found.columns, strict=True), start=1)
        if column is None and (name.strip() or any(cells[place - 1 : place] != [""] for _, cells in table.records))
    )


def _row(table: Table, layout: Layout, numbers: Numbered, line: int, cells: Sequence[str]) -> Row:
    """Return a record as a row, of the family above where it has no number of its own."""
    told = {column: cell for column, cell in zip(table.found.columns, cells, strict=False) if column}
    if layout.referrer and not told.get("referrer", "").strip():
        told["referrer"] = layout.referrer
    above = numbers.read_as.get(line) or numbers.doubtful.get(line)
    return Row(line=line, cells=told | ({"family_no": above} if above else {}))


def _is_text(cell: str) -> bool:
    """Tell whether a cell came in whole: a byte that was not UTF-8 left a surrogate."""
    return not any("\ud800" <= symbol <= "\udfff" for symbol in cell)


def _unreadable(table: Table, row: Row, cells: Sequence[str]) -> Fault | None:
    """Say why a row cannot be read, if it cannot: too many or too few cells, or bytes that are no text."""
    if len(cells) != len(table.header):
        reason = f"{len(cells)} cells, the header has {len(table.header)}"
        remedy = "put cells that hold the separator in quotation marks, and give every column a cell"
        return row.fault("family_no", "cell-count", reason, remedy)
    broken = next((name for name in COLUMNS if not _is_text(row.cells.get(name, ""))), None)
    if broken is not None:
        return row.fault(broken, "not-utf-8", "is not UTF-8 text", AS_UTF_8)
    return None


def _of_nobody(row: Row, numbers: Numbered) -> Fault | None:
    """Refuse a row that may be of the family above it, which is refused with it."""
    if row.line not in numbers.doubtful:
        return None
    family = shown(numbers.doubtful[row.line])
    reason = f"no family number: the row may be of family {family} above it, which is not taken without it"
    return row.fault("family_no", "missing", reason, "give every row its family number")


def _fault(code: str, line: int, column: str, reason: str, remedy: str) -> Fault:
    return Fault(line=line, field=column, value="", reason=reason, remedy=remedy, code=code)
