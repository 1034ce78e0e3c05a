"""Reconciles every journey after a restore, while no worker runs: `python -m relay.reconcile`; composition root.

Without a worker nothing is sent meanwhile, and nothing is decided on a journal that lacks something.
"""

import asyncio
import sys

from activities.reconciling import ReconcileActivities, ReconcileJourneys
from domain.reconciled import Reconciled
from store import claim_windows, read_models
from store.pool import Pool, open_pool
from store.vault import Vault
from wiring.exit import leave
from wiring.keys import key
from wiring.settings import settings
from wiring.telemetry.logging import start_logging
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient


async def reconcile(pool: Pool, vault: Vault, engine: JourneyClient) -> Reconciled:
    """Look at every journey that Temporal still has, then arm the timers of all that are open."""
    known = await engine.histories.journeys() or {}
    found = await ReconcileActivities(pool, vault, engine).reconcile(ReconcileJourneys(journeys=known))
    async with pool.acquire() as conn:
        open_ids, windows = await read_models.open_journey_ids(conn), await claim_windows.unclosed(conn)
    await engine.rearm(open_ids)
    for window_id in windows:
        await engine.windows.start(window_id)
    return found


async def main() -> int:
    """Reconcile, and write what was found as JSON."""
    chosen = settings()
    start_logging(chosen.log_level)
    pool = await open_pool(chosen.database_url)
    try:
        client = await connect(chosen)
        engine = JourneyClient(client, offset=chosen.clock_offset, history_limit=chosen.history_limit)
        vault = Vault(key(chosen.secrets_dir, "vault.key"), key(chosen.secrets_dir, "subject.key"))
        found = await reconcile(pool, vault, engine)
    finally:
        await pool.close()
    sys.stdout.write(found.model_dump_json() + "\n")
    return 0


if __name__ == "__main__":
    leave(asyncio.run(main()))
