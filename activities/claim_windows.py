"""What a claim window does: gather and judge claims, draw the audit sample, submit, and tell the managers."""

import secrets
from datetime import datetime, time, timedelta
from functools import partial

import asyncpg
from pydantic import BaseModel
from temporalio import activity

from activities.clawbacks import stands
from activities.clock import business_now
from activities.delivery.services import Delivery, DeliveryServices
from activities.delivery.templates import window_note
from domain.calendar import LONDON, local_date
from domain.claims.clawback import Reassessment
from domain.claims.windows import may_submit
from domain.errors import Rejected
from domain.journey.replies import Rejection
from store import claim_windows, claims, clawbacks, programmes, staff
from store.claim_windows import Window
from store.errors import Erased
from store.pool import Conn
from store.vault import Vault

DAY_BEGINS = time(9)  # the closing day's reminder comes with the working day


class Placed(BaseModel):
    """When a window opens, reminds for the last time and closes, on the server's clock."""

    opens_at: datetime
    last_day_at: datetime
    closes_at: datetime
    closed: bool = False


class InWindow(BaseModel):
    """A window, and what is told of it where something is."""

    window_id: str
    about: str = ""


class Gathered(BaseModel):
    """What a window holds: claims that hold, were set aside, are to be audited."""

    ready: int = 0
    set_aside: int = 0
    to_audit: int = 0


class SubmitClaims(BaseModel):
    """Submit everything that is ready, by whom (`role:name`)."""

    window_id: str
    command_id: str
    actor: str


class WindowReply(BaseModel):
    """What became of a submission: claims that were submitted, and those set aside with the reason."""

    window_id: str
    submitted: list[str] = []
    set_aside: dict[str, str] = {}
    rejection: Rejection | None = None


