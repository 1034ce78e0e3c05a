"""Partners, rule packs, claims, referrals under way and imported files: each kept once."""

import asyncio
from base64 import b64decode
from datetime import UTC, date, datetime, timedelta

import pytest
from streams import PROGRAMME, REFERENCE, journey_id_of

from domain.claims.claim_file import ClaimReport, PayableReport, ResultReport
from domain.journey.state import Journey
from programmes import load
from store import claims, intake, partners, programmes
from store.claims import Basis, Filters
from store.errors import PartnerExists, UnknownProgramme
from store.intake import Import, Intake
from store.partners import Partner
from store.vault import Vault

NOW = datetime(2012, 6, 1, 12, tzinfo=UTC)
VAULT = Vault(bytes(32), bytes(32))
HOOK = {"webhook_url": "https://police.example/hook"}
JOURNEY = Journey(journey_id=journey_id_of(), reference=REFERENCE)


async def test_a_partner_s_secret_is_shown_once(pool):
    """A new partner gets a secret of 32 bytes that is sealed in the database; the name cannot be added again."""
    secret = await partners.add(pool, VAULT, "police", HOOK)
    assert secret.startswith("whsec_")
    raw = b64decode(secret.removeprefix("whsec_"))
    assert len(raw) == 32
    assert raw not in (await pool.fetchval("SELECT secrets FROM partners"))[0]
    assert await partners.secrets_of(pool, VAULT, "police") == [secret]
    with pytest.raises(PartnerExists):
        await partners.add(pool, VAULT, "police")


async def test_rotating_keeps_one_secret_before(pool):
    """After a rotation the new secret and the one before are good, and no older one."""
    first = await partners.add(pool, VAULT, "police")
    second = (await partners.rotate(pool, VAULT, "police")).secret
    assert await partners.secrets_of(pool, VAULT, "police") == [second, first]
    third = (await partners.rotate(pool, VAULT, "police")).secret
    assert await partners.secrets_of(pool, VAULT, "police") == [third, second]
    assert await partners.rotate(pool, VAULT, "nobody") is None


async def test_the_older_secret_has_an_end(pool):
    """The secret before a rotation is good until its end, and a listing tells when that is."""
    await partners.add(pool, VAULT, "police")
    second = await partners.rotate(pool, VAULT, "police", timedelta(hours=1))
    assert (await partners.get(pool, "police")).older_until == second.older_until
    await pool.execute("UPDATE partners SET older_until = now() - interval '1 second'")
    assert await partners.secrets_of(pool, VAULT, "police") == [second.secret]
    assert (await partners.get(pool, "police")).older_until is None
    third = await partners.rotate(pool, VAULT, "police", timedelta(0))
    assert await partners.secrets_of(pool, VAULT, "police") == [third.secret]


async def test_a_suspended_partner_has_no_secrets(pool):
    """Suspending takes a partner's secrets out of use until it is let back."""
    secret = await partners.add(pool, VAULT, "police")
    assert await partners.suspend(pool, "police")
    assert await partners.secrets_of(pool, VAULT, "police") == []
    assert await partners.suspend(pool, "police", suspended=False)
    assert await partners.secrets_of(pool, VAULT, "police") == [secret]
    assert not await partners.suspend(pool, "nobody")


async def test_partners_and_their_webhooks(pool):
    """Partners are listed by name with where they are told things."""
    await partners.add(pool, VAULT, "schools")
    await partners.add(pool, VAULT, "police")
    assert await partners.set_addresses(pool, "police", HOOK)
    police = Partner("police", suspended=False, addresses=HOOK)
    assert await partners.listing(pool) == [police, Partner("schools", suspended=False)]
    assert await partners.get(pool, "police") == police
    assert await partners.get(pool, "nobody") is None
    assert not await partners.set_addresses(pool, "nobody", {})


@pytest.mark.parametrize("pack", [PROGRAMME, load("wirral-2012")], ids=lambda pack: pack.name)
async def test_a_pack_comes_back_as_it_was(pool, monkeypatch, pack):
    """A kept pack is the same model again, read from the database or from memory."""
    monkeypatch.setattr(programmes, "_remembered", {})
    await programmes.keep(pool, pack)
    await programmes.keep(pool, pack)
    assert await programmes.get(pool, pack.hash) == pack
    assert await programmes.get(pool, pack.hash) is await programmes.get(pool, pack.hash)


async def test_packs_that_are_not_kept(pool, monkeypatch):
    """An unknown hash is an error, and a pack without one cannot be kept."""
    monkeypatch.setattr(programmes, "_remembered", {})
    with pytest.raises(UnknownProgramme):
        await programmes.get(pool, "0" * 64)
    with pytest.raises(ValueError, match="no content hash"):
        await programmes.keep(pool, PROGRAMME.model_copy(update={"hash": ""}))


