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

    Exit code 1: an event was changed.

    Example: journeys verify F-7K3Q-9D2X
    """
    answer = door.get("/v1/verify", reference=ref)
    if door.as_json:
        write.as_json(answer)
    elif answer["sound"]:
        write.note("The journal is as it was written.")
    else:
        columns = ("journey_id", "version", "problem", "detail")
        write.table("Changed", columns, ([row[column] for column in columns] for row in answer["findings"]))
        if answer["left_out"]:
            typer.echo(f"and {answer['left_out']} more", err=True)
    if not answer["sound"]:
        raise typer.Exit(REJECTED)


@command(app)
def rebuild(door: Door, ref: OneFamily = None) -> None:
    """Rebuild the read models from the journal, all of them or one family's.

    Example: journeys rebuild F-7K3Q-9D2X
    """
    answer = door.post(_about("/v1/rebuild", ref))
    if door.as_json:
        write.as_json(answer)
    else:
        typer.echo(", ".join(f"{name} {count}" for name, count in answer.items()))


@command(app)
def rearm(door: Door, ref: OneFamily = None) -> None:
    """Start the workflow of every open journey that has none, as after Temporal's data were lost.

    They are started a few at a time, with a progress bar; if interrupted, run it again. With a reference, that
    family's journey also reads its journal again and sets its timer.

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
    """Retry at once what failed for a family and waits for its next attempt, as when its receiver is back.

    Example: journeys retry F-7K3Q-9D2X
    """
    answer = door.post(_about("/v1/retry", ref))
    if door.as_json:
        write.as_json(answer)
    else:
        typer.echo(f"tried again: {answer['attempts']}")


@command(app)
def sweep(door: Door) -> None:
    """Process the partner events that wait in the inbox now.

    Example: journeys sweep
    """
    answer = door.post("/v1/sweep")
    if door.as_json:
        write.as_json(answer)
    else:
        typer.echo(f"events on their way: {answer['waiting']}")


def _about(place: str, ref: str | None) -> str:
    return place if ref is None else f"{place}?reference={in_path(ref)}"
