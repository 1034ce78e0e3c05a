"""`journeys terms`: the school terms of an area, added as a file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from cli.core.errors import BAD_INPUT, Trouble

app = typer.Typer(help="School terms, by area.", no_args_is_help=True, rich_markup_mode=None)


@command(app, "add")
def add_terms(
    door: Door,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A CSV file with one term a line: area, from, to.")],
) -> None:
    """Add school terms of an area; claims of open journeys use them from now on. Managers only.

    A term replaces any term added before, or of the programme, that shares a day with it. If a line of the file is
    wrong, nothing is added.

    Example: journeys terms add school-terms.csv
    """
    from domain.intake.terms_csv import BadTerms, read_terms

    try:
        terms = read_terms(file.read_bytes())
    except OSError as error:
        raise Trouble(f"{file} cannot be read ({error.strerror})", "check the path", exit_code=BAD_INPUT) from error
    except BadTerms as bad:
        faults = "; ".join(f"{each.field}: {each.reason}" for each in bad.faults)
        raise Trouble(f"{file} cannot be accepted: {faults}", bad.faults[0].remedy, exit_code=BAD_INPUT) from bad
    told = door.post("/v1/terms", {"terms": [term.model_dump(mode="json", by_alias=True) for term in terms]})
    if door.as_json:
        write.as_json(told)
        return
    typer.echo(f"{told['added']} terms added, {told['known']} known before")
    for term in told["replaced"]:
        typer.echo(f"no longer counted: {term['area']} {term['from']} to {term['to']}")


@command(app, "list", csv=True)
def list_terms(door: Door, area: Annotated[str | None, typer.Option(help="Only this area.")] = None) -> None:
    """List the school terms that were added; `journeys programmes show` shows those of a programme.

    Example: journeys terms list --area wirral
    """
    rows = door.get("/v1/terms", area=area)
    if door.as_json:
        write.as_json(rows)
    else:
        columns = ("area", "from", "to", "added_on", "added_by")
        write.table("", columns, ([row[column] for column in columns] for row in rows))
