"""A small upload costs the gateway little: it is refused with a reason, others are served, and memory stays."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date

import httpx
import pytest

import programmes
from domain.intake.referral import Terms
from domain.intake.referral_csv import PLAIN, BadFile
from gateway.intake import parsing
from gateway.intake.parsing import ChildFailedError, bounded
from gateway.intake.reading import read_file
from stack import tokens
from stack.private_stack import PrivateStack, running
from tests import hostile_files as files
from tests.peaks import begun

pytestmark = pytest.mark.slow(11)

MIB = 1024 * 1024
KINDS: dict[str, Callable[[], bytes]] = {
    "a cell at XFD1048576": files.far_cell,
    "the same, spelled otherwise": files.far_range,
    "a row at 1048576 with nameless cells": files.far_row,
    "a lying zip header": files.lying_header,
    "an ODS cell repeated over the sheet": files.ods_repeats,
    "a CSV of 100,000 columns": lambda: files.wide_csv(100_000),
    "a CSV of one row of 4 million cells": (files.HEADER + "\n" + "," * 4_000_000).encode,
    "a family of 1,000": lambda: files.one_family(1_000),
    "a family of 8,000": lambda: files.one_family(8_000),
    "8,000 times the same row": lambda: files.one_family(8_000, alike=True),
    "20,000 families with an unreadable row": lambda: files.unreadable_rows(20_000),
    "500,000 lines": (files.HEADER + "\n" + "x\n" * 500_000).encode,
}


@dataclass
class Gateway:
    """A gateway process of its own."""

    stack: PrivateStack
    http: httpx.AsyncClient

    def peak(self) -> int:
        """The most resident bytes since it was begun to be measured."""
        return self.stack.peak_memory()["gateway"]

    async def slowest(self, until: asyncio.Task[httpx.Response]) -> float:
        """The longest that the gateway let somebody else wait until the request was answered, in seconds."""
        longest = 0.0
        while not until.done():
            began = time.perf_counter()
            assert (await self.http.get("/healthz")).status_code == 200
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(0.02)
        return longest


@pytest.fixture(scope="module")
async def gateway() -> AsyncIterator[Gateway]:
    """A real gateway in a process of its own, with a database and without Temporal."""
    async with running(temporal=None, gateway=True) as stack:
        headers = {"authorization": f"Bearer {tokens.mint(stack.layout.secrets, name='ann', role='coordinator')}"}
        async with httpx.AsyncClient(base_url=stack.gateway_url, headers=headers, timeout=60, trust_env=False) as http:
            yield Gateway(stack, http)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_costly_file(gateway: Gateway, kind: str, record_property: Callable[[str, object], None]):
    """Whatever kind: it is answered, nobody else waits five seconds, and the gateway grows by 150 MiB at most."""
    data, before, process = KINDS[kind](), begun(gateway.stack), gateway.stack.process("gateway")
    began = time.perf_counter()
    sending = asyncio.create_task(gateway.http.post("/v1/imports", content=data, params={"dry_run": True}))
    longest = await gateway.slowest(sending)
    answer, seconds, grown = await sending, time.perf_counter() - began, gateway.peak() - before
    figures = f"{kind}: {len(data)} bytes, {seconds:.1f} s, others waited {longest:.2f} s, grown {grown / MIB:.0f} MiB"
    record_property("figures", figures)
    print(figures, "status", answer.status_code, answer.text[:160])  # noqa: T201 - seen with -s
    lines = answer.text.splitlines()
    refused = answer.status_code == 422 or json.loads(lines[-1])["taken"] < 2
    assert (True, True, True, process) == (
        refused,
        longest < 5,
        grown < 150 * MIB,
        gateway.stack.process("gateway"),
    ), figures


async def test_a_form_of_thousands(gateway: Gateway):
    """A referral by form of 8,000 people is refused before anybody is compared with anybody."""
    person = {"role": "child", "surname": "Nobody", "forename": "Wren", "date_of_birth": "1999-10-05"}
    for many in (150, 8_000):
        form = {"members": [person | {"forename": f"Wren{number}"} for number in range(many)]}
        began = time.perf_counter()
        answer = await gateway.http.post("/v1/journeys", json=form)
        seconds = time.perf_counter() - began
        print(many, "members", round(seconds, 2), "s", answer.text[:160])  # noqa: T201 - as above
        assert (422, True) == (answer.status_code, seconds < 5)


def _terms() -> Terms:
    return Terms(programme=programmes.load("wirral-2012"), today=date(2012, 6, 1))


def _never(_data: bytes) -> None:
    while True:
        pass


def _greedy(_data: bytes) -> int:
    return len(bytearray(4 * 1024**3))


def _chatty(_data: bytes) -> bytes:
    return b"x" * (2 * MIB)


def _wrong(_data: bytes) -> None:
    raise KeyError("Quillfeather")


async def test_the_bounds_of_the_child(monkeypatch: pytest.MonkeyPatch):
    """Work without end, with too much memory or too long an answer ends as a file that cannot be read."""
    monkeypatch.setattr(parsing, "LARGEST_ANSWER", MIB)
    for work, said in ((_greedy, "more memory"), (_chatty, "than one answer can list"), (_never, "longer than")):
        if work is _never:
            monkeypatch.setattr(parsing, "SECONDS", 1)
        with pytest.raises(BadFile) as bad:
            await bounded(work, b"")
        assert ("too-costly", True) == (bad.value.fault.code, said in bad.value.fault.reason), bad.value.fault


async def test_a_fault_of_ours_in_the_child_quotes_nothing():
    """What the work itself does wrong is named by type and place, and the gateway fails by it."""
    with pytest.raises(ChildFailedError) as fault:
        await bounded(_wrong, b"")
    assert ("KeyError" in str(fault.value.where), "Quillfeather" in str(fault.value.where)) == (True, False)


async def test_the_child_knows_no_secret_and_reads_as_we_do(monkeypatch: pytest.MonkeyPatch):
    """It is started without our environment, and a good file comes back as it would be read here."""
    monkeypatch.setenv("JOURNEYS_DATABASE_URL", "postgresql://secret")
    data = files.one_family(3)
    assert read_file(data, PLAIN, _terms()) == await bounded(read_file, data, PLAIN, _terms())
    assert {"PATH", "PYTHONPATH"} >= set(await bounded(_environment)) - {"LC_CTYPE"}


def _environment() -> list[str]:
    import os  # noqa: PLC0415

    return list(os.environ)
