"""How a table is drawn: folded into a terminal, as records where that is too narrow, in plain lines for a program."""

import os
import re
from collections.abc import Iterable, Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROW = 60  # columns; a table whose words do not fit into fewer is written as records
# What is copied or read as one: a family reference, the id of a claim, message or reminder, a day, an address.
WHOLE = re.compile(r"F(-[0-9A-Z]{4}){2}|(?=\S*\d)\S*[-.:]\S*|(?=\S*\d)\w{16,}|\S+@\S+")
GAP = 2  # columns between two cells
UNFOLDED = 10_000  # columns: as wide as it likes

Cells = Sequence[Sequence[str]]


def draw(title: str, columns: Sequence[str], cells: Cells, *, err: bool) -> None:
    """Write a table of texts, which are data and never markup."""
    console = Console(stderr=err, highlight=False)
    if not cells:
        typer.echo(f"{title}: none" if title else "none", err=err)
    elif not console.is_terminal and "COLUMNS" not in os.environ:
        _lines(title, columns, cells, err=err)
    elif _least(console, columns, cells, words=console.width < NARROW) > console.width:
        _records(console, title, columns, cells)
    else:
        console.print(_table(title, columns, cells))


def _lines(title: str, columns: Sequence[str], cells: Cells, *, err: bool) -> None:
    """Write aligned lines, none folded: thousands of them are piped in no time."""
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    rows = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in (columns, *cells))
    typer.echo("\n".join([*([title] if title else []), *(row.rstrip() for row in rows)]), err=err)


def _table(title: str, columns: Sequence[str], cells: Cells) -> Table:
    drawn = Table(title=Text(title) if title else None, title_justify="left", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        drawn.add_column(column, overflow="fold", min_width=_whole(row[number] for row in cells))
    for row in cells:
        drawn.add_row(*map(Text, row))
    return drawn


def _whole(column: Iterable[str]) -> int | None:
    """Return how wide a column must be for its references, ids and days to stay whole; None: it has none."""
    return max((len(cell) for cell in column if WHOLE.fullmatch(cell)), default=None)


def _least(console: Console, columns: Sequence[str], cells: Cells, *, words: bool) -> int:
    """Return how wide a table must be at least: for its `words` to stay whole, or for its references and ids to."""
    if words:
        unfolded = console.options.update_width(UNFOLDED)
        return console.measure(_table("", columns, cells), options=unfolded).minimum
    return sum((_whole(row[number] for row in cells) or 1) + GAP for number in range(len(columns))) - GAP


def _records(console: Console, title: str, columns: Sequence[str], cells: Cells) -> None:
    """Write each row as lines of name and value."""
    if title:
        console.print(Text(title))
    for number, row in enumerate(cells):
        record = Table.grid(padding=(0, 2))
        record.add_column(no_wrap=True)
        record.add_column(overflow="fold")
        for column, told in zip(columns, row, strict=True):
            if told:
                record.add_row(Text(column), Text(told))
        if number:
            console.print()
        console.print(record)
