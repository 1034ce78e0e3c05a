"""Staff: who can hold families, who is written to, and the lock under which a caseload is counted."""

from dataclasses import dataclass
from typing import Literal

from domain.commands import Caseload
from store.pool import Conn
from store.queries import queries

_SQL = queries("staff")

StaffRole = Literal["key-worker", "coordinator", "manager"]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff. `cap` None: the programme's cap. `held` counts open families, and is read only."""

    name: str
    role: StaffRole
    email: str
    cap: int | None = None
    active: bool = True
    held: int = 0


async def add(conn: Conn, member: StaffMember) -> bool:
    """Add a member of staff, or bring a known one up to date; True when the name was new."""
    row = (member.name, member.role, member.email, member.cap, member.active)
    return bool(await conn.fetchval(_SQL["add"], *row))


async def listing(conn: Conn, role: StaffRole | None = None) -> list[StaffMember]:
    """Return staff by name, with how many open families each holds."""
    return [StaffMember(**dict(row)) for row in await conn.fetch(_SQL["listing"], role)]


async def lock_caseload(conn: Conn, key_worker: str, default_cap: int) -> Caseload:
    """Count a key worker's open families; until the caller's transaction ends nobody else can.

    Must be called inside the transaction that appends the allocation; `RuntimeError` outside one. An unknown or
    inactive key worker is not `known`.
    """
    if not conn.is_in_transaction():
        raise RuntimeError("lock_caseload holds its lock only inside a transaction")
    member = await conn.fetchrow(_SQL["lock"], key_worker)
    # The count is a statement of its own: one that waited for the lock would count in the snapshot from before it.
    held = await conn.fetchval(_SQL["held"], key_worker)
    if member is None:
        return Caseload(known=False, held=held, cap=default_cap)
    return Caseload(known=True, held=held, cap=default_cap if member["cap"] is None else member["cap"])


async def email_of(conn: Conn, name: str) -> str | None:
    """Return where an active member of staff is written to, or None."""
    email: str | None = await conn.fetchval(_SQL["email_of"], name)
    return email


async def emails_of_role(conn: Conn, role: StaffRole) -> list[str]:
    """Return the addresses of every active member of staff in a role, by name."""
    return [row["email"] for row in await conn.fetch(_SQL["emails_of_role"], role)]
