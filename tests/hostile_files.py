"""Files that are small and cost much: each a kind of its own."""

import io
import struct
import zipfile

from tests.workbooks import workbook

HEADER = (
    "family_no,surname,forename,role,date_of_birth,address,postcode,uprn,upn,nhs_number,nino,police_urn,"
    "locality,referrer,referred_on,criteria"
)


def far_cell(name: str = "XFD1048576") -> bytes:
    """An XLSX of some hundred bytes whose one cell is the last that a sheet can have."""
    return _with_sheet(
        workbook({"Sheet1": [["family_no"]]}), lambda xml: xml.replace(b"<c ", f'<c r="{name}" '.encode())
    )


def far_range() -> bytes:
    """The same with apostrophes for quotation marks, and spaces."""
    return _with_sheet(workbook({"Sheet1": [["family_no"]]}), lambda xml: xml.replace(b"<c ", b"<c r = 'XFD1048576' "))


def far_row() -> bytes:
    """An XLSX whose last row says that it is the last that a sheet can have, with cells that bear no names."""
    cells = b"<c><v>1</v></c>" * 2000
    return _with_sheet(
        workbook({"Sheet1": [["family_no"]]}),
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576">' + cells + b"</row></sheetData>"),
    )


def lying_header(unpacked: int = 600 * 2**20) -> bytes:
    """An XLSX whose sheet unpacks to 600 MiB of spaces, and says that it is small."""
    book = workbook({"Sheet1": [["family_no"]]})
    fat = _with_sheet(book, lambda xml: xml.replace(b"</row>", b"</row>" + b" " * 2**20), repeat=unpacked // 2**20)
    return _lie(fat, 1000)


def ods_repeats() -> bytes:
    """An OpenDocument sheet with one cell that repeats over all columns and rows."""
    file = io.BytesIO()
    space = "urn:oasis:names:tc:opendocument:xmlns"
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
        f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return file.getvalue()


def wide_csv(columns: int) -> bytes:
    """A CSV of very many columns."""
    header = ",".join([HEADER, *(f"c{number}" for number in range(columns))])
    return f"{header}\n{',' * (columns + 15)}\n".encode()


def one_family(members: int, *, alike: bool = False) -> bytes:
    """A CSV of one family of very many people."""
    rows = (
        f"W-1,Nobody,{'Wren' if alike else f'Wren{number}'},child,1999-10-05,,,,,,,,Leasowe,wirral-schools,2012-05-01,"
        for number in range(members)
    )
    return "\n".join([HEADER, *rows]).encode()


def unreadable_rows(families: int) -> bytes:
    """A CSV of very many families, each with a row that has a cell too many."""
    rows = (
        f"W-{number},Nobody,W,adult,1978-04-18,,,,,,,,Leasowe,wirral-schools,2012-05-01,\nW-{number},a,b,c,d,,,,,,,,,,,,,"
        for number in range(families)
    )
    return "\n".join([HEADER, *rows]).encode()


def _with_sheet(book: bytes, change, repeat: int = 1) -> bytes:
    """Return a workbook with its first sheet changed; with `repeat` its last mebibyte is written so many times."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.infolist():
            text = old.read(part)
            if part.filename != "xl/worksheets/sheet1.xml":
                new.writestr(part.filename, text)
                continue
            text = change(text)
            with new.open(part.filename, "w", force_zip64=True) as out:
                fill = b" " * 2**20
                head, _, tail = text.partition(fill)
                out.write(head)
                for _ in range(repeat if tail else 0):
                    out.write(fill)
                out.write(tail)
    return file.getvalue()


def _lie(book: bytes, size: int) -> bytes:
    """Return a zip whose directory says that its largest part unpacks to `size` bytes."""
    data = bytearray(book)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        (unpacked,) = struct.unpack_from("<I", data, at + 24)
        if unpacked > 10_000_000:
            struct.pack_into("<I", data, at + 24, size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)
