"""Referrals under way: a key reserves a reference, so that a retry goes on with the same family."""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from typing import Any

from store.pool import Conn
from store.queries import queries

_SQL = queries("intake")


@dataclass(frozen=True, slots=True)
class Intake:
    """A reserved referral. `key` is `staff:<idempotency key>` or `import:<file hash>:<digest of the family number>`.

    `members` maps the source's row key to a member id: codes only. `joins`: the referral is added to
    an open journey. `fresh` says that this call reserved it.
    """

    key: str
    fingerprint: str
    reference: str
    journey_id: str
    members: dict[str, str]
    created_at: datetime
    joins: bool = False
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


@dataclass(frozen=True, slots=True)
class Imported:
    """A family that a file opened a journey of; `spent`: it was erased or undone."""

    file_hash: str
    key: str
    reference: str
    journey_id: str
    spent: bool


async def reserve(conn: Conn, intake: Intake) -> Intake:
    """Reserve a referral under its key, or return the one reserved before; compare fingerprints."""
    ids = (intake.key, intake.fingerprint, intake.reference, intake.journey_id)
    if await conn.fetchval(_SQL["reserve"], *ids, intake.members, intake.created_at, intake.joins):
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


async def numbered(conn: Conn, digest: str) -> list[str]:
    """Return the references of families to which files gave the number of this digest."""
    return [row["reference"] for row in await conn.fetch(_SQL["numbered"], digest)]


async def of_import(conn: Conn, beginning: str) -> list[Imported]:
    """Return what was taken from the files whose hash begins so, in the order it was taken."""
    return [Imported(**dict(row)) for row in await conn.fetch(_SQL["of_import"], beginning)]


async def spend(conn: Conn, key: str) -> None:
    """Note that what was taken under a key was undone: the key is spent, and its journey was none."""
    await conn.execute(_SQL["spend"], key)


async def undone(conn: Conn, reference: str) -> set[str]:
    """Return the journeys of a family, which was not erased, whose import was undone."""
    return {row["journey_id"] for row in await conn.fetch(_SQL["undone"], reference)}


async def forget_import(conn: Conn, file_hash: str) -> None:
    """Forget that a file was imported."""
    await conn.execute(_SQL["forget_import"], file_hash)


async def save_headings(
    conn: Conn, referrer: str, headings: Mapping[str, str], said_by: str, said_at: datetime
) -> None:
    """Keep what headings mean in a partner's files; an empty `referrer`: in files of several."""
    await conn.execute(_SQL["save_headings"], referrer, dict(headings), said_by, said_at)


async def headings(conn: Conn) -> dict[str, dict[str, str]]:
    """Return what headings mean, by referrer; of several referrers last."""
    return {row["referrer"]: row["headings"] for row in await conn.fetch(_SQL["headings"])}
