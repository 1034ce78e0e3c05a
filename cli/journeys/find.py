"""Find a family when somebody rings: by a name, a date of birth, an identifier or an address."""

from typing import Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from cli.journeys.naming import label

app = typer.Typer(rich_markup_mode=None)


@command(app, csv=True)
def find(
    door: Door,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="A name, birth date, identifier or address.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most this many.")] = 20,
) -> None:
    """Find families by name, date of birth, identifier or address, also nearly spelled; every word must fit.

    For those who may read names; key workers find the families they hold or are offered. Who asked is logged, the
    words are not.

    Example: journeys find Teal 14/03/1988
    """
    told = door.post("/v1/find", {"text": " ".join(words), "limit": limit}, repeatable=False)  # no trace on disk
    if door.as_json:
        write.as_json(told)
        return
    columns = ("reference", "family", "born", "address", "stage", "holder", "fits")
    write.table("", columns, map(_row, told["found"]))
    if told["more"]:
        write.note("more families fit: say more of them, or ask for more with --limit")


def _row(match: dict[str, Any]) -> tuple[object, ...]:
    journey, family = match["journey"], match["family"]
    born = ", ".join(str(person["born"]) for person in family["people"] if person["born"])
    address = ", ".join(filter(None, (*family["address"]["lines"].splitlines(), family["address"]["postcode"])))
    named = (journey["reference"], label(family["people"]), born, address, journey["stage"])
    return *named, journey["key_worker"] or "nobody yet", match["likeness"]
