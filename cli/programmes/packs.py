"""`journeys programmes`: rule packs listed, shown, checked and compared offline, from their files alone."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.programme.programme import Programme
    from programmes.lint.issues import Fault
    from programmes.opening import UnsoundPackError

app = typer.Typer(help="Rule packs: list, show, check, add, compare, messages. Needs no server.", no_args_is_help=True)

SOUND, FAULTY = 0, 2


@app.callback()
def packs() -> None:
    """Rule packs: list, show, check, add, compare, messages. Needs no server."""
    from programmes import OWN
    from stack.folders import default_data

    os.environ.setdefault(OWN, str(default_data() / "programmes"))


SAME, DIFFERS = 0, 1

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Pack = Annotated[str, typer.Argument(metavar="PACK", help="The name of a shipped pack, or a pack file (TOML).")]


@app.command("list")
def list_packs(
    *, as_json: AsJson = False, as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False
) -> None:
    """List the shipped packs, with how many figures each sets and how many of those nobody has verified.

    Example: journeys programmes list
    """
    from cli.core import output as write
    from programmes import load, names

    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv cannot be used together; choose one of them")
    rows = [_glance(load(name)) for name in names()]
    if as_json:
        write.as_json({"programmes": rows})
        return
    columns = ("name", "version", "title", "area", "criteria", "results", "numbers", "unverified", "hash")
    shown = ((*list(row.values())[:-2], f"{row['unverified']:.0%}", row["hash"][:12]) for row in rows)
    with write.tables_as_csv(wanted=as_csv, instead_of_json=False):
        write.table("", columns, shown)


def _glance(programme: "Programme") -> dict[str, Any]:
    from programmes.figures import figures

    numbers = figures(programme)
    doubtful = sum(number.confidence == "unverified" for number in numbers)
    return {
        "name": programme.name,
        "version": programme.version,
        "title": programme.title,
        "area": programme.area,
        "criteria": len(programme.eligibility.criteria) if programme.eligibility else 0,
        "results": len(programme.results),
        "numbers": len(numbers),
        "unverified": round(doubtful / len(numbers), 4) if numbers else 0.0,
        "hash": programme.hash,
    }


@app.command()
def show(pack: Pack, *, as_json: AsJson = False) -> None:
    """Show a pack in words: stages, clocks, criteria, results; each figure with its source and confidence.

    Exit code: 0 shown, 2 the pack cannot be read.

    Example: journeys programmes show wirral-2012
    """
    from cli.core import output as write
    from cli.programmes.pack_view import write_programme
    from programmes.figures import content_of, figures

    programme = _opened(pack, as_json=as_json)
    if as_json:
        numbers = [number._asdict() for number in figures(programme)]
        write.as_json({"programme": content_of(programme), "numbers": numbers})
    else:
        write_programme(programme)


@app.command()
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A pack file (TOML), or the name of a shipped pack.")],
    *,
    as_json: AsJson = False,
) -> None:
    """List every fault of a pack with file, line, column and remedy: shape, sources, rules that can never be met.

    Exit code: 0 valid (there may be warnings), 2 faults.

    Example: journeys programmes check programmes/packs/wirral-2012.toml
    """
    from programmes.lint.check import Soundness, examine
    from programmes.opening import UnsoundPackError, file_of

    try:
        found = examine(file_of(file))
    except UnsoundPackError as unsound:
        found = Soundness(unsound.faults, ())
    if as_json:
        lists = {"faults": _told(found.faults), "warnings": _told(found.warnings)}
        typer.echo(json.dumps({"file": file, **lists}, indent=2, ensure_ascii=False))
    else:
        _write(found.faults)
        _write(found.warnings, word="warning: ")
        typer.echo(f"{file}: {_counted(len(found.faults), 'fault')}, {_counted(len(found.warnings), 'warning')}")
    raise typer.Exit(FAULTY if found.faults else SOUND)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A pack file (TOML) of your own.")],
    *,
    data: Annotated[
        Path | None, typer.Option("--data", envvar="JOURNEYS_DATA", help="Data folder of the local stack.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a pack of your own to the system on this machine: checked, kept in the data folder, usable at once.

    Packs that it extends and that lie beside it are added with it.

    Exit code: 0 added, or it was there already, 2 faults: nothing was added.

    Example: journeys programmes add our-town.toml
    """
    from programmes.adding import add as put
    from programmes.opening import UnsoundPackError
    from stack.folders import default_data, make

    folder = make((data or default_data()).expanduser().resolve()) / "programmes"
    try:
        programme, warnings, new = put(file, folder)
    except UnsoundPackError as unsound:
        _refuse(str(file), unsound, as_json=as_json)
    kept = _kept(folder.parent, programme.name)
    if as_json:
        told = {"name": programme.name, "version": programme.version, "hash": programme.hash, "new": new, "kept": kept}
        typer.echo(json.dumps(told | {"warnings": _told(warnings)}, indent=2))
        return
    _write(warnings, word="warning: ")
    typer.echo(f"{programme.name} version {programme.version} " + ("is added" if new else "was there already"))
    typer.echo(f"  for one referral: journeys refer --programme {programme.name}")
    typer.echo(f"  for every referral: journeys down, then JOURNEYS_PROGRAMME={programme.name} journeys up")


