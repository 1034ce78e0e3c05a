"""The inbox: every partner event is answered, kept once, and reaches its family's newest journey."""

import asyncio
import hashlib
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from streams import Orders, carry_out, journey_id_of

from domain.ids import inbox_command_id
from domain.journey.commands import RecordConsent, RecordLeaving
from domain.journey.facts import Household
from domain.journey.replies import Reply
from store import forwarding, inbox
from store.forwarding import as_command
from store.inbox import Arrival, Receipt
from store.people import Address, Person
from store.queries import queries
from store.vault import Vault, erase

VAULT = Vault(bytes(32), bytes(32))
NOW = datetime(2012, 6, 1, 12, tzinfo=UTC)
REFERENCE, OTHER = "F-7K3Q-9D2X", "F-2222-2222"
UPN, UPRN = "K795299201561", "42419056"


def arrival(event_id="e1", body="first", **changes):
    """An exclusion of the child, as schools report it."""
    return Arrival(
        partner="schools",
        event_id=event_id,
        body_hash=hashlib.sha256(body.encode()).digest(),
        subject_scheme="upn",
        subject_digest=VAULT.subject_digest("upn", UPN),
        kind="exclusion",
        observed_at=NOW,
        evidence={"on": "2012-05-30", "type": "fixed"},
        received_at=NOW,
        **changes,
    )


def about_home(event_id):
    """An event about the household."""
    return replace(arrival(event_id), subject_scheme="uprn", subject_digest=VAULT.subject_digest("uprn", UPRN))


async def know(pool, reference=REFERENCE, upn=UPN):
    """Put a family with a child into the vault."""
    people = [Person("m1", "child", "Quince", reference, date(2008, 2, 2), {"upn": upn})]
    async with pool.acquire() as conn:
        await VAULT.put_family(conn, reference, people, Address(uprn=UPRN))


async def refer(pool, reference=REFERENCE, number=1):
    """Refer a family; return the id of its journey."""
    await carry_out(pool, journey_id_of(reference, number), Orders(reference, number).refer())
    return journey_id_of(reference, number)


async def taken(pool, limit=100):
    """Take what can be forwarded, and mark it so."""
    async with pool.acquire() as conn, conn.transaction():
        found = await forwarding.take(conn, limit)
        journeys = found.journeys if found else {}
        await forwarding.forwarded(conn, [row.key for rows in journeys.values() for row in rows], NOW)
    return journeys


async def states(pool):
    """How many events are in each state, without the zeros."""
    return {state: count for state, count in (await inbox.counts(pool)).items() if count}


async def test_accepted_once(pool):
    """An event about a known subject is accepted; the same body again is a duplicate, another one a conflict."""
    await know(pool)
    batch = [arrival(), arrival(), arrival(body="second")]
    conflict = Receipt("e1", "conflict", "id-used-for-another-body")
    expected = [Receipt("e1", "accepted"), Receipt("e1", "duplicate"), conflict]
    assert await inbox.accept(pool, batch) == expected
    assert await inbox.accept(pool, batch) == [Receipt("e1", "duplicate"), *expected[1:]]
    assert await states(pool) == {"received": 1}


async def test_one_id_of_two_partners(pool):
    """Each partner has ids of its own."""
    await know(pool)
    both = [arrival(), replace(arrival(body="second"), partner="police")]
    assert [each.outcome for each in await inbox.accept(pool, both)] == ["accepted", "accepted"]


async def test_an_unknown_subject_is_quarantined(pool):
    """An event about somebody unknown is kept, answered the same again, and not forwarded."""
    assert await inbox.accept(pool, [arrival()]) == [Receipt("e1", "quarantined", "unknown-subject")]
    assert await inbox.accept(pool, [arrival()]) == [Receipt("e1", "duplicate", "unknown-subject")]
    assert await taken(pool) == {}


async def test_an_erased_familys_event_is_settled(pool):
    """Whatever comes under the id of an erased family's event is answered as a duplicate, and nothing is taken anew."""
    await know(pool)
    journey = await refer(pool)
    await inbox.accept(pool, [arrival()])
    [row] = (await taken(pool))[journey]
    await carry_out(pool, journey, as_command(row, NOW))
    await erase(pool, REFERENCE, NOW)
    both = [arrival(), arrival(body="second")]
    assert [await inbox.accept(pool, [each]) for each in both] == [[Receipt("e1", "duplicate")]] * 2
    assert await states(pool) == {"applied": 1}


