"""The people of a family and its home, at the staff door: they join, leave, come back, are corrected, and move."""

import json
from datetime import date
from typing import Any

import pytest

from store import erasing, intake, journal
from store.members import stays
from tests.doors import PROBLEM, Doors, event, nhs_number, signed
from tests.eventually import eventually
from tests.gateway.test_identity_door import member, said

SCHOOLS = "wirral-schools"
SPRING = "2012-05-10"


@pytest.fixture
def name(doors: Doors) -> str:
    """A surname that nobody has."""
    return doors.form()["members"][0]["surname"].title()


async def ask(doors: Doors, path: str, key: str = "", **body: Any):
    async with doors.client("coordinator") as client:
        headers = {"idempotency-key": key} if key else {}
        return await client.post(f"/v1/journeys/{path}", json=body, headers=headers)


async def done(doors: Doors, path: str, **body: Any) -> dict[str, Any]:
    answer = await ask(doors, path, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(doors: Doors, code: str, path: str, **body: Any) -> dict[str, Any]:
    answer = await ask(doors, path, **body)
    assert answer.json()["type"] == PROBLEM + code, answer.text
    return answer.json()


async def shown(doors: Doors, reference: str) -> dict[str, Any]:
    async with doors.client() as client:
        return (await client.get(f"/v1/journeys/{reference}")).json()


async def people(doors: Doors, reference: str) -> dict[str, dict[str, Any]]:
    return {each["member_id"]: each for each in (await shown(doors, reference))["family"]["people"]}


async def sends(doors: Doors, subject: str, day: str = SPRING, **term: Any) -> str:
    """Let the schools tell of a child's day or term, or the landlord of a home's; return the event's id."""
    at_home, seen = subject.startswith("uprn"), {"time": "2012-05-31T09:00:00Z"}
    partner = "wirral-housing" if at_home else SCHOOLS
    kind = "asb-incident" if at_home else "school-attendance" if term else "exclusion"
    fields = term or {"on": day, **({"action": "warning"} if at_home else {"type": "fixed"})}
    told = event(partner, kind, subject, fields, **seen)
    body = json.dumps([told])
    secret = await doors.partner(partner)
    async with doors.bare(signed(secret, body)) as client:
        answer = await client.post("/v1/events", content=body)
    assert answer.status_code == 202, answer.text
    return told["id"]


async def settled(doors: Doors, event_id: str) -> tuple[str, str | None, str | None]:
    """How an event stands once the sweep has seen it: state, reference, reason."""
    sql = "SELECT state, reference, reason FROM inbox WHERE event_id = $1"

    async def found() -> bool:
        row = await doors.services.pool.fetchrow(sql, event_id)
        return row["state"] in {"applied", "quarantined"}

    doors.services.mail.set()
    await eventually(found)
    row = await doors.services.pool.fetchrow(sql, event_id)
    return row["state"], row["reference"] if row["state"] == "applied" else None, row["reason"]


async def family(doors: Doors, name: str, **more: Any) -> str:
    """Refer a mother and a daughter."""
    both = member("adult", name, "Tess", "1980-01-01"), member("child", name, "Mia", "2003-04-05", upn=upn(name))
    return await doors.referred(members=list(both), **more)


def upn(name: str) -> str:
    return f"M{abs(hash(name)) % 10**12:012d}"


# Who joins


async def test_a_baby_is_born(doors: Doors, name: str):
    """A child who is born has the next id, belongs from that day, and the event says nothing of who it is."""
    reference = await family(doors, name)
    told = await done(
        doors, f"{reference}/members", how="born", role="child", surname=name, forename="Ash", date_of_birth="20/5/2012"
    )
    assert (told["happened"], told["explanation"]) == (["member-joined"], ["m3 is a member from 2012-05-20 (born)"])
    baby = (await people(doors, reference))["m3"]
    assert (baby["forename"], baby["born"], baby["since"], baby["left"]) == ("Ash", "2012-05-20", "2012-05-20", None)
    (happened,) = [one["event"] for one in (await shown(doors, reference))["timeline"] if one["version"] == 2]
    assert happened["member"] == {"id": "m3", "role": "child", "from": "2012-05-20"}


async def test_two_newborns_are_a_question(doors: Doors, name: str):
    """The second of two children without a name may be the first; said not to be, there are two."""
    reference = await family(doors, name)
    baby = {"how": "born", "role": "child", "surname": name, "forename": "Baby", "date_of_birth": "2012-05-20"}
    await done(doors, f"{reference}/members", **baby)
    problem = await refused(doors, "possible-match", f"{reference}/members", **baby)
    assert problem["questions"][0]["answers"] == ["--member m3", f"--not-the-same {reference}"]
    await done(doors, f"{reference}/members", **baby, answers=[said(reference, "not-the-same", "twins")])
    assert [each["forename"] for each in (await people(doors, reference)).values()][2:] == ["Baby", "Baby"]


@pytest.mark.parametrize(
    ("told", "born", "expected"),
    [
        ({"date_of_birth": "unknown"}, None, None),
        ({}, None, None),
        ({"date_of_birth": "2004"}, "2004", None),
        ({"date_of_birth": "5/2004"}, "2004-05", None),
        ({"how": "expected", "expected": "2012-09-01"}, None, "2012-09-01"),
    ],
)
async def test_births_that_are_not_known(doors: Doors, name: str, told: dict[str, str], born: Any, expected: Any):
    """A birth is taken as it is known: not at all, by year or month, or as the day on which it is expected."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members", role="child", forename="Only", surname="", **told)
    new = (await people(doors, reference))["m3"]
    assert (new["born"], new["expected"], new["surname"]) == (born, expected, "")


@pytest.mark.parametrize(
    ("told", "column"),
    [
        ({"role": "child"}, "surname"),
        ({"role": "pet", "surname": "X"}, "role"),
        ({"role": "child", "surname": "X", "date_of_birth": "2031"}, "date_of_birth"),
        ({"role": "child", "surname": "X", "date_of_birth": "1980"}, "role"),
        ({"role": "adult", "surname": "X", "date_of_birth": "2011"}, "role"),
        ({"role": "child", "surname": "X", "date_of_birth": "2011", "expected": "2012-09-01"}, "expected"),
        ({"role": "child", "surname": "X", "expected": "2019-09-01"}, "expected"),
        ({"role": "adult", "surname": "X", "expected": "2012-09-01"}, "role"),
        ({"role": "child", "surname": "X", "nhs_number": "1"}, "nhs_number"),
    ],
)
async def test_a_person_who_cannot_be(doors: Doors, name: str, told: dict[str, str], column: str):
    """The rules of a referral hold for who joins, each with its remedy."""
    reference = await family(doors, name)
    problem = await refused(doors, "bad-referral", f"{reference}/members", **told)
    assert [fault["field"] for fault in problem["faults"]] == [column]


async def test_the_same_request_again(doors: Doors, name: str):
    """Given again under its key, after it was done, a person joins once; other content under the key is refused."""
    reference = await family(doors, name)
    told = {"role": "child", "surname": name, "forename": "Bo", "date_of_birth": "2005-01-01", "key": f"k-{name}"}
    first = await ask(doors, f"{reference}/members", **told)
    again = await ask(doors, f"{reference}/members", **told)
    assert (first.status_code, again.json()) == (200, first.json())
    assert list(await people(doors, reference)) == ["m1", "m2", "m3"]
    await refused(doors, "command-id-reused", f"{reference}/members", **(told | {"forename": "Jo"}))


async def test_nothing_personal_leaves_the_vault(doors: Doors, name: str):
    """What is sealed in a command stands in no table, and the fingerprint of the command is no hash of a name."""
    reference = await family(doors, name)
    told = {"role": "adult", "surname": name, "forename": "Secretive", "phone": "0151 496 0000"}
    await done(doors, f"{reference}/members", **told)
    pool = doors.services.pool
    tables = [row[0] for row in await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    dumped = [await pool.fetch(f"SELECT t::text FROM {table} AS t") for table in tables]
    text = "\n".join(str(row[0]) for found in dumped for row in found)
    assert ("Secretive" in text, "496 0000" in text, "4960000" in text) == (False, False, False)
    assert (await people(doors, reference))["m3"]["phone"] == "0151 496 0000"


async def test_erased_while_it_is_under_way(doors: Doors, name: str):
    """What was sealed for a family that is erased meanwhile can be read by nobody, and nothing is recorded."""
    reference = await family(doors, name)
    async with doors.services.pool.acquire() as conn:
        sealed = await doors.services.vault.seal_personal(conn, reference, "c", {"surname": name})
        await erasing.erase(conn, reference, doors.engine.clock)
        with pytest.raises(Exception, match="erased"):
            await doors.services.vault.open_personal(conn, reference, "c", sealed)
    await refused(doors, "erased", f"{reference}/members", role="child", surname=name)
    await refused(doors, "erased", f"{reference}/members/m1/leave", why="died")


# Who is somebody of another family


async def test_a_household_parts(doors: Doors, name: str):
    """A daughter joins her father's family and has left her mother's: each key worker sees their own, from that day."""
    mother = await family(doors, name)
    father = await doors.referred(members=[member("adult", name, "Rob", "1979-02-03")])
    told = {"role": "child", "surname": name, "forename": "Mia", "date_of_birth": "2003-04-05", "upn": upn(name)}
    problem = await refused(doors, "possible-match", f"{father}/members", on="2012-05-20", **told)
    answers = [f"--not-the-same {mother}", f"--left {mother}", f"--also-of {mother}"]
    assert problem["questions"][0]["answers"] == answers
    await done(doors, f"{father}/members", on="2012-05-20", **told, answers=[said(mother, "left", "lives-there")])
    mia = (await people(doors, mother))["m2"]
    assert (mia["forename"], mia["left"], mia["born"], mia["identifiers"]) == ("Mia", "2012-05-19", None, {})
    assert (await people(doors, father))["m2"]["identifiers"] == {"upn": upn(name)}
    early, late = await sends(doors, f"upn:{upn(name)}", SPRING), await sends(doors, f"upn:{upn(name)}", "2012-05-25")
    assert (await settled(doors, early), await settled(doors, late)) == (
        ("applied", mother, None), ("applied", father, None)
    )  # fmt: skip
    async with doors.services.pool.acquire() as conn:
        (kept,) = await intake.answers_of(conn, mother)
    assert (kept.reference, kept.answer, kept.why, kept.people[0]["member"]) == (father, "left", "lives-there", "m2")


async def test_a_child_of_two_households(doors: Doors, name: str):
    """A child of both families is a member of both, and evidence about a day of both goes to both."""
    mother, father = (
        await family(doors, name),
        await doors.referred(members=[member("adult", name, "Rob", "1979-02-03")]),
    )
    told = {"role": "child", "surname": name, "forename": "Mia", "date_of_birth": "2003-04-05", "upn": upn(name)}
    await done(doors, f"{father}/members", on=SPRING, **told, answers=[said(mother, "also-of", "two-homes")])
    await settled(doors, await sends(doors, f"upn:{upn(name)}", "2012-05-25"))

    async def both() -> bool:
        return [len((await shown(doors, each))["journey"]["evidence"]) for each in (mother, father)] == [1, 1]

    await eventually(both)


async def test_somebody_else_of_the_name(doors: Doors, name: str):
    """Said to be somebody else, a new person is one, without the number that is another's."""
    mother, other = await family(doors, name), await doors.referred()
    told = {"role": "child", "surname": name, "forename": "Mia", "date_of_birth": "2003-04-05", "upn": upn(name)}
    await done(doors, f"{other}/members", **told, answers=[said(mother, "not-the-same", "other-child")])
    assert (await people(doors, other))["m3"]["identifiers"] == {}
    assert (await people(doors, mother))["m2"]["identifiers"] == {"upn": upn(name)}


async def test_an_answer_that_says_nothing(doors: Doors, name: str):
    """Of one person who joins nobody says joins; and only who refers families says that another's member left it."""
    mother, other = await family(doors, name), await doors.referred()
    told = {"role": "child", "surname": name, "forename": "Mia", "date_of_birth": "2003-04-05"}
    given = {"answers": [said(mother, "joins")]}
    problem = await refused(doors, "contradicting-answers", f"{other}/members", **told, **given)
    assert problem["remedy"] == f"use --not-the-same {mother} or --left {mother} or --also-of {mother}"
    held, worker = await doors.allocated()
    async with doors.client("key-worker", worker) as client:
        answer = await client.post(f"/v1/journeys/{held}/members", json=told | {"answers": [said(mother, "left")]})
    assert answer.json()["type"] == f"{PROBLEM}not-allowed", answer.text


# Who leaves, and comes back


async def test_who_left_is_no_member(doors: Doors, name: str):
    """From the day after, evidence about a member is not the family's, and waits; who comes back is theirs again."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members/m2/leave", on="2012-05-14", why="into-care")
    assert await settled(doors, await sends(doors, f"upn:{upn(name)}", "2012-05-14")) == ("applied", reference, None)
    waits = await sends(doors, f"upn:{upn(name)}", "2012-05-16")
    assert await settled(doors, waits) == ("quarantined", None, "not-a-member")
    later = await sends(doors, f"upn:{upn(name)}", "2012-05-22")
    assert await settled(doors, later) == ("quarantined", None, "not-a-member")
    await done(doors, f"{reference}/members", member_id="m2", on="2012-05-20")

    async def applied() -> bool:
        return await doors.services.pool.fetchval("SELECT state FROM inbox WHERE event_id = $1", later) == "applied"

    await eventually(applied)
    assert (await settled(doors, waits))[0] == "quarantined"
    away = (await shown(doors, reference))["journey"]["members"][1]["away"]
    assert away == [{"from": "2012-05-15", "to": "2012-05-19"}]


async def test_a_matched_event_of_another_day(doors: Doors, name: str):
    """Nobody gives a family an event by hand of a day on which its person was no member."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members/m2/leave", on="2012-05-14", why="died")
    waits = await sends(doors, f"upn:{upn(name)}", "2012-05-16")
    await settled(doors, waits)
    async with doors.client() as client:
        told = {"id": f"{SCHOOLS}:{waits}", "reference": reference, "member": "m2"}
        answer = await client.post("/v1/quarantine/match", json=told)
    assert answer.json()["type"] == f"{PROBLEM}not-a-member", answer.text


