"""A family walked through a pack by decide and evolve alone, letting each piece of work fall due before it is done."""

from datetime import UTC, date, datetime, time
from typing import Any

from given import REFERRAL, ROOM
from pack_cases import Case

from domain.calendar import calendar_of, local_date
from domain.journey import commands as c
from domain.journey.agenda import Deadline, agenda, owed_now
from domain.journey.effects import Effect
from domain.journey.events import AnyEvent
from domain.journey.evolve import evolve
from domain.journey.explain import explain
from domain.journey.facts import PlacesTaken
from domain.journey.react import react
from domain.journey.state import UNREFERRED, Journey
from domain.programme.programme import Programme
from tests.facts import decide, give

STEPS = ("refer", "identify", "allocate", "assess", "plan", "start")
ONE_FAMILY = PlacesTaken(families=0, key_workers=0, holds=False)


class Walk:
    """One journey of a pack, with everything that happened on it."""

    def __init__(self, pack: Programme, case: Case, start: date) -> None:
        self.pack, self.case = pack, case
        self.now = datetime.combine(start, time(12), tzinfo=UTC)
        self.journey: Journey = UNREFERRED
        self.events: list[AnyEvent] = []
        self.effects: list[Effect] = []
        self.told: list[str] = []

    def give(self, kind: Any, **fields: Any) -> None:
        """Give a command now, about today."""
        on = {"on": local_date(self.now)} if "on" in kind.model_fields else {}
        order = give(kind, **{"command_id": "c", "at": self.now, "actor": "coordinator:ann", **on, **fields})
        happened = decide(self.journey, order, self.pack)
        for event in happened:
            self.journey = evolve(self.journey, event)
            self.effects += react(self.journey, event, self.pack)
        self.events += happened
        self.told += [sentence for event in happened for sentence in explain(self.journey, event, self.pack)]

    def wait(self, work: str) -> None:
        """Let time pass until `work` is due and its reminder fell due; work that is not owed is not waited for."""
        owed = work in {item.work for item in owed_now(self.journey, self.pack)}
        while owed and not any(getattr(event, "work", None) == work for event in self._waited()):
            pass

    def _waited(self) -> list[AnyEvent]:
        soonest = self._soonest()
        self.now = max(self.now, soonest.at)
        before = len(self.events)
        self.give(c.PassTime)
        # Within working hours all year: what comes due outside them is held until the next morning.
        self.now = max(self.now, datetime.combine(soonest.due_on, time(15), tzinfo=UTC))
        return self.events[before:]

    def _soonest(self) -> Deadline:
        return agenda(self.journey, self.pack, calendar_of(self.pack.nation))[0]

    def go(self, steps: int = len(STEPS)) -> list[str]:
        """Take so many of the first steps; return the stages they led to."""
        stages = []
        for step in STEPS[:steps]:
            getattr(self, step)()
            stages.append(self.journey.stage)
        return stages

    def refer(self) -> None:
        """The family comes in."""
        family = {name: getattr(self.case, name) for name in ("locality", "referrer", "members")}
        pack = {"programme": self.pack.name, "programme_hash": self.pack.hash, "area": self.pack.area}
        self.give(c.ReferFamily, **{**REFERRAL, **pack, **family, "criteria": ()})

    def identify(self) -> None:
        """Its criteria are checked, after the reminder to do so."""
        self.wait("identification")
        self.give(c.IdentifyFamily, criteria=self.case.criteria, cohort=self.case.cohort)

    def allocate(self) -> None:
        """It gets its key worker."""
        self.wait("allocation")
        self.give(c.AllocateKeyWorker, key_worker="kim", caseload=ROOM, places=ONE_FAMILY)

    def assess(self) -> None:
        """The key worker meets and assesses it."""
        self.wait("first-contact")
        self.give(c.RecordContact)
        self.wait("assessment")
        self.give(c.AssessFamily, needs=self.case.needs)

    def plan(self) -> None:
        """A plan is agreed."""
        self.wait("plan")
        self.give(c.AgreePlan, needs=self.case.needs)

    def start(self) -> None:
        """The work begins."""
        self.wait("intervention-start")
        self.give(c.StartIntervention)

    def turn(self, turn: str) -> None:
        """What happens between the start and the close."""
        match turn:
            case "review":
                self.wait("plan-review")
                self.give(c.ReviewPlan)
            case "down":
                self.wait("plan-review")
                self.give(c.StepDown)
            case "up":
                self.wait("check")
                self.give(c.StepUp, reason="crisis")
            case "checks":
                self._checks()

    def _checks(self) -> None:
        for months in self.pack.checks.months:
            self.wait("check")
            self.give(c.RecordCheck, verdict="sustained")
            assert self.journey.checks[-1].months == months

    def close(self) -> None:
        """The path ends: sustained where checks say so."""
        self.wait("close" if self.pack.goes_through("step-down") else "plan-review")
        self.give(
            c.CloseJourney,
            outcome="sustained" if self.pack.goes_through("sustained-outcome") else "no-longer-needed",
        )
