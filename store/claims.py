"""The ledger of claims: what each was decided on, where it stands, and one billable claim per family and result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from domain.canonical import plain
from domain.claims.ages import Ages
from domain.claims.claim_file import ClaimReport
from domain.claims.clawback import Claimed
from domain.claims.states import ClaimState, Move, moved
from domain.errors import Rejected
from domain.ids import reference_of
from domain.journey.commands import Judged
from domain.journey.events import Verdict
from domain.journey.state import Journey
from domain.programme.results import Period
from domain.rules.finding import Finding
from domain.rules.member import Age
from store.pool import Conn, Record
from store.queries import queries

_SQL = queries("claims")
FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])
TERMS: TypeAdapter[tuple[Period, ...] | None] = TypeAdapter(tuple[Period, ...] | None)
AGES: TypeAdapter[dict[str, tuple[Age, ...]]] = TypeAdapter(dict[str, tuple[Age, ...]])


@dataclass(frozen=True, slots=True)
class Claim:
    """A result that may be claimed. `amount` is whole pounds; `explanation` the report its verdict was read from.

    `effect_id` names the evaluation that found it, `journal_version` the last event of the journey it knew, `paid`
    the pounds it took as claimed before, by result. `clawback` is the limb of an open proposal to claw it back.
    """

    claim_id: str
    effect_id: str
    journey_id: str
    reference: str
    result: str
    as_of: date
    verdict: Verdict
    amount: int
    programme: str
    programme_hash: str
    explanation: dict[str, Any]
    recorded_at: datetime
    journal_version: int
    paid: dict[str, int]
    state: ClaimState = "eligible"
    submitted_at: datetime | None = None
    clawback: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which claims: every field given must match; `since` is the first day of recording."""

    reference: str | None = None
    state: ClaimState | None = None
    result: str | None = None
    programme: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What an evaluation knew and found: the journal's version, earlier claims, sealed dates of birth, the report.

    `ages` is what its rules asked of them, kept in clear when they are gone. `terms` are the school terms it was judged
    by, where those of its pack were not all.
    """

    journal_version: int
    paid: Mapping[str, int]
    born: bytes | None
    ages: Ages
    report: ClaimReport
    findings: tuple[Finding, ...]
    terms: tuple[Period, ...] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The words of a claim's decision as they were recorded: the report to the byte, and the tree behind it."""

    report: str
    findings: tuple[Finding, ...]
    born: bytes | None
    ages: Ages
    terms: tuple[Period, ...] | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """One step of a claim from state to state."""

    move: Move
    from_state: ClaimState
    to_state: ClaimState
    at: datetime
    actor: str
    reason: str | None


EVERY = Filters()


async def lock(conn: Conn, journey_id: str) -> None:
    """Take the family's turn at the ledger, until the caller's transaction ends; the first statement of it."""
    await lock_families(conn, [reference_of(journey_id)])


async def lock_families(conn: Conn, references: Sequence[str]) -> None:
    """Take the turns of families at the ledger, each with those that were ever one with it.

    Whose turn it is may change while it is waited for, when one is merged with another: then that one is taken, too.
    """
    held: set[str] = set()
    while turns := {await conn.fetchval(_SQL["turn"], reference) for reference in references} - held:
        for turn in sorted(turns):
            await conn.execute(_SQL["lock"], turn)
        held |= turns


async def record(
    conn: Conn, effect_id: str, journey: Journey, basis: Basis, *, recorded_at: datetime
) -> tuple[Judged, ...]:
    """Enter what a report makes payable into the ledger, and return its verdicts as the ledger took them.

    The caller holds the family's `lock` and keeps the verdicts with the effect, for a repeat. A result without a
    `claim_id` was not met, is not payable beside the others, or was claimed for the family before; its amount is 0.
    """
    await conn.execute(_SQL["record"], list(_rows(effect_id, journey, basis, recorded_at)))
    held = {row["result"]: row for row in await conn.fetch(_SQL["of_effect"], effect_id)}
    return tuple(
        Judged(
            result=each.result,
            verdict=each.verdict,
            amount=held[each.result]["amount"] if each.result in held else 0,
            claim_id=held[each.result]["claim_id"] if each.result in held else None,
        )
        for each in basis.report.results
    )


async def taken(conn: Conn, reference: str, effect_id: str) -> dict[str, int]:
    """Return the whole pounds a family claimed before, by result; what `effect_id` claimed itself is left out.

    A result that was submitted is taken for ever; once it was rejected or clawed back, for nothing.
    """
    return {row["result"]: row["amount"] for row in await conn.fetch(_SQL["taken"], reference, effect_id)}


async def get(conn: Conn, claim_id: str) -> Claim | None:
    """Return a claim, or None when it is unknown."""
    row = await conn.fetchrow(_SQL["get"], claim_id)
    return None if row is None else _claim(row)


