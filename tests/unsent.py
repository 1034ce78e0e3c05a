"""A message to a partner that did not go out: planned by a family's identification, and told to have failed."""

import uuid
from typing import Any

from domain.calendar import local_date
from domain.journey.commands import RecordNotification
from domain.journey.events import DeliveryFault
from store import effects
from store.effects import EffectRow
from tests.doors import Doors


async def planned(doors: Doors, *, consent: bool = False, **form: Any) -> tuple[str, EffectRow]:
    """Refer and identify a family, of which its referrer is to be told; return reference and message."""
    reference = await doors.referred(**form)
    if consent:
        today = local_date(doors.engine.clock).isoformat()
        body = {"basis": "consent", "purpose": "family-support", "on": today}
        assert (await doors.step(reference, "consent", **body)).status_code == 200
    assert (await doors.step(reference, "identify", criteria=["poverty", "addiction"])).status_code == 200
    async with doors.services.pool.acquire() as conn:
        [row] = await effects.of_journey(conn, f"journey:wirral:{reference}:1")
    return reference, row


async def unsent(
    doors: Doors, fault: DeliveryFault = "failed", reason: str = "gave-up", *, consent: bool = False, **form: Any
) -> tuple[str, str]:
    """Let that message come to this end; return reference and message id."""
    reference, row = await planned(doors, consent=consent, **form)
    outcome = RecordNotification(
        command_id=uuid.uuid4().hex,
        at=doors.engine.clock,
        actor="worker:notifications",
        effect_id=row.effect_id,
        partner=row.effect.partner,
        about=row.effect.about,
        fault=fault,
        reason=reason,
    )
    await doors.engine.submit(row.journey_id, outcome)
    return reference, row.effect_id
