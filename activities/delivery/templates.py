"""The words of every message, from templates that fail on a missing value; HTML is escaped, plain text is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from activities.waiting import Queued
from domain.journey.effects import Remind
from domain.journey.next_steps import STEPS
from domain.journey.state import Journey

SAID_ELSEWHERE = ("reference", "about", "on")  # the rest of what is told stands as a list of facts


@dataclass(frozen=True, slots=True)
class Words:
    """One message: its subject, and the same said as plain text and as HTML."""

    subject: str
    text: str
    html: str


def reminder(message: Remind, journey: Journey, queued: Queued | None = None) -> Words:
    """Word a reminder to our own people; it names the family by reference only, and says how its queue stands."""
    return _words(
        "reminder",
        {
            "reference": journey.reference,
            "work": spoken(message.work),
            "due_on": message.due_on,
            "escalation": message.escalation,
            "holder": journey.holder,
            "reminder_id": message.reminder_id,
            "step": STEPS[message.work],
            "queued": queued,
        },
    )


def notice(told: Mapping[str, object]) -> Words:
    """Word a notification, from what is disclosed and nothing else."""
    facts = [(spoken(name).capitalize(), _value(value)) for name, value in told.items() if name not in SAID_ELSEWHERE]
    return _words("notice", {**told, "facts": facts})


def window_note(about: str, label: str, programme: str, counts: Mapping[str, int]) -> Words:
    """Word what managers are told of a claim window; it names no family."""
    return _words("window", {"about": about, "label": label, "programme": programme, **counts})


def spoken(code: object) -> str:
    """Say a code in words."""
    return str(code).replace("-", " ").replace("_", " ")


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(map(spoken, value)) if isinstance(value, list) else str(value)


def _words(name: str, context: Mapping[str, object]) -> Words:
    subject, _, text = _TEMPLATES.get_template(f"{name}.txt").render(context).partition("\n")
    return Words(subject, text.lstrip("\n"), _TEMPLATES.get_template(f"{name}.html").render(context))


_TEMPLATES = Environment(
    loader=PackageLoader("activities.delivery", "texts"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(enabled_extensions=("html",), default=False),
    trim_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["spoken"] = spoken
