"""Sharing agreements with partners, and the notices that partners are sent of events on the path."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from domain.categories import Category
from domain.channels import ChannelName
from domain.evidence import EVIDENCE_KINDS
from domain.model import Sourced


class Agreement(Sourced):
    """A sharing agreement: what a partner may send us, and what we may tell it, for which purpose and how."""

    partner: str = Field(pattern=r"^[a-z0-9-]+$")
    kinds: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    lawful_basis: str
    valid_from: date
    valid_to: date | None = None
    channel: ChannelName | None = None

    @model_validator(mode="after")
    def _known_kinds(self) -> Self:
        unknown = sorted(set(self.kinds) - set(EVIDENCE_KINDS))
        if unknown:
            raise ValueError(f"unknown evidence kinds {', '.join(unknown)}; known: {', '.join(EVIDENCE_KINDS)}")
        return self

    def holds_on(self, day: date) -> bool:
        """Tell whether the agreement is in force on `day`; both its ends are."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Notice(Sourced):
    """Which partners are told of an event of the path; `referrer` stands for whoever referred the family."""

    event: str
    partners: tuple[str, ...]
    purpose: str
    categories: tuple[Category, ...]
