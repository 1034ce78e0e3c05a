"""Writes down outside the database where each journal stands, every few seconds while a worker runs."""

import asyncio
import os
import socket
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import structlog

from store import heads
from store.heads import Head, Kept, Writer
from store.pool import Pool
from wiring.background import beside
from wiring.telemetry import metrics

EVERY = 15.0  # seconds; what was rewritten within them is not noticed
AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

log = structlog.stdlib.get_logger("heads")


def keeping_heads(pool: Pool, folder: Path | None, vault_key: bytes) -> AbstractAsyncContextManager[None]:
    """Write down in the background while the context is open; without a folder nothing is kept."""
    return nullcontext() if folder is None else beside(_keep_on(pool, folder, vault_key))


class Keeper:
    """What one process writes down: the ends of journals that nobody has written down yet."""

    def __init__(self, folder: Path, vault_key: bytes) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._kept: Kept = heads.read(folder, vault_key)
        began = datetime.now(UTC)
        name = f"{began:%Y%m%dT%H%M%S%f}-{socket.gethostname()}-{os.getpid()}{heads.SUFFIX}"
        self._writer = Writer(folder / name, vault_key)

    async def keep(self, pool: Pool) -> int:
        """Write down what changed; return of how many journals."""
        async with pool.acquire() as conn:
            found = await heads.current(conn)
        news: dict[str, Head] = {name: head for name, head in found.items() if self._is_news(name, head)}
        if news:
            await asyncio.to_thread(self._writer.write, news, datetime.now(UTC))
            self._kept.add(news)
        return len(news)

    def _is_news(self, name: str, head: Head) -> bool:
        """A head that is kept already, or is older than the one kept, is none: `verify` says so of the second."""
        return head[0] > self._kept.heads.get(name, (0, ""))[0]


async def _keep_on(pool: Pool, folder: Path, vault_key: bytes) -> None:
    keeper = await asyncio.to_thread(Keeper, folder, vault_key)
    while True:
        try:
            await keeper.keep(pool)
            metrics.HEADS_KEPT.set_to_current_time()
        except AWAY as fault:
            log.warning("the ends of journals are not written down", error=type(fault).__name__)
        await asyncio.sleep(EVERY)
