"""Who may do what: one table of roles and actions, asked by every door."""

from collections.abc import Mapping
from typing import Literal, get_args

from domain.model import Value

Role = Literal["coordinator", "key-worker", "manager", "auditor", "analyst"]
Action = Literal[
    "refer",
    "identify",
    "allocate",
    "work",
    "check",
    "close",
    "reopen",
    "correct",
    "withdraw",
    "reschedule",
    "read",
    "read-names",
    "see-views",
    "count",
    "administer",
    "verify",
    "export",
    "submit",
    "audit",
    "decide",
    "waive",
    "erase",
    "merge",
    "see-self",
]

ROLES: tuple[Role, ...] = get_args(Role)
ACTIONS: tuple[Action, ...] = get_args(Action)
SMALL_COUNT = 5

_ALLOWED: dict[Role, frozenset[Action]] = {
    "coordinator": frozenset(
        [
            *("refer", "identify", "allocate", "work", "check", "close", "correct", "withdraw", "reschedule"),
            *("read", "read-names", "see-self", "count", "export", "submit"),
        ]
    ),
    "key-worker": frozenset(["work", "check", "read", "read-names", "see-self"]),
    # Who prepares, submits and decides on claims does not audit them: a claim needs a second pair of eyes.
    "manager": frozenset(ACTIONS) - {"audit"},
    "auditor": frozenset(["withdraw", "read", "see-self", "see-views", "count", "verify", "export", "audit"]),
    "analyst": frozenset(["see-self", "count"]),
}


class Actor(Value):
    """Who asks: a name and a role, as the token says."""

    name: str
    role: Role

    @property
    def code(self) -> str:
        """The actor as events carry it."""
        return f"{self.role}:{self.name}"


def may(actor: Actor, action: Action, holder: str | None = None) -> bool:
    """Tell whether `actor` may do `action`; a key worker only for the families that worker holds."""
    if action not in _ALLOWED[actor.role]:
        return False
    return actor.role != "key-worker" or holder == actor.name


def may_waive(actor: str) -> bool:
    """Tell whether an actor, as commands name it (`role:name`), may exceed a caseload cap."""
    return actor.partition(":")[0] in {role for role in ROLES if "waive" in _ALLOWED[role]}


def may_answer(actor: Actor, offered_to: str | None, team: str | None, their_team: str | None) -> bool:
    """Tell whether `actor` may answer an offer: whom it was made to, or a manager of that key worker's team.

    A manager without a `team` manages every team, and a key worker without one (`their_team`) has every manager.
    """
    if actor.role == "key-worker":
        return actor.name == offered_to
    return actor.role == "manager" and (team is None or their_team is None or team == their_team)


def conceal(actor: Actor, count: int) -> int | None:
    """Return `count`, or None for an analyst when it is so small that it could point at a family."""
    return None if actor.role == "analyst" and 0 < count < SMALL_COUNT else count


def conceal_all(actor: Actor, counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return counts that make up a total, with the small ones hidden from an analyst.

    One hidden count alone could be had by subtracting the rest from the total, so the smallest other goes with it.
    """
    shown = {name: conceal(actor, count) for name, count in counts.items()}
    if list(shown.values()).count(None) == 1:
        others = [name for name, count in shown.items() if count]
        shown |= dict.fromkeys(sorted(others, key=lambda name: (counts[name], name))[:1])
    return shown
