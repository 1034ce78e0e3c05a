"""What every command carries, what its class is obliged to, and how much of a list it may carry."""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field, model_validator

from domain.access import Action
from domain.model import Value

SEALED = 60_000  # symbols: ten thousand of a note, sealed, however they are written
MOST = 50  # codes in one list: more is a slip, or poison
# Facts that commands carried before they had a model of their own; histories of running journeys still have them.
FORMER_FACTS = ("caseload", "places", "original", "claim_state", "message", "still_open", "family_erased")


class Command(Value):
    """What every command carries: its id, when it was given, and by whom (`role:name`).

    `at` is set anew by the one clock of the journey when the command is carried out. `seen_version` is the journey's
    version that whoever gives it had before them; None: it is given regardless.

    A class also says what it is obliged to: `action`, what its actor must be allowed when it is a step with a route of
    its own (None: its door asks for itself); `answered_by`, whose answer it is; whether a closed or an erased journey
    takes it, or one that was merged into another; `ends_because`, why reminders end by it, where not by its own name;
    whether it rests on facts that are read under lock; whether it writes more than the journal and its read models.
    """

    action: ClassVar[Action | None] = None
    answered_by: ClassVar[Literal["holder", "offered"]] = "holder"
    after_close: ClassVar[bool] = False
    after_erasing: ClassVar[bool] = False
    after_merging: ClassVar[bool] = False
    ends_because: ClassVar[str | None] = None
    needs_facts: ClassVar[bool] = False
    writes_beside: ClassVar[bool] = False

    command_id: str = Field(min_length=1, max_length=120)
    at: AwareDatetime
    actor: str = Field(min_length=1, max_length=120)
    seen_version: int | None = Field(default=None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _without_former_facts(cls, given: Any) -> Any:
        """Drop the facts that an earlier release wrote into the command."""
        if not isinstance(given, dict):
            return given
        former = [name for name in FORMER_FACTS if name in given and name not in cls.model_fields]
        return {name: value for name, value in given.items() if name not in former} if former else given


class Personal(Value):
    """What a command says that is personal, sealed under the family's key for this command alone.

    `digest` is a keyed hash of it, by which the same thing said twice is one command: sealed twice it looks otherwise.
    """

    sealed: str = Field(min_length=1, max_length=SEALED)
    digest: str = Field(min_length=1, max_length=64)
