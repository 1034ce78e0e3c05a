"""The files beside an import: the same file with references in it, and an example to begin from."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from cli.core.errors import BAD_INPUT, Trouble
from cli.core.files import MARK, whole
from cli.core.output import cell
from cli.journeys.import_report import outcome

ADDED = ("reference", "outcome")
HOUSEHOLD = ("167 Example Road", "CH58 8ZZ", "42397869")
REFERRAL = ("Leasowe", "wirral-schools", "29/05/2012", "poverty;addiction")
PEOPLE = (
    (
        "W001",
        "Chestnut",
        "Wren",
        "adult",
        "18/04/1978",
        "",
        *HOUSEHOLD,
        "",
        "9992805196",
        "QQ181620C",
        "MP/341557",
        *REFERRAL,
    ),
    (
        "W001",
        "Chestnut",
        "Toni",
        "child",
        "05/10/1999",
        "",
        *HOUSEHOLD,
        "K388837901156",
        "9990143455",
        "",
        "",
        *REFERRAL,
    ),
    ("W002", "Quince", "Ellis", "adult", "09/08/1983", "", "", "", "", "", "", "", "", *REFERRAL),
)

Record = tuple[int, list[str]]


def write_back(out: Path, records: Sequence[Record], told: dict[str, Any]) -> None:
    """Write the records of a file as they came, with each family's reference and outcome at the end of its rows."""
    dry = told["plan"]["dry_run"]
    of = {
        line: (family["reference"] or "", outcome(family, dry=dry))
        for family in told["families"]
        for line in family["lines"]
    }
    head = told["plan"]["header_line"]
    header = next(cells for line, cells in records if line == head)
    kept = [place for place, name in enumerate(header) if name not in ADDED]
    width = max(len(cells) for _, cells in records)
    kept += range(len(header), width)
    rows = [
        [
            *(cells[place] if place < len(cells) else "" for place in kept),
            *(ADDED if line == head else of.get(line, ("", ""))),
        ]
        for line, cells in records
    ]
    _write(out, rows, private=True)


def write_template(out: Path | None) -> None:
    """Write an example file, as CSV to standard output, or as the ending of its name says."""
    from domain.intake.referral_columns import COLUMNS

    rows = [list(COLUMNS), *map(list, PEOPLE)]
    if out is None:
        typer.echo(_csv(rows), nl=False)
        return
    if out.exists():
        raise Trouble(f"{out} is there already", "give another name", exit_code=BAD_INPUT)
    _write(out, rows, private=False)
    typer.echo(f"an example: {out}")


def _write(out: Path, rows: Sequence[Sequence[str]], *, private: bool) -> None:
    from cli.core.workbook import workbook

    data = workbook(rows) if out.suffix.lower() == ".xlsx" else MARK + _csv(rows).encode()
    with whole(out, private=private) as file:
        file.write(data)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()
