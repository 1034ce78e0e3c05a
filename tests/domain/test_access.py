"""Who may do what."""

from pathlib import Path

import pytest

from domain.access import ACTIONS, ROLES, Actor, conceal, conceal_all, may, may_answer, may_waive

# One line a role, one column an action, in the order of ACTIONS. `o`: on families that they hold.
TABLE = """
            refer identify allocate work check close reopen correct withdraw reschedule read read-names see-views count administer verify export submit audit decide  waive erase merge see-self
coordinator y     y        y        y    y     y     -      y       y        y          y    y          -         y     -          -      y      y      -     -       -     -     - y
key-worker  -     -        -        o    o     -     -      -       -        -          o    o          -         -     -          -      -      -      -     -       -     -     - o
manager     y     y        y        y    y     y     y      y       y        y          y    y          y         y     y          y      y      y      -     y       y     y     y y
auditor     -     -        -        -    -     -     -      -       y        -          y    -          y         y     -          y      y      -      y     -       -     -     - y
analyst     -     -        -        -    -     -     -      -       -        -          -    -          -         y     -          -      -      -      -     -       -     -     - y
"""  # noqa: E501 - one column an action

LINES = [line.split() for line in TABLE.strip().splitlines()]


def test_table_is_whole():
    """The table names every role and every action."""
    assert (LINES[0], [line[0] for line in LINES[1:]]) == (list(ACTIONS), list(ROLES))


@pytest.mark.parametrize(
    ("role", "action", "mark"),
    [(line[0], action, mark) for line in LINES[1:] for action, mark in zip(ACTIONS, line[1:], strict=True)],
)
def test_may(role: str, action: str, mark: str):
    """Each role may do what its line says: everywhere, on own families, or nowhere."""
    actor = Actor(name="kim", role=role)
    allowed = (may(actor, action, "kim"), may(actor, action, "ann"), may(actor, action))
    assert allowed == {"y": (True, True, True), "o": (True, False, False), "-": (False, False, False)}[mark]


def test_who_may_waive():
    """Of the actors that commands name, a manager alone may exceed a cap."""
    assert [role for role in ROLES if may_waive(f"{role}:kim")] == ["manager"]
    assert not may_waive("worker:clock")


@pytest.mark.parametrize(
    ("role", "name", "team", "their_team", "allowed"),
    [
        ("key-worker", "lee", None, "north", True),
        ("key-worker", "kim", "north", "north", False),
        ("manager", "mo", "north", "north", True),
        ("manager", "mo", "south", "north", False),
        ("manager", "mo", None, "north", True),
        ("manager", "mo", "south", None, True),
        ("coordinator", "ann", "north", "north", False),
    ],
)
def test_who_may_answer_an_offer(role: str, name: str, team: str | None, their_team: str | None, allowed: bool):  # noqa: FBT001
    """An offer to lee is answered by lee, or by a manager of lee's team; one without a team manages all."""
    assert may_answer(Actor(name=name, role=role), "lee", team, their_team) == allowed


def test_code():
    """An actor stands in events as role and name."""
    assert Actor(name="kim", role="key-worker").code == "key-worker:kim"


@pytest.mark.parametrize(
    ("role", "count", "told"), [("analyst", 4, None), ("analyst", 5, 5), ("analyst", 0, 0), ("auditor", 1, 1)]
)
def test_conceal(role: str, count: int, told: int | None):
    """Only an analyst is not told small counts."""
    assert conceal(Actor(name="kim", role=role), count) == told


@pytest.mark.parametrize(
    ("role", "counts", "told"),
    [
        ("analyst", {"a": 3, "b": 9, "c": 40}, {"a": None, "b": None, "c": 40}),
        ("analyst", {"a": 3, "b": 4, "c": 40}, {"a": None, "b": None, "c": 40}),
        ("analyst", {"a": 3, "b": 0}, {"a": None, "b": 0}),
        ("analyst", {"a": 6, "b": 0}, {"a": 6, "b": 0}),
        ("manager", {"a": 3, "b": 9}, {"a": 3, "b": 9}),
    ],
)
def test_conceal_all(role: str, counts: dict[str, int], told: dict[str, int | None]):
    """A small count cannot be had from the total and the rest either."""
    assert conceal_all(Actor(name="kim", role=role), counts) == told


def test_the_page_has_the_same_table():
    """docs/access.md says of every role and action what the policy does."""
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")
    ]
    marks = {(True, True): "yes", (True, False): "own", (False, False): "-"}
    expected = [
        [
            action,
            *(
                marks[may(Actor(name="kim", role=role), action, "kim"), may(Actor(name="kim", role=role), action)]
                for role in ROLES
            ),
        ]
        for action in ACTIONS
    ]
    assert [row[: len(ROLES) + 1] for row in rows] == expected
