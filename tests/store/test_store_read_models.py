"""Read models: in step with the journal at every append, and the same when they are made anew."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from streams import PROGRAMME, START, Orders, carry_out, journey_id_of, random_walk, store, whole_path

from domain.journey.commands import PassTime, RecordReminder
from domain.stages import STAGES
from store import effects, programmes, read_models
from store.errors import UnknownProgramme
from store.read_models import Filters
from store.rebuild import Rebuilt, rebuild

JOURNEY = journey_id_of()
NOON = datetime(2012, 6, 1, 12, tzinfo=UTC)
TABLES = {"journeys": "journey_id", "deadlines": "journey_id, deadline_id", "reminders": "journey_id, reminder_id"}


async def rows(pool):
    """Every row of every read model, in order."""
    queries = {name: f"SELECT * FROM {name} ORDER BY {key}" for name, key in TABLES.items()}
    return {name: [dict(row) for row in await pool.fetch(query)] for name, query in queries.items()}


async def made_anew(pool, programme_of=None):
    """What rebuilding counts."""
    async with pool.acquire() as conn:
        return await rebuild(conn, programme_of)


async def test_the_row_of_a_journey_follows_its_path(pool):
    """After each command the row shows the stage, the holder, the version and the next deadline as they are now."""
    for order in whole_path():
        step = await carry_out(pool, JOURNEY, order)
        row = await read_models.journey(pool, JOURNEY)
        seen = (row.stage, row.key_worker, row.version, row.evidence, row.next_deadline_at)
        soonest = step.deadlines[0].at if step.deadlines else None
        journey = step.journey
        assert (journey.stage, journey.key_worker, journey.version, len(journey.evidence), soonest) == seen
        found = await read_models.due(pool, journey_id=JOURNEY)
        assert [(each.id, each.at, each.to) for each in step.deadlines] == [
            (row.deadline_id, row.at, row.to) for row in found
        ]


async def test_an_unknown_journey_has_no_row(pool):
    """Nobody's journey is None, and a family without one has none."""
    assert await read_models.journey(pool, JOURNEY) is None
    assert await read_models.by_reference(pool, "F-2222-2222") == []


async def test_a_family_s_journeys_with_the_newest_last(pool):
    """The tenth journey of a family comes after its second, whatever their ids sort as."""
    for number in (10, 2, 1):
        await carry_out(pool, journey_id_of(number=number), Orders(number=number).refer())
    assert [row.number for row in await read_models.by_reference(pool, "F-7K3Q-9D2X")] == [1, 2, 10]


@pytest.fixture
async def three(pool):
    """Three families: one held by kim, one by lee, one just referred."""
    for reference, key_worker in (("F-2222-2222", "kim"), ("F-3333-3333", "lee")):
        await store(pool, whole_path(reference, key_worker=key_worker)[:5], journey_id_of(reference))
    await carry_out(pool, journey_id_of("F-4444-4444"), Orders("F-4444-4444").refer())
    return pool


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), ["F-2222-2222", "F-3333-3333", "F-4444-4444"]),
        (Filters(stage="referral"), ["F-4444-4444"]),
        (Filters(key_worker="kim"), ["F-2222-2222"]),
        (Filters(open=False), []),
        (Filters(open=True, area="wirral", locality="Leasowe", programme="streams", stage="assessment"),
         ["F-2222-2222", "F-3333-3333"]),
        (Filters(area="kent"), []),
    ],
)  # fmt: skip
async def test_filters(three, filters, found):
    """Journeys are found by every filter given, and by all of them together."""
    assert [row.reference for row in await read_models.journeys(three, filters)] == found


async def test_pages(three):
    """A page goes on after the last id of the page before."""
    first = await read_models.journeys(three, limit=2)
    rest = await read_models.journeys(three, after=first[-1].journey_id, limit=2)
    assert [row.reference for row in (*first, *rest)] == ["F-2222-2222", "F-3333-3333", "F-4444-4444"]


async def test_what_is_due(three):
    """What is due is listed soonest first, for one holder and up to a moment where asked."""
    everything = await read_models.due(three)
    assert everything == sorted(everything, key=lambda row: (row.at, row.journey_id, row.deadline_id))
    assert {row.key_worker for row in await read_models.due(three, holder="lee")} == {"lee"}
    until = everything[2].at
    assert await read_models.due(three, until=until) == [row for row in everything if row.at <= until]
    assert len(await read_models.due(three, limit=1)) == 1


