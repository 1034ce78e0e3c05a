"""Who works with us: key workers and other staff, and our own session."""

from typing import Annotated, Any, Literal

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
    email: Annotated[str | None, typer.Option(help="The address for reminders. Needed for somebody new.")] = None,
    role: Annotated[
        str | None, typer.Option(help="key-worker, coordinator or manager. Somebody new: key-worker.")
    ] = None,
    cap: Annotated[int | None, typer.Option(min=1, help="The most open families. Unset: the programme's cap.")] = None,
    *,
    team: Annotated[
        str | None, typer.Option(help="Their team, whose managers are notified of handovers. Unset: every team.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="The area in which they take families. Unset: every area.")] = None,
    channel: Annotated[
        str | None, typer.Option(help=f"How reminders reach them: {', '.join(FOR_PEOPLE)}. Somebody new: email.")
    ] = None,
    addresses: dict[str, str],
    active: Annotated[bool | None, typer.Option(help="Whether families can be allocated to them.")] = None,
) -> None:
    """Add a member of staff, or change one: what you leave out stays as it is.

    Example: journeys staff add kim --email kim@council.example --team north --area wirral
    """
    given = {"email": email, "role": role, "cap": cap, "active": active, "team": team, "area": area, "channel": channel}
    form = {field: value for field, value in given.items() if value is not None}
    told = door.post("/v1/staff", {"name": name, **form, **({"addresses": addresses} if addresses else {})})
    if door.as_json:
        write.as_json(told)
        return
    typer.echo(f"{told['name']} is {write.a(told['role'])} and holds {told['held']} families")
    if not told["new"]:
        typer.echo(f"  changed: {_changes(told)}")


def _changes(told: dict[str, Any]) -> str:
    """Write what a change of a known member of staff changed."""
    parts = [f"{field} from {before or 'none'} to {told.get(field) or 'none'}" for field, before in told["was"].items()]
    return ", ".join([*parts, *(f"{name} set" for name in told["addresses_set"])]) or "nothing"


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
    """Log in for eight hours on a local stack. With JOURNEYS_CONFIG set, the session is yours alone.

    Example: journeys login --name kim --role key-worker
    """
    from cli.core.session import login as begin
    from cli.core.session import whose

    before = whose(door.folder)
    begin(door.folder, name, role)
    replaced = before["name"] if before and (before["name"], before["role"]) != (name, role) else None
    if door.as_json:
        write.as_json({"name": name, "role": role, "replaces": replaced})
        return
    typer.echo(f"You are logged in as {name}, {role}, for eight hours.")
    if replaced and before:
        typer.echo(f"This replaces the session of {replaced}, {before['role']}.")


@command(app)
def whoami(door: Door) -> None:
    """Say as whom commands run, and until when.

    Example: journeys whoami
    """
    from cli.core.session import described

    told = described(door.folder)
    if door.as_json:
        write.as_json(told)
    else:
        until = f", until {write.moment(told['until'])}" if told["until"] else ""
        typer.echo(f"{told['name']}, {told['role']}{until} ({told['by']})")


@command(app)
def logout(door: Door) -> None:
    """End your session. On a local stack, later commands run as manager until somebody logs in.

    Example: journeys logout
    """
    from cli.core.session import logout as end
    from cli.core.session import whose

    before = whose(door.folder)
    end(door.folder)
    if door.as_json:
        write.as_json({"ended": before["name"] if before else None})
    else:
        typer.echo(
            f"The session of {before['name']}, {before['role']}, has ended." if before else "Nobody was logged in."
        )