async def test_an_erased_familys_event_on_its_way_does_not_come_back(pool):
    """Handed over but never applied when the family was erased, it is refused: nobody can give it to another family."""
    await know(pool)
    await refer(pool)
    await inbox.accept(pool, [arrival()])
    await taken(pool)
    await erase(pool, REFERENCE, NOW)
    assert await forwarding.stale(pool, NOW + timedelta(days=1)) == 0
    assert await taken(pool) == {}
    assert (await states(pool), await inbox.refusals(pool)) == ({"refused": 1}, {"erased": 1})


async def test_a_refused_event_leaves_no_hash(pool):
    """Of a refused event no hash is kept to try an identifier on; one accepted before stays a duplicate."""
    refused = arrival(refusal="kind-not-agreed")
    await inbox.accept(pool, [refused])
    assert await pool.fetchval("SELECT body_hash FROM inbox") == b""
    await inbox.accept(pool, [arrival()])
    assert await inbox.accept(pool, [refused]) == [Receipt("e1", "duplicate", "unknown-subject")]


async def test_a_refused_event_does_not_hold_its_id(pool):
    """A corrected body under the id of a refused one is accepted; the refusal is counted until then."""
    await know(pool)
    refused = arrival(body="wrong", refusal="kind-not-agreed")
    for _ in range(2):
        assert await inbox.accept(pool, [refused]) == [Receipt("e1", "refused", "kind-not-agreed")]
    assert await inbox.refusals(pool) == {"kind-not-agreed": 1}
    assert await inbox.accept(pool, [refused, refused]) == [Receipt("e1", "refused", "kind-not-agreed")] * 2
    assert await pool.fetchval("SELECT evidence FROM inbox") == {}
    assert await inbox.accept(pool, [arrival()]) == [Receipt("e1", "accepted")]
    assert await inbox.refusals(pool) == {}


async def test_a_refused_and_a_corrected_one_in_one_batch(pool):
    """In one batch too, a correct body takes the id from a refused one before it."""
    await know(pool)
    batch = [arrival(body="wrong", refusal="bad-date"), arrival(), arrival(body="wrong", refusal="bad-date")]
    outcomes = [each.outcome for each in await inbox.accept(pool, batch)]
    assert outcomes == ["refused", "accepted", "refused"]
    assert await states(pool) == {"received": 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (arrival(event_id="x" * 200), "id-too-long"),
        (replace(arrival(), evidence={"on": "2012-05-30", "type": "a\0b"}), "bad-character"),
        (arrival(event_id="a\0b"), "bad-character"),
        (replace(arrival(), kind="a\0b"), "bad-character"),
    ],
)
async def test_what_cannot_be_carried_further_is_refused(pool, row, reason):
    """An id too long for a command, or a character Postgres cannot hold, is refused and spoils no batch."""
    await know(pool)
    receipts = await inbox.accept(pool, [row, arrival("good")])
    assert receipts == [Receipt(row.event_id, "refused", reason), Receipt("good", "accepted")]


async def test_forwarded_to_the_newest_journey(pool):
    """Events go, oldest first, to the newest journey of the family, with the member they are about."""
    await know(pool)
    await refer(pool)
    newest = await refer(pool, number=2)
    await inbox.accept(pool, [arrival("e2"), arrival("e1"), about_home("home")])
    found = await taken(pool)
    assert [*found] == [newest]
    assert sorted((row.event_id, row.reference, row.member_id) for row in found[newest]) == [
        ("e1", REFERENCE, "m1"),
        ("e2", REFERENCE, "m1"),
        ("home", REFERENCE, None),
    ]
    assert await taken(pool) == {}
    assert await states(pool) == {"forwarded": 3}


async def test_a_row_becomes_a_command(pool):
    """A forwarded row is the command that records its evidence, about the member, from the partner."""
    await know(pool)
    journey = await refer(pool)
    await inbox.accept(pool, [arrival()])
    [row] = (await taken(pool))[journey]
    command = as_command(row, NOW + timedelta(minutes=1))
    evidence = command.evidence
    assert (command.command_id, command.actor) == (inbox_command_id("schools", "e1"), "partner:schools")
    assert (evidence.id, evidence.member, evidence.source, evidence.kind) == (
        "schools:e1",
        "m1",
        "schools",
        "exclusion",
    )
    assert evidence.observed_on == date(2012, 6, 1)


