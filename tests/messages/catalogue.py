"""The catalogue of webhook payloads in `docs/messages.md`, from the code: `python -m tests.messages.catalogue`."""

import json
import re
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import get_args

from domain.categories import Category
from domain.family import Member
from domain.journey import events as e
from domain.journey.disclosure import payload
from domain.journey.effects import Notify
from domain.journey.events import AnyEvent
from domain.journey.evolve import fold

PAGE = Path(__file__).parents[2] / "docs/messages.md"
BEGIN, END = "<!-- catalogue: begin -->", "<!-- catalogue: end -->"
DAY = date(2012, 6, 11)
FACT = {"at": datetime.combine(DAY, time(12), tzinfo=UTC), "on": DAY}
BEFORE = (
    e.FamilyReferred(
        **FACT,
        journey_id="journey:wirral:F-7K3Q-9D2X:1",
        reference="F-7K3Q-9D2X",
        area="wirral",
        locality="Leasowe",
        programme="wirral-2012",
        programme_version="1",
        programme_hash="0",
        members=(Member(id="m1", role="adult"), Member(id="m2", role="child"), Member(id="m3", role="child")),
        referrer="wirral-schools",
        criteria=("poverty", "addiction"),
    ),
    e.ReferralJoined(**FACT, referrer="wirral-health", criteria=("poverty",), members=(Member(id="m1", role="adult"),)),
    e.FamilyIdentified(**FACT, criteria=("poverty", "addiction"), eligible=True),
    e.KeyWorkerAllocated(**FACT, key_worker="kw-anna"),
    e.FamilyAssessed(**FACT, needs=("debt", "parenting")),
    e.PlanAgreed(**FACT, needs=("debt",)),
    e.InterventionStarted(**FACT),
    e.PlanReviewed(**FACT, outcome="on-track"),
    e.SteppedDown(**FACT),
    e.SteppedUp(**FACT, reason="crisis"),
    e.SteppedDown(**FACT),
    e.CheckRecorded(**FACT, months=6, verdict="sustained"),
    e.JourneyClosed(**FACT, outcome="sustained"),
    e.JourneyReopened(**FACT, reason="closed-in-error"),
    e.JourneyClosed(**FACT, outcome="sustained"),
)


def catalogue() -> str:
    """Return the catalogue: what each category opens, how events differ, a body with all of it and one bare."""
    lines = ["| category | fields it opens |", "|---|---|"]
    for category in get_args(Category):
        opened = [name for name in _payload(BEFORE[-1], len(BEFORE), (category,)) if name not in {"type", "reference"}]
        names = ", ".join(f"`{name}`" for name in opened) or "the event's name in `type`"
        lines.append(f"| `{category}` | {names}{', and the event in `type`' if category == 'stage' else ''} |")
    whole = {event.type: _payload(event, version, get_args(Category)) for version, event in _first()}
    differ = [name for name in whole["journey-closed"] if len({str(body[name]) for body in whole.values()}) > 1][1:]
    lines += [
        "",
        f"| event | means | {' | '.join(f'`{name}`' for name in differ)} |",
        f"|---|---|{'---|' * len(differ)}",
    ]
    for _, event in _first():
        values = (f"`{json.dumps(whole[event.type][name])}`" for name in differ)
        lines.append(f"| `{event.type}` | {_first_sentence(type(event))} | {' | '.join(values)} |")
    for title, body in (
        ("A closed journey, with every category:", whole["journey-closed"]),
        ("Any event, where the agreement opens no category:", _payload(BEFORE[-1], len(BEFORE), ())),
    ):
        lines += ["", title, "", "```json", json.dumps(body, indent=2), "```"]
    return "\n".join(lines)


def _first() -> list[tuple[int, AnyEvent]]:
    """Each kind of event once, with the version at which it happens first."""
    once = {event.type: (version, event) for version, event in reversed([*enumerate(BEFORE, start=1)])}
    return sorted(once.values(), key=lambda each: each[0])


def told_with_a_day() -> set[str]:
    """Return every type of event of the path, which are those that a notice is meant for."""
    kinds = get_args(get_args(AnyEvent)[0])
    return {kind.model_fields["type"].default for kind in kinds if "on" in kind.model_fields}


def between(text: str) -> str:
    """Return what stands between the marks of the page."""
    found = re.search(f"{BEGIN}\n(.*)\n{END}", text, re.DOTALL)
    return found[1].strip("\n") if found else ""


def _payload(event: AnyEvent, version: int, categories: tuple[str, ...]) -> dict[str, object]:
    message = Notify(
        effect_id=f"journey:wirral:F-7K3Q-9D2X:1:{version}:1",
        partner="wirral-schools",
        about=event.type,
        on=DAY,
        purpose="family-support",
        categories=categories,
        version=version,
    )
    return payload(message, fold(BEFORE[:version]))


def _first_sentence(kind: type) -> str:
    return (kind.__doc__ or "").split("\n")[0]


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(
        re.sub(f"{BEGIN}\n.*{END}", lambda _: f"{BEGIN}\n\n{catalogue()}\n\n{END}", text, flags=re.DOTALL),
        encoding="utf-8",
    )
