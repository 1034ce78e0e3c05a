"""Real faults on a live system: the doctor finds each, and its remedy, pasted, mends it."""

import contextlib
import json
import shlex
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import gateway.operations.doctor
import relay.inbox
from activities.journal import JournalActivities
from activities.messages import CarryOut
from domain.journey import commands
from gateway.app import create_app
from gateway.http.security import Tokens
from gateway.services import Services, open_vault
from relay.inbox import sweeping
from relay.refusals import write_down
from stack.ports import free_ports
from stack.sinks import serving
from store import effects, inbox, staff
from tests.cli.conftest import Cli
from tests.doors import quiet
from tests.eventually import eventually
from tests.workflows import path
from tests.workflows.conftest import World, private
from tests.workflows.outsider import Outsider, content_of
from wiring.telemetry.metrics import FOREIGN_PAYLOADS
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient
from wiring.temporal.refusals import TALLY

pytestmark = pytest.mark.slow(12)


@dataclass
class Ward:
    """A live system with a gateway in front and the CLI at hand."""

    world: World
    services: Services
    cli: Cli

    async def family(self, steps: int = 3, worker: str = "kw-1") -> str:
        """Refer a family and take it some steps along its path; to its key worker unless told otherwise."""
        reference = path.fresh()
        for command in [path.refer(reference), *path.until_intervention(worker)[:steps]]:
            await self.world.engine.submit(path.journey_of(reference), command)
        return reference

    async def settled(self, reference: str) -> str:
        """Wait until every message of a family is settled, for whatever is appended later puts its row right."""

        async def quiet_now() -> bool:
            async with self.world.pool.acquire() as conn:
                return not await effects.pending(conn, path.journey_of(reference))

        await eventually(quiet_now, within=40)
        return reference

    async def found(self, code: str, *words: str) -> list[dict[str, Any]]:
        """Run the doctor and return its findings of one code; the exit code says whether there are any at all."""
        ran = await self.cli("doctor", "--json", *words)
        findings: list[dict[str, Any]] = json.loads(ran.out)["findings"]
        assert ran.code == (6 if findings else 0), ran
        assert all(set(one) == {"code", "reference", "what", "remedy"} for one in findings)
        return [one for one in findings if one["code"] == code]

    async def one(self, code: str, reference: str | None) -> dict[str, Any]:
        """Wait until the doctor finds this fault of this family."""

        async def look() -> dict[str, Any] | None:
            return next((one for one in await self.found(code) if one["reference"] == reference), None)

        return await eventually(look, within=40)

    async def gone(self, code: str, reference: str | None) -> None:
        """Wait until the doctor no longer finds it."""

        async def look() -> bool:
            return not [one for one in await self.found(code) if one["reference"] == reference]

        await eventually(look, within=40)

    async def paste(self, remedy: str) -> None:
        """Run a remedy as it is printed."""
        program, *words = shlex.split(remedy)
        assert program == "journeys"
        ran = await self.cli(*words)
        assert ran.code == 0, (remedy, ran)

    async def mended(self, code: str, reference: str | None) -> dict[str, Any]:
        """See a fault found, paste its remedy, and see it gone."""
        finding = await self.one(code, reference)
        await self.paste(finding["remedy"])
        await self.gone(code, reference)
        return finding


@contextlib.asynccontextmanager
async def admitted(world: World, folder: Path, engine: JourneyClient) -> AsyncIterator[Ward]:
    """Open a gateway on this world, whose inbox is swept only when that is asked for."""
    settings = world.settings
    services = Services(
        settings=settings, pool=world.pool, vault=open_vault(settings), tokens=Tokens(settings), engine=engine
    )
    app = create_app(settings)
    app.state.services = services
    quiet()
    shutil.copytree(settings.secrets_dir, folder / "secrets")
    async with serving(app) as port, sweeping(world.pool, engine, services.mail):
        (folder / "stack.json").write_text(json.dumps({"ports": {"gateway": port}}))
        yield Ward(world, services, Cli(folder, f"http://127.0.0.1:{port}"))


@pytest.fixture(scope="module")
async def clinic() -> AsyncIterator[World]:
    """A private stack with a worker, for this module alone: its faults would disturb others."""
    async with private("dev") as world, world.worker():
        yield world


@pytest.fixture
async def ward(clinic: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ward]:
    """The gateway of the clinic and the CLI."""
    monkeypatch.setattr(relay.inbox, "EVERY", 3600.0)
    async with admitted(clinic, tmp_path, clinic.engine) as opened:
        yield opened


async def _behind_the_workflow(world: World, reference: str, command: commands.AnyCommand) -> None:
    """Carry out a command as another writer would: the workflow knows nothing of it."""
    order = CarryOut(journey_id=path.journey_of(reference), now=datetime.now(UTC), commands=[command])
    await JournalActivities(world.pool, world.vault, timedelta(0)).carry_out(order)


