"""Families in: one by flags or a JSON file, many by a council's CSV export."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.core import output as write
from cli.core.client import ISO_DAY, AwayError, Door, attempts, check
from cli.core.command import DAYS, command
from cli.core.errors import BAD_INPUT, INTERRUPTED, PARTLY, Trouble, plain

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(rich_markup_mode=None)

PERSON = ("role", "surname", "forename", "date_of_birth")
HOUSEHOLD = {
    name: name.replace("_", "-") for name in ("referrer", "referred_on", "locality", "address", "postcode", "uprn")
}
HOUSEHOLD["criteria"] = "criterion"
FAULT_COLUMNS = ("line", "family", "column", "value", "reason", "remedy")


@command(app)
def refer(
    door: Door,
    member: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE,SURNAME,FORENAME,BORN[,SCHEME=ID]...", help="A person; say it again for each."),
    ] = None,
    referrer: Annotated[str, typer.Option(help="The partner that refers.")] = "",
    locality: Annotated[str, typer.Option(help="District or ward.")] = "",
    criterion: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A reason to be eligible; say it again for each.")
    ] = None,
    referred_on: Annotated[
        str, typer.Option(metavar="DATE", help=f"The day of the referral: {DAYS}. Default: today.")
    ] = "",
    address: Annotated[str, typer.Option(help="Where the family lives.")] = "",
    postcode: Annotated[str, typer.Option()] = "",
    uprn: Annotated[str, typer.Option(help="The household's property reference number.")] = "",
    programme: Annotated[str | None, typer.Option(help="The rule pack. Default: the gateway's.")] = None,
    file: Annotated[Path | None, typer.Option(help="A JSON file with all of this; - reads it from stdin.")] = None,
) -> None:
    """Refer a family: open its journey.

    Names given as flags stay in the shell's history: prefer --file. Without any flag, in a terminal, each is asked for.

    Example: journeys refer --referrer wirral-schools --locality Leasowe --criterion poverty
    --member adult,Chestnut,Wren,1978-04-18,nhs_number=9992805196
    --member child,Chestnut,Toni,1999-10-05,upn=K388837901156
    """
    told: dict[str, Any] = {
        "referrer": referrer,
        "locality": locality,
        "criteria": criterion or [],
        "referred_on": referred_on,
        "address": address,
        "postcode": postcode,
        "uprn": uprn,
        "members": [_person(text) for text in member or []],
    }
    if file is None and not any(told.values()) and sys.stdin.isatty():
        with _broken_off():
            answer = _asked(door, programme)
    else:
        form = _form(door, file) if file else told | {"programme": programme, "referred_on": _day(door, referred_on)}
        answer = _told(door, form, by_flag=file is None)
    write.answer(answer, json_wanted=door.as_json)


def _told(door: Door, form: Any, *, by_flag: bool) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = door.post("/v1/journeys", form)
    except Trouble as trouble:
        _table_of(trouble, as_json=door.as_json, by_flag=by_flag)
        raise
    return answer


def _asked(door: Door, programme: str | None) -> dict[str, Any]:
    """Ask for the referral, and again for each answer that is refused, until it is taken."""
    from cli.journeys import prompts

    day = partial(_day, door)
    form = prompts.form(day)
    while True:
        try:
            answer: dict[str, Any] = door.post("/v1/journeys", form | {"programme": programme})
        except Trouble as trouble:
            faults = trouble.told.get("faults", []) if isinstance(trouble.told, dict) else []
            if not faults:
                raise
            form = prompts.mended(form, faults, day)
        else:
            return answer


def _person(text: str) -> dict[str, str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < len(PERSON) or not all("=" in part for part in parts[len(PERSON) :]):
        remedy = "write ROLE,SURNAME,FORENAME,BORN and then SCHEME=ID, such as nhs_number=9992805196"
        raise Trouble("--member has too few parts, or one without a scheme", remedy, exit_code=BAD_INPUT)
    return dict(zip(PERSON, parts, strict=False)) | dict(part.split("=", 1) for part in parts[len(PERSON) :])


def _day(door: Door, text: str) -> str:
    """Return the day meant; what means none is sent as it stands, and judged by the rules that judge a file."""
    from cli.core.days import meant

    found = None if ISO_DAY.fullmatch(text) else meant(text or "today", door.clock)
    return found.isoformat() if found else text


def _form(door: Door, file: Path) -> Any:
    """Read the file; a referral without its day is of today, also when it is tried again after midnight."""
    told = _read(file)
    if isinstance(told, dict) and not told.get("referred_on"):
        told["referred_on"] = door.day("today")
    return told


def _read(file: Path) -> Any:
    try:
        return json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Trouble(f"{file} cannot be read as JSON ({fault})", "check the file", exit_code=BAD_INPUT) from fault


@command(app, "import", csv=True)
def import_file(
    door: Door,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or XLSX file of referrals, one row a person.")],
    programme: Annotated[str | None, typer.Option(help="The rule pack. Default: the gateway's.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge every row, and write nothing.")] = False,
) -> None:
    """Import a file of referrals: good families are taken, each bad row is told with its remedy.

    The same file again changes nothing; cut short, it goes on where it stopped. Exit status 3: some rows were refused.

    Example: journeys import referrals.xlsx --dry-run
    """
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise Trouble(f"{file} cannot be read ({fault.strerror})", "check the path", exit_code=BAD_INPUT) from fault
    try:
        told = _send(door, data, {"programme": programme, "dry_run": dry_run or None})
    except Trouble as trouble:
        _table_of(trouble, as_json=door.as_json)
        raise
    _tell(told, as_json=door.as_json)
    if told["summary"]["refused_rows"]:
        raise typer.Exit(PARTLY)


def _send(door: Door, data: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """Send the file, again when the connection breaks: what was taken is not taken twice."""
    params = {name: value for name, value in asked.items() if value is not None}
    with _gone_on_with(), door.client() as client, _bar(quiet=door.as_json) as advance:
        for attempt in attempts(repeatable=True):
            with (
                attempt,
                client.stream(
                    "POST",
                    "/v1/imports",
                    content=data,
                    params=params,
                    headers={"content-type": "application/octet-stream"},
                ) as response,
            ):
                if not response.is_success:
                    response.read()
                check(response)
                return _collect(response.iter_lines(), advance)
    raise AssertionError("the last attempt returns or raises")


@contextmanager
def _broken_off() -> Iterator[None]:
    """Say to whoever breaks off the questions that nothing came of them."""
    try:
        yield
    except (typer.Abort, KeyboardInterrupt) as fault:
        remedy = "begin again, or write the referral into a file and give it with --file"
        raise Trouble("no family was referred: the questions were broken off", remedy, exit_code=INTERRUPTED) from fault


@contextmanager
def _gone_on_with() -> Iterator[None]:
    """Say to whoever interrupts an import that nothing of it is lost or half done."""
    try:
        yield
    except KeyboardInterrupt as fault:
        remedy = "what was taken stays taken; the same file again goes on where it stopped"
        raise Trouble("the import was interrupted", remedy, exit_code=INTERRUPTED) from fault


def _collect(lines: Iterator[str], advance: "Callable[[int], None]") -> dict[str, Any]:
    told: dict[str, Any] = {"families": []}
    for line in lines:
        heard = json.loads(line)
        if heard["type"] == "interrupted":
            raise AwayError(heard["reason"])
        if heard["type"] == "family":
            told["families"].append(heard)
            advance(told["plan"]["families"])
        else:
            told[heard["type"]] = heard
    if "summary" not in told:
        raise AwayError("the import was cut short")
    return told


@contextmanager
def _bar(*, quiet: bool) -> "Iterator[Callable[[int], None]]":
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task("families", total=None)
        yield lambda total: progress.update(task, advance=1, total=total)


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        write.as_json(told)
        return
    summary = told["summary"]
    faults = sorted(
        (fault for family in told["families"] for fault in family["faults"]), key=lambda fault: fault["line"]
    )
    if faults:
        write.table("Rows not taken", FAULT_COLUMNS, map(_row, faults))
    for column in told["plan"]["ignored_columns"]:
        write.remark(f"column {plain(column)} was ignored")
    for sheet in told["plan"]["ignored_sheets"]:
        write.remark(f"sheet {plain(sheet)} was ignored: only the first is read")
    if told["plan"]["dry_run"]:
        write.remark("A dry run: nothing was written. Without --dry-run:")
    elif not summary["changed"]:
        write.remark("Nothing changed.")
    write.remark(
        f"families taken {summary['taken']}, already taken {summary['already_taken']}, refused {summary['refused']};"
        f" rows refused {summary['refused_rows']}"
    )


def _table_of(trouble: Trouble, *, as_json: bool, by_flag: bool = False) -> None:
    """Show every fault of a refused referral or file."""
    faults = trouble.told.get("faults", []) if isinstance(trouble.told, dict) else []
    if faults and by_flag and not as_json:
        rows = ((_flag(fault), *_row(fault)[2:]) for fault in faults)
        write.table("", ("flag", *FAULT_COLUMNS[2:]), rows, err=True)
    elif faults and not as_json:
        write.table("", FAULT_COLUMNS, map(_row, faults), err=True)


def _flag(fault: dict[str, Any]) -> str:
    column = fault["column"]
    if column in HOUSEHOLD:
        return f"--{HOUSEHOLD[column]}"
    return f"--member (number {fault['line']})"


def _row(fault: dict[str, Any]) -> tuple[object, ...]:
    return tuple(fault.get(name, "") for name in ("line", "family_no", "column", "value", "reason", "remedy"))
