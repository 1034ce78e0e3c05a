"""The journal: what is appended is loaded again, once, whole, and never changed."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from streams import (
    START,
    Orders,
    carry_out,
    journey_id_of,
    play,
    random_walk,
    step,
    store,
    whole_path,
)

from domain.journey.commands import COMMAND, IdentifyFamily, RecordContact
from domain.journey.evolve import fold
from domain.journey.state import UNREFERRED
from domain.journey.stream import GENESIS, Change, Loaded, fingerprint
from store import effects
from store.errors import UnknownEventVersion, VersionConflict
from store.journal import append, load, timeline
from tests.facts import apart

JOURNEY = journey_id_of()


async def test_an_unknown_journey_is_empty(pool):
    """Loading a journey nobody referred gives no events, no replies and the genesis hash."""
    loaded = await load(pool, JOURNEY, ["c-1"])
    assert Loaded(JOURNEY) == loaded
    assert (loaded.version, loaded.last_hash) == (0, GENESIS)


async def test_what_is_appended_is_loaded_again(pool):
    """A whole path comes back event by event, with version, actor, command and both times."""
    steps = await store(pool, whole_path(), JOURNEY)
    loaded = await load(pool, JOURNEY)
    assert [event for step in steps for event in step.events] == [each.event for each in loaded.events]
    assert list(range(1, len(loaded.events) + 1)) == [each.version for each in loaded.events]
    assert [(step.command.command_id, step.command.actor) for step in steps for _ in step.events] == [
        (each.command_id, each.actor) for each in loaded.events
    ]
    assert all(each.recorded_at == each.event.at for each in loaded.events)
    assert steps[-1].journey == fold(each.event for each in loaded.events)


async def test_an_event_occurred_when_its_day_began_in_britain(pool):
    """The day of an event is kept as its first moment in London, which in summer is an hour before UTC's."""
    await carry_out(pool, JOURNEY, Orders().refer())
    [referred] = await timeline(pool, JOURNEY)
    assert referred.occurred_at.isoformat() == "2012-04-30T23:00:00+00:00"


async def test_replies_and_effects_come_back_by_command(pool):
    """A command id that was carried out before brings its first reply and its fingerprint; open effects come too."""
    [done] = await store(pool, whole_path()[:1], JOURNEY)
    name = done.command.command_id
    loaded = await load(pool, JOURNEY, [name, "another"])
    assert {name: done.reply} == {key: held.reply for key, held in loaded.replies.items()}
    assert fingerprint(JOURNEY, done.command) == loaded.replies[name].fingerprint
    assert done.effects == loaded.effects


async def test_the_same_command_cannot_be_stored_twice(pool):
    """A command id is stored once for ever, also on another journey and by itself."""
    orders = Orders()
    refer = orders.refer()
    await carry_out(pool, JOURNEY, refer)
    with pytest.raises(VersionConflict):
        await carry_out(pool, journey_id_of("F-2222-2222"), refer)
    again = play([refer], JOURNEY)[0].change()
    with pytest.raises(VersionConflict):
        await append(pool, replace(again, events=[]))
    assert [each.version for each in await timeline(pool, JOURNEY)] == [1]


async def test_a_rejection_is_kept_without_events(pool):
    """A rejected command changes nothing but is answered the same for ever."""
    done = await carry_out(pool, JOURNEY, Orders().give(IdentifyFamily, START, criteria=("poverty",)))
    loaded = await load(pool, JOURNEY, [done.command.command_id])
    assert loaded.events == []
    assert loaded.replies[done.command.command_id].reply.rejection.code == "unknown-journey"
    assert await pool.fetchval("SELECT count(*) FROM journeys") == 0


async def test_nothing_to_say_writes_nothing(pool):
    """A change without events and answers is no change."""
    await append(pool, Change(JOURNEY, 0, GENESIS, UNREFERRED))
    assert await pool.fetchval("SELECT count(*) FROM commands") == 0


async def test_racing_writers(pool):
    """Of many writers that append on the same version exactly one wins; of the others nothing is written."""
    await carry_out(pool, JOURNEY, Orders().refer())
    loaded = await load(pool, JOURNEY)
    racers = [Orders(key_worker=f"kw-{number}") for number in range(12)]
    changes = []
    for number, racer in enumerate(racers):
        command = racer.give(IdentifyFamily, START, criteria=("poverty",)).model_copy(
            update={"command_id": f"racer-{number}"}
        )
        changes.append(step(loaded, command).change())
    outcomes = await asyncio.gather(*(append(pool, change) for change in changes), return_exceptions=True)
    assert (
        [each for each in outcomes if each is None],
        sum(isinstance(each, VersionConflict) for each in outcomes),
    ) == ([None], 11)
    winner = f"racer-{outcomes.index(None)}"
    assert [winner] == [each.command_id for each in (await timeline(pool, JOURNEY))[1:]]
    kept = await pool.fetch("SELECT command_id FROM commands WHERE command_id LIKE 'racer%'")
    assert [winner] == [row["command_id"] for row in kept]
    assert await pool.fetchval("SELECT version FROM journeys") == 2


