"""Given these events, when this command, then those events; with a small programme and one family's path."""

from datetime import UTC, date, datetime, time
from typing import Any

from domain.errors import Rejected
from domain.family import Member
from domain.journey.commands import AnyCommand, PassTime
from domain.journey.events import (
    AnyEvent,
    CheckRecorded,
    ContactRecorded,
    FamilyAssessed,
    FamilyIdentified,
    FamilyReferred,
    InterventionStarted,
    KeyWorkerAllocated,
    PlanAgreed,
    SteppedDown,
)
from domain.journey.evolve import fold
from domain.journey.facts import Caseload, PlacesTaken
from domain.programme.programme import Programme
from tests.facts import decide, give


class Given:
    """A journey with these events behind it, about to be given commands."""

    def __init__(self, *events: AnyEvent, programme: Programme | None = None) -> None:
        self.events, self.programme = list(events), programme or PROGRAMME
        self.happened: list[AnyEvent] = []
        self.fault: Rejected | None = None

    def when(self, *commands: AnyCommand) -> "Given":
        """Decide each command in turn, every one on top of what the last one made happen."""
        for command in commands:
            self.events += self.happened
            try:
                self.happened = decide(fold(self.events), command, self.programme)
            except Rejected as fault:
                self.happened, self.fault = [], fault
        return self

    def then(self, *expected: AnyEvent) -> None:
        """Hold these events, and no others, against what the last command made happen."""
        assert self.fault is None, self.fault
        assert list(expected) == self.happened

    def refused(self, code: str, saying: str = "") -> None:
        """Hold this code, and these words, against the refusal."""
        assert self.fault is not None, f"{code} expected, but this happened: {self.happened}"
        assert (code, True) == (self.fault.code, saying in str(self.fault)), self.fault


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def ask(kind: Any, day: date, /, **fields: Any) -> Any:
    """A command given at noon of `day`, about that day unless `on` says otherwise."""
    on = {"on": day} if "on" in kind.model_fields else {}
    return give(kind, **{"command_id": "c-1", "at": noon(day), "actor": "coordinator:ann", **on, **fields})


def fact(kind: Any, day: date, /, **fields: Any) -> Any:
    """An event recorded at noon of `day`, about that day unless `on` says otherwise."""
    on = {"on": day} if "on" in kind.model_fields else {}
    return kind(**{"at": noon(day), **on, **fields})


def at(moment: datetime) -> PassTime:
    return PassTime(command_id="tick", at=moment, actor="worker:clock")


def _sourced(**fields: Any) -> dict[str, Any]:
    return {"source": "the tests", "confidence": "verified", **fields}


def _clock(work: str, *ladder: int, owner: str = "holder", escalate: int, **within: int) -> dict[str, Any]:
    rungs = [*({"at": rung} for rung in ladder), {"at": escalate, "escalate": True}]
    span = {"within": _sourced(**within)} if within else {}
    return {"work": work, "owner": owner, "escalate_to": "manager", "ladder": rungs, **span}


def _notice(event: str, *partners: str) -> dict[str, Any]:
    return _sourced(event=event, partners=partners, purpose="family-support", categories=["stage"])


def _agreement(partner: str, **fields: Any) -> dict[str, Any]:
    sharing = {
        "purposes": ["family-support"],
        "categories": ["stage", "dates"],
        "lawful_basis": "public-task",
        "channel": "webhook",
    }
    return _sourced(partner=partner, **{**sharing, "channel": "webhook", "valid_from": date(2012, 1, 1), **fields})


_WORK = {
    "name": "work",
    "title": "An adult found work",
    "limbs": [
        {
            "name": "in-work",
            "title": "Some adult holds a job",
            "rule": {
                "type": "held",
                "of": "employment",
                "days": _sourced(value=91),
                "window": {"type": "last-months", "n": _sourced(value=6)},
            },
        }
    ],
}

