"""The case file of one journey as its events have made it: every entry by its name, the withdrawn ones marked."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import computed_field

from domain.case_words import Closing, ConcernAnswer, ConcernKind, DoCode, NoteKind, Relation
from domain.model import Value

PARTNER = "partner:"


class CaseEntry(Value):
    """What every entry has: its name, its day, who recorded it, and why it was withdrawn, if it was."""

    id: str
    on: date
    by: str
    withdrawn: str | None = None


class Note(CaseEntry):
    """A visit, a call or a meeting written up; the vault holds the text."""

    about: NoteKind


class Action(CaseEntry):
    """Something to be done about a need; without a code the vault says what. `closed_by` may be a partner."""

    need: str
    owner: str
    due_on: date
    do: DoCode | None = None
    state: Literal["open"] | Closing = "open"
    closed_on: date | None = None
    closed_by: str | None = None
    reason: str | None = None

    @property
    def partner(self) -> str | None:
        """The partner that has to do it, or None where somebody else has."""
        return self.owner.removeprefix(PARTNER) if self.owner.startswith(PARTNER) else None


class Meeting(CaseEntry):
    """A meeting about the family."""

    present: tuple[str, ...]
    absent: tuple[str, ...] = ()
    next_on: date | None = None


class Voice(CaseEntry):
    """A child was heard."""

    member_id: str


class Scale(CaseEntry):
    """Where a need stood on a day, from 0 to 10."""

    need: str
    score: int
    member_id: str | None = None


class Relationship(CaseEntry):
    """How a member is related to another, until a day where it has ended."""

    member_id: str
    relation: Relation
    to_member_id: str
    ended_on: date | None = None


class Concern(CaseEntry):
    """A worry that somebody must answer; `answered_by` may be a manager instead."""

    kind: ConcernKind
    to: str
    member_id: str | None = None
    answer: ConcernAnswer | None = None
    answered_on: date | None = None
    answered_by: str | None = None


class Distance(Value):
    """How far a need has come on its scale: the first score and the latest, with their days."""

    need: str
    member_id: str | None
    first: int
    first_on: date
    latest: int
    latest_on: date

    @computed_field  # type: ignore[prop-decorator] # as pydantic documents it
    @property
    def gained(self) -> int:
        """Points gained since the first score; negative: lost."""
        return self.latest - self.first


class CaseFile(Value):
    """Every entry, in the order of recording."""

    notes: tuple[Note, ...] = ()
    actions: tuple[Action, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    voices: tuple[Voice, ...] = ()
    scales: tuple[Scale, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    concerns: tuple[Concern, ...] = ()

    def entries(self) -> Iterator[CaseEntry]:
        """Every entry, kind by kind."""
        for name in type(self).model_fields:
            yield from getattr(self, name)

    def entry(self, name: str) -> CaseEntry | None:
        """Return an entry by its name."""
        return next((each for each in self.entries() if each.id == name), None)

    def action(self, name: str) -> Action | None:
        """Return an action by its name, unless it was withdrawn."""
        return next((each for each in self.actions if each.id == name and each.withdrawn is None), None)

    def heard_on(self, member_id: str) -> date | None:
        """Return the day on which a child was last heard."""
        days = [each.on for each in self.voices if each.member_id == member_id and each.withdrawn is None]
        return max(days, default=None)

    def distances(self) -> tuple[Distance, ...]:
        """Return how far each need has come, for the family and for each member it was scored for."""
        scored: dict[tuple[str, str | None], list[Scale]] = {}
        for each in self.scales:
            if each.withdrawn is None:
                scored.setdefault((each.need, each.member_id), []).append(each)
        return tuple(_distance(sorted(scales, key=lambda each: each.on)) for scales in scored.values())


def _distance(scales: list[Scale]) -> Distance:
    first, latest = scales[0], scales[-1]
    return Distance(
        need=first.need,
        member_id=first.member_id,
        first=first.score,
        first_on=first.on,
        latest=latest.score,
        latest_on=latest.on,
    )
