"""What bounds a local scheme: its needs, localities, places, cohorts and money, each with its source."""

from typing import Literal, Self

from pydantic import Field, model_validator

from domain.model import Code, Sourced

# The cohort that is identified and followed, and not helped: what the others are compared with.
COMPARISON = "comparison"


class Need(Sourced):
    """A problem that may be found at assessment, under its headline."""

    id: Code
    title: str
    headline: str


class Localities(Sourced):
    """The localities from which the programme takes families."""

    names: tuple[str, ...] = Field(min_length=1)

    def hold(self, locality: str) -> bool:
        """Tell whether `locality` is one of them, however its capitals are written."""
        return locality.casefold() in {name.casefold() for name in self.names}


class Places(Sourced):
    """The most families held at one time in the programme, and the most key workers who hold any."""

    families: int | None = Field(default=None, ge=1)
    key_workers: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if self.families is None and self.key_workers is None:
            raise ValueError("places bound nothing; give families, key_workers or both, or leave places out")
        return self


class Cohorts(Sourced):
    """The groups into which identified families fall; those of `comparison` are not helped by the programme."""

    names: tuple[Code, ...] = Field(min_length=1)


class Funding(Sourced):
    """How the partners pay: from one pooled budget, from budgets aligned with each other, or each its own.

    `number` says how many partners pay where the source does not name them.
    """

    budget: Literal["pooled", "aligned", "own"]
    partners: tuple[str, ...] = ()
    number: int | None = Field(default=None, ge=1)
