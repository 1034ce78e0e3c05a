"""Journeys reconciled with what Temporal's histories tell, on a worker: the gateway writes no journal."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.reconciling import ReconcileActivities, ReconcileJourneys
    from domain.names import RECONCILIATION_WORKFLOW
    from domain.reconciled import Reconciled


@workflow.defn(name=RECONCILIATION_WORKFLOW)
class Reconciliation:
    """One look at some journeys."""

    @workflow.run
    async def run(self, order: ReconcileJourneys) -> Reconciled:
        """Have them looked at; run again after a fault, it goes on."""
        return await workflow.execute_activity_method(
            ReconcileActivities.reconcile,
            order,
            start_to_close_timeout=timedelta(minutes=10),
            retry_policy=RetryPolicy(maximum_attempts=3),
        )