async def of_effect(conn: Conn, effect_id: str) -> dict[str, int]:
    """Return the whole pounds that an evaluation put into the ledger, by result."""
    return {row["result"]: row["amount"] for row in await conn.fetch(_SQL["of_effect"], effect_id)}


async def as_claimed(conn: Conn, claim: Claim) -> Claimed:
    """Return a claim with what was claimed together with it, and what the family gave up since."""
    given_up = await conn.fetch(_SQL["given_up"], claim.reference)
    return Claimed(
        result=claim.result,
        together=await of_effect(conn, claim.effect_id),
        given_up=tuple(row["result"] for row in given_up),
        billed=claim.state != "eligible",
        twin=await conn.fetchval(_SQL["twin"], claim.claim_id),
    )


async def kept(conn: Conn, claim_id: str) -> Kept:
    """Return the words of a known claim's decision."""
    row = await conn.fetchrow(_SQL["kept"], claim_id)
    if row is None:
        raise LookupError(f"no claim {claim_id}")
    return Kept(
        report=row["report"],
        findings=FINDINGS.validate_json(row["findings"]),
        born=row["born"],
        ages=AGES.validate_python(row["ages"]),
        terms=TERMS.validate_python(row["terms"]),
    )


async def listing(conn: Conn, filters: Filters = EVERY, limit: int = 500, after: str | None = None) -> list[Claim]:
    """Return claims in the order they were recorded, those that match, after claim `after`."""
    if filters.reference is not None:
        family = [_claim(row) for row in await conn.fetch(_SQL["of_family"], filters.reference)]
        behind = next((place for place, claim in enumerate(family, 1) if claim.claim_id == after), 0)
        return [claim for claim in family[behind:] if _matches(claim, filters)][:limit]
    given = (filters.state, filters.result, filters.programme, filters.since, limit, after)
    return [_claim(row) for row in await conn.fetch(_SQL["listing"], *given)]


async def of_one_family(conn: Conn, reference: str) -> list[Claim]:
    """Return the claims of a family and of those that are one with it, as recorded."""
    return [_claim(row) for row in await conn.fetch(_SQL["of_one_family"], reference)]


async def hold(conn: Conn, claim_id: str) -> ClaimState | None:
    """Return where a claim stands, held there until the caller's transaction ends; None when it is unknown."""
    state: ClaimState | None = await conn.fetchval(_SQL["hold"], claim_id)
    return state


async def history(conn: Conn, claim_id: str) -> list[Moved]:
    """Return the steps of a claim from state to state, in order."""
    return [Moved(**dict(row)) for row in await conn.fetch(_SQL["history"], claim_id)]


async def move(  # noqa: PLR0913 - who, what, when and why
    conn: Conn, claim_id: str, step: Move, *, at: datetime, actor: str, reason: str | None = None
) -> ClaimState:
    """Move a claim as the table of states allows, once, and note who did and why. Raise `Rejected`."""
    async with conn.transaction():
        state = await hold(conn, claim_id)
        if state is None:
            raise Rejected("unknown-claim", f"no claim {claim_id}", "list them with: journeys claims list")
        target = moved(claim_id, state, step)
        if target != state:
            await conn.execute(_SQL["move"], claim_id, step, state, target, at, actor, reason)
        return target


def _claim(row: Record) -> Claim:
    return Claim(**{each.name: row[each.name] for each in fields(Claim)})


def _matches(claim: Claim, filters: Filters) -> bool:
    wanted = {"state": filters.state, "result": filters.result, "programme": filters.programme}
    fits = all(value is None or getattr(claim, name) == value for name, value in wanted.items())
    return fits and (filters.since is None or claim.recorded_at.date() >= filters.since)


def _rows(effect_id: str, journey: Journey, basis: Basis, recorded_at: datetime) -> Iterator[dict[str, Any]]:
    report = basis.report
    for each in report.results:
        if each.result in report.payable.results:
            yield {
                "claim_id": f"{effect_id}:{each.result}",
                "effect_id": effect_id,
                "journey_id": journey.journey_id,
                "reference": journey.reference,
                "result": each.result,
                "as_of": report.as_of,
                "verdict": each.verdict,
                "amount": each.amount,
                "programme_hash": report.programme_hash,
                "explanation": plain(each.model_dump(mode="json", by_alias=True)),
                "recorded_at": recorded_at,
                "journal_version": basis.journal_version,
                "paid": dict(basis.paid),
                "report": report.model_dump_json(indent=2),
                "findings": FINDINGS.dump_json(basis.findings, by_alias=True).decode(),
                "ages": AGES.dump_python(dict(basis.ages), mode="json", by_alias=True),
                "terms": TERMS.dump_python(basis.terms, mode="json", by_alias=True),
                "born": None if basis.born is None else f"\\x{basis.born.hex()}",
            }
