"""A manager's figures by stage, place, month, key worker or programme; an analyst's without small counts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.access import SMALL_COUNT, Actor, conceal, conceal_all
from domain.errors import Rejected
from gateway.http.known_names import known
from gateway.http.problems import DOCUMENTED
from gateway.http.security import Allow
from gateway.services import Served
from store import figures, staff
from store.figures import By, Measured, Money
from store.staff import StaffMember

router = APIRouter(prefix="/v1", tags=["reading"], responses=DOCUMENTED)

Asked = Literal["stage", "area", "locality", "month", "worker", "programme"]
OF_PUBLIC: tuple[Asked, ...] = ("area", "locality", "month", "programme")
NOW = ("open", "off-track")  # what changes from day to day: two looks would tell who moved


class Wait(BaseModel):
    """How many families came to a step, and after how many days; None: too few to be told."""

    count: int | None
    median: int | None
    ninetieth: int | None
    longest: int | None


class Sum(BaseModel):
    """Claims in one state, and their pounds."""

    count: int
    pounds: int


class Row(BaseModel):
    """The figures of one key; a count of None is too small to be told.

    `counts` are by measure: referred, open, off-track, `outcome:CODE`, `check:VERDICT`, and `result:VERDICT` for
    results that were judged and not claimed. `waits` are by step, `claims` by state; `held` and `cap` of a key worker.
    """

    key: str
    counts: dict[str, int | None] = {}
    waits: dict[str, Wait] = {}
    claims: dict[str, Sum] = {}
    held: int | None = None
    cap: int | None = None


class Figures(BaseModel):
    """Figures `by` something as of a day; `before` is the day up to which things are counted for an analyst."""

    by: By
    day: date
    before: date | None = None
    area: str | None = None
    programme: str | None = None
    rows: list[Row]
    total: Row


@router.get("/figures")
async def count_figures(
    actor: Annotated[Actor, Depends(Allow("count"))],
    services: Served,
    by: Asked = "stage",
    area: str | None = None,
    programme: str | None = None,
) -> Figures:
    """Count families, waits, outcomes, checks and claims. An analyst gets whole quarters, of all areas."""
    today = await services.today()
    published = actor.role == "analyst"
    if published:
        _may_be_published(by, area, programme)
    before = _quarter(today) if published else None
    kind: By = "quarter" if published and by == "month" else by
    async with services.pool.acquire() as conn:
        await known(conn, area=area, programme=programme)
        rows = await figures.measured(conn, kind, area, programme, before)
        sums = [] if published else await figures.money(conn, kind, area, programme)
        people = await staff.listing(conn, "key-worker") if by == "worker" else []
    if published:
        rows = [row for row in rows if row.measure not in NOW and not row.measure.startswith("result:")]
    cap = (await services.programme(programme)).cap
    table = _table(actor, rows, sums, people, cap)
    return Figures(by=kind, day=today, before=before, area=area, programme=programme, rows=table[:-1], total=table[-1])


def _may_be_published(by: Asked, area: str | None, programme: str | None) -> None:
    """Refuse what would let an analyst subtract one table from another: part of the whole, and what names staff."""
    if by not in OF_PUBLIC:
        reason = f"an analyst gets no figures by {by}"
        raise Rejected("not-allowed", reason, f"use one of {', '.join(OF_PUBLIC)}")
    if area is not None or programme is not None:
        reason = "an analyst gets figures of the whole: a part could be subtracted from it"
        raise Rejected("not-allowed", reason, "leave area and programme out, and ask by area or by programme")


def _quarter(day: date) -> date:
    """Return the first day of the quarter of a day."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _table(
    actor: Actor, measured: Sequence[Measured], sums: Sequence[Money], people: Sequence[StaffMember], cap: int
) -> list[Row]:
    """Return a row for each key, and then the whole."""
    rows = {name: Row(key=name) for name in _keys(measured, sums, people)}
    whole = Row(key="total")
    for one in _concealed(actor, measured):
        row = whole if one.whole else rows[one.key]
        step = one.measure.removeprefix("wait:")
        if step == one.measure:
            row.counts[one.measure] = one.count if one.count >= 0 else None
        else:
            row.waits[step] = _wait(one)
    for each in sums:
        row = whole if each.whole else rows[each.key]
        row.claims[each.state] = Sum(count=each.count, pounds=each.pounds)
    for person in people:
        rows[person.name].held, rows[person.name].cap = person.held, person.cap or cap
    return [*rows.values(), whole]


def _keys(measured: Sequence[Measured], sums: Sequence[Money], people: Sequence[StaffMember]) -> list[str]:
    told = {one.key for one in measured if not one.whole} | {one.key for one in sums if not one.whole}
    return sorted(told | {person.name for person in people})


HIDDEN = -1


def _concealed(actor: Actor, measured: Iterable[Measured]) -> list[Measured]:
    """Hide small counts from an analyst, each measure over its keys: a total would give one hidden count away."""
    by_measure: dict[str, dict[str, Measured]] = defaultdict(dict)
    for one in measured:
        by_measure[one.measure]["" if one.whole else f"key {one.key}"] = one
    told: list[Measured] = []
    for rows in by_measure.values():
        parts = {name: row.count for name, row in rows.items() if name}
        seen = conceal_all(actor, parts) | {"": conceal(actor, rows[""].count)}
        told += [_seen(actor, row, seen[name]) for name, row in rows.items()]
    return told


def _seen(actor: Actor, row: Measured, count: int | None) -> Measured:
    """Return a row without what is hidden: of an analyst's the longest wait is one family's, and so may the 90th be."""
    if count is None:
        return replace(row, count=HIDDEN, median=None, ninetieth=None, longest=None)
    if actor.role != "analyst":
        return row
    enough = row.count >= SMALL_COUNT * 10
    return replace(row, ninetieth=row.ninetieth if enough else None, longest=None)


def _wait(one: Measured) -> Wait:
    count = one.count if one.count != HIDDEN else None
    return Wait(count=count, median=one.median, ninetieth=one.ninetieth, longest=one.longest)
