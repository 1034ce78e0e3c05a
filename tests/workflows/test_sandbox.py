"""What the sandbox would keep workflows from, were they not passed through: clocks, chance and input."""

import ast
from pathlib import Path

import pytest
from temporalio.converter import WithSerializationContext, WorkflowSerializationContext

import workflows
from tests.workflows.test_replay import HISTORIES
from wiring.temporal.client import converter
from wiring.temporal.codec import EncryptionCodec

FILES = sorted(Path(str(workflows.__file__)).parent.glob("*.py"))
# What a workflow may import; of our own, what .importlinter lets it.
OURS = ("activities", "domain", "workflows")
ALLOWED = ("asyncio", "collections.abc", "datetime", "pydantic", "temporalio", "typing")
# Names of the Python language that reach out of a workflow, or tell it something that a replay is not told.
BUILTINS = {"__import__", "breakpoint", "eval", "exec", "hash", "id", "input", "open", "print"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter", "uuid4", "random", "sleep", "to_thread"}


def faults(source: str) -> list[str]:
    """Return what in this source no workflow may do."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [name.name for name in names if not _allowed(name.name)]
            case ast.ImportFrom(module=module):
                found += [] if _allowed(module or "") else [module or "."]
            case ast.Attribute(value=ast.Name(id="workflow")):
                pass  # the SDK's own: told by the history
            case ast.Attribute(attr=name) if name in CLOCKS:
                found.append(name)
            case ast.Name(id=name) if name in BUILTINS:
                found.append(name)
    return found


def _allowed(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in (*OURS, *ALLOWED))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_workflow_asks_no_clock_and_no_chance(file: Path) -> None:
    """What a workflow does follows from its history alone."""
    assert faults(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import random", "random"),
        ("from uuid import uuid4", "uuid"),
        ("from store import journal", "store"),
        ("at = datetime.now(UTC)", "now"),
        ("at = date.today()", "today"),
        ("await asyncio.sleep(1)", "sleep"),
        ("open('/etc/hostname')", "open"),
        ("number = hash(name)", "hash"),
    ],
)
def test_what_a_workflow_may_not_do_is_found(source: str, fault: str) -> None:
    """The test above can fail."""
    assert faults(source) == [fault]


def test_the_context_of_a_payload_matters_to_the_codec_alone() -> None:
    """The doorkeeper answers in a run's place what a payload is for: nothing in the run may look at it."""
    ours = converter(EncryptionCodec.from_file(HISTORIES / "codec.key"))
    context = WorkflowSerializationContext(namespace="family-journeys", workflow_id="F-0000-0000-1")
    assert ours.payload_converter.with_context(context) is ours.payload_converter
    assert not isinstance(ours.failure_converter, WithSerializationContext)
    assert ours.external_storage is None
