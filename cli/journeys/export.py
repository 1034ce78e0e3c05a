"""Journeys taken out for other programs: JSON lines or CSV, pseudonymous unless names are asked for and allowed."""

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

import typer

from cli.core.client import Door
from cli.core.command import command
from cli.core.errors import BAD_INPUT, Trouble
from cli.core.output import cell
from cli.journeys import saved_views

app = typer.Typer(rich_markup_mode=None)

PAGE = 500
PERSON = ("member_id", "role", "surname", "forename", "born")
Row = dict[str, Any]


@command(app)
def export(
    door: Door,
    form: Annotated[Literal["jsonl", "csv"], typer.Option("--format", help="JSON lines, or CSV.")] = "jsonl",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to. Default: standard output.")] = None,
    view: Annotated[str | None, typer.Option(metavar="NAME", help="Only the journeys of this saved view.")] = None,
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
    *,
    names: Annotated[bool, typer.Option("--names", help="With names and dates of birth, if your role may.")] = False,
) -> None:
    """Export journeys as JSON lines or CSV: pseudonymous, unless names are asked for and your role may read them.

    In CSV with names each person is a row. A file is written whole or not at all, and with names for its owner only.

    Example: journeys export --format csv --out journeys.csv
    """
    filters = saved_views.asked(view, {"programme": programme})
    rows = _rows(door, filters | ({"names": True} if names else {}))
    write = _json_lines if form == "jsonl" else _csv_of_people if names else _csv
    with _opened(out, private=names) as file:
        count = write(rows, file)
    if out:
        told = {"file": str(out), "journeys": count}
        typer.echo(json.dumps(told) if door.as_json else f"{count} journeys in {out}", err=not door.as_json)


def _rows(door: Door, filters: Row) -> Iterator[Row]:
    """Ask page by page; a journey with names carries its `people` and `address`."""
    cursor = None
    while True:
        page = door.get("/v1/journeys", cursor=cursor, limit=PAGE, **filters)
        families = page.get("families") or {}
        for row in page["journeys"]:
            yield row | ({"family": families.get(row["reference"])} if filters.get("names") else {})
        cursor = page["next"]
        if cursor is None:
            return


@contextmanager
def _opened(out: Path | None, *, private: bool) -> Iterator[TextIO]:
    """Open standard output, or a file that takes its place only when it is whole."""
    if out is None:
        yield sys.stdout
        return
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    except OSError as fault:
        raise Trouble(f"{out} cannot be written ({fault.strerror})", "check the folder", exit_code=BAD_INPUT) from fault
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        fresh.replace(out)
    finally:
        fresh.unlink(missing_ok=True)


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
