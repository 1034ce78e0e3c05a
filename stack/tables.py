"""The tables at the end of a time-lapse."""

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stack.summary import STEPS, Figures


def draw(figures: Figures) -> None:
    """Draw every figure, the refused rows, and one family's timeline."""
    console = Console()
    console.print(_counts("Families by stage", figures.stages))
    console.print(_counts("Reminders", figures.reminders))
    console.print(_counts("Notifications to partners", figures.notifications))
    events = {**figures.partner_events, "waiting in quarantine": figures.quarantined_events}
    console.print(_counts("Partner events by receipt", events))
    console.print(_counts("Partner events not taken, by reason", figures.refused_events))
    console.print(_claims(figures))
    console.print(_refused(figures))
    console.print(_timeline(figures))
    console.print(_counts("History events a journey", figures.history_events))
    console.print(_counts("Peak memory, MiB", figures.peak_memory_mb))


def _counts(title: str, counts: Mapping[str, float]) -> Table:
    return _table(title, ("", "count"), ((name, f"{count:g}") for name, count in counts.items()))


def _claims(figures: Figures) -> Table:
    rows = [(claim["reference"], claim["result"], claim["as_of"], f"£{claim['amount']}") for claim in figures.claims]
    total = sum(claim["amount"] for claim in figures.claims)
    rows.append(("", "", "together", f"£{total}"))
    return _table("Claims eligible", ("family", "result", "as of", "amount"), rows)


def _refused(figures: Figures) -> Table:
    rows = (
        (str(row["line"]), row["column"], row["value"], row["reason"], row["remedy"]) for row in figures.refused_rows
    )
    return _table("Rows of the referral file not taken", ("line", "column", "value", "reason", "remedy"), rows)


def _timeline(figures: Figures) -> Table:
    """Show the steps of one family in full, and its reminders and evidence in brief."""
    shown = figures.story
    title = f"One family's journey: {shown['journey']['reference']}"
    rows = []
    for told in shown["timeline"]:
        event = dict(told["event"])
        kind = event.pop("type")
        if kind in STEPS or kind.startswith(("reminder-fell", "reminder-esc", "notification")):
            on = event.pop("on", None) or str(event.get("at"))[:10]
            rows.append((str(told["version"]), on, kind, _brief(event)))
    return _table(title, ("no", "on", "what", "of which"), rows)


def _brief(event: Mapping[str, object]) -> str:
    hidden = {
        "at",
        "journey_id",
        "programme_hash",
        "programme_version",
        "effect_id",
        "members",
        "earlier",
        "planned_for",
    }
    return ", ".join(
        f"{name} {value}" for name, value in event.items() if name not in hidden and value not in (None, [], False)
    )


def _table(title: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table