async def test_evidence_of_who_had_left(doors: Doors, name: str):
    """What was recorded before anybody knew that a member had left is shown no more."""
    reference = await family(doors, name)
    await settled(doors, await sends(doors, f"upn:{upn(name)}", "2012-05-25"))
    await done(doors, f"{reference}/members/m2/leave", on="2012-05-14", why="moved-out")
    told = await shown(doors, reference)
    assert (told["journey"]["evidence"], told["not_shown"]) == ([], 1)
    assert "evidence-recorded" not in [one["event"]["type"] for one in told["timeline"]]


async def test_a_spell_across_two_families(doors: Doors, name: str):
    """A term that began before a child left is the family's; one that begins after is not."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members/m2/leave", on="2012-05-14", why="moved-out")
    counts = {"sessions": 100, "authorised": 0, "unauthorised": 0}
    across = await sends(doors, f"upn:{upn(name)}", **{"from": "2012-04-16", "to": "2012-05-31"}, **counts)
    after = await sends(doors, f"upn:{upn(name)}", **{"from": "2012-05-15", "to": "2012-05-31"}, **counts)
    assert [(await settled(doors, each))[0] for each in (across, after)] == ["applied", "quarantined"]


async def test_refered_again_after_leaving(doors: Doors, name: str):
    """A later journey knows when each of its people was of the family: who left before comes back with it."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members/m2/leave", on="2012-05-14", why="into-care")
    await doors.step(reference, "close", outcome="moved-away")
    both = member("adult", name, "Tess", "1980-01-01"), member("child", name, "Mia", "2003-04-05", upn=upn(name))
    again = {"referred_on": "2012-06-01", "answers": [said(reference, "same-as")]}
    assert await doors.referred(members=list(both), **again) == reference
    mother, mia = (await shown(doors, reference))["journey"]["members"]
    assert (mother, mia["away"]) == ({"id": "m1", "role": "adult"}, [{"from": "2012-05-15", "to": "2012-05-31"}])
    async with doors.services.pool.acquire() as conn:
        found = [each for each in await stays(conn, [reference]) if (each.number, each.member_id) == (2, "m2")]
    assert [(each.first, each.last) for each in found] == [(None, date(2012, 5, 14)), (date(2012, 6, 1), None)]


