"""What a family without a claim still lacks for each result, judged on today's evidence as the ledger judges."""

import json
from typing import Any

import typer

from cli.core import output as write
from cli.core.client import Door, in_path

LACKS = {"not_met": "not met", "insufficient": "evidence is missing"}


def tell(door: Door, reference: str) -> None:
    """Write for each result of the family's programme which limbs are not met, and what each found and asks for."""
    from domain.claims.claim_file import ClaimFile, explain, report
    from programmes import kept

    told = door.get(f"/v1/journeys/{in_path(reference)}/claim-file")
    claim, pack = ClaimFile.model_validate(told["file"], strict=False), kept(json.dumps(told["pack"]).encode())
    judged = report(claim, pack, explain(claim, pack))
    rows = [_row(result.result, limb) for result in judged.results for limb in result.limbs if limb.verdict in LACKS]
    met = [result.result for result in judged.results if result.verdict == "met"]
    if door.as_json:
        write.as_json({"reference": reference, "as_of": judged.as_of.isoformat(), "met": met, "missing": rows})
        return
    typer.echo(f"{reference} has no claim. On the evidence of {judged.as_of}, under {pack.title}:")
    if met:
        typer.echo(f"met, and not yet in the ledger: {', '.join(met)}")
    columns = ("result", "limb", "verdict", "found", "asked", "window", "note")
    write.table("Missing", columns, ([row[name] for name in columns] for row in rows))
    typer.echo(f"the whole reasoning: journeys claims export {reference} --out FILE, then journeys claims check FILE")


def _row(result: str, limb: Any) -> dict[str, str]:
    return {
        "result": result,
        "limb": limb.limb,
        "verdict": LACKS[limb.verdict],
        "found": limb.figure or "nothing",
        "asked": limb.threshold or "",
        "window": f"{limb.window.from_} to {limb.window.to}" if limb.window else "",
        "note": limb.note,
    }
