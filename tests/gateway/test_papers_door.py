"""What is printed of a family, through the staff door: chronology, summary and genogram, with names as roles allow."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from tests.doors import Doors
from tests.gateway.erasable import WRITTEN, erase, written_up
from tests.gateway.test_merging_door import BOTH, again, done, first, name, upn

__all__ = ["name"]

SVG = "{http://www.w3.org/2000/svg}"


async def paper(doors: Doors, reference: str, name: str, role: str = "manager", **params: Any) -> Any:
    """Ask for one of the papers."""
    async with doors.client(role, "ann") as client:
        return await client.get(f"/v1/journeys/{reference}/{name}", params=params)


@pytest.fixture
async def family(doors: Doors) -> str:
    """A family with everything in its case file, and two members who are related."""
    reference = await doors.referred()
    await written_up(doors, reference)
    related = {"member_id": "m1", "relation": "parent-of", "to_member_id": "m2"}
    assert (await doors.step(reference, "case/add-relationship", **related)).status_code == 200
    for day, score in (("2012-05-02", 2), ("2012-06-01", 6)):
        scale = {"need": "poverty", "score": score, "on": day}
        assert (await doors.step(reference, "case/set-scale", **scale)).status_code == 200
    return reference


async def test_the_chronology_has_words_for_who_may_read_names(doors: Doors, family: str):
    """A manager reads what was written beside each row; an auditor the same rows without words and names."""
    told = {role: (await paper(doors, family, "chronology", role)).json() for role in ("manager", "auditor")}
    said = {role: [row["text"] for row in answer["rows"] if row["text"]] for role, answer in told.items()}
    assert (len(said["manager"]), said["auditor"], told["auditor"]["people"]) == (6, [], {})
    assert all(WRITTEN in text for text in said["manager"])
    assert [row["type"] for row in told["manager"]["rows"]] == [row["type"] for row in told["auditor"]["rows"]]
    heard = [
        next(row["what"] for row in told[role]["rows"] if row["type"] == "voice-recorded")
        for role in ("manager", "auditor")
    ]
    assert (heard[0].startswith("Toni"), heard[1]) == (True, "m2 was heard")
    assert told["manager"]["people"]["m2"].startswith("Toni")


async def test_the_chronology_goes_over_every_journey(doors: Doors):
    """A second journey of the family is in the same chronology."""
    form = doors.form()
    reference = await doors.referred(**form)
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    assert await doors.referred(**form) == reference
    told = (await paper(doors, reference, "chronology")).json()
    assert (told["journeys"], {row["number"] for row in told["rows"]}) == ([1, 2], {1, 2})


async def test_the_summary_says_what_was_done_and_what_remains(doors: Doors, family: str):
    """Closed, the journey is summed up: outcome, how far a need came, which action is left."""
    done = {"entry": "A1", "how": "done"}
    second = {"need": "poverty", "owner": "key-worker", "due_on": "2012-06-20", "do": "debt-advice"}
    assert (await doors.step(family, "case/add-action", **second)).status_code == 200
    assert (await doors.step(family, "case/close-action", **done)).status_code == 200
    assert (await doors.step(family, "close", outcome="moved-away")).status_code == 200
    told = (await paper(doors, family, "summary")).json()
    assert (told["stage"], told["outcome"], told["meetings"]) == ("closed", "moved-away", 1)
    assert [(each["first"], each["latest"], each["gained"]) for each in told["distances"]] == [(2, 6, 4)]
    assert ([each["id"] for each in told["remaining"]], told["unanswered"]) == (["A2"], [])
    assert told["heard"] == {"m2": "2012-06-01"}


async def test_the_genogram_is_drawn_with_names_by_choice(doors: Doors, family: str):
    """It is SVG with a box for each member and a line for each relationship; names only for who may read them."""
    plain = await paper(doors, family, "genogram", "auditor")
    assert (plain.status_code, plain.json()["names"]) == (200, False)
    drawn = ET.fromstring(plain.json()["svg"])  # noqa: S314 - our own
    assert (len(drawn.findall(f"{SVG}path")), "Toni" in plain.text, ">m2<" in plain.text) == (1, False, True)
    assert "Toni" in (await paper(doors, family, "genogram", names=True)).text
    assert (await paper(doors, family, "genogram", "auditor", names=True)).status_code == 403


async def test_an_auditor_reads_no_name_and_no_birth(doors: Doors, family: str):
    """Neither case file nor chronology nor summary says who somebody is, or when they were born, to an auditor."""
    for each in ("case", "chronology", "summary", "genogram"):
        told = {role: (await paper(doors, family, each, role)).text for role in ("manager", "auditor")}
        found = [word for word in ("Toni", "Wren", "1999-10-05", "1978-04-18", WRITTEN) if word in told["auditor"]]
        assert (found, each == "genogram" or "Toni" in told["manager"]) == ([], True)


async def test_each_paper_is_a_look(doors: Doors, family: str):
    """Chronology, summary and genogram are on the list of who looked at the family."""
    for each in ("chronology", "summary", "genogram"):
        await paper(doors, family, each)
    async with doors.client() as client:
        looks = (await client.get(f"/v1/journeys/{family}/views")).json()
    assert [row["what"] for row in looks[:3]] == ["case", "summary-with-names", "chronology-with-names"]


async def test_of_an_erased_family_they_say_no_word(doors: Doors, family: str):
    """After the erasure the rows are there without a word or a name."""
    assert (await doors.step(family, "close", outcome="moved-away")).status_code == 200
    assert (await erase(doors, family)).status_code == 200
    for each in ("chronology", "summary", "genogram", "case"):
        answer = await paper(doors, family, each, names=True)
        assert (answer.status_code, WRITTEN in answer.text, "Toni" in answer.text) == (200, False, False)


async def test_families_that_are_one_have_one_chronology(doors: Doors, name: str):
    """Rows of a merged family stand beside those of the one that goes on, each with its own people's names and texts.

    A concern about the merged family is answered at its reference, and until then neither is erased.
    """
    kept = await first(doors, name, upn())
    other = await again(doors, name, kept, upn())
    for reference, child in ((kept, "Mia"), (other, "Leo")):
        said = {"member_id": "m2", "text": f"{child} was heard."}
        assert (await doors.step(reference, "case/record-voice", **said)).status_code == 200
    concern = {"kind": "missing", "to": await doors.receiver()}
    assert (await doors.step(other, "case/raise-concern", **concern)).status_code == 200
    await done(doors, f"{kept}/merge", family=other, same=[{"member": "m1", "here": "m1"}], **BOTH)
    told = (await paper(doors, kept, "chronology")).json()
    heard = [
        (row["reference"], row["what"], row["who"], row["text"])
        for row in told["rows"]
        if row["type"] == "voice-recorded"
    ]
    assert sorted(heard) == sorted(
        [(kept, "Mia was heard", "Mia", "Mia was heard."), (other, "Leo was heard", "Leo", "Leo was heard.")]
    )
    assert (told["merged"], (await paper(doors, kept, "case")).json()["merged"]) == ([other], [other])
    assert (await doors.step(kept, "close", outcome="moved-away")).status_code == 200
    refused = (await erase(doors, kept)).json()
    assert f"journeys concern answer {other} C1" in refused["remedy"]
    assert (await doors.step(other, "case/answer-concern", entry="C1", answer="advice-given")).status_code == 200
    erased = await erase(doors, kept, despite_claims=True)
    assert erased.status_code == 200, erased.text
    assert "was heard." not in (await paper(doors, kept, "chronology")).text


async def test_what_is_spelled_like_a_member_is_no_member(doors: Doors):
    """A key worker called kw-m2 stays so in the chronology, and is not read as the second member."""
    reference, worker = await doors.referred(), await doors.worker("kw-m2")
    assert (await doors.step(reference, "identify", criteria=["poverty", "addiction"])).status_code == 200
    assert (await doors.step(reference, "allocate", key_worker=worker)).status_code == 200
    rows = (await paper(doors, reference, "chronology")).json()["rows"]
    assert [row["what"] for row in rows if row["type"] == "key-worker-allocated"] == ["Key worker: kw-m2"]
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
