"""`journeys erase` against a real gateway and database: shown, done, and said again."""

import json
from typing import get_args

import pytest

from cli.journeys.erasure import WHY
from domain.journey.events import ErasureReason
from tests.cli.conftest import Cli
from tests.cli.test_claims_ledger import ledger
from tests.doors import Doors

__all__ = ["ledger"]


@pytest.fixture
async def closed(doors: Doors) -> str:
    """A family whose journey is closed."""
    reference = await doors.referred()
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    return reference


async def test_shown_then_done_then_said_again(cli: Cli, closed: str):
    """A dry run counts and destroys nothing; the erasure says the same; again it says when and why, with success."""
    tried = await cli("erase", closed, "--why", "request", "--dry-run")
    done = await cli("erase", closed, "--why", "request")
    again = await cli("erase", closed, "--why", "court-order")
    assert (tried.code, done.code, again.code) == (0, 0, 0)
    assert tried.out.startswith(f"{closed} would be erased (request)\n  destroyed: 2 people,")
    assert done.out.startswith(f"{closed} erased on 2012-06-01 (request)\n  destroyed: 2 people,")
    assert again.out == f"{closed} was erased on 2012-06-01 (request): nothing to do\n"


async def test_what_a_backup_brought_back_is_said(cli: Cli, doors: Doors, closed: str):
    """Where names can be read again, it says what is or would be destroyed again, and not that nothing is left."""
    pool = doors.services.pool
    key = await pool.fetchval("SELECT wrapped FROM family_keys WHERE reference = $1", closed)
    await cli("erase", closed, "--why", "request")
    await pool.execute("UPDATE family_keys SET wrapped = $2, erased_at = NULL WHERE reference = $1", closed, key)
    await pool.execute("INSERT INTO people VALUES ($1, 'm1', 'sealed')", closed)
    tried = (await cli("erase", closed, "--why", "request", "--dry-run")).out
    done = (await cli("erase", closed, "--why", "request")).out
    counts = "1 people, 0 addresses, 0 identifiers, 0 texts, and the key to them"
    was = f"{closed} was erased on 2012-06-01 (request), and a restored backup had brought some of it back\n"
    assert tried.startswith(f"{was}  would be destroyed again: {counts}\n")
    assert done.startswith(f"{was}  destroyed again: {counts}\n")
    assert (await cli("erase", closed, "--why", "request")).out.endswith("nothing to do\n")


async def test_as_json(cli: Cli, closed: str):
    """With --json it is the gateway's answer."""
    told = await cli.ok("erase", closed, "--why", "no-lawful-basis")
    assert (told["erased_on"], told["reason"], told["already"]) == ("2012-06-01", "no-lawful-basis", False)


async def test_show_and_export_tell_of_it(cli: Cli, closed: str):
    """Show tells day and reason and no name; an export with names has nobody for it."""
    await cli.ok("erase", closed, "--why", "request")
    shown = (await cli("show", closed)).out
    assert "erased        2012-06-01 (request)" in shown
    assert "born" not in shown
    exported = (await cli("export", "--names")).out
    [row] = [line for line in exported.splitlines() if closed in line]
    assert (json.loads(row)["family"], json.loads(row)["erased_on"]) == (None, "2012-06-01")


async def test_an_open_journey_is_named_with_the_remedy(cli: Cli, doors: Doors):
    """What stands in the way is said, with what to do, and the exit code of a refusal."""
    reference = await doors.referred()
    ran = await cli("erase", reference, "--why", "request")
    assert (ran.code, ran.out) == (1, "")
    assert f"{reference} has an open journey" in ran.err
    assert "close the journey first: journeys close" in ran.err


async def test_the_version_guards_it(cli: Cli, closed: str):
    """With --if-version a family of which something has happened since is not erased."""
    ran = await cli("erase", closed, "--why", "request", "--if-version", "1")
    assert (ran.code, "journey-closed" in ran.err) == (1, True)


async def test_help_names_the_codes():
    """The help of --why lists every code there is."""
    assert set(get_args(ErasureReason)) == set(WHY.rstrip(".").replace(" or ", ", ").split(", "))


async def test_a_claim_of_an_erased_family_checks_offline_to_the_recorded_report(
    cli: Cli, doors: Doors, ledger, tmp_path
):
    """Explained as before, exported without dates of birth, and judged from that file to the same bytes."""
    claim, pack, name = tmp_path / "claim.json", tmp_path / "pack.json", ledger.claim.claim_id
    before = (await cli.ok("claims", "explain", name))[0]
    assert (await doors.step(ledger.reference, "close", outcome="moved-away")).status_code == 200
    await cli.ok("erase", ledger.reference, "--why", "retention-over", "--despite-claims")
    after = (await cli.ok("claims", "explain", name))[0]
    same = ("report", "findings", "programme", "moves", "clawbacks")
    assert [after[part] for part in same] == [before[part] for part in same]
    await cli("claims", "export", ledger.reference, "--claim", name, "--out", str(claim), "--pack", str(pack))
    checked = await cli("claims", "check", str(claim), "--pack", str(pack), "--json")
    assert (checked.code, checked.out) == (0, f"{before['report']}\n")
    assert "1999-09-12" not in claim.read_text()
    refused = await cli("claims", "export", ledger.reference, "--claim", name, "--now")
    assert (refused.code, "was erased" in refused.err) == (1, True)
