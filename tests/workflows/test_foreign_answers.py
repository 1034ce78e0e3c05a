"""Whoever reaches Temporal's port answers for no worker: a message that he calls sent, or given up, is still sent."""

from datetime import date

import pytest
from temporalio.api.workflow.v1 import PendingActivityInfo

from domain.programme.agreements import Agreement, Notice
from programmes import content_hash, load
from stack.ports import LOOPBACK
from store import journal, partners, programmes
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World
from tests.workflows.outsider import Outsider
from tests.workflows.test_dead_partner import Silence, silence

__all__ = ["silence"]

PARTNER = "slow-test"
SOURCE = {"source": "the tests", "confidence": "verified"}


@pytest.fixture
async def under_way(working: World, silence: Silence) -> str:
    """A journey of which a message is on its way to a partner that never answers."""
    programme_hash = await introduce_partner(working, silence.port)
    reference = path.fresh()
    referral = path.refer(reference).model_copy(update={"referrer": PARTNER, "programme_hash": programme_hash})
    for step in [referral, *path.until_intervention()[:2]]:
        await working.engine.submit(path.journey_of(reference), step)
    await eventually(lambda: silence.open > 0)
    return path.journey_of(reference)


async def introduce_partner(world: World, port: int) -> str:
    """Keep a programme with one partner, which is told of the families it referred; return its hash."""
    agreed = {"purposes": ("family-support",), "categories": ("stage",), "lawful_basis": "public-task", **SOURCE}
    agreement = Agreement(partner=PARTNER, valid_from=date(2011, 4, 1), channel="webhook", **agreed)
    notice = Notice(
        event="family-identified", partners=("referrer",), purpose="family-support", categories=("stage",), **SOURCE
    )
    pack = load("wirral-2012").model_copy(update={"agreements": (agreement,), "notices": (notice,)})
    pack = pack.model_copy(update={"hash": content_hash(pack)})
    async with world.pool.acquire() as conn:
        await programmes.keep(conn, pack)
        if await partners.get(conn, PARTNER) is None:
            await partners.add(conn, world.vault, PARTNER)
    await address(world, port)
    return pack.hash


async def address(world: World, port: int) -> None:
    """Let the partner be told at this port."""
    async with world.pool.acquire() as conn:
        await partners.set_addresses(conn, PARTNER, {"webhook_url": f"http://{LOOPBACK}:{port}/{PARTNER}"})


async def _pending(world: World, journey_id: str) -> PendingActivityInfo:
    told = await world.client.get_workflow_handle(journey_id).describe()
    return next(each for each in told.raw_description.pending_activities if "notify" in each.activity_type.name)


async def _notified(world: World, journey_id: str) -> list[str]:
    async with world.pool.acquire() as conn:
        events = [one.event.type for one in await journal.timeline(conn, journey_id)]
    return [kind for kind in events if kind.startswith("notification-")]


@pytest.mark.parametrize("answer", ["complete", "fail"])
async def test_an_answer_that_no_worker_gave_settles_no_message(working: World, under_way: str, answer: str) -> None:
    """The message goes out once the partner answers, and the journal says so."""
    pending = await _pending(working, under_way)
    words = ("activity", answer, "--activity-id", pending.activity_id, "--workflow-id", under_way)
    code, told = await Outsider(working.client).cli(
        *words, *(("--result", "{}") if answer == "complete" else ("--reason", "given up"))
    )
    assert code == 0, told
    await address(working, working.hooks.port)
    assert await eventually(lambda: _notified(working, under_way), within=40) == ["notification-sent"]
    assert [one.recipient for one in working.hooks.received if one.key.startswith(under_way)] == [f"/{PARTNER}"]
