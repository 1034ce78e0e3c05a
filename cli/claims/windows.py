"""`journeys claims windows | submit | audit | settle`: a claim window from its opening to the money."""

from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.claims.ledger import ClaimId, Why, totals
from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import command
from cli.core.errors import BAD_INPUT, Trouble

Label = Annotated[
    str, typer.Argument(metavar="LABEL", help="The window's label, as listed by: journeys claims windows")
]
Pack = Annotated[str | None, typer.Option("--programme", help="The rule pack. Default: the gateway's.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to `journeys claims`."""
    command(app, "windows", csv=True)(windows)
    for name, function in (("submit", submit), ("audit", audit), ("settle", settle)):
        command(app, name)(function)


def windows(
    door: Door,
    programme: Pack = None,
    opening: Annotated[str | None, typer.Option("--open", metavar="LABEL", help="Start this window.")] = None,
    gather: Annotated[
        str | None, typer.Option(metavar="LABEL", help="Add claims that have become eligible since.")
    ] = None,
    show: Annotated[str | None, typer.Option(metavar="LABEL", help="Show the claims of this window.")] = None,
) -> None:
    """List the claim windows of a programme, start one, or look into one.

    Example: journeys claims windows --open 2013-07
    """
    for label, step in ((opening, "open"), (gather, "gather")):
        if label is not None:
            door.post(_path(label, step, programme))
    rows = door.rows("/v1/claim-windows", programme=programme)
    if show is not None:
        claims = door.rows(f"/v1/claim-windows/{in_path(show)}/claims", programme=programme)
        rows = [row | {"claims": claims} for row in rows if row["label"] == show]
    if door.as_json:
        write.as_json(rows)
        return
    columns = ("window", "opens", "closes", "phase", "ready", "set aside", "to audit", "submitted", "source")
    write.table("", columns, map(_row, rows), beside=show is not None)
    if show is not None:
        for row in rows:
            _claims(row)


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    counts = (row[name] for name in ("ready", "set_aside", "to_audit", "submitted"))
    return row["label"], row["opens"], row["closes"], row["phase"], *counts, f"{row['source']} ({row['confidence']})"


def _claims(row: dict[str, Any]) -> None:
    for draw in row["draws"]:
        drawn = f"{draw['percent']}% by seed {draw['seed']}, {write.moment(draw['drawn_at'])}"
        write.note(f"audit sample {draw['draw']}: {drawn}")
    columns = ("claim", "pounds", "state", "sample", "audit", "set aside because")
    cells = ("claim_id", "amount", "state", "sampled", "audit", "set_aside")
    write.table("\nClaims", columns, ([_cell(claim[name]) for name in cells] for claim in row["claims"]))
    write.note(totals(row["claims"]))


def _cell(value: object) -> object:
    return {True: "to audit", False: ""}.get(value, value) if isinstance(value, bool) else value


def submit(door: Door, label: Label, programme: Pack = None) -> None:
    """Submit every claim of an open window that still holds; refused until its audit sample was audited.

    Example: journeys claims submit 2013-07
    """
    told = door.post(_path(label, "submit", programme))
    if door.as_json:
        write.as_json(told)
        return
    typer.echo(f"submitted: {len(told['submitted'])}")
    write.table("\nSet aside", ("claim", "because"), told["set_aside"].items())


def audit(
    door: Door,
    claim: ClaimId,
    why: Why,
    sound: Annotated[bool | None, typer.Option("--sound/--unsound", help="What internal audit found.")] = None,
) -> None:
    """Say what internal audit found of a claim in a running window; an unsound one is never submitted.

    Example: journeys claims audit CLAIM --sound --why evidence-seen
    """
    if sound is None:
        raise Trouble(
            "--sound or --unsound is missing",
            "give one of them, such as: journeys claims audit CLAIM --sound",
            exit_code=BAD_INPUT,
        )
    found = "sound" if sound else "unsound"
    _stands(door, claim, "audit", {"found": found, "why": why}, f"audited, {found}: ")


def settle(
    door: Door,
    claim: ClaimId,
    outcome: Annotated[str, typer.Argument(metavar="paid|rejected", help="The payer's decision.")],
    why: Annotated[str | None, typer.Option(metavar="CODE", help="Why, as a code.")] = None,
) -> None:
    """Record that a submitted claim was paid or rejected.

    Example: journeys claims settle CLAIM paid
    """
    _stands(door, claim, "settle", {"outcome": outcome, "why": why})


def _stands(door: Door, claim: str, step: str, body: dict[str, Any], said: str = "") -> None:
    told = door.post(f"/v1/claims/{quote(claim, safe='')}/{step}", body)
    if door.as_json:
        write.as_json(told)
    else:
        typer.echo(f"{said}{told['claim_id']} is {told['state']}")


def _path(label: str, step: str, programme: str | None) -> str:
    asked = f"?programme={in_path(programme)}" if programme else ""
    return f"/v1/claim-windows/{in_path(label)}/{step}{asked}"
