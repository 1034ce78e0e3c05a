"""How a command is made: `--data`, `--url` and `--json` on each, and every trouble told the same way."""

import inspect
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.core.client import Door
from cli.core.errors import BAD_INPUT, Trouble
from cli.core.output import tables_as_csv
from domain.channels import Address

Data = Annotated[Path | None, typer.Option("--data", envvar="JOURNEYS_DATA", help="Data folder of the local stack.")]
Url = Annotated[str | None, typer.Option("--url", envvar="JOURNEYS_URL", help="Address of the gateway.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Write CSV.")]


def _told(day: str | None) -> str | None:
    """Refuse an empty day: it comes from a variable that is not set, and would pass for today."""
    if day is not None and not day.strip():
        raise typer.BadParameter("the day is empty; give a day, or leave the option out for today")
    return day


DAYS = "2026-01-20, yesterday, 'next friday', 'in 10 working days'"
Ref = Annotated[str, typer.Argument(metavar="REF", help="The family reference, such as F-7K3Q-9D2X.")]
On = Annotated[
    str | None,
    typer.Option("--on", metavar="DATE", callback=_told, help=f"The day it happened: {DAYS}. Default: today."),
]

_SHARED = tuple(
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
    for name, default, annotation in (("data", None, Data), ("url", None, Url), ("as_json", False, AsJson))
)

IfVersion = Annotated[
    str | None,
    typer.Option(
        "--if-version", metavar="N", help="Only if the journey is still at this version, as shown by: journeys show REF"
    ),
]
_GUARD = inspect.Parameter("if_version", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=IfVersion)
_CSV = inspect.Parameter("as_csv", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsCsv)


def sure(yes: bool, question: str) -> None:
    """Ask once more before a step that is hard to take back, unless it was said already."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Trouble(f"not done: {question}", "repeat the command with --yes", exit_code=BAD_INPUT)
    if not typer.confirm(question):
        raise typer.Exit(1)


def command(
    app: typer.Typer,
    name: str | None = None,
    *,
    csv: bool = False,
    guarded: bool = False,
    epilog: str | None = None,
    addresses: Iterable[Address] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add a function, whose first argument is the `Door`, as a command of `app`; with `csv` its table is one too.

    A `guarded` one is a step that judges what was seen: with --if-version it is refused when that has changed since.
    Each of the `addresses` becomes an option of its name, and the function is given those that are set as `addresses`.
    """
    options = [_option(address) for address in addresses or ()]

    def add(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run(*, data: Path | None, url: str | None, as_json: bool, **given: Any) -> None:
            wanted = bool(csv and given.pop("as_csv"))
            seen = given.pop("if_version") if guarded else None
            if addresses is not None:
                told = {option.name: given.pop(option.name) for option in options}
                given["addresses"] = {name: address for name, address in told.items() if address is not None}
            try:
                with tables_as_csv(wanted=wanted, instead_of_json=as_json):
                    function(Door(data, url, as_json, seen), **given)
            except Trouble as trouble:
                typer.echo(trouble.text(as_json=as_json), err=True)
                raise typer.Exit(trouble.exit_code) from trouble

        own = [each for each in inspect.signature(function).parameters.values() if each.name != "addresses"][1:]
        parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        parameters += [*options, *([_GUARD] if guarded else []), *_SHARED, *([_CSV] if csv else [])]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by inspect, and so by typer
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        del run.__wrapped__  # or its own signature would be read instead
        app.command(name, epilog=epilog)(run)
        return function

    return add


def _option(address: Address) -> inspect.Parameter:
    annotation = Annotated[str | None, typer.Option(help=address.help)]
    return inspect.Parameter(address.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
