"""Whose referral it is, at the staff door: one family, two, or a question that somebody answers."""

import base64
import json
from random import Random
from typing import Any

import pytest

from domain.access import _ALLOWED
from store import intake
from tests.doors import PROBLEM, Doors, event, nhs_number, signed
from tests.eventually import eventually

SCHOOLS = "wirral-schools"
HEADER = "family_no,surname,forename,role,date_of_birth,nino,locality,referrer,referred_on,criteria"


def member(role: str, surname: str, forename: str, born: str, **numbers: str) -> dict[str, str]:
    return {"role": role, "surname": surname, "forename": forename, "date_of_birth": born, **numbers}


async def refer(doors: Doors, *members: dict[str, str], answers: Any = (), role: str = "coordinator", **told: Any):
    async with doors.client(role) as client:
        form = doors.form(members=list(members), **told) | {"answers": list(answers)}
        return await client.post("/v1/journeys", json=form)


async def taken(doors: Doors, *members: dict[str, str], **told: Any) -> dict[str, Any]:
    answer = await refer(doors, *members, **told)
    assert answer.status_code == 201, answer.text
    return answer.json()


def said(reference: str, answer: str, why: str = "looked-into") -> dict[str, str]:
    return {"reference": reference, "answer": answer, "why": why}


async def people(doors: Doors, reference: str) -> list[dict[str, Any]]:
    async with doors.client() as client:
        return (await client.get(f"/v1/journeys/{reference}")).json()["family"]["people"]


async def names(doors: Doors, reference: str) -> list[str]:
    return [f"{each['forename']} {each['surname']}" for each in await people(doors, reference)]


def asked(answer: Any, code: str = "possible-match") -> dict[str, Any]:
    assert (answer.status_code, answer.json()["type"]) == (409, PROBLEM + code), answer.text
    return answer.json()


@pytest.fixture
def name(doors: Doors) -> str:
    """A surname that nobody has."""
    return doors.form()["members"][0]["surname"].title()


@pytest.mark.parametrize("closed", [False, True])
async def test_two_of_one_name(doors: Doors, name: str, *, closed: bool):
    """Two men of one name and birthday with other NHS numbers are asked about, and are two families by the answer."""
    one, other = nhs_number(301 + 2 * closed), nhs_number(302 + 2 * closed)
    man, aisha, yusuf = ("adult", name, "Mohammed", "1970-01-01"), ("Aisha", "2006-03-03"), ("Yusuf", "2005-05-05")
    first = await taken(doors, member(*man, nhs_number=one), member("child", name, *aisha))
    if closed:
        await doors.step(first["reference"], "close", outcome="declined")
    told = member(*man, nhs_number=other), member("child", name, *yusuf)
    problem = asked(await refer(doors, *told))
    assert f"Mohammed {name} may be Mohammed {name} of {first['reference']}" in problem["detail"]
    (question,) = problem["questions"]
    facts = {fact["field"]: fact for fact in question["people"][0]["facts"]}
    assert facts["NHS number"] == {"field": "NHS number", "agreement": "contradicts", "referred": other, "known": one}
    second = await taken(doors, *told, answers=[said(first["reference"], "not-the-same", "other-number")])
    assert second["reference"] != first["reference"]
    assert await names(doors, second["reference"]) == [f"Mohammed {name}", f"Yusuf {name}"]
    assert [each["identifiers"] for each in await people(doors, first["reference"])] == [{"nhs-number": one}, {}]


async def test_the_answer_is_kept(doors: Doors, name: str):
    """What was answered is kept with who, why, and what agreed and contradicted; codes only."""
    man = ("adult", name, "Mohammed", "1970-01-01")
    first = (await taken(doors, member(*man, nino="QQ123456A")))["reference"]
    second = await taken(doors, member(*man, nino="QQ123456B"), answers=[said(first, "not-the-same", "other-number")])
    async with doors.services.pool.acquire() as conn:
        (kept,) = await intake.answers_of(conn, first)
    assert (kept.reference, kept.answer, kept.why, kept.actor) == (
        second["reference"], "not-the-same", "other-number", "coordinator:ann"
    )  # fmt: skip
    fields = {"name": "agrees", "date_of_birth": "agrees", "nino": "contradicts"}
    assert kept.people == [{"member": "m1", "other": "m1", "fields": fields}]


