"""Referrals under way: a key reserves a reference, so that a retry goes on with the same family."""

from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from typing import Any

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


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """What was answered when the referral under `key`, taken as `reference`, was like family `about`.

    `people` says who was like whom: `member` of the referral's family, `other` of the family it was about, and what
    agreed; codes only. `since` is the day of the referral.
    """

    key: str
    reference: str
    about: str
    answer: str
    why: str
    actor: str
    at: datetime
    since: date
    people: list[dict[str, Any]]


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


async def record_answer(conn: Conn, answer: IdentityAnswer) -> None:
    """Keep an answer; the same key about the same family again changes nothing."""
    await conn.execute(_SQL["record_answer"], *astuple(answer))


async def answers_of(conn: Conn, reference: str) -> list[IdentityAnswer]:
    """Return what was answered about a family, or when a referral was taken as it, oldest first."""
    return [IdentityAnswer(**dict(row)) for row in await conn.fetch(_SQL["answers_of"], reference)]


async def answers_under(conn: Conn, key: str) -> list[IdentityAnswer]:
    """Return what was answered under a referral's key, oldest first."""
    return [IdentityAnswer(**dict(row)) for row in await conn.fetch(_SQL["answers_under"], key)]


async def record_import(conn: Conn, done: Import) -> bool:
    """Record that a file was imported; False when it was before."""
    return bool(await conn.fetchval(_SQL["record_import"], *astuple(done)))


async def find_import(conn: Conn, file_hash: str) -> Import | None:
    """Return what a file's first import came to, or None."""
    row = await conn.fetchrow(_SQL["find_import"], file_hash)
    return None if row is None else Import(**dict(row))
