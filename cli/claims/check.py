"""`journeys claims`: a claim file judged offline, from its evidence alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from domain.claims.claim_file import ClaimFile, ClaimReport
    from domain.programme.programme import Programme

app = typer.Typer(help="Claims: the ledger, claim windows, and checking a claim file.", no_args_is_help=True)

PAYABLE, NOT_PAYABLE, BAD_FILE = 0, 1, 2


@app.callback()
def claims() -> None:
    """Claims: the ledger, claim windows, and checking a claim file."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The claim file (JSON).", metavar="FILE")],
    *,
    pack: Annotated[
        Path | None,
        typer.Option(
            metavar="PACK", help="The pack it was decided under, as written by export --pack; or a pack file (TOML)."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON.")] = False,
) -> None:
    """Say what a claim file may be paid for, and why. Needs no server.

    If the file names its pack by hash, no other pack is accepted.

    Exit code: 0 something is payable (or met, in a programme without payments), 1 nothing is, 2 bad file.

    Example: journeys claims check claim.json
    """
    from domain.claims.claim_file import check as judge

    claim, programme = _load(file, pack)
    report = judge(claim, programme)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _show(claim, programme, report)
    untariffed = {result.name for result in programme.results if not result.tariffs}
    met = any(result.verdict == "met" and result.result in untariffed for result in report.results)
    raise typer.Exit(PAYABLE if report.payable.amount or met else NOT_PAYABLE)


def _load(file: Path, pack: Path | None) -> "tuple[ClaimFile, Programme]":
    from domain.claims.faults import BadClaimFile
    from domain.claims.reading import fit, read
    from programmes import PackError, load, names

    try:
        claim = read(file.read_bytes(), programmes=() if pack else names())
        programme = _pack(pack) if pack else load(claim.programme)
        fit(claim, programme)
    except PackError as error:
        raise _refused(pack or file, [str(error)]) from error
    except OSError as error:
        raise _refused(Path(error.filename or file), [f"cannot be read ({error.strerror}); check the path"]) from error
    except BadClaimFile as error:
        raise _refused(file, [str(found) for found in error.faults]) from error
    return claim, programme


def _pack(file: Path) -> "Programme":
    """Return a pack that was exported, or one that is still being written, as `programmes check` reads it."""
    from programmes import kept
    from programmes.opening import opened

    return opened(str(file)) if file.suffix == ".toml" else kept(file.read_bytes())


def _refused(file: Path, faults: list[str]) -> typer.Exit:
    typer.echo(f"{file} cannot be judged:", err=True)
    for found in faults:
        typer.echo(f"  {found}", err=True)
    return typer.Exit(BAD_FILE)


def _show(claim: "ClaimFile", programme: "Programme", report: "ClaimReport") -> None:
    from rich.console import Console

    from cli.claims.tree import tree_of
    from domain.claims.claim_file import explain

    Console(highlight=False).print(tree_of(programme, report, explain(claim, programme)))


if __name__ == "__main__":
    app()
