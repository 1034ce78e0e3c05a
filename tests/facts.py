"""Commands given together with the facts that they rest on, as the store would read them."""

from typing import Any

from domain.journey import decide as deciding
from domain.journey.events import AnyEvent
from domain.journey.facts import NO_FACTS, Facts
from domain.journey.state import Journey
from domain.programme.programme import Programme


class WithFacts:
    """A command and its facts; whatever is asked of it is asked of the command."""

    def __init__(self, command: Any, facts: Facts) -> None:
        self.command, self.facts = command, facts

    def __getattr__(self, name: str) -> Any:
        return getattr(self.command, name)

    def model_copy(self, *, update: dict[str, Any]) -> "WithFacts":
        """A copy, in which some fields or facts read otherwise."""
        own, facts = split(update)
        return WithFacts(self.command.model_copy(update=own), self.facts.model_copy(update=facts))


def split(fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tell the fields of a command from its facts."""
    facts = {name: value for name, value in fields.items() if name in Facts.model_fields}
    return {name: value for name, value in fields.items() if name not in facts}, facts


def give(kind: Any, /, **fields: Any) -> Any:
    """A command, with facts where some of the fields are."""
    own, facts = split(fields)
    return WithFacts(kind(**own), Facts(**facts)) if facts else kind(**own)


def apart(order: Any) -> tuple[Any, Facts]:
    """The command and its facts."""
    return (order.command, order.facts) if isinstance(order, WithFacts) else (order, NO_FACTS)


def decide(journey: Journey, order: Any, programme: Programme) -> list[AnyEvent]:
    """Decide a command on the facts that it was given with."""
    command, facts = apart(order)
    return deciding.decide(journey, command, facts, programme)
