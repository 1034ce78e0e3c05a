"""Families from before people were looked up by likeness, made known by it: once, beside everything else."""

import asyncio

import structlog

from store.pool import Pool
from store.vault import Vault

BATCH = 200  # families; each is opened, so a batch holds a connection for a moment only
AGAIN = 30.0  # seconds

log = structlog.stdlib.get_logger()


async def index_all(pool: Pool, vault: Vault) -> None:
    """Go through the families that are not looked up yet, until none is left; begun again it goes on."""
    done = 0
    while count := await _index(pool, vault):
        done += max(count, 0)
        if count < 0:
            await asyncio.sleep(AGAIN)
    if done:
        log.info("families can be looked up by likeness", families=done)


async def _index(pool: Pool, vault: Vault) -> int:
    """Return how many families a batch went through; -1 when the database is away."""
    try:
        async with pool.acquire() as conn:
            return await vault.index_likenesses(conn, BATCH)
    except Exception as fault:  # noqa: BLE001 - the gateway must outlive whatever is away
        log.warning("the likenesses wait", error=type(fault).__name__)
        return -1
