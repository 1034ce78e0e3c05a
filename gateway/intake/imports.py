"""A file of referrals taken family by family, told as it goes; the same file again goes on where it stopped."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from domain.access import Actor
from domain.errors import Rejected
from domain.intake.differences import Change, Known, status_of
from domain.intake.questions import ANSWERS, Question
from domain.intake.referral import Checked, Fault, Terms
from domain.intake.referral_csv import BadFile, Encoding, Records, Sheet
from domain.model import Code
from domain.programme.programme import Programme
from gateway.http.problems import AWAY, DOCUMENTED, IdentityQuestion, NotTaken
from gateway.http.security import Allow
from gateway.intake.changing import change
from gateway.intake.import_body import FamilyAnswer, answers_for, sent
from gateway.intake.import_lines import SHORT, FamilyLine, Interrupted, Outcome, Plan, RecordLine, line, summed
from gateway.intake.known import known_family
from gateway.intake.layouts import remembered, said, whose
from gateway.intake.parsing import bounded
from gateway.intake.reading import glance, read_file
from gateway.intake.referrals import take, try_out
from gateway.intake.reservations import Taking
from gateway.services import Served, Services
from store import intake, read_models
from store.intake import Import
from store.pool import Conn

router = APIRouter(prefix="/v1", tags=["path"], responses=DOCUMENTED)

NDJSON = "application/x-ndjson"
NOTHING: list[str] = []


@dataclass(frozen=True)
class File:
    """A file that was read and judged; `apply` says that addresses and referrals are to be changed to it."""

    hash: str
    programme: Programme
    actor: Actor
    families: Sequence[Checked]
    dry_run: bool
    apply: bool = False
    records: Records = ()
    answers: Sequence[FamilyAnswer] = ()


@router.post("/imports", response_class=StreamingResponse, responses={200: {"content": {NDJSON: {}}}})
async def import_file(  # noqa: PLR0913 - one argument a parameter
    request: Request,
    actor: Annotated[Actor, Depends(Allow("refer"))],
    services: Served,
    *,
    programme: str | None = None,
    dry_run: bool = False,
    apply_changes: bool = False,
    headings: Annotated[list[str], Query(alias="map", description="HEADING=column; kept for later files.")] = NOTHING,
    encoding: Encoding = "utf-8",
    referrer: Annotated[Code | None, Query(description="The partner of rows that name none.")] = None,
    records: Annotated[bool, Query(description="Answer with every record of the file too.")] = False,
) -> StreamingResponse:
    """Import a CSV or XLSX file of referrals (the body): good families are taken, each bad row is reported.

    A family taken before is found again, and what the file says otherwise of it is reported; `apply_changes` changes
    its address and corrects its referral. A dry run judges everything in the same way and writes nothing. A family that
    may be one we know is a question: the body may be JSON too, with the `file` in base64 and `answers`.
    """
    data, answers = sent(await request.body(), request.headers.get("content-type", ""))
    pack = await services.programme(programme)
    terms = Terms(programme=pack, today=await services.today())
    asked = said(headings, encoding, referrer or "")
    try:
        async with services.parsing:
            begin = await bounded(glance, data, asked)
            async with services.pool.acquire() as conn:
                layout, of = await remembered(conn, begin, asked)
            kept = {"rows": bool(asked.headings), "records": records}
            sheet, sheets, families, found = await bounded(read_file, data, layout, terms, **kept)
    except BadFile as bad:
        raise NotTaken([bad.fault], "bad-file") from bad
    hashed = hashlib.sha256(data).hexdigest()
    file = File(hashed, pack, actor, families, dry_run, apply_changes, found, answers)
    async with services.pool.acquire() as conn:
        before = await intake.find_import(conn, hashed)
        if asked.headings and not dry_run:
            of = whose(sheet, asked, pack)
            await intake.save_headings(conn, of, layout.headings, actor.code, await services.now())
    return StreamingResponse(
        _tell(services, file, _plan(file, sheet, sheets, of, seen_before=before is not None)), media_type=NDJSON
    )


def _plan(file: File, sheet: Sheet, sheets: Sequence[str], of: str | None, *, seen_before: bool) -> Plan:
    return Plan(
        file_hash=file.hash,
        import_id=file.hash[:SHORT],
        families=len(file.families),
        rows=sum(len(family.lines) for family in file.families),
        ignored_columns=list(sheet.ignored),
        ignored_sheets=list(sheets),
        mapped_columns=sheet.mapped,
        headings_of=of,
        header_line=sheet.header_line,
        lines_above=list(sheet.above),
        total_lines=list(sheet.totals),
        numbered_lines=list(sheet.numbered),
        seen_before=seen_before,
        dry_run=file.dry_run,
    )


async def _tell(services: Services, file: File, plan: Plan) -> AsyncIterator[str]:
    """Yield the lines; the families are taken one by one, so that a broken connection leaves none half taken."""
    yield line(plan)
    for at, cells in file.records:
        yield line(RecordLine(line=at, cells=list(cells)))
    told: list[FamilyLine] = []
    for family in file.families:
        try:
            told.append(await _family(services, file, family))
        except AWAY as away:
            yield line(Interrupted(reason=f"the engine stopped answering ({type(away).__name__})"))
            return
        yield line(told[-1])
    summary = summed(told)
    if file.dry_run:
        yield line(summary.model_copy(update={"changed": False}))
        return
    done = {"rows": plan.rows, "taken": summary.taken, "refused": summary.refused_rows}
    async with services.pool.acquire() as conn:
        await intake.record_import(conn, Import(file_hash=file.hash, at=await services.now(), **done))
    yield line(summary)


async def _family(services: Services, file: File, family: Checked) -> FamilyLine:
    """Take a family, or say that it was taken before, with what the file says otherwise by now."""
    answer = partial(_answer, family)
    if family.referral is None:
        return answer("refused", faults=family.faults)
    number = _number(services, family)
    async with services.pool.acquire() as conn:
        key, before = await _key(conn, file, number)
        given = answers_for(file.answers, family.family_no)
        known = None if before else await known_family(services, conn, family.referral, number, given)
    if before:
        return answer("already-taken", reference=before)
    stands, changes = status_of(family.referral, known) if known else ("new", ())
    if known and stands == "in-doubt":
        return answer("refused", faults=[_in_doubt(family, known)])
    if known and stands != "new":
        if file.apply and not file.dry_run:
            changes = await change(services, file.actor, known.reference, family.referral, changes)
        return answer("changed" if changes else "already-taken", reference=known.reference, changes=changes)
    return await _new(services, file, family, Taking(key, family.referral, file.programme, file.actor, given))


async def _new(services: Services, file: File, family: Checked, taking: Taking) -> FamilyLine:
    """Take a family that no file brought before, or say why not."""
    try:
        taken = None if file.dry_run else await take(services, taking)
        joined = await try_out(services, taking) if taken is None else "referral-joined" in taken.happened
    except IdentityQuestion as asked:
        fault = _fault(family, asked.code, asked.reason, _how_to_answer(family, asked.questions))
        return _answer(family, "refused", faults=[fault], questions=asked.questions)
    except Rejected as rejected:
        return _answer(family, "refused", faults=[_fault(family, rejected.code, rejected.reason, rejected.remedy)])
    return _answer(family, "joined" if joined else "taken", reference=taken.reference if taken else None)


def _answer(  # noqa: PLR0913 - one argument a field
    family: Checked,
    outcome: Outcome,
    *,
    reference: str | None = None,
    faults: Sequence[Fault] = (),
    changes: Sequence[Change] = (),
    questions: Sequence[Question] = (),
) -> FamilyLine:
    return FamilyLine(
        family_no=family.family_no,
        outcome=outcome,
        reference=reference,
        lines=list(family.lines),
        faults=[*faults, *family.dropped],
        changes=list(changes),
        notes=list(family.notes),
        questions=list(questions),
    )


def _how_to_answer(family: Checked, questions: Sequence[Question]) -> str:
    """Say by which lines of a file the questions about a family are answered."""
    lines = " and ".join(f"{family.family_no},{each.reference},ANSWER,WHY" for each in questions)
    return (
        f"write {lines} under family_no,reference,answer,why into a file, ANSWER one of {', '.join(ANSWERS)},"
        " and import again with --answers FILE"
    )


def _number(services: Services, family: Checked) -> str:
    """Return a keyed hash of the number by which the council knows the family: it has no place in the journal."""
    return services.vault.subject_digest("family-no", family.family_no).hex()[:24]


async def _key(conn: Conn, file: File, number: str) -> tuple[str, str | None]:
    """Return the key under which the family's referral is known, and its reference where this file was it taken from.

    Once its import was undone, the key is spent and the next one is used.
    """
    for attempt in count(1):
        key = f"import:{file.hash}:{number}" + (f":{attempt}" if attempt > 1 else "")
        reserved = await intake.find(conn, key)
        journey = await read_models.journey(conn, reserved.journey_id) if reserved else None
        if reserved is None or journey is None:
            return key, None
        if reserved.fingerprint:
            return key, reserved.reference
        if journey.outcome != "opened-in-error":
            return key, None  # its family was erased: to be refused without a word of its reference
    raise AssertionError("the count has no end")


def _in_doubt(family: Checked, known: Known) -> Fault:
    closed = max(journey.closed_on for journey in known.journeys if journey.closed_on)
    reason = f"{known.reference} was closed on {closed}, after this referral, and not everybody in the row is known"
    remedy = "correct the day of the referral if this is a new one; otherwise leave the row out"
    where = {"field": "referred_on", "value": str(family.referral.referred_on) if family.referral else ""}
    return _fault(family, "before-last-close", reason, remedy).model_copy(update=where)


def _fault(family: Checked, code: str, reason: str, remedy: str) -> Fault:
    return Fault(
        line=family.lines[0],
        field="family_no",
        value=family.family_no,
        reason=reason,
        remedy=remedy,
        code=code,
        family_no=family.family_no,
    )
