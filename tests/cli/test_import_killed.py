"""An import whose CLI is killed on the way goes on where it stopped."""

import asyncio
import os
import signal
from pathlib import Path

from tests.cli.conftest import JOURNEYS, Cli
from tests.doors import Doors
from tests.eventually import eventually

SAMPLE = Path(__file__).parents[2] / "samples" / "referrals.csv"
FAMILIES = 60


async def taken(doors: Doors, locality: str) -> int:
    """Count the journeys of a locality that no other test uses."""
    async with doors.services.pool.acquire() as conn:
        return await conn.fetchval("SELECT count(*) FROM journeys WHERE locality = $1", locality)


async def test_a_killed_import_goes_on(cli: Cli, doors: Doors, tmp_path: Path):
    """Killed when some families are taken and run again, every family has one journey, and nobody two."""
    header = SAMPLE.read_text(encoding="utf-8-sig").splitlines()[0]
    rows = [
        f"K{n},{doors.form()['members'][0]['surname']},Wren,adult,1978-04-18,,,,,,,,Killham,wirral-schools,2012-05-29,poverty"
        for n in range(FAMILIES)
    ]
    file = tmp_path / "many.csv"
    file.write_text("\n".join([header, *rows, ""]))
    environment = os.environ | {"JOURNEYS_DATA": str(cli.data)}
    running = await asyncio.create_subprocess_exec(
        *(str(JOURNEYS), "import", str(file), "--json"), env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    await eventually(lambda: _some(doors))
    running.send_signal(signal.SIGKILL)
    assert await running.wait() == -signal.SIGKILL
    before = await taken(doors, "Killham")
    assert 0 < before < FAMILIES
    told = await cli.ok("import", str(file))
    assert told["summary"]["taken"] + told["summary"]["already_taken"] == FAMILIES
    assert told["summary"]["already_taken"] >= before
    assert await taken(doors, "Killham") == FAMILIES
    assert len({family["reference"] for family in told["families"]}) == FAMILIES
    again = await cli.ok("import", str(file))
    assert (again["summary"]["taken"], again["summary"]["already_taken"]) == (0, FAMILIES)
    assert [one["reference"] for one in again["families"]] == [one["reference"] for one in told["families"]]


async def _some(doors: Doors) -> bool:
    return await taken(doors, "Killham") >= 3
