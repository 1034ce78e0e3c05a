"""Many families in, by a council's CSV or XLSX export; an import undone; an example of such a file."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cli.core import output as write
from cli.core.client import AwayError, Door, attempts, check, in_path
from cli.core.command import command
from cli.core.errors import BAD_INPUT, INTERRUPTED, PARTLY, Trouble
from cli.journeys import identity, import_files, import_report

app = typer.Typer(rich_markup_mode=None)

UNDONE = ("reference", "outcome", "reason", "remedy")


@command(app, "import", csv=True)
def import_file(
    door: Door,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A CSV or XLSX file of referrals, one row a person.")
    ] = None,
    programme: Annotated[str | None, typer.Option(help="The rule pack. Default: the gateway's.")] = None,
    headings: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="HEADING=COLUMN", help="What a heading means; repeat for each. Kept for later files."
        ),
    ] = None,
    referrer: Annotated[str | None, typer.Option(metavar="NAME", help="The partner for rows that name none.")] = None,
    encoding: Annotated[
        Literal["utf-8", "cp1252"], typer.Option(help="How a CSV file is encoded; cp1252 is Excel's plain CSV.")
    ] = "utf-8",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the same file here with reference and outcome (.csv or .xlsx)."),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A CSV file of answers about known families: family_no,reference,answer,why."
        ),
    ] = None,
    undo: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Undo the import with this id, for families to which nothing else has happened."
        ),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row, and write nothing.")] = False,
    apply_changes: Annotated[
        bool,
        typer.Option(
            "--apply-changes", help="Change address, locality, criteria and referral day to those of the row."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --undo: undo it. Without --yes it is only shown.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Write an example file, and import nothing.")] = False,
) -> None:
    """Import a file of referrals: families without faults are taken, each bad row is listed with its remedy.

    The same or a later file takes nobody twice; differences from what we hold are listed. Days may be written
    29/05/2012, headings may have other names (DOB, Ward). If the import is interrupted, run it again: it continues
    where it stopped. Exit code 3: some rows were refused, or some families could not be undone.

    Example: journeys import referrals.xlsx --map "Key date=referred_on" --dry-run
    """
    if template:
        import_files.write_template(out or file)
        return
    if undo is not None:
        _undo(door, undo, dry_run=dry_run or not yes)
        return
    if file is None:
        raise Trouble("no file is given", "give a FILE, or see --template for an example", exit_code=BAD_INPUT)
    asked = {
        "programme": programme,
        "dry_run": dry_run or None,
        "map": headings,
        "referrer": referrer,
        "encoding": encoding,
        "apply_changes": apply_changes or None,
        "records": out is not None or None,
    }
    _import(door, file, asked, out, identity.read_answers(answers) if answers else [])


def _import(door: Door, file: Path, asked: dict[str, Any], out: Path | None, answers: Sequence[dict[str, str]]) -> None:
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise Trouble(f"{file} cannot be read ({fault.strerror})", "check the path", exit_code=BAD_INPUT) from fault
    try:
        answer = _send(door, *_body(data, answers), asked)
    except Trouble as trouble:
        import_report.refused(trouble, as_json=door.as_json)
        raise
    records = answer.pop("records")
    if out is not None:
        import_files.write_back(out, records, answer)
    import_report.report(answer, out, as_json=door.as_json)
    if answer["summary"]["refused_rows"]:
        raise typer.Exit(PARTLY)


def _undo(door: Door, import_id: str, *, dry_run: bool) -> None:
    answer = door.post(f"/v1/imports/{in_path(import_id)}/undo", {"dry_run": dry_run})
    if door.as_json:
        write.as_json(answer)
    else:
        write.table("Families", UNDONE, ([family[name] for name in UNDONE] for family in answer["families"]))
        if dry_run:
            write.note(f"Nothing was written. To undo it: journeys import --undo {answer['import_id']} --yes")
        write.note(f"families {'to undo' if dry_run else 'undone'} {answer['undone']}, left {answer['left']}")
    if answer["left"]:
        raise typer.Exit(PARTLY)


def _body(data: bytes, answers: Sequence[dict[str, str]]) -> tuple[bytes, str]:
    """Return what is sent and its content type: the file alone, or JSON with the answers beside it."""
    if not answers:
        return data, "application/octet-stream"
    payload = {"file": base64.b64encode(data).decode(), "answers": list(answers)}
    return json.dumps(payload).encode(), "application/json"


def _send(door: Door, data: bytes, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
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
                    headers={"content-type": kind},
                ) as response,
            ):
                if not response.is_success:
                    response.read()
                check(response)
                return _collect(response.iter_lines(), advance)
    raise AssertionError("the last attempt returns or raises")


@contextmanager
def _gone_on_with() -> Iterator[None]:
    """Say to whoever interrupts an import that nothing of it is lost or half done."""
    try:
        yield
    except KeyboardInterrupt as fault:
        remedy = "the families taken so far are kept; run the same command again to continue"
        raise Trouble("the import was interrupted", remedy, exit_code=INTERRUPTED) from fault


def _collect(lines: Iterator[str], advance: "Callable[[int], None]") -> dict[str, Any]:
    answer: dict[str, Any] = {"families": [], "records": []}
    for line in lines:
        heard = json.loads(line)
        if heard["type"] == "interrupted":
            raise AwayError(heard["reason"])
        if heard["type"] == "record":
            answer["records"].append((heard["line"], heard["cells"]))
        elif heard["type"] == "family":
            answer["families"].append(heard)
            advance(answer["plan"]["families"])
        else:
            answer[heard["type"]] = heard
    if "summary" not in answer:
        raise AwayError("the import was interrupted")
    return answer


@contextmanager
def _bar(*, quiet: bool) -> "Iterator[Callable[[int], None]]":
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), disable=quiet, transient=True) as progress:
        task = progress.add_task("families", total=None)
        yield lambda total: progress.update(task, advance=1, total=total)
