"""Record histories for the replay gate: `python -m tests.workflows.record NAME`, once for each finished release.

It walks one family to its close, another into continue-as-new, a claim window to its first submission, and has the
families reconciled, on a throwaway stack, with the test codec key. `NAME reconciliation` writes that history alone.
"""

import asyncio
import contextlib
import shutil
import sys
from datetime import UTC, datetime, timedelta

import httpx
from temporalio.client import Client, WorkflowHistory

from activities.delivery.services import DeliveryServices
from domain.errors import Rejected
from domain.journey import commands
from domain.names import RECONCILIATION_WORKFLOW
from programmes import load
from stack.private_stack import running
from store import claim_windows, programmes, staff
from store.pool import Pool, open_pool
from store.vault import Vault
from tests.workflows import path
from tests.workflows.test_claim_window import claimed
from tests.workflows.test_replay import HISTORIES, WORKFLOWS, fingerprint
from wiring.exit import leave
from wiring.keys import key
from wiring.settings import Settings
from wiring.temporal.claim_windows import ClaimWindowClient
from wiring.temporal.client import connect
from wiring.temporal.journeys import JourneyClient
from worker import build


async def main(name: str, *only: str) -> None:
    """Write `<name>-whole-path.json`, `-continued`, `-claim-window`, `-reconciliation` and the fingerprints."""

    def write(label: str, history: WorkflowHistory) -> None:
        if not only or label in only:
            (HISTORIES / f"{name}-{label}.json").write_text(history.to_json(), encoding="utf-8")

    async with running(temporal="dev", migrated=True) as stack, httpx.AsyncClient() as http:
        shutil.copy(HISTORIES / "codec.key", stack.layout.secrets / "codec.key")
        settings = Settings(
            database_url=stack.database_url,
            temporal_address=stack.temporal_address,
            secrets_dir=stack.layout.secrets,
        )
        pool = await open_pool(settings.database_url)
        client = await connect(settings)
        async with pool.acquire() as conn:
            await programmes.keep(conn, load("wirral-2012"))
            await staff.add(conn, staff.StaffMember("kw-1", "key-worker", "kw-1@council.example"))
        vault = Vault(key(settings.secrets_dir, "vault.key"), key(settings.secrets_dir, "subject.key"))
        async with build(settings, pool, client, vault, DeliveryServices(settings, http)):
            for label, limit in (("whole-path", 0), ("continued", 30)):
                reference = path.fresh()
                await _walk(JourneyClient(client, history_limit=limit), reference)
                first = [run async for run in client.list_workflows(f"WorkflowId = '{path.journey_of(reference)}'")][-1]
                await client.get_workflow_handle(path.journey_of(reference)).result()
                write(label, await client.get_workflow_handle(first.id, run_id=first.run_id).fetch_history())
            write("claim-window", await _window(client, pool, vault))
            write("reconciliation", await _reconciled(client))
        await pool.close()
    for workflow in WORKFLOWS:
        (HISTORIES / f"{workflow}.fingerprint").write_text(fingerprint(workflow), encoding="utf-8")


async def _window(client: Client, pool: Pool, vault: Vault) -> WorkflowHistory:
    """Open a claim window with one claim, be refused, submit once it was audited; its close is days away."""
    window_id, claim_id = await claimed(pool, vault, path.today(), path.today() + timedelta(days=9))
    windows = ClaimWindowClient(client)
    await windows.start(window_id)
    await windows.gather(window_id, "g1")
    with contextlib.suppress(Rejected):
        await windows.submit(window_id, "s1", "manager:max")
    async with pool.acquire() as conn:
        given = {"at": datetime.now(UTC), "actor": "auditor:aud", "why": "evidence-seen"}
        await claim_windows.audit(conn, claim_id, "sound", **given)
    await windows.submit(window_id, "s2", "manager:max")
    return await client.get_workflow_handle(window_id).fetch_history()


async def _reconciled(client: Client) -> WorkflowHistory:
    """Have all journeys that the server knows looked at once."""
    engine = JourneyClient(client)
    await engine.reconcile(await engine.histories.journeys() or {})
    (run,) = [run async for run in client.list_workflows(f"WorkflowType = '{RECONCILIATION_WORKFLOW}'")]
    return await client.get_workflow_handle(run.id).fetch_history()


async def _walk(engine: JourneyClient, reference: str) -> None:
    steps: list[commands.AnyCommand] = [path.refer(reference), *path.until_intervention(), *path.to_the_end()]
    for step in steps:
        await engine.submit(path.journey_of(reference), step)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
    leave(0)
