"""`docs/partners.md`: what is pasted from it works against a real gateway."""

import asyncio
import json
import os
import re
import sys
import uuid
from pathlib import Path

from tests.doors import Doors

PAGE = (Path(__file__).parents[2] / "docs" / "partners.md").read_text(encoding="utf-8")


def snippet(name: str) -> str:
    """The code block of the page that begins with its name."""
    (found,) = re.findall(rf"```(?:bash|python)\n# {name}\n(.*?)```", PAGE, re.DOTALL)
    return found


async def run(address: str, secret: str, *argv: str) -> str:
    """Run a pasted snippet as a partner would; return what it printed."""
    environment = {
        "PATH": os.environ["PATH"],
        "GATEWAY": address,
        "PARTNER_SECRET": secret,
        "PARTNER_NAME": "wirral-schools",
    }
    process = await asyncio.create_subprocess_exec(
        *argv, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    return out.decode()


async def test_curl(doors: Doors, address: str):
    """The event sent by curl gets its receipt, again the next time, and its status is told to who asks by curl."""
    secret = await doors.partner("wirral-schools")
    sent = [json.loads(await run(address, secret, "bash", "-c", snippet("curl-event"))) for _ in range(2)]
    (first,), (again,) = (each["receipts"] for each in sent)
    assert first["id"] == again["id"] == "attendance-2012-000017"
    assert (first["outcome"], again["outcome"]) == ("quarantined", "duplicate")
    status = json.loads(await run(address, secret, "bash", "-c", snippet("curl-status")))
    assert (status["status"], status["observed_at"]) == ("quarantined", "2012-04-02T09:00:00Z")


async def test_curl_in_binary_mode(doors: Doors, address: str):
    """The event whose attributes are headers gets its receipt too."""
    secret = await doors.partner("wirral-schools")
    (receipt,) = json.loads(await run(address, secret, "bash", "-c", snippet("curl-binary")))["receipts"]
    assert (receipt["id"], receipt["outcome"]) == ("exclusion-2012-000005", "quarantined")


async def test_python(doors: Doors, address: str, tmp_path: Path):
    """The client in Python sends its event, prints the receipt, and then how everything stands."""
    secret = await doors.partner("wirral-schools")
    client = tmp_path / "partner_client.py"
    client.write_text(snippet("partner-client"))
    told = (await run(address, secret, sys.executable, str(client))).splitlines()
    assert told[0] == "exclusion-2012-000004 quarantined unknown-subject"
    assert "exclusion-2012-000004 quarantined" in told[1:]


async def test_more_than_a_page(doors: Doors, address: str, tmp_path: Path):
    """The client's list of statuses goes on over pages until every event was told."""
    secret = await doors.partner("wirral-schools")
    (tmp_path / "partner_client.py").write_text(snippet("partner-client"))
    prefix = uuid.uuid4().hex[:8]
    made = f"c.event(f'{prefix}-{{n}}', 'exclusion', 'upn:Z1', '2012-05-01T00:00:00Z', on='2012-05-01', type='fixed')"
    driver = (
        "import partner_client as c\n"
        f"c.send([{made} for n in range(250)])\n"
        f"print(sum(s['id'].startswith('{prefix}') for s in c.statuses()))\n"
    )
    (tmp_path / "driver.py").write_text(driver)
    assert (await run(address, secret, sys.executable, str(tmp_path / "driver.py"))).strip() == "250"
