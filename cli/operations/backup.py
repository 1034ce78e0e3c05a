"""`journeys backup` and `restore`: the whole system of this machine in one file, and back."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.core.errors import FOUND
from cli.operations.stack import AsJson, Data, explained

OPTION = "--passphrase-file"
File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(OPTION, help="File whose first line is the passphrase of the keys.")
]


def backup(
    file: File,
    *,
    data: Data = None,
    passphrase_file: PassphraseFile = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Leave the keys out; keep vault.key and subject.key elsewhere.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the database and the keys of this machine's system to one file; also while it runs.

    The keys are encrypted with a passphrase, which is asked for where there is a terminal. The database is not: it
    shows codes and dates, and names only to whoever has the keys. Temporal's data are not in it.

    Example: journeys backup journeys.backup --passphrase-file passphrase.txt
    """
    passphrase = None if without_keys else _passphrase(passphrase_file, confirm=True)
    with explained():
        from stack import backup as stack

        made = stack.backup(file, data, passphrase)
    if as_json:
        typer.echo(made.model_dump_json(indent=2))
        return
    typer.echo(f"Written: {file} ({file.stat().st_size / 2**20:.1f} MB).")
    if without_keys:
        typer.echo("Without its keys: nobody can ever read the names in it without a copy of vault.key.", err=True)
    else:
        typer.echo("Keep the passphrase apart from the file: the two together show every name.", err=True)


def restore(
    file: File,
    *,
    data: Data = None,
    passphrase_file: PassphraseFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether to replace what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the database and the keys of this machine's system by those of a backup; also while it runs.

    A damaged file, or a wrong passphrase, changes nothing. Steps taken after the backup are put back from Temporal's
    histories where these are still on this machine; what cannot be put back is named.

    Exit status: 0 all is as it was, 6 something could not be put back.

    Example: journeys restore journeys.backup --passphrase-file passphrase.txt
    """
    if not yes:
        _agreed(file)
    with explained():
        from stack import archive
        from stack import backup as stack

        passphrase = _passphrase(passphrase_file, confirm=False) if archive.has_keys(file) else None
        done = stack.restore(file, data, passphrase)
    if as_json:
        typer.echo(done.model_dump_json(indent=2))
    else:
        from cli.operations.reconcile import show

        typer.echo(f"Restored: the system as of {done.made_at:%Y-%m-%d %H:%M} UTC.")
        show(done.found)
        typer.echo("The system is up." if done.up else "The system is not up. Start it with: journeys up")
        typer.echo("Erase again every family that was erased since (docs/operations.md).", err=True)
    if done.found["not_put_back"]:
        raise typer.Exit(FOUND)


def _agreed(file: Path) -> None:
    if not sys.stdin.isatty():
        raise typer.BadParameter("this replaces the database; say --yes where nobody can be asked", param_hint="--yes")
    typer.confirm(f"Replace the database and the keys by those of {file}?", abort=True)


def _passphrase(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except OSError as fault:
            raise typer.BadParameter(f"{file} cannot be read ({fault.strerror})", param_hint=OPTION) from fault
        return lines[0] if lines else ""
    if not sys.stdin.isatty():
        told = "give --passphrase-file FILE" + (", or --without-keys" if confirm else "")
        raise typer.BadParameter(f"there is no terminal to ask for a passphrase; {told}", param_hint=OPTION)
    answer: str = typer.prompt("Passphrase of the keys", hide_input=True, confirmation_prompt=confirm)
    return answer
