"""Keeping the system sound: the journal proven, read models made anew, timers armed again."""

from typing import Annotated

import typer

from cli import show as write
from cli.command import command
from cli.door import Door
from cli.trouble import REJECTED

app = typer.Typer(rich_markup_mode=None)


@command(app)
def verify(
    door: Door, ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="Only this family.")] = None
) -> None:
    """Check that nothing in the journal was changed.

    Exit status 1: something was.

    Example: journeys verify F-7K3Q-9D2X
    """
    told = door.get("/v1/verify", reference=ref)
    if door.as_json:
        write.as_json(told)
    elif told["sound"]:
        typer.echo("The journal is as it was written.")
    else:
        columns = ("journey_id", "version", "problem", "detail")
        write.table("Changed", columns, ([row[column] for column in columns] for row in told["findings"]))
    if not told["sound"]:
        raise typer.Exit(REJECTED)


@command(app)
def rebuild(door: Door) -> None:
    """Make the read models anew from the journal.

    Example: journeys rebuild
    """
    told = door.post("/v1/rebuild")
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(", ".join(f"{name} {count}" for name, count in told.items()))


@command(app)
def rearm(door: Door) -> None:
    """Start the workflow of every open journey that has none, as after the loss of the whole Temporal cluster.

    Example: journeys rearm
    """
    told = door.post("/v1/rearm")
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"open journeys running: {told['journeys']}")
