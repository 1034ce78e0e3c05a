"""What keeps a running journey going: it waits, hands what came to the journal, and runs what follows."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.claims import ClaimActivities
    from activities.clawbacks import ClawbackActivities
    from activities.journal import JournalActivities
    from activities.messages import FINAL_ANSWERS, CarriedOut, CarryOut, EffectRun, RunEffect
    from activities.notifications import NotificationActivities
    from domain.journey.commands import AnyCommand
    from domain.journey.effects import Effect, EvaluateResults, ReviewClaims
    from domain.journey.react import given_up
    from domain.journey.replies import Reply
    from domain.names import FOREIGN, REJECTED, SEARCH_ATTRIBUTES
    from workflows.messages import JourneyInput, JourneyState

BATCH = 200  # commands handed over at once: bounds the local activity's time and its marker in history
LARGE = 1_000_000  # bytes of history: whoever takes a journey over reads them all
CEILING = 20_000  # history events; the server ends a run at 51,200
PATIENCE = timedelta(minutes=1)  # how long a run waits for a referral that has not arrived
KEPT_TIMER = "kept-timer"  # runs that began before arm their timer anew at each turn
ACTIVITIES: dict[str, Callable[[Any, RunEffect], Awaitable[EffectRun]]] = {
    "remind": NotificationActivities.send_reminder,
    "notify": NotificationActivities.notify_partner,
    "evaluate-results": ClaimActivities.record_claim_eligibility,
    "review-claims": ClawbackActivities.review_claims,
}


class Asked:
    """A command that waits to be carried out, with its reply once there is one."""

    def __init__(self, command: AnyCommand) -> None:
        self.command = command
        self.reply: Reply | None = None


class JourneyLoop:
    """The one place a journey has reached, and what waits to be carried out there."""

    def __init__(self, start: JourneyInput) -> None:
        self.state = start.state
        self._limit = start.history_limit
        self._asked: list[Asked] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._alarm: asyncio.Task[None] | None = None
        self._rings_at: datetime | None = None
        self._fresh = True

    def ask(self, command: AnyCommand) -> Asked:
        """Put a command in the waiting batch."""
        asked = Asked(command)
        self._asked.append(asked)
        return asked

    async def answer(self, command: AnyCommand) -> Reply:
        """Return the reply to a command once it is carried out; a rejection reaches the caller as a failure."""
        asked = self.ask(command)
        await workflow.wait_condition(lambda: asked.reply is not None)
        reply = asked.reply
        if reply is None:  # pragma: no cover - the condition above
            raise ApplicationError("no reply", type="Bug", non_retryable=True)
        if reply.rejection is not None:
            raise ApplicationError(reply.rejection.reason, reply, type=REJECTED, non_retryable=True)
        return reply

    async def command_or_deadline(self) -> None:
        """Wait for a command, or for the earliest deadline, whichever is first; a fresh run looks at once."""
        if self._asked or self._fresh:
            return
        if self.state.stage != "unreferred" and workflow.patched(KEPT_TIMER):
            await self._stirred_or_due()
        else:
            await self._timer_anew()

    async def _stirred_or_due(self) -> None:
        """Wait with one timer, which is kept until the earliest deadline moves: most of what comes moves none."""
        while not self._stirred() and not self._due():
            self._arm()
            await workflow.wait_condition(lambda: self._stirred() or self._rang())

    def _due(self) -> bool:
        return self.state.wake_at is not None and self.state.wake_at <= workflow.now()

    def _rang(self) -> bool:
        return self._alarm is not None and self._alarm.done()

    def _arm(self) -> None:
        """Have the timer ring at the earliest deadline.

        One that would ring too early is set anew: to wake a run for nothing costs the server more than that.
        """
        if self._rang():
            self._alarm = self._rings_at = None
        wake_at = self.state.wake_at
        if self._rings_at == wake_at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._rings_at = wake_at
        self._alarm = (
            None
            if wake_at is None
            else asyncio.create_task(workflow.sleep(wake_at - workflow.now(), summary=self._summary()))
        )

    async def _timer_anew(self) -> None:
        if self.state.stage == "unreferred":
            until = PATIENCE
        elif self.state.wake_at is not None:
            until = self.state.wake_at - workflow.now()
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
        return bool(self._asked) or (self.over() and not self._running)

    def _timed_out(self) -> None:
        """A deadline came: the journal will see what falls due. A referral that never came ends the run."""
        if self.state.stage == "unreferred":
            self.state.stage = "closed"

    def _summary(self) -> str:
        return self.state.agenda[0].id if self.state.agenda else "waiting for the referral"

    async def carry_out(self) -> None:
        """Hand the waiting batch to the journal and keep what it says; decisions are taken there, not here."""
        if self.over() and not self._asked and not self._fresh:
            return
        batch, self._asked = self._asked[:BATCH], self._asked[BATCH:]
        order = CarryOut(
            journey_id=self.state.journey_id,
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
        labels_before = (self.state.labels, self.state.next_deadline)
        self.state = JourneyState(
            journey_id=self.state.journey_id,
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
            SearchAttributeKey.for_keyword(name).value_set(self.state.labels[name])
            if name in self.state.labels
            else SearchAttributeKey.for_keyword(name).value_unset()
            for name, kind in SEARCH_ATTRIBUTES.items()
            if kind == "Keyword"
        ]
        deadline = SearchAttributeKey.for_datetime("JourneyNextDeadline")
        due = self.state.next_deadline
        workflow.upsert_search_attributes(
            [*updates, deadline.value_unset() if due is None else deadline.value_set(due)]
        )

    def run_effects(self) -> None:
        """Start what is to be done in the world, each on its own, so that a dead partner holds up nobody."""
        for effect in self.state.effects:
            # Evaluations take turns, in the order of their days: what one claims counts for the next.
            waits = _evaluates(effect) and any(map(_evaluates, self._running_effects()))
            if effect.effect_id not in self._running and not waits:
                self._running[effect.effect_id] = asyncio.create_task(self._run_effect(effect))

    def _running_effects(self) -> list[Effect]:
        return [effect for effect in self.state.effects if effect.effect_id in self._running]

    async def _run_effect(self, effect: Effect) -> None:
        try:
            run: EffectRun = await workflow.execute_activity_method(
                ACTIVITIES[effect.type],
                RunEffect(journey_id=self.state.journey_id, effect=effect),
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
            if _kind(failure.cause) == FOREIGN:
                await self._run_effect(effect)  # somebody else answered for it: it is still to be done
                return
            workflow.logger.warning(
                "gave up on an effect", extra={"effect_id": effect.effect_id, "cause": _kind(failure.cause)}
            )
            if isinstance(effect, EvaluateResults | ReviewClaims):
                raise
            command = given_up(effect, workflow.now(), _why(failure.cause))
        asked = self.ask(command)
        await workflow.wait_condition(lambda: asked.reply is not None)
        del self._running[effect.effect_id]

    def onwards(self) -> JourneyInput:
        """Return how the next run begins."""
        return JourneyInput(state=self.state, history_limit=self._limit)

    def idle(self) -> bool:
        """Nothing waits to be carried out."""
        return not self._asked

    def over(self) -> bool:
        """A closed journey ends when its last message is settled and its last result evaluated."""
        return self.state.stage == "closed" and not self.state.effects and self.state.wake_at is None

    def history_is_long(self) -> bool:
        """It is time to continue as new."""
        info = workflow.info()
        length = info.get_current_history_length()
        large = length > self._limit or info.get_current_history_size() > LARGE
        past = (self._limit > 0 and large) or info.is_continue_as_new_suggested()
        # A message under way is let finish, as the next run would send it again; but not for ever.
        return past and (not self._running or length > CEILING)


def _kind(cause: BaseException | None) -> str:
    """Name a fault for the log; its words may quote what was sent."""
    return (isinstance(cause, ApplicationError) and cause.type) or type(cause).__name__


def _why(cause: BaseException | None) -> str:
    """Say why a message was given up: because the answer was final, or because time ran out."""
    if isinstance(cause, ApplicationError) and cause.non_retryable:
        return FINAL_ANSWERS.get(cause.type or "", "gave-up")
    return "gave-up"


def _evaluates(effect: Effect) -> bool:
    return isinstance(effect, EvaluateResults | ReviewClaims)
