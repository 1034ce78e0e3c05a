"""One coded observation from a partner: a frozen model for every kind of evidence, told apart by `kind`.

Decided here:

- Fields we do not know are dropped, never stored: partners send notes and other things we have no right to hold.
- A date is written `YYYY-MM-DD`; a time stamp or a number is refused rather than cut down to a date.
- Both ends of a span are included; no `to` means still open.
- `hours` may be absent: no rule counts it, and a job without known hours is still a job.
- `spell` is the partner's own number of a job, a benefit, a treatment: reports that carry the same one are one spell.
- `replaces` and a withdrawal name another piece of evidence of the same source. Both stay as they were recorded;
  `domain/effective.py` says what counts. A partner names them by its event, not in the fields of a kind.
- `recorded` is the place in the order of recording. The ledger writes it into a claim file, where the order of
  evidence means nothing; no partner sends it, and no event holds it.
- These models are also what was stored, so no field is ever narrowed: that the words which a partner chooses are
  codes is held where evidence enters (`domain/evidence_words.py`).
"""

import re
from datetime import date
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, model_validator

from domain.model import Value

IncidentKind = Literal[
    "exclusion",
    "offence",
    "asb-incident",
    "police-callout",
    "domestic-abuse-incident",
    "homelessness-application",
    "eviction-notice",
]
StatusKind = Literal[
    "out-of-work-benefit",
    "employment",
    "work-programme",
    "esf-provision",
    "treatment",
    "child-status",
    "service-involvement",
]
EvidenceKind = Literal["school-attendance", IncidentKind, StatusKind, "return"]
EVIDENCE_KINDS: tuple[str, ...] = get_args(EvidenceKind)

_Span = TypeVar("_Span")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _iso_day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise ValueError("not a day; write it YYYY-MM-DD, such as 2013-05-20")


