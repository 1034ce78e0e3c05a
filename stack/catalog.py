"""The parts of a whole stack, in the order in which they start."""

import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from domain.names import SEARCH_ATTRIBUTES
from stack import postgres, temporal
from stack.folders import Layout
from stack.ports import LOOPBACK
from stack.process import ROOT, Part
from stack.state import Ports


def environment(layout: Layout, ports: Ports, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the settings of worker, gateway and migrations, as environment variables."""
    return {
        "JOURNEYS_DATABASE_URL": postgres.uri(layout.postgres),
        "JOURNEYS_TEMPORAL_ADDRESS": f"{LOOPBACK}:{ports.temporal}",
        "JOURNEYS_TEMPORAL_NAMESPACE": temporal.NAMESPACE,
        "JOURNEYS_GATEWAY_HOST": LOOPBACK,
        "JOURNEYS_GATEWAY_PORT": str(ports.gateway),
        "JOURNEYS_GATEWAY_METRICS_PORT": str(ports.gateway_metrics),
        "JOURNEYS_WORKER_METRICS_PORT": str(ports.worker_metrics),
        "JOURNEYS_SECRETS_DIR": str(layout.secrets),
        "JOURNEYS_DATA": str(layout.data),
        "JOURNEYS_PACKS_DIR": str(layout.packs),
        "JOURNEYS_HEADS_DIR": str(layout.heads),
        "JOURNEYS_WEBHOOK_LOOPBACK": "true",  # partners of one machine may be on it, as those of tests and the demo are
        "PYTHONUNBUFFERED": "1",  # a log that ends before the crash explains nothing
        **(extra or {}),
    }


def daily(data: Path, ports: Ports) -> tuple[Part, ...]:
    """Return the parts of the stack for daily use."""
    layout = Layout(data)
    env = environment(layout, ports)
    return (
        postgres.part(layout.postgres),
        temporal.dev_server(layout.temporal, ports.temporal, SEARCH_ATTRIBUTES, ui_port=ports.ui),
        migrations(env),
        worker(env, layout),
        gateway(env),
    )


def migrations(env: Mapping[str, str]) -> Part:
    """Describe the command that brings the database to the newest schema."""
    return Part(name="migrations", argv=(sys.executable, "-m", "store.migrate"), env=env, once=True)


def worker(env: Mapping[str, str], layout: Layout) -> Part:
    """Describe the worker, which tells that it is ready by writing the file named in `JOURNEYS_READY_FILE`."""
    file = layout.ready("worker")

    async def prepare() -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)

    async def ready() -> bool:
        return file.exists()

    return Part(
        name="worker",
        argv=(sys.executable, str(ROOT / "worker.py")),
        env={**_as(postgres.WORKER, env), "JOURNEYS_READY_FILE": str(file)},
        prepare=prepare,
        ready=ready,
        stop_within=30,  # running activities finish first
    )


def gateway(env: Mapping[str, str]) -> Part:
    """Describe the gateway, ready when `GET /healthz` says so."""
    address = f"http://{env['JOURNEYS_GATEWAY_HOST']}:{env['JOURNEYS_GATEWAY_PORT']}"
    return Part(
        name="gateway",
        argv=(sys.executable, "-m", "gateway"),
        env=_as(postgres.GATEWAY, env),
        address=address,
        ready=lambda: healthy(address),
    )


async def healthy(gateway_url: str) -> bool:
    """Whether the gateway answers and calls itself healthy."""
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:  # no proxy stands before loopback
            return (await client.get(f"{gateway_url}/healthz")).is_success
    except httpx.HTTPError:
        return False


def _as(role: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of a process that comes to the database in a role of its own."""
    url = env["JOURNEYS_DATABASE_URL"].replace("postgresql://postgres@", f"postgresql://{role}@", 1)
    return {**env, "JOURNEYS_DATABASE_URL": url}
