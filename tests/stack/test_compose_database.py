"""The SQL that makes the roles of docker-compose.yml, run by psql on a real server, as the image's entrypoint does."""

import asyncio
import importlib.util
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from stack import postgres
from stack.private_stack import PrivateStack, running
from store.grants import GATEWAY, WORKER
from store.migrate import upgrade

ROOT = Path(__file__).parents[2]
OWNER = "journeys"
MADE_BY_US = ("DROP DATABASE journeys", f"DROP ROLE {GATEWAY}", f"DROP ROLE {WORKER}")  # as the one-machine stack does


@dataclass
class Server:
    """A server on which nothing of ours is, and the files that make it so."""

    stack: PrivateStack
    secrets: Path

    def psql(self, file: Path, database: str = "postgres") -> None:
        """Run a file, as the superuser; the first fault ends it."""
        program = postgres.programs(self.stack.layout.postgres) / "psql"
        to = ("--dbname", self.address("postgres", database), "-v", "ON_ERROR_STOP=1", "--no-psqlrc")
        subprocess.run((program, *to, "--file", file), check=True, capture_output=True)

    def address(self, role: str, database: str = "journeys") -> str:
        """The address of a database for a role."""
        return postgres.uri(self.stack.layout.postgres, database, role)

    async def migrate(self) -> None:
        """Bring the schema up to date, as the role that owns the tables."""
        await asyncio.to_thread(upgrade, self.address(OWNER))

    async def may(self, role: str, statement: str) -> bool:
        """Whether a role may run a statement."""
        conn = await asyncpg.connect(self.address(role))
        try:
            await conn.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            return False
        else:
            return True
        finally:
            await conn.close()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server as the image's entrypoint finds it, and fresh secrets."""
    spec = importlib.util.spec_from_file_location("make_secrets", ROOT / "deploy" / "make_secrets.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.make(tmp_path)
    async with running(temporal=None) as stack:
        conn = await asyncpg.connect(postgres.uri(stack.layout.postgres, "postgres"))
        for statement in MADE_BY_US:
            await conn.execute(statement)
        await conn.close()
        yield Server(stack, tmp_path)


ASKED = ("DELETE FROM events WHERE false", "DELETE FROM effects WHERE false", "SELECT FROM people")
RIGHTS = {GATEWAY: [False, False, True], WORKER: [False, True, True]}


@pytest.mark.slow(5)
@pytest.mark.parametrize("upgraded", [False, True], ids=["new", "of an earlier release"])
async def test_the_roles_of_the_containers(server: Server, upgraded: bool):  # noqa: FBT001 - a parameter
    """A new database, and one of before gateway and worker had roles, come to the same rights for both."""
    server.psql(server.secrets / "roles.sql")
    server.psql(ROOT / "deploy" / "postgres" / "20-databases.sql")
    if upgraded:
        await server.migrate()  # everything came as the owner then
    server.psql(server.secrets / "service-roles.sql", "journeys" if upgraded else "postgres")
    await server.migrate()
    assert {role: [await server.may(role, each) for each in ASKED] for role in RIGHTS} == RIGHTS
