"""`journeys claims`, the part that asks the gateway: the ledger listed, explained, exported and decided on."""

import csv
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.claims.rows import CLAIM_COLUMNS, claim_row
from cli.core import output as write
from cli.core.client import Door, in_path
from cli.core.command import Ref, command
from cli.core.errors import BAD_INPUT, Trouble

ClaimId = Annotated[str, typer.Argument(metavar="CLAIM", help="The claim's id, as listed by: journeys claims list")]
Why = Annotated[str, typer.Option(metavar="CODE", help="Why, as a code, such as evidence-wrong.")]
CSV_COLUMNS = (
    *("claim_id", "reference", "result", "verdict", "amount", "as_of", "programme", "programme_hash"),
    *("recorded_at", "state", "submitted_at", "clawback"),
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to `journeys claims`."""
    for name, function in (
        ("list", list_claims),
        ("explain", explain),
        ("export", export),
        ("decide", decide),
    ):
        command(app, name)(function)


def list_claims(
    door: Door,
    reference: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    state: Annotated[str | None, typer.Option(help="eligible, submitted, paid, rejected or clawed-back.")] = None,
    result: Annotated[str | None, typer.Option(help="Only this result.")] = None,
    programme: Annotated[str | None, typer.Option(help="Only this programme.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only those recorded from this day on.")] = None,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False,
) -> None:
    """List the ledger of claims.

    Example: journeys claims list --state eligible --since 2013-04-01 --csv
    """
    filters: dict[str, Any] = {"state": state, "result": result, "programme": programme, "since": since}
    rows = door.rows("/v1/claims", reference=reference, **filters)
    if door.as_json:
        write.as_json(rows)
    elif as_csv:
        _csv(rows)
    else:
        columns = ("claim", "reference", *CLAIM_COLUMNS)
        write.table("", columns, ((row["claim_id"], row["reference"], *claim_row(row)) for row in rows))
        typer.echo(totals(rows), err=not rows)


def totals(rows: list[dict[str, Any]]) -> str:
    """Write how many claims these are and how many pounds, in all and by state."""
    parts = []
    for state in dict.fromkeys(row["state"] for row in rows):
        pounds = [row["amount"] for row in rows if row["state"] == state]
        parts.append(f"{state} {len(pounds)}, £{sum(pounds):,}")
    noun = "claim" if len(rows) == 1 else "claims"
    return f"total: {len(rows)} {noun}, £{sum(row['amount'] for row in rows):,}" + (
        f" ({'; '.join(parts)})" if len(parts) > 1 else ""
    )


def _csv(rows: list[dict[str, Any]]) -> None:
    sheet = csv.DictWriter(sys.stdout, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(rows)


def explain(
    door: Door, claim: Annotated[str, typer.Argument(metavar="CLAIM|REF", help="A claim's id, or a family.")]
) -> None:
    """Explain a claim, or every claim of a family: the decision, what was known then, what has been learned since.

    Of a family without a claim it says what is missing for each result.

    Example: journeys claims explain F-7K3Q-9D2X
    """
    from cli.claims import missing
    from cli.claims.explanation import tell

    names = [claim] if ":" in claim else [row["claim_id"] for row in door.get("/v1/claims", reference=claim.upper())]
    if not names:
        missing.tell(door, claim.upper())
        return
    told = [door.get(f"/v1/claims/{quote(name, safe='')}") for name in names]
    if door.as_json:
        write.as_json(told)
        return
    for one in told:
        tell(one)


def export(
    door: Door,
    ref: Ref,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="As of this day. Default: today.")] = None,
    claim: Annotated[str | None, typer.Option(metavar="CLAIM", help="The file of this claim.")] = None,
    *,
    now: Annotated[
        bool,
        typer.Option("--now/--as-recorded", help="With --claim: use today's evidence, or the evidence recorded then."),
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it. Default: stdout.")] = None,
    pack: Annotated[
        Path | None, typer.Option(metavar="PACK", help="Also write the pack that judges it to this file.")
    ] = None,
) -> None:
    """Write a claim file that anyone can check offline; members are ids, roles and dates of birth.

    Example: journeys claims export F-7K3Q-9D2X --claim CLAIM --out claim.json --pack pack.json
    """
    known = None if claim is None else ("now" if now else "as-recorded")
    told = door.get(f"/v1/journeys/{in_path(ref)}/claim-file", as_of=as_of, claim=claim, known=known)
    text = json.dumps(told["file"], indent=2, ensure_ascii=False)
    if pack is not None:
        _write(pack, json.dumps(told["pack"], ensure_ascii=False))
    if out is None:
        typer.echo(text)
    else:
        _write(out, text)
        typer.echo(f"check it offline: journeys claims check {out}" + (f" --pack {pack}" if pack else ""))


def _write(path: Path, text: str) -> None:
    """Write a file for its owner alone, whoever could read what stood there: it holds dates of birth."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            if path.is_file():
                path.chmod(0o600)
            file.write(f"{text}\n")
    except OSError as fault:
        raise Trouble(f"{path} cannot be written ({fault.strerror})", "check the path", exit_code=BAD_INPUT) from fault


def decide(
    door: Door,
    claim: ClaimId,
    decision: Annotated[str, typer.Argument(metavar="uphold|claw-back", help="Keep the claim, or give it up.")],
    why: Why,
) -> None:
    """Decide on a proposed clawback.

    Example: journeys claims decide CLAIM uphold --why evidence-wrong
    """
    body = {"decision": decision, "reason": why}
    write.answer(door.post(f"/v1/claims/{quote(claim, safe='')}/decide", body), json_wanted=door.as_json)