async def test_a_sound_system_has_no_findings(ward: Ward) -> None:
    """Where nothing is wrong the doctor prints an empty list and exits 0."""
    await ward.family()

    async def sound() -> bool:
        return (await ward.cli("doctor", "--json")).out == '{\n  "findings": []\n}\n'

    await eventually(sound, within=40)


async def test_more_than_answers_in_time(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thorough look that not every workflow answered says so, and sends nobody for what was just done."""
    await ward.family(0)
    monkeypatch.setattr(gateway.operations.doctor, "SECONDS_THOROUGH", 0.0)
    told = (await ward.cli("doctor", "--thorough")).err
    assert ("another look checks others" in told, "--thorough" in told) == (True, False), told


async def test_a_terminated_workflow(ward: Ward) -> None:
    """A journey whose workflow was terminated has no timer; rearm starts it from the journal."""
    reference = await ward.family()
    await ward.world.client.get_workflow_handle(path.journey_of(reference)).terminate("a fault of the test")
    finding = await ward.mended("no-timer", reference)
    assert finding["remedy"] == f"journeys rearm {reference}"


async def test_fix_does_what_is_safe_and_looks_again(ward: Ward) -> None:
    """--fix arms what was terminated, says so, and finds it no more."""
    reference = await ward.family()
    await ward.world.client.get_workflow_handle(path.journey_of(reference)).terminate("a fault of the test")
    await ward.one("no-timer", reference)
    told = json.loads((await ward.cli("doctor", "--fix", "--json")).out)
    assert f"journeys rearm {reference}" in told["done"]
    assert [one for one in told["findings"] if one["reference"] == reference] == []
    assert "Findings" in (await ward.cli("doctor", "--fix")).out


async def test_a_workflow_behind_its_journal(ward: Ward) -> None:
    """A workflow that missed what another writer appended stands at an old version, until it looks again."""
    reference = await ward.settled(await ward.family())
    await _behind_the_workflow(ward.world, reference, commands.RecordContact(**path.common()))
    finding = await ward.mended("version-differs", reference)
    assert "its workflow is at version" in finding["what"]


async def test_a_search_that_finds_the_wrong_stage(ward: Ward) -> None:
    """A workflow found under attributes that the journal has left behind is put right by the same look."""
    reference = await ward.settled(await ward.family(2))
    await _behind_the_workflow(ward.world, reference, commands.AllocateKeyWorker(**path.common(), key_worker="kw-1"))
    finding = await ward.mended("search-attributes", reference)
    assert "JourneyKeyWorker none for kw-1" in finding["what"]


async def test_a_row_without_its_holder(ward: Ward) -> None:
    """A held family whose row names nobody is made anew from the journal."""
    reference = await ward.settled(await ward.family())
    async with ward.world.pool.acquire() as conn:
        await conn.execute("UPDATE journeys SET key_worker = NULL WHERE reference = $1", reference)
    await ward.mended("no-holder", reference)


async def test_a_lost_row(ward: Ward) -> None:
    """A journey that no list shows any more is made anew from the journal."""
    reference = await ward.settled(await ward.family())
    async with ward.world.pool.acquire() as conn:
        await conn.execute("DELETE FROM journeys WHERE reference = $1", reference)
    await ward.mended("not-listed", reference)


async def test_a_changed_event(ward: Ward) -> None:
    """An event that was changed is found, and the remedy shows the auditor which; undone, it is sound again."""
    reference = await ward.family()
    change = "UPDATE events SET actor = $2 WHERE journey_id = $1 AND version = 2"
    for actor, looks in (("manager:mallory", True), ("coordinator:test", False)):
        async with ward.world.pool.acquire() as conn, conn.transaction():
            await conn.execute("ALTER TABLE events DISABLE TRIGGER events_are_facts")
            await conn.execute(change, path.journey_of(reference), actor)
            await conn.execute("ALTER TABLE events ENABLE TRIGGER events_are_facts")
        if looks:
            finding = await ward.one("journal-unsound", reference)
            shown = await ward.cli(*shlex.split(finding["remedy"])[1:])
            assert (shown.code, "event 2" in shown.out) == (1, True)
    await ward.gone("journal-unsound", reference)


async def test_a_partner_that_fails_again_and_again(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that fails is stuck; once its receiver is back, retry sends it at once."""
    monkeypatch.setattr(gateway.operations.doctor, "ATTEMPTS", 3)
    ward.world.hooks.fail(1000, 503)
    reference = await ward.family()
    finding = await ward.one("activity-stuck", reference)
    assert finding["what"].startswith("notify_partner failed")
    ward.world.hooks.fail(0, 200)
    await ward.paste(finding["remedy"])
    await ward.gone("activity-stuck", reference)


async def test_an_inbox_that_nobody_sweeps(ward: Ward) -> None:
    """Partner events that wait are told of, and a sweep hands them over."""
    reference = await ward.family()
    long_ago = datetime.now(UTC) - timedelta(days=8)
    digest = b"d" * 32
    async with ward.world.pool.acquire() as conn:
        await conn.execute("INSERT INTO family_keys (reference, wrapped) VALUES ($1, 'x')", reference)
        await conn.execute(
            "INSERT INTO identifiers (digest, scheme, reference, member_id) VALUES ($1, 'upn', $2, 'm2')",
            digest,
            reference,
        )
        arrivals = [
            inbox.Arrival(
                "wirral-police", name, name.encode(), "upn", subject, "offence", long_ago, _offence(), long_ago
            )
            for name, subject in (("known", digest), ("unknown", b"u" * 32))
        ]
        receipts = await inbox.accept(conn, arrivals)
    assert [receipt.outcome for receipt in receipts] == ["accepted", "quarantined"]
    await ward.mended("inbox-waits", None)
    finding = await ward.one("quarantine-grows", None)
    assert "1 partner events are in quarantine, the oldest for 8 days" in finding["what"]
    async with ward.world.pool.acquire() as conn:
        await conn.execute("UPDATE inbox SET state = 'discarded' WHERE state = 'quarantined'")
    await ward.gone("quarantine-grows", None)


def _offence() -> dict[str, Any]:
    return {"on": "2012-05-20", "proven": True}


async def _worker(ward: Ward, name: str, cap: int) -> str:
    async with ward.world.pool.acquire() as conn:
        await staff.add(conn, staff.StaffMember(name, "key-worker", f"{name}@council.example", cap=cap))
    return name


async def test_a_caseload_over_its_cap(ward: Ward) -> None:
    """A key worker over a lowered cap offers the newest family to whoever has room; accepted, the caseload fits."""
    worker = await _worker(ward, "kw-over", 2)
    for _ in range(2):
        reference = await ward.family(worker=worker)
    await ward.cli.ok("staff", "cap", worker, "1")
    finding = await ward.one("over-cap", reference)
    await ward.paste(finding["remedy"])
    await ward.paste(finding["remedy"].replace("offer-handover", "accept-handover"))
    await ward.gone("over-cap", reference)


async def test_a_leaver_who_holds_families(ward: Ward) -> None:
    """A leaver's families are offered by the remedy, and are gone from the finding once they are accepted."""
    worker = await _worker(ward, "kw-leaver", 2)
    await ward.family(worker=worker)
    async with ward.world.pool.acquire() as conn:
        await staff.leave(conn, worker, path.today())
    finding = await ward.one("leaver-holds", None)
    await ward.paste(finding["remedy"])
    await ward.paste(f"{finding['remedy']} --accept-for")
    await ward.gone("leaver-holds", None)


async def test_temporal_away(clinic: World, tmp_path: Path, fresh_id: Callable[[], str]) -> None:
    """While Temporal is away the doctor says so, says what it could not look at, and exits as for any finding."""
    (port,) = free_ports(1)
    client = await connect(clinic.settings.model_copy(update={"temporal_address": f"127.0.0.1:{port}"}), lazy=True)
    async with admitted(clinic, tmp_path, JourneyClient(client)) as ward:
        ran = await ward.cli("doctor", "--json")
        [finding] = json.loads(ran.out)["findings"]
        assert (ran.code, finding["code"], finding["remedy"]) == (6, "temporal-away", "journeys up")
        assert "workflows, deadlines and the inbox were not checked" in ran.err


async def test_without_a_listing(tmp_path: Path) -> None:
    """On a server that lists no workflows journeys are asked one by one, and the doctor says so."""
    async with private("time-skipping") as world, admitted(world, tmp_path, world.engine) as ward:
        async with world.worker():
            reference = await ward.family(0)
        journey_id = path.journey_of(reference)
        await world.client.get_workflow_handle(journey_id).terminate("a fault of the test")
        [finding] = await ward.found("no-timer")
        assert finding["reference"] == reference
        assert "lists no workflows" in (await ward.cli("doctor")).err


async def test_messages_that_nobody_of_ours_sent(ward: Ward) -> None:
    """What somebody at Temporal's port tried is counted and found, until an administrator says that it was seen."""
    reference = await ward.settled(await ward.family())
    outsider = Outsider(ward.world.client)
    TALLY.take()  # of other tests of this process
    step = content_of(commands.CloseJourney(**path.common(), outcome="moved-away"), actor="manager:nobody-at-all")
    before = FOREIGN_PAYLOADS.labels("update", "plain")._value.get()
    assert (await outsider.update(path.journey_of(reference), "close", step))[0] != 0
    assert FOREIGN_PAYLOADS.labels("update", "plain")._value.get() == before + 1
    await write_down(ward.world.pool)  # at once: a gateway of another test in this process would write it elsewhere
    finding = await ward.mended("foreign-payloads", None)
    assert f"(update, plain), the last to {path.journey_of(reference)}" in finding["what"]
    [row] = [each for each in (await ward.cli.ok("refusals"))["refusals"] if each["part"] == "update"]
    assert (row["times"], row["seen"], row["why"]) == (1, 1, "plain")
    assert "Refused at Temporal's port" in (await ward.cli("refusals")).out