async def test_applied_by_the_journal(pool):
    """Carrying the command out marks its row; forwarding late or looking for stale ones changes nothing then."""
    await know(pool)
    journey = await refer(pool)
    await inbox.accept(pool, [arrival()])
    [row] = (await taken(pool))[journey]
    await carry_out(pool, journey, as_command(row, NOW))
    assert await states(pool) == {"applied": 1}
    assert await forwarding.forwarded(pool, [row.key], NOW) == 0
    assert await forwarding.stale(pool, NOW + timedelta(days=1)) == 0


async def test_what_was_never_applied_goes_back(pool):
    """An event forwarded long ago and never applied can be taken again; one forwarded lately cannot."""
    await know(pool)
    journey = await refer(pool)
    await inbox.accept(pool, [arrival()])
    await taken(pool)
    assert await forwarding.stale(pool, NOW) == 0
    assert await forwarding.stale(pool, NOW + timedelta(seconds=1)) == 1
    assert [*await taken(pool)] == [journey]


async def test_released_when_the_family_is_referred(pool):
    """Events that came before the referral are released by it, those of others stay."""
    stranger = replace(arrival("e2"), subject_digest=VAULT.subject_digest("upn", "X"))
    await inbox.accept(pool, [arrival(), stranger])
    await know(pool)
    assert await inbox.release(pool, [VAULT.subject_digest("upn", UPN)]) == 0
    journey = await refer(pool)
    assert await inbox.release(pool, [VAULT.subject_digest("upn", UPN)]) == 1
    assert [row.event_id for row in (await taken(pool))[journey]] == ["e1"]
    assert [row.event_id for row in await inbox.listing(pool, "quarantined")] == ["e2"]


async def test_a_known_family_without_a_journey_waits(pool):
    """An event about a family that is known but not yet referred waits in quarantine for the journey."""
    await know(pool)
    await inbox.accept(pool, [arrival()])
    assert await taken(pool) == {}
    [row] = await inbox.listing(pool, "quarantined")
    assert row.reason == "no-journey"
    await refer(pool)
    assert await inbox.release(pool) == 1


async def test_a_household_of_two_families_is_ambiguous(pool):
    """An event about a house where two families live is nobody's until somebody says whose."""
    await know(pool)
    await know(pool, OTHER, upn="D485461105681")
    await refer(pool)
    await refer(pool, OTHER)
    await inbox.accept(pool, [about_home("home")])
    assert await taken(pool) == {}
    [row] = await inbox.listing(pool, "quarantined")
    assert row.reason == "ambiguous-subject"


async def test_what_a_referral_missed_is_released_for_whoever_has_a_journey(pool):
    """Without digests only what can go on comes out: not a stranger's, not a family's without a journey."""
    await inbox.accept(pool, [arrival(), replace(arrival("e2"), subject_digest=VAULT.subject_digest("upn", "X"))])
    assert await inbox.release(pool) == 0
    await know(pool)
    assert await inbox.release(pool) == 0
    await refer(pool)
    assert await inbox.release(pool) == 1
    assert [row.event_id for row in await inbox.listing(pool, "received")] == ["e1"]


async def test_an_ambiguous_event_does_not_come_and_go(pool):
    """What was found ambiguous stays in quarantine, with its reason, until one of the two families is gone."""
    await inbox.accept(pool, [about_home("home")])
    await know(pool)
    await know(pool, OTHER, upn="D485461105681")
    await refer(pool)
    assert await inbox.release(pool) == 1
    assert await taken(pool) == {}
    assert [row.reason for row in await inbox.listing(pool, "quarantined")] == ["ambiguous-subject"]
    assert await inbox.release(pool) == 0
    await pool.execute("DELETE FROM identifiers WHERE reference = $1", OTHER)
    assert await inbox.release(pool) == 1


async def test_a_release_waits_for_nobody(pool):
    """Rows that another process holds are left for the next round."""
    await know(pool)
    await inbox.accept(pool, [arrival("e1"), arrival("e2")])
    assert await taken(pool) == {}
    await refer(pool)
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT FROM inbox WHERE event_id = 'e1' FOR UPDATE")
        assert await inbox.release(pool) == 1
    assert await inbox.release(pool) == 1