async def test_a_person_who_was_added_by_mistake(doors: Doors, name: str):
    """Who never belonged is taken out of the journey, and is shown no more."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members", role="child", surname=name, forename="Wrong")
    await done(doors, f"{reference}/members/m3/leave", why="never-belonged")
    assert list(await people(doors, reference)) == ["m1", "m2"]


# What is corrected


async def test_a_name_and_a_birth_are_corrected(doors: Doors, name: str):
    """The vault has the right ones from now on, and the person is found by them."""
    reference = await family(doors, name)
    wrong = {"forename": "Mya", "date_of_birth": "2003-05-04", "reason": "typing-error"}
    told = await done(doors, f"{reference}/members/m2/correct", **wrong)
    assert told["happened"] == ["member-corrected"]
    mia = (await people(doors, reference))["m2"]
    assert (mia["forename"], mia["surname"], mia["born"]) == ("Mya", name, "2003-05-04")
    same = await done(doors, f"{reference}/members/m2/correct", **wrong)
    assert same["happened"] == []
    async with doors.client() as client:
        again = doors.form(members=[member("child", name, "Mya", "2003-05-04")])
        assert (await client.post("/v1/journeys", json=again)).json()["type"] == f"{PROBLEM}already-referred"


async def test_an_expected_child_is_born(doors: Doors, name: str):
    """The date of birth takes the place of the expected day."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members", role="child", surname=name, expected="2012-06-20")
    born = {"forename": "Ash", "date_of_birth": "2012-05-31", "reason": "born"}
    await done(doors, f"{reference}/members/m3/correct", **born)
    ash = (await people(doors, reference))["m3"]
    assert (ash["forename"], ash["born"], ash["expected"]) == ("Ash", "2012-05-31", None)


