"""The vault: personal data can be read with both keys and the right row, and by nobody after erasing."""

import asyncio
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.exceptions import InvalidTag

from store import vault as vaults
from store.errors import Erased, IdentifierTaken
from store.people import Address, FamilyRecord, Person
from store.sealing import Sealer, normal
from store.vault import Match, Vault

REFERENCE, OTHER = "F-7K3Q-9D2X", "F-2222-2222"
NOW = datetime(2012, 5, 1, 12, tzinfo=UTC)
VAULT = Vault(bytes(range(32)), bytes(range(32, 64)))
ANN = Person("m1", "adult", "Quince", "Ann", date(1983, 8, 9), {"nino": "QQ 00 51 31 B", "nhs-number": "999 586 6587"})
TONI = Person("m2", "child", "Quince", "Toni", date(2008, 2, 2), {"upn": "K795299201561"})
HOME = Address("30 Example Road", "CH58 2ZZ", "000042419056")
TABLES = ("people", "addresses", "identifiers")


async def everything(pool):
    """All that is stored anywhere, as Postgres would show it."""
    tables = [row[0] for row in await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    dumped = [await pool.fetch(f"SELECT t::text, t.* FROM {table} AS t") for table in tables]
    return "\n".join(str(dict(row)) for found in dumped for row in found)


async def put(pool, reference=REFERENCE, people=(ANN, TONI), address=HOME):
    """Keep a family."""
    async with pool.acquire() as conn:
        await VAULT.put_family(conn, reference, people, address)


async def find(pool, scheme, identifier):
    """Who has this identifier."""
    return await vaults.find_people(pool, [VAULT.subject_digest(scheme, identifier)])


async def test_a_family_comes_back_in_plain_words(pool):
    """What was kept of a family is read again: people in order, dates of birth, address."""
    await put(pool, people=(TONI, ANN))
    assert await VAULT.read_family(pool, REFERENCE) == FamilyRecord(REFERENCE, (ANN, TONI), HOME)
    assert await VAULT.born(pool, REFERENCE) == {"m1": ANN.born, "m2": TONI.born}


async def test_an_unknown_family(pool):
    """A family nobody put there is None, without dates."""
    assert await VAULT.read_family(pool, REFERENCE) is None
    assert await VAULT.born(pool, REFERENCE) == {}


async def test_nothing_personal_stands_in_the_database(pool):
    """No name, date of birth, identifier or address can be found in any table."""
    await put(pool)
    stored = await everything(pool)
    personal = (
        "Quince",
        "Ann",
        "1983-",
        "QQ005131B",
        "5866587",
        "K795299201561",
        "Example",
        "CH58",
        "42419056",
    )
    assert [each for each in personal if each in stored] == []


async def test_sealed_twice_is_never_the_same(pool):
    """The same family sealed again has other ciphertexts, so that nobody can compare."""
    await put(pool)
    first = await pool.fetch("SELECT sealed FROM people ORDER BY member_id")
    await put(pool)
    assert not {*first} & {*await pool.fetch("SELECT sealed FROM people ORDER BY member_id")}


async def test_brought_up_to_date(pool):
    """Keeping a family again replaces members, address and identifiers."""
    await put(pool)
    grown = Person("m2", "child", "Quince", "Toni", TONI.born, {"upn": "D485461105681"})
    await put(pool, people=(grown,), address=Address("1 New Road"))
    assert await VAULT.read_family(pool, REFERENCE) == FamilyRecord(REFERENCE, (grown,), Address("1 New Road"))
    assert await find(pool, "upn", "K795299201561") == []
    assert await find(pool, "nino", "QQ005131B") == []
    assert [match.member_id for match in await find(pool, "upn", "d485 4611 0568 1")] == ["m2"]


async def test_people_are_found_by_keyed_hash(pool):
    """A subject is found however it is spaced and cased: a person by each identifier, a household by its UPRN."""
    await put(pool)
    digest = VAULT.subject_digest("nino", "qq005131b")
    assert await vaults.find_people(pool, [digest]) == [Match(digest, "nino", REFERENCE, "m1")]
    assert [match.member_id for match in await find(pool, "nhs-number", "9995866587")] == ["m1"]
    assert [match.member_id for match in await find(pool, "uprn", "42419056")] == [None]
    by_name = VAULT.person_digest("QUINCE", " ann ", date(1983, 8, 9))
    assert [match.scheme for match in await vaults.find_people(pool, [by_name])] == ["person"]
    assert {match.digest for match in await vaults.find_people(pool, VAULT.digests([ANN, TONI], HOME))} == {
        *VAULT.digests([ANN, TONI], HOME)
    }


async def test_another_subject_key_finds_nobody(pool):
    """Without the subject key nobody can tell whether an identifier is known."""
    await put(pool)
    stranger = Vault(bytes(32), bytes(32))
    assert await vaults.find_people(pool, [stranger.subject_digest("nino", "QQ005131B")]) == []


async def test_an_identifier_names_one_person(pool):
    """A second family with a person's identifier is refused whole; neighbours may share a household."""
    await put(pool)
    twin = Person("m1", "adult", "Other", "Ann", date(1990, 1, 1), {"nino": "QQ005131B"})
    with pytest.raises(IdentifierTaken):
        await put(pool, OTHER, (twin,))
    assert await VAULT.read_family(pool, OTHER) is None
    lodger = Person("m1", "adult", "Other", "Lou", date(1990, 1, 1))
    await put(pool, OTHER, (lodger,), HOME)
    assert {match.reference for match in await find(pool, "uprn", HOME.uprn)} == {REFERENCE, OTHER}


async def test_two_members_cannot_share_an_identifier(pool):
    """One identifier for two members of a family is a slip, and refused."""
    with pytest.raises(IdentifierTaken, match="two members"):
        await put(pool, people=(ANN, Person("m2", "adult", "Quince", "Lee", ANN.born, ANN.identifiers)))


async def test_racing_families_with_one_person(pool):
    """Of two families with one person that arrive at once, one is kept and the other refused."""
    outcomes = await asyncio.gather(put(pool), put(pool, OTHER), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["IdentifierTaken", "NoneType"]
    assert await pool.fetchval("SELECT count(DISTINCT reference) FROM people") == 1


@pytest.mark.parametrize(
    "moved",
    [
        "UPDATE people AS p SET sealed = o.sealed FROM people AS o WHERE o.member_id <> p.member_id",
        f"UPDATE family_keys SET wrapped = (SELECT wrapped FROM family_keys WHERE reference = '{OTHER}')",
        "UPDATE addresses SET sealed = (SELECT sealed FROM people LIMIT 1)",
        "UPDATE people SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
    ],
)
async def test_what_was_moved_or_changed_does_not_open(pool, moved):
    """A text moved to another member, table or family, or changed by one bit, is refused."""
    await put(pool)
    await put(pool, OTHER, (Person("m1", "adult", "Other", "Lou", date(1990, 1, 1)),))
    await pool.execute(moved)
    with pytest.raises(InvalidTag):
        await VAULT.read_family(pool, REFERENCE)


async def test_another_master_key_opens_nothing(pool):
    """A stolen database is of no use without the master key."""
    await put(pool)
    with pytest.raises(InvalidTag):
        await Vault(bytes(32), bytes(32)).read_family(pool, REFERENCE)


async def test_erasing_destroys_key_rows_and_identifiers(pool):
    """After erasing nothing of the family is left but its reference, also for whoever kept the ciphertext."""
    await put(pool)
    sealed = await pool.fetchval("SELECT sealed FROM people LIMIT 1")
    assert await vaults.erase(pool, REFERENCE, NOW)
    assert [await pool.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES] == [0, 0, 0]
    key = await pool.fetchrow("SELECT wrapped, erased_at FROM family_keys")
    assert (key["wrapped"], key["erased_at"]) == (None, NOW)
    with pytest.raises(InvalidTag):
        Sealer(bytes(range(32))).open(sealed, f"{REFERENCE}/people/m1")


async def test_an_erased_family_stays_erased(pool):
    """Nothing can be kept again under an erased reference, and erasing again finds nothing."""
    await put(pool)
    assert await vaults.erase(pool, REFERENCE, NOW)
    assert not await vaults.erase(pool, REFERENCE, NOW)
    assert await VAULT.read_family(pool, REFERENCE) is None
    with pytest.raises(Erased):
        await put(pool)


async def kept(pool, state, **columns):
    """Put an event of the family into the inbox as it stands."""
    row = {"partner": "police", "event_id": state, "body_hash": b"hash", "subject_scheme": "nino"}
    row |= {"subject_digest": b"subject", "kind": "offence", "evidence": {}, "received_at": NOW, "state": state}
    row |= {"reference": REFERENCE, "member_id": "m1", **columns}
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await pool.execute(f"INSERT INTO inbox ({', '.join(row)}) VALUES ({places})", *row.values())


async def test_erasing_lets_go_of_the_subjects_of_partner_events(pool):
    """The inbox keeps an erased family's events as codes, without any hash that an identifier could be tried on."""
    await put(pool)
    await kept(pool, "applied")
    await kept(pool, "forwarded")
    await vaults.erase(pool, REFERENCE, NOW)
    rows = await pool.fetch("SELECT state, subject_digest, subject_scheme, body_hash FROM inbox ORDER BY state")
    assert [tuple(row) for row in rows] == [("applied", None, None, b""), ("refused", None, None, b"")]


@pytest.mark.parametrize("state", ["received", "quarantined"])
@pytest.mark.parametrize("columns", [{}, {"reference": None, "given_reference": REFERENCE, "given_member": "m1"}])
async def test_what_no_journey_had_yet_is_a_strangers_again(pool, state, columns):
    """An event that still waited when its family was erased is not dropped: it waits for whom its subject names."""
    await put(pool)
    await kept(pool, state, **columns)
    await vaults.erase(pool, REFERENCE, NOW)
    names = "state, reason, subject_digest, reference, journey_id, member_id, given_reference, given_member"
    row = await pool.fetchrow(f"SELECT {names} FROM inbox")
    assert tuple(row) == ("quarantined", "unknown-subject", b"subject", None, None, None, None, None)


def test_a_body_is_known_again_by_its_key_only():
    """The hash of a body is the same for the same body, another one under another key, and no plain hash of it."""
    body = b'{"subject": "upn:K795299201561"}'
    assert VAULT.body_digest(body) == VAULT.body_digest(body)
    stranger = Vault(bytes(range(32)), bytes(32))
    found = {VAULT.body_digest(body), stranger.body_digest(body), hashlib.sha256(body).digest()}
    assert len(found | {hmac.digest(bytes(range(32, 64)), body, "sha256")}) == 4


def test_keys_must_be_whole():
    """A key of the wrong length is refused when the vault is opened, not when a family is."""
    for keys in ((b"short", bytes(32)), (bytes(32), b"short")):
        with pytest.raises(ValueError, match="32 bytes"):
            Vault(*keys)


@pytest.mark.parametrize(
    ("scheme", "written", "spelled"),
    [
        ("nhs-number", "999-586 6587", "9995866587"),
        ("nino", " qq 00 51 31 b", "QQ005131B"),
        ("police-urn", "mp/34 1557 ", "MP/341557"),
        ("uprn", "000042419056", "42419056"),
        ("person", "O\u2019Neill  /  Ann / 1983-08-09", "o\u2019neill / ann / 1983-08-09"),
    ],
)
def test_identifiers_have_one_spelling(scheme, written, spelled):
    """However an identifier is written, it is matched in one spelling."""
    assert normal(scheme, written) == spelled


async def test_people_are_looked_up_by_likeness(pool):
    """Whoever may be a person is found by parts of a name with the date, and nobody once the family is erased."""
    await put(pool)
    near = replace(ANN, surname="Quints"), replace(ANN, surname="Ann", forename="Quince"), replace(ANN, surname="Other")
    assert [await VAULT.find_alike(pool, [person]) for person in near] == [[REFERENCE]] * 3
    assert await VAULT.find_alike(pool, [replace(ANN, born=date(1990, 2, 3))]) == []
    await vaults.erase(pool, REFERENCE, NOW)
    assert await VAULT.find_alike(pool, [ANN]) == []


async def test_families_from_before_become_known_by_likeness(pool):
    """A family that was kept before people were looked up is gone through once, and then found."""
    await put(pool)
    await pool.execute("DELETE FROM likenesses")
    await pool.execute("UPDATE family_keys SET likened = false")
    async with pool.acquire() as conn:
        assert [await VAULT.index_likenesses(conn, 10) for _ in range(2)] == [1, 0]
    assert await VAULT.find_alike(pool, [ANN]) == [REFERENCE]


async def test_a_person_of_two_families(pool):
    """A number may be of two families where somebody said so, and twins without a name share one."""
    await put(pool)
    baby = Person("m2", "child", "Quince", "Baby", date(2012, 4, 20))
    async with pool.acquire() as conn:
        await VAULT.put_family(conn, OTHER, [ANN, baby, replace(baby, member_id="m3")], shared=VAULT.digests([ANN]))
    assert {match.reference for match in await find(pool, "nino", "QQ005131B")} == {REFERENCE, OTHER}
    by_name = VAULT.person_digest("Quince", "Baby", baby.born)
    assert [match.member_id for match in await vaults.find_people(pool, [by_name])] == ["m2", "m3"]
