"""`journeys doctor`: what is wrong with the running system, with the command that mends each."""

from typing import Annotated

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from cli.core.errors import FOUND

app = typer.Typer(rich_markup_mode=None)


@command(app, csv=True)
def doctor(
    door: Door,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Do the safe repairs, say what was done, and look again.")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Ask every workflow and verify every journal, not a sample.")
    ] = False,
) -> None:
    """Find faults: journeys without a holder or a timer, missed deadlines, stuck or failed messages.

    Exit code 0: nothing was found; 6: something was, for monitoring. Anything that could
    not be checked is named on stderr.

    Example: journeys doctor --json
    """
    told = door.post("/v1/doctor/fix") if fix else door.get("/v1/doctor", thorough=thorough or None)
    for note in told["notes"]:
        typer.echo(note, err=True)
    if door.as_json:
        shown = {"findings": told["findings"]}
        write.as_json(shown | {"done": told["done"]} if fix else shown)
    else:
        if fix:
            write.table("Done", ("by hand:",), ((done,) for done in told["done"]), beside=True)
        columns = ("code", "reference", "what", "remedy")
        write.table("Findings", columns, ([row[name] for name in columns] for row in told["findings"]))
    if told["findings"]:
        raise typer.Exit(FOUND)
