"""Staff: who can hold families, who is written to, and the lock under which a caseload is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from domain.commands import Caseload
from store.pool import Conn

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
    raise NotImplementedError


async def listing(conn: Conn, role: StaffRole | None = None) -> list[StaffMember]:
    """Return staff by name, with how many open families each holds."""
    raise NotImplementedError


async def lock_caseload(conn: Conn, key_worker: str, default_cap: int) -> Caseload:
    """Count a key worker's open families; until the caller's transaction ends nobody else can.

    Must be called inside the transaction that appends the allocation. An unknown or inactive key worker is not `known`.
    """
    raise NotImplementedError


async def email_of(conn: Conn, name: str) -> str | None:
    """Return where an active member of staff is written to, or None."""
    raise NotImplementedError


async def emails_of_role(conn: Conn, role: StaffRole) -> Sequence[str]:
    """Return the addresses of every active member of staff in a role, by name."""
    raise NotImplementedError
