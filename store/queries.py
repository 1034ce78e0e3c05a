"""SQL from the files in `store/sql`: each statement has a name and a description, and is read once, at import."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).with_name("sql")
_BLOCK = re.compile(r"^-- name: (?P<name>[a-z_]+)\n(?P<about>(?:--.*\n)+)(?P<sql>(?:(?!-- name:).*\n?)*)", re.MULTILINE)


def queries(stem: str) -> Mapping[str, str]:
    """Return the statements of `store/sql/<stem>.sql` by name.

    A block is `-- name: <name>`, at least one comment line that describes it, then the statement.
    """
    text = (FOLDER / f"{stem}.sql").read_text(encoding="utf-8")
    found = {block["name"]: block["sql"].strip().rstrip(";") for block in _BLOCK.finditer(text)}
    if len(found) != text.count("-- name:"):
        raise ValueError(f"store/sql/{stem}.sql: every statement needs a name of its own and a description")
    return MappingProxyType(found)
