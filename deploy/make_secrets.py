"""Make the secret files of docker-compose.yml, each readable by the one user of the one container that needs it.

Run as root: `sudo .venv/bin/python deploy/make_secrets.py deploy/secrets`. Files that exist are kept, for what they
locked would be lost. `jwks.json` is made for trying out, with its private half in `jwt.json`: put the public keys of
your identity provider in its place, and keep it owned as it is.

Certificates for Temporal (mutual TLS) last two years; run again, the script renews those that end within half a year,
and the containers take the new ones when they are started again. `authority.key` signs them: no container is given it.
"""  # noqa: INP001 - a script beside the files it makes, not a package

import argparse
import os
import sys
from pathlib import Path
from secrets import token_hex

from stack import certificates, secrets

# The user numbers that docker-compose.yml runs the containers under.
POSTGRES, TEMPORAL, JOURNEYS = 999, 1000, 10001
OWNERS = {
    "postgres.password": POSTGRES,
    "roles.sql": POSTGRES,
    "temporal.password": TEMPORAL,
    "service-roles.sql": POSTGRES,
    "migrations.pgpass": JOURNEYS,
    "gateway.pgpass": JOURNEYS,
    "worker.pgpass": JOURNEYS,
    "temporal-server.pem": TEMPORAL,
    "temporal-server.key": TEMPORAL,
    "temporal-tools.pem": TEMPORAL,
    "temporal-tools.key": TEMPORAL,
    "temporal-authority.pem": TEMPORAL,
    "journeys-client.pem": JOURNEYS,
    "journeys-client.key": JOURNEYS,
    "journeys-authority.pem": JOURNEYS,
    "codec.key": JOURNEYS,
    "vault.key": JOURNEYS,
    "subject.key": JOURNEYS,
    "jwks.json": JOURNEYS,
    "smtp.user": JOURNEYS,
    "smtp.password": JOURNEYS,
    "notify.key": JOURNEYS,
}
# The role in the database of each process; the first owns the tables.
ROLES = {"migrations": "journeys", "gateway": "journeys_gateway", "worker": "journeys_worker"}
TO_BE_FILLED = ("smtp.user", "smtp.password", "notify.key")  # by whoever has them; empty: there is none


def make(folder: Path) -> None:
    """Write what is not there yet, for the user who runs this alone."""
    secrets.ensure(folder)
    certificates.ensure(
        folder,
        server="temporal-server",
        clients=("temporal-tools", "journeys-client"),
        trusting=("temporal-authority", "journeys-authority"),
    )
    _once(folder / "postgres.password", token_hex(24))
    for name in TO_BE_FILLED:
        _once(folder / name, "")
    temporal = _once(folder / "temporal.password", token_hex(24))
    _keep_the_owners(folder)
    passwords = {role: _password(folder / f"{process}.pgpass", role) for process, role in ROLES.items()}
    owner = passwords.pop("journeys")
    _once(
        folder / "roles.sql",
        f"CREATE ROLE temporal LOGIN PASSWORD '{temporal}';\nCREATE ROLE journeys LOGIN PASSWORD '{owner}';\n",
    )
    _once(
        folder / "service-roles.sql",
        "".join(f"CREATE ROLE {role} LOGIN PASSWORD '{word}';\n" for role, word in passwords.items())
        + "GRANT CONNECT ON DATABASE journeys TO journeys_gateway, journeys_worker;\n",
    )


def _password(file: Path, role: str) -> str:
    """Make the password file of a role; return the password."""
    return _once(file, f"postgres:5432:journeys:{role}:{token_hex(24)}\n").strip().rpartition(":")[2]


def _keep_the_owners(folder: Path) -> None:
    """Keep the password of the tables' owner, which every process of an earlier release had."""
    earlier, now = folder / "journeys.pgpass", folder / "migrations.pgpass"
    if earlier.exists() and not now.exists():
        earlier.rename(now)


def hand_over(folder: Path) -> None:
    """Give each file to its reader; only root can."""
    for name, owner in OWNERS.items():
        os.chown(folder / name, owner, owner)
        (folder / name).chmod(0o400)


def _once(path: Path, value: str) -> str:
    """Write a file unless it is there, whole or not at all; return what it holds."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}")
        fresh.touch(mode=0o600)
        fresh.write_text(value)
        fresh.replace(path)
    return path.read_text()


def main() -> int:
    """Make the files and give them away."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where to put the files, as a rule deploy/secrets")
    parser.add_argument("--keep-owner", action="store_true", help="leave the files to you: to look at, not to run with")
    chosen = parser.parse_args()
    if not chosen.keep_owner and os.geteuid() != 0:
        parser.error("run it with sudo: each file is given to the user of the container that reads it")
    make(chosen.folder)
    if not chosen.keep_owner:
        hand_over(chosen.folder)
    sys.stdout.write(f"secrets are in {chosen.folder}; keep a copy of codec.key and vault.key in a safe place\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
