"""A batch of commands worked through against one loaded stream: replies, new events and effects, nothing stored yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from domain.claims.clawback import review_is_due
from domain.errors import Rejected
from domain.journey.agenda import Deadline
from domain.journey.commands import (
    AnyCommand,
    CorrectEvent,
    EraseFamily,
    PassTime,
    RecordEligibility,
    RecordNotification,
    RecordReminder,
    RecordReview,
)
from domain.journey.decide import decide
from domain.journey.effects import Effect, ReviewClaims
from domain.journey.events import AnyEvent, ClawbackDecided, Correctable, EventCorrected, MessageRetried
from domain.journey.evolve import as_corrected, evolve, fold
from domain.journey.explain import explain
from domain.journey.owed_work import OwedWork
from domain.journey.react import react
from domain.journey.replies import Rejection, Reply
from domain.programme.programme import Programme
from store.effects import Outcome
from store.journal import Answered, Change, Loaded, NewEvent, fingerprint

NO_JOURNEY = Rejection(
    code="unknown-journey", reason="no such journey", remedy="check the reference, or refer the family first"
)
UNREADABLE = Rejection(
    code="unreadable",
    reason="the command holds something that cannot be stored",
    remedy="take out control characters and overlong numbers, and give it again under a new id",
)
CORRECTABLE: tuple[type[AnyEvent], ...] = get_args(get_args(Correctable)[0])


class Batch:
    """Commands carried out in order on one journey, at one moment `now` of the business clock."""

    def __init__(self, journey_id: str, loaded: Loaded, now: datetime) -> None:
        self._journey_id = journey_id
        self._now = now
        self._answered = dict(loaded.replies)
        self._open = loaded.effects
        self._stream: list[AnyEvent] = [recorded.event for recorded in loaded.events]
        self._actors = [recorded.actor for recorded in loaded.events]
        self._expected = len(self._stream)
        self.last_hash = loaded.last_hash
        self.journey = fold(self._stream)
        self.replies: list[Reply] = []
        self._new: list[NewEvent] = []
        self._answers: list[Answered] = []
        self._new_effects: list[tuple[str, Effect]] = []
        self.retried: list[str] = []
        self.settled: list[Outcome] = []
        self._judged: list[int] = []
        self.erased: list[tuple[str, datetime]] = []

    @property
    def is_news(self) -> bool:
        """Whether there is anything to store."""
        return bool(self._new or self._answers)

    @property
    def open_effects(self) -> list[Effect]:
        """What is still to be done in the world, or done and not yet on the journey's history."""
        settled = {outcome.effect_id for outcome in self.settled}
        planned = [*self._open, *(effect for _, effect in self._new_effects)]
        return [effect for effect in planned if effect.effect_id not in settled]

    def carry_out(self, command: AnyCommand, programme: Programme | None) -> None:
        """Decide one command and keep its reply; one that was answered before gets that answer again."""
        digest = fingerprint(self._journey_id, command)
        earlier = self._answered.get(command.command_id)
        if earlier is not None:
            self.replies.append(earlier.reply if earlier.fingerprint == digest else self._reused(command))
            return
        answer = Answered(reply=self._decided(command, programme), fingerprint=digest)
        self.replies.append(answer.reply)
        self._answers.append(answer)
        self._answered[command.command_id] = answer
        self._settle(command)
        if isinstance(command, EraseFamily) and answer.reply.rejection is None:
            # Also where it was erased before: the restored backup of a table may have brought its key back.
            self.erased.append((self.journey.reference, self._now))
        if isinstance(command, RecordEligibility) and any(judged.claim_id for judged in command.results):
            self._judged.append(command.version)

    def refuse(self, command: AnyCommand) -> None:
        """Answer a command that the journal cannot hold."""
        answer = Answered(
            reply=self._reply(command, rejection=UNREADABLE), fingerprint=fingerprint(self._journey_id, command)
        )
        self.replies.append(answer.reply)
        self._answers.append(answer)

    def pass_time(self, programme: Programme) -> None:
        """Let what is due by now fall due; it has no reply, and nothing due leaves no trace."""
        tick = PassTime(
            command_id=f"time:{self._journey_id}:{self.journey.version}", at=self._now, actor="worker:clock"
        )
        self._add(tick, decide(self.journey, tick, programme), programme)

    def look_back(self) -> None:
        """Plan one review of the family's claims when anything in this batch may have changed one.

        A claim is recorded on the events its evaluation knew; what came between counts as news, too.
        """
        missed = self._stream[min(self._judged) : self._expected] if self._judged else []
        if self._new and review_is_due(self.journey, [*missed, *(new.event for new in self._new)]):
            effect = ReviewClaims(effect_id=f"{self._journey_id}:{self.journey.version}:review")
            self._new_effects.append((self._new[-1].command_id, effect))

    @property
    def decided(self) -> list[NewEvent]:
        """The decisions on clawbacks of this batch, which the claims ledger takes in the same transaction."""
        return [new for new in self._new if isinstance(new.event, ClawbackDecided)]

    def change(self, deadlines: tuple[Deadline, ...], owed: tuple[OwedWork, ...] = ()) -> Change:
        """Return everything to store, in one piece."""
        return Change(
            journey_id=self._journey_id,
            expected_version=self._expected,
            events=self._new,
            journey=self.journey,
            deadlines=deadlines,
            owed=owed,
            answers=self._answers,
            effects=self._new_effects,
        )

    def _decided(self, command: AnyCommand, programme: Programme | None) -> Reply:
        command = self._prepared(command)
        if programme is None:
            return self._reply(command, rejection=NO_JOURNEY)
        if command.seen_version not in {None, self.journey.version}:
            return self._reply(command, rejection=self._changed_since(command.seen_version or 0))
        try:
            happened = decide(self.journey, command, programme)
        except Rejected as fault:
            return self._reply(command, rejection=Rejection(code=fault.code, reason=fault.reason, remedy=fault.remedy))
        self._add(command, happened, programme)
        why = tuple(told for event in happened for told in explain(self.journey, event, programme))
        return self._reply(command, happened=tuple(event.type for event in happened), explanation=why)

    def _changed_since(self, seen: int) -> Rejection:
        """Say what happened since the version that the command was given on, and who did it."""
        since = zip(self._stream[seen:], self._actors[seen:], strict=True)
        happened = ", ".join(dict.fromkeys(f"{event.type} by {actor}" for event, actor in since))
        return Rejection(
            code="changed-since",
            reason=f"{self.journey.reference} is at version {self.journey.version}, not {seen}; "
            f"since then: {happened or 'nothing we know of'}",
            remedy=f"look again (journeys show {self.journey.reference}), "
            "and give the command anew, under a new key, if it still fits",
        )

    def _settle(self, command: AnyCommand) -> None:
        """Note which effect a command is the outcome of, so that the outbox says the same as the journal."""
        match command:
            case RecordReminder() | RecordNotification():
                self.settled.append(Outcome(command.effect_id, command.fault or "sent", self._now, command.reason))
            case RecordEligibility() | RecordReview() if command.effect_id:
                self.settled.append(Outcome(command.effect_id, "recorded", self._now))

    def _prepared(self, command: AnyCommand) -> AnyCommand:
        """Set the moment by the one clock of the journey, and bring along the event that a correction names."""
        changes: dict[str, object] = {"at": self._now}
        if isinstance(command, CorrectEvent) and command.version <= len(self._stream):
            original = as_corrected(self._stream)[command.version - 1]
            changes["original"] = original if isinstance(original, CORRECTABLE) else None
        return command.model_copy(update=changes)

    def _add(self, command: AnyCommand, happened: Sequence[AnyEvent], programme: Programme) -> None:
        for event in happened:
            self._stream.append(event)
            self._actors.append(command.actor)
            self.journey = fold(self._stream) if isinstance(event, EventCorrected) else evolve(self.journey, event)
            self._new.append(NewEvent(event=event, command_id=command.command_id, actor=command.actor))
            if isinstance(event, MessageRetried):
                self.retried.append(event.of)
            for effect in react(self.journey, event, programme):
                self._new_effects.append((command.command_id, effect))

    def _reply(
        self,
        command: AnyCommand,
        *,
        happened: tuple[str, ...] = (),
        explanation: tuple[str, ...] = (),
        rejection: Rejection | None = None,
    ) -> Reply:
        return Reply(
            command_id=command.command_id,
            journey_id=self._journey_id,
            version=self.journey.version,
            stage=self.journey.stage,
            happened=happened,
            explanation=explanation,
            rejection=rejection,
        )

    def _reused(self, command: AnyCommand) -> Reply:
        return self._reply(
            command,
            rejection=Rejection(
                code="command-id-reused",
                reason=f"command {command.command_id} was given before with other content",
                remedy="give a new command its own id",
            ),
        )