async def test_everything_of_a_change_or_nothing(pool):
    """When the last part of an append fails, events, replies, effects and read models are all as before."""
    change = play(whole_path()[:1], JOURNEY)[0].change()
    clash = replace(change, effects=[*change.effects, *change.effects])
    with pytest.raises(VersionConflict):
        await append(pool, clash)
    for table in ("events", "commands", "effects", "journeys", "deadlines", "reminders"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_inside_a_transaction_it_goes_with_it(pool):
    """Inside the caller's transaction an append is undone with the rest."""
    async with pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await carry_out(conn, JOURNEY, Orders().refer())
        await transaction.rollback()
    assert await timeline(pool, JOURNEY) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET actor = 'x'", "DELETE FROM events", "TRUNCATE events", "UPDATE events SET version = 9"],
)
async def test_events_are_never_changed(pool, statement):
    """The database itself refuses to update, delete or truncate events."""
    await carry_out(pool, JOURNEY, Orders().refer())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="appended once and never changed"):
        await pool.execute(statement)


async def test_an_event_of_a_newer_release_stops_the_reader(pool):
    """An event whose version this program does not know is an error, and not read as something else."""
    await carry_out(pool, JOURNEY, Orders().refer())
    await pool.execute(
        "INSERT INTO events SELECT journey_id, 2, event_id, type, 2, occurred_at, recorded_at, actor, command_id,"
        " payload, hash, hash FROM events"
    )
    with pytest.raises(UnknownEventVersion, match="family-referred version 2"):
        await load(pool, JOURNEY)


async def test_evidence_from_the_inbox_is_marked(pool):
    """Appending the command an inbox event became marks that event as applied, in the same statement."""
    await _waiting(pool, "police", "e:1")
    await carry_out(pool, JOURNEY, Orders().refer())
    command = Orders().job(START, 1).model_copy(update={"command_id": "inbox:police:e:1"})
    await carry_out(pool, JOURNEY, command)
    assert [tuple(row) for row in await pool.fetch("SELECT state, reason FROM inbox")] == [("applied", None)]


async def test_rejected_evidence_is_marked_with_the_reason(pool):
    """An inbox event whose command is rejected stands refused, with the code of the rejection."""
    await _waiting(pool, "police", "e-1")
    command = Orders().job(START, 1).model_copy(update={"command_id": "inbox:police:e-1"})
    await carry_out(pool, JOURNEY, command)
    row = await pool.fetchrow("SELECT state, reason FROM inbox")
    assert tuple(row) == ("refused", "unknown-journey")


def test_a_fingerprint_is_of_what_was_asked():
    """The moment does not change a fingerprint; the journey, the actor and the content do."""
    asked = Orders().give(RecordContact, START)
    first = fingerprint(JOURNEY, asked)
    later = asked.model_copy(update={"at": asked.at + timedelta(hours=1)})
    others = [asked.model_copy(update=change) for change in ({"kind": "call"}, {"actor": "coordinator:bob"})]
    assert first == fingerprint(JOURNEY, later)
    assert first not in [*(fingerprint(JOURNEY, other) for other in others), fingerprint("journey:x:y:2", asked)]


def test_a_command_of_an_earlier_release_is_the_same_command():
    """The facts that an earlier release wrote into a command are dropped, and make no other command of it."""
    allocate, _ = apart(Orders().allocate(START))
    filled_in = {"caseload": {"known": True, "held": 0, "cap": 10}, "places": None}
    assert COMMAND.validate_python(allocate.model_dump(mode="json") | filled_in) == allocate


@pytest.mark.parametrize("seed", range(4))
async def test_random_histories_fold_to_the_state_they_were_written_from(pool, seed):
    """Whatever happened, the loaded stream folds to the state that the last append was given."""
    walk = list(random_walk(seed))
    steps = [await carry_out(pool, journey_id, order) for journey_id, order in walk]
    journey_id = walk[0][0]
    assert steps[-1].journey == fold(each.event for each in await timeline(pool, journey_id))
    planned = [effect for step in steps for effect in step.effects]
    assert planned == await effects.pending(pool, journey_id)


async def _waiting(pool, partner, event_id):
    await pool.execute(
        "INSERT INTO inbox (partner, event_id, body_hash, kind, evidence, state, received_at)"
        " VALUES ($1, $2, '', 'employment', '{}', 'forwarded', now())",
        partner,
        event_id,
    )
