"""Keeping the system sound: the journal proven, read models made anew, timers armed again."""

from typing import Annotated

import typer

from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import Ref, command
from cli.core.errors import REJECTED

app = typer.Typer(rich_markup_mode=None)

STEP = 25  # journeys started by one request: a step that somebody takes meanwhile waits behind so many
OneFamily = Annotated[str | None, typer.Argument(metavar="[REF]", help="Only this family.")]


@command(app, csv=True)
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
        write.remark("The journal is as it was written.")
    else:
        columns = ("journey_id", "version", "problem", "detail")
        write.table("Changed", columns, ([row[column] for column in columns] for row in told["findings"]))
        if told["left_out"]:
            typer.echo(f"and {told['left_out']} more", err=True)
    if not told["sound"]:
        raise typer.Exit(REJECTED)


@command(app)
def rebuild(door: Door, ref: OneFamily = None) -> None:
    """Make the read models anew from the journal, all of them or one family's.

    Example: journeys rebuild F-7K3Q-9D2X
    """
    told = door.post(_about("/v1/rebuild", ref))
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(", ".join(f"{name} {count}" for name, count in told.items()))


@command(app)
def rearm(door: Door, ref: OneFamily = None) -> None:
    """Start the workflow of every open journey that has none, as after the loss of the whole Temporal cluster.

    They are started a few at a time, with a progress bar; broken off, it is run again. With a reference that
    family's journey also looks at its journal again and arms its timer anew.

    Example: journeys rearm
    """
    count = _all_rearmed(door) if ref is None else door.post(_about("/v1/rearm", ref))["journeys"]
    if door.as_json:
        write.as_json({"journeys": count})
    else:
        typer.echo(f"open journeys running: {count}")


def _all_rearmed(door: Door) -> int:
    from rich.console import Console
    from rich.progress import Progress

    count, cursor, over = 0, None, False
    with Progress(console=Console(stderr=True), disable=door.as_json, transient=True) as bar:
        task = bar.add_task("starting journeys", total=None)
        while not over:
            started, cursor = door.page("/v1/rearm", "POST", cursor=cursor, limit=STEP)
            count += started["journeys"]
            bar.update(task, total=count + started["left"], completed=count)
            over = cursor is None
    return count


@command(app)
def retry(door: Door, ref: Ref) -> None:
    """Try at once what failed for a family and waits for its next attempt, as when its receiver is back.

    Example: journeys retry F-7K3Q-9D2X
    """
    told = door.post(_about("/v1/retry", ref))
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"tried again: {told['attempts']}")


@command(app)
def sweep(door: Door) -> None:
    """Hand over the partner events that wait in the inbox now.

    Example: journeys sweep
    """
    told = door.post("/v1/sweep")
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"events on their way: {told['waiting']}")


def _about(place: str, ref: str | None) -> str:
    return place if ref is None else f"{place}?reference={in_path(ref)}"
