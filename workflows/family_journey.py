"""One family's path as a durable workflow, from referral to the last check; what keeps it going is `journey_loop`."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.messages import Due
    from domain.journey import commands as c
    from domain.journey.replies import Reply
    from domain.names import JOURNEY_WORKFLOW, PARTNER_EVENTS
    from workflows.journey_loop import JourneyLoop
    from workflows.messages import JourneyInput, JourneyState, PartnerEvents


@workflow.defn(name=JOURNEY_WORKFLOW)
class FamilyJourney:
    """A family's way from referral to the last check; it holds no rule, only the place it has reached."""

    @workflow.init
    def __init__(self, start: JourneyInput) -> None:
        self._loop = JourneyLoop(start)

    @workflow.run
    async def run(self, start: JourneyInput) -> JourneyState:  # noqa: ARG002 - taken by __init__, before any handler
        """Live through the journey until it is closed and everything that follows from that is done."""
        loop = self._loop
        while True:
            await loop.command_or_deadline()
            await loop.carry_out()
            loop.run_effects()
            if loop.idle() and loop.over():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if loop.idle():
                    return loop.state
            elif loop.idle() and loop.history_is_long():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if loop.idle():
                    workflow.continue_as_new(loop.onwards())

    # The path, stage by stage: referral

    @workflow.update
    async def refer(self, command: c.ReferFamily) -> Reply:
        """Open the journey."""
        return await self._loop.answer(command)

    @workflow.update
    async def join_referral(self, command: c.JoinReferral) -> Reply:
        """Add a further referral of the family."""
        return await self._loop.answer(command)

    @workflow.update
    async def consent(self, command: c.RecordConsent) -> Reply:
        """Record a lawful basis for sharing."""
        return await self._loop.answer(command)

    @workflow.update
    async def withdraw_consent(self, command: c.WithdrawConsent) -> Reply:
        """End a recorded basis."""
        return await self._loop.answer(command)

    # Identification

    @workflow.update
    async def identify(self, command: c.IdentifyFamily) -> Reply:
        """Check the criteria of the programme."""
        return await self._loop.answer(command)

    @workflow.update
    async def allocate(self, command: c.AllocateKeyWorker) -> Reply:
        """Give the family its key worker."""
        return await self._loop.answer(command)

    @workflow.update
    async def offer_handover(self, command: c.OfferHandover) -> Reply:
        """Offer the family to another key worker."""
        return await self._loop.answer(command)

    @workflow.update
    async def withdraw_handover(self, command: c.WithdrawHandover) -> Reply:
        """Take an unanswered offer back."""
        return await self._loop.answer(command)

    @workflow.update
    async def accept_handover(self, command: c.AcceptHandover) -> Reply:
        """Take over an offered family."""
        return await self._loop.answer(command)

    @workflow.update
    async def refuse_handover(self, command: c.RefuseHandover) -> Reply:
        """Decline an offered family."""
        return await self._loop.answer(command)

    # Assessment

    @workflow.update
    async def record_contact(self, command: c.RecordContact) -> Reply:
        """Record a contact with the family."""
        return await self._loop.answer(command)

    @workflow.update
    async def assess(self, command: c.AssessFamily) -> Reply:
        """Record the whole-family assessment."""
        return await self._loop.answer(command)

    @workflow.update
    async def agree_plan(self, command: c.AgreePlan) -> Reply:
        """Record the plan agreed with the family."""
        return await self._loop.answer(command)

    # Intervention

    @workflow.update
    async def start_intervention(self, command: c.StartIntervention) -> Reply:
        """Begin high-intensity work."""
        return await self._loop.answer(command)

    @workflow.update
    async def review_plan(self, command: c.ReviewPlan) -> Reply:
        """Record a review of the plan."""
        return await self._loop.answer(command)

    # Step-down

    @workflow.update
    async def step_down(self, command: c.StepDown) -> Reply:
        """Move to low intensity."""
        return await self._loop.answer(command)

    @workflow.update
    async def step_up(self, command: c.StepUp) -> Reply:
        """Move back to high intensity."""
        return await self._loop.answer(command)

    # Sustained-outcome checks, and the end

    @workflow.update
    async def record_check(self, command: c.RecordCheck) -> Reply:
        """Record a sustained-outcome check."""
        return await self._loop.answer(command)

    @workflow.update
    async def close(self, command: c.CloseJourney) -> Reply:
        """End the journey."""
        return await self._loop.answer(command)

    @workflow.update
    async def reopen(self, command: c.ReopenJourney) -> Reply:
        """Take a close back."""
        return await self._loop.answer(command)

    @workflow.update
    async def erase(self, command: c.EraseFamily) -> Reply:
        """Destroy what is personal of the family, long after the close."""
        return await self._loop.answer(command)

    # At any stage: the people of the family and its home

    @workflow.update
    async def add_member(self, command: c.AddMember) -> Reply:
        """Add a person to the family."""
        return await self._loop.answer(command)

    @workflow.update
    async def record_leaving(self, command: c.RecordLeaving) -> Reply:
        """Let a member be of the family no more."""
        return await self._loop.answer(command)

    @workflow.update
    async def correct_member(self, command: c.CorrectMember) -> Reply:
        """Correct what is recorded of a member."""
        return await self._loop.answer(command)

    @workflow.update
    async def change_identifier(self, command: c.ChangeIdentifier) -> Reply:
        """Give a member a number, or take a wrong one away."""
        return await self._loop.answer(command)

    @workflow.update
    async def move_household(self, command: c.MoveHousehold) -> Reply:
        """Record that the family moved."""
        return await self._loop.answer(command)

    @workflow.update
    async def change_contacts(self, command: c.ChangeContacts) -> Reply:
        """Record how an adult is reached."""
        return await self._loop.answer(command)

    # At any stage: the case file

    @workflow.update
    async def add_note(self, command: c.AddNote) -> Reply:
        """Write up a visit, a call or a meeting."""
        return await self._loop.answer(command)

    @workflow.update
    async def add_action(self, command: c.AddAction) -> Reply:
        """Agree that somebody does something by a day."""
        return await self._loop.answer(command)

    @workflow.update
    async def move_action(self, command: c.MoveAction) -> Reply:
        """Let an action be done by another day."""
        return await self._loop.answer(command)

    @workflow.update
    async def close_action(self, command: c.CloseAction) -> Reply:
        """Say that an action was done, or drop it."""
        return await self._loop.answer(command)

    @workflow.update
    async def record_meeting(self, command: c.RecordMeeting) -> Reply:
        """Record a meeting about the family."""
        return await self._loop.answer(command)

    @workflow.update
    async def record_voice(self, command: c.RecordVoice) -> Reply:
        """Record what a child says."""
        return await self._loop.answer(command)

    @workflow.update
    async def set_scale(self, command: c.SetScale) -> Reply:
        """Say where a need stands."""
        return await self._loop.answer(command)

    @workflow.update
    async def add_relationship(self, command: c.AddRelationship) -> Reply:
        """Record how two members are related."""
        return await self._loop.answer(command)

    @workflow.update
    async def end_relationship(self, command: c.EndRelationship) -> Reply:
        """Record that a relationship holds no more."""
        return await self._loop.answer(command)

    @workflow.update
    async def raise_concern(self, command: c.RaiseConcern) -> Reply:
        """Raise a concern with a named colleague."""
        return await self._loop.answer(command)

    @workflow.update
    async def answer_concern(self, command: c.AnswerConcern) -> Reply:
        """Say what follows from a concern."""
        return await self._loop.answer(command)

    @workflow.update
    async def withdraw_entry(self, command: c.WithdrawEntry) -> Reply:
        """Withdraw an entry that is wrong."""
        return await self._loop.answer(command)

    # Families that are one, or part

    @workflow.update
    async def merge_family(self, command: c.MergeFamily) -> Reply:
        """Take in a family that is the same as this one."""
        return await self._loop.answer(command)

    @workflow.update
    async def split_family(self, command: c.SplitFamily) -> Reply:
        """Let members be of another family."""
        return await self._loop.answer(command)

    @workflow.update
    async def undo_merge(self, command: c.UndoMerge) -> Reply:
        """Let a merged family be one of its own again."""
        return await self._loop.answer(command)

    # At any stage: the record

    @workflow.update
    async def correct(self, command: c.CorrectEvent) -> Reply:
        """Supersede an earlier event."""
        return await self._loop.answer(command)

    @workflow.update
    async def withdraw_evidence(self, command: c.WithdrawEvidence) -> Reply:
        """Set an observation aside."""
        return await self._loop.answer(command)

    @workflow.update
    async def acknowledge(self, command: c.AcknowledgeReminder) -> Reply:
        """Say that a reminder was seen."""
        return await self._loop.answer(command)

    @workflow.update
    async def move_deadline(self, command: c.MoveDeadline) -> Reply:
        """Set a deadline to another day."""
        return await self._loop.answer(command)

    @workflow.update
    async def pause_deadline(self, command: c.PauseDeadline) -> Reply:
        """Stop the clock of a piece of work."""
        return await self._loop.answer(command)

    @workflow.update
    async def resume_deadline(self, command: c.ResumeDeadline) -> Reply:
        """Let a paused clock run again."""
        return await self._loop.answer(command)

    @workflow.update
    async def cancel_deadline(self, command: c.CancelDeadline) -> Reply:
        """Take the deadline off a piece of work."""
        return await self._loop.answer(command)

    @workflow.update
    async def record_review(self, command: c.RecordReview) -> Reply:
        """Record what was found, on a later journey of the family, about a claim of this one."""
        return await self._loop.answer(command)

    @workflow.update
    async def decide_clawback(self, command: c.DecideClawback) -> Reply:
        """Uphold a claim against a proposed clawback, or claw it back."""
        return await self._loop.answer(command)

    @workflow.update
    async def retry_message(self, command: c.RetryMessage) -> Reply:
        """Send a message again that failed or was refused."""
        return await self._loop.answer(command)

    @workflow.signal(name=PARTNER_EVENTS)
    async def partner_events(self, batch: PartnerEvents) -> None:
        """Take a batch of partners' observations."""
        for row in batch.rows:
            try:
                self._loop.ask(c.COMMAND.validate_python(row))
            except ValidationError:
                # The row stays unapplied in the inbox, where doctor and the sweep find it.
                workflow.logger.exception("a partner event did not decode", extra={"command_id": row.get("command_id")})

    @workflow.query
    def progress(self) -> JourneyState:
        """Return where the journey stands."""
        return self._loop.state

    @workflow.query
    def agenda(self) -> list[Due]:
        """Return what falls due next."""
        return self._loop.state.agenda
