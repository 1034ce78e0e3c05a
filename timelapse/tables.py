"""The tables at the end of a time-lapse."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from timelapse.figures import STEPS, Figures


def draw(figures: Figures, *, verbose: bool = False) -> None:
    """Draw what a council asks first; with `verbose` also every event of one family, and what engineers ask."""
    console = Console()
    for sentence in sentences(figures):
        console.print(sentence, highlight=False, soft_wrap=True)
    console.print(_counts("\nFamilies by stage", "stage", figures.stages))
    console.print(_counts("\nReminders, by what became of them", "reminders", _plainly(figures.reminders)))
    console.print(_counts("\nNotifications to partners", "notifications", figures.notifications))
    events = {**figures.partner_events, "waiting in quarantine": figures.quarantined_events}
    console.print(_counts("\nPartner events by receipt", "receipt", events))
    console.print(_counts("\nPartner events not taken, by reason", "reason", figures.refused_events))
    console.print(_claims(figures))
    console.print(_refused(figures))
    if figures.story:  # none where no row of the file was taken
        console.print(_timeline(figures, HUMAN_STEPS if not verbose else None))
    if verbose:
        console.print(_counts("\nHistory events a journey", "journey", figures.history_events))
        console.print(_counts("\nPeak memory, MiB, of each part's first process", "part", figures.peak_memory_mb))
    console.print(TRY_NEXT, highlight=False, soft_wrap=True)


HUMAN_STEPS = STEPS - {"claim-eligibility-recorded"}
TRY_NEXT = """
Now try:
  journeys up                                  start the system, then journeys refer for your first family
  journeys timelapse --programme FILE --referrals FILE    your own rules on your own families
  journeys timelapse --verbose                 every event of one family, and what engineers ask
"""


def sentences(figures: Figures) -> list[str]:
    """Say in six sentences what happened."""
    reminders, told = figures.reminders, figures.notifications
    claimable = sum(claim["amount"] for claim in figures.claims)
    families = len({claim["reference"] for claim in figures.claims})
    of = "1 family" if families == 1 else f"{families} families"
    unsent = sum(count for state, count in told.items() if state in {"refused", "failed"})
    return [
        f"{figures.families} families were referred; {figures.eligible} were eligible, {figures.closed} are closed.",
        f"{reminders.get('fell-due', 0)} reminders fell due, and {reminders.get('ever-sent', 0)} were sent.",
        f"{told.get('sent', 0)} messages went to partners; {unsent} were held back or failed, as without a consent.",
        f"£{claimable:,} can be claimed for {of}, every pound with its evidence.",
        f"Partners sent {sum(figures.partner_events.values())} events; {figures.quarantined_events} fit no family.",
        f"{len(figures.refused_lines())} rows of the referral file were not taken; each stands below with its remedy.",
    ]


def _plainly(reminders: Mapping[str, float]) -> dict[str, float]:
    """Name the counts so that nobody reads those that are still open as all that were sent."""
    words = {"sent": "sent, still open", "fell-due": "all that fell due", "ever-sent": "all that were sent"}
    return {words.get(name, name): count for name, count in reminders.items()}


def _counts(title: str, what: str, counts: Mapping[str, float]) -> Table:
    return _table(title, (what, "count"), ((name, f"{count:g}") for name, count in counts.items()))


def _claims(figures: Figures) -> Table:
    rows = [(claim["reference"], claim["result"], claim["as_of"], f"£{claim['amount']:,}") for claim in figures.claims]
    total = sum(claim["amount"] for claim in figures.claims)
    rows.append(("total", "", "", f"£{total:,}"))
    return _table("\nClaims eligible", ("family", "result", "as of", "amount"), rows)


def _refused(figures: Figures) -> Table:
    rows = (
        (str(row["line"]), row["field"], row["value"], row["reason"], row["remedy"]) for row in figures.refused_rows
    )
    return _table("\nRows of the referral file not taken", ("line", "column", "value", "reason", "remedy"), rows)


def _timeline(figures: Figures, kinds: Collection[str] | None) -> Table:
    """Show what people did on one family's journey; without `kinds` all that happened, the system's own too."""
    shown = figures.story
    title = f"\nOne family's journey: {shown['journey']['reference']}"
    rows = []
    for told in shown["timeline"]:
        event = dict(told["event"])
        kind = event.pop("type")
        on = event.pop("on", None) or str(event.get("at"))[:10]
        if kinds is None or kind in kinds:
            rows.append((str(told["version"]), on, kind.replace("-", " "), _brief(event)))
    return _table(title, ("event", "day", "what", "details"), rows)


WHOLE = ("family", "day", "as of", "amount", "count", "line")  # never broken over two lines
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
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in WHOLE)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table
