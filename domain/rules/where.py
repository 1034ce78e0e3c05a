"""A limit to the evidence that a rule looks at, by the codes in one field of it."""

from typing import Self

from pydantic import model_validator

from domain.evidence import MODELS, Observation
from domain.model import Value


class Where(Value):
    """A limit to evidence whose `field` holds one of, or none of, some codes."""

    field: str
    any_of: tuple[str | bool, ...] = ()
    none_of: tuple[str | bool, ...] = ()

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if bool(self.any_of) == bool(self.none_of):
            raise ValueError("give any_of or none_of, one of the two")
        return self


def known_field(kind: str, where: Where | None) -> None:
    """Refuse a limit to a field that evidence of this kind does not have."""
    if where is not None and where.field not in MODELS[kind].model_fields:
        raise ValueError(f"evidence of kind {kind} has no field {where.field!r}")


def holds(where: Where | None, item: Observation) -> bool:
    """Tell whether the item is within the limit that a rule sets on its fields."""
    if where is None:
        return True
    found = getattr(item, where.field)
    return found in where.any_of if where.any_of else found not in where.none_of
