"""Two families merged, undone and split on real Temporal: each journey is kept by a workflow of its own."""

from datetime import date

from domain.family import Member
from domain.journey import commands
from domain.journey.evolve import fold
from domain.journey.state import Journey
from store import journal
from store.vault import Person
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World
from workflows.family_journey import FamilyJourney

MANAGER = {"actor": "manager:max", "reason": "referred-twice"}


async def _referred(world: World) -> str:
    reference = path.fresh()
    surname = f"Quince{reference}"
    people = [
        Person("m1", "adult", surname, "Ann", date(1983, 8, 9)),
        Person("m2", "child", surname, "Bo", date(2005, 8, 9)),
    ]
    async with world.pool.acquire() as conn:
        await world.vault.put_family(conn, reference, people)
    await world.engine.submit(path.journey_of(reference), path.refer(reference))
    return reference


async def _journey(world: World, reference: str) -> Journey:
    async with world.pool.acquire() as conn:
        return fold(one.event for one in await journal.timeline(conn, path.journey_of(reference)))


async def _is_open(world: World, reference: str) -> bool:
    handle = world.client.get_workflow_handle_for(FamilyJourney.run, path.journey_of(reference))
    return (await handle.query(FamilyJourney.progress)).stage == "referral"


async def test_a_merge_and_its_undoing_move_two_workflows(working: World) -> None:
    """The workflow of the merged family ends, and goes on once that is undone; a split starts a new one."""
    one, other = await _referred(working), await _referred(working)
    there, here = path.journey_of(other), path.journey_of(one)
    same = (commands.Same(member="m1", here="m1"),)
    merging = commands.MergeFamily(**path.common(**MANAGER), of=other, same=same)
    assert (await working.engine.submit(here, merging)).happened == ("family-taken-in",)
    assert (await working.engine.submit(here, merging)).happened == ("family-taken-in",)
    await working.engine.wake([there])
    assert (await working.client.get_workflow_handle(there).result())["stage"] == "closed"
    assert [member.id for member in (await _journey(working, one)).members] == ["m1", "m2", "m3"]
    assert (await _journey(working, other)).merged_into == one
    undoing = commands.UndoMerge(**path.common(**MANAGER), of=other)
    assert (await working.engine.submit(here, undoing)).happened == ("merge-undone",)
    await working.engine.wake([there])
    assert await eventually(lambda: _is_open(working, other))
    assert [member.id for member in (await _journey(working, one)).members] == ["m1", "m2"]
    new = path.fresh()
    splitting = commands.SplitFamily(**path.common(**MANAGER), into=new, members=("m2",))
    assert (await working.engine.submit(here, splitting)).happened == ("family-split",)
    await working.engine.wake([path.journey_of(new)])
    assert await eventually(lambda: _is_open(working, new))
    assert (await _journey(working, new)).members == (Member(id="m1", role="child", from_=path.today()),)