async def test_a_role_and_days_are_corrected(doors: Doors, name: str):
    """A role, and the days on which somebody came and went, are corrected without a word of the vault."""
    reference = await family(doors, name)
    await done(doors, f"{reference}/members/m2/leave", on="2012-05-14", why="moved-out")
    right = {"left": "2012-05-20", "joined": "2012-04-01", "reason": "wrong-day"}
    await done(doors, f"{reference}/members/m2/correct", **right)
    mia = (await people(doors, reference))["m2"]
    assert (mia["since"], mia["left"]) == ("2012-04-01", "2012-05-20")
    await done(doors, f"{reference}/members/m2/correct", left="open", joined="always", reason="never-left")
    assert (await people(doors, reference))["m2"]["left"] is None
    problem = await refused(doors, "bad-referral", f"{reference}/members/m2/correct", role="adult", reason="grown-up")
    assert problem["faults"][0]["field"] == "role"


async def test_numbers(doors: Doors, name: str):
    """A further number is added beside the first, a wrong one taken away, and another's is refused with whose it is."""
    reference, other = await family(doors, name), nhs_number(700 + abs(hash(name)) % 100000)
    path = f"{reference}/members/m1/identifier"
    await done(doors, path, scheme="nhs_number", number=other, reason="from-gp")
    await done(doors, f"{reference}/members/m2/identifier", scheme="upn", number="A000000000001", reason="new-school")
    mia = (await people(doors, reference))["m2"]
    assert (mia["identifiers"], mia["further"]) == ({"upn": upn(name)}, [["upn", "A000000000001"]])
    assert (await settled(doors, await sends(doors, "upn:A000000000001")))[:2] == ("applied", reference)
    stranger = await doors.referred()
    path = f"{stranger}/members/m1/identifier"
    problem = await refused(doors, "identifier-taken", path, scheme="nhs_number", number=other, reason="from-gp")
    assert problem["detail"] == f"this nhs-number is that of m1 of {reference}"
    gone = {"scheme": "upn", "number": "A000000000001", "change": "removed", "reason": "mistyped"}
    await done(doors, f"{reference}/members/m2/identifier", **gone)
    assert (await done(doors, f"{reference}/members/m2/identifier", **gone))["happened"] == []
    assert (await people(doors, reference))["m2"]["further"] == []
    assert (await settled(doors, await sends(doors, "upn:A000000000001")))[0] == "quarantined"


