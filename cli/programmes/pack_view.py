"""A pack as a person reads it: its parts in the order of the path, each number with its confidence and source.

Sources are numbered where they are used and listed once at the end.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import typer

from cli.claims.tree import Sources
from cli.core import output as write
from cli.core.errors import plain
from programmes.figures import content_of

if TYPE_CHECKING:
    from domain.programme.programme import Programme
    from programmes.difference import Change

Entry = Mapping[str, Any]
HIDDEN = {"source", "confidence"}
COMPARISONS = {"fewer-than": "fewer than", "at-least": "at least", "below": "below", "above": "above"}
RULE = {"type", "rule", "rules", "compare", "threshold", "at_least_percent"}
UNITS = {"working_days": " working days", "months": " months", "families": " families"}
PLAIN = ("localities", "household", "cohorts", "caseload", "places", "funding", "checks", "evaluations")


class View:
    """A pack's content on its way to the terminal, with the sources met so far."""

    def __init__(self, content: Entry) -> None:
        self.content = content
        self.sources = Sources()

    def mark(self, part: Entry) -> str:
        """Return how far a part may be trusted, unless all the way, and the number of its source."""
        if "source" not in part:
            return ""
        trust = "" if part["confidence"] == "verified" else f" ({part['confidence']})"
        return f"{trust} {self.sources.mark((part['source'],))}".strip()

    def entries(self, name: str) -> list[Entry]:
        """Return the entries of a list of the pack."""
        listed: list[Entry] = self.content.get(name, [])
        return listed

    def words(self, part: object) -> str:
        """Write any part of a pack in a line: numbers with their marks, windows and thresholds as they are said."""
        if isinstance(part, Mapping):
            return self._table(part)
        if isinstance(part, list):
            return ", ".join(self.words(entry) for entry in part)
        return str(part).lower() if isinstance(part, bool) else str(part)

    def _table(self, part: Entry) -> str:
        length = next((name for name in UNITS if name in part and len(part.keys() - HIDDEN) == 1), "value")
        if length in part:
            return f"{part[length]}{UNITS.get(length, '')} {self.mark(part)}".strip()
        if "n" in part and "type" in part:
            return self._window(part)
        return f"{', '.join(self.pairs(part, HIDDEN))} {self.mark(part)}".strip()

    def pairs(self, part: Entry, hidden: Collection[str]) -> list[str]:
        """Write each field of a part with its name; what is not so is not said."""
        told = {name: value for name, value in part.items() if name not in hidden and value is not False}
        return [
            name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {self.words(value)}"
            for name, value in told.items()
        ]

    def _window(self, part: Entry) -> str:
        first, _, unit = part["type"].partition("-")
        length, mark = part["n"]["value"], self.mark(part["n"])
        span = f"last {length} {unit}" if first == "last" else f"{length} {part['type'].replace('-', ' ')}"
        return f"{span} {mark}".strip()

    def rule(self, rule: Entry, depth: int = 2) -> Iterator[str]:
        """Write a rule, one part a line, each deeper than the part it stands in."""
        told = [*self.pairs(rule, RULE), *self._asked(rule)]
        yield f"{'  ' * depth}{rule['type'].replace('-', ' ')}: {', '.join(told)}".removesuffix(": ")
        for part in [*rule.get("rules", []), *([rule["rule"]] if "rule" in rule else [])]:
            yield from self.rule(part, depth + 1)

    def _asked(self, rule: Entry) -> Iterator[str]:
        percent = "%" if rule["type"] in {"rate", "fall"} else ""
        compare = COMPARISONS.get(rule.get("compare", ""), "down by at least")
        for name in ("threshold", "at_least_percent"):
            if name in rule:
                yield f"{compare} {rule[name]['value']}{percent} {self.mark(rule[name])}".strip()


def write_programme(programme: "Programme") -> None:
    """Write the whole pack."""
    view = View(content_of(programme))
    _heading(view)
    _families(view)
    _path(view)
    for result in view.entries("results"):
        _result(view, result)
    _partners(view)
    typer.echo("\nSources")
    for source, number in view.sources.known.items():
        typer.echo(plain(f"[{number}] {source}"))


def _heading(view: View) -> None:
    content = view.content
    typer.echo(plain(f"{content['title']} ({content['name']} {content['version']})"))
    typer.echo(plain(content["source"]))
    stages = " > ".join(content.get("stages", []))
    write.fields(
        (("area", content["area"]), ("nation", content["nation"]), ("stages", stages), ("hash", content["hash"]))
    )


