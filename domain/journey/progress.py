"""How far a journey has come within one batch: its state, its stream, what is new, and what follows from that."""

from collections.abc import Sequence
from datetime import datetime

from domain.calendar import calendar_of
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.agenda import Deadline, agenda
from domain.journey.corrections import CORRECTABLE
from domain.journey.decide import advance, endings
from domain.journey.effects import Effect
from domain.journey.evolve import as_corrected, evolve, fold
from domain.journey.explain import explain
from domain.journey.facts import NO_FACTS, Facts
from domain.journey.office_hours import rings_at
from domain.journey.owed_work import OwedWork, owed_work
from domain.journey.react import react
from domain.journey.state import Journey
from domain.journey.stream import Loaded, NewEvent
from domain.programme.programme import Programme


class Progress:
    """One journey at one moment `now` of the business clock; without a `programme` there is none."""

    def __init__(self, loaded: Loaded, now: datetime, programme: Programme | None) -> None:
        self.journey: Journey = loaded.journey
        self.new: list[NewEvent] = []
        self.effects: list[tuple[str, Effect]] = []
        self.deadlines: tuple[Deadline, ...] = ()
        self._journey_id, self._now, self._programme = loaded.journey_id, now, programme
        self._stream: list[e.AnyEvent] = [recorded.event for recorded in loaded.events]
        self._actors = [recorded.actor for recorded in loaded.events]

    def advance(self, command: c.AnyCommand, facts: Facts) -> tuple[Sequence[e.AnyEvent], tuple[str, ...]]:
        """Take in what a command makes happen; return the events and why they are so. Raise `Rejected`."""
        if self._programme is None:
            raise Rejected(
                "unknown-journey",
                "no such journey",
                "check the reference with journeys list, or refer the family first: journeys refer",
            )
        if command.seen_version not in {None, self.journey.version}:
            raise self._changed_since(command.seen_version or 0)
        stamped = command.model_copy(update={"at": self._now})
        happened = self._take_in(stamped, self._with_original(command, facts), self._programme)
        return happened, tuple(why for event in happened for why in explain(self.journey, event, self._programme))

    def pass_time(self) -> None:
        """Let what is due by now fall due, and see what falls due after that."""
        if self._programme is None:
            return
        calendar = calendar_of(self._programme.nation)
        self.deadlines = agenda(self.journey, self._programme, calendar)
        tick = c.PassTime(
            command_id=f"time:{self._journey_id}:{self.journey.version}", at=self._now, actor="worker:clock"
        )
        ringing = (rings_at(due, self._now, calendar, self.journey.reference) <= self._now for due in self.deadlines)
        if any(ringing) or endings(self.journey, self._programme, tick):
            self._take_in(tick, NO_FACTS, self._programme)
            self.deadlines = agenda(self.journey, self._programme, calendar)

    def owed(self) -> tuple[OwedWork, ...]:
        """Return what is owed now."""
        programme = self._programme
        return owed_work(self.journey, programme, calendar_of(programme.nation)) if programme else ()

    def retried(self) -> list[str]:
        """Return the effects that another try replaces."""
        return [new.event.of for new in self.new if isinstance(new.event, e.MessageRetried)]

    def _take_in(self, command: c.AnyCommand, facts: Facts, programme: Programme) -> Sequence[e.AnyEvent]:
        steps = advance(self.journey, command, facts, programme)
        corrected = False
        for event, after in steps:
            self._stream.append(event)
            self._actors.append(command.actor)
            if isinstance(event, e.EventCorrected):
                corrected, self.journey = True, fold(self._stream)
            else:
                self.journey = evolve(self.journey, event) if corrected else after
            self.new.append(NewEvent(event=event, command_id=command.command_id, actor=command.actor))
            self.effects += [(command.command_id, effect) for effect in react(self.journey, event, programme)]
        return [event for event, _ in steps]

    def _with_original(self, command: c.AnyCommand, facts: Facts) -> Facts:
        """Add how the event that a correction names reads now, corrections included."""
        if not isinstance(command, c.CorrectEvent) or command.version > len(self._stream):
            return facts
        original = as_corrected(self._stream)[command.version - 1]
        read = original if isinstance(original, CORRECTABLE) else None
        return facts.model_copy(update={"original": read, "named": original.type})

    def _changed_since(self, seen: int) -> Rejected:
        """Say what happened since the version that the command was given on, and who did it."""
        since = zip(self._stream[seen:], self._actors[seen:], strict=True)
        happened = ", ".join(dict.fromkeys(f"{event.type} by {actor}" for event, actor in since))
        return Rejected(
            "changed-since",
            f"{self.journey.reference} is at version {self.journey.version}, not {seen}; "
            f"since then: {happened or 'nothing we know of'}",
            f"look again (journeys show {self.journey.reference}), "
            "and repeat the step, with a new Idempotency-Key, if it is still right",
        )
