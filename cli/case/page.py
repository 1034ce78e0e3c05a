"""The papers of a family as pages for print: HTML by Jinja2, every value escaped."""

from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cli.case.lines import marked
from cli.case.named import all_of, current, doing, people_of, who

_PAGES = Environment(
    loader=PackageLoader("cli.case", "pages"), undefined=StrictUndefined, autoescape=True, trim_blocks=True
)


def _spoken(day: str) -> str:
    """Write a day as a family reads it: Tuesday 15 December 2026."""
    told = date.fromisoformat(day)
    return f"{told:%A} {told.day} {told:%B %Y}"


_PAGES.filters["spoken_day"] = _spoken


def page(name: str, told: dict[str, Any]) -> str:
    """Return a whole HTML document; it needs nothing from anywhere else."""
    people = people_of(told)
    return _PAGES.get_template(f"{name}.html").render(
        told=told,
        people=people,
        who=lambda party: who(party, told),
        all_of=lambda parties: all_of(parties, told),
        doing=doing,
        marked=marked,
        current=current,
    )