async def test_releasing_looks_at_the_quarantine_only(pool):
    """However many events went through the inbox, a round costs what is in quarantine."""
    await know(pool)
    await inbox.accept(pool, [arrival(f"e{number}", body=str(number)) for number in range(5_000)])
    await pool.execute("UPDATE inbox SET state = 'applied'")
    await inbox.accept(pool, [replace(arrival("x"), subject_digest=VAULT.subject_digest("upn", "X"))])
    await pool.execute("ANALYZE inbox")
    plan = "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN {queries('inbox')['release_all']}"))
    assert "inbox_quarantine" in plan
    assert "Seq Scan on inbox" not in plan


async def test_an_event_is_looked_up_by_its_id(pool):
    """An inbox without statistics too finds an event by its id, and not among all of its partner's."""
    nothing = ", ".join(["NULL"] * 10)
    async with pool.acquire() as conn:
        await conn.execute(f"PREPARE looked_up AS {queries('inbox')['accept']}")
        plan = "\n".join(row[0] for row in await conn.fetch(f"EXPLAIN EXECUTE looked_up ({nothing})"))
        await conn.execute("DEALLOCATE looked_up")
    assert "using inbox_pkey" in plan


async def test_receipts_are_read_by_their_index(pool):
    """A page of a partner's receipts is read off the index that is there for it."""
    await inbox.accept(pool, [arrival(f"e{number}") for number in range(5_000)])
    await pool.execute("ANALYZE inbox")
    async with pool.acquire() as conn:
        await conn.execute(f"PREPARE paged AS {queries('receipts')['page']}")
        plan = "\n".join(row[0] for row in await conn.fetch("EXPLAIN EXECUTE paged ('schools', 1, 100, NULL)"))
        await conn.execute("DEALLOCATE paged")
    assert "using inbox_receipts" in plan


async def test_taking_goes_on_after_what_was_looked_at(pool):
    """A batch starts above the number where the last one ended, also when nothing of that could be matched."""
    await know(pool)
    await inbox.accept(pool, [arrival("e1"), arrival("e2")])
    await refer(pool)
    async with pool.acquire() as conn, conn.transaction():
        first = await forwarding.take(conn, 1)
        second = await forwarding.take(conn, 1, first.last)
        assert [row.event_id for found in (first, second) for row in found.journeys[journey_id_of()]] == ["e1", "e2"]
        assert await forwarding.take(conn, 1, second.last) is None


@pytest.mark.parametrize("name", ["staff:inbox:schools:e1", "staff:schools:e1", "inbox:schools:e1", "inbox:schools"])
async def test_a_staff_command_marks_no_event(pool, name):
    """Only evidence recorded under the inbox's own kind of id marks a row, and no id makes an append fail."""
    await know(pool)
    journey = await refer(pool)
    await inbox.accept(pool, [arrival()])
    await taken(pool)
    consent = Orders().give(RecordConsent, date(2012, 6, 1), consent_id="c1", basis="consent", purpose="family-support")
    await carry_out(pool, journey, consent.model_copy(update={"command_id": name}))
    assert await states(pool) == {"forwarded": 1}


@pytest.mark.parametrize("name", ["inbox:x", "inbox:", "inbox", "staff:inbox:schools:e1"])
def test_an_id_that_names_no_event_marks_none(name):
    """A reply about evidence under an id that is not of partner and event marks nothing, and breaks no append."""
    reply = Reply(command_id=name, journey_id=journey_id_of(), version=1, stage="referral")
    assert [*forwarding.inbox_marks([reply])] == [[], [], [], []]


@pytest.mark.parametrize("happened", [("evidence-recorded",), ("action-closed",), ("action-closed", "reminder-ended")])
def test_what_an_event_makes_happen_marks_it_as_applied(happened):
    """Evidence, an action that its partner closed, and the reminder that ends with it: the event is applied."""
    name = inbox_command_id("schools", "e1", 0)
    reply = Reply(command_id=name, journey_id=journey_id_of(), version=1, stage="referral", happened=happened)
    assert [*forwarding.inbox_marks([reply])] == [["schools"], ["e1"], ["applied"], [None]]


async def test_two_forwarders_share_the_work(pool):
    """Two processes that take at once never hold the same event."""
    await know(pool)
    await refer(pool)
    await inbox.accept(pool, [arrival(f"e{number}") for number in range(40)])
    async with pool.acquire() as one, pool.acquire() as two, one.transaction(), two.transaction():
        first = await forwarding.take(one, 25)
        second = await forwarding.take(two, 25)
    sizes = [len(row) for found in (first, second) for row in found.journeys.values()]
    assert sizes == [25, 15]


