"""`docs/problems.md` is held to the code: every code that can be answered is there with its status, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from gateway.http.problems import _KNOWN, STATUS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
FOLDERS = ("domain", "store", "wiring", "activities", "gateway")
# Where a call names its code.
PLACES = {"Rejected": 0, "NotTaken": 1, "IdentityQuestion": 0, "Rejection": None, "problem": 1, "Refused": 0}
OTHERS = {"unavailable": 503, "unexpected": 500}
IN_THE_STORE = {  # reasons that the inbox gives by itself
    "ambiguous-subject",
    "bad-character",
    "id-too-long",
    "outdated",
    "id-used-for-another-body",
    "no-journey",
    "not-a-member",
    "unknown-subject",
}


def codes(*names: str) -> Iterator[str]:
    """Every code that a call of one of these names is given in the source."""
    for path in (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in names:
                place = PLACES[node.func.id]
                given = [word.value for word in node.keywords if word.arg == "code"]
                given += node.args[place : place + 1] if place is not None else []
                yield from (one.value for one in given if isinstance(one, ast.Constant))


def rows(part: str) -> dict[str, str]:
    """The codes of one table of the page, with the column after them."""
    return dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", part, re.MULTILINE))


def test_every_problem_is_on_the_page():
    """The page names every code with the status it is answered with, and none that the code does not know."""
    known = {code: status for status, (code, _) in _KNOWN.items()} | STATUS | OTHERS
    found = {*codes("Rejected", "NotTaken", "IdentityQuestion", "Rejection", "problem"), *known}
    problems, _, _ = PAGE.partition("## Reasons of receipts")
    assert rows(problems) == {code: str(known.get(code, 409)) for code in sorted(found)}


def test_every_reason_is_on_the_page():
    """The page names every reason that an event is refused for, or waits for."""
    _, _, reasons = PAGE.partition("## Reasons of receipts")
    assert {*rows(reasons)} == {*codes("Refused"), *IN_THE_STORE}
    names = ("inbox.py", "forwarding.py", "sql/inbox.sql", "sql/forwarding.sql")
    inbox = "".join((ROOT / "store" / name).read_text() for name in names)
    assert [reason for reason in IN_THE_STORE if f'"{reason}"' not in inbox and f"'{reason}'" not in inbox] == []