async def test_few_packs_stay_in_memory(pool, monkeypatch):
    """Memory for packs is bounded: past the limit it starts afresh."""
    monkeypatch.setattr(programmes, "_remembered", {})
    monkeypatch.setattr(programmes, "_MOST_REMEMBERED", 1)
    for number in "12":
        pack = PROGRAMME.model_copy(update={"hash": number * 64})
        await programmes.keep(pool, pack)
        await programmes.get(pool, pack.hash)
    assert [*programmes._remembered] == ["2" * 64]


def report(**amounts):
    """A claim report in which the results named are met and payable; `school` is met and pays nothing."""
    met = [ResultReport(result=name, verdict="met", amount=amount, limbs=()) for name, amount in amounts.items()]
    other = [
        ResultReport(result="school", verdict="met", amount=0, limbs=()),
        ResultReport(result="crime", verdict="insufficient", amount=0, limbs=()),
    ]
    payable = PayableReport(amount=sum(amounts.values()), results=tuple(amounts))
    return ClaimReport(
        programme="streams",
        programme_hash="5" * 64,
        as_of=date(2012, 6, 1),
        results=(*met, *other),
        payable=payable,
    )


async def entered(pool, effect_id, **amounts):
    """Record a report, and return result, pounds and claim id of each verdict."""
    basis = Basis(journal_version=7, paid={}, born=None, ages={}, report=report(**amounts), findings=())
    async with pool.acquire() as conn, conn.transaction():
        await programmes.keep(conn, PROGRAMME)
        judged = await claims.record(conn, effect_id, JOURNEY, basis, recorded_at=NOW)
    return [(each.result, each.amount, each.claim_id) for each in judged]


async def test_a_claim_is_entered_once(pool):
    """What is payable becomes a claim; what is not keeps its verdict without one; a retry is told the same."""
    expected = [("work", 800, "effect-1:work"), ("school", 0, None), ("crime", 0, None)]
    for _ in range(2):
        assert await entered(pool, "effect-1", work=800) == expected
    [claim] = await claims.listing(pool, Filters(reference=REFERENCE))
    assert (claim.claim_id, claim.amount, claim.state, claim.verdict) == ("effect-1:work", 800, "eligible", "met")
    assert claim.explanation == {"result": "work", "verdict": "met", "amount": 800, "limbs": []}
    assert await claims.get(pool, "effect-1:work") == claim
    assert await claims.get(pool, "nothing") is None
    assert await claims.listing(pool, Filters(state="paid")) == []
    assert (await claims.kept(pool, "effect-1:work")).report == report(work=800).model_dump_json(indent=2)


async def test_one_claim_a_family_and_result(pool):
    """A later evaluation cannot claim the same result again, whatever it found."""
    await entered(pool, "effect-1", work=800)
    assert (await entered(pool, "effect-2", work=800))[0] == ("work", 0, None)
    assert await claims.taken(pool, REFERENCE, "effect-2") == {"work": 800}
    assert await claims.taken(pool, REFERENCE, "effect-1") == {}


async def test_a_familys_claims_come_in_pages(pool):
    """Of one family too the page after a claim goes on behind it, and none is left out."""
    await entered(pool, "effect-1", work=800, income=700, health=600)
    of_family, pages = Filters(reference=REFERENCE), []
    for _ in range(4):
        pages.append(await claims.listing(pool, of_family, 1, pages[-1][0].claim_id if pages else None))
    assert [[claim.result for claim in page] for page in pages] == [["work"], ["income"], ["health"], []]


async def test_racing_evaluations(pool):
    """Of evaluations at once for one family and result, one enters the claim."""
    outcomes = await asyncio.gather(*(entered(pool, f"effect-{number}", work=800) for number in range(6)))
    assert sorted(first[1] for first, *_ in outcomes) == [0, 0, 0, 0, 0, 800]
    assert len(await claims.listing(pool)) == 1


async def test_a_retried_referral_goes_on_with_its_reference(pool):
    """The first reservation under a key stands; whoever comes later is given it, and told that it is not fresh."""
    first = Intake("file:W001", "f1", REFERENCE, JOURNEY.journey_id, {"3": "m1"}, NOW)
    later = Intake("file:W001", "f2", "F-2222-2222", "journey:wirral:F-2222-2222:1", {}, NOW)
    assert await intake.find(pool, "file:W001") is None
    assert await intake.reserve(pool, first) == first
    again = await intake.reserve(pool, later)
    assert (again.reference, again.fingerprint, again.members, again.fresh) == (REFERENCE, "f1", {"3": "m1"}, False)
    assert await intake.find(pool, "file:W001") == again


async def test_a_file_is_imported_once(pool):
    """The second import of a file is told what the first came to."""
    first = Import("abc", rows=160, taken=50, refused=7, at=NOW)
    assert await intake.find_import(pool, "abc") is None
    assert await intake.record_import(pool, first)
    assert not await intake.record_import(pool, Import("abc", 0, 0, 0, NOW))
    assert await intake.find_import(pool, "abc") == first
