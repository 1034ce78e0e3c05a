"""The background worker: runs the journeys, their timers and what they do in the world; composition root."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import asyncpg
import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from activities.claim_windows import WindowActivities
from activities.claims import ClaimActivities
from activities.clawbacks import ClawbackActivities
from activities.delivery.outbound import client as client_of
from activities.delivery.protocol import TIMEOUT_SECONDS
from activities.delivery.services import DeliveryServices
from activities.journal import JournalActivities
from activities.notifications import NotificationActivities
from activities.reconciling import ReconcileActivities
from domain.names import TASK_QUEUE
from relay.heads import keeping_heads
from relay.inbox import sweeping
from relay.refusals import writing_refusals
from relay.watching import watching
from store.answers import answered
from store.pool import open_pool
from store.vault import Vault
from wiring.exit import leave
from wiring.keys import key
from wiring.settings import Settings
from wiring.startup import begin
from wiring.telemetry import metrics
from wiring.telemetry.activity_metrics import Watch
from wiring.telemetry.traces import tracing
from wiring.temporal.client import connect, sandbox
from wiring.temporal.journeys import JourneyClient
from workflows.claim_window import ClaimWindow
from workflows.family_journey import FamilyJourney
from workflows.reconciliation import Reconciliation

GRACE = timedelta(seconds=20)  # on SIGTERM what runs is finished; what is not done by then is run again elsewhere
log = structlog.get_logger("worker")


async def main() -> None:
    """Work until SIGTERM or SIGINT, then finish what runs."""
    chosen = begin()
    stop = _stop_asked()
    metrics.serve(chosen, chosen.worker_metrics_port)
    async with AsyncExitStack() as stack:
        stack.enter_context(tracing(chosen, "worker"))
        pool = await open_pool(chosen.database_url)
        stack.push_async_callback(pool.close)
        client = await connect(chosen)
        await stack.enter_async_context(working(chosen, pool, client))
        gc.freeze()  # what was loaded stays: a collection that walks through it finds nothing, and takes a tenth second
        log.info("working", task_queue=TASK_QUEUE)
        _tell_ready()
        await stop.wait()
        log.info("stopping")


@asynccontextmanager
async def working(chosen: Settings, pool: asyncpg.Pool, client: Client) -> AsyncIterator[Worker]:
    """Run the worker, the sweep of the inbox and the gauges while the context is open."""
    vault = Vault(key(chosen.secrets_dir, "vault.key"), key(chosen.secrets_dir, "subject.key"))
    async with client_of(loopback=chosen.webhook_loopback, timeout_seconds=TIMEOUT_SECONDS) as http:
        services = DeliveryServices(chosen, http)
        engine = JourneyClient(client, offset=chosen.clock_offset, history_limit=chosen.history_limit)
        async with (
            build(chosen, pool, client, vault, services) as worker,
            sweeping(pool, engine),
            watching(pool, engine.now),
            writing_refusals(pool),
            keeping_heads(pool, chosen.heads_dir, key(chosen.secrets_dir, "vault.key")),
        ):
            yield worker


def build(chosen: Settings, pool: asyncpg.Pool, client: Client, vault: Vault, services: DeliveryServices) -> Worker:
    """Return the worker with everything it runs."""
    offset = chosen.clock_offset
    engine = JourneyClient(client, offset=offset, history_limit=chosen.history_limit, answered=partial(answered, pool))
    notifications = NotificationActivities(pool, vault, services, offset, chosen.partner_rate)
    windows = WindowActivities(pool, vault, services, offset)
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[FamilyJourney, ClaimWindow, Reconciliation],
        activities=[
            JournalActivities(pool, vault, offset).carry_out,
            notifications.send_reminder,
            notifications.notify_partner,
            ClaimActivities(pool, vault, offset).record_claim_eligibility,
            windows.place_window,
            windows.gather_claims,
            windows.submit_claims,
            windows.tell_managers,
            windows.close_window,
            ClawbackActivities(pool, vault, engine.submit, offset).review_claims,
            ReconcileActivities(pool, vault, engine).reconcile,
        ],
        interceptors=[Watch()],
        workflow_runner=sandbox(),
        max_concurrent_activities=chosen.worker_activities,
        max_cached_workflows=chosen.worker_cached_workflows,
        max_concurrent_workflow_tasks=chosen.worker_workflow_tasks,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=chosen.worker_sticky_seconds),
        graceful_shutdown_timeout=GRACE,
    )


def _tell_ready() -> None:
    """Write the file that the stack waits for, where it asked for one."""
    if file := os.environ.get("JOURNEYS_READY_FILE"):
        Path(file).touch()


def _stop_asked() -> asyncio.Event:
    """Return an event that is set by the first SIGTERM or SIGINT; the second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked(which: signal.Signals) -> None:
        loop.remove_signal_handler(which)
        signal.signal(which, signal.SIG_DFL)
        stop.set()

    for which in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(which, asked, which)
    return stop


if __name__ == "__main__":
    asyncio.run(main())
    leave(0)
