"""The hash chain: whatever is changed in the journal behind its back is found."""

import hashlib

import orjson
import pytest
from streams import PROGRAMME, Orders, carry_out, journey_id_of, random_walk, store, whole_path

from domain.canonical import canonical, plain
from domain.errors import Rejected
from domain.journey.stream import GENESIS
from store.chain import HASHED, chained
from store.rebuild import rebuild
from store.verify import Finding, verify

JOURNEY = journey_id_of()
OTHER = journey_id_of("F-2222-2222")


async def tampered(pool, statement):
    """Run a statement as a superuser who switches the guard off first, and return what `verify` finds."""
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("ALTER TABLE events DISABLE TRIGGER events_are_facts")
        await conn.execute(statement)
        await conn.execute("ALTER TABLE events ENABLE TRIGGER events_are_facts")
    async with pool.acquire() as conn:
        return await verify(conn)


@pytest.fixture
async def written(pool):
    """Two journeys in the journal: one whole path, and one that was just referred."""
    await store(pool, whole_path(), JOURNEY)
    await carry_out(pool, OTHER, Orders("F-2222-2222").refer())
    return pool


async def test_an_untouched_journal(written):
    """What was written by appends has no findings, one journey or all."""
    async with written.acquire() as conn:
        assert await verify(conn) == []
        assert await verify(conn, JOURNEY) == []
        assert await verify(conn, "journey:nobody") == []


@pytest.mark.parametrize(
    "change",
    [
        """payload = jsonb_set(payload, '{kind}', '"call"')""",
        "payload = payload || '{\"note\": null}'",
        "actor = 'manager:eve'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "recorded_at = recorded_at - interval '1 day'",
        "command_id = 'another'",
        "event_id = gen_random_uuid()",
        "type = 'plan-agreed'",
        "schema_version = 2",
    ],
)
async def test_a_changed_column(written, change):
    """A change to any column of one event is found at that event."""
    found = await tampered(written, f"UPDATE events SET {change} WHERE journey_id = '{JOURNEY}' AND version = 10")
    assert [(each.journey_id, each.version, each.problem) for each in found] == [(JOURNEY, 10, "changed")]


async def test_a_change_with_a_hash_to_match(written):
    """Whoever computes a new hash for the changed event breaks the chain at the next one."""
    async with written.acquire() as conn:
        row = dict(await conn.fetchrow("SELECT * FROM events WHERE journey_id = $1 AND version = 10", JOURNEY))
    row["actor"] = "manager:eve"
    forged = chained(row).hex()
    found = await tampered(
        written,
        f"UPDATE events SET actor = 'manager:eve', hash = '\\x{forged}'"
        f" WHERE journey_id = '{JOURNEY}' AND version = 10",
    )
    assert [(each.version, each.problem) for each in found] == [(11, "broken-chain")]


async def test_a_missing_event(written):
    """An event taken from the middle leaves a gap."""
    found = await tampered(written, f"DELETE FROM events WHERE journey_id = '{JOURNEY}' AND version = 7")
    assert [(each.version, each.problem) for each in found] == [(8, "gap")]


async def test_a_missing_event_closed_up(written):
    """Events renumbered to hide a gap no longer hash to what they did, and end elsewhere."""
    found = await tampered(
        written,
        f"DELETE FROM events WHERE journey_id = '{JOURNEY}' AND version = 7;"
        f"UPDATE events SET version = version + 1000 WHERE journey_id = '{JOURNEY}' AND version > 7;"
        f"UPDATE events SET version = version - 1001 WHERE journey_id = '{JOURNEY}' AND version > 1000",
    )
    assert found[0] == Finding(JOURNEY, 7, "broken-chain", "event 7 does not chain to the event before it")
    assert {each.problem for each in found} == {"broken-chain", "changed", "other-end"}


async def test_two_events_in_each_other_s_place(written):
    """Two events swapped are found as changed, and the chain breaks around them."""
    found = await tampered(
        written,
        f"UPDATE events SET version = version + 1000 WHERE journey_id = '{JOURNEY}' AND version IN (8, 9);"
        f"UPDATE events SET version = 1017 - version WHERE journey_id = '{JOURNEY}' AND version > 1000;",
    )
    assert {(each.version, each.problem) for each in found} >= {(8, "changed"), (9, "changed"), (8, "broken-chain")}


async def test_a_stream_cut_short(written):
    """Events taken from the end leave a whole chain, but the read model remembers another end."""
    found = await tampered(written, f"DELETE FROM events WHERE journey_id = '{JOURNEY}' AND version > 20")
    assert [(each.version, each.problem) for each in found] == [(20, "other-end")]


async def test_a_whole_journey_gone(written):
    """A journey whose every event was deleted is missed."""
    found = await tampered(written, f"DELETE FROM events WHERE journey_id = '{OTHER}'")
    assert [(each.journey_id, each.version, each.problem) for each in found] == [(OTHER, 0, "other-end")]


async def test_an_event_moved_to_another_journey(written):
    """An event cannot be moved to another family unnoticed."""
    found = await tampered(
        written,
        f"UPDATE events SET journey_id = '{OTHER}', version = 2 WHERE journey_id = '{JOURNEY}' AND version = "
        f"(SELECT max(version) FROM events WHERE journey_id = '{JOURNEY}')",
    )
    assert {each.problem for each in found if each.journey_id == OTHER} == {"broken-chain", "changed", "other-end"}


@pytest.mark.parametrize("seed", range(3))
async def test_random_histories_verify(pool, seed):
    """Any history, with whatever numbers in it, hashes to the same after its way through Postgres."""
    for journey_id, order in random_walk(seed):
        await carry_out(pool, journey_id, order)
    async with pool.acquire() as conn:
        assert await verify(conn) == []


async def test_the_hash_can_be_computed_from_the_row_alone(written):
    """An auditor needs the columns, SHA-256 and sorted JSON, and nothing of this program."""
    row = dict(await written.fetchrow("SELECT * FROM events WHERE journey_id = $1 AND version = 1", JOURNEY))
    assert {*HASHED, "hash"} == {*row}
    assert row["prev_hash"] == GENESIS
    columns = {name: row[name] for name in HASHED}
    columns |= {"event_id": str(row["event_id"]), "prev_hash": row["prev_hash"].hex()}
    spelled = orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(spelled).digest() == row["hash"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (f"DELETE FROM events WHERE journey_id = '{JOURNEY}' AND version > 20", "other-end"),
        (f"UPDATE events SET actor = 'x:y' WHERE journey_id = '{JOURNEY}' AND version = 2", "changed"),
        (f"DELETE FROM journeys WHERE journey_id = '{JOURNEY}'", "other-end"),
        (f"DELETE FROM journeys; DELETE FROM events WHERE journey_id = '{JOURNEY}' AND version = 7", "gap"),
    ],
)
async def test_an_unsound_journal_is_not_rebuilt(written, change, problem):
    """What verify finds stays to be found: a rebuild names the first of it and writes nothing."""
    before = await tampered(written, change)
    async with written.acquire() as conn:
        with pytest.raises(Rejected, match=f"{JOURNEY}, {problem}") as refused:
            await rebuild(conn, lambda _name, _hash: PROGRAMME)
        assert refused.value.code == "journal-unsound"
        assert await verify(conn) == before


def test_numbers_have_one_spelling():
    """A number without a fraction is an integer however it was written; any other keeps its digits."""
    assert canonical({"b": [37.0, -0.0, 1e16], "a": 37.5}) == b'{"a":37.5,"b":[37,0,10000000000000000]}'
    assert plain(1e300) == 1e300
