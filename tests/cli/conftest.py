"""A real server for the CLI, and the CLI with a data folder of its own."""

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner

from cli.main import app
from stack.ports import free_ports
from tests.doors import Doors, doors
from tests.eventually import eventually

__all__ = ["doors"]

JOURNEYS = Path(sys.executable).with_name("journeys")


@dataclass
class Ran:
    """What a run of the CLI came to."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> Any:
        """What it wrote as JSON."""
        return json.loads(self.out)


@dataclass
class Cli:
    """The CLI, pointed at a data folder of its own."""

    data: Path
    url: str

    async def __call__(self, *words: str, stdin: str = "", **environment: str) -> Ran:
        """Run `journeys` with these words, in a thread: the server lives in this process too."""
        env = {"JOURNEYS_DATA": str(self.data), "COLUMNS": "200", **environment}
        done = await asyncio.to_thread(CliRunner().invoke, app, words, input=stdin, env=env)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    async def ok(self, *words: str) -> Any:
        """Run with --json and return what was told; it must go well."""
        ran = await self(*words, "--json")
        assert ran.code == 0, ran
        return ran.told


@pytest.fixture(scope="session")
async def address(doors: Doors) -> AsyncIterator[str]:
    """The gateway behind a real server on a free port."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(doors.app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


@pytest.fixture(autouse=True)
async def places(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Leave the programme as many places as were found, where a test has a gateway."""
    yield
    if "doors" in request.fixturenames:
        await request.getfixturevalue("doors").free_places()


@pytest.fixture
def cli(doors: Doors, address: str, tmp_path: Path) -> Cli:
    """The CLI with the keys of the stack in its data folder, which names the gateway's port."""
    shutil.copytree(doors.stack.layout.secrets, tmp_path / "secrets")
    (tmp_path / "stack.json").write_text(json.dumps({"ports": {"gateway": int(address.rsplit(":", 1)[1])}}))
    return Cli(tmp_path, address)