async def test_how_adults_are_reached(doors: Doors, name: str):
    """Telephone and e-mail of an adult are kept, changed one by one and taken away; of a child there are none."""
    reference = await family(doors, name)
    path = f"{reference}/members/m1/contacts"
    await done(doors, path, phone="+44 151 496 0000", email="tess@home.example")
    await done(doors, path, phone="")
    tess = (await people(doors, reference))["m1"]
    assert (tess["phone"], tess["email"]) == ("", "tess@home.example")
    await refused(doors, "not-an-adult", f"{reference}/members/m2/contacts", phone="0151 496 0000")
    await refused(doors, "bad-request", path, phone="ring me")
    await refused(doors, "bad-request", path)
    child = {"role": "child", "surname": name, "phone": "0151 496 0000"}
    await refused(doors, "not-an-adult", f"{reference}/members", **child)


async def test_who_may(doors: Doors, name: str):
    """A key worker records who joins and leaves families they hold, and corrects nothing; an auditor does neither."""
    reference, worker = await doors.allocated()
    async with doors.client("key-worker", worker) as client:
        left = await client.post(f"/v1/journeys/{reference}/members/m2/leave", json={"why": "died"})
        wrong = {"forename": "X", "reason": "typing-error"}
        corrected = await client.post(f"/v1/journeys/{reference}/members/m1/correct", json=wrong)
    async with doors.client("auditor", "aud") as client:
        audited = await client.post(f"/v1/journeys/{reference}/members/m1/leave", json={"why": "died"})
    assert (left.status_code, corrected.status_code, audited.status_code) == (200, 403, 403)
    assert name