async def test_the_same_man_after_all(doors: Doors, name: str):
    """Said to be the same, he keeps the number that was known, and is told that the other was not kept."""
    man = ("adult", name, "Mohammed", "1970-01-01")
    first = (await taken(doors, member(*man, nino="QQ123457A")))["reference"]
    await doors.step(first, "close", outcome="declined")
    again = await taken(doors, member(*man, nino="QQ123457B"), answers=[said(first, "same-as", "mistyped")])
    assert (again["reference"], again["journey_id"][-2:]) == (first, ":2")
    assert again["remarks"] == [
        "known family: second journey; the first ended declined 2012-06-01",
        f"the National Insurance number of Mohammed {name} was not kept: it is somebody else's, or another is recorded",
    ]
    assert [each["identifiers"] for each in await people(doors, first)] == [{"nino": "QQ123457A"}]


async def test_a_mistyped_number_never_replaces_its_holder(doors: Doors, name: str):
    """A number of another family's child is asked about by name, and stays hers whatever is answered."""
    chloe = (await taken(doors, member("child", name, "Chloe", "2004-02-02", upn="A310000000001")))["reference"]
    other = doors.form()["members"][0]["surname"].title()
    toni = member("child", other, "Toni", "2003-04-05", upn="A310000000001")
    problem = asked(await refer(doors, toni))
    assert problem["detail"] == f"the UPN of Toni {other} is that of Chloe {name} ({chloe})"
    told = await taken(doors, toni, answers=[said(chloe, "not-the-same", "mistyped")])
    assert told["remarks"] == [f"the UPN of Toni {other} was not kept: it is somebody else's, or another is recorded"]
    assert [each["identifiers"] for each in await people(doors, told["reference"])] == [{}]
    assert await names(doors, chloe) == [f"Chloe {name}"]


async def test_names_are_for_who_may_read_them(doors: Doors, name: str, monkeypatch: pytest.MonkeyPatch):
    """Who may not read names is asked by line, member and field, without a value."""
    first = (await taken(doors, member("adult", name, "Ann", "1970-01-01", nino="QQ123458A")))["reference"]
    monkeypatch.setitem(_ALLOWED, "auditor", frozenset(["refer"]))
    answer = await refer(doors, member("adult", name, "Ann", "1970-01-01", nino="QQ123458B"), role="auditor")
    problem = asked(answer)
    assert problem["detail"].startswith(f"person 1 may be m1 of {first}: ")
    assert (name in answer.text, "QQ123458" in answer.text, "1970" in answer.text) == (False, False, False)
    assert {fact["field"]: fact["agreement"] for fact in problem["questions"][0]["people"][0]["facts"]} == {
        "name": "agrees", "date of birth": "agrees", "National Insurance number": "contradicts"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"), [("O'Dell", "O\u2019DELL"), ("O'Neill", "ONeill"), ("Smith-Jones", "smith jones")]
)
async def test_one_spelling(doors: Doors, name: str, one: str, other: str):
    """Apostrophes, dashes, spaces and case make no other family, and the known spelling stays."""
    first = (await taken(doors, member("adult", f"{name} {one}", "Ann", "1970-01-01")))["reference"]
    again = await refer(doors, member("adult", f"{name.upper()}-{other}", "ANN", "1970-01-01"))
    assert (again.status_code, again.json()["type"]) == (409, f"{PROBLEM}already-referred")
    await doors.step(first, "close", outcome="declined")
    second = await taken(doors, member("adult", f"{name}{other}", "ann", "1970-01-01"))
    assert (second["reference"], await names(doors, first)) == (first, [f"Ann {name} {one}"])


@pytest.mark.parametrize(
    ("forename", "surname", "born"),
    [
        ("Zo\u00eb", "", "1970-01-02"),
        ("{}", "Zoe", "1970-01-02"),
        ("Zoie", "", "1970-01-02"),
        ("Zoe", "", "1970-02-01"),
    ],
)
async def test_nearly_one_spelling(doors: Doors, name: str, forename: str, surname: str, born: str):
    """An accent, swapped names, a letter, or day and month swapped is a question: neither one family nor two."""
    first = (await taken(doors, member("adult", name, "Zoe", "1970-01-02")))["reference"]
    near = member("adult", surname or name, forename.format(name), born)
    (question,) = asked(await refer(doors, near))["questions"]
    assert question["reference"] == first
    assert (await taken(doors, near, answers=[said(first, "not-the-same", "twins")]))["reference"] != first


async def test_a_new_surname(doors: Doors, name: str):
    """Two forenames with their birthdays under another surname are asked about; one of them is chance."""
    grace, daniel = ("Grace", "1980-01-02"), ("Daniel", "2004-05-06")
    first = await taken(doors, member("adult", name, *grace), member("child", name, *daniel))
    married = doors.form()["members"][0]["surname"]
    problem = asked(await refer(doors, member("adult", married, *grace), member("child", married, *daniel)))
    assert [each["reference"] for each in problem["questions"]] == [first["reference"]]
    await taken(doors, member("adult", married, *grace))


