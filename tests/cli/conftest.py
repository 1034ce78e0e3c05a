"""A real server for the CLI, and the CLI as a process of its own."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from stack.ports import free_ports
from tests.doors import Doors, doors

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
        """Run `journeys` with these words."""
        env = {"PATH": os.environ["PATH"], "JOURNEYS_DATA": str(self.data), "COLUMNS": "200", **environment}
        process = await asyncio.create_subprocess_exec(
            str(JOURNEYS), *words, env=env, stdin=-1, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate(stdin.encode())
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())

    async def ok(self, *words: str) -> Any:
        """Run with --json and return what was told; it must go well."""
        ran = await self(*words, "--json")
        assert ran.code == 0, ran
        return ran.told


@pytest.fixture(scope="session")
async def address(doors: Doors) -> AsyncIterator[str]:
    """The gateway behind a real server on a free port."""
    (port,) = free_ports(1)
    app = doors.app
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


@pytest.fixture
def cli(doors: Doors, address: str, tmp_path: Path) -> Cli:
    """The CLI with the keys of the stack in its data folder, which names the gateway's port."""
    shutil.copytree(doors.stack.layout.secrets, tmp_path / "secrets")
    (tmp_path / "stack.json").write_text(json.dumps({"ports": {"gateway": int(address.rsplit(":", 1)[1])}}))
    return Cli(tmp_path, address)
