"""How a pack stands over the one that it extends: key by key, except the clocks, which are merged by their work."""

from collections.abc import Mapping
from typing import Any

Content = dict[str, Any]
MERGED = {"clocks": "work"}  # keys whose entries are merged, by what names an entry
REPLACE = "replace"  # the key that says aloud which of them a pack replaces whole
INHERITED = ("source", "confidence")


def over(parent: Mapping[str, Any], own: Mapping[str, Any]) -> Content:
    """Return what a pack says over the one it extends: a key given replaces the whole key, unless it is merged."""
    merged = {**parent, **{key: value for key, value in own.items() if key != REPLACE}}
    for key, name in MERGED.items():
        if key in own and key not in replaced(own):
            merged[key] = _by_name(parent.get(key), own[key], name)
    return merged


def replaced(own: Mapping[str, Any]) -> list[Any]:
    """Return the keys that a pack says it replaces whole."""
    said = own.get(REPLACE, [])
    return said if isinstance(said, list) else [said]


def inherit(content: Content) -> Content:
    """Return a pack in which each criterion without a source or a confidence has that of the eligibility above it."""
    above = content.get("eligibility")
    criteria = above.get("criteria") if isinstance(above, dict) else None
    if not isinstance(above, dict) or not isinstance(criteria, list):
        return content
    given = {name: above[name] for name in INHERITED if name in above}
    told = [{**given, **one} if isinstance(one, dict) else one for one in criteria]
    return content | {"eligibility": above | {"criteria": told}}


def _by_name(parent: object, own: object, name: str) -> object:
    """Put each entry in the place of the parent's of the same name, and the others at the end."""
    if not isinstance(parent, list) or not isinstance(own, list):
        return own
    names = [named(entry, name) for entry in own]
    if None in names or len(set(names)) < len(names):
        return own  # what is wrong with it is told of it as it is written
    fresh = dict(zip(names, own, strict=True))
    kept = [fresh.pop(named(entry, name), entry) for entry in parent]
    return [*kept, *fresh.values()]


def named(entry: object, name: str) -> str | None:
    """Return what an entry is called by, None where it is of the wrong shape."""
    told = entry.get(name) if isinstance(entry, Mapping) else None
    return told if isinstance(told, str) else None
