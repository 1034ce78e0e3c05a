"""The staff of a time-lapse: what coordinators and key workers do for each family, and when.

A family's pace comes from a hash of its number in the referral file, so that every run tells the same story.
"""

import asyncio
import hashlib
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from domain.calendar import Calendar, add_months
from domain.programme.local_scheme import COMPARISON
from domain.programme.programme import Programme

NEEDS = ("school-attendance", "parenting", "debt", "health", "work", "housing")
CONFLICT = 409


@dataclass
class Household:
    """A family as the staff know it: its reference, and how briskly and how well things go."""

    number: str
    reference: str
    criteria: tuple[str, ...]
    steps_up: bool = field(init=False)
    brisk: bool = field(init=False)
    regresses: bool = field(init=False)
    luck: int = field(init=False)

    def __post_init__(self) -> None:
        self.luck = int.from_bytes(hashlib.sha256(self.number.encode()).digest()[:4])
        self.brisk = self.luck % 3 == 0
        self.steps_up = self.luck % 7 == 1
        self.regresses = self.luck % 11 == 2  # noqa: PLR2004 - one in eleven

    def days(self, least: int, most: int, what: str) -> int:
        """Return a number of working days for `what`, always the same for this family."""
        drawn = int.from_bytes(hashlib.sha256(f"{self.number}/{what}".encode()).digest()[:4])
        return least + drawn % (most - least + 1)


Act = Callable[[Household, date], Awaitable[None]]