PROGRAMME = Programme.model_validate(
    {
        "name": "test",
        "version": "1",
        "title": "Every clock, notice and evaluation once",
        "source": "the tests",
        "eligibility": _sourced(
            at_least=2, criteria=[_sourced(id=name, title=name) for name in ("poverty", "addiction", "crime")]
        ),
        "caseload": _sourced(families=10),
        "clocks": [
            _clock("identification", -1, 0, owner="coordinator", escalate=3, working_days=5),
            _clock("allocation", 0, owner="coordinator", escalate=3, working_days=5),
            _clock("first-contact", 0, escalate=2, working_days=5),
            _clock("assessment", -5, 0, escalate=5, working_days=20),
            _clock("plan", 0, escalate=5, working_days=10),
            _clock("intervention-start", 0, escalate=5, working_days=5),
            _clock("plan-review", -5, 0, escalate=5, months=3),
            _clock("check", -10, 0, escalate=10),
            _clock("regression-response", 0, escalate=3, working_days=5),
            _clock("check-decision", 0, owner="manager", escalate=3, working_days=5),
            _clock("handover-answer", 0, owner="manager", escalate=2, working_days=3),
            _clock("clawback-decision", 0, owner="manager", escalate=5, working_days=10),
            _clock("close", 0, owner="coordinator", escalate=5, working_days=10),
        ],
        "checks": _sourced(months=[6, 12], grace_months=2),
        "evaluations": _sourced(months=[6, 12]),
        "agreements": [_agreement("police"), _agreement("schools", valid_to=date(2013, 12, 31)), _agreement("health")],
        "notices": [
            _notice("family-referred", "referrer"),
            _notice("family-identified", "referrer", "police"),
            _notice("stepped-down", "police", "schools"),
            _notice("journey-closed", "schools"),
        ],
        "results": [_WORK],
    }
)
BARE = PROGRAMME.model_copy(
    update={"eligibility": None, "clocks": (), "checks": None, "evaluations": None, "results": (), "notices": ()}
)

# One family's path. 4 and 5 June 2012 were bank holidays.
REFERRED_ON, IDENTIFIED_ON, ALLOCATED_ON = date(2012, 5, 1), date(2012, 5, 4), date(2012, 5, 8)
CONTACTED_ON, ASSESSED_ON = date(2012, 5, 10), date(2012, 5, 28)
PLANNED_ON, STARTED_ON = date(2012, 6, 6), date(2012, 6, 11)
STEPPED_DOWN_ON, SIX_MONTHS_ON, TWELVE_MONTHS_ON = date(2012, 12, 3), date(2013, 6, 3), date(2013, 12, 3)
LATER = date(2013, 12, 20)
ROOM = Caseload(known=True, held=9, cap=10)
A_PLACE = PlacesTaken(families=0, key_workers=0, holds=False)
MEMBERS = (Member(id="m1", role="adult"), Member(id="m2", role="child"))
REFERRAL = {
    "journey_id": "journey:wirral:F-7K3Q-9D2X:1",
    "reference": "F-7K3Q-9D2X",
    "area": "wirral",
    "locality": "Leasowe",
    "programme": "test",
    "programme_version": "1",
    "programme_hash": "abc",
    "members": MEMBERS,
    "referrer": "police",
    "criteria": ("poverty",),
}

referred = fact(FamilyReferred, REFERRED_ON, **REFERRAL)
identified = fact(FamilyIdentified, IDENTIFIED_ON, criteria=("poverty", "crime"), eligible=True)
not_eligible = fact(FamilyIdentified, IDENTIFIED_ON, criteria=("poverty",), eligible=False)
allocated = fact(KeyWorkerAllocated, ALLOCATED_ON, key_worker="kim")
contacted = fact(ContactRecorded, CONTACTED_ON, kind="visit")
assessed = fact(FamilyAssessed, ASSESSED_ON, needs=("debt", "school"))
planned = fact(PlanAgreed, PLANNED_ON, needs=("debt",))
started = fact(InterventionStarted, STARTED_ON)
stepped_down = fact(SteppedDown, STEPPED_DOWN_ON)
six_months = fact(CheckRecorded, SIX_MONTHS_ON, months=6, verdict="sustained")
twelve_months = fact(CheckRecorded, TWELVE_MONTHS_ON, months=12, verdict="sustained")

HELD = (referred, identified, allocated)
PLANNED = (*HELD, contacted, assessed, planned)
AT_WORK = (*PLANNED, started)
LOWERED = (*AT_WORK, stepped_down)
SUSTAINED = (*LOWERED, six_months, twelve_months)