async def test_racing_batches(pool):
    """The same batch delivered many times at once, in any order, is kept once and each delivery is answered."""
    await know(pool)
    rows = [arrival(f"e{number}") for number in range(200)]
    answers = await asyncio.gather(*(inbox.accept(pool, rows[:: 1 if turn % 2 else -1]) for turn in range(8)))
    outcomes = [each.outcome for receipts in answers for each in receipts]
    assert (outcomes.count("accepted"), outcomes.count("duplicate")) == (200, 1400)
    assert await states(pool) == {"received": 200}


async def test_ten_thousand_in_one_batch(pool):
    """A batch of ten thousand is accepted in seconds, and answered as duplicates the second time."""
    await know(pool)
    rows = [arrival(f"e{number}", body=str(number)) for number in range(10_000)]
    began = time.perf_counter()
    assert {each.outcome for each in await inbox.accept(pool, rows)} == {"accepted"}
    assert {each.outcome for each in await inbox.accept(pool, rows)} == {"duplicate"}
    assert time.perf_counter() - began < 15
    assert await states(pool) == {"received": 10_000}


async def of_two_families(pool):
    """Refer two families of one child; return the journeys."""
    await know(pool)
    people = [Person("m1", "child", "Quince", OTHER, date(2008, 2, 2), {"upn": UPN})]
    async with pool.acquire() as conn:
        await VAULT.put_family(conn, OTHER, people, shared=VAULT.digests(people))
    return {await refer(pool), await refer(pool, OTHER)}


async def shared(pool):
    """Take what goes to a person's further families, and mark it so."""
    async with pool.acquire() as conn, conn.transaction():
        found = await forwarding.take_shares(conn, 100)
        rows = [row for rows in found.journeys.values() for row in rows] if found else []
        await forwarding.shares_forwarded(conn, [row.shared_as for row in rows], NOW)
    return rows


async def test_an_event_about_a_person_of_two_families(pool):
    """It goes to the journey of each once, under a command of its own, and again where one was lost."""
    journeys = await of_two_families(pool)
    await inbox.accept(pool, [arrival()])
    [(first, [row])] = (await taken(pool)).items()
    [second] = await shared(pool)
    assert {first, second.journey_id} == journeys
    assert await shared(pool) == []
    await forwarding.stale(pool, NOW + timedelta(days=1))
    [again] = await shared(pool)
    assert (again.shared_as, again.evidence) == (second.shared_as, row.evidence)
    await carry_out(pool, again.journey_id, as_command(again, NOW))
    await forwarding.stale(pool, NOW + timedelta(days=1))
    assert await shared(pool) == []
    assert await pool.fetchval("SELECT state FROM inbox_shares") == "applied"


async def depart(conn, reference, member_id, until):
    """Let a member be of the family no more from `until`."""
    told = {"command_id": "left", "member_id": member_id, "why": "moved-out", "household": Household()}
    order = Orders(reference).give(RecordLeaving, until - timedelta(days=1), **told)
    assert (await carry_out(conn, journey_id_of(reference), order)).events


async def test_who_has_left_a_family(pool):
    """What is about a later day is the other family alone's; what corrects an event goes where that one went."""
    journeys = await of_two_families(pool)
    async with pool.acquire() as conn:
        await depart(conn, REFERENCE, "m1", date(2012, 5, 30))
    before = replace(arrival("e2"), evidence={"from": "2012-05-29", "to": "2012-06-01"})
    withdrawal = replace(arrival("e3"), kind="withdrawal", evidence={"withdraws": "e2"})
    undated = replace(arrival("e4"), evidence={})
    for each, expected in (
        (arrival(), {journey_id_of(OTHER)}),
        (undated, {journey_id_of(OTHER)}),
        (before, journeys),
        (withdrawal, journeys),
    ):
        await inbox.accept(pool, [each])
        assert {*await taken(pool), *(row.journey_id for row in await shared(pool))} == expected


async def test_a_person_who_has_left_every_family(pool):
    """What is about a day on which nobody was of a family waits in quarantine, and does not come and go."""
    await know(pool)
    await refer(pool)
    async with pool.acquire() as conn:
        await depart(conn, REFERENCE, "m1", date(2012, 5, 30))
    await inbox.accept(pool, [arrival()])
    assert await taken(pool) == {}
    assert await inbox.release(pool) == await inbox.release(pool, [arrival().subject_digest]) == 0
    assert await states(pool) == {"quarantined": 1}
