"""Mutual TLS to Temporal: a real server behind a port that asks for certificates, with the files of make_secrets.py."""

import asyncio
import contextlib
import os
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stack.ports import LOOPBACK
from stack.private_stack import running
from stack.temporal import NAMESPACE, program
from tests.house.test_compose import ROOT, SERVICES, _make_secrets
from wiring.keys import BadSecretError
from wiring.settings import Settings
from wiring.temporal.client import connect

CONFIG = YAML(typ="safe").load((ROOT / "deploy/temporal/server.yaml").read_text())["global"]["tls"]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of a production stack."""
    folder = tmp_path_factory.mktemp("secrets")
    _make_secrets().make(folder)
    return folder


@pytest.fixture(scope="module")
async def port(secrets: Path) -> AsyncIterator[int]:
    """The port of a Temporal server that takes calls as deploy/temporal/server.yaml says.

    The development server knows no TLS, so a listener in front of it does what its frontend does in production.
    """
    said = CONFIG["frontend"]["server"]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=_here(secrets, said["clientCaFiles"][0]))
    context.load_cert_chain(_here(secrets, said["certFile"]), _here(secrets, said["keyFile"]))
    context.set_alpn_protocols(["h2"])
    context.verify_mode = ssl.CERT_REQUIRED if said["requireClientAuth"] else ssl.CERT_NONE
    async with running(temporal="dev") as stack:
        behind = int(stack.temporal_address.rsplit(":", 1)[1])

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, behind)
            await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

        server = await asyncio.start_server(serve, LOOPBACK, 0, ssl=context)
        yield server.sockets[0].getsockname()[1]
        server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    writer.close()


def _here(secrets: Path, mounted: str) -> str:
    return str(secrets / mounted.removeprefix("/run/secrets/"))


def _settings(secrets: Path, port: int, **more: str) -> Settings:
    return Settings(
        database_url="postgresql://nowhere", temporal_address=f"{LOOPBACK}:{port}", secrets_dir=secrets, **more
    )


async def test_ours_are_let_in(secrets: Path, port: int) -> None:
    """Gateway and worker, with the settings and files that docker-compose.yml gives them, reach the server."""
    tls = SERVICES["worker"]["environment"]["JOURNEYS_TEMPORAL_TLS"]
    client = await connect(_settings(secrets, port, temporal_tls=tls))
    assert await client.service_client.check_health()


async def test_without_a_certificate_nobody_is(secrets: Path, port: int) -> None:
    """A caller without a certificate, or without encryption, is turned away."""
    with pytest.raises(RuntimeError):
        await connect(_settings(secrets, port))
    assert await _cli(port, {"TEMPORAL_TLS": "true", "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION": "true"}) != 0


async def test_a_certificate_of_another_authority_is_none(secrets: Path, port: int, tmp_path: Path) -> None:
    """Certificates that another site made for itself open nothing, and its server is not believed."""
    _make_secrets().make(tmp_path)
    with pytest.raises(RuntimeError):
        await connect(_settings(tmp_path, port, temporal_tls="mutual"))
    (tmp_path / "journeys-authority.pem").write_bytes((secrets / "journeys-authority.pem").read_bytes())
    with pytest.raises(RuntimeError):
        await connect(_settings(tmp_path, port, temporal_tls="mutual"))


async def test_the_tools_are_let_in(secrets: Path, port: int) -> None:
    """Temporal's own CLI, with the environment that the namespace's job has, reaches the server."""
    given = SERVICES["temporal-namespace"]["environment"]
    tls = {name: _here(secrets, value) for name, value in given.items() if name.startswith("TEMPORAL_TLS")}
    assert await _cli(port, {**tls, "TEMPORAL_TLS_SERVER_NAME": "temporal"}) == 0


async def _cli(port: int, env: dict[str, str]) -> int:
    words = ("operator", "cluster", "health", "--address", f"{LOOPBACK}:{port}", "--command-timeout", "10s")
    process = await asyncio.create_subprocess_exec(
        *(program("temporal"), *words),
        env={**os.environ, **env, "TEMPORAL_NAMESPACE": NAMESPACE},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return await process.wait()


async def test_a_missing_certificate_is_named(tmp_path: Path, secrets: Path, port: int) -> None:
    """Asked for mutual TLS without its files, a process names the file and the script that makes it."""
    (tmp_path / "codec.key").write_bytes((secrets / "codec.key").read_bytes())
    with pytest.raises(BadSecretError, match=r"journeys-authority\.pem is missing; make it with: deploy/make_secrets"):
        await connect(_settings(tmp_path, port, temporal_tls="mutual"))


@pytest.mark.parametrize("name", ["temporal", "temporal-namespace", "temporal-ui"])
def test_files_of_the_server_are_mounted(name: str) -> None:
    """Every file of a certificate that the server, its job and its UI are told of is one of their secrets."""
    told = str(SERVICES[name]["environment"]) + (str(CONFIG) if name == "temporal" else "")
    asked = {
        word.strip("'\",[]{}:()").removeprefix("/run/secrets/") for word in told.split() if "/run/secrets/" in word
    }
    assert asked
    assert asked <= set(SERVICES[name]["secrets"])
