"""How a table is drawn: folded into a terminal, as records where that is too narrow, in plain lines for a program."""

import os
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROW = 60  # columns; a table whose words do not fit into fewer is written as records
UNFOLDED = 10_000  # columns: as wide as it likes

Cells = Sequence[Sequence[str]]


def draw(title: str, columns: Sequence[str], cells: Cells, *, err: bool) -> None:
    """Write a table of texts, which are data and never markup."""
    console = Console(stderr=err, highlight=False)
    if not cells:
        typer.echo(f"{title}: none" if title else "none", err=err)
    elif not console.is_terminal and "COLUMNS" not in os.environ:
        _lines(title, columns, cells, err=err)
    elif console.width < NARROW and _least(console, columns, cells) > console.width:
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
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in cells:
        drawn.add_row(*map(Text, row))
    return drawn


def _least(console: Console, columns: Sequence[str], cells: Cells) -> int:
    """Return how wide a table must be at least for its words to stay whole."""
    unfolded = console.options.update_width(UNFOLDED)
    return console.measure(_table("", columns, cells), options=unfolded).minimum


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