def _kept(data: Path, name: str) -> bool:
    """Have the gateway keep the pack in the database, where it is up; else it does so at the first referral."""
    from stack.commands import status

    if not status(data).up:
        return False
    from cli.core.client import Door
    from cli.core.errors import Trouble

    try:
        Door(data).post(f"/v1/programmes/{name}")
    except Trouble as trouble:
        typer.echo(f"not yet kept in the database: {trouble.reason}", err=True)
        return False
    return True


def _refuse(pack: str, unsound: "UnsoundPackError", *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"file": pack, "faults": _told(unsound.faults)}, indent=2), err=True)
    else:
        _write(unsound.faults, err=True)
    raise typer.Exit(FAULTY) from unsound


@app.command()
def diff(before: Pack, after: Pack, *, as_json: AsJson = False) -> None:
    """Show what differs in meaning between two packs: figures, criteria, limbs, agreements; not order or wording.

    Exit code: 0 the same meaning, 1 they differ, 2 a pack cannot be read.

    Example: journeys programmes diff troubled-families-2012 wirral-2012
    """
    from programmes.difference import differences

    changes = differences(_opened(before, as_json=as_json), _opened(after, as_json=as_json))
    meant = [change for change in changes if not change.wording]
    worded = len(changes) - len(meant)
    if as_json:
        told = [change._asdict() for change in meant]
        report = {"before": before, "after": after, "changes": told, "wording": worded}
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        from cli.programmes.pack_view import line_of

        for change in meant:
            typer.echo(line_of(change))
        typer.echo(f"{_counted(len(meant), 'difference')} in meaning, {worded} in wording")
    raise typer.Exit(DIFFERS if meant else SAME)


@app.command()
def messages(
    pack: Pack,
    *,
    referrer: Annotated[
        str | None, typer.Option(help="Partner that referred the family. Default: the first of the pack.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show every message and reminder that a pack sends along a family's usual journeys, word for word, as Markdown.

    Exit code: 0 shown, 2 the pack cannot be read, or no agreement names the referrer.

    Example: journeys programmes messages wirral-2012 --referrer merseyside-police
    """
    from cli.programmes.messages import page
    from programmes.usual_family import usual_family

    programme = _opened(pack, as_json=as_json)
    if referrer is not None and not programme.knows_referrer(referrer):
        from cli.core.errors import plain

        raise typer.BadParameter(plain(f"{referrer} has no agreement; {programme.referrers}"))
    text = page(programme, usual_family(programme, referrer))
    if as_json:
        typer.echo(json.dumps({"programme": programme.name, "version": programme.version, "page": text}))
    else:
        typer.echo(text, nl=False)


def _opened(pack: str, *, as_json: bool) -> "Programme":
    from programmes.opening import UnsoundPackError, opened

    try:
        return opened(pack)
    except UnsoundPackError as unsound:
        _refuse(pack, unsound, as_json=as_json)


def _told(faults: "Iterable[Fault]") -> list[dict[str, Any]]:
    return [fault.model_dump() for fault in faults]


def _write(faults: "Iterable[Fault]", *, word: str = "", err: bool = False) -> None:
    for line in _lines(faults, word):
        typer.echo(line, err=err)


def _lines(faults: "Iterable[Fault]", word: str) -> "Iterator[str]":
    from cli.core.errors import plain

    for fault in faults:
        where = f"{fault.field}: " if fault.field else ""
        yield plain(f"{fault.file}:{fault.line}:{fault.column}: {word}{where}{fault.reason}")
        yield plain(f"    {fault.remedy}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
