"""A private stack for tests, time-lapse and bench: real parts on free ports, each one killed and started at will."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import psutil

from domain.names import SEARCH_ATTRIBUTES
from stack import catalog, pids, postgres, secrets, temporal
from stack.folders import Layout
from stack.folders import temporary as temporary_folder
from stack.logs import tail
from stack.ports import free_ports
from stack.process import Child, Part
from stack.state import Ports

Flavour = Literal["dev", "time-skipping"]
SERVERS = {"postgres", "temporal"}


class PrivateStack:
    """A running stack; parts are named `postgres`, `temporal`, `migrations`, `worker`, `gateway`."""

    def __init__(self, data: Path, ports: Ports, env: Mapping[str, str]) -> None:
        self.layout = Layout(data)
        self.environment = catalog.environment(self.layout, ports, env)
        self.children: dict[str, Child] = {}

    @property
    def database_url(self) -> str:
        """The database, for asyncpg and psycopg."""
        return self.environment["JOURNEYS_DATABASE_URL"]

    @property
    def temporal_address(self) -> str:
        """Host and port of Temporal."""
        return self.environment["JOURNEYS_TEMPORAL_ADDRESS"]

    @property
    def temporal_namespace(self) -> str:
        """The namespace of our workflows."""
        return self.environment["JOURNEYS_TEMPORAL_NAMESPACE"]

    @property
    def gateway_url(self) -> str:
        """Base address of the gateway, without a slash at the end."""
        return f"http://{self.environment['JOURNEYS_GATEWAY_HOST']}:{self.environment['JOURNEYS_GATEWAY_PORT']}"

    async def launch(self, *parts: Part) -> None:
        """Add parts, start them side by side and wait until all are ready."""
        new = {part.name: Child(part, self.layout.log(part.name)) for part in parts}
        self.children |= new
        for child in new.values():
            await child.start()
        for child in new.values():
            await child.until_ready()

    async def start(self, name: str) -> None:
        """Start a part that is stopped, on its old address, and wait until it is ready."""
        await self.children[name].start()
        await self.children[name].until_ready()

    async def stop(self, name: str) -> None:
        """Stop a part as an operator would."""
        await self.children[name].stop()

    async def kill(self, name: str) -> None:
        """Kill a part (SIGKILL), and return when it is gone."""
        await self.children[name].kill()

    async def close(self) -> None:
        """Stop our own parts side by side; then kill the servers, whose data are thrown away."""
        servers = [child for name, child in self.children.items() if name in SERVERS]
        ours = [child for name, child in self.children.items() if name not in SERVERS]
        await asyncio.gather(*(child.stop() for child in ours))
        await asyncio.gather(*(child.kill() for child in servers))

    def process(self, name: str) -> psutil.Process | None:
        """Return the process of a part, or None when it does not run."""
        return pids.find(self.children[name].identity)

    def log(self, name: str, lines: int = 50) -> str:
        """Return the end of a part's log."""
        return tail(self.layout.log(name), lines)

    def peak_memory(self) -> dict[str, int]:
        """Return the most resident bytes that each running part had so far."""
        running = {name: self.process(name) for name in self.children}
        return {name: pids.peak_memory(process) for name, process in running.items() if process}


@asynccontextmanager
async def running(  # noqa: PLR0913  # each is a choice of the caller, and all have defaults
    *,
    temporal: Flavour | None = "dev",
    worker: bool = False,
    gateway: bool = False,
    migrated: bool = False,
    durable: bool = False,
    env: Mapping[str, str] | None = None,
) -> AsyncIterator[PrivateStack]:
    """Start Postgres and the wanted parts as child processes; stop them and remove their data at the end in any case.

    Args:
        temporal: which Temporal, or None for none. The dev server keeps its state through `kill` and `start`;
            the time-skipping one forgets everything.
        worker: start the worker (and migrate first).
        gateway: start the gateway (and migrate first).
        migrated: bring the database to the newest schema.
        durable: let Postgres wait for the disk. Without it, data survive the kill of any process, not of the machine.
        env: more settings for migrations, worker and gateway, as environment variables.
    """
    with temporary_folder() as data:
        stack = PrivateStack(
            data, Ports(**dict(zip(Ports.model_fields, free_ports(len(Ports.model_fields)), strict=True))), env or {}
        )
        secrets.ensure(stack.layout.secrets)
        try:
            servers = [_temporal(temporal, stack)] if temporal else []
            await stack.launch(*servers, postgres.part(stack.layout.postgres, durable=durable))
            if migrated or worker or gateway:
                await stack.launch(catalog.migrations(stack.environment))
            ours = [catalog.worker(stack.environment, stack.layout)] if worker else []
            ours += [catalog.gateway(stack.environment)] if gateway else []
            await stack.launch(*ours)
            yield stack
        finally:
            await stack.close()


def _temporal(flavour: Flavour, stack: PrivateStack) -> Part:
    port = int(stack.temporal_address.rsplit(":", 1)[1])
    if flavour == "time-skipping":
        return temporal.time_skipping_server(port, SEARCH_ATTRIBUTES)
    return temporal.dev_server(stack.layout.temporal, port, SEARCH_ATTRIBUTES)