# Where the family lives


def home(name: str, number: int = 0) -> str:
    return str(10**10 + abs(hash(name)) % 10**9 * 10 + number)


async def test_the_home_of_the_day(doors: Doors, name: str):
    """An event at a house belongs to the family that lived there on its day: one before the move, one after."""
    house = home(name)
    first = await family(doors, name, uprn=house, address="5 Safe Close", postcode="CH41 1ZZ")
    second = await doors.referred(uprn=home(name, 1))
    await done(doors, f"{first}/move", on="2012-05-14", address="77 New Road", uprn=home(name, 2), locality="Bidston")
    await done(doors, f"{second}/move", on="2012-05-14", address="5 Safe Close", uprn=house)
    days = {"2012-05-13": first, "2012-05-14": second, "2012-05-20": second}
    for day, reference in days.items():
        assert (await settled(doors, await sends(doors, f"uprn:{house}", day)))[:2] == ("applied", reference), day
    told = (await shown(doors, first))["family"]
    assert (told["address"]["lines"], told["since"]) == ("77 New Road", "2012-05-14")
    assert [(each["address"]["lines"], each["until"]) for each in told["former"]] == [("5 Safe Close", "2012-05-14")]
    assert (await shown(doors, first))["journey"]["locality"] == "Bidston"


