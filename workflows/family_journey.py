"""One family's path as a durable workflow: it waits, hands what came to the journal, and runs what follows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.claims import ClaimActivities
    from activities.clawbacks import ClawbackActivities
    from activities.journal import JournalActivities
    from activities.messages import MAIL_REFUSED, PARTNER_REFUSED, CarriedOut, CarryOut, Due, EffectRun, RunEffect
    from activities.notifications import NotificationActivities
    from domain.commands import (
        COMMAND,
        AcceptHandover,
        AcknowledgeReminder,
        AgreePlan,
        AllocateKeyWorker,
        AssessFamily,
        CancelDeadline,
        CloseJourney,
        Command,
        CorrectEvent,
        DecideClawback,
        IdentifyFamily,
        MoveDeadline,
        OfferHandover,
        PauseDeadline,
        RecordCheck,
        RecordConsent,
        RecordContact,
        RecordReview,
        ReferFamily,
        RefuseHandover,
        ResumeDeadline,
        RetryMessage,
        ReviewPlan,
        StartIntervention,
        StepDown,
        StepUp,
        WithdrawConsent,
        WithdrawHandover,
    )
    from domain.effects import Effect, EvaluateResults, ReviewClaims
    from domain.react import given_up
    from domain.replies import Reply
    from workflows.messages import JourneyInput, JourneyState, PartnerEvents
    from workflows.names import JOURNEY_WORKFLOW, PARTNER_EVENTS, REJECTED, SEARCH_ATTRIBUTES

BATCH = 200  # commands handed over at once: bounds the local activity's time and its marker in history
CEILING = 20_000  # history events; the server ends a run at 51,200
PATIENCE = timedelta(minutes=1)  # how long a run waits for a referral that has not arrived
FINAL_ANSWERS = {PARTNER_REFUSED: "partner-refused", MAIL_REFUSED: "mail-refused"}
ACTIVITIES: dict[str, Callable[[Any, RunEffect], Awaitable[EffectRun]]] = {
    "remind": NotificationActivities.send_reminder,
    "notify": NotificationActivities.notify_partner,
    "evaluate-results": ClaimActivities.record_claim_eligibility,
    "review-claims": ClawbackActivities.review_claims,
}


class Asked:
    """A command that waits to be carried out, with its reply once there is one."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.reply: Reply | None = None


