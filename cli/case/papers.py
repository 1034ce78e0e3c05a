"""What is printed of a family: a sheet for a meeting with it, its chronology, and its summary at closing."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.case import lines
from cli.case.text import case_of
from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import Ref, command
from cli.core.errors import BAD_INPUT, Trouble

app = typer.Typer(rich_markup_mode=None)

Html = Annotated[bool, typer.Option("--html", help="Write a page for print (A4), to --out.")]
Out = Annotated[Path | None, typer.Option(metavar="FILE.html", help="Where the page goes; it holds names.")]
Number = Annotated[int | None, typer.Option(min=1, metavar="N", help="An earlier journey. Default: the newest.")]


@command(app)
def sheet(door: Door, ref: Ref, journey: Number = None, out: Out = None, *, html: Html = False) -> None:
    """One page for a meeting with the family: what was agreed, who does what by when, the next meeting, whom to ring.

    Notes, concerns and scales are not on it: it is for the family to keep.

    Example: journeys sheet F-7K3Q-9D2X --html --out sheet.html
    """
    _paper(door, "sheet", case_of(door, ref, journey), out, html=html)


@command(app)
def chronology(door: Door, ref: Ref, out: Out = None, *, html: Html = False) -> None:
    """Tell what happened to a family over all of its journeys, by the day it happened; what was wrong is marked.

    Example: journeys chronology F-7K3Q-9D2X --html --out chronology.html
    """
    _paper(door, "chronology", door.get(f"/v1/journeys/{in_path(ref)}/chronology"), out, html=html)


@command(app)
def summary(door: Door, ref: Ref, journey: Number = None, out: Out = None, *, html: Html = False) -> None:
    """Sum up a journey for its close: needs, what was done, how far each need came, checks, what remains.

    Example: journeys summary F-7K3Q-9D2X --html --out summary.html
    """
    told = door.get(f"/v1/journeys/{in_path(ref)}/summary", journey=journey)
    _paper(door, "summary", told, out, html=html)


def _paper(door: Door, name: str, told: dict[str, Any], out: Path | None, *, html: bool) -> None:
    """Write a paper as JSON, as a page for print, or to the terminal."""
    if html != (out is not None):
        raise Trouble("a page needs both --html and --out", "give --html --out FILE.html", exit_code=BAD_INPUT)
    if out is not None:
        _page(name, told, out)
    if door.as_json:
        write.as_json(told)
    elif out is not None:
        typer.echo(f"{out}: written{'; it holds names, so delete it when it is printed' if told['words'] else ''}")
    else:
        {"sheet": lines.sheet, "chronology": lines.chronology, "summary": lines.summary}[name](told)


def _page(name: str, told: dict[str, Any], out: Path) -> None:
    from cli.case.page import page
    from cli.core.files import whole

    with whole(out, private=True) as file:
        file.write(page(name, told).encode())
