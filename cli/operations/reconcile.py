"""`journeys reconcile`: what a restored backup lacks, put back from Temporal's histories or named."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from cli.core.errors import FOUND

app = typer.Typer(rich_markup_mode=None)

OneFamily = Annotated[str | None, typer.Argument(metavar="[REF]", help="Only this family.")]


@command(app)
def reconcile(door: Door, ref: OneFamily = None) -> None:
    """Put back what Temporal's histories know and the journal does not, as after a backup was restored.

    Each lost step is carried out again at the moment it was taken. What cannot be put back is named.

    Exit status 6: something could not be put back.

    Example: journeys reconcile
    """
    found = _all(door, ref)
    if door.as_json:
        write.as_json(found)
    else:
        show(found)
    if found["not_put_back"]:
        raise typer.Exit(FOUND)


def show(found: dict[str, Any]) -> None:
    """Show what was put back and what was not."""
    typer.echo(f"journeys looked at: {found['journeys']}")
    steps = ("reference", "step", "at", "actor")
    write.table("Put back", steps, ([row[name] for name in steps] for row in found["put_back"]))
    faults = ("reference", "what", "why", "remedy")
    write.table("Not put back", faults, ([row[name] for name in faults] for row in found["not_put_back"]))


def _all(door: Door, ref: str | None) -> dict[str, Any]:
    """Ask page by page."""
    found: dict[str, Any] = {"journeys": 0, "put_back": [], "not_put_back": []}
    cursor, over = None, False
    while not over:
        answer, cursor = door.page("/v1/reconcile", "POST", reference=ref, cursor=cursor)
        for name in found:
            found[name] += answer[name]
        over = cursor is None
    return found
