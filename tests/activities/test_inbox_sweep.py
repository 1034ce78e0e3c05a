"""The sweep: every event goes on that can, whatever befalls its neighbours."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from streams import Orders, carry_out, journey_id_of

from relay import inbox as sweeping
from store import inbox
from store.inbox import Arrival
from store.people import Person
from store.vault import Vault
from wiring.temporal.journeys import Unavailable

VAULT = Vault(bytes(32), bytes(32))
NOW = datetime(2012, 6, 1, 12, tzinfo=UTC)
UPNS = {"F-2222-2222": "K795299201561", "F-3333-3333": "D485461105681", "F-4444-4444": "A000000000001"}
JOURNEYS = [journey_id_of(reference) for reference in UPNS]


def arrival(event_id, upn):
    """An exclusion of a child, as schools report it."""
    return Arrival(
        partner="schools",
        event_id=event_id,
        body_hash=hashlib.sha256(event_id.encode()).digest(),
        subject_scheme="upn",
        subject_digest=VAULT.subject_digest("upn", upn),
        kind="exclusion",
        observed_at=NOW,
        evidence={"on": "2012-05-30", "type": "fixed"},
        received_at=NOW,
    )


async def know(pool, reference):
    """Put a family with a child into the vault."""
    people = [Person("m2", "child", "Quince", reference, date(2008, 2, 2), {"upn": UPNS[reference]})]
    async with pool.acquire() as conn:
        await VAULT.put_family(conn, reference, people)


async def refer(pool, reference):
    """Refer a family."""
    await carry_out(pool, journey_id_of(reference), Orders(reference).refer())


@pytest.fixture
async def waiting(pool):
    """Three referred families with an event each."""
    for reference in UPNS:
        await know(pool, reference)
        await refer(pool, reference)
    await inbox.accept(pool, [arrival(f"e{number}", upn) for number, upn in enumerate(UPNS.values())])
    return pool


class Journeys:
    """Stands for the engine: notes what it was handed, and fails for some journeys."""

    def __init__(self, faults=None):
        self.faults = faults or {}
        self.handed = []

    async def forward(self, journey_id, rows):
        """Note a batch, or fail."""
        if journey_id in self.faults:
            raise self.faults[journey_id]
        self.handed += [(journey_id, row.command_id) for row in rows]


async def states(pool):
    """How many events are in each state, without the zeros."""
    return {state: count for state, count in (await inbox.counts(pool)).items() if count}


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), Unavailable("this one alone")])
async def test_one_journey_s_fault_stops_no_other(waiting, fault):
    """The journey at the head of the queue fails for good: the others' events go on, its own wait."""
    journeys = Journeys({JOURNEYS[0]: fault})
    assert await sweeping.sweep(waiting, journeys.forward, NOW) == 2
    assert [journey for journey, _ in journeys.handed] == JOURNEYS[1:]
    assert await states(waiting) == {"received": 1, "forwarded": 2}
    assert await sweeping.sweep(waiting, Journeys().forward, NOW) == 1


async def test_an_event_that_cannot_be_read_holds_no_other(waiting):
    """Of one journey's two events the one that fits its kind no more is refused, and why; the other goes on."""
    broken = replace(arrival("old", UPNS["F-2222-2222"]), evidence={"on": "2012-05-30", "type": "not-any-more"})
    await inbox.accept(waiting, [broken])
    journeys = Journeys()
    assert await sweeping.sweep(waiting, journeys.forward, NOW) == 3
    assert len(journeys.handed) == 3
    assert await states(waiting) == {"forwarded": 3, "refused": 1}
    assert await inbox.refusals(waiting) == {"outdated": 1}


async def test_a_journey_of_outdated_events_is_handed_nothing(waiting):
    """A journey whose only event is refused gets no empty batch."""
    await waiting.execute("UPDATE inbox SET evidence = '{}' WHERE event_id = 'e0'")
    journeys = Journeys()
    assert await sweeping.sweep(waiting, journeys.forward, NOW) == 2
    assert [journey for journey, _ in journeys.handed] == JOURNEYS[1:]
    assert await states(waiting) == {"refused": 1, "forwarded": 2}