async def household(doors: Doors, name: str) -> tuple[str, list[dict[str, str]], dict[str, str]]:
    """A family of three at an address; the mother and the daughter, and where they live now."""
    chance = Random(name)
    years = (1975 - chance.randint(0, 20), 1973 - chance.randint(0, 20), 2004)
    born = [f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}" for year in years]
    tess, rob = member("adult", name, "Tess", born[0]), member("adult", name, "Rob", born[1])
    mia = member("child", name, "Mia", born[2], upn=f"M{chance.randrange(10**12):012}")
    first = await taken(doors, tess, rob, mia, address="5 Safe Close", postcode="CH41 1AA")
    return first["reference"], [tess, mia], {"address": "77 New Road", "postcode": "CH42 2BB"}


async def test_a_household_parts(doors: Doors, name: str):
    """Mother and daughter at another address are asked about; as people who left they are a family of their own."""
    first, gone, new = await household(doors, name)
    problem = asked(await refer(doors, *gone, **new))
    assert problem["detail"] == (
        f"Tess {name} and Mia {name} are of {first}, but Rob {name} is not in this referral and the address is another"
    )
    second = await taken(doors, *gone, **new, answers=[said(first, "left", "moved-out")])
    assert second["reference"] != first
    assert await names(doors, second["reference"]) == [f"Tess {name}", f"Mia {name}"]
    exclusion = await told_by_school(doors, gone[1]["upn"], {"on": "2012-05-10", "type": "fixed"})
    assert await heard(doors, second["reference"], 1) == [(exclusion, "m2")]
    assert await heard(doors, first, 0) == []


async def test_a_child_of_two_households(doors: Doors, name: str):
    """What partners tell of a child who is of two families goes to the journey of each, once."""
    first, gone, new = await household(doors, name)
    second = (await taken(doors, *gone, **new, answers=[said(first, "also-of", "shared-care")]))["reference"]
    exclusion = await told_by_school(doors, gone[1]["upn"], {"on": "2012-05-10", "type": "fixed"})
    assert await heard(doors, first, 1) == [(exclusion, "m3")]
    assert await heard(doors, second, 1) == [(exclusion, "m2")]
    assert asked(await refer(doors, gone[1]), "people-of-two-families")
    again = await refer(doors, *gone, **new)
    assert (again.json()["type"], second in again.json()["detail"]) == (f"{PROBLEM}already-referred", True)


async def test_what_was_before_they_left(doors: Doors, name: str):
    """What is about a day before somebody left is their former family's too."""
    first, gone, new = await household(doors, name)
    second = await taken(doors, *gone, **new, answers=[said(first, "left", "moved-out")])
    before = await told_by_school(doors, gone[1]["upn"], {"on": "2012-04-30", "type": "fixed"})
    assert await heard(doors, first, 1) == [(before, "m3")]
    assert await heard(doors, second["reference"], 1) == [(before, "m2")]


async def test_twins_without_a_name(doors: Doors, name: str):
    """Two newborns without a name and with one birthday are two people, also when they are referred again."""
    told = [member("adult", name, "Jo", "1985-01-02"), *[member("child", name, "Baby", "2012-04-20")] * 2]
    first = await taken(doors, *told)
    assert await names(doors, first["reference"]) == [f"Jo {name}", f"Baby {name}", f"Baby (2) {name}"]
    await doors.step(first["reference"], "close", outcome="declined")
    second = await taken(doors, *told)
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{second['reference']}")).json()
    assert (second["reference"], [each["id"] for each in shown["journey"]["members"]]) == (
        first["reference"], ["m1", "m2", "m3"]
    )  # fmt: skip


async def test_already_referred_says_who(doors: Doors, name: str):
    """Of a family whose journey is open it is told who is known, and by what."""
    upn = "A310000000002"
    first = (await taken(doors, member("child", name, "Chloe", "2004-02-02", upn=upn)))["reference"]
    again = await refer(doors, member("child", name, "Chloe", "2004-02-02", upn=upn))
    assert again.json()["detail"] == (
        f"people of this family are already referred as {first} (open at referral, referred 2012-05-01):"
        f" Chloe {name} (name, date of birth and UPN)"
    )


