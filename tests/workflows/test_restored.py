"""Postgres back to a dump while Temporal's histories are newer: the journal is asked, and what it lacks is put back."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import relay.inbox
from domain.errors import Rejected
from domain.journey import commands
from domain.reconciled import Reconciled
from stack import postgres
from store import journal
from store.answers import answered
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World, private
from tests.workflows.test_doctor_live import Ward, admitted
from wiring.temporal.journeys import JourneyClient

pytestmark = pytest.mark.slow(11)


class Dump:
    """A dump of a world's database, and the way back to it."""

    def __init__(self, world: World, file: Path) -> None:
        self._world = world
        self._file = file
        self._programs = postgres.programs(world.stack.layout.postgres)
        self._run("pg_dump", "--format=custom", "--file", str(file))

    async def restore(self) -> None:
        """Put every table back as it was; connections stay."""
        async with self._world.pool.acquire() as conn:
            await conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self._run("pg_restore", "--no-owner", str(self._file))
        await self._world.pool.expire_connections()

    def _run(self, program: str, *words: str) -> None:
        how = ("--dbname", self._world.settings.database_url, *words)
        subprocess.run((self._programs / program, *how), check=True, capture_output=True)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world of this test's own, whose engine asks the journal as the gateway's does."""
    async with private("dev") as opened:
        engine = JourneyClient(opened.client, answered=lambda command_id: answered(opened.pool, command_id))
        opened.engine = engine
        async with opened.worker():
            yield opened


async def _happened(world: World, reference: str) -> list[tuple[str, str]]:
    async with world.pool.acquire() as conn:
        return [(each.event.type, each.command_id) for each in await journal.timeline(conn, path.journey_of(reference))]


async def _quiet(world: World, reference: str) -> None:
    """Wait until the messages of a journey are settled."""

    async def settled() -> bool:
        async with world.pool.acquire() as conn:
            return not (await journal.load(conn, path.journey_of(reference))).effects

    await eventually(settled, within=40)


async def test_a_repeat_of_a_lost_step_is_carried_out(world: World, tmp_path: Path) -> None:
    """A step answered after the dump is given again after the restore, and is carried out."""
    reference, steps = path.fresh(), path.until_intervention()
    for step in (path.refer(reference), *steps[:2]):
        await world.engine.submit(path.journey_of(reference), step)
    await _quiet(world, reference)
    dump = Dump(world, tmp_path / "dump")
    for step in steps[2:5]:
        await world.engine.submit(path.journey_of(reference), step)
    await _quiet(world, reference)
    await dump.restore()
    assert "key-worker-allocated" not in dict(await _happened(world, reference))
    for step in steps[2:5]:
        await world.engine.submit(path.journey_of(reference), step)
    given = {step.command_id for step in steps[2:5]}
    happened = [kind for kind, command_id in await _happened(world, reference) if command_id in given]
    assert happened == ["key-worker-allocated", "contact-recorded", "family-assessed"]


async def test_a_remembered_refusal_is_judged_anew(world: World, tmp_path: Path) -> None:
    """A refusal that rested on what the restore undid is no answer any more."""
    reference = path.fresh()
    await world.engine.submit(path.journey_of(reference), path.refer(reference))
    dump = Dump(world, tmp_path / "dump")
    await world.engine.submit(path.journey_of(reference), commands.CloseJourney(**path.common(), outcome="moved-away"))
    late = path.until_intervention()[1]
    with pytest.raises(Rejected):
        await world.engine.submit(path.journey_of(reference), late)
    await dump.restore()
    reply = await world.engine.submit(path.journey_of(reference), late)
    assert reply.happened == ("family-identified",)


async def _reconciled(world: World) -> Reconciled:
    known = await world.engine.histories.journeys()
    assert known is not None
    return Reconciled.model_validate(await world.engine.reconcile(known))


async def test_what_was_lost_is_put_back_as_it_was(world: World, tmp_path: Path) -> None:
    """Reconciled, the journal holds the same events as before the restore, and no message is sent again."""
    reference, steps = path.fresh(), path.until_intervention()
    journey_id = path.journey_of(reference)
    for step in (path.refer(reference), *steps[:1]):
        await world.engine.submit(journey_id, step)
    await _quiet(world, reference)
    dump = Dump(world, tmp_path / "dump")
    for step in steps[1:]:
        await world.engine.submit(journey_id, step)
    await world.engine.forward(journey_id, [_evidence()])
    await eventually(lambda: _recorded(world, reference))
    await _quiet(world, reference)
    before, sent = await _happened(world, reference), len(world.hooks.received)
    await dump.restore()
    found = await _reconciled(world)
    assert found.not_put_back == []
    assert [row.step for row in found.put_back if row.actor == "coordinator:test"] == [step.type for step in steps[1:]]
    await _quiet(world, reference)
    assert await _happened(world, reference) == before
    assert len(world.hooks.received) == sent
    again = await _reconciled(world)
    assert (again.put_back, again.not_put_back) == ([], [])


def _evidence() -> commands.RecordEvidence:
    told = {name: value for name, value in path.common(actor="partner:police").items() if name != "on"}
    evidence = {
        "id": "e1",
        "kind": "offence",
        "member": "m1",
        "source": "police",
        "observed_on": path.today(),
        "on": path.today(),
        "proven": True,
    }
    return commands.RecordEvidence.model_validate({**told, "command_id": "inbox:police:e1", "evidence": evidence})


async def _recorded(world: World, reference: str) -> bool:
    return "evidence-recorded" in dict(await _happened(world, reference))


async def test_the_doctor_names_what_is_ahead_and_an_orphan(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are found, with a remedy: the one is put back, and the other is named, for nothing holds its names."""
    monkeypatch.setattr(relay.inbox, "EVERY", 3600.0)
    (tmp_path / "cli").mkdir()
    async with admitted(world, tmp_path / "cli", world.engine) as ward:
        reference = await ward.settled(await ward.family(2))
        dump = Dump(world, tmp_path / "dump")
        await world.engine.submit(path.journey_of(reference), path.until_intervention()[2])
        await ward.settled(reference)
        orphan = await ward.settled(await ward.family(1))
        await dump.restore()
        ahead = await ward.one("ahead-of-journal", reference)
        lost = await ward.one("orphan", orphan)
        assert ahead["remedy"] == f"journeys reconcile {reference}"
        await _pasted(ward, ahead["remedy"], 0, "allocate")
        await _pasted(ward, lost["remedy"], 6, "the whole journey")
        await ward.gone("ahead-of-journal", reference)
        await ward.gone("orphan", orphan)
    shutil.rmtree(tmp_path / "cli")


async def _pasted(ward: Ward, remedy: str, code: int, word: str) -> None:
    ran = await ward.cli(*remedy.split()[1:])
    assert (ran.code, word in ran.out) == (code, True), ran
