"""Journeys taken out for other programs: JSON lines or CSV, pseudonymous unless names are asked for and allowed."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

import typer

from cli.core.client import Door
from cli.core.command import command
from cli.core.files import whole
from cli.core.output import cell
from cli.journeys import saved_views

app = typer.Typer(rich_markup_mode=None)

PAGE = 500
PERSON = ("member_id", "role", "surname", "forename", "born", "left")
Row = dict[str, Any]


@command(app)
def export(
    door: Door,
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="JSON lines, or CSV.")] = "jsonl",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The file to write. Default: standard output.")
    ] = None,
    view: Annotated[str | None, typer.Option(metavar="NAME", help="Only the journeys of this saved view.")] = None,
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
    *,
    names: Annotated[
        bool, typer.Option("--names", help="Include names and dates of birth, if your role may read them.")
    ] = False,
    excel: Annotated[
        bool | None,
        typer.Option(
            "--excel/--no-excel",
            help="Begin CSV with the mark that tells Excel it is UTF-8. Default: in a file yes, on standard output no.",
        ),
    ] = None,
) -> None:
    """Export journeys as JSON lines or CSV, without names unless you ask for them and your role may read them.

    In CSV with names, each person is a row. A file appears only when it is complete; with names, only you can read it.

    Example: journeys export --format csv --out journeys.csv
    """
    filters = saved_views.asked(view, {"programme": programme})
    rows = _rows(door, filters | ({"names": True} if names else {}))
    write = _json_lines if form == "jsonl" else _csv_of_people if names else _csv
    marked = form == "csv" and (out is not None if excel is None else excel)
    with _opened(out, private=names, marked=marked) as file:
        count = write(rows, file)
    if out:
        told = {"file": str(out), "journeys": count}
        typer.echo(json.dumps(told) if door.as_json else f"{count} journeys in {out}", err=not door.as_json)


def _rows(door: Door, filters: Row) -> Iterator[Row]:
    """Ask page by page; a journey with names carries its `people` and `address`."""
    cursor = None
    while True:
        page, cursor = door.page("/v1/journeys", cursor=cursor, limit=PAGE, **filters)
        families = page.get("families") or {}
        for row in page["journeys"]:
            yield row | ({"family": families.get(row["journey_id"])} if filters.get("names") else {})
        if cursor is None:
            return


@contextmanager
def _opened(out: Path | None, *, private: bool, marked: bool) -> Iterator[TextIO]:
    """Open standard output, or a file that takes its place only when it is whole; Excel's mark goes before all."""
    if out is None:
        sys.stdout.write("\ufeff" if marked else "")
        yield sys.stdout
        return
    with whole(out, private=private) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        text.write("\ufeff" if marked else "")
        yield text


def _json_lines(rows: Iterable[Row], file: TextIO) -> int:
    return sum(bool(file.write(f"{json.dumps(row, ensure_ascii=False)}\n")) for row in rows)


def _csv(rows: Iterable[Row], file: TextIO) -> int:
    return _table(rows, file, lambda row: [row])


def _csv_of_people(rows: Iterable[Row], file: TextIO) -> int:
    return _table(rows, file, _people)


def _people(row: Row) -> list[Row]:
    """Return a row for each person; for a family whose names were erased one without."""
    family = row.pop("family") or {"people": [{}]}
    return [row | {name: person.get(name, "") for name in PERSON} for person in family["people"]]


def _table(rows: Iterable[Row], file: TextIO, parts: Callable[[Row], list[Row]]) -> int:
    count, writer = 0, csv.writer(file, lineterminator="\n")
    for count, row in enumerate(rows, start=1):
        lines = parts(row)
        if count == 1:
            writer.writerow(lines[0])
        writer.writerows([cell(value) for value in line.values()] for line in lines)
    return count