async def test_a_silent_referral_forgets_nothing(doors: Doors, name: str):
    """A referral that gives no address and no number leaves those that are known."""
    told = member("adult", name, "Ann", "1970-01-01", nino="QQ123459A")
    first = (await taken(doors, told, address="1 Old Street", postcode="CH41 1AA"))["reference"]
    await doors.step(first, "close", outcome="declined")
    await taken(doors, member("adult", name, "Ann", "1970-01-01", nhs_number=nhs_number(330)))
    async with doors.client() as client:
        family = (await client.get(f"/v1/journeys/{first}")).json()["family"]
    assert family["address"]["lines"] == "1 Old Street"
    assert family["people"][0]["identifiers"] == {"nino": "QQ123459A", "nhs-number": nhs_number(330)}


async def test_answers_must_fit(doors: Doors, name: str):
    """An answer about no family, of no kind or without a reason is refused, and says what to do."""
    told = member("adult", name, "Ann", "1970-01-01")
    unknown = await refer(doors, told, answers=[said("F-2222-222D", "same-as")])
    assert unknown.status_code in {404, 422}, unknown.text
    assert (await refer(doors, told, answers=[{"reference": "F-2222-2222", "answer": "same-as"}])).status_code == 422
    known = await doors.referred()
    nobody = await refer(doors, told, answers=[said(known, "same-as")])
    assert (nobody.status_code, nobody.json()["type"]) == (409, f"{PROBLEM}contradicting-answers")


async def test_erasing_forgets_the_answers(doors: Doors, name: str):
    """When a family is erased nothing that was answered about it leads to it."""
    man = ("adult", name, "Mohammed", "1970-01-01")
    first = (await taken(doors, member(*man, nino="QQ123460A")))["reference"]
    second = await taken(doors, member(*man, nino="QQ123460B"), answers=[said(first, "not-the-same")])
    await doors.step(first, "close", outcome="declined")
    assert (await doors.step(first, "erase", reason="request")).status_code == 200
    async with doors.services.pool.acquire() as conn:
        assert await intake.answers_of(conn, second["reference"]) == []
        assert await conn.fetchval("SELECT count(*) FROM likenesses WHERE reference = $1", first) == 0


async def told_by_school(doors: Doors, upn: str, data: dict[str, Any]) -> str:
    """Tell of an exclusion; return its id as evidence."""
    secret = await doors.partner(SCHOOLS)
    one = event(SCHOOLS, "exclusion", f"upn:{upn}", data)
    body = json.dumps([one])
    async with doors.bare(signed(secret, body)) as partner:
        (receipt,) = (await partner.post("/v1/events", content=body)).json()["receipts"]
    assert receipt["outcome"] == "accepted", receipt
    return f"{SCHOOLS}:{one['id']}"


async def heard(doors: Doors, reference: str, count: int) -> list[tuple[str, str]]:
    """What is on a family's journey, once it is as much as that."""

    async def evidence() -> list[tuple[str, str]] | None:
        async with doors.client() as client:
            told = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]["evidence"]
        found = [(each["id"], each["member"]) for each in told]
        return (found or [()]) if len(found) == count else None

    found = await eventually(evidence)
    return [each for each in found if each]


async def imported(doors: Doors, rows: list[str], answers: Any = None, **params: Any) -> list[dict[str, Any]]:
    """Import rows of one adult each, with answers or without; return what became of each family."""
    data = "\r\n".join([HEADER, *rows, ""]).encode()
    body = json.dumps({"file": base64.b64encode(data).decode(), "answers": answers}).encode() if answers else data
    kind = "application/json" if answers else "text/csv"
    async with doors.client("coordinator") as client:
        answer = await client.post("/v1/imports", content=body, params=params, headers={"content-type": kind})
    assert answer.status_code == 200, answer.text
    return [line for line in map(json.loads, answer.text.splitlines()) if line["type"] == "family"]


def row(number: str, surname: str, nino: str) -> str:
    return f"{number},{surname},Mohammed,adult,1970-01-01,{nino},Leasowe,wirral-schools,2012-05-01,poverty"


async def test_two_of_one_name_in_a_file(doors: Doors, name: str):
    """A file may bring two people of one name: the second is a question, taken by an answer sent with the file."""
    rows = [row("M1", name, "QQ123461A"), row("M2", name, "QQ123461B")]
    first, second = await imported(doors, rows)
    assert [(line["outcome"], len(line["questions"])) for line in (first, second)] == [("taken", 0), ("refused", 1)]
    (fault,) = second["faults"]
    assert (fault["code"], f"M2,{first['reference']},ANSWER,WHY" in fault["remedy"]) == ("possible-match", True)
    answers = [said(first["reference"], "not-the-same", "other-number") | {"family_no": "M2"}]
    tried = await imported(doors, rows, answers, dry_run=True)
    done = await imported(doors, rows, answers)
    assert [line["outcome"] for line in tried + done] == ["already-taken", "taken"] * 2
    assert done[1]["reference"] != first["reference"]
    again = await imported(doors, [*rows, row("M3", name[::-1], "QQ123461C")])
    assert [line["outcome"] for line in again] == ["already-taken", "already-taken", "taken"]


