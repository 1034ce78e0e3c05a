"""Staff: who can hold families, who is written to, and the lock under which a caseload is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.channels import ChannelName
from domain.journey.facts import Caseload
from domain.leave import Receiver
from domain.programme.clocks import Holder
from store.pool import Conn
from store.queries import queries

_SQL = queries("staff")

StaffRole = Literal["key-worker", "coordinator", "manager"]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff. `cap` None: the programme's cap; no `team` or `area`: of all of them; `channel` of reminders.

    Read only: `leaving_from`, the first day of leave; `held` open families, those of them `by_waiver`, those `offered`.
    """

    name: str
    role: StaffRole
    email: str
    cap: int | None = None
    active: bool = True
    team: str | None = None
    area: str | None = None
    channel: ChannelName = "email"
    leaving_from: date | None = None
    held: int = 0
    by_waiver: int = 0
    offered: int = 0


@dataclass(frozen=True, slots=True)
class Colleague:
    """Whom a reminder goes to: the channel they chose, and their addresses by the names in `domain/channels.py`."""

    name: str
    channel: ChannelName
    addresses: Mapping[str, str]


async def add(conn: Conn, member: StaffMember, addresses: Mapping[str, str] | None = None) -> bool:
    """Add a member of staff, or bring a known one up to date; True when the name was new.

    `addresses` are those besides the e-mail address. They are read only to send by: no list shows them.
    """
    row = (member.name, member.role, member.email, member.cap, member.active, member.team, member.area)
    return bool(await conn.fetchval(_SQL["add"], *row, member.channel, addresses or {}))


async def set_cap(conn: Conn, name: str, cap: int) -> bool:
    """Set how many open families a member of staff may hold; False when unknown."""
    return bool(await conn.fetchval(_SQL["set_cap"], name, cap))


async def listing(
    conn: Conn, role: StaffRole | None = None, limit: int | None = None, after: str = ""
) -> list[StaffMember]:
    """Return staff by name, with how many open families each holds; those after the name `after`."""
    return [StaffMember(**dict(row)) for row in await conn.fetch(_SQL["listing"], role, limit, after)]


async def get(conn: Conn, name: str) -> StaffMember | None:
    """Return a member of staff by name, without what is counted."""
    row = await conn.fetchrow(_SQL["get"], name)
    return None if row is None else StaffMember(**dict(row))


async def known(conn: Conn, name: str) -> tuple[StaffMember, set[str]] | None:
    """Return a member of staff and the names of their addresses besides e-mail, held until the transaction ends."""
    row = await conn.fetchrow(_SQL["known"], name)
    if row is None:
        return None
    fields = dict(row)
    reached_by = set(fields.pop("reached_by"))
    return StaffMember(**fields), reached_by


async def receivers(conn: Conn, names: Sequence[str], today: date) -> list[Receiver]:
    """Return who of these key workers takes families today, in the order named."""
    rows = {row["name"]: Receiver(**dict(row)) for row in await conn.fetch(_SQL["receivers"], list(names), today)}
    return [rows[name] for name in dict.fromkeys(names) if name in rows]


async def leave(conn: Conn, name: str, day: date | None) -> bool:
    """Note that a key worker takes no new families from `day` on, or (None) takes them again; False when unknown."""
    return bool(await conn.fetchval(_SQL["leave"], name, day))


async def lock_caseload(conn: Conn, key_worker: str, default_cap: int, today: date) -> Caseload:
    """Count a key worker's open families; until the caller's transaction ends nobody else can.

    Must be called inside the transaction that appends the allocation; `RuntimeError` outside one. An unknown or
    inactive key worker is not `known`.
    """
    _in_transaction(conn)
    member = await conn.fetchrow(_SQL["lock"], key_worker, today)
    # The count is a statement of its own: one that waited for the lock would count in the snapshot from before it.
    held = (await _held(conn, [key_worker])).get(key_worker, 0)
    if member is None:
        return Caseload(known=False, held=held, cap=default_cap, worker=key_worker)
    cap = default_cap if member["cap"] is None else member["cap"]
    side = {"team": member["team"], "area": member["area"], "leaving": member["leaving"]}
    return Caseload(known=True, held=held, cap=cap, worker=key_worker, **side)


async def lock_most_room(conn: Conn, area: str, default_cap: int, today: date) -> Caseload:
    """Count every key worker who can take families in `area`, and return the one with the most room, under lock.

    As `lock_caseload`; of two with the same room the one who holds fewer, then by name. Not `known`: there is none.
    """
    _in_transaction(conn)
    caps = {row["name"]: row["cap"] for row in await conn.fetch(_SQL["lock_any"], area, today)}
    held = await _held(conn, list(caps))
    counted = [
        Caseload(known=True, held=held.get(name, 0), cap=default_cap if cap is None else cap, worker=name)
        for name, cap in caps.items()
    ]
    counted.sort(key=lambda each: (each.held - each.cap, each.held, each.worker))
    return counted[0] if counted else Caseload(known=False, held=0, cap=default_cap)


def _in_transaction(conn: Conn) -> None:
    if not conn.is_in_transaction():
        raise RuntimeError("a caseload is counted under a lock, which holds only inside a transaction")


async def _held(conn: Conn, names: list[str]) -> dict[str, int]:
    return {row["key_worker"]: row["held"] for row in await conn.fetch(_SQL["held"], names)}


async def reminded(
    conn: Conn, to: Holder, holder: str | None, offered_to: str | None, named: str | None = None
) -> list[Colleague]:
    """Return whom a reminder of a family goes to, given who holds it, whom it is offered to, and who is named in it."""
    match to:
        case "named":
            return await _colleagues(conn, "colleague", named or "")
        case "holder" | "offered":
            return await _colleagues(conn, "colleague", (holder if to == "holder" else offered_to) or "")
        case "giving-manager" | "receiving-manager":
            return await _colleagues(conn, "managers_of", holder if to == "giving-manager" else offered_to)
        case _:
            return await in_role(conn, to)


async def in_role(conn: Conn, role: StaffRole) -> list[Colleague]:
    """Return every active member of staff in a role, by name."""
    return await _colleagues(conn, "in_role", role)


async def _colleagues(conn: Conn, query: str, of: str | None) -> list[Colleague]:
    return [Colleague(**dict(row)) for row in await conn.fetch(_SQL[query], of)]
