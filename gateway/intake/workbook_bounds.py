"""How large a workbook really is, before anything reads it: what it unpacks to, and how far out its cells are.

What the archive says of its own sizes is not believed: every part is unpacked, piece by piece, and counted.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

MOST_PARTS = 2_000
LARGEST = 256 * 1024 * 1024  # unpacked; a small archive may hold any amount
MOST_CELLS = 8_000_000  # of the rectangle from A1 to the last cell: a reader makes room for all of it
PIECE = 1024 * 1024
CELL = re.compile(rb"""r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")  # begins with a letter, which is sought fast
LONGEST_NAME = 40  # bytes in which the name of a cell stands, which two pieces may share
LOCAL_HEADER = struct.Struct("<26xHH")  # of it, how long the name and the extra field are that come before the data


class TooLargeError(Exception):
    """A workbook is larger than any table of referrals; `remedy` says what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def measure(data: bytes) -> None:
    """Return when a workbook is small enough; raise `TooLargeError`, `zipfile.BadZipFile` or `zlib.error`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise TooLargeError(f"the workbook has {len(parts)} parts", "save the table alone as a new workbook")
    left = LARGEST
    for part in parts:
        sheet = _Sheet() if part.filename.lower().startswith("xl/worksheets/") else None
        for piece in _unpacked(data, part):
            left -= len(piece)
            if left < 0:
                raise TooLargeError(
                    f"the workbook unpacks to more than {LARGEST} bytes", "split it, or save it as CSV UTF-8"
                )
            if sheet:
                sheet.look(piece)


class _Sheet:
    """The last row and column of a sheet so far."""

    def __init__(self) -> None:
        self._row = self._column = 0
        self._rest = b""

    def look(self, piece: bytes) -> None:
        text = self._rest + piece
        for letters, digits in CELL.findall(text):
            self._row = max(self._row, int(digits))
            self._column = max(self._column, _number(letters))
        if self._row * self._column > MOST_CELLS:
            reason = f"its last cell makes the sheet {self._row} rows by {self._column} columns"
            remedy = "delete the empty rows and columns beyond the table and save it again, or save it as CSV UTF-8"
            raise TooLargeError(reason, remedy)
        self._rest = text[-LONGEST_NAME:]


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1, XFD is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a part really holds, whatever its header says of the length."""
    if part.header_offset + 30 > len(data):
        raise zipfile.BadZipFile("a part begins beyond the end")
    name, extra = LOCAL_HEADER.unpack_from(data, part.header_offset)
    begin = part.header_offset + LOCAL_HEADER.size + name + extra
    if part.compress_type == zipfile.ZIP_STORED:
        yield data[begin : begin + part.compress_size]
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(memoryview(data)[begin:])
    else:
        raise zipfile.BadZipFile("packed in a way that no spreadsheet program uses")


def _inflated(packed: memoryview) -> Iterator[bytes]:
    unpacking, at = zlib.decompressobj(-zlib.MAX_WBITS), 0
    rest: bytes | memoryview = b""
    while not unpacking.eof and (rest or at < len(packed)):
        if not rest:
            rest, at = packed[at : at + PIECE], at + PIECE
        yield unpacking.decompress(rest, PIECE)
        rest = unpacking.unconsumed_tail
