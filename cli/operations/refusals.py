"""`journeys refusals`: what was refused at Temporal's port, and that it was seen."""

from typing import Annotated

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command

app = typer.Typer(rich_markup_mode=None)

COLUMNS = ("came as", "why", "times", "last at", "workflow", "seen by")


@command(app, csv=True)
def refusals(
    door: Door,
    *,
    seen: Annotated[
        bool, typer.Option("--seen", help="Record that you have seen them; the doctor then reports new ones only.")
    ] = False,
) -> None:
    """List messages that were refused at Temporal's port because this system did not send them.

    A refusal means that somebody who can reach the port tried to move a journey without the gateway.

    Example: journeys refusals --seen
    """
    answer = door.post("/v1/refusals/seen") if seen else door.get("/v1/refusals")
    if door.as_json:
        write.as_json(answer)
        return
    rows = (
        (row["part"], row["why"], row["times"], row["last_at"], row["workflow_id"], row["seen_by"] or "")
        for row in answer["refusals"]
    )
    write.table("Refused at Temporal's port", COLUMNS, rows)
