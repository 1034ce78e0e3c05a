"""Who works with us: key workers and other staff, and our own session."""

from typing import Annotated, Literal

import typer

from cli.core import output as write
from cli.core.client import Door
from cli.core.command import command
from domain.channels import BESIDE_EMAIL, FOR_PEOPLE

app = typer.Typer(rich_markup_mode=None)
staff = typer.Typer(help="Key workers and other staff.", no_args_is_help=True, rich_markup_mode=None)


@command(staff, "add", addresses=BESIDE_EMAIL.values())
def add_member(
    door: Door,
    name: Annotated[str, typer.Argument(help="A short name in lower case, such as kim.")],
    email: Annotated[str, typer.Option(help="The address for reminders, unless they have another channel.")],
    role: Annotated[str, typer.Option(help="key-worker, coordinator or manager.")] = "key-worker",
    cap: Annotated[
        int | None, typer.Option(min=1, help="The most open families. Default: the programme's cap.")
    ] = None,
    *,
    team: Annotated[
        str | None, typer.Option(help="Their team, whose managers are notified of handovers. Default: every team.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="The area in which they take families. Default: every area.")] = None,
    channel: Annotated[str, typer.Option(help=f"How reminders reach them: {', '.join(FOR_PEOPLE)}.")] = "email",
    addresses: dict[str, str],
    active: Annotated[bool, typer.Option(help="Whether families can be allocated to them.")] = True,
) -> None:
    """Add a member of staff, or update one.

    Example: journeys staff add kim --email kim@council.example --team north --area wirral
    """
    form = {"name": name, "email": email, "role": role, "cap": cap, "active": active, "team": team, "area": area}
    told = door.post("/v1/staff", form | {"channel": channel, "addresses": addresses})
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"{told['name']} is {write.a(told['role'])} and holds {told['held']} families")


@command(staff, "list", csv=True)
def list_staff(door: Door) -> None:
    """List staff, with how many families each holds, how many of those by a waiver, and how many are offered to them.

    Example: journeys staff list
    """
    rows = door.rows("/v1/staff")
    if door.as_json:
        write.as_json(rows)
        return
    who = ("name", "role", "email", "channel")
    columns = (*who, "held", "cap", "active", "team", "area", "by_waiver", "offered", "leaving_from")
    write.table("", columns, ([row[column] for column in columns] for row in rows))


@command(app)
def login(
    door: Door,
    name: Annotated[str, typer.Option(help="Your name in lower case.")] = "manager",
    role: Annotated[
        Literal["coordinator", "key-worker", "manager", "auditor", "analyst"], typer.Option(help="Your role.")
    ] = "manager",
) -> None:
    """Log in for eight hours on a local stack.

    Example: journeys login --name kim --role key-worker
    """
    from cli.core.session import login as begin

    begin(door.folder, name, role)
    if door.as_json:
        write.as_json({"name": name, "role": role})
    else:
        typer.echo(f"You are logged in as {name}, {role}, for eight hours.")
