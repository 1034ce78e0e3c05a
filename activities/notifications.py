"""Messages to people and partners: sent once each, by effect id, and only as consent and agreement allow right now."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Literal

import asyncpg
import structlog
from limits import RateLimitItem, parse
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.clock import business_now
from activities.delivery import templates
from activities.delivery.rate_limits import RateLimits
from activities.delivery.services import Delivery, DeliveryServices, partner_by
from activities.messages import EffectRun, RunEffect
from activities.waiting import queued
from domain.calendar import local_date
from domain.journey.commands import RecordNotification, RecordReminder
from domain.journey.consent import refusal
from domain.journey.disclosure import disclosed
from domain.journey.effects import Notify, Remind
from domain.journey.events import AnyEvent
from domain.journey.evolve import as_of_version, fold
from domain.journey.state import Journey
from store import effects, erasing, journal, partners, programmes, staff
from store.pool import Conn
from store.vault import Vault

UNCONFIRMED = "unconfirmed"

log = structlog.stdlib.get_logger("delivery")


class NotificationActivities:
    """Activities that send; `offset` is the business clock minus the server's."""

    def __init__(
        self, pool: asyncpg.Pool, vault: Vault, services: DeliveryServices, offset: timedelta, rate: str = "600/minute"
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._services = services
        self._now = partial(business_now, offset)
        self._rate: RateLimitItem = parse(rate)
        self._limits = RateLimits()

    @activity.defn
    async def send_reminder(self, run: RunEffect) -> EffectRun:
        """Send a reminder to whoever owes the work; one whose reason is gone by now is not sent."""
        effect = run.effect
        if not isinstance(effect, Remind):
            raise TypeError(f"send_reminder was given {effect.type}")

        async def judge(conn: Conn) -> list[Delivery] | str:
            return await self._reminding(conn, effect, fold(await _told(conn, run.journey_id)))

        reason = await self._once(effect.effect_id, judge)
        return EffectRun(
            command=RecordReminder(
                command_id=f"{effect.effect_id}:settled",
                at=self._now(),
                actor="worker:reminders",
                reminder_id=effect.reminder_id,
                effect_id=effect.effect_id,
                fault=_fault(reason),
                reason=reason,
            )
        )

    @activity.defn
    async def notify_partner(self, run: RunEffect) -> EffectRun:
        """Tell a partner, if an agreement and a lawful basis allow it at this moment."""
        effect = run.effect
        if not isinstance(effect, Notify):
            raise TypeError(f"notify_partner was given {effect.type}")

        async def judge(conn: Conn) -> list[Delivery] | str:
            return await self._telling(conn, effect, run.journey_id)

        reason = await self._once(effect.effect_id, judge)
        return EffectRun(
            command=RecordNotification(
                command_id=f"{effect.effect_id}:settled",
                at=self._now(),
                actor="worker:notifications",
                effect_id=effect.effect_id,
                partner=effect.partner,
                about=effect.about,
                fault=_fault(reason),
                reason=reason,
            )
        )

    async def _once(self, effect_id: str, judge: Callable[[Conn], Awaitable[list[Delivery] | str]]) -> str | None:
        """Judge, send and note; return why it was not sent, or None.

        No connection is held while a receiver is waited for. That an attempt began is noted before it: when a later
        one must not send any more, nobody can know whether the first did, and the journey says `unconfirmed`.
        """
        async with self._pool.acquire() as conn:
            progress = await effects.progress(conn, effect_id)
            if progress.sent:
                return None
            judged = await judge(conn)
            if isinstance(judged, str):
                return UNCONFIRMED if (await effects.progress(conn, effect_id)).attempted else judged
        await self._to_each(effect_id, judged, progress.reached)
        async with self._pool.acquire() as conn:
            await effects.settle(conn, effect_id, "sent")
        return None

    async def _to_each(self, effect_id: str, deliveries: list[Delivery], reached: frozenset[str]) -> None:
        """Send to all whom no earlier try reached, at once, so that nobody waits for one that is away.

        Raise what is to be tried again. A receiver that refuses for good ends it only when it reached nobody.
        """
        left = [delivery for delivery in deliveries if delivery.receiver.name not in reached]
        tries = (self._attempt(effect_id, delivery, several=len(deliveries) > 1) for delivery in left)
        faults = [fault for fault in await asyncio.gather(*tries, return_exceptions=True) if fault is not None]
        passing = [fault for fault in faults if not _is_final(fault)]
        if passing or len(faults) == len(deliveries):
            raise (passing or faults)[0]
        if faults:
            log.warning("not everybody was reached", key=effect_id, refused=len(faults), of=len(deliveries))

    async def _attempt(self, effect_id: str, delivery: Delivery, *, several: bool) -> None:
        to = delivery.receiver
        async with self._limits.turn(to.lane, to.rate, to.at_once):
            async with self._pool.acquire() as conn:
                attempted = await effects.begin(conn, effect_id, to.name)
            try:
                await delivery.send(again=attempted)
            except Exception as fault:
                if delivery.surely_failed(fault) and not attempted:
                    async with self._pool.acquire() as conn:
                        await effects.retract(conn, effect_id, to.name)
                raise
        if several:
            async with self._pool.acquire() as conn:
                await effects.reached(conn, effect_id, to.name)

    async def _reminding(self, conn: Conn, effect: Remind, journey: Journey) -> list[Delivery] | str:
        """Return how to send the reminder, or why it must not be."""
        reminder = journey.reminder(effect.reminder_id)
        if reminder is None or not reminder.wanted:
            return "reason-ended"
        owed = next((item for item in journey.owed if item.generation == reminder.generation), None)
        named = owed.who if owed else None
        people = await staff.reminded(conn, effect.to, journey.holder, journey.handover_to, named)
        waits = await queued(conn, journey, local_date(self._now())) if effect.work == "allocation" else None
        return self._services.to_people(effect.effect_id, people, templates.reminder(effect, journey, waits))

    async def _telling(self, conn: Conn, effect: Notify, journey_id: str) -> list[Delivery] | str:
        """Return how to tell the partner, or why it must not be told: asked anew at every try."""
        told = await _told(conn, journey_id)
        now = fold(told)
        if await erasing.erased_at(conn, now.reference):  # an earlier journey does not tell of it
            return "family-erased"
        programme = await programmes.get(conn, now.programme_hash)
        today = local_date(self._now())
        denied = refusal(now, effect, programme, today)
        if denied is not None:
            return denied
        partner = await partners.get(conn, effect.partner)
        if partner is None or partner.suspended:
            return "partner-unknown" if partner is None else "partner-suspended"
        agreement = programme.agreement(effect.partner, today)
        if agreement is None or agreement.channel is None:
            return "no-channel-agreed"
        rate = parse(f"{partner.rate_per_minute}/minute") if partner.rate_per_minute else self._rate
        secrets = await partners.secrets_of(conn, self._vault, partner.name)
        receiver = partner_by(agreement.channel, partner, secrets, rate)
        message = templates.notice(disclosed(effect, as_of_version(told, effect.version)))
        return self._services.to_partner(agreement.channel, effect.effect_id, receiver, message)


async def _told(conn: Conn, journey_id: str) -> list[AnyEvent]:
    return [recorded.event for recorded in await journal.timeline(conn, journey_id)]


def _fault(reason: str | None) -> Literal["failed", "refused"] | None:
    if reason is None:
        return None
    return "failed" if reason == UNCONFIRMED else "refused"


def _is_final(fault: BaseException) -> bool:
    return isinstance(fault, ApplicationError) and fault.non_retryable
