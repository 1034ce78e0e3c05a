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
    name: Annotated[str, typer.Argument(help="The key worker who leaves.")],
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="NAME", help="A key worker who takes over; repeat for each.")
    ] = None,
    from_day: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day without new families. Default: today.")
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show who would get which family, and do nothing.")
    ] = False,
    accept_for: Annotated[
        bool, typer.Option("--accept-for", help="Accept for the receivers at once; managers of their team only.")
    ] = False,
) -> None:
    """Offer a leaver's whole caseload to others, or hand it over with --accept-for. Run it again to continue.

    If the others do not have room for every family, nothing is done. Exit code 3: some families could not be moved;
    each is listed with the reason.

    Example: journeys staff leave kim --to lee --to max --dry-run
    """
    form = {
        "to": to or [],
        "from": door.day("today" if from_day is None else from_day),
        "dry_run": dry_run,
        "accept_for": accept_for,
    }
    answer = _handed_over(door, name, form)
    if door.as_json:
        write.as_json(answer)
    else:
        rows = ((row["reference"], row["to"], row["state"], row["reason"]) for row in answer["families"])
        write.note(f"{name}: {_heading(answer)}")
        write.table("", ("reference", "to", "state", "why"), rows)
    if any(row["state"] == "waits" for row in answer["families"]):
        raise typer.Exit(PARTLY)


def _heading(answer: dict[str, Any]) -> str:
    if answer["dry_run"]:
        room = ", ".join(f"{name} {count}" for name, count in answer["room"].items()) or "nobody named"
        return f"nothing changed yet; room: {room}"
    return f"no new families from {answer['leaving_from']}"


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
            answer: dict[str, Any] = door.post(place, form | {"limit": limit})
            done |= {row["reference"]: row for row in answer["families"]}
            bar.update(task, total=len(done), completed=len(done) - answer["left"])
            if not answer["left"]:
                return answer | {"families": list(done.values())}
            limit = min(limit + STEP, MOST)


@command(app, "return")
def come_back(door: Door, name: Annotated[str, typer.Argument(help="The key worker who is back.")]) -> None:
    """End a leave: new families can be allocated again. Families that were handed over are not moved back.

    Example: journeys staff return kim
    """
    answer = door.post(f"/v1/staff/{in_path(name)}/return")
    if door.as_json:
        write.as_json(answer)
    else:
        typer.echo(f"{answer['name']} takes families again")


@command(app, "cap")
def cap(
    door: Door,
    name: Annotated[str, typer.Argument(help="The key worker.")],
    families: Annotated[int, typer.Argument(min=1, max=100, help="The most open families.")],
) -> None:
    """Set a key worker's own caseload cap.

    Example: journeys staff cap kim 12
    """
    answer = door.post(f"/v1/staff/{in_path(name)}/cap", {"families": families})
    if door.as_json:
        write.as_json(answer)
    else:
        typer.echo(f"{answer['name']} may hold {answer['cap']} families and holds {answer['held']}")
