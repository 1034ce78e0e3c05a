"""Taking over from a release that sealed for nobody in particular: what was under way goes on, and the door is shut."""

import base64
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from activities.delivery.services import DeliveryServices
from store import journal
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World
from tests.workflows.outsider import Outsider
from tests.workflows.test_dead_partner import Silence, alone, silence
from tests.workflows.test_foreign_answers import PARTNER, address, introduce_partner
from wiring.temporal import seals
from wiring.temporal.client import converter
from wiring.temporal.codec import EncryptionCodec
from wiring.temporal.journeys import JourneyClient
from worker import build

pytestmark = pytest.mark.slow(8)

__all__ = ["alone", "silence"]


class Earlier(EncryptionCodec):
    """Seals as earlier releases did."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt, for nobody in particular."""
        return [self.unbound(payload) for payload in payloads]

    async def decode(self, payloads: Iterable[Payload]) -> list[Payload]:
        """Open what was sealed so."""
        return [
            seals.inside(opened) if seals.is_unbound(opened) else opened for opened in await super().decode(payloads)
        ]


def _client(world: World, codec: type[EncryptionCodec], since: datetime) -> Client:
    """Return a client of this world with the same keys and another codec."""
    content = json.loads((world.settings.secrets_dir / "codec.key").read_text())
    keys = {name: base64.b64decode(key) for name, key in content["keys"].items()}
    config = world.client.config()
    config["data_converter"] = converter(codec(content["current"], keys, since))
    return Client(**config)


def _worker(world: World, client: Client) -> Any:
    return build(world.settings, world.pool, client, world.vault, DeliveryServices(world.settings, world.http))


async def test_an_upgrade_takes_over_what_is_under_way(alone: World, silence: Silence) -> None:
    """A message that an earlier release was sending is sent, the journey goes on, and what is old is taken no more."""
    programme_hash = await introduce_partner(alone, silence.port)
    earlier = _client(alone, Earlier, datetime.max.replace(tzinfo=UTC))
    reference = path.fresh()
    referral = path.refer(reference).model_copy(update={"referrer": PARTNER, "programme_hash": programme_hash})
    async with _worker(alone, earlier):
        for step in [referral, *path.until_intervention()[:2]]:
            await JourneyClient(earlier).submit(path.journey_of(reference), step)
        await eventually(lambda: silence.open > 0)
        old = (await Outsider(alone.client).updates_of(path.journey_of(reference)))["consent"]
    await address(alone, alone.hooks.port)
    newer = _client(alone, EncryptionCodec, datetime.now(UTC))
    async with _worker(alone, newer):
        assert await eventually(lambda: _notified(alone, path.journey_of(reference)), within=50)
        await JourneyClient(newer).submit(path.journey_of(reference), path.until_intervention()[2])
        copied = await Outsider(alone.client).update_with(path.journey_of(reference), "consent", old)
        assert copied.outcome.HasField("failure")


async def _notified(world: World, journey_id: str) -> bool:
    async with world.pool.acquire() as conn:
        events = [one.event.type for one in await journal.timeline(conn, journey_id)]
    return "notification-sent" in events
