"""Rule packs: TOML files read into `Programme`, identified by name, version and a hash of their content."""

import hashlib
import json
import os
import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.programme.programme import Programme
from programmes.merging import inherit, over

PACKS = files(__name__) / "packs"
OWN = "JOURNEYS_PACKS_DIR"  # the folder of a council's own packs, for gateway, worker and whatever shows packs
NAME = r"^[a-z0-9][a-z0-9-]{0,79}$"


class PackError(Exception):
    """A rule pack cannot be read; the message names the file, the place and the fault."""


def load(name: str) -> Programme:
    """Return the resolved pack `name`, with the packs it extends read into it and its content hash set."""
    return _load(name, _stamp())


@lru_cache(maxsize=64)
def _load(name: str, _files: object) -> Programme:
    """Read a pack once for as long as the files of the own folder stay as they are."""
    return build(name, inherit(resolve(name)))


def names(folder: Path | None = None) -> list[str]:
    """Return the names of the shipped packs and a council's own by alphabet; `folder` as in `own_packs`."""
    shipped = {entry.name.removesuffix(".toml") for entry in PACKS.iterdir() if entry.name.endswith(".toml")}
    return sorted(shipped | {file.stem for file in own_packs(folder)})


def own_packs(folder: Path | None = None) -> list[Path]:
    """Return the files of a council's own packs, in `folder` or where the environment says."""
    given = os.environ.get(OWN)
    place = folder or (Path(given) if given else None)
    return sorted(place.glob("*.toml")) if place else []


def _stamp() -> tuple[tuple[str, int, int], ...]:
    seen = ((file, file.stat()) for file in own_packs())
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in seen)


def is_name(text: object) -> bool:
    """Tell whether a text can be the name of a programme: a path is none, whatever lies there."""
    return isinstance(text, str) and re.fullmatch(NAME.strip("^$"), text) is not None


def build(name: str, content: dict[str, Any]) -> Programme:
    """Validate a resolved pack and set its hash: SHA-256 over its canonical JSON."""
    try:
        programme = Programme.model_validate(content)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PackError(f"{name}.toml: {place}: {first['msg']}") from fault
    return programme.model_copy(update={"hash": content_hash(programme)})


def kept(content: bytes) -> Programme:
    """Return a pack as a database kept it and an export wrote it; raise `PackError` when it is not what it says.

    Its hash is that of the content as it was written: a later release may know fields that it does not have.
    """
    try:
        kept = json.loads(content)
        programme = Programme.model_validate_json(content)
    except (ValidationError, ValueError) as fault:
        raise PackError("not a kept pack; export it again with its claim file") from fault
    if _hash({name: value for name, value in kept.items() if name != "hash"}) != programme.hash:
        raise PackError(f"the pack says hash {programme.hash[:12]} and has another; it was changed: export it again")
    return programme


def content_hash(programme: Programme) -> str:
    """Return the SHA-256 (hex) of a pack's content, the same wherever and whenever it is computed."""
    return _hash(programme.model_dump(mode="json", by_alias=True, exclude={"hash"}))


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()


def _canonical(content: dict[str, Any]) -> bytes:
    import orjson  # noqa: PLC0415 - only when a pack is hashed; the CLI lists packs without it

    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def resolve(name: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the content of a pack over that of the pack it extends."""
    if name in seen:
        raise PackError(f"{name}.toml: extends itself through {' -> '.join(seen)}; break the circle")
    content = _read(name)
    base = content.pop("extends", None)
    return over({} if base is None else resolve(base, (*seen, name)), content)


def _read(name: str) -> dict[str, Any]:
    shipped = PACKS / f"{name}.toml"
    own = next((file for file in own_packs() if file.stem == name), None)
    place = shipped if is_name(name) and shipped.is_file() else own
    if not is_name(name) or place is None:
        raise PackError(f"no programme {name}; known are {', '.join(names())}")
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise PackError(f"{name}.toml: {fault}") from fault