Day = Annotated[date, BeforeValidator(_iso_day)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Tally = Annotated[int, Field(ge=0, strict=True)]
OURS = ("replaces", "withdraws", "recorded")
"""Fields that say how evidence hangs together, which the fields of a partner's event may not set."""


def _absent(value: object) -> bool:
    """Tell whether a field is left out where evidence is written, as it was before there was such a field."""
    return value is None


class Observation(Value):
    """What every piece of evidence carries; no `member` means the whole family."""

    model_config = ConfigDict(extra="ignore", serialize_by_alias=True)

    id: Text
    kind: str
    member: Text | None = None
    source: Text
    observed_on: Day
    replaces: Text | None = Field(default=None, exclude_if=_absent)
    recorded: int | None = Field(default=None, ge=0, strict=True, exclude_if=_absent)

    def is_later_than(self, other: "Observation") -> bool:
        """Tell whether this is a later word than another: by the day of observation, then by the order of recording.

        Of two neither is where both were observed on one day and nothing says which was recorded first.
        """
        if self.observed_on != other.observed_on:
            return self.observed_on > other.observed_on
        return self.recorded is not None and other.recorded is not None and self.recorded > other.recorded


class Incident(Observation):
    """Something that happened on one day."""

    on: Day


class ClosedSpan(Observation):
    """Something that covers the days from `from` to `to`, both included."""

    from_: Day = Field(alias="from")
    to: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _ordered(self, self.from_, self.to)


class OpenSpan(Observation):
    """A status that holds from `from` to `to`, both included, or is still open."""

    from_: Day = Field(alias="from")
    to: Day | None = None
    spell: Text | None = Field(default=None, exclude_if=_absent)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _ordered(self, self.from_, self.to)


def _ordered(holder: _Span, first: date, last: date | None) -> _Span:
    if last is not None and last < first:
        raise ValueError(f"`to` ({last}) is before `from` ({first}); swap or correct them")
    return holder


class SchoolAttendance(ClosedSpan):
    """Session counts of one child for one school term."""

    kind: Literal["school-attendance"]
    sessions: int = Field(gt=0, strict=True)
    authorised: Tally
    unauthorised: Tally

    @model_validator(mode="after")
    def _within_sessions(self) -> Self:
        missed = self.authorised + self.unauthorised
        if missed > self.sessions:
            raise ValueError(
                f"authorised and unauthorised absences ({missed}) exceed the sessions ({self.sessions}); correct them"
            )
        return self


class Exclusion(Incident):
    """A child was excluded from school."""

    kind: Literal["exclusion"]
    type: Literal["fixed", "permanent"]


class Offence(Incident):
    """A member was linked to an offence, proven or not."""

    kind: Literal["offence"]
    proven: bool = Field(strict=True)


class AsbIncident(Incident):
    """Anti-social behaviour led to an action, such as a warning or an injunction."""

    kind: Literal["asb-incident"]
    action: Text


class PoliceCallout(Incident):
    """The police were called out."""

    kind: Literal["police-callout"]


class DomesticAbuseIncident(Incident):
    """An incident of domestic abuse was recorded."""

    kind: Literal["domestic-abuse-incident"]


class HomelessnessApplication(Incident):
    """The family applied as homeless."""

    kind: Literal["homelessness-application"]


class EvictionNotice(Incident):
    """Notice of eviction was served."""

    kind: Literal["eviction-notice"]


class OutOfWorkBenefit(OpenSpan):
    """An adult received an out-of-work benefit, such as `jsa` or `esa`."""

    kind: Literal["out-of-work-benefit"]
    benefit: Text


class Employment(OpenSpan):
    """A member was employed."""

    kind: Literal["employment"]
    hours: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class WorkProgramme(OpenSpan):
    """A member was on the Work Programme."""

    kind: Literal["work-programme"]


class EsfProvision(OpenSpan):
    """A member was on provision paid by the European Social Fund."""

    kind: Literal["esf-provision"]


class Treatment(OpenSpan):
    """A member's treatment stood at this status."""

    kind: Literal["treatment"]
    status: Literal["started", "engaged", "completed", "dropped-out"]


class ChildStatus(OpenSpan):
    """A child stood under this status of social care."""

    kind: Literal["child-status"]
    status: Literal["cin", "cp-plan", "looked-after", "edge-of-care"]


class ServiceInvolvement(OpenSpan):
    """A service worked with the member or the family."""

    kind: Literal["service-involvement"]
    service: Text


class Return(ClosedSpan):
    """A partner's statement that it has reported all there was of one kind in these days."""

    kind: Literal["return"]
    of: Literal["school-attendance", IncidentKind, StatusKind]


class Withdrawal(Observation):
    """A statement that another piece of evidence of the same source was wrong, and that nothing stands in its place."""

    kind: Literal["withdrawal"]
    withdraws: Text


class ActionDone(Incident):
    """A statement that the partner has done an action agreed with it: it closes the action, and is no evidence.

    `action` is its name, such as A3, as the notification to the partner has it.
    """

    kind: Literal["action-done"]
    action: str = Field(pattern=r"^A[1-9][0-9]{0,3}$")


IncidentEvidence = (
    Exclusion | Offence | AsbIncident | PoliceCallout | DomesticAbuseIncident | HomelessnessApplication | EvictionNotice
)
StatusEvidence = (
    OutOfWorkBenefit | Employment | WorkProgramme | EsfProvision | Treatment | ChildStatus | ServiceInvolvement
)
Evidence = Annotated[
    SchoolAttendance | IncidentEvidence | StatusEvidence | Return | Withdrawal | ActionDone, Field(discriminator="kind")
]

EVIDENCE: TypeAdapter[Evidence] = TypeAdapter(Evidence)
MODELS: dict[str, type[Observation]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in (SchoolAttendance, *get_args(IncidentEvidence), *get_args(StatusEvidence), Return)
}


def days_of(item: Observation) -> tuple[date, date]:
    """Return the first and the last day that evidence is about; of what is still open, up to when it was observed."""
    if isinstance(item, Incident):
        return item.on, item.on
    first = item.from_ if isinstance(item, ClosedSpan | OpenSpan) else item.observed_on
    last = item.to if isinstance(item, ClosedSpan | OpenSpan) and item.to is not None else item.observed_on
    return first, max(first, last)


def ahead(item: Observation) -> str | None:
    """Return the field whose day lies after the day of observation, None where there is none: nobody has seen it."""
    days = {name: getattr(item, name, None) for name in ("on", "from_", "to")}
    return next((name.rstrip("_") for name, day in days.items() if day is not None and day > item.observed_on), None)
