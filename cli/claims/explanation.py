"""A claim explained: the tree of its decision, what was known then, what has been learned since, and its way."""

from collections.abc import Sequence
from typing import Any

import typer
from pydantic import TypeAdapter
from rich.console import Console

from cli.claims.tree import tree_of
from cli.core.output import moment, table
from domain.claims.claim_file import ClaimReport
from domain.programme.programme import Programme
from domain.rules.finding import Finding

FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


def tell(answer: dict[str, Any]) -> None:
    """Write everything about one claim."""
    claim = answer["claim"]
    typer.echo(f"claim {claim['claim_id']}: {claim['state']}, £{claim['amount']:,} for {claim['result']}")
    typer.echo(f"recorded {moment(claim['recorded_at'])} on events 1 to {claim['journal_version']} of the journey")
    findings = FINDINGS.validate_python(answer["findings"], strict=False)
    report = ClaimReport.model_validate_json(answer["report"])
    Console(highlight=False).print(tree_of(Programme.model_validate(answer["programme"]), report, findings))
    if answer["learned"] is None:
        typer.echo("The family was erased: nothing new can be learned. The decision is shown as recorded.")
    else:
        _learned(answer["learned"])
    _way(answer)


def _learned(learned: dict[str, Any]) -> None:
    typer.echo(f"\nknown at that time: {len(learned['known'])} pieces of evidence")
    rows = [(mark, *_item(item)) for mark in ("added", "corrected") for item in learned[mark]]
    table("learned since", ("", "evidence", "kind", "member", "source", "observed"), rows)
    for date in learned["practice"]:
        typer.echo(f"{date['step']}: {date['before'] or 'none'} then, {date['after'] or 'none'} now")
    reassessed = learned["reassessment"]
    verdict = f"{reassessed['verdict_after'].replace('_', ' ')}, £{reassessed['amount_after']:,}"
    typer.echo(f"on today's evidence: {verdict}")
    _changes(reassessed["changes"])


def _item(item: dict[str, Any]) -> Sequence[object]:
    return item["id"], item["kind"], item["member"] or "family", item["source"], item["observed_on"]


def _changes(changes: list[dict[str, Any]]) -> None:
    for change in changes:
        before, after = change["before"], change["after"]
        typer.echo(f"  {change['limb']}: {_limb(before)} then, {_limb(after)} now")


def _limb(limb: dict[str, Any]) -> str:
    verdict = str(limb["verdict"]).replace("_", " ")
    return f"{verdict} ({limb['figure']})" if limb["figure"] else verdict


def _way(answer: dict[str, Any]) -> None:
    for held in answer["clawbacks"]:
        amounts = f"£{held['amount_before']:,} to £{held['amount_after']:,}"
        decided = f" by {held['decided_by']} ({held['reason']})" if held["decided_by"] else ""
        typer.echo(
            f"clawback proposed {moment(held['raised_at'])}: {held['limb']}, {amounts}; {held['state']}{decided}"
        )
    for step in answer["moves"]:
        why = f" ({step['reason']})" if step["reason"] else ""
        typer.echo(f"{moment(step['at'])} {step['from_state']} to {step['to_state']} by {step['actor']}{why}")
