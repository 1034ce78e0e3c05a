"""The version of a journey, as `show` and `list` tell it and as a step is held to it: `7`, or `2-7` on a second one."""

import re

from cli.core.errors import BAD_INPUT, Trouble, plain

VERSION = re.compile(r"(?:([1-9]\d{0,8})-)?(\d{1,9})")


def entity_tag(version: str) -> str:
    """Return the entity tag of a version as `show` and `list` tell it: 7, or 2-7 on the family's second journey."""
    found = VERSION.fullmatch(version.strip())
    if found is None:
        remedy = "copy the version from journeys show REF, such as 7, or 2-7 on the family's second journey"
        raise Trouble(f"--if-version: {plain(version)} is not a version", remedy, exit_code=BAD_INPUT)
    return f'"{found[1] or 1}-{found[2]}"'


def version_of(journey_id: str, version: int) -> str:
    """Return a journey's version as people are told it: the number, and before it which journey unless the first."""
    from domain.ids import number_of

    number = number_of(journey_id)
    return str(version) if number == 1 else f"{number}-{version}"
