"""Saved views: filters of `journeys list` under a name, kept for each user in the configuration folder."""

import json
import os
import re
from pathlib import Path
from typing import Any

from cli.core.errors import BAD_INPUT, Trouble, plain

View = dict[str, Any]
FILTERS = {"stage", "holder", "area", "locality", "programme", "reference", "overdue", "open"}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}")


def folder() -> Path:
    """Return the configuration folder: JOURNEYS_CONFIG, or the user's own."""
    from platformdirs import user_config_path

    given = os.environ.get("JOURNEYS_CONFIG")
    return Path(given) if given else user_config_path("family-journeys")


def views() -> dict[str, View]:
    """Return the saved views by name."""
    file = folder() / "views.json"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as fault:
        raise Trouble(f"{file} cannot be read ({fault})", "mend it, or remove it", exit_code=BAD_INPUT) from fault
    if not isinstance(told, dict) or not all(isinstance(view, dict) for view in told.values()):
        raise Trouble(f"{file} holds no views", "mend it, or remove it", exit_code=BAD_INPUT)
    return told


def asked(view: str | None, given: dict[str, Any]) -> View:
    """Return the filters of a view with those given over them."""
    return {**(_view(view) if view else {}), **{name: value for name, value in given.items() if value}}


def forget(name: str) -> None:
    """Remove a view."""
    _named(name)
    _keep({other: view for other, view in views().items() if other != name})


def described(view: View) -> str:
    """Write a view as the options that it stands for."""
    return " ".join(_option(name, value) for name, value in view.items()) or "everything"


def _option(name: str, value: object) -> str:
    option = f"--{name.replace('_', '-')}"
    return option if value is True else f"{option} '{value}'" if " " in str(value) else f"{option} {value}"


def _view(name: str) -> View:
    found = _named(name)
    if others := found.keys() - FILTERS:
        reason = f"view {plain(name)} holds {plain(', '.join(sorted(others)))}, which are not filters of journeys list"
        raise Trouble(reason, "save it again: journeys list ... --save NAME", exit_code=BAD_INPUT)
    return found


def _named(name: str) -> View:
    known = views()
    if name not in known:
        remedy = f"use one of {', '.join(sorted(known))}" if known else "save one with: journeys list --save NAME"
        raise Trouble(f"no view is saved as {plain(name)}", remedy, exit_code=BAD_INPUT)
    return known[name]


def save(name: str, view: View) -> None:
    """Keep filters under a name."""
    if not NAME.fullmatch(name):
        raise Trouble(
            f"{plain(name)} cannot be the name of a view",
            "use letters, digits and . _ - , 40 at most",
            exit_code=BAD_INPUT,
        )
    _keep({**views(), name: view})


def _keep(known: dict[str, View]) -> None:
    """Write the file anew beside the old one and put it in its place, so that a kill leaves one of the two."""
    place = folder()
    fresh = place / f".views.{os.getpid()}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(known, indent=2), encoding="utf-8")
        fresh.replace(place / "views.json")
    except OSError as fault:
        remedy = "check the folder, or name another in JOURNEYS_CONFIG"
        raise Trouble(f"{place} cannot be written ({fault.strerror})", remedy, exit_code=BAD_INPUT) from fault
