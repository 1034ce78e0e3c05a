"""Whoever owns the tables can rewrite a journal and chain it anew: what workers kept outside the database shows it."""

from datetime import timedelta

import pytest
from streams import START, Orders, carry_out, journey_id_of, store, whole_path

from relay.heads import Keeper
from store import heads
from store.chain import chained
from store.verify import verify

KEY, ANOTHER = bytes(range(32)), bytes(32)
JOURNEY = journey_id_of()
OTHER = journey_id_of("F-2222-2222")


@pytest.fixture
async def written(pool):
    """Two journeys in the journal: one whole path, and one that was just referred."""
    await store(pool, whole_path(), JOURNEY)
    await carry_out(pool, OTHER, Orders("F-2222-2222").refer())
    return pool


async def more(pool):
    """Record an observation on the second journey."""
    orders = Orders("F-2222-2222")
    orders.refer()  # its id is used
    await carry_out(pool, OTHER, orders.job(START + timedelta(days=1), 1))


async def rewritten(pool, journey_id, *, keep):
    """Rewrite a journal as the tables' owner can: another actor in each event, the first `keep` alone, chained anew."""
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("ALTER TABLE events DISABLE TRIGGER events_are_facts")
        await conn.execute("DELETE FROM events WHERE journey_id = $1 AND version > $2", journey_id, keep)
        last = bytes(32)
        for row in await conn.fetch("SELECT * FROM events WHERE journey_id = $1 ORDER BY version", journey_id):
            columns = dict(row) | {"actor": "manager:somebody-else", "prev_hash": last}
            last = chained(columns)
            await conn.execute(
                "UPDATE events SET actor = $3, prev_hash = $4, hash = $5 WHERE journey_id = $1 AND version = $2",
                *(journey_id, row["version"], columns["actor"], columns["prev_hash"], last),
            )
        await conn.execute("UPDATE journeys SET head = $2, version = $3 WHERE journey_id = $1", journey_id, last, keep)
        await conn.execute("ALTER TABLE events ENABLE TRIGGER events_are_facts")


async def found(pool, folder):
    """Return what differs from what was kept."""
    kept = heads.read(folder, KEY)
    async with pool.acquire() as conn:
        return [(one.journey_id, one.version, one.problem) for one in await heads.differing(conn, kept.heads)]


async def test_a_journal_chained_anew_is_found(written, tmp_path):
    """Its chain agrees with itself and with the read model; only what was kept outside does not agree."""
    assert await Keeper(tmp_path, KEY).keep(written) == 2
    assert await found(written, tmp_path) == []
    end = heads.read(tmp_path, KEY).heads[JOURNEY][0]
    await rewritten(written, JOURNEY, keep=end)
    async with written.acquire() as conn:
        assert await verify(conn) == []
    assert await found(written, tmp_path) == [(JOURNEY, end, "other-than-kept")]


async def test_a_journal_cut_short_is_found(written, tmp_path):
    """Events that are gone from the end are missed, and what is appended later changes nothing of that."""
    await Keeper(tmp_path, KEY).keep(written)
    end = heads.read(tmp_path, KEY).heads[JOURNEY][0]
    await rewritten(written, JOURNEY, keep=end - 1)
    assert await found(written, tmp_path) == [(JOURNEY, end, "other-than-kept")]
    assert await Keeper(tmp_path, KEY).keep(written) == 0
    assert await found(written, tmp_path) == [(JOURNEY, end, "other-than-kept")]


async def test_only_news_is_written(written, tmp_path):
    """A worker writes what no worker has written, one that starts later too."""
    first, second = Keeper(tmp_path, KEY), Keeper(tmp_path, KEY)
    assert [await first.keep(written), await first.keep(written)] == [2, 0]
    assert await Keeper(tmp_path, KEY).keep(written) == 0
    await more(written)
    assert await first.keep(written) == 1
    assert await second.keep(written) == 2
    assert await found(written, tmp_path) == []


@pytest.mark.parametrize("how", ["head", "line", "order", "key", "nonsense"])
async def test_a_changed_file_is_found(written, tmp_path, how):
    """A file that somebody changed, or made without the key, is named, and nothing after the change is believed."""
    keeper = Keeper(tmp_path, KEY)
    await keeper.keep(written)
    await more(written)
    await keeper.keep(written)
    (file,) = tmp_path.iterdir()
    first, second = file.read_text().splitlines(keepends=True)
    version, digest = heads.read(tmp_path, KEY).heads[JOURNEY]
    changed = {
        "head": first.replace(digest, "00" * 32) + second,
        "line": second,
        "order": second + first,
        "key": "",
        "nonsense": first + "[]\n",
    }
    file.write_text(changed[how])
    if how == "key":
        file.unlink()
        await Keeper(tmp_path, ANOTHER).keep(written)
    kept = heads.read(tmp_path, KEY)
    assert len(kept.broken) == 1
    assert kept.heads.get(JOURNEY) == ((version, digest) if how == "nonsense" else None)


async def test_a_line_cut_off_by_a_crash_is_no_change(written, tmp_path):
    """The last line may be written in part: what is before it counts."""
    await Keeper(tmp_path, KEY).keep(written)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text() + '{"at": "2026')
    kept = heads.read(tmp_path, KEY)
    assert (kept.broken, set(kept.heads)) == ([], {JOURNEY, OTHER})
