"""A claim report as a tree: the verdict for a coordinator on each line, the reasons for an auditor below it.

Sources are numbered where a figure is used and listed once at the end.
"""

from datetime import date

from rich.text import Text
from rich.tree import Tree

from domain.claims.claim_file import ClaimReport
from domain.model import Amount
from domain.programme.programme import Programme
from domain.programme.results import Result, Tariff
from domain.rules.finding import Finding, sources_of
from domain.rules.logic import Verdict

_STYLES: dict[Verdict, str] = {
    "met": "bold green",
    "not_met": "bold red",
    "insufficient": "bold yellow",
    "not_applicable": "dim",
}
_PRACTICE = "Every step of practice was taken before the window began"


class Sources:
    """The numbered sources of one tree, in the order of their first use."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def mark(self, sources: tuple[str, ...]) -> str:
        """Return the numbers of some sources, such as `[1][3]`."""
        return "".join(f"[{self.known.setdefault(source, len(self.known) + 1)}]" for source in sources)


def tree_of(programme: Programme, report: ClaimReport, findings: tuple[Finding, ...]) -> Tree:
    """Return the whole report: what is payable, a branch for each result and its limbs, and the sources."""
    sources = Sources()
    tree = Tree(Text(f"Claim as of {report.as_of} under {programme.title}", style="bold"))
    tree.add(Text(_payable(report), style="bold"))
    for result, finding in zip(programme.results, findings, strict=True):
        _add_result(tree, result, finding, report.as_of, sources)
    if fee := programme.attachment_on(report.as_of):
        tree.add(
            Text(f"attachment of a family {_pounds(fee.pays, sources)}: it needs no evidence and is no part of a claim")
        )
    tree.add(Text(f"programme {report.programme}, version {programme.version}, hash {report.programme_hash}"))
    listed = tree.add(Text("sources of the figures"))
    for source, number in sources.known.items():
        listed.add(Text(f"[{number}] {source}", style="dim"))
    return tree


def _add_result(tree: Tree, result: Result, finding: Finding, as_of: date, sources: Sources) -> None:
    tariff = result.tariff_on(as_of)
    branch = tree.add(_line(result.name, finding.verdict, result.title))
    if result.tariffs:
        branch.add(Text(_payment(tariff, sources) if tariff else _unpaid(result, as_of)))
    titles = {limb.name: limb.title for limb in result.limbs}
    for limb in finding.parts:
        _add(branch, limb, titles.get(limb.name, _PRACTICE), sources.mark(limb.sources))


def _add(tree: Tree, finding: Finding, title: str = "", marks: str = "") -> None:
    branch = tree.add(_line(finding.name, finding.verdict, f"{title} {marks}".strip()))
    _explain(branch, finding)


def _explain(branch: Tree, finding: Finding) -> None:
    """Add the reasons of a finding, or its parts; a part without a name is told in the place of its whole."""
    for label, text in () if finding.parts else _reasons(finding):
        branch.add(Text.assemble((f"{label} ", "dim"), text))
    for part in finding.parts:
        if part.name:
            _add(branch, part)
        elif part.verdict != "not_applicable":
            _explain(branch, part)


def _line(name: str, verdict: Verdict, title: str) -> Text:
    return Text.assemble(
        (name, "bold"), ": ", (verdict.replace("_", " "), _STYLES[verdict]), f"  {title}" if title else ""
    )


def _reasons(finding: Finding) -> list[tuple[str, str]]:
    reasons = [
        ("found", finding.figure or "nothing to measure"),
        ("asked", finding.threshold or ""),
        ("window", f"{finding.window.from_} to {finding.window.to}" if finding.window else ""),
        ("note", finding.note),
        ("evidence", ", ".join(finding.evidence)),
    ]
    return [(label, text) for label, text in reasons if text]


def _unpaid(result: Result, as_of: date) -> str:
    ended = max((tariff.to for tariff in result.tariffs if tariff.to < as_of), default=None)
    return f"no tariff on {as_of}" + (f": the last one ended on {ended}, so the pack pays nothing now" if ended else "")


def _payment(tariff: Tariff, sources: Sources) -> str:
    pays, maximum = (_pounds(amount, sources) for amount in (tariff.pays, tariff.maximum))
    return f"tariff {pays}, family's maximum {maximum}"


def _pounds(amount: Amount, sources: Sources) -> str:
    trust = "" if amount.confidence == "verified" else f" ({amount.confidence})"
    return f"£{amount.value:,}{trust} {sources.mark(sources_of(amount))}"


def _payable(report: ClaimReport) -> str:
    if not report.payable.amount:
        return "Nothing is payable"
    return f"Payable: £{report.payable.amount:,} for {' and '.join(report.payable.results)}"
