"""The page of a pack's messages: every notification and reminder of a family's usual journeys, with its words."""

from collections.abc import Iterator

from activities.delivery import templates
from domain.programme.programme import Programme
from programmes.usual_family import UsualFamily
from programmes.usual_paths import KINDS, Notice, Reminder, Step, usual_path


def page(programme: Programme, family: UsualFamily) -> str:
    """Return the whole page, as Markdown. A journey that begins as an earlier one did is told from where they part."""
    lines = [f"# Messages of {programme.name} {programme.version}", "", _of(family), ""]
    before: dict[str, list[list[str]]] = {}
    for kind in KINDS:
        steps = usual_path(kind, programme, family)
        seen: set[str] = set()
        written = [_step(step, seen) for step in steps]
        model, same = _longest(before, written)
        lines += [f"## Journey: {kind}", ""]
        if same:
            lines += [f"As the journey {model}, until {steps[same - 1].name}.", ""]
        lines += [line for block in written[same:] for line in block]
        before[kind] = written
    return "\n".join(lines).rstrip() + "\n"


def _of(family: UsualFamily) -> str:
    roles = [member.role for member in family.members]
    met = ", ".join(family.criteria) or "none"
    people = f"{roles.count('adult')} adult, {roles.count('child')} child"
    return f"A family ({people}) in {family.locality}, referred by {family.referrer}; criteria: {met}."


def _longest(before: dict[str, list[list[str]]], written: list[list[str]]) -> tuple[str, int]:
    """Return which earlier journey began the same for longest, and for how many steps."""
    found = ("", 0)
    for kind, steps in before.items():
        same = 0
        for ours, theirs in zip(written, steps, strict=False):
            if ours != theirs:
                break
            same += 1
        found = max(found, (kind, same), key=lambda each: each[1])
    return found


def _step(step: Step, seen: set[str]) -> list[str]:
    lines = [f"### {step.name}, {step.on}", ""]
    if step.refused is not None:
        return [*lines, f"Refused: {step.refused}", ""]
    for event, notices in step.events:
        for notice in notices:
            lines += _notice(notice)
        if not notices:
            lines += [f"{event}: no partner is sent anything.", ""]
    if step.reminders:
        lines += ["Reminders, if nothing happens:", ""]
        lines += [line for one in step.reminders for line in _reminder(one, seen)]
    return lines if lines[-1] == "" else [*lines, ""]


def _notice(notice: Notice) -> Iterator[str]:
    message = notice.message
    by = f"by {notice.channel or 'no channel'}, for {message.purpose}; categories {', '.join(message.categories)}"
    head = f"{message.about}: **{message.partner}** {by}"
    if notice.refused:
        yield from (f"{head}; refused: {notice.refused}", "")
        return
    words = templates.notice(notice.says)
    yield from (head, "")
    yield from (f"> {line}".rstrip() for line in (words.subject, "", *words.text.strip().splitlines()))
    yield ""


def _reminder(reminder: Reminder, seen: set[str]) -> Iterator[str]:
    """Write a reminder in a line, and its words where it is the first of its form in the journey."""
    words = templates.reminder(reminder.message, reminder.journey)
    yield f"- {reminder.on} to {reminder.message.to}: {words.subject}"
    form = words.subject.split(" for ")[0]
    if form not in seen:
        seen.add(form)
        yield from ("", *(f"  > {line}".rstrip() for line in words.text.strip().splitlines()), "")