def _families(view: View) -> None:
    for name in PLAIN[:3]:
        write.fields([(name, view.words(view.content[name]) if name in view.content else "")])
    eligibility = view.content.get("eligibility")
    if eligibility:
        rest = {name: value for name, value in eligibility.items() if name not in {"at_least", "criteria"}}
        typer.echo(plain(f"eligible      at least {eligibility['at_least']} of these; {view.words(rest)}"))
        rows = ((one["id"], one["title"], one.get("group", ""), view.mark(one)) for one in eligibility["criteria"])
        write.table("\nCriteria", ("criterion", "title", "group", "source"), rows)
    if view.entries("needs"):
        rows = ((one["id"], one["title"], one.get("headline", ""), view.mark(one)) for one in view.entries("needs"))
        write.table("\nNeeds", ("need", "title", "headline", "source"), rows)


def _path(view: View) -> None:
    for name in PLAIN[3:]:
        write.fields([(name, view.words(view.content[name]) if name in view.content else "")])
    rows = (
        (one["work"], view.words(one.get("within", "as checks say")), one["owner"], one["escalate_to"], _ladder(one))
        for one in view.entries("clocks")
    )
    write.table("\nClocks", ("work", "within", "owed by", "escalated to", "ladder in working days"), rows)
    known = {*PLAIN, "eligibility", "needs", "clocks", "results", "agreements", "notices", "terms", "windows"}
    for name, part in view.content.items():
        if name not in known and isinstance(part, list | Mapping) and name != "stages":
            write.fields([(name, view.words(part))])


def _ladder(clock: Entry) -> str:
    return ", ".join(_rung(rung) for rung in clock["ladder"])


def _rung(rung: Entry) -> str:
    again = f" and every {rung['every']} until {rung['until']:+d}" if rung.get("every") else ""
    return f"{rung['at']:+d}{again}{' escalated' if rung.get('escalate') else ''}"


def _result(view: View, result: Entry) -> None:
    typer.echo()
    typer.echo(plain(f"Result {result['name']}: {result['title']}"))
    for name in ("beside", "instead_of"):
        if name in result:
            typer.echo(plain(f"  pays {name.replace('_', ' ')} {', '.join(result[name])}"))
    for limb in result["limbs"]:
        typer.echo(plain(f"  {limb['name']}: {limb['title']}"))
        for line in view.rule(limb["rule"]):
            typer.echo(plain(line))
    if "practice" in result:
        for line in view.rule(result["practice"], 1):
            typer.echo(plain(line))
    _periods(view, "", result.get("tariffs", []), noun="tariff")


def _periods(view: View, title: str, periods: list[Entry], *, noun: str) -> None:
    if title and periods:
        typer.echo(f"\n{title}")
    for period in periods:
        rest = {name: value for name, value in period.items() if name not in {"from", "to"}}
        typer.echo(plain(f"  {noun} {period.get('from', '')} to {period.get('to', '')}: {view.words(rest)}"))


def _partners(view: View) -> None:
    _periods(view, "Claim windows", view.entries("windows"), noun="window")
    for one in view.entries("terms"):
        terms = "; ".join(f"{term['from']} to {term['to']}" for term in one["terms"])
        typer.echo(plain(f"School terms {one['school_year']} ({one['area']}): {terms} {view.mark(one)}"))
    rows = (
        (
            *(one["partner"], ", ".join(one.get("kinds", [])), ", ".join(one.get("purposes", []))),
            *(", ".join(one.get("categories", [])), one["lawful_basis"]),
            *(f"{one['valid_from']} to {one.get('valid_to', '')}", view.mark(one)),
        )
        for one in view.entries("agreements")
    )
    columns = ("partner", "may send", "purposes", "categories", "basis", "valid", "source")
    write.table("\nAgreements", columns, rows)
    told = (
        (one["event"], ", ".join(one["partners"]), one["purpose"], ", ".join(one["categories"]), view.mark(one))
        for one in view.entries("notices")
    )
    write.table("\nNotices", ("when", "told", "purpose", "categories", "source"), told)


def line_of(change: "Change") -> str:
    """Write a difference in a line."""
    match change.what:
        case "changed":
            return plain(f"changed  {change.where}: {_short(change.before)} -> {_short(change.after)}")
        case "added":
            return plain(f"added    {change.where}: {_short(change.after)}")
        case _:
            return plain(f"removed  {change.where}: {_short(change.before)}")


def _short(value: object) -> str:
    """Write a value in a line: of an entry what it says itself, and how much stands in it."""
    if isinstance(value, Mapping):
        told = {name: part for name, part in value.items() if name not in {*HIDDEN, "title"}}
        return ", ".join(f"{name} {_short(part)}" for name, part in told.items())
    if isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        return f"({len(value)} in all)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
