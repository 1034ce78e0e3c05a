"""Temporal lost while a step waits for its answer: said to be unknown, asked for again, taken once."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.calendar import local_date
from stack import catalog, tokens
from stack.private_stack import PrivateStack, running
from tests.eventually import eventually

JOURNEYS = Path(sys.executable).with_name("journeys")
TODAY = local_date(datetime.now(UTC)).isoformat()


class Between:
    """Stands between the gateway and Temporal, as a load balancer does: it takes calls also when nobody is behind."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self.port = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            theirs, ours = await asyncio.open_connection("127.0.0.1", self._behind)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(self._pump(reader, ours), self._pump(theirs, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator["Between"]:
        """Take calls on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()


@pytest.fixture(scope="module")
async def council() -> AsyncIterator[tuple[PrivateStack, httpx.AsyncClient]]:
    """A stack whose gateway reaches Temporal by somebody between."""
    async with running(worker=True, migrated=True) as stack:
        behind = int(stack.temporal_address.rsplit(":", 1)[1])
        async with Between(behind).serving() as between:
            await stack.launch(
                catalog.gateway(stack.environment | {"JOURNEYS_TEMPORAL_ADDRESS": f"127.0.0.1:{between.port}"})
            )
            headers = {"authorization": f"Bearer {tokens.mint(stack.layout.secrets, name='ann', role='manager')}"}
            async with httpx.AsyncClient(
                base_url=stack.gateway_url, headers=headers, timeout=60, trust_env=False
            ) as http:
                yield stack, http


async def _refer(http: httpx.AsyncClient, surname: str) -> str:
    """Refer a family whose people were born on days of their own, so that nobody is in question."""
    day = f"{len(surname) + ord(surname[0]) % 10:02}"
    people = [
        {"role": "adult", "surname": surname, "forename": "Kim", "date_of_birth": f"1980-04-{day}"},
        {"role": "child", "surname": surname, "forename": "Toni", "date_of_birth": f"2016-01-{day}"},
    ]
    told = {"members": people, "locality": "Leasowe", "referrer": "wirral-schools", "criteria": ["poverty"]}
    answer = await http.post("/v1/journeys", json=told)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["reference"])


async def _waiting() -> None:
    """Wait until Temporal has the update: it leaves no trace that could be asked for before a worker has seen it."""
    await asyncio.sleep(1.5)


async def _consents(http: httpx.AsyncClient, reference: str) -> int:
    timeline: list[dict[str, Any]] = (await http.get(f"/v1/journeys/{reference}")).json()["timeline"]
    return sum(1 for one in timeline if one["event"]["type"] == "consent-recorded")


@pytest.mark.slow(22)
@pytest.mark.timeout(180)
async def test_temporal_killed_while_a_step_waits(council: tuple[PrivateStack, httpx.AsyncClient]):
    """The answer is 503 with Retry-After; the same key then finds one consent; every line of the log is JSON."""
    stack, http = council
    reference = await _refer(http, "Heron")
    worker = stack.process("worker")
    assert worker is not None
    worker.suspend()
    key = {"idempotency-key": "one-and-the-same"}
    step = asyncio.create_task(http.post(f"/v1/journeys/{reference}/consent", json={"on": TODAY}, headers=key))
    await _waiting()
    await stack.kill("temporal")
    answer = await step
    assert (503, "1") == (answer.status_code, answer.headers.get("retry-after")), answer.text
    await stack.start("temporal")
    worker.resume()
    again = await http.post(f"/v1/journeys/{reference}/consent", json={"on": TODAY}, headers=key)
    assert (200, 1) == (again.status_code, await _consents(http, reference)), again.text
    lines = stack.layout.log("gateway").read_text().splitlines()
    assert [] == [line for line in lines if not line.startswith("{")]


@pytest.mark.timeout(180)
async def test_the_command_of_a_person_goes_on_by_itself(
    council: tuple[PrivateStack, httpx.AsyncClient], tmp_path: Path
):
    """`journeys consent` asks again under its key while Temporal comes back, and records one consent."""
    stack, http = council
    reference = await _refer(http, "Egret")
    worker = stack.process("worker")
    assert worker is not None
    worker.suspend()
    words = ("consent", reference, "--on", TODAY, "--json")
    env = {"JOURNEYS_URL": stack.gateway_url, "JOURNEYS_DATA": str(tmp_path), "HOME": str(tmp_path)}
    env["JOURNEYS_TOKEN"] = tokens.mint(stack.layout.secrets, name="ann", role="manager")
    pipe = asyncio.subprocess.PIPE
    before = _given_up(stack)
    ran = await asyncio.create_subprocess_exec(JOURNEYS, *words, env=env, stdout=pipe, stderr=pipe)
    await eventually(lambda: any((tmp_path / "steps-under-way").glob("[!.]*")))
    await _waiting()
    await stack.kill("temporal")
    await eventually(lambda: _given_up(stack) > before, within=30)  # the command must outlive that
    await stack.start("temporal")
    worker.resume()
    out, err = await ran.communicate()
    assert (0, 1) == (ran.returncode, await _consents(http, reference)), err.decode()
    assert ["consent-recorded"] == json.loads(out)["happened"]
    assert [] == list((tmp_path / "steps-under-way").glob("[!.]*"))


def _given_up(stack: PrivateStack) -> int:
    """Count the requests that the gateway answered with 503."""
    lines = map(json.loads, stack.layout.log("gateway").read_text().splitlines())
    return sum(1 for line in lines if line.get("status") == 503)
