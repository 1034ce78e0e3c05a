"""A batch of commands on one journey: what happens, what each is answered, what follows; nothing is read or stored.

Decided here:

- A command that was answered before gets that answer again; the same id with other content is refused.
- After the commands, what is due by now falls due. It has no reply, and nothing due leaves no trace.
- A batch that may have changed a claim plans one review of the family's claims. A claim is recorded on the events its
  evaluation knew; what came between counts as news, too.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.claims.clawback import review_is_due
from domain.errors import Rejected
from domain.journey import commands as c
from domain.journey import events as e
from domain.journey.beside import Beside, beside
from domain.journey.effects import Effect, ReviewClaims
from domain.journey.facts import NO_FACTS, Facts
from domain.journey.progress import Progress
from domain.journey.replies import Rejection, Reply
from domain.journey.stream import Answered, Change, Loaded, Outcome, fingerprint
from domain.programme.programme import Programme

UNREADABLE = Rejection(
    code="unreadable",
    reason="the command contains something that cannot be stored",
    remedy="remove control characters and very long numbers, and send it again with a new Idempotency-Key",
)


def handle(
    loaded: Loaded,
    commands: Sequence[c.AnyCommand],
    facts: Mapping[str, Facts],
    now: datetime,
    programme: Programme | None,
) -> Change:
    """Carry out commands in order at one moment `now` of the business clock, and return all that is to be stored.

    `facts` are by command id. Without a `programme` there is no journey, and every command is refused.
    """
    batch = _Batch(loaded, now, programme)
    for command in commands:
        batch.carry_out(command, facts.get(command.command_id, NO_FACTS))
    batch.progress.pass_time()
    return batch.change(commands)


def refuse(loaded: Loaded, command: c.AnyCommand, now: datetime, why: Rejection = UNREADABLE) -> Change:
    """Answer a command that the journal cannot hold, or that another journey cannot be changed with."""
    batch = _Batch(loaded, now, None)
    batch.answer(command, why)
    return batch.change([])


class _Batch:
    """The answers given so far, and what is settled by them."""

    def __init__(self, loaded: Loaded, now: datetime, programme: Programme | None) -> None:
        self.progress = Progress(loaded, now, programme)
        self._loaded, self._now = loaded, now
        self._answered = dict(loaded.replies)
        self._replies: list[Reply] = []
        self._answers: list[Answered] = []
        self._settled: list[Outcome] = []
        self._personal: list[tuple[e.MemberEvent, c.MemberCommand]] = []
        self._written: list[tuple[e.CaseEvent, c.CaseCommand]] = []
        self._erased: datetime | None = None
        self._returned: list[str] = []
        self._beside: list[Beside] = []

    def carry_out(self, command: c.AnyCommand, facts: Facts) -> None:
        """Decide one command and keep its reply; one that was answered before gets that answer again."""
        earlier = self._answered.get(command.command_id)
        if earlier is not None:
            same = earlier.fingerprint == fingerprint(self._loaded.journey_id, command)
            self._replies.append(earlier.reply if same else self._reply(command, rejection=_reused(command)))
            return
        rejection = self._decide(command, facts)
        self._settle(command)
        if isinstance(command, c.EraseFamily) and rejection is None:
            # Also where it was erased before: the restored backup of a table may have brought its key back.
            self._erased = self._now
        if isinstance(command, c.WithdrawEvidence) and command.of_another_family and rejection is None:
            self._returned.append(command.evidence_id)

    def answer(
        self,
        command: c.AnyCommand,
        rejection: Rejection | None,
        happened: tuple[str, ...] = (),
        why: tuple[str, ...] = (),
    ) -> None:
        """Keep the answer to a command, which is given for ever to whoever gives the command again."""
        reply = self._reply(command, rejection, happened, why)
        answer = Answered(reply=reply, fingerprint=fingerprint(self._loaded.journey_id, command))
        self._replies.append(reply)
        self._answers.append(answer)
        self._answered[command.command_id] = answer

    def change(self, commands: Sequence[c.AnyCommand]) -> Change:
        """Return everything to store, in one piece."""
        progress = self.progress
        effects = [*progress.effects, *self._looking_back(commands)]
        return Change(
            journey_id=self._loaded.journey_id,
            expected_version=self._loaded.version,
            last_hash=self._loaded.last_hash,
            journey=progress.journey,
            events=progress.new,
            deadlines=progress.deadlines,
            owed=progress.owed(),
            answers=self._answers,
            effects=effects,
            settled=self._settled,
            retried=progress.retried(),
            personal=self._personal,
            written=self._written,
            erased=self._erased,
            returned=self._returned,
            beside=self._beside,
            replies=self._replies,
            open_effects=self._open([*self._loaded.effects, *(effect for _, effect in effects)]),
        )

    def _decide(self, command: c.AnyCommand, facts: Facts) -> Rejection | None:
        before = self.progress.journey
        try:
            happened, why = self.progress.advance(command, facts)
        except Rejected as fault:
            rejection = Rejection(code=fault.code, reason=fault.reason, remedy=fault.remedy)
            self.answer(command, rejection)
            return rejection
        if isinstance(command, c.MemberCommand):
            self._personal += [(event, command) for event in happened if isinstance(event, e.MemberEvent)]
        if isinstance(command, c.CaseCommand):
            self._written += [(event, command) for event in happened if isinstance(event, e.CaseEvent)]
        self._beside += beside(before, command, facts, happened)
        self.answer(command, None, tuple(event.type for event in happened), tuple(why))
        return None

    def _looking_back(self, commands: Sequence[c.AnyCommand]) -> list[tuple[str, Effect]]:
        """Plan one review of the family's claims when anything in this batch may have changed one."""
        progress = self.progress
        judged = [
            command.version
            for command in commands
            if isinstance(command, c.RecordEligibility)
            and any(judged.claim_id for judged in command.results)
            and command.command_id not in self._loaded.replies
        ]
        missed = [recorded.event for recorded in self._loaded.events[min(judged) :]] if judged else []
        if not progress.new or not review_is_due(progress.journey, [*missed, *(new.event for new in progress.new)]):
            return []
        effect = ReviewClaims(effect_id=f"{self._loaded.journey_id}:{progress.journey.version}:review")
        return [(progress.new[-1].command_id, effect)]

    def _open(self, planned: Sequence[Effect]) -> list[Effect]:
        """Return what is still to be done in the world, or done and not yet on the journey's history."""
        settled = {outcome.effect_id for outcome in self._settled}
        return [effect for effect in planned if effect.effect_id not in settled]

    def _settle(self, command: c.AnyCommand) -> None:
        """Note which effect a command is the outcome of, so that the outbox says the same as the journal."""
        match command:
            case c.RecordReminder() | c.RecordNotification():
                self._settled.append(Outcome(command.effect_id, command.fault or "sent", self._now, command.reason))
            case c.RecordEligibility() | c.RecordReview() if command.effect_id:
                self._settled.append(Outcome(command.effect_id, "recorded", self._now))

    def _reply(
        self,
        command: c.AnyCommand,
        rejection: Rejection | None,
        happened: tuple[str, ...] = (),
        why: tuple[str, ...] = (),
    ) -> Reply:
        return Reply(
            command_id=command.command_id,
            journey_id=self._loaded.journey_id,
            version=self.progress.journey.version,
            stage=self.progress.journey.stage,
            happened=happened,
            explanation=why,
            rejection=rejection,
        )


def _reused(command: c.AnyCommand) -> Rejection:
    return Rejection(
        code="command-id-reused",
        reason=f"command {command.command_id} was sent before with other content",
        remedy="use a new Idempotency-Key for a new command",
    )