async def test_a_body_that_is_no_import(doors: Doors):
    """Answers that do not fit are refused with the field, and so is a file that is not base64."""
    for body, what in (
        ({"file": "!"}, "file: not base64"),
        ({}, "file: it is missing"),
        ({"file": "", "answers": [{}]}, "answers.0."),
    ):
        async with doors.client("coordinator") as client:
            answer = await client.post("/v1/imports", json=body)
        assert (answer.status_code, answer.json()["detail"].startswith(what)) == (422, True), answer.text


async def test_a_second_referral_joins(doors: Doors, name: str):
    """Another partner's referral of an open family is kept on its journey, once, and the answer says so."""
    ann = member("adult", name, "Ann", "1970-01-01", nino="QQ123462A")
    first = await taken(doors, ann)
    baby = member("child", name, "Nell", "2012-04-01")
    again = await refer(doors, ann, baby, referrer="wirral-health", referred_on="2012-05-20", criteria=["poverty"])
    told = again.json()
    assert (again.status_code, told["reference"], told["happened"]) == (201, first["reference"], ["referral-joined"])
    assert told["remarks"] == [
        "known family: this referral joins its open journey, referred by wirral-schools 2012-05-01"
    ]
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{first['reference']}")).json()["journey"]
    assert shown["joined"] == [{"on": "2012-05-20", "referrer": "wirral-health", "criteria": ["poverty"]}]
    assert [each["id"] for each in shown["members"]] == ["m1", "m2"]
    assert await names(doors, first["reference"]) == [f"Ann {name}", f"Nell {name}"]
    third = await refer(doors, ann, referrer="wirral-health", referred_on="2012-05-25")
    assert (third.status_code, third.json()["type"]) == (409, f"{PROBLEM}already-referred")


async def test_a_second_referral_is_answered_the_same(doors: Doors, name: str):
    """The same key again is answered the same, also once the journey has gone on."""
    ann = member("adult", name, "Ann", "1970-01-01", nino="QQ123463A")
    await taken(doors, ann)
    form = doors.form(members=[ann], referrer="wirral-health")
    async with doors.client("coordinator") as client:
        first, second = [
            (await client.post("/v1/journeys", json=form, headers={"idempotency-key": f"join-{name}"})).json()
            for _ in range(2)
        ]
    assert first == second
    assert first["happened"] == ["referral-joined"]


async def test_a_partner_that_adds_somebody(doors: Doors, name: str):
    """The same partner's referral of an open family is taken where it is said that somebody joins the family."""
    ann = member("adult", name, "Ann", "1970-01-01", nino="QQ123464A")
    first = (await taken(doors, ann))["reference"]
    kay = member("adult", name, "Kay", "1971-03-04", nino="QQ123465A")
    joined = await taken(doors, ann, kay, answers=[said(first, "joins", "moved-in")])
    assert (joined["reference"], joined["happened"]) == (first, ["referral-joined"])


async def test_a_second_referral_in_a_file(doors: Doors, name: str):
    """A file's row of an open family that another partner refers joins it, and is taken already in a later file."""
    await imported(doors, [row("M1", name, "QQ123466A")])
    other = row("H1", name, "QQ123466A").replace("wirral-schools", "wirral-health")
    (tried,) = await imported(doors, [other], dry_run=True)
    (joined,) = await imported(doors, [other])
    again, _ = await imported(doors, [other, row("H2", name[::-1], "QQ123467A")])
    assert [line["outcome"] for line in (tried, joined, again)] == ["joined", "joined", "already-taken"]


async def test_evidence_goes_where_the_member_is(doors: Doors, name: str):
    """What is about somebody who is not on the family's newest journey goes to the one that they are on."""
    first, gone, _ = await household(doors, name)
    await doors.step(first, "close", outcome="declined")
    rob = (await people(doors, first))[1]
    told = member("adult", name, "Rob", rob["born"])
    await taken(doors, told, address="5 Safe Close", postcode="CH41 1AA")
    exclusion = await told_by_school(doors, gone[1]["upn"], {"on": "2012-05-10", "type": "fixed"})

    async def old() -> list[str]:
        async with doors.client() as client:
            shown = (await client.get(f"/v1/journeys/{first}", params={"journey": 1})).json()["journey"]
        return [each["id"] for each in shown["evidence"]]

    assert await eventually(old) == [exclusion]
    assert await heard(doors, first, 0) == []
