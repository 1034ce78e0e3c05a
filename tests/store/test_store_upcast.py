"""Stored events keep their meaning: a golden file for every type and version, and old versions brought up to date."""

from pathlib import Path
from typing import get_args

import orjson
import pytest
from pydantic import BaseModel

from domain.canonical import plain
from domain.journey.events import EVENT, AnyEvent, Correctable
from store.errors import UnknownEventVersion
from store.upcast import STEPS, schema_version, upcast

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
MODELS: tuple[type[BaseModel], ...] = get_args(get_args(AnyEvent)[0])
TYPES = [model.model_fields["type"].default for model in MODELS]
CORRECTABLE = [model.model_fields["type"].default for model in get_args(get_args(Correctable)[0])]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_loads_to_the_same_model(path):
    """An event as it was once stored still loads, and says the same when it is stored again today."""
    golden = orjson.loads(path.read_bytes())
    event = EVENT.validate_python(upcast(golden["type"], golden["schema_version"], golden["stored"]))
    assert golden["loads_as"] == plain(EVENT.dump_python(event, mode="json", by_alias=True))
    assert type(event) is MODELS[TYPES.index(golden["type"])]
    assert f"{golden['type']}.v{golden['schema_version']}" == _version(path)


def test_every_event_type_and_version_has_a_golden_file():
    """No event can be added, or its version raised, without its golden file."""
    wanted = {f"{name}.v{version}" for name in TYPES for version in range(1, schema_version(name) + 1)}
    assert wanted == {_version(path) for path in GOLDEN}


def _version(path: Path) -> str:
    """Return the type and version that a golden file is of; a third part of its name says what it is an example of."""
    return ".".join(path.stem.split(".")[:2])


def test_steps_for_correctable_types_have_their_twin():
    """A correction holds another event, so that its version rises with each type that can be corrected."""
    raised = sum(schema_version(name) - 1 for name in CORRECTABLE)
    assert schema_version("event-corrected") - 1 >= raised


def test_old_versions_go_up_step_by_step():
    """An event two versions old passes every step, in order, as raw JSON; one of today passes none."""
    steps = {
        ("contact-recorded", 1): lambda raw: {**raw, "kind": {"home": "visit"}[raw["how"]]},
        ("contact-recorded", 2): lambda raw: {name: value for name, value in raw.items() if name != "how"},
    }
    stored = {"type": "contact-recorded", "at": "2012-05-20T12:00:00Z", "on": "2012-05-20", "how": "home"}
    today = {"type": "contact-recorded", "at": "2012-05-20T12:00:00Z", "on": "2012-05-20", "kind": "visit"}
    assert schema_version("contact-recorded", steps) == 3
    assert upcast("contact-recorded", 1, stored, steps) == today
    assert upcast("contact-recorded", 3, today, steps) is today
    assert EVENT.validate_python(upcast("contact-recorded", 1, stored, steps)).kind == "visit"


def test_a_newer_version_is_not_guessed_at():
    """An event newer than this program is an error that says so."""
    with pytest.raises(UnknownEventVersion, match="contact-recorded version 2 is newer than this program's 1"):
        upcast("contact-recorded", 2, {})


def test_every_type_is_at_its_first_version():
    """Nothing was released yet, so there is nothing to bring up to date."""
    assert dict(STEPS) == {}
