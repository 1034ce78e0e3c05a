"""The six steps in plain SDK style: one ordinary activity a step, the default sandbox, the same insert."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.journal import JournalActivities
    from activities.messages import CarriedOut, CarryOut
    from domain.journey.commands import AnyCommand

PLAIN_WORKFLOW = "PlainJourney"


@workflow.defn(name=PLAIN_WORKFLOW)
class PlainJourney:
    """As the SDK's samples would write it: each step waits for its own activity."""

    def __init__(self) -> None:
        self._steps = 0

    @workflow.run
    async def run(self, steps: int) -> int:
        """End after so many steps."""
        await workflow.wait_condition(lambda: self._steps >= steps)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._steps

    @workflow.update
    async def step(self, journey_id: str, command: AnyCommand) -> CarriedOut:
        """Take one step."""
        order = CarryOut(journey_id=journey_id, now=workflow.now(), commands=[command])
        done = await workflow.execute_activity_method(
            JournalActivities.carry_out, order, start_to_close_timeout=timedelta(seconds=30)
        )
        self._steps += 1
        return done
