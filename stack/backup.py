"""A backup of the one-machine stack, and the way back from it; both also while the stack runs.

Temporal's own data are no part of a backup: the journal replaces them, and what was done since the backup is put back
from them where they are still there (`relay.reconcile`).
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import psycopg
from psycopg import sql
from pydantic import BaseModel

from domain.names import SEARCH_ATTRIBUTES
from stack import archive, catalog, commands, postgres, secrets, temporal
from stack.archive import BackupRefused, Manifest
from stack.errors import PartFailed, StackError
from stack.folders import Layout, default_data, make
from stack.logs import open_log, tail
from stack.ports import free_ports
from stack.process import ROOT, Child, Part
from stack.state import Ports

ASIDE = f"{postgres.DATABASE}_aside_"  # a database on its way in or out
CODEC = "codec.key"


class Restored(BaseModel):
    """What came of a restore; `found` is what `relay.reconcile` said."""

    made_at: datetime
    keys: bool
    up: bool
    found: dict[str, Any]


def backup(file: Path, data: Path | None = None, passphrase: str | None = None) -> Manifest:
    """Write a backup; without a passphrase the keys are left out."""
    layout = Layout((data or default_data()).expanduser().resolve())
    if not layout.postgres.exists():
        raise StackError(f"there is no database in {layout.data}; start the system once with: journeys up")
    file = file.expanduser().resolve()
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".journeys-backup-") as place:
        if passphrase is not None:
            (Path(place) / archive.KEYS).write_bytes(archive.seal_keys(layout.secrets, passphrase))
        asyncio.run(_dump(layout, Path(place) / archive.DUMP))
        return archive.write(file, Path(place))


def restore(file: Path, data: Path | None = None, passphrase: str | None = None) -> Restored:
    """Put database and keys back as a backup holds them, reconcile, and start the stack again where it was up.

    Nothing is changed before the whole file was read and proven. The database takes the place of the old one in one
    transaction: a restore that is cut short before it has changed nothing.
    """
    layout = Layout(make((data or default_data()).expanduser().resolve()))
    with tempfile.TemporaryDirectory(dir=layout.data, prefix=".restore-") as place:
        manifest = archive.read(file, Path(place))
        keys = _keys(manifest, Path(place), file, passphrase)
        was_up = commands.down(layout.data).was_up
        _set_aside(layout.heads)  # what was kept of the journals that are replaced
        secrets.ensure(layout.secrets)
        found = asyncio.run(_restore(layout, Path(place) / archive.DUMP, keys))
    if was_up:
        commands.up(layout.data)
    return Restored(made_at=manifest.made_at, keys=manifest.keys, up=was_up, found=found)


def _keys(manifest: Manifest, place: Path, file: Path, passphrase: str | None) -> dict[str, bytes]:
    if not manifest.keys:
        return {}
    if passphrase is None:
        raise BackupRefused(f"{file} holds keys; give the passphrase that it was made with (--passphrase-file)")
    return archive.open_keys((place / archive.KEYS).read_bytes(), passphrase)


async def _dump(layout: Layout, file: Path) -> None:
    async with _server(layout):
        await _run(layout, "pg_dump", "--format=custom", "--file", str(file), "--dbname", postgres.uri(layout.postgres))


async def _restore(layout: Layout, dump: Path, keys: dict[str, bytes]) -> dict[str, Any]:
    async with _server(layout):
        _drop_aside(layout)
        fresh = f"{ASIDE}{token_hex(4)}"
        _execute(layout, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(fresh)))
        into = postgres.uri(layout.postgres, fresh)
        await _run(layout, "pg_restore", "--no-owner", "--exit-on-error", "--dbname", into, str(dump))
        _take(layout.secrets, keys)
        _swap(layout, fresh)
        _drop_aside(layout)
        return await _reconcile(layout)


@asynccontextmanager
async def _server(layout: Layout) -> AsyncIterator[None]:
    """Have Postgres running: the stack's own where it is up, else one for as long as this takes."""
    if layout.postgres.exists() and await postgres.ready(layout.postgres):
        yield
        return
    async with _running(layout, postgres.part(layout.postgres)):
        yield


@asynccontextmanager
async def _running(layout: Layout, part: Part) -> AsyncIterator[None]:
    child = Child(part, layout.log(part.name))
    await child.start()
    try:
        await child.until_ready()
        yield
    finally:
        await child.stop()


async def _reconcile(layout: Layout) -> dict[str, Any]:
    """Bring the schema up to date, and let what Temporal still knows be put back, while no worker acts on it."""
    names = list(Ports.model_fields)
    ports = Ports(**dict(zip(names, free_ports(len(names)), strict=True)))
    env = catalog.environment(layout, ports)
    async with _running(layout, catalog.migrations(env)):
        pass
    async with _running(layout, temporal.dev_server(layout.temporal, ports.temporal, SEARCH_ATTRIBUTES)):
        log = layout.log("reconcile")
        with open_log(log) as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "relay.reconcile"),
                env={**os.environ, **env},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
            out, _ = await process.communicate()
    if process.returncode != 0:
        why = f"it ended with code {process.returncode}; the backup is restored"
        raise PartFailed("reconciliation", why, tail(log))
    found: dict[str, Any] = json.loads(out)
    return found


def _take(folder: Path, keys: dict[str, bytes]) -> None:
    """Put the backup's keys in place, and keep those that they replace in a folder beside them."""
    replaced = {name for name in keys if (folder / name).exists() and (folder / name).read_bytes() != keys[name]}
    if replaced:
        before = folder / f"before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        before.mkdir(mode=0o700)
        for name in replaced:
            secrets.write_private(before / name, (folder / name).read_text())
    for name, content in keys.items():
        text = content.decode()
        kept = folder / name
        secrets.write_private(kept, _both(kept.read_text(), text) if name == CODEC and kept.exists() else text)


def _set_aside(folder: Path) -> None:
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}-before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))


def _both(here: str, backed_up: str) -> str:
    """Return one codec.key of two: Temporal's histories may hold what was sealed with either."""
    ours, theirs = json.loads(here), json.loads(backed_up)
    since = max(each[secrets.BOUND_SINCE] for each in (ours, theirs) if secrets.BOUND_SINCE in each)
    return json.dumps({**ours, "keys": {**theirs["keys"], **ours["keys"]}, secrets.BOUND_SINCE: since})


def _swap(layout: Layout, fresh: str) -> None:
    """Let the fresh database take the place of the old one, in one transaction."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    now, old = sql.Identifier(postgres.DATABASE), sql.Identifier(f"{ASIDE}{token_hex(4)}")
    with psycopg.connect(postgres.uri(layout.postgres, "postgres")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (postgres.DATABASE,)
        )
        connection.execute(rename.format(now, old))
        connection.execute(rename.format(sql.Identifier(fresh), now))


def _drop_aside(layout: Layout) -> None:
    with psycopg.connect(postgres.uri(layout.postgres, "postgres"), autocommit=True) as connection:
        named = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
        for (name,) in connection.execute(named, (ASIDE,)).fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(layout: Layout, statement: sql.Composed) -> None:
    with psycopg.connect(postgres.uri(layout.postgres, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


async def _run(layout: Layout, program: str, *words: str) -> None:
    """Run one of Postgres' programs; its words on a fault name tables, and no row."""
    process = await asyncio.create_subprocess_exec(
        *(str(postgres.programs(layout.postgres) / program), *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, told = await process.communicate()
    if process.returncode != 0:
        raise StackError(f"{program} failed; nothing was changed: {told.decode(errors='replace').strip()}")
