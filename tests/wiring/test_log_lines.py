"""A log line tells the type and the place of a fault, whoever writes it, and never its words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("leaky.py")
NAME = "Quillfeather"
TYPES = {"debug": "begun", "as text": "it failed", "a warning": "UserWarning"}  # each other way tells its KeyError


def _lines(way: str) -> str:
    done = subprocess.run(
        [sys.executable, SCRIPT, way],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "way",
    [
        "ours",
        "ours by value",
        "a library's",
        "quoted",
        "quoted beside",
        "as text",
        "as extra",
        "debug",
        "a warning",
        "a task",
        "a thread",
        "a destructor",
        "the end",
    ],
)
def test_the_words_of_a_fault_are_in_no_line(way: str):
    """Logged by us, a library or nobody, as exception, value or text: what went wrong is told without its words."""
    told = _lines(way)
    assert NAME not in told
    assert TYPES.get(way, "KeyError") in told
    assert all(json.loads(line)["event"] for line in told.splitlines()), "each line is one object"


@pytest.mark.parametrize("program", [("worker.py",), ("-m", "gateway")])
def test_wrong_settings_are_named_and_not_quoted(program: tuple[str, ...]):
    """A process that lacks a setting says which, and shows none that it was given: an address may hold a password."""
    env = {"JOURNEYS_DATABASE_URL": f"postgresql://journeys:{NAME}@nowhere/journeys", "JOURNEYS_GATEWAY_PORT": NAME}
    done = subprocess.run([sys.executable, *program], check=False, capture_output=True, text=True, cwd=ROOT, env=env)
    told = done.stdout + done.stderr
    assert done.returncode == 1
    assert "temporal_address" in told
    assert NAME not in told
    assert all(json.loads(line)["event"] for line in told.splitlines()), "each line is one object"
