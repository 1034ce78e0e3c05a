"""`journeys up`, `status` and `down`: the whole system on this one machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel

    from stack.report import PartReport, StackReport

FAILED, NOT_UP = 1, 3

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of all data. Default: JOURNEYS_DATA, else a system or user folder."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]


def port_option(name: str, what: str, default: int) -> object:
    """Return the option of one port."""
    return typer.Option(
        f"--{name}-port", help=f"Port of {what}. Default: as last time, at first {default}.", min=1, max=65535
    )


def up(
    *,
    data: Data = None,
    gateway_port: Annotated[int | None, port_option("gateway", "the gateway", 8470)] = None,
    temporal_port: Annotated[int | None, port_option("temporal", "Temporal", 7243)] = None,
    ui_port: Annotated[int | None, port_option("ui", "Temporal's UI", 8243)] = None,
    as_json: AsJson = False,
) -> None:
    """Start the system on this machine, or say that it is already up.

    Exit code: 0 it is up, 1 it cannot come up (nothing is left running then).

    Example: journeys up --gateway-port 8470
    """
    given = [port for port in (gateway_port, temporal_port, ui_port) if port is not None]
    if len(set(given)) < len(given):
        raise typer.BadParameter("two parts have the same port; give each a port of its own")
    with explained():
        from stack import commands

        now = commands.up(data, gateway_port=gateway_port, temporal_port=temporal_port, ui_port=ui_port)
    if as_json:
        _write(now)
        return
    typer.echo("The system is already up." if now.already else "The system is up.")
    _show_addresses(now)
    if now.not_taken:
        typer.echo(
            f"It runs with other values of {', '.join(now.not_taken)}: journeys down, then journeys up.", err=True
        )


def status(*, data: Data = None, as_json: AsJson = False) -> None:
    """Show the state of each part of the system.

    Exit code: 0 it is up, 3 it is not, or not yet.

    Example: journeys status --json
    """
    from stack import commands

    now = commands.status(data)
    if as_json:
        _write(now)
    else:
        _show(now)
    raise typer.Exit(0 if now.up else NOT_UP)


def down(*, data: Data = None, as_json: AsJson = False) -> None:
    """Stop the system on this machine; its data are kept.

    Exit code: 0 it is down.

    Example: journeys down
    """
    from stack import commands

    went = commands.down(data)
    if as_json:
        _write(went)
    elif went.was_up:
        typer.echo(f"The system is down. Stopped: {', '.join(went.stopped)}. The data are in {went.data}.")
    else:
        typer.echo(f"The system was not up. Data: {went.data}.")


@contextmanager
def explained() -> Iterator[None]:
    """Say what a stack cannot do, in its own words, and leave."""
    from stack.errors import StackError

    try:
        yield
    except StackError as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(FAILED) from problem


def _write(model: "BaseModel") -> None:
    typer.echo(model.model_dump_json(indent=2))


def _show_addresses(now: "StackReport") -> None:
    typer.echo(f"  gateway      {now.gateway}")
    typer.echo(f"  Temporal     {now.temporal}")
    typer.echo(f"  Temporal UI  {now.temporal_ui}")
    typer.echo(f"  figures      {now.gateway_metrics} and {now.worker_metrics}")
    typer.echo(f"  data         {now.data}")
    typer.echo(f"  programme    {now.programme}")
    typer.echo(f"  mail         {now.mail}")


def _show(now: "StackReport") -> None:
    typer.echo(_standing(now))
    _show_addresses(now)
    if now.parts:
        typer.echo(f"\n{'part':<11}{'state':<13}{'pid':>8}{'restarts':>10}{'memory':>10}{'uptime':>12}  address")
    for part in now.parts:
        typer.echo(_line(part))


def _standing(now: "StackReport") -> str:
    """Say whether it is up, on its way there, or down: each wants something else done."""
    if now.up:
        return "The system is up."
    if now.supervisor_pid is None:
        return "The system is not up. Start it with: journeys up"
    waits = [part for part in now.parts if part.state not in {"ready", "done"}]
    told = ", ".join(f"{part.name} {part.state}" for part in waits) or "its parts are about to start"
    log = f"; if it stays so, see {waits[0].log}" if waits else ""
    return f"The system is coming up: {told}. Look again in a moment{log}."


def _line(part: "PartReport") -> str:
    memory = f"{part.memory_bytes / 2**20:.0f} MB" if part.memory_bytes is not None else "-"
    uptime = _duration(part.uptime_seconds) if part.uptime_seconds is not None else "-"
    facts = f"{part.name:<11}{part.state:<13}{part.pid or '-':>8}{part.restarts:>10}{memory:>10}{uptime:>12}"
    return f"{facts}  {part.address or '-'}" + (f"\n           {part.problem}" if part.problem else "")


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
