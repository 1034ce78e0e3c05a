"""The tables at the end of a time-lapse."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from timelapse.figures import Figures


def draw(figures: Figures) -> None:
    """Draw every figure, the refused rows, and one family's timeline."""
    console = Console()
    console.print(_counts("Families by stage", figures.stages))
    console.print(_counts("Reminders, by what became of them", figures.reminders))
    console.print(_counts("Notifications to partners", figures.notifications))
    events = {**figures.partner_events, "waiting in quarantine": figures.quarantined_events}
    console.print(_counts("Partner events by receipt", events))
    console.print(_counts("Partner events not taken, by reason", figures.refused_events))
    console.print(_claims(figures))
    console.print(_refused(figures))
    if figures.story:  # none where no row of the file was taken
        console.print(_timeline(figures))
    console.print(_counts("History events a journey", figures.history_events))
    console.print(_counts("Peak memory, MiB, of each part's first process", figures.peak_memory_mb))


def _counts(title: str, counts: Mapping[str, float]) -> Table:
    return _table(title, ("", "count"), ((name, f"{count:g}") for name, count in counts.items()))


def _claims(figures: Figures) -> Table:
    rows = [(claim["reference"], claim["result"], claim["as_of"], f"£{claim['amount']}") for claim in figures.claims]
    total = sum(claim["amount"] for claim in figures.claims)
    rows.append(("", "", "together", f"£{total}"))
    return _table("Claims eligible", ("family", "result", "as of", "amount"), rows)


def _refused(figures: Figures) -> Table:
    rows = (
        (str(row["line"]), row["field"], row["value"], row["reason"], row["remedy"]) for row in figures.refused_rows
    )
    return _table("Rows of the referral file not taken", ("line", "column", "value", "reason", "remedy"), rows)


def _timeline(figures: Figures) -> Table:
    """Show all that happened on one family's journey, what the system did by itself too."""
    shown = figures.story
    title = f"One family's journey: {shown['journey']['reference']}"
    rows = []
    for told in shown["timeline"]:
        event = dict(told["event"])
        kind = event.pop("type")
        on = event.pop("on", None) or str(event.get("at"))[:10]
        rows.append((str(told["version"]), on, kind, _brief(event)))
    return _table(title, ("no", "on", "what", "of which"), rows)


SHOWN = (
    "reminder_id",
    "because",
    "as_of",
    "check_on",
    "source",
    "member",
    "observed_on",
    "referrer",
    "criteria",
    "eligible",
    "key_worker",
    "to",
    "kind",
    "needs",
    "outcome",
    "reason",
    "months",
    "result",
    "verdict",
    "amount",
    "work",
    "due_on",
    "partner",
    "about",
)


def _brief(event: Mapping[str, Any]) -> str:
    """Return what a person wants to know of an event, in the order of SHOWN."""
    told = {**event.get("consent", {}), **event.get("evidence", {}), **event}
    names = ("basis", "purpose", *SHOWN)
    return ", ".join(
        f"{name.replace('_', ' ')} {_plain(told[name])}" for name in names if told.get(name) or told.get(name) is False
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " + ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table
