"""`/v1/doctor`: everything that is wrong with the running system, and the safe repairs."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.access import Actor
from domain.calendar import calendar_of
from domain.doctor import journeys as of_journeys
from domain.doctor import system as of_system
from domain.doctor.finding import Finding, shown
from domain.doctor.journeys import ATTEMPTS, Journal
from domain.doctor.system import NO_MAIL_SERVER, NO_TEMPORAL, NO_WORKER
from domain.ids import reference_of
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.operations.heads import kept_outside
from gateway.services import Served, Services
from store import doctor as facts
from wiring.temporal.visibility import Visibility

router = APIRouter(prefix="/v1", tags=["upkeep"], responses=DOCUMENTED)

ASKED = 300  # workflows asked where they stand, activities looked at, and doubts confirmed, in one look
SECONDS = 15.0  # for the workflows to answer
SECONDS_THOROUGH = 40.0  # for all of them; a caller waits no longer than a minute
CHAINS = 100  # journals verified in one look
AWAKE = frozenset(["no-timer", "version-differs", "search-attributes", "deadline-passed"])
AT_ONCE = frozenset(["nothing-sent", "activity-stuck"])
LOOKS = 5  # at what the repairs came to, a second apart

Administrator = Annotated[Actor, Depends(Allow("administer"))]


class Diagnosis(BaseModel):
    """What is wrong; `notes` tell what could not, or not wholly, be looked at."""

    findings: list[Finding]
    notes: list[str] = []


class Repaired(Diagnosis):
    """What was done about it, and what is still wrong afterwards."""

    done: list[str]


@router.get("/doctor")
async def doctor(
    _actor: Annotated[Actor, Depends(Allow("verify"))], services: Served, *, thorough: bool = False
) -> Diagnosis:
    """Look for everything that is wrong; `thorough` asks every workflow, in 40 seconds, and verifies every journal."""
    return _shown(await _look(services, thorough=thorough))


@router.post("/doctor/fix")
async def fix(_actor: Administrator, services: Served) -> Repaired:
    """Do what is safe: wake journeys, try again what waits, hand over what lies in the inbox; then look again."""
    found = (await _look(services, thorough=False)).findings
    done = await _mend(services, found)
    after = await _look(services, thorough=False)
    for _ in range(LOOKS if done else 0):
        if not any(_safe(finding) for finding in after.findings):
            break
        await asyncio.sleep(1)
        after = await _look(services, thorough=False)
    return Repaired(done=done, **_shown(after).model_dump())


def _shown(whole: Diagnosis) -> Diagnosis:
    findings, left_out = shown(whole.findings)
    return Diagnosis(findings=findings, notes=[*whole.notes, *left_out])


async def _look(services: Services, *, thorough: bool) -> Diagnosis:
    notes: list[str] = []
    reachable = await services.engine.ready()
    working = reachable and await services.engine.survey.works()
    found = [NO_TEMPORAL] if not reachable else [] if working else [NO_WORKER]
    found += [] if services.settings.smtp_host else [NO_MAIL_SERVER]
    now, programme = await services.now() if reachable else None, await services.programme()
    if reachable:
        found += await _workflows(services, services.engine.survey, notes, working=working, thorough=thorough)
    else:
        notes.append("workflows, deadlines and the inbox were not checked: they need Temporal's clock")
    async with services.pool.acquire() as conn:
        if now is not None:
            found += await facts.journeys(conn, now, calendar_of(programme.nation), working=working)
            found += await facts.clocks(conn, now, datetime.now(UTC))
            found += await facts.inbox(conn, now)
            found += await facts.caseloads(conn, programme.cap, await services.today())
        rows = await facts.unfinished(conn)
        found += await facts.foreign(conn)
        for fault in await kept_outside(conn, services.settings, [None]):
            found.append(
                of_journeys.unsound(reference_of(fault.journey_id), fault.version, fault.problem)
                if fault.journey_id
                else of_system.heads_changed(fault.detail)
            )
        found += await facts.chains(conn, len(rows) + CHAINS if thorough else CHAINS)
    return Diagnosis(findings=found, notes=notes)


async def _workflows(
    services: Services, survey: Visibility, notes: list[str], *, working: bool, thorough: bool
) -> list[Finding]:
    """Compare what runs with what should; what differs is asked once more, for things move meanwhile."""
    async with services.pool.acquire() as conn:
        rows = await facts.unfinished(conn)
        under_way = await facts.under_way(conn, ASKED)
    listed = await survey.running()
    if listed is None:
        notes.append(f"this server lists no workflows (a time-skipping server): at most {ASKED} journeys were checked")
        rows = _some(rows, ASKED)
        listed = await survey.described(list(rows))
    found = await _doubtful(services, survey, [row for name, row in rows.items() if listed.get(name) != row.labels])
    stuck = await survey.pending(under_way, ATTEMPTS)
    found += [
        of_journeys.stuck(rows[each.journey_id], each.activity, each.attempts)
        for each in stuck
        if each.journey_id in rows
    ]
    if working:
        asked = _some({name: row for name, row in rows.items() if name in listed}, len(rows) if thorough else ASKED)
        stands = await survey.versions(list(asked), SECONDS_THOROUGH if thorough else SECONDS)
        if len(stands) < len(rows):
            rest = "another look checks others" if thorough else "check all with --thorough"
            notes.append(f"{len(stands)} of {len(rows)} workflows were checked for their version; {rest}")
        found += await _behind(services, survey, asked, stands)
        found += await _orphans(services, survey, sorted(listed))
    return found


async def _doubtful(services: Services, survey: Visibility, doubtful: Sequence[Journal]) -> list[Finding]:
    """Confirm, of a bounded number, that a journey does not run or is found under other attributes."""
    names = [row.journey_id for row in doubtful]
    described = await survey.described(names[:ASKED])
    async with services.pool.acquire() as conn:
        rows = await facts.again(conn, names)
    absent = [rows[name] for name in names if name not in described and name in rows]
    other = [
        of_journeys.other_labels(rows[name], labels)
        for name, labels in described.items()
        if name in rows and rows[name].labels != labels
    ]
    return [*of_journeys.not_running(absent), *other]


async def _behind(
    services: Services, survey: Visibility, rows: dict[str, Journal], stands: dict[str, int]
) -> list[Finding]:
    """Find workflows behind their journals; one that differs is asked once more, after its journal was read again."""
    doubtful = [name for name, version in stands.items() if version != rows[name].version]
    second = await survey.versions(doubtful, SECONDS)
    async with services.pool.acquire() as conn:
        now = await facts.again(conn, doubtful)
    differs = [(now[name], version) for name, version in second.items() if name in now]
    return [
        *[of_journeys.other_version(row, version) for row, version in differs if version < row.version],
        *[of_journeys.ahead(row, version) for row, version in differs if version > row.version],
    ]


async def _orphans(services: Services, survey: Visibility, listed: Sequence[str]) -> list[Finding]:
    """Find workflows that got somewhere, of journeys that the journal does not know; a referral under way is none."""
    async with services.pool.acquire() as conn:
        doubtful = await facts.unknown(conn, listed)
    stands = await survey.versions(doubtful[:ASKED], SECONDS)
    async with services.pool.acquire() as conn:
        still = await facts.unknown(conn, [name for name, version in stands.items() if version])
    return [of_journeys.orphan(reference_of(name), stands[name]) for name in still]


def _some(rows: dict[str, Journal], most: int) -> dict[str, Journal]:
    """Return at most so many, in an order drawn at random, so that later looks see others."""
    return {name: rows[name] for name in random.sample(sorted(rows), min(most, len(rows)))}


def _safe(finding: Finding) -> bool:
    return finding.code in AWAKE | AT_ONCE | {"inbox-waits"}


async def _mend(services: Services, found: Sequence[Finding]) -> list[str]:
    """Do the safe repairs, each family once; return the commands that do the same by hand."""
    done = []
    async with services.pool.acquire() as conn:
        for finding in {
            (each.remedy): each for each in found if _safe(each) and "up" not in each.remedy.split()
        }.values():
            names = await facts.to_mend(conn, finding.reference) if finding.reference else []
            if finding.code in AWAKE:
                await services.engine.wake(names)
            elif finding.code in AT_ONCE:
                await services.engine.survey.retry(names)
            else:
                services.mail.set()
            done.append(finding.remedy)
    return done
