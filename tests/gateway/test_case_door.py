"""The case file through the staff door: recorded by who may work with the family, read as roles allow."""

import logging
from typing import Any

import pytest

from domain.errors import Rejected
from domain.journey import commands as c
from tests.doors import NOON, PROBLEM, Doors
from tests.gateway.erasable import WRITTEN, erase, everything, written_up


async def case(doors: Doors, reference: str, role: str = "manager", name: str = "ann", **params: Any) -> dict[str, Any]:
    """Read the case file."""
    async with doors.client(role, name) as client:
        answer = await client.get(f"/v1/journeys/{reference}/case", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def family(doors: Doors) -> tuple[str, str]:
    """A family held by a key worker, with every kind of text in its case file."""
    reference, worker = await doors.allocated()
    await written_up(doors, reference)
    yield reference, worker
    await doors.free_places()


async def test_words_are_read_by_who_may_read_names(doors: Doors, family: tuple[str, str]):
    """A manager and the family's own key worker read what was said; an auditor sees codes and days only."""
    reference, worker = family
    for role, name, words in (("manager", "ann", True), ("key-worker", worker, True), ("auditor", "aud", False)):
        told = await case(doors, reference, role, name)
        said = [told["notes"][0]["text"], told["voices"][0]["text"], told["concerns"][0]["answer_text"]]
        assert (told["words"], [WRITTEN in (text or "") for text in said]) == (words, [words] * 3)
        assert (told["family"] is not None, told["notes"][0]["about"]) == (words, "visit")


async def test_each_read_is_kept(doors: Doors, family: tuple[str, str]):
    """Who read the case file, with words or without, is on the list of looks."""
    reference, _ = family
    await case(doors, reference)
    await case(doors, reference, "auditor", "aud")
    async with doors.client() as client:
        looks = (await client.get(f"/v1/journeys/{reference}/views")).json()
    assert [(row["actor"], row["what"]) for row in looks[:2]] == [
        ("auditor:aud", "case"),
        ("manager:ann", "case-with-names"),
    ]


async def test_no_text_is_stored_in_clear(doors: Doors, caplog: pytest.LogCaptureFixture):
    """No table, no log line and no event holds what was written, while the family is there."""
    reference = await doors.referred()
    with caplog.at_level(logging.DEBUG):
        await written_up(doors, reference)
        await case(doors, reference)
    assert WRITTEN not in await everything(doors)
    assert WRITTEN not in caplog.text
    async with doors.client() as client:
        assert WRITTEN not in (await client.get(f"/v1/journeys/{reference}")).text


async def test_no_word_of_a_text_is_looked_up(doors: Doors, family: tuple[str, str]):
    """What families are found by is made of names and addresses: a word of a note finds nobody."""
    async with doors.client() as client:
        found = (await client.post("/v1/find", json={"text": WRITTEN})).json()
    assert found["found"] == []


async def test_a_withdrawn_note_loses_its_text(doors: Doors, family: tuple[str, str]):
    """It stays on the list with the reason; its words are deleted from the vault."""
    reference, _ = family
    assert (await doors.step(reference, "case/withdraw-entry", entry="N1", reason="other-family")).status_code == 200
    note = (await case(doors, reference))["notes"][0]
    assert (note["withdrawn"], note["text"]) == ("other-family", None)
    rows = await doors.services.pool.fetch("SELECT entry FROM texts WHERE reference = $1", reference)
    assert "N1" not in {row["entry"] for row in rows}


async def test_a_step_sent_twice_is_recorded_once(doors: Doors):
    """The same note under the same key gets the same answer, though it is sealed anew; another text is refused."""
    reference = await doors.referred()
    async with doors.client() as client:
        url, headers = f"/v1/journeys/{reference}/case/add-note", {"idempotency-key": "a-note-sent-twice-0001"}
        note = {"about": "call", "text": "She rang.", "on": "2012-06-01"}
        first, second = [(await client.post(url, json=note, headers=headers)).json() for _ in range(2)]
        other = await client.post(url, json=note | {"text": "He rang."}, headers=headers)
    assert (first, other.json()["type"]) == (second, f"{PROBLEM}command-id-reused")
    assert len((await case(doors, reference))["notes"]) == 1


async def test_a_key_worker_writes_up_a_family_of_their_own(doors: Doors, family: tuple[str, str]):
    """The holder records a note, under their own name."""
    reference, worker = family
    note = {"about": "call", "text": "She rang."}
    assert (await doors.step(reference, "case/add-note", role="key-worker", name=worker, **note)).status_code == 200
    assert (await case(doors, reference))["notes"][-1]["by"] == f"key-worker:{worker}"


async def test_who_is_offered_the_family_reads_before_they_answer(doors: Doors, family: tuple[str, str]):
    """A key worker with an open offer reads the case file, words included, and records nothing yet."""
    reference, other = family[0], await doors.worker()
    assert (await doors.step(reference, "offer-handover", to=other)).status_code == 200
    assert (await case(doors, reference, "key-worker", other))["words"]
    note = {"about": "call", "text": "Hm."}
    answer = await doors.step(reference, "case/add-note", role="key-worker", name=other, **note)
    assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEM}not-allowed")


