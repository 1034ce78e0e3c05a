"""Compares journals with what workers wrote down of them outside the database."""

import asyncio
from collections.abc import Sequence

from store import heads
from store.pool import Conn
from store.verify import Finding
from wiring.keys import key
from wiring.settings import Settings


async def kept_outside(conn: Conn, settings: Settings, ids: Sequence[str | None]) -> list[Finding]:
    """Return the journals of `ids` (None: all) that differ from what was kept, and the files that were changed."""
    if settings.heads_dir is None:
        return []
    kept = await asyncio.to_thread(heads.read, settings.heads_dir, key(settings.secrets_dir, "vault.key"))
    wanted = kept.heads if None in ids else {name: head for name, head in kept.heads.items() if name in ids}
    changed = [Finding("", 0, "kept-file-changed", f"{name} is not as a worker wrote it") for name in kept.broken]
    return [*await heads.differing(conn, wanted), *changed]
