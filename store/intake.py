"""Referrals under way: a key reserves a reference, so that a retry goes on with the same family."""

from dataclasses import astuple, dataclass, replace
from datetime import datetime

from store.pool import Conn
from store.queries import queries

_SQL = queries("intake")


@dataclass(frozen=True, slots=True)
class Intake:
    """A reserved referral. `key` is `staff:<idempotency key>` or `import:<file hash>:<family number>`.

    `members` maps the source's row key to a member id: codes only. `fresh` says that this call reserved it.
    """

    key: str
    fingerprint: str
    reference: str
    journey_id: str
    members: dict[str, str]
    created_at: datetime
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Import:
    """A file that was read: how many families were taken, how many rows refused."""

    file_hash: str
    rows: int
    taken: int
    refused: int
    at: datetime


async def reserve(conn: Conn, intake: Intake) -> Intake:
    """Reserve a referral under its key, or return the one reserved before; compare fingerprints."""
    ids = (intake.key, intake.fingerprint, intake.reference, intake.journey_id)
    if await conn.fetchval(_SQL["reserve"], *ids, intake.members, intake.created_at):
        return replace(intake, fresh=True)
    return await find(conn, intake.key) or intake


async def find(conn: Conn, key: str) -> Intake | None:
    """Return what is reserved under a key (with `fresh` False), or None."""
    row = await conn.fetchrow(_SQL["find"], key)
    return None if row is None else Intake(**dict(row), fresh=False)


async def record_import(conn: Conn, done: Import) -> bool:
    """Record that a file was imported; False when it was before."""
    return bool(await conn.fetchval(_SQL["record_import"], *astuple(done)))


async def find_import(conn: Conn, file_hash: str) -> Import | None:
    """Return what a file's first import came to, or None."""
    row = await conn.fetchrow(_SQL["find_import"], file_hash)
    return None if row is None else Import(**dict(row))
