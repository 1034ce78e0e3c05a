"""A file of referrals taken family by family, told as it goes; the same file again goes on where it stopped."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from domain.access import Actor
from domain.errors import Rejected
from domain.intake.referral import Checked, Fault, Referral, Terms
from domain.intake.referral_csv import BadFile
from domain.programme.programme import Programme
from gateway.http.problems import AWAY, DOCUMENTED, NotTaken
from gateway.http.security import Allow
from gateway.intake.parsing import bounded
from gateway.intake.reading import read_file
from gateway.intake.referrals import take, try_out
from gateway.intake.reservations import Taking, taken_from_another_file
from gateway.services import Served, Services
from store import intake, read_models
from store.intake import Import
from store.vault import Vault

router = APIRouter(prefix="/v1", tags=["path"], responses=DOCUMENTED)

NDJSON = "application/x-ndjson"


class Plan(BaseModel):
    """The first line: what the file holds."""

    type: Literal["plan"] = "plan"
    file_hash: str
    families: int
    rows: int
    ignored_columns: list[str]
    ignored_sheets: list[str] = []
    seen_before: bool
    dry_run: bool = False


class FamilyLine(BaseModel):
    """What became of one family."""

    type: Literal["family"] = "family"
    family_no: str
    outcome: Literal["taken", "already-taken", "refused"]
    reference: str | None = None
    faults: list[Fault] = []


class Summary(BaseModel):
    """The last line; without it the import was cut short, and may be sent again."""

    type: Literal["summary"] = "summary"
    taken: int
    already_taken: int
    refused: int
    refused_rows: int
    changed: bool


class Interrupted(BaseModel):
    """The last line when the engine stopped answering: what was taken stays taken."""

    type: Literal["interrupted"] = "interrupted"
    reason: str
    remedy: str = "send the same file again; it goes on where it stopped"


@dataclass(frozen=True)
class File:
    """A file that was read and judged."""

    hash: str
    programme: Programme
    actor: Actor
    families: Sequence[Checked]
    dry_run: bool

    def key(self, family: Checked, vault: Vault) -> str:
        """Return the key under which the family's referral is known: the file's hash, and a keyed one of its number.

        The number by which the council knows the family has no place in the journal and in Temporal.
        """
        return f"import:{self.hash}:{vault.subject_digest('family-no', family.family_no).hex()[:24]}"


@router.post("/imports", response_class=StreamingResponse, responses={200: {"content": {NDJSON: {}}}})
async def import_file(
    request: Request,
    actor: Annotated[Actor, Depends(Allow("refer"))],
    services: Served,
    *,
    programme: str | None = None,
    dry_run: bool = False,
) -> StreamingResponse:
    """Import a CSV or XLSX file of referrals (the body): good families are taken, each bad row is reported.

    A dry run judges everything in the same way and writes nothing.
    """
    data = await request.body()
    pack = await services.programme(programme)
    terms = Terms(programme=pack, today=await services.today())
    try:
        async with services.parsing:
            families, columns, sheets = await bounded(read_file, data, terms)
    except BadFile as bad:
        raise NotTaken([bad.fault], "bad-file") from bad
    hashed = hashlib.sha256(data).hexdigest()
    file = File(hashed, pack, actor, families, dry_run)
    async with services.pool.acquire() as conn:
        before = await intake.find_import(conn, hashed)
    plan = Plan(
        file_hash=hashed,
        families=len(file.families),
        rows=sum(len(family.lines) for family in file.families),
        ignored_columns=list(columns),
        ignored_sheets=list(sheets),
        seen_before=before is not None,
        dry_run=dry_run,
    )
    return StreamingResponse(_tell(services, file, plan), media_type=NDJSON)


async def _tell(services: Services, file: File, plan: Plan) -> AsyncIterator[str]:
    """Yield the lines; the families are taken one by one, so that a broken connection leaves none half taken."""
    yield _line(plan)
    told: list[FamilyLine] = []
    for family in file.families:
        try:
            told.append(await _family(services, file, family))
        except AWAY as away:
            yield _line(Interrupted(reason=f"the engine stopped answering ({type(away).__name__})"))
            return
        yield _line(told[-1])
    summary = _summary(told)
    if file.dry_run:
        yield _line(summary.model_copy(update={"changed": False}))
        return
    async with services.pool.acquire() as conn:
        await intake.record_import(
            conn,
            Import(
                file_hash=file.hash,
                rows=plan.rows,
                taken=summary.taken,
                refused=summary.refused_rows,
                at=await services.now(),
            ),
        )
    yield _line(summary)


async def _family(services: Services, file: File, family: Checked) -> FamilyLine:
    if family.referral is None:
        return FamilyLine(family_no=family.family_no, outcome="refused", faults=[*family.faults, *family.dropped])
    before = await _taken_before(services, file.key(family, services.vault), family.referral)
    if before:
        return FamilyLine(
            family_no=family.family_no, outcome="already-taken", reference=before, faults=list(family.dropped)
        )
    try:
        taking = Taking(file.key(family, services.vault), family.referral, file.programme, file.actor)
        reference = await (try_out if file.dry_run else _take)(services, taking)
    except Rejected as rejected:
        return FamilyLine(
            family_no=family.family_no, outcome="refused", faults=[_fault(family, rejected), *family.dropped]
        )
    return FamilyLine(family_no=family.family_no, outcome="taken", reference=reference, faults=list(family.dropped))


async def _take(services: Services, taking: Taking) -> str | None:
    return (await take(services, taking)).reference


async def _taken_before(services: Services, key: str, referral: Referral) -> str | None:
    """Return the reference of a family that an earlier import took, of this file or of one it was mended from."""
    async with services.pool.acquire() as conn:
        reserved = await intake.find(conn, key)
        if reserved is None:
            return await taken_from_another_file(services, conn, referral)
        if not reserved.fingerprint:  # its family was erased: to be refused without a word of its reference
            return None
        if await read_models.journey(conn, reserved.journey_id) is None:
            return None
        return reserved.reference


def _fault(family: Checked, rejected: Rejected) -> Fault:
    return Fault(
        line=family.lines[0],
        column="family_no",
        value=family.family_no,
        reason=rejected.reason,
        remedy=rejected.remedy,
        code=rejected.code,
        family_no=family.family_no,
    )


def _summary(told: Sequence[FamilyLine]) -> Summary:
    outcomes = [line.outcome for line in told]
    return Summary(
        taken=outcomes.count("taken"),
        already_taken=outcomes.count("already-taken"),
        refused=outcomes.count("refused"),
        refused_rows=len({fault.line for line in told for fault in line.faults}),
        changed="taken" in outcomes,
    )


def _line(told: BaseModel) -> str:
    return f"{told.model_dump_json()}\n"
