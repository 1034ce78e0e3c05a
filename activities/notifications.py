"""Messages to people and partners: sent once each, by effect id, and only as consent and agreement allow right now."""

from datetime import UTC, datetime, timedelta

import asyncpg
from temporalio import activity

from activities.messages import EffectRun, RunEffect
from activities.post import Post
from domain.calendar import local_date
from domain.commands import RecordNotification, RecordReminder
from domain.consent import refusal
from domain.effects import Effect, Notify, Remind
from domain.evolve import fold
from domain.journey import Journey
from store import effects, journal, partners, programmes, staff
from store.vault import Vault


class NotificationActivities:
    """Activities that send; `offset` is the business clock minus the server's."""

    def __init__(self, pool: asyncpg.Pool, vault: Vault, post: Post, offset: timedelta) -> None:
        self._pool = pool
        self._vault = vault
        self._post = post
        self._offset = offset

    @activity.defn
    async def send_reminder(self, run: RunEffect) -> EffectRun:
        """Mail a reminder to whoever owes the work; one whose reason is gone by now is not sent."""
        effect = run.effect
        if not isinstance(effect, Remind):
            raise TypeError(f"send_reminder was given {effect.type}")
        journey = await self._journey(run.journey_id)
        reminder = journey.reminder(effect.reminder_id)
        sent = await self._state(effect)
        reason = None
        if sent is None and (reminder is None or not reminder.live):
            reason = "reason-ended"
        elif sent is None:
            reason = await self._mail(effect, journey)
        return EffectRun(
            command=RecordReminder(
                command_id=f"{effect.effect_id}:settled",
                at=self._now(),
                actor="worker:reminders",
                reminder_id=effect.reminder_id,
                effect_id=effect.effect_id,
                fault=None if reason is None else "refused",
                reason=reason,
            )
        )

    @activity.defn
    async def notify_partner(self, run: RunEffect) -> EffectRun:
        """Tell a partner, if an agreement and a lawful basis allow it at this moment."""
        effect = run.effect
        if not isinstance(effect, Notify):
            raise TypeError(f"notify_partner was given {effect.type}")
        reason = None
        if await self._state(effect) is None:
            reason = await self._tell(effect, run.journey_id)
        return EffectRun(
            command=RecordNotification(
                command_id=f"{effect.effect_id}:settled",
                at=self._now(),
                actor="worker:notifications",
                effect_id=effect.effect_id,
                partner=effect.partner,
                about=effect.about,
                fault=None if reason is None else "refused",
                reason=reason,
            )
        )

    def _now(self) -> datetime:
        """Return the business clock at this attempt, by the server's clock."""
        return activity.info().started_time.astimezone(UTC) + self._offset

    async def _journey(self, journey_id: str) -> Journey:
        async with self._pool.acquire() as conn:
            loaded = await journal.load(conn, journey_id)
        return fold(recorded.event for recorded in loaded.events)

    async def _state(self, effect: Effect) -> str | None:
        """Return "sent" when an earlier attempt sent it and could not say so."""
        async with self._pool.acquire() as conn:
            state = await effects.state_of(conn, effect.effect_id)
        return state if state == "sent" else None

    async def _mail(self, effect: Remind, journey: Journey) -> str | None:
        """Send the mail and note that at once; return why it was not sent, or None."""
        async with self._pool.acquire() as conn:
            if effect.to == "holder":
                address = await staff.email_of(conn, journey.holder or "")
                to = [address] if address else []
            else:
                to = list(await staff.emails_of_role(conn, effect.to))
            if not to:
                return "no-address"
            if not self._post.has_mail:
                return "no-mail-server"
            await self._post.mail(effect, journey, to)
            await effects.settle(conn, effect.effect_id, "sent", ",".join(to))
        return None

    async def _tell(self, effect: Notify, journey_id: str) -> str | None:
        """Judge, send and note; return why it was not sent, or None."""
        journey = await self._journey(journey_id)
        async with self._pool.acquire() as conn:
            programme = await programmes.get(conn, journey.programme_hash)
            denied = refusal(journey, effect, programme, local_date(self._now()))
            if denied is not None:
                return denied
            partner = await partners.get(conn, effect.partner)
            secrets = await partners.secrets_of(conn, self._vault, effect.partner)
            if partner is None or partner.webhook_url is None or not secrets:
                return "no-webhook"
            await self._post.webhook(effect, journey, partner.webhook_url, secrets[0])
            await effects.settle(conn, effect.effect_id, "sent", effect.partner)
        return None
