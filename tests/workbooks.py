"""Small XLSX files, written by hand: a zip of the few XML parts that a reader asks for."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape

EPOCH = date(1899, 12, 30)  # day nought of a spreadsheet's calendar, for days after February 1900
EPOCH_1904 = date(1904, 1, 1)  # day nought of the other one
_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = f"""<styleSheet {_NS}><fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"""

Cell = str | int | float | date | None
FAILED = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!")  # written as the failed formulas that they are


def workbook(sheets: dict[str, Sequence[Sequence[Cell]]], epoch: date = EPOCH) -> bytes:
    """Return an XLSX file of these sheets; a day is written as a number with a date's format, as Excel does."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": _content_types(names),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(names, epoch),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n, _ in enumerate(names, 1)] + [("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    parts |= {f"xl/worksheets/sheet{n}.xml": _sheet(rows, epoch) for n, rows in enumerate(sheets.values(), 1)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return file.getvalue()


def _content_types(names: list[str]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n, _ in enumerate(names, 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{sheets}</Types>'
    )


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'


def _book(names: list[str], epoch: date) -> str:
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
    other = '<workbookPr date1904="1"/>' if epoch == EPOCH_1904 else ""
    return f'<workbook {_NS} xmlns:r="{_REL}">{other}<sheets>{sheets}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[Cell]], epoch: date) -> str:
    told = "".join(
        f'<row r="{n}">{"".join(_cell(cell, _place(n, at), epoch) for at, cell in enumerate(row))}</row>'
        for n, row in enumerate(rows, 1)
    )
    return f"<worksheet {_NS}><sheetData>{told}</sheetData></worksheet>"


def _place(row: int, column: int) -> str:
    first, last = divmod(column, 26)
    return f"{chr(64 + first) if first else ''}{chr(65 + last)}{row}"


def _cell(value: Cell, place: str, epoch: date) -> str:
    if value in FAILED:
        return f'<c r="{place}" t="e"><f>VLOOKUP(1,A1:B2,2)</f><v>{value}</v></c>'
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, date):
        return f'<c s="1"><v>{(value - epoch).days}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
