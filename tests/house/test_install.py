"""install.sh says in one line what a machine lacks, and leaves nothing half-made behind."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEWER = "install Python 3.11 or newer, or name one: make install PYTHON=/path/to/python3"
# A Python that is not as it should be: the real one, told so first.
OLD = "import sys; sys.version_info = (3, 10, 13)"
BARE = "import sys; sys.modules['ensurepip'] = None"


@pytest.fixture
def checkout(tmp_path):
    """Give a folder with what install.sh reads."""
    for name in ("install.sh", "requirements.lock", "requirements-build.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_a_missing_python_is_told(checkout):
    """Without Python one line says which command was tried, and how to name another."""
    assert _install(checkout, "python-of-nobody") == (f"install: python-of-nobody does not run; {NEWER}\n")


def test_an_old_python_is_told(checkout):
    """A Python that is too old is refused with its version."""
    python = _python(checkout, OLD)
    assert _install(checkout, python) == (f"install: {python} is Python 3.10; {NEWER}\n")


def test_a_python_without_venv_is_told(checkout):
    """Where the system's Python comes without venv, one line names the package that brings it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert _install(checkout, _python(checkout, BARE)) == (
        f"install: Python {version} is without venv; on Debian and Ubuntu: apt-get install python{version}-venv\n"
    )


def test_a_network_that_is_away_is_told(checkout):
    """Without an index the install ends soon with one line and no half-made .venv."""
    (checkout / ".venv").mkdir()
    assert _install(checkout, sys.executable) == (
        "install: the package index does not answer; look to the network, or to PIP_INDEX_URL, and run this again.\n"
    )
    assert list(checkout.glob(".venv*")) == []


@pytest.mark.parametrize("at", [".venv", ".venv.before"])
def test_what_worked_before_comes_back(checkout, at):
    """Where the new lock cannot be installed the .venv of the old one stays, and so it does when a run was killed."""
    (checkout / at).mkdir()
    (checkout / at / ".installed").touch()
    assert "does not answer" in _install(checkout, sys.executable)
    assert [path.name for path in checkout.glob(".venv*")] == [".venv"]
    assert [path.name for path in (checkout / ".venv").iterdir()] == [".installed"]


def _python(folder: Path, first: str) -> str:
    python = folder / "python-stub"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{first}; exec(sys.argv[1])" "$2"\n')
    python.chmod(0o755)
    return str(python)


def _install(folder: Path, python: str) -> str:
    """Run install.sh where no package index answers, whatever this machine's own settings are; return what it says."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        kept = {name: value for name, value in os.environ.items() if not name.lower().startswith(("pip_", "http"))}
        away = {"PYTHON": python, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index}
        said = subprocess.run(
            ["sh", "install.sh"], cwd=folder, env=kept | away, capture_output=True, text=True, check=False
        )
    assert said.returncode == 1
    return said.stderr
