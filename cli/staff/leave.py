"""Leave and leavers: a whole caseload handed over in one command, shown first, gone on with when it was cut off."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import command
from cli.core.errors import PARTLY

app = typer.Typer(rich_markup_mode=None)

STEP = 5  # families handed over with one request, so that there is something to see
MOST = 500  # as the gateway takes


@command(app, "leave", csv=True)
def leave(
    door: Door,
    name: Annotated[str, typer.Argument(help="Who leaves.")],
    to: Annotated[list[str] | None, typer.Option("--to", metavar="NAME", help="Who takes over; say it again.")] = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day without new families. Default: today.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would get whom, and do nothing.")] = False,
    accept_for: Annotated[
        bool, typer.Option("--accept-for", help="Accept for the receivers at once; managers of their team only.")
    ] = False,
) -> None:
    """Offer a leaver's whole caseload to others, or with --accept-for hand it over; run again, it goes on.

    Without room for every family nothing is done. Exit status 3: some families wait, each with the reason.

    Example: journeys staff leave kim --to lee --to max --dry-run
    """
    form = {
        "to": to or [],
        "from": door.day("today" if from_day is None else from_day),
        "dry_run": dry_run,
        "accept_for": accept_for,
    }
    told = _handed_over(door, name, form)
    if door.as_json:
        write.as_json(told)
    else:
        rows = ((row["reference"], row["to"], row["state"], row["reason"]) for row in told["families"])
        write.remark(f"{name}: {_heading(told)}")
        write.table("", ("reference", "to", "state", "why"), rows)
    if any(row["state"] == "waits" for row in told["families"]):
        raise typer.Exit(PARTLY)


def _heading(told: dict[str, Any]) -> str:
    if told["dry_run"]:
        room = ", ".join(f"{name} {count}" for name, count in told["room"].items()) or "nobody named"
        return f"nothing done yet; room: {room}"
    return f"no new families from {told['leaving_from']}"


def _handed_over(door: Door, name: str, form: dict[str, Any]) -> dict[str, Any]:
    """Ask again until nothing is left, with a progress bar; each request goes on where the last one ended."""
    from rich.console import Console
    from rich.progress import Progress

    place = f"/v1/staff/{in_path(name)}/leave"
    if form["dry_run"]:
        shown: dict[str, Any] = door.post(place, form)
        return shown
    done: dict[str, Any] = {}
    limit = STEP
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("handing over", total=None)
        while True:
            told: dict[str, Any] = door.post(place, form | {"limit": limit})
            done |= {row["reference"]: row for row in told["families"]}
            bar.update(task, total=len(done), completed=len(done) - told["left"])
            if not told["left"]:
                return told | {"families": list(done.values())}
            limit = min(limit + STEP, MOST)


@command(app, "return")
def come_back(door: Door, name: Annotated[str, typer.Argument(help="Who is back.")]) -> None:
    """End a leave: new families can be allocated again; what was handed over stays where it is.

    Example: journeys staff return kim
    """
    told = door.post(f"/v1/staff/{in_path(name)}/return")
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"{told['name']} takes families again")


@command(app, "cap")
def cap(
    door: Door,
    name: Annotated[str, typer.Argument(help="The key worker.")],
    families: Annotated[int, typer.Argument(min=1, max=100, help="Open families at most.")],
) -> None:
    """Set a key worker's own caseload cap.

    Example: journeys staff cap kim 12
    """
    told = door.post(f"/v1/staff/{in_path(name)}/cap", {"families": families})
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"{told['name']} may hold {told['cap']} families and holds {told['held']}")
