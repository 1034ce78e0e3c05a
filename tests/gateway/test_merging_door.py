"""Two families that are one, and one that parts, at the staff door: what goes where, and what undoing brings back."""

import json
import uuid
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from store import erasing, forwarding
from tests.doors import PROBLEM, Doors, nhs_number
from tests.gateway.test_identity_door import member, said
from tests.gateway.test_members_door import people, sends, settled, shown

BOTH = {"reason": "referred-twice"}


@pytest.fixture
def name(doors: Doors) -> str:
    """A surname that nobody has."""
    return doors.form()["members"][0]["surname"].title()


def upn() -> str:
    return f"M{uuid.uuid4().int % 10**12:012d}"


async def ask(doors: Doors, path: str, *, role: str = "manager", headers: Any = None, **body: Any):
    async with doors.client(role) as client:
        return await client.post(f"/v1/journeys/{path}", json=body, headers=headers or {})


async def done(doors: Doors, path: str, **body: Any) -> dict[str, Any]:
    answer = await ask(doors, path, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(doors: Doors, code: str, path: str, **body: Any) -> dict[str, Any]:
    answer = await ask(doors, path, **body)
    assert answer.json()["type"] == PROBLEM + code, answer.text
    return answer.json()


async def evidence(doors: Doors, reference: str, **query: Any) -> set[tuple[str, str | None]]:
    """The evidence of a journey, as id and member."""
    async with doors.client() as client:
        told = (await client.get(f"/v1/journeys/{reference}", params=query)).json()
    return {(item["id"].partition(":")[2], item["member"]) for item in told["journey"]["evidence"]}


async def first(doors: Doors, name: str, number: str, **more: Any) -> str:
    """Refer a mother and a daughter."""
    both = member("adult", name, "Tess", "1980-01-01"), member("child", name, "Mia", "2003-04-05", upn=number)
    return await doors.referred(members=list(both), **more)


async def again(doors: Doors, name: str, known: str, number: str) -> str:
    """Refer the same mother by another partner, in another spelling, with a son whom nobody named before."""
    told = [
        member("adult", f"{name}e", "Tess", "1980-01-01", nhs_number=nhs_number(uuid.uuid4().int % 90_000)),
        member("child", f"{name}e", "Leo", "2005-06-07", upn=number),
    ]
    answers = [said(known, "not-the-same", "other-spelling")]
    return await doors.referred(members=told, answers=answers, referrer="merseyside-police")


async def test_who_is_who_is_a_question(doors: Doors, name: str):
    """A mother spelled otherwise may be the same: nobody is merged until it is said."""
    known = await first(doors, name, upn())
    other = await again(doors, name, known, upn())
    problem = await refused(doors, "possible-match", f"{known}/merge", family=other, **BOTH)
    assert problem["questions"][0]["answers"] == ["--same m1=m1", "--apart m1"]
    assert f"Tess {name}e may be Tess {name} of {known}" in problem["detail"]


async def test_two_referrals_of_one_family_become_one(doors: Doors, name: str):
    """One reference goes on, with everybody's evidence; the other leads to it and takes no further steps."""
    mia, leo = upn(), upn()
    known = await first(doors, name, mia)
    other = await again(doors, name, known, leo)
    before = [await sends(doors, f"upn:{number}") for number in (mia, leo)]
    assert [(await settled(doors, each))[1] for each in before] == [known, other]
    form = {"family": other, "same": [{"member": "m1", "here": "m1"}], **BOTH}
    plan = await done(doors, f"{known}/merge", **form, dry_run=True)
    assert (await evidence(doors, known), (await shown(doors, other))["followed"]) == ({(before[0], "m2")}, None)
    told = await done(doors, f"{known}/merge", **form)
    assert told == plan | {"dry_run": False}
    assert (told["of"], told["into"], told["evidence"]) == (other, known, 1)
    assert told["people"] == [
        {"member": "m1", "here": "m1", "known": True, "numbers": ["nhs-number"]},
        {"member": "m2", "here": "m3", "known": False, "numbers": []},
    ]
    assert {each["forename"] for each in (await people(doors, known)).values()} == {"Tess", "Mia", "Leo"}
    after = await sends(doors, f"upn:{leo}", day="2012-05-20")
    assert await settled(doors, after) == ("applied", known, None)
    assert await evidence(doors, known) == {(before[0], "m2"), (before[1], "m3"), (after, "m3")}
    seen = await shown(doors, other)
    assert (seen["followed"], seen["journey"]["reference"], seen["merged"]) == (other, known, [other])
    assert [each["referrer"] for each in seen["journey"]["joined"]] == ["merseyside-police"]
    problem = await refused(doors, "merged", f"{other}/consent", basis="consent", purpose="family-support")
    assert f"journeys show {known}" in problem["remedy"]


async def test_an_old_reference_and_spelling_find_the_family(doors: Doors, name: str):
    """Whoever looks by the other reference, by its spelling or by a number finds the family that goes on."""
    leo = upn()
    known = await first(doors, name, upn())
    other = await again(doors, name, known, leo)
    async with doors.client() as client:
        await client.post("/v1/find", json={"text": f"{name}e"})
        await done(doors, f"{known}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
        for text in (other, f"{name}e Tess", leo):
            found = (await client.post("/v1/find", json={"text": text})).json()["found"]
            assert [each["journey"]["reference"] for each in found] == [known], text


async def test_undone_everybody_is_where_they_were(doors: Doors, name: str):
    """The other family goes on where it was; what came since of its own child goes with him, what is hers stays."""
    mia, leo = upn(), upn()
    known = await first(doors, name, mia)
    other = await again(doors, name, known, leo)
    before = await sends(doors, f"upn:{leo}")
    await settled(doors, before)
    stage, numbers = (await shown(doors, other))["journey"]["stage"], (await people(doors, other))["m1"]["identifiers"]
    await done(doors, f"{known}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
    assert (await people(doors, known))["m1"]["identifiers"] == numbers
    passed = await ask(doors, f"{other}/undo-families", headers={"if-match": '"1-1"'}, reason="not-the-same")
    assert passed.status_code == 412
    since = [await sends(doors, f"upn:{number}", day="2012-05-22") for number in (mia, leo)]
    assert {(await settled(doors, each))[1] for each in since} == {known}
    told = await done(doors, f"{other}/undo-families", reason="not-the-same")
    assert (told["happened"], told["of"], told["into"], told["evidence"]) == ("merge-undone", known, other, 2)
    assert await evidence(doors, known) == {(since[0], "m2")}
    assert await evidence(doors, other) == {(before, "m2"), (since[1], "m2")}
    assert {each["forename"] for each in (await people(doors, known)).values()} == {"Tess", "Mia"}
    assert (await people(doors, known))["m1"]["identifiers"] == {}
    seen = await shown(doors, other)
    assert (seen["journey"]["stage"], seen["journey"]["merged_into"]) == (stage, None)
    assert (await people(doors, other))["m1"]["identifiers"] == numbers
    later = await sends(doors, f"upn:{leo}", day="2012-05-24")
    assert await settled(doors, later) == ("applied", other, None)
    await refused(doors, "nothing-to-undo", f"{other}/undo-families", reason="not-the-same")


async def test_once_with_one_key_and_for_managers(doors: Doors, name: str):
    """A repeat is answered the same and changes nothing; a coordinator may not; a passed version is refused."""
    known = await first(doors, name, upn())
    other = await again(doors, name, known, upn())
    form = {"family": other, "apart": ["m1"], **BOTH}
    assert (await ask(doors, f"{known}/merge", role="coordinator", **form)).status_code == 403
    stale = await ask(doors, f"{known}/merge", headers={"if-match": '"1-99"'}, **form)
    assert stale.status_code == 412
    key = {"idempotency-key": uuid.uuid4().hex}
    answers = [await ask(doors, f"{known}/merge", headers=key, **form) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await people(doors, known)) == 4
    kinds = [one["event"]["type"] for one in (await shown(doors, known))["timeline"]]
    assert kinds.count("family-taken-in") == 1


@pytest.mark.parametrize(
    ("code", "prepare"), [("same-family", "none"), ("closed", "close-survivor"), ("merged", "merge-first")]
)
async def test_what_cannot_be_merged(doors: Doors, name: str, code: str, prepare: str):
    """A family with itself, an open one into a closed one, and one that is merged already, each with its remedy."""
    known = await first(doors, name, upn())
    other = await again(doors, name, known, upn())
    if prepare == "close-survivor":
        await doors.step(known, "close", outcome="declined")
    if prepare == "merge-first":
        await done(doors, f"{await doors.referred()}/merge", family=other, **BOTH)
    family = known if code == "same-family" else other
    problem = await refused(doors, code, f"{known}/merge", family=family, apart=["m1"], **BOTH)
    assert problem["remedy"]
    assert {each["forename"] for each in (await people(doors, known)).values()} == {"Tess", "Mia"}


async def test_erased_together(doors: Doors, name: str):
    """The merged family is erased with the one that goes on, both keys at once, and never by itself."""
    known = await first(doors, name, upn())
    other = await again(doors, name, known, upn())
    await done(doors, f"{known}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
    await refused(doors, "merged", f"{other}/erase", reason="request")
    await done(doors, f"{known}/close", outcome="declined")
    told = await done(doors, f"{known}/erase", reason="request", despite_claims=True)
    assert (told["merged"], told["held"]["people"], told["held"]["journeys"]) == ([other], 5, 2)
    async with doors.services.pool.acquire() as conn:
        assert None not in [await erasing.erased_at(conn, reference) for reference in (known, other)]
        assert [await doors.services.vault.read_family(conn, reference) for reference in (known, other)] == [None, None]
    await refused(doors, "erased", f"{other}/undo-families", reason="not-the-same")
    restored = "UPDATE family_keys SET wrapped = 'brought back', erased_at = NULL WHERE reference = $1"
    await doors.services.pool.execute(restored, other)
    assert (await done(doors, f"{known}/erase", reason="request", despite_claims=True))["already"]
    kept = "SELECT wrapped FROM family_keys WHERE reference = $1"
    assert await doors.services.pool.fetchval(kept, other) is None


async def test_a_household_parts_into_a_new_family(doors: Doors, name: str):
    """Who parts has a new journey, with what is recorded of days from then; undone, nobody ever left."""
    mia = upn()
    known = await first(doors, name, mia)
    days = {day: await sends(doors, f"upn:{mia}", day=day) for day in ("2012-05-10", "2012-05-20")}
    for each in days.values():
        await settled(doors, each)
    told = await done(doors, f"{known}/split", members=["m2"], reason="parted", on="2012-05-15")
    new = told["into"]
    assert told["people"] == [{"member": "m2", "here": "m1", "known": False, "numbers": []}]
    assert await evidence(doors, known) == {(days["2012-05-10"], "m2")}
    assert await evidence(doors, new) == {(days["2012-05-20"], "m1")}
    assert ((await people(doors, known))["m2"]["left"], (await people(doors, new))["m1"]["since"]) == (
        "2012-05-14",
        "2012-05-15",
    )
    later = await sends(doors, f"upn:{mia}", day="2012-05-25")
    assert await settled(doors, later) == ("applied", new, None)
    back = await done(doors, f"{new}/undo-families", reason="came-back")
    assert (back["of"], back["into"]) == (new, known)
    assert (await people(doors, known))["m2"]["left"] is None
    assert await evidence(doors, known) == {(each, "m2") for each in (*days.values(), later)}
    assert (await shown(doors, new))["followed"] == new


async def test_a_split_is_repeated_by_its_key(doors: Doors, name: str):
    """A repeat opens no second family."""
    known = await first(doors, name, upn())
    key, form = {"idempotency-key": uuid.uuid4().hex}, {"members": ["m2"], "reason": "parted", "on": "2012-05-15"}
    answers = [(await ask(doors, f"{known}/split", headers=key, **form)).json() for _ in range(2)]
    assert answers[0] == answers[1]


async def test_parting_into_a_family_we_know(doors: Doors, name: str):
    """The daughter joins her father's family; undone, she was never there, and what came since is her mother's."""
    mia = upn()
    known, father = await first(doors, name, mia), await doors.referred()
    told = await done(doors, f"{known}/split", members=["m2"], into=father, reason="with-father", on="2012-05-15")
    assert told["people"] == [{"member": "m2", "here": "m3", "known": False, "numbers": []}]
    later = await sends(doors, f"upn:{mia}", day="2012-05-25")
    assert await settled(doors, later) == ("applied", father, None)
    assert await evidence(doors, father) == {(later, "m3")}
    await done(doors, f"{father}/undo-families", reason="mistaken")
    assert (await evidence(doors, father), await evidence(doors, known)) == (set(), {(later, "m2")})
    assert (set(await people(doors, father)), (await people(doors, known))["m2"]["left"]) == ({"m1", "m2"}, None)
    last = await sends(doors, f"upn:{mia}", day="2012-05-28")
    assert await settled(doors, last) == ("applied", known, None)


async def test_not_everybody_parts(doors: Doors, name: str):
    """A family of whom nobody would be left is not split, nor does somebody leave who is no member."""
    known = await first(doors, name, upn())
    await refused(doors, "last-member", f"{known}/split", members=["m1", "m2"], reason="parted")
    await refused(doors, "unknown-member", f"{known}/split", members=["m7"], reason="parted")


async def test_who_held_either_family_is_told(doors: Doors, monkeypatch: pytest.MonkeyPatch):
    """Both key workers are reminded to see who is of the family; an acknowledgement is enough on either journey."""
    (known, kim), (other, lee) = await doors.allocated(), await doors.allocated()
    await done(doors, f"{known}/merge", family=other, **BOTH)
    monkeypatch.setattr(doors.engine, "clock", doors.engine.clock + timedelta(days=6))  # a weekend and two holidays
    await doors.engine.wake([f"journey:wirral:{reference}:1" for reference in (known, other)])
    for reference, worker in ((known, kim), (other, lee)):
        async with doors.client() as client:
            told = (await client.get(f"/v1/journeys/{reference}", params={"journey": 1})).json()
        [owed] = [each for each in told["owed"] if each["work"] == "people-changed"]
        assert (owed["who"], owed["to"]) == (worker, "named")
        [reminder] = [each for each in told["reminders"] if each["work"] == "people-changed"]
        await done(doors, f"{reference}/acknowledge", reminder_id=reminder["reminder_id"])
        async with doors.client() as client:
            told = (await client.get(f"/v1/journeys/{reference}", params={"journey": 1})).json()
        assert "people-changed" not in {each["work"] for each in told["owed"]}
    async with doors.client("key-worker", lee) as client:
        refusal = await client.get(f"/v1/journeys/{other}")
        assert (refusal.status_code, known in refusal.text) == (403, True)


async def test_evidence_on_its_way_to_a_merged_family_arrives(doors: Doors, name: str):
    """What was handed over to the journey that ended meanwhile is matched anew, and recorded once where it goes on."""
    leo = upn()
    known = await first(doors, name, upn())
    other = await again(doors, name, known, leo)
    doors.engine.away = True
    late = await sends(doors, f"upn:{leo}")
    doors.engine.away = False
    async with doors.services.pool.acquire() as conn:
        await conn.execute(
            "UPDATE inbox SET state = 'forwarded', forwarded_at = $2, reference = $3, member_id = 'm2',"
            " journey_id = $4 WHERE event_id = $1",
            late,
            doors.engine.clock,
            other,
            f"journey:wirral:{other}:1",
        )
        row = await conn.fetchrow("SELECT * FROM inbox WHERE event_id = $1", late)
    await done(doors, f"{known}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
    names = [each.name for each in fields(forwarding.Forwardable) if each.name != "shared_as"]
    forwarded = forwarding.as_command(forwarding.Forwardable(**{each: row[each] for each in names}), doors.engine.clock)
    await doors.engine.forward(row["journey_id"], [forwarded])
    assert await settled(doors, late) == ("applied", known, None)
    assert await evidence(doors, known) == {(late, "m3")}


async def test_nothing_is_shown_of_who_is_a_member_no_more(doors: Doors, name: str):
    """Once a merge is undone, neither the journey nor its chronology shows evidence of the people who went."""
    leo = upn()
    known = await first(doors, name, upn())
    other = await again(doors, name, known, leo)
    event_id = await sends(doors, f"upn:{leo}")
    await settled(doors, event_id)
    await done(doors, f"{known}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
    async with doors.client() as client:
        rows = (await client.get(f"/v1/journeys/{known}/chronology")).json()["rows"]
        assert [row["what"] for row in rows if row["type"] == "evidence-recorded"] == [
            "Exclusion, reported by wirral-schools"
        ]
        assert event_id in (await client.get(f"/v1/journeys/{known}")).text
        await done(doors, f"{other}/undo-families", reason="not-the-same")
        for page in (f"/v1/journeys/{known}", f"/v1/journeys/{known}/chronology"):
            told = (await client.get(page)).json()
            told["timeline"] = [one for one in told.get("timeline", []) if one["event"]["type"] != "merge-undone"]
            assert event_id not in json.dumps(told)
            assert "wirral-schools" not in json.dumps(
                [row for row in told.get("rows", []) if "reported by" in row["what"]]
            )


async def test_an_event_is_not_matched_to_a_merged_family(doors: Doors, name: str):
    """Matching by hand names the family that goes on."""
    known = await first(doors, name, upn())
    other = await again(doors, name, known, upn())
    await done(doors, f"{known}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
    stray = await sends(doors, f"upn:{upn()}")
    assert (await settled(doors, stray))[0] == "quarantined"
    form = {"id": f"wirral-schools:{stray}", "reference": other, "member": "m2"}
    async with doors.client() as client:
        refusal = (await client.post("/v1/quarantine/match", json=form)).json()
        assert (refusal["type"], refusal["remedy"]) == (PROBLEM + "merged", f"match it to {known}")
        form |= {"reference": known, "member": "m3"}
        assert (await client.post("/v1/quarantine/match", json=form)).status_code == 200
    assert await settled(doors, stray) == ("applied", known, None)