class Story:
    """A queue of things to do by day; each act plans the next one."""

    def __init__(self, http: httpx.AsyncClient, programme: Programme, calendar: Calendar, workers: list[str]) -> None:
        self._http = http
        self._programme = programme
        self._calendar = calendar
        self._workers = workers
        self._queue: list[tuple[date, str, int, Household, Act]] = []
        self._planned = 0
        self.households: list[Household] = []
        self.eligible: set[str] = set()
        self.refusals: list[str] = []

    def welcome(self, household: Household, today: date) -> None:
        """Begin the work on a newly referred family."""
        self.households.append(household)
        self._plan(self._later(today, 1), household, self._consent)

    async def act(self, today: date) -> None:
        """Do everything planned up to `today`: families side by side, but they get their key workers in turn."""
        while due := self._due(today):
            await asyncio.gather(*(act(household, today) for household, act in due if act != self._allocate))
            for household in (household for household, act in due if act == self._allocate):
                await self._allocate(household, today)

    def _due(self, today: date) -> list[tuple[Household, Act]]:
        """Take what is planned up to `today` off the queue, in an order that is the same on every run."""
        due = []
        while self._queue and self._queue[0][0] <= today:
            *_, household, act = heapq.heappop(self._queue)
            due.append((household, act))
        return due

    async def answer_reminders(self) -> None:
        """Acknowledge most of the reminders that were sent, as people do; the rest is left to escalate."""
        answer = await self._http.get("/v1/reminders", params={"state": "sent", "limit": 500})
        answer.raise_for_status()
        told = [(reminder["reference"], reminder["reminder_id"]) for reminder in answer.json()["reminders"]]
        await asyncio.gather(
            *(
                self._do(reference, "acknowledge", {"reminder_id": reminder_id})
                for reference, reminder_id in told
                if _is_answered(reference, reminder_id)
            )
        )

    # The path, in order

    async def _consent(self, household: Household, today: date) -> None:
        await self._do(household.reference, "consent", {"basis": "consent", "purpose": "family-support"})
        self._plan(self._later(today, household.days(1, 5, "identify")), household, self._identify)

    async def _identify(self, household: Household, today: date) -> None:
        cohort = cohort_of(household, self._programme)
        await self._do(household.reference, "identify", {"criteria": household.criteria, "cohort": cohort})
        if await self._goes_on(household, today) and cohort != COMPARISON:
            self._plan(self._later(today, household.days(1, 4, "allocate")), household, self._allocate)

    async def _goes_on(self, household: Household, today: date) -> bool:
        """Tell whether the family is not found ineligible, at identification or once its needs are known."""
        eligible = (await self._journey(household))["eligible"]
        self.eligible -= {household.reference}
        if eligible is False:
            self._plan(self._later(today, 3), household, self._close_not_eligible)
        elif eligible:
            self.eligible.add(household.reference)
        return eligible is not False

    async def _close_not_eligible(self, household: Household, _: date) -> None:
        await self._do(household.reference, "close", {"outcome": "not-eligible"})

    async def _allocate(self, household: Household, today: date) -> None:
        for worker in self._workers:
            if await self._do(household.reference, "allocate", {"key_worker": worker}):
                self._plan(self._later(today, household.days(1, 6, "contact")), household, self._contact)
                return
        self._plan(self._later(today, 5), household, self._allocate)

    async def _contact(self, household: Household, today: date) -> None:
        await self._do(household.reference, "record-contact", {"kind": "visit"})
        least, most = (3, 8) if household.brisk else (10, 26)
        self._plan(self._later(today, household.days(least, most, "assess")), household, self._assess)

    async def _assess(self, household: Household, today: date) -> None:
        await self._do(household.reference, "assess", {"needs": needs_of(household, self._programme)})
        if await self._goes_on(household, today):
            self._plan(self._later(today, household.days(2, 11, "plan")), household, self._agree_plan)

    async def _agree_plan(self, household: Household, today: date) -> None:
        await self._do(household.reference, "agree-plan", {"needs": needs_of(household, self._programme)})
        self._plan(self._later(today, household.days(1, 4, "start")), household, self._start)

    async def _start(self, household: Household, today: date) -> None:
        await self._do(household.reference, "start-intervention", {})
        self._plan(self._later(today, household.days(55, 68, "review")), household, self._review)

    async def _review(self, household: Household, today: date) -> None:
        await self._do(household.reference, "review-plan", {"outcome": "on-track"})
        wait = 5 if household.brisk else household.days(25, 70, "step-down")
        self._plan(self._later(today, wait), household, self._step_down)

    async def _step_down(self, household: Household, today: date) -> None:
        await self._do(household.reference, "step-down", {})
        if household.steps_up:
            household.steps_up = False
            self._plan(add_months(today, 2), household, self._step_up)
            return
        self._plan_check(household, today, today)

    async def _step_up(self, household: Household, today: date) -> None:
        await self._do(household.reference, "step-up", {"reason": "crisis"})
        self._plan(add_months(today, 2), household, self._step_down)

    async def _check(self, household: Household, today: date) -> None:
        if household.regresses:
            household.regresses = False
            await self._do(household.reference, "record-check", {"verdict": "regressed"})
            self._plan(self._later(today, 2), household, self._step_up)
            return
        await self._do(household.reference, "record-check", {"verdict": "sustained"})
        journey = await self._journey(household)
        passed = [check["months"] for check in journey["checks"] if check["verdict"] == "sustained"]
        if self._programme.checks and set(passed) >= set(self._programme.checks.months):
            self._plan(self._later(today, 2), household, self._close)
        else:
            self._plan_check(household, date.fromisoformat(journey["stepped_down_on"]), today)

    async def _close(self, household: Household, _: date) -> None:
        await self._do(household.reference, "close", {"outcome": "sustained"})

    def _plan_check(self, household: Household, stepped_down_on: date, today: date) -> None:
        months = self._programme.checks.months if self._programme.checks else ()
        due = next((day for month in months if (day := add_months(stepped_down_on, month)) > today), None)
        if due is not None:
            self._plan(self._later(due, 1), household, self._check)

    async def _journey(self, household: Household) -> dict[str, Any]:
        told = (await self._http.get(f"/v1/journeys/{household.reference}")).raise_for_status().json()
        journey: dict[str, Any] = told["journey"]
        return journey

    def _later(self, day: date, working_days: int) -> date:
        return self._calendar.shift(day, working_days)

    def _plan(self, day: date, household: Household, act: Act) -> None:
        self._planned += 1
        heapq.heappush(self._queue, (self._calendar.roll(day), household.number, self._planned, household, act))

    async def _do(self, reference: str, step: str, body: dict[str, object]) -> bool:
        """Take one step; a refusal is kept with its reason, anything else that fails ends the time-lapse."""
        answer = await self._http.post(f"/v1/journeys/{reference}/{step}", json=body)
        if answer.status_code == CONFLICT:
            self.refusals.append(f"{step}: {answer.json()['detail']}")
            return False
        answer.raise_for_status()
        return True


def _is_answered(reference: str, reminder_id: str) -> bool:
    """Three reminders in four are answered."""
    return hashlib.sha256(f"{reference}{reminder_id}".encode()).digest()[0] % 4 != 0


def needs_of(household: Household, programme: Programme) -> list[str]:
    """Return what an assessment finds: three needs, and each reason for the referral that is a need too."""
    known = programme.known_needs
    listed = known or NEEDS
    drawn = [listed[(household.luck + number) % len(listed)] for number in range(3)]
    return list(dict.fromkeys([*(each for each in household.criteria if each in (known or ())), *drawn]))


def cohort_of(household: Household, programme: Programme) -> str | None:
    """Return the group that a family falls into, where the programme has any."""
    cohorts = programme.cohorts.names if programme.cohorts else ()
    return cohorts[household.luck % len(cohorts)] if cohorts else None
