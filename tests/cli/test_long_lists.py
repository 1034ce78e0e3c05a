"""Lists of thousands: the gateway gives pages, and the CLI follows them to the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from programmes import load
from store import claim_windows
from store.pool import Conn
from tests.cli.conftest import Cli
from tests.domain.claim_story import AS_OF, AT_WORK, BORN
from tests.doors import Doors
from tests.ledger import Ledger
from wiring.references import new_reference

pytestmark = pytest.mark.slow(8)

MANY = 1_200  # more than two of the largest pages
PACK = load("wirral-2012")
COLUMNS = """SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
 WHERE table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO'"""


@asynccontextmanager
async def copies(conn: Conn, table: str, key: str, original: str, changes: str) -> AsyncIterator[None]:
    """Many rows like one, with `changes` (SQL: a JSON object, by the number n) laid over each; gone at the end."""
    names = await conn.fetchval(COLUMNS, table)
    each = f"(jsonb_populate_record(NULL::{table}, to_jsonb(base) || {changes})).*"
    made = f"SELECT {each} FROM {table} AS base, generate_series(1, {MANY}) AS n WHERE {key} = $1"
    await conn.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({made}) AS row", original)
    try:
        yield
    finally:
        await conn.execute(f"DELETE FROM {table} WHERE {key} LIKE 'copy-%'")


async def test_a_queue_of_thousands(cli: Cli, doors: Doors):
    """Everybody who waits is listed once, in the order of the queue, whichever page they stand on."""
    ref = await doors.referred(referred_on="2010-01-05")
    await doors.step(ref, "identify", criteria=["poverty", "addiction"])
    changes = "jsonb_build_object('journey_id', 'copy-' || n, 'reference', 'F-' || n, 'locality', 'L' || n % 7)"
    async with doors.services.pool.acquire() as conn:
        journey_id = await conn.fetchval("SELECT journey_id FROM journeys WHERE reference = $1", ref)
        async with copies(conn, "journeys", "journey_id", journey_id, changes):
            rows = (await cli.ok("queue", "--area", "wirral"))["waiting"]
            shown = (await cli("queue", "--area", "wirral")).out
            async with doors.client() as client:
                first = await client.get("/v1/queue")
    names = [row["reference"] for row in rows]
    assert len(set(names)) == len(names) >= MANY + 1
    assert [row["place"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(f" {name} " in shown for name in ("F-1", f"F-{MANY}"))
    assert (len(first.json()["waiting"]), "next" in first.links) == (100, True)


@pytest.fixture
async def claim_id(doors: Doors) -> str:
    """A claim of a family of this test."""
    ledger, reference = Ledger(doors.services.pool, doors.services.vault), new_reference()
    own = {"reference": reference, "journey_id": f"journey:{PACK.area}:{reference}:1", "programme_hash": PACK.hash}
    journey = await ledger.open(PACK, [AT_WORK[0].model_copy(update=own), *AT_WORK[1:]], BORN)
    await ledger.evaluate(journey, AS_OF)
    [claim] = await ledger.claims(reference)
    return claim.claim_id


async def test_a_window_and_a_ledger_of_thousands(cli: Cli, doors: Doors, claim_id: str):
    """The list of windows carries counts and no claims; those of a window, and the ledger, are read to their end."""
    window = next(each for each in PACK.windows if each.label == "2013-10")
    changes = "jsonb_build_object('claim_id', 'copy-' || n, 'reference', 'F-' || n)"
    async with doors.services.pool.acquire() as conn:
        kept = await claim_windows.keep(conn, PACK, window)
        async with copies(conn, "claims", "claim_id", claim_id, changes):
            entered = (
                "INSERT INTO window_claims (window_id, claim_id, set_aside) SELECT $1, claim_id, 'late' FROM claims"
            )
            await conn.execute(f"{entered} WHERE claim_id LIKE 'copy-%'", kept.window_id)
            try:
                listed = [row for row in await cli.ok("claims", "windows") if row["label"] == window.label]
                [shown] = await cli.ok("claims", "windows", "--show", window.label)
                ledger = await cli.ok("claims", "list")
            finally:
                await conn.execute("DELETE FROM window_claims WHERE window_id = $1", kept.window_id)
    assert [(row["set_aside"], row["ready"], "claims" in row) for row in listed] == [(MANY, 0, False)]
    assert {row["claim_id"] for row in shown["claims"]} == {f"copy-{n}" for n in range(1, MANY + 1)}
    names = [row["claim_id"] for row in ledger]
    assert len(set(names)) == len(names) >= MANY + 1


async def test_workers_and_partners_to_the_end(cli: Cli, doors: Doors):
    """Staff and partners are told to the last, however many there are."""
    named = "jsonb_build_object('name', 'copy-' || n)"
    worker = await doors.worker()
    await doors.partner("long-list")
    async with (
        doors.services.pool.acquire() as conn,
        copies(conn, "staff", "name", worker, named),
        copies(conn, "partners", "name", "long-list", named),
    ):
        workers = {row["name"] for row in await cli.ok("staff", "list")}
        partners = {row["name"] for row in (await cli.ok("partners", "list"))["partners"]}
    everyone = {f"copy-{n}" for n in range(1, MANY + 1)}
    assert everyone <= workers & partners


async def test_more_than_a_page_is_given_where_more_is_asked(cli: Cli, doors: Doors):
    """What is owed is listed up to the limit, also beyond one page of the gateway, and the rest is told of."""
    ref = await doors.referred()
    changes = "jsonb_build_object('journey_id', 'copy-' || n, 'reference', 'F-' || n)"
    async with doors.services.pool.acquire() as conn:
        journey_id = await conn.fetchval("SELECT journey_id FROM journeys WHERE reference = $1", ref)
        async with copies(conn, "journeys", "journey_id", journey_id, changes):
            assert len(await cli.ok("due", "--limit", "700")) == 700
            ran = await cli("due", "--limit", "700")
    assert "at most 700 are shown" in ran.err