class WindowActivities:
    """Activities of claim windows; `offset` is the business clock minus the server's."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, services: DeliveryServices, offset: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._services = services
        self._offset = offset
        self._now = partial(business_now, offset)

    @activity.defn
    async def place_window(self, asked: InWindow) -> Placed:
        """Return when things fall due; the closing day is part of the window."""
        async with self._pool.acquire() as conn:
            window = await _window(conn, asked.window_id)
        after = datetime.combine(window.closes + timedelta(days=1), time.min, tzinfo=LONDON)
        return Placed(
            opens_at=datetime.combine(window.opens, time.min, tzinfo=LONDON) - self._offset,
            last_day_at=datetime.combine(window.closes, DAY_BEGINS, tzinfo=LONDON) - self._offset,
            closes_at=after - self._offset,
            closed=window.closed,
        )

    @activity.defn
    async def gather_claims(self, asked: InWindow) -> Gathered:
        """Judge every eligible claim on what is known by now, and draw the audit sample from those that hold."""
        async with self._pool.acquire() as conn:
            window = await _window(conn, asked.window_id)
            for claim_id in await claim_windows.candidates(conn, window.window_id):
                await self._judge(conn, window.window_id, claim_id)
            programme = await programmes.get(conn, window.programme_hash)
            if programme.audit is not None:
                percent, seed = programme.audit.percent, secrets.token_hex(16)
                await claim_windows.sample(conn, window.window_id, percent, seed, self._now())
            return await _gathered(conn, window.window_id)

    @activity.defn
    async def submit_claims(self, order: SubmitClaims) -> WindowReply:
        """Submit what is ready and still holds; refused until the whole sample was audited. Run twice, it goes on."""
        reply = WindowReply(window_id=order.window_id)
        async with self._pool.acquire() as conn:
            window = await _window(conn, order.window_id)
            held = await claim_windows.claims_of(conn, order.window_id)
            ready = [claim.claim_id for claim in held if claim.ready]
            try:
                may_submit(window.label, self._phase(window), ready, [one.claim_id for one in held if one.unaudited])
            except Rejected as fault:
                # A repeat after a crash finds nothing left: what it submitted before is its answer.
                before = await claim_windows.submitted(conn, order.window_id, order.command_id)
                if before:
                    return reply.model_copy(update={"submitted": before})
                rejection = Rejection(code=fault.code, reason=fault.reason, remedy=fault.remedy)
                return reply.model_copy(update={"rejection": rejection})
            for claim_id in ready:
                await self._submit(conn, order, claim_id, reply)
            reply.submitted = await claim_windows.submitted(conn, order.window_id, order.command_id)
        return reply

    @activity.defn
    async def tell_managers(self, asked: InWindow) -> Gathered:
        """Mail every manager once that the window opened, is on its last day, or closed; nobody where no mail goes."""
        async with self._pool.acquire() as conn:
            window = await _window(conn, asked.window_id)
            found = await _gathered(conn, asked.window_id)
            managers = await staff.in_role(conn, "manager")
            told = await claim_windows.was_told(conn, asked.window_id, asked.about)
        note = window_note(asked.about, window.label, window.programme, found.model_dump())
        mail = self._services.by_mail(
            f"{asked.window_id}:{asked.about}", [each.addresses["email"] for each in managers], note
        )
        if isinstance(mail, Delivery) and not told:
            await mail.send(again=False)
            async with self._pool.acquire() as conn:
                await claim_windows.tell(conn, asked.window_id, asked.about)
        return found

    @activity.defn
    async def close_window(self, asked: InWindow) -> Gathered:
        """Close the window; what was not submitted stays eligible for the next one."""
        async with self._pool.acquire() as conn:
            await claim_windows.close(conn, asked.window_id)
            return await _gathered(conn, asked.window_id)

    async def _judge(self, conn: Conn, window_id: str, claim_id: str) -> str | None:
        """Gather one claim; return why it was set aside, if it was. Its family waits its turn meanwhile."""
        async with conn.transaction():
            claim = await claims.get(conn, claim_id)
            if claim is None or claim.state != "eligible":
                return None
            await claims.lock(conn, claim.journey_id)
            reason = await self._why_not(conn, claim)
            await claim_windows.enter(conn, window_id, claim_id, reason)
        return reason

    async def _submit(self, conn: Conn, order: SubmitClaims, claim_id: str, reply: WindowReply) -> None:
        """Submit one claim if it holds this very moment; an evaluation or review of its family waits."""
        async with conn.transaction():
            reason = await self._judge(conn, order.window_id, claim_id)
            if reason is None:
                await claims.move(conn, claim_id, "submit", at=self._now(), actor=order.actor, reason=order.command_id)
            else:
                reply.set_aside[claim_id] = reason

    async def _why_not(self, conn: Conn, claim: claims.Claim) -> str | None:
        """Return why a claim does not hold; one that a manager upheld against this very cause does."""
        try:
            found = await stands(conn, self._vault, claim)
        except Erased:
            return "the family was erased and cannot be judged again"
        if found.twin is not None:  # whatever a manager said of it: a result is paid once
            return _why(found)
        upheld = [each.cause for each in await clawbacks.of_claim(conn, claim.claim_id) if each.state == "upheld"]
        if found.cause is None or found.cause in upheld:
            return None
        return _why(found)

    def _phase(self, window: Window) -> str:
        today = local_date(self._now())
        if window.closed or today > window.closes:
            return "closed"
        return "waiting" if today < window.opens else "open"


async def _window(conn: Conn, window_id: str) -> Window:
    window = await claim_windows.get(conn, window_id)
    if window is None:
        raise LookupError(f"no claim window {window_id}")
    return window


def _why(found: Reassessment) -> str:
    if found.twin is not None:
        return f"the result was claimed as {found.twin}, of a family that is one with this"
    change = found.changes[0]
    if change.limb not in found.given_up:
        return f"{change.limb} is {change.after.verdict.replace('_', ' ')}"
    if found.claim_anew:
        return f"it is the balance over {change.limb}, which was given up, and may be claimed in full"
    return f"it pays only beside {change.limb}, which was given up"


async def _gathered(conn: Conn, window_id: str) -> Gathered:
    held = await claim_windows.counted(conn, window_id)
    return Gathered(ready=held.ready, set_aside=held.set_aside, to_audit=held.to_audit)