async def test_a_batch_full_of_a_failing_journey_stops_no_other(waiting, monkeypatch):
    """A failing journey with more events than a batch holds does not fill every batch."""
    monkeypatch.setattr(sweeping, "BATCH", 1)
    journeys = Journeys({JOURNEYS[0]: RuntimeError("a bug")})
    assert await sweeping.sweep(waiting, journeys.forward, NOW) == 2


async def test_a_batch_that_goes_to_quarantine_does_not_end_the_round(pool, monkeypatch):
    """Behind a batch of which nothing can be matched the sweep goes on."""
    monkeypatch.setattr(sweeping, "BATCH", 1)
    for reference in UPNS:
        await know(pool, reference)
    await inbox.accept(pool, [arrival(f"e{number}", upn) for number, upn in enumerate(UPNS.values())])
    await refer(pool, "F-4444-4444")
    assert await sweeping.sweep(pool, Journeys().forward, NOW) == 1
    assert await states(pool) == {"quarantined": 2, "forwarded": 1}


async def test_when_temporal_is_away_the_round_ends(waiting, monkeypatch):
    """After some journeys without an answer nobody else is asked, and everything waits."""
    away = Unavailable("away")
    asked = []

    async def forward(journey_id, _rows):
        asked.append(journey_id)
        raise away

    monkeypatch.setattr(sweeping, "AWAY_AFTER", 2)
    with pytest.raises(Unavailable):
        await sweeping.sweep(waiting, forward, NOW)
    assert len(asked) == 2
    assert await states(waiting) == {"received": 3}


async def test_the_events_of_a_journey_go_in_signals_of_a_bounded_size(waiting, monkeypatch):
    """However many events a journey has, no signal holds more than the bound, and they go in their order."""
    monkeypatch.setattr(sweeping, "SIGNAL", 2)
    await inbox.accept(waiting, [arrival(f"more{number}", UPNS["F-2222-2222"]) for number in range(3)])
    signals = []

    async def forward(journey_id, rows):
        signals.append((journey_id, [row.command_id.rpartition(":")[2] for row in rows]))

    assert await sweeping.sweep(waiting, forward, NOW) == 6
    own = [names for journey_id, names in signals if journey_id == JOURNEYS[0]]
    assert own == [["e0", "more0"], ["more1", "more2"]]


async def test_a_journey_need_not_wait_for_the_rest_of_the_batch(waiting):
    """What one journey was handed it can mark as applied while others are still being handed theirs."""

    async def forward(journey_id, _rows):
        await waiting.execute("UPDATE inbox SET state = 'applied' WHERE journey_id = $1", journey_id, timeout=5)

    assert await sweeping.sweep(waiting, forward, NOW) == 3
    assert await states(waiting) == {"applied": 3}


async def test_two_sweeps_at_once_hand_no_event_over_twice(waiting):
    """Gateway and worker sweep in turn."""
    journeys = Journeys()
    handed = await asyncio.gather(*(sweeping.sweep(waiting, journeys.forward, NOW) for _ in range(2)))
    assert (sum(handed), sorted(journey for journey, _ in journeys.handed)) == (3, sorted(JOURNEYS))


async def test_what_a_broken_off_referral_left_comes_out_by_itself(pool):
    """The gateway died between the referral and the release: the next sweep hands the event over."""
    stranger = replace(arrival("other", "X"), subject_digest=VAULT.subject_digest("upn", "X"))
    await inbox.accept(pool, [arrival("e1", UPNS["F-2222-2222"]), stranger])
    await know(pool, "F-2222-2222")
    await refer(pool, "F-2222-2222")
    assert await sweeping.sweep(pool, Journeys().forward, NOW) == 1
    assert await states(pool) == {"quarantined": 1, "forwarded": 1}


async def test_what_was_lost_on_its_way_is_handed_over_again(waiting):
    """An event handed over and never applied goes to its journey a second time, after a while."""
    assert await sweeping.sweep(waiting, Journeys().forward, NOW) == 3
    assert await sweeping.sweep(waiting, Journeys().forward, NOW + timedelta(minutes=1)) == 0
    assert await sweeping.sweep(waiting, Journeys().forward, NOW + timedelta(hours=1)) == 3
