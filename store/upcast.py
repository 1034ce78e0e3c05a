"""Old event versions brought up to date, one step at a time, on the raw JSON as it was stored.

A step turns version n of a type into version n + 1. An `event-corrected` holds another event inside: a step for a type
that can be corrected needs its twin for `event-corrected`, and a golden file of each.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from store.errors import UnknownEventVersion

Raw = dict[str, Any]
Steps = Mapping[tuple[str, int], Callable[[Raw], Raw]]

STEPS: Steps = MappingProxyType({})  # every type is at version 1


def schema_version(event_type: str, steps: Steps = STEPS) -> int:
    """Return the version that events of a type are written in now."""
    version = 1
    while (event_type, version) in steps:
        version += 1
    return version


def upcast(event_type: str, version: int, raw: Raw, steps: Steps = STEPS) -> Raw:
    """Return `raw` as the newest version of its type would hold it.

    Raise `UnknownEventVersion` when it is newer than that: a newer release wrote it.
    """
    newest = schema_version(event_type, steps)
    if version > newest:
        raise UnknownEventVersion(f"{event_type} version {version} is newer than this program's {newest}")
    for step in range(version, newest):
        raw = steps[event_type, step](raw)
    return raw