async def test_counts(three):
    """Stages are counted with their zeros, and totals count everything there is."""
    stages = dict.fromkeys(STAGES, 0) | {"assessment": 2, "referral": 1}
    assert await read_models.stage_counts(three) == stages
    counted = await read_models.totals(three)
    events = await three.fetchval("SELECT count(*) FROM events")
    assert (counted.journeys, counted.events, counted.stages, counted.claims) == (3, events, stages, 0)
    fallen = len(await read_models.reminders(three))
    assert fallen > 0
    assert counted.reminders == {"ended": fallen, "fell-due": fallen, "ever-sent": 0}
    assert counted.notifications == {"planned": 3}
    assert len(await read_models.open_journey_ids(three)) == 3


async def test_a_closed_journey_with_a_message_to_send_has_something_left_to_do(pool):
    """A closed journey is armed again while an outcome is missing from its history, and not after that."""
    steps = await store(pool, whole_path(), JOURNEY)
    planned = [effect.effect_id for step in steps for effect in step.effects]
    assert (steps[-1].journey.stage, await read_models.open_journey_ids(pool)) == ("closed", [JOURNEY])
    for effect_id in planned:
        await effects.settle(pool, effect_id, "sent")
    assert await read_models.open_journey_ids(pool) == [JOURNEY]
    for effect_id in planned:
        await effects.tell(pool, effects.Outcome(effect_id, "sent", NOON))
    assert await read_models.open_journey_ids(pool) == []


async def test_an_empty_database_has_totals(pool):
    """With nothing in it the totals are zeros."""
    counted = await read_models.totals(pool)
    assert (counted.journeys, counted.events, counted.claims, counted.claimed) == (0, 0, 0, 0)


async def test_a_reminder_s_chain(pool):
    """A reminder's row says when it fell due, was sent and ended, and where it stands."""
    orders = Orders()
    await carry_out(pool, JOURNEY, orders.refer())
    later = START + timedelta(days=14)
    await carry_out(pool, JOURNEY, orders.give(PassTime, later))
    [one, *_] = await read_models.reminders(pool, JOURNEY)
    assert (one.state, one.sent_at, one.ended_at) == ("due", None, None)
    sent = orders.give(RecordReminder, later + timedelta(days=1), reminder_id=one.reminder_id)
    await carry_out(pool, JOURNEY, sent)
    [again] = await read_models.reminders(pool, state="sent")
    assert (again.reminder_id, again.fell_due_at, again.sent_at) == (one.reminder_id, one.fell_due_at, sent.at)


async def test_rebuilding_a_whole_path(pool):
    """Rows lost are written again just as they were, from the packs kept in the database."""
    await programmes.keep(pool, PROGRAMME)
    await store(pool, whole_path()[:-3], JOURNEY)
    before = await rows(pool)
    assert all(before.values())
    await pool.execute("TRUNCATE journeys, deadlines, reminders")
    counts = {name: len(found) for name, found in before.items()}
    assert await made_anew(pool) == Rebuilt(**counts)
    assert await rows(pool) == before


async def test_rebuilding_random_histories(pool):
    """After any histories, row by row and column by column, rebuilding gives what was there."""
    for seed in range(12):
        for journey_id, order in random_walk(seed):
            await carry_out(pool, journey_id, order)
    before = await rows(pool)
    assert {row["state"] for row in before["reminders"]} >= {"ended", "escalated", "acknowledged"}
    assert any(row["sent_at"] for row in before["reminders"])
    await made_anew(pool, lambda _name, _hash: PROGRAMME)
    assert await rows(pool) == before


async def test_rebuilding_needs_the_pack(pool):
    """Without the pack a journey runs under nothing is rebuilt, and nothing is lost."""
    unknown = PROGRAMME.model_copy(update={"hash": "0" * 64})
    order = Orders().refer().model_copy(update={"programme_hash": unknown.hash})
    await carry_out(pool, JOURNEY, order)
    before = await rows(pool)
    with pytest.raises(UnknownProgramme):
        await made_anew(pool)
    assert await rows(pool) == before


async def test_appends_wait_for_a_rebuild(pool):
    """An append during a rebuild waits, and its rows are there afterwards."""
    await carry_out(pool, JOURNEY, Orders().refer())
    other = journey_id_of("F-2222-2222")

    def slow(_name, _hash):
        appended.append(asyncio.ensure_future(carry_out(pool, other, Orders("F-2222-2222").refer())))
        return PROGRAMME

    appended = []
    await made_anew(pool, slow)
    await asyncio.gather(*appended)
    assert len(await read_models.journeys(pool)) == 2
