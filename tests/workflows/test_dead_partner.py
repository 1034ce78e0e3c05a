"""A partner that takes calls and never answers holds up no other partner and no other family."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date

import pytest

from activities.delivery.rate_limits import AT_ONCE
from domain.programme.agreements import Agreement, Notice
from programmes import content_hash, load
from stack.ports import LOOPBACK
from store import journal, partners, programmes
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World, private

NAMES = tuple(f"dead-test-{number}" for number in range(10))
DEAD, *ALIVE = NAMES
TO_THE_DEAD = 12
SLOTS = 8  # of the worker: fewer than the messages to the dead partner
SOURCE = {"source": "the tests", "confidence": "verified"}


@dataclass
class Silence:
    """A server that takes calls and never answers."""

    port: int = 0
    open: int = 0
    most: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Listen until the caller gives up."""
        self.open += 1
        self.most = max(self.most, self.open)
        while await reader.read(65536):
            pass
        self.open -= 1
        writer.close()


@pytest.fixture(scope="module")
async def alone() -> AsyncIterator[World]:
    """A stack where no worker runs but the test's own: lanes and rates are each worker's."""
    async with private("dev") as opened:
        yield opened


@pytest.fixture
async def silence() -> AsyncIterator[Silence]:
    """The dead partner's system."""
    silent = Silence()
    server = await asyncio.start_server(silent.serve, LOOPBACK, 0)
    silent.port = server.sockets[0].getsockname()[1]
    yield silent
    server.close()


async def _introduce(world: World, silence: Silence) -> str:
    """Keep a programme with ten partners, each told of the families it referred; return its hash."""
    agreed = {
        "purposes": ("family-support",),
        "categories": ("stage",),
        "lawful_basis": "public-task",
        "channel": "webhook",
        **SOURCE,
    }
    notice = Notice(
        event="family-identified", partners=("referrer",), purpose="family-support", categories=("stage",), **SOURCE
    )
    agreements = tuple(Agreement(partner=name, valid_from=date(2011, 4, 1), **agreed) for name in NAMES)
    pack = load("wirral-2012").model_copy(update={"agreements": agreements, "notices": (notice,)})
    pack = pack.model_copy(update={"hash": content_hash(pack)})
    async with world.pool.acquire() as conn:
        await programmes.keep(conn, pack)
        for name in NAMES:
            port = silence.port if name == DEAD else world.hooks.port
            if await partners.get(conn, name) is None:
                await partners.add(conn, world.vault, name)
            await partners.set_addresses(conn, name, {"webhook_url": f"http://{LOOPBACK}:{port}/{name}"})
    return pack.hash


async def _identified(world: World, referrer: str, programme_hash: str) -> str:
    """Bring a family so far that its referrer is to be told; return its journey."""
    reference = path.fresh()
    referral = path.refer(reference).model_copy(update={"referrer": referrer, "programme_hash": programme_hash})
    for step in [referral, *path.until_intervention()[:2]]:
        await world.engine.submit(path.journey_of(reference), step)
    return path.journey_of(reference)


async def _told(world: World, journey_id: str) -> list[str]:
    async with world.pool.acquire() as conn:
        events = [one.event.type for one in await journal.timeline(conn, journey_id)]
    return [kind for kind in events if kind.startswith("notification-")]


@pytest.mark.slow(10)
async def test_a_dead_partner_holds_up_nobody(alone: World, silence: Silence) -> None:
    """With more messages to the dead one than the worker has slots, it gets four, and the other nine are told."""
    programme_hash = await _introduce(alone, silence)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(alone.worker(worker_activities=SLOTS))
        stuck = [await _identified(alone, DEAD, programme_hash) for _ in range(TO_THE_DEAD)]
        await eventually(lambda: silence.most == AT_ONCE)
        others = [await _identified(alone, name, programme_hash) for name in ALIVE]
        for journey_id in others:
            assert await eventually(lambda journey_id=journey_id: _told(alone, journey_id)) == ["notification-sent"]
        assert silence.most == AT_ONCE
        assert [await _told(alone, journey_id) for journey_id in stuck] == [[]] * TO_THE_DEAD


async def test_a_full_bucket_delays_and_drops_nothing(alone: World, silence: Silence) -> None:
    """With two messages a second allowed, six families' messages to one partner all arrive, once each."""
    programme_hash = await _introduce(alone, silence)
    async with alone.worker(partner_rate="2/second"):
        journeys = [await _identified(alone, ALIVE[0], programme_hash) for _ in range(6)]
        for journey_id in journeys:
            assert await eventually(lambda journey_id=journey_id: _told(alone, journey_id)) == ["notification-sent"]
    arrived = [one.key.rsplit(":", 2)[0] for one in alone.hooks.received]
    assert [arrived.count(journey_id) for journey_id in journeys] == [1] * 6