async def test_an_address_is_corrected(doors: Doors, name: str):
    """An address is written over by a named correction alone; what it does not name stays."""
    reference = await family(doors, name, address="5 Save Close", postcode="CH41 1ZZ")
    await done(doors, f"{reference}/move", address="5 Safe Close", corrected="mistyped")
    told = (await shown(doors, reference))["family"]
    assert (told["address"], told["former"]) == ({"lines": "5 Safe Close", "postcode": "CH41 1ZZ", "uprn": ""}, [])
    await done(doors, f"{reference}/move", on="2012-05-14", address="77 New Road")
    other = {"on": "2012-05-14", "address": "78 New Road"}
    await refused(doors, "already-moved", f"{reference}/move", **other)
    assert (await done(doors, f"{reference}/move", on="2012-05-14", address="77 New Road"))["happened"] == []
    await done(doors, f"{reference}/move", **other, corrected="mistyped")
    assert (await shown(doors, reference))["family"]["address"]["lines"] == "78 New Road"


async def test_a_move_that_says_nothing(doors: Doors, name: str):
    """A move names where to; a bad postcode is a fault, and a locality of no programme is refused."""
    reference = await family(doors, name)
    await refused(doors, "bad-request", f"{reference}/move")
    assert (await refused(doors, "bad-referral", f"{reference}/move", postcode="none"))["faults"][0][
        "field"
    ] == "postcode"


async def test_back_in_an_old_home(doors: Doors, name: str):
    """A family that comes back to a house is found there in both times, and not in between."""
    house = home(name)
    reference = await family(doors, name, uprn=house)
    await done(doors, f"{reference}/move", on="2012-05-10", address="77 New Road", uprn=home(name, 3))
    await done(doors, f"{reference}/move", on="2012-05-20", uprn=house)
    told = [await sends(doors, f"uprn:{house}", day) for day in ("2012-05-05", "2012-05-15", "2012-05-25")]
    states = [(await settled(doors, each))[0] for each in told]
    assert states == ["applied", "quarantined", "applied"]


async def test_another_address_in_a_later_referral(doors: Doors, name: str):
    """A family that is referred again from elsewhere has lived there since, and the first home is not forgotten."""
    reference = await family(doors, name, address="5 Safe Close", postcode="CH41 1ZZ", referred_on="2012-04-01")
    await doors.step(reference, "close", outcome="moved-away", on="2012-04-20")
    both = member("adult", name, "Tess", "1980-01-01"), member("child", name, "Mia", "2003-04-05", upn=upn(name))
    moved = {"address": "77 New Road", "postcode": "CH41 2ZZ", "referred_on": "2012-05-01"}
    assert await doors.referred(members=list(both), **moved) == reference
    told = (await shown(doors, reference))["family"]
    assert (told["address"]["lines"], told["since"]) == ("77 New Road", "2012-05-01")
    assert [each["address"]["lines"] for each in told["former"]] == ["5 Safe Close"]


async def test_the_journal_of_an_erased_family(doors: Doors, name: str):
    """An erasure takes the addresses of before too, and what was sealed; the events stay, and say nothing personal."""
    reference = await family(doors, name, address="5 Safe Close")
    await done(doors, f"{reference}/move", on=SPRING, address="77 New Road")
    await done(doors, f"{reference}/members", role="child", surname=name, forename="Bo")
    await doors.step(reference, "close", outcome="moved-away")
    answer = await doors.step(reference, "erase", reason="request")
    assert (answer.status_code, answer.json()["held"]["addresses"]) == (200, 2)
    assert await doors.services.pool.fetchval("SELECT count(*) FROM moves WHERE reference = $1", reference) == 0
    async with doors.services.pool.acquire() as conn:
        told = [one.event.type for one in await journal.timeline(conn, f"journey:wirral:{reference}:1")]
    assert told[:3] == ["family-referred", "household-moved", "member-joined"]