async def test_only_who_works_with_the_family_records(doors: Doors, family: tuple[str, str]):
    """A key worker who does not hold it, an auditor and an analyst are refused, reading and writing."""
    reference, _ = family
    for role in ("key-worker", "auditor", "analyst"):
        answer = await doors.step(reference, "case/add-note", role=role, name="lee", about="call", text="Hm.")
        assert (answer.status_code, answer.json()["type"]) == (403, f"{PROBLEM}not-allowed")
    async with doors.client("key-worker", "lee") as client:
        assert (await client.get(f"/v1/journeys/{reference}/case")).status_code == 403


async def test_a_concern_needs_somebody_who_may_read_it(doors: Doors):
    """A key worker, or nobody we know, cannot be given a concern; the refusal names who can."""
    reference, worker, manager = await doors.referred(), await doors.worker(), await doors.receiver()
    for name in (worker, "nobody"):
        answer = await doors.step(reference, "case/raise-concern", kind="neglect", to=name)
        assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}no-receiver")
        assert manager in answer.json()["remedy"]


async def test_a_concern_is_seen_by_its_receiver_at_once(doors: Doors, family: tuple[str, str]):
    """It stands first in what its receiver has to do today, until it is answered."""
    reference, _ = family
    told = {"kind": "missing", "to": "mo", "member_id": "m2"}
    assert (await doors.step(reference, "case/raise-concern", **told)).status_code == 200
    async with doors.client("manager", "mo") as client:
        items = (await client.get("/v1/today", params={"team": None, "limit": 1000})).json()["items"]
        mine = [row for row in items if row["reference"] == reference and row["section"] == "concern"]
        assert [(row["what"], row["waits_for"]) for row in mine] == [("concern-answer C2", "mo")]
        assert items[0]["section"] == "concern"


async def test_text_is_bounded_and_readable(doors: Doors):
    """A text beyond its bound, an empty one, or one with control characters is refused, naming the field."""
    reference = await doors.referred()
    for text in ("x" * 10_001, "", "a\x07b"):
        answer = await doors.step(reference, "case/add-note", about="call", text=text)
        assert (answer.status_code, "text" in answer.text) == (422, True)
    full = "\U0001f600" * 10_000  # four bytes each: as much as there can be
    assert (await doors.step(reference, "case/add-note", about="call", text=full)).status_code == 200
    assert (await case(doors, reference))["notes"][0]["text"] == full


async def test_an_earlier_journey_keeps_what_is_its_own(doors: Doors):
    """A concern is answered where it waits, and a visit before the close is written up there by its number."""
    form = doors.form()
    reference, receiver = await doors.referred(**form), await doors.receiver()
    assert (await doors.step(reference, "case/raise-concern", kind="neglect", to=receiver)).status_code == 200
    closed = await doors.step(reference, "close", outcome="moved-away")
    assert closed.json()["explanation"] == ["concerns that still wait for an answer: C1"]
    assert await doors.referred(**form) == reference
    assert (await doors.step(reference, "case/answer-concern", entry="C1", answer="advice-given")).status_code == 200
    note = {"about": "visit", "text": "Late.", "journey": 1}
    assert (await doors.step(reference, "case/add-note", **note)).status_code == 200
    earlier, newest = await case(doors, reference, journey=1), await case(doors, reference)
    assert (earlier["concerns"][0]["answer"], len(earlier["notes"]), newest["notes"]) == ("advice-given", 1, [])


@pytest.mark.parametrize("sealed", ["AQ==", "not base64!", "AQ" * 40])
async def test_what_nobody_of_ours_sealed_holds_up_nothing(doors: Doors, sealed: str):
    """A command whose text does not open is answered as unreadable; the next one of the family is carried out."""
    reference = await doors.referred()
    told = {"command_id": f"staff:{reference}:{sealed}", "at": NOON, "actor": "manager:ann", "on": NOON.date()}
    wrong = c.AddNote(**told, about="call", personal=c.Personal(sealed=sealed, digest="d"))
    with pytest.raises(Rejected) as refused:
        await doors.services.engine.submit(f"journey:wirral:{reference}:1", wrong)
    assert refused.value.code == "unreadable"
    assert (await doors.step(reference, "case/add-note", about="call", text="Fine.")).status_code == 200


async def test_a_family_is_not_erased_while_a_concern_waits(doors: Doors):
    """Closed or not, on whichever journey: the refusal says to answer it first."""
    form = doors.form()
    reference, receiver = await doors.referred(**form), await doors.receiver()
    assert (await doors.step(reference, "case/raise-concern", kind="missing", to=receiver)).status_code == 200
    for again in (True, False):
        assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
        refused = await erase(doors, reference)
        assert (refused.status_code, refused.json()["type"]) == (409, f"{PROBLEM}concern-open")
        assert not again or await doors.referred(**form) == reference
    assert (await doors.step(reference, "case/answer-concern", entry="C1", answer="advice-given")).status_code == 200
    assert (await erase(doors, reference)).status_code == 200