@workflow.defn(name=JOURNEY_WORKFLOW)
class FamilyJourney:
    """A family's way from referral to the last check; it holds no rule, only the place it has reached."""

    @workflow.init
    def __init__(self, start: JourneyInput) -> None:
        self._state = start.state
        self._limit = start.history_limit
        self._asked: list[Asked] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._fresh = True

    @workflow.run
    async def run(self, start: JourneyInput) -> JourneyState:  # noqa: ARG002 - taken by __init__, before any handler
        """Live through the journey until it is closed and everything that follows from that is done."""
        while True:
            await self._command_or_deadline()
            await self._carry_out()
            self._run_effects()
            if self._idle() and self._over():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if self._idle():
                    return self._state
            elif self._idle() and self._history_is_long():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if self._idle():
                    workflow.continue_as_new(JourneyInput(state=self._state, history_limit=self._limit))

    # The path, stage by stage: referral

    @workflow.update
    async def refer(self, command: ReferFamily) -> Reply:
        """Open the journey."""
        return await self._answer(command)

    @workflow.update
    async def consent(self, command: RecordConsent) -> Reply:
        """Record a lawful basis for sharing."""
        return await self._answer(command)

    @workflow.update
    async def withdraw_consent(self, command: WithdrawConsent) -> Reply:
        """End a recorded basis."""
        return await self._answer(command)

    # Identification

    @workflow.update
    async def identify(self, command: IdentifyFamily) -> Reply:
        """Check the criteria of the programme."""
        return await self._answer(command)

    @workflow.update
    async def allocate(self, command: AllocateKeyWorker) -> Reply:
        """Give the family its key worker."""
        return await self._answer(command)

    @workflow.update
    async def offer_handover(self, command: OfferHandover) -> Reply:
        """Offer the family to another key worker."""
        return await self._answer(command)

    @workflow.update
    async def withdraw_handover(self, command: WithdrawHandover) -> Reply:
        """Take an unanswered offer back."""
        return await self._answer(command)

    @workflow.update
    async def accept_handover(self, command: AcceptHandover) -> Reply:
        """Take over an offered family."""
        return await self._answer(command)

    @workflow.update
    async def refuse_handover(self, command: RefuseHandover) -> Reply:
        """Decline an offered family."""
        return await self._answer(command)

    # Assessment

    @workflow.update
    async def record_contact(self, command: RecordContact) -> Reply:
        """Record a contact with the family."""
        return await self._answer(command)

    @workflow.update
    async def assess(self, command: AssessFamily) -> Reply:
        """Record the whole-family assessment."""
        return await self._answer(command)

    @workflow.update
    async def agree_plan(self, command: AgreePlan) -> Reply:
        """Record the plan agreed with the family."""
        return await self._answer(command)

    # Intervention

    @workflow.update
    async def start_intervention(self, command: StartIntervention) -> Reply:
        """Begin high-intensity work."""
        return await self._answer(command)

    @workflow.update
    async def review_plan(self, command: ReviewPlan) -> Reply:
        """Record a review of the plan."""
        return await self._answer(command)

    # Step-down

    @workflow.update
    async def step_down(self, command: StepDown) -> Reply:
        """Move to low intensity."""
        return await self._answer(command)

    @workflow.update
    async def step_up(self, command: StepUp) -> Reply:
        """Move back to high intensity."""
        return await self._answer(command)

    # Sustained-outcome checks, and the end

    @workflow.update
    async def record_check(self, command: RecordCheck) -> Reply:
        """Record a sustained-outcome check."""
        return await self._answer(command)

    @workflow.update
    async def close(self, command: CloseJourney) -> Reply:
        """End the journey."""
        return await self._answer(command)

    # At any stage

    @workflow.update
    async def correct(self, command: CorrectEvent) -> Reply:
        """Supersede an earlier event."""
        return await self._answer(command)

    @workflow.update
    async def acknowledge(self, command: AcknowledgeReminder) -> Reply:
        """Say that a reminder was seen."""
        return await self._answer(command)

    @workflow.update
    async def move_deadline(self, command: MoveDeadline) -> Reply:
        """Set a deadline to another day."""
        return await self._answer(command)

    @workflow.update
    async def pause_deadline(self, command: PauseDeadline) -> Reply:
        """Stop the clock of a piece of work."""
        return await self._answer(command)

    @workflow.update
    async def resume_deadline(self, command: ResumeDeadline) -> Reply:
        """Let a paused clock run again."""
        return await self._answer(command)

    @workflow.update
    async def cancel_deadline(self, command: CancelDeadline) -> Reply:
        """Take the deadline off a piece of work."""
        return await self._answer(command)

    @workflow.update
    async def record_review(self, command: RecordReview) -> Reply:
        """Record what was found, on a later journey of the family, about a claim of this one."""
        return await self._answer(command)

    @workflow.update
    async def decide_clawback(self, command: DecideClawback) -> Reply:
        """Uphold a claim against a proposed clawback, or claw it back."""
        return await self._answer(command)

    @workflow.update
    async def retry_message(self, command: RetryMessage) -> Reply:
        """Send a message again that failed or was refused."""
        return await self._answer(command)

    @workflow.signal(name=PARTNER_EVENTS)
    async def partner_events(self, batch: PartnerEvents) -> None:
        """Take a batch of partners' observations."""
        for row in batch.rows:
            try:
                self._asked.append(Asked(COMMAND.validate_python(row)))
            except ValidationError:
                # The row stays unapplied in the inbox, where doctor and the sweep find it.
                workflow.logger.exception("a partner event did not decode", extra={"command_id": row.get("command_id")})

    @workflow.query
    def progress(self) -> JourneyState:
        """Return where the journey stands."""
        return self._state

    @workflow.query
    def agenda(self) -> list[Due]:
        """Return what falls due next."""
        return self._state.agenda

    async def _answer(self, command: Command) -> Reply:
        asked = Asked(command)
        self._asked.append(asked)
        await workflow.wait_condition(lambda: asked.reply is not None)
        reply = asked.reply
        if reply is None:  # pragma: no cover - the condition above
            raise ApplicationError("no reply", type="Bug", non_retryable=True)
        if reply.rejection is not None:
            raise ApplicationError(reply.rejection.reason, reply, type=REJECTED, non_retryable=True)
        return reply

    async def _command_or_deadline(self) -> None:
        """Wait for a command, or for the earliest deadline, whichever is first; a fresh run looks at once."""
        if self._asked or self._fresh:
            return
        if self._state.stage == "unreferred":
            until = PATIENCE
        elif self._state.wake_at is not None:
            until = self._state.wake_at - workflow.now()
        else:
            await workflow.wait_condition(self._stirred)
            return
        try:
            await workflow.wait_condition(
                self._stirred, timeout=max(until, timedelta(0)), timeout_summary=self._summary()
            )
        except TimeoutError:
            self._timed_out()

    def _stirred(self) -> bool:
        return bool(self._asked) or (self._over() and not self._running)

    def _timed_out(self) -> None:
        """A deadline came: the journal will see what falls due. A referral that never came ends the run."""
        if self._state.stage == "unreferred":
            self._state.stage = "closed"

    def _summary(self) -> str:
        return self._state.agenda[0].id if self._state.agenda else "waiting for the referral"

    async def _carry_out(self) -> None:
        """Hand the waiting batch to the journal and keep what it says; decisions are taken there, not here."""
        if self._over() and not self._asked and not self._fresh:
            return
        batch, self._asked = self._asked[:BATCH], self._asked[BATCH:]
        order = CarryOut(
            journey_id=self._state.journey_id,
            now=workflow.now(),
            commands=[asked.command for asked in batch],
        )
        self._fresh = False
        done = await workflow.execute_local_activity_method(
            JournalActivities.carry_out,
            order,
            # A journal that is down is waited for: attempts go on, as timers once they are far apart.
            start_to_close_timeout=timedelta(seconds=30),
            local_retry_threshold=timedelta(seconds=30),
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(minutes=1)
            ),
        )
        self._keep(done)
        for asked, reply in zip(batch, done.replies, strict=True):
            asked.reply = reply

    def _keep(self, done: CarriedOut) -> None:
        labels_before = (self._state.labels, self._state.next_deadline)
        self._state = JourneyState(
            journey_id=self._state.journey_id,
            version=done.version,
            stage=done.stage,
            wake_at=done.wake_at,
            agenda=done.agenda,
            effects=done.effects,
            labels=done.labels,
            next_deadline=done.next_deadline,
        )
        if labels_before != (done.labels, done.next_deadline):
            self._show_labels()

    def _show_labels(self) -> None:
        """Put what a person searches journeys by on the workflow: codes and dates, nothing personal."""
        updates = [
            SearchAttributeKey.for_keyword(name).value_set(self._state.labels[name])
            if name in self._state.labels
            else SearchAttributeKey.for_keyword(name).value_unset()
            for name, kind in SEARCH_ATTRIBUTES.items()
            if kind == "Keyword"
        ]
        deadline = SearchAttributeKey.for_datetime("JourneyNextDeadline")
        due = self._state.next_deadline
        workflow.upsert_search_attributes(
            [*updates, deadline.value_unset() if due is None else deadline.value_set(due)]
        )

    def _run_effects(self) -> None:
        """Start what is to be done in the world, each on its own, so that a dead partner holds up nobody."""
        for effect in self._state.effects:
            # Evaluations take turns, in the order of their days: what one claims counts for the next.
            waits = _evaluates(effect) and any(map(_evaluates, self._running_effects()))
            if effect.effect_id not in self._running and not waits:
                self._running[effect.effect_id] = asyncio.create_task(self._run_effect(effect))

    def _running_effects(self) -> list[Effect]:
        return [effect for effect in self._state.effects if effect.effect_id in self._running]

    async def _run_effect(self, effect: Effect) -> None:
        try:
            run: EffectRun = await workflow.execute_activity_method(
                ACTIVITIES[effect.type],
                RunEffect(journey_id=self._state.journey_id, effect=effect),
                # Sending gives up after 10 s; an attempt whose worker was killed is made again after this long.
                start_to_close_timeout=timedelta(seconds=20),
                # A partner may be down for days; after that an operator decides. An evaluation is never given up.
                schedule_to_close_timeout=None if _evaluates(effect) else timedelta(days=3),
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=1), maximum_interval=timedelta(hours=1), backoff_coefficient=3
                ),
                summary=effect.effect_id,
            )
            command = run.command
        except ActivityError as failure:
            workflow.logger.warning(
                "gave up on an effect", extra={"effect_id": effect.effect_id, "cause": str(failure.cause)}
            )
            if isinstance(effect, EvaluateResults | ReviewClaims):
                raise
            command = given_up(effect, workflow.now(), _why(failure.cause))
        asked = Asked(command)
        self._asked.append(asked)
        await workflow.wait_condition(lambda: asked.reply is not None)
        del self._running[effect.effect_id]

    def _idle(self) -> bool:
        return not self._asked

    def _over(self) -> bool:
        """A closed journey ends when its last message is settled and its last result evaluated."""
        return self._state.stage == "closed" and not self._state.effects and self._state.wake_at is None

    def _history_is_long(self) -> bool:
        info = workflow.info()
        length = info.get_current_history_length()
        past = (self._limit > 0 and length > self._limit) or info.is_continue_as_new_suggested()
        # A message under way is let finish, as the next run would send it again; but not for ever.
        return past and (not self._running or length > CEILING)


def _why(cause: BaseException | None) -> str:
    """Say why a message was given up: because the answer was final, or because time ran out."""
    if isinstance(cause, ApplicationError) and cause.non_retryable:
        return FINAL_ANSWERS.get(cause.type or "", "gave-up")
    return "gave-up"


def _evaluates(effect: Effect) -> bool:
    return isinstance(effect, EvaluateResults | ReviewClaims)
