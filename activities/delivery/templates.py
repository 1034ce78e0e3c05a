"""The words of every message, from templates that fail on a missing value; HTML is escaped, plain text is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from domain.journey.disclosure import payload_of
from domain.journey.effects import Remind
from domain.journey.next_steps import step_about
from domain.journey.state import Journey

SAID_ELSEWHERE = ("reference", "about", "on")  # the rest of what is told stands as a list of facts


@dataclass(frozen=True, slots=True)
class Queued:
    """A family's place in the queue of its area and programme, and the names of those with room for it."""

    place: int
    room: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message in every form: its subject, the same said as plain text and as HTML, and as fields for a program."""

    subject: str
    text: str
    html: str
    payload: Mapping[str, object] = field(default_factory=dict)


def reminder(message: Remind, journey: Journey, queued: Queued | None = None) -> Message:
    """Word a reminder to our own people; it names the family by reference only, and says how its queue stands."""
    return _message(
        "reminder",
        {
            "reference": journey.reference,
            "work": spoken(message.work),
            "due_on": message.due_on,
            "escalation": message.escalation,
            "holder": journey.holder,
            "reminder_id": message.reminder_id,
            "step": step_about(message.work, _about(message, journey)),
            "queued": queued,
        },
    )


def _about(message: Remind, journey: Journey) -> str | None:
    """Return the entry of the case file that a reminder is about."""
    reminder = journey.reminder(message.reminder_id)
    generation = reminder.generation if reminder else 0
    return next((owed.about for owed in journey.owed if owed.generation == generation), None)


def notice(told: Mapping[str, object]) -> Message:
    """Word a notification, from what is disclosed and nothing else."""
    facts = [(spoken(name).capitalize(), _value(value)) for name, value in told.items() if name not in SAID_ELSEWHERE]
    return _message("notice", {**told, "facts": facts}, payload_of(told))


def window_note(about: str, label: str, programme: str, counts: Mapping[str, int]) -> Message:
    """Word what managers are told of a claim window; it names no family."""
    return _message("window", {"about": about, "label": label, "programme": programme, **counts})


def spoken(code: object) -> str:
    """Say a code in words."""
    return str(code).replace("-", " ").replace("_", " ")


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(map(spoken, value)) if isinstance(value, list) else str(value)


def _message(name: str, context: Mapping[str, object], payload: Mapping[str, object] | None = None) -> Message:
    subject, _, text = _TEMPLATES.get_template(f"{name}.txt").render(context).partition("\n")
    html = _TEMPLATES.get_template(f"{name}.html").render(context)
    return Message(subject, text.lstrip("\n"), html, payload or {})


_TEMPLATES = Environment(
    loader=PackageLoader("activities.delivery", "texts"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(enabled_extensions=("html",), default=False),
    trim_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["spoken"] = spoken
