"""Who is sent what under each shipped pack, as tables: `python -m tests.messages.tables`.

It writes `golden/packs.md` and the one full page anew; look at the difference before committing it.
"""

from collections.abc import Iterator
from pathlib import Path

import programmes
from cli.programmes.messages import page
from domain.programme.programme import Programme
from programmes.usual_family import UsualFamily, usual_family
from programmes.usual_paths import KINDS, Notice, Step, start_of, usual_path
from tests.domain.pack_cases import CASES

GOLDEN = Path(__file__).with_name("golden")
WHOLE, REFERRER = "wirral-2012", "merseyside-police"
ON_THE_ROW = ("reference", "about", "on")
Journeys = dict[str, list[Step]]


def whole_page() -> str:
    """The page of one pack with every word, as `journeys programmes messages` prints it."""
    programme = programmes.load(WHOLE)
    return page(programme, usual_family(programme, REFERRER))


def tables() -> str:
    """Every pack's notifications, and its reminders where no pack before has the same."""
    lines = ["# Who is sent what, by pack", "", "Made by `.venv/bin/python -m tests.messages.tables`.", ""]
    reminders: dict[tuple[str, ...], str] = {}
    for name in programmes.names():
        programme = programmes.load(name)
        journeys = {kind: usual_path(kind, programme, family_of(name)) for kind in KINDS}
        own = tuple(_reminders(journeys))
        lines += [f"## {name} {programme.version}, from {start_of(programme)}", "", *_steps(programme, journeys), ""]
        same = reminders.setdefault(own, name)
        lines += [*own, ""] if same == name else [f"Reminders: as {same}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def family_of(name: str) -> UsualFamily:
    """The family of a pack's case."""
    case = CASES[name]
    return UsualFamily(case.locality, case.referrer, case.members, case.criteria, case.needs, case.cohort)


def _steps(programme: Programme, journeys: Journeys) -> Iterator[str]:
    """A row for each event and whom it is told; in the column of a journey, the days on which it is sent or why not."""
    cells: dict[str, dict[str, list[str]]] = {}
    for kind, steps in journeys.items():
        for step in steps:
            for row, told in _rows(step):
                cells.setdefault(row, {}).setdefault(kind, []).append(f"{step.on}{told}")
    yield f"| step | event | partner | channel | purpose | categories | says | {' | '.join(KINDS)} |"
    yield "|---" * (7 + len(KINDS)) + "|"
    for row, by_kind in cells.items():
        yield f"{row} {' | '.join(', '.join(by_kind.get(kind, [])) for kind in KINDS)} |"


def _rows(step: Step) -> Iterator[tuple[str, str]]:
    if step.refused is not None:
        yield f"| {step.name} | | | | | | |", f" {step.refused}"
    for event, notices in step.events:
        if not notices:
            yield f"| {step.name} | {event} | | | | | |", ""
        for notice in notices:
            yield _row(step, notice), f" {notice.refused}" if notice.refused else " sent"


def _row(step: Step, notice: Notice) -> str:
    message = notice.message
    to = f"{message.partner} | {notice.channel or 'none'} | {message.purpose} | {', '.join(message.categories)}"
    told = {} if notice.refused else {name: value for name, value in notice.says.items() if name not in ON_THE_ROW}
    return f"| {step.name} | {message.about} | {to} | {', '.join(f'{name} {value}' for name, value in told.items())} |"


def _reminders(journeys: Journeys) -> Iterator[str]:
    """A row for each piece of work and its day: the reminders of it, by the rest of their ids, and the journeys."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for kind, steps in journeys.items():
        for step in steps:
            told: dict[str, list[str]] = {}
            for one in step.reminders:
                work, _, rung = one.message.reminder_id.rpartition(".")
                told.setdefault(work, []).append(f"{one.on} {one.message.to} {rung}")
            for work, each in told.items():
                rows.setdefault((step.name, work, ", ".join(each)), []).append(kind)
    yield "| after | work | reminders | journeys |"
    yield "|---|---|---|---|"
    for (after, work, each), kinds in rows.items():
        yield f"| {after} | {work} | {each} | {', '.join(kinds) if len(kinds) < len(KINDS) else 'all'} |"


if __name__ == "__main__":
    (GOLDEN / f"{WHOLE}.md").write_text(whole_page(), encoding="utf-8")
    (GOLDEN / "packs.md").write_text(tables(), encoding="utf-8")
