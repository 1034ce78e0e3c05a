"""`journeys`: the thin admin CLI. It talks only HTTP to the gateway, and imports what it needs when it needs it."""

from typing import Annotated

import typer

from cli.case import actions, concerns, meetings, notes, papers, relations
from cli.case import file as case_file
from cli.claims import check, ledger, windows
from cli.core import completion
from cli.core.errors import BAD_INPUT, EXIT_CODES
from cli.journeys import (
    deadlines,
    due,
    erasure,
    export,
    families,
    find,
    holders,
    imports,
    members,
    referrals,
    steps,
    today,
    views,
)
from cli.operations import backup as backups
from cli.operations import doctor, mail, maintenance, reconcile, refusals, report
from cli.operations import stack as local
from cli.partners import messages, quarantine, registry
from cli.programmes import packs, terms
from cli.staff import leave, people

ANY = {"allow_extra_args": True, "ignore_unknown_options": True}

app = typer.Typer(
    name="journeys",
    help="Family journeys, from referral to the last check.",
    epilog=EXIT_CODES,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _told(wanted: bool) -> None:
    """Tell the version and leave."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"journeys {version('family-journeys')}")
        raise typer.Exit


@app.callback()
def about(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 - its own callback prints it
        bool, typer.Option("--version", callback=_told, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Family journeys, from referral to the last check."""
    if context.invoked_subcommand is None:
        _begin(context)


def _begin(context: typer.Context) -> None:
    """Without a command: what must be done today, for somebody who is logged in; for others the help."""
    from cli.core.client import Door
    from cli.core.session import is_logged_in

    if not is_logged_in(Door().folder):
        typer.echo(context.get_help())
        raise typer.Exit(BAD_INPUT)
    if code := today.app(args=[], standalone_mode=False):
        raise typer.Exit(code)
    typer.echo("\nall commands: journeys --help")


for _part in (
    *(referrals, imports, today, find, views, export, due, steps, erasure, holders, people),
    *(report, maintenance, doctor, refusals, reconcile, completion),
):
    app.add_typer(_part.app)
app.add_typer(members.household)
people.staff.add_typer(leave.app)
app.add_typer(people.staff, name="staff")
app.add_typer(registry.app, name="partners")
app.add_typer(quarantine.app, name="quarantine")
ledger.add_to(check.app)
windows.add_to(check.app)
app.add_typer(check.app, name="claims")
app.add_typer(packs.app, name="programmes")
app.add_typer(terms.app, name="terms")
app.add_typer(mail.app, name="mail")
app.add_typer(deadlines.app, name="deadline")
app.add_typer(members.app, name="member")
app.add_typer(families.app, name="families")
app.add_typer(messages.app, name="messages")
for _group, _name in (
    (notes.app, "note"),
    (actions.app, "action"),
    (meetings.meeting, "meeting"),
    (notes.voice, "voice"),
    (meetings.scale, "scale"),
    (relations.app, "relationship"),
    (concerns.app, "concern"),
):
    app.add_typer(_group, name=_name)
for _group in (case_file.app, papers.app, relations.drawing, notes.entries):
    app.add_typer(_group)
for _command in (local.up, local.status, local.down, backups.backup, backups.restore):
    app.command()(_command)


@app.command(context_settings=ANY, add_help_option=False)
def timelapse(context: typer.Context) -> None:
    """Run eighteen months of real journeys in minutes, on a private stack.

    Example: journeys timelapse --months 18
    """
    from timelapse.run import main as run

    run(context.args)


def main() -> None:
    """Run the command that was asked for."""
    app(prog_name="journeys")


if __name__ == "__main__":
    main()
