"""The same or a later file: taken before, changed by choice, undone; what headings mean is remembered."""

import json
import uuid

import pytest

from tests.doors import PROBLEM, Doors
from tests.workbooks import workbook

pytestmark = pytest.mark.slow(8)

HEADINGS = "Family ID,Last name,First name,Adult/Child,DOB,Address,Post code,NHS No,Ward,Agency,Referral date,Reason"


class Council:
    """A council's monthly extract of families nobody knows, in the council's own words."""

    def __init__(self, doors: Doors, headings: str = HEADINGS) -> None:
        self.doors, self.headings = doors, headings
        self.mark = uuid.uuid4().hex[:8]
        self.surname = doors.form()["members"][0]["surname"]

    def row(
        self, number: str = "1", forename: str = "Ann", role: str = "Adult", born: str = "18/04/1978", **cells: str
    ) -> str:
        """A row of a person."""
        told = {
            "address": f"5 Safe Close {self.mark}",
            "ward": "Leasowe",
            "agency": "wirral-schools",
            "on": "29/05/2012",
        } | cells
        surname = cells.get("surname", self.surname)
        return (
            f"{self.mark}-{number},{surname},{forename},{role},{born},{told['address']},CH41 1ZZ,,"
            f"{told['ward']},{told['agency']},{told['on']},poverty"
        )

    async def send(self, *rows: str, **params: object) -> list[dict]:
        """Send rows as a file; return the lines of the answer."""
        data = "\r\n".join([self.headings, *rows]).encode()
        async with self.doors.client("coordinator") as client:
            answer = await client.post("/v1/imports", content=data, params=params)
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    async def undo(self, import_id: str, role: str = "manager", *, dry_run: bool = False):
        """Undo an import."""
        async with self.doors.client(role) as client:
            return await client.post(f"/v1/imports/{import_id}/undo", json={"dry_run": dry_run})


async def close(doors: Doors, reference: str, **body: object) -> None:
    assert (await doors.step(reference, "close", outcome="moved-away", **body)).status_code == 200


async def journeys(doors: Doors, reference: str) -> int:
    async with doors.client() as client:
        told = (await client.get(f"/v1/journeys/{reference}")).json()
    return len(told["earlier"]) + 1


async def test_a_cumulative_extract(doors: Doors):
    """A row that was taken, closed and comes again is taken already, in every later extract."""
    council = Council(doors)
    first, second = council.row("1"), council.row("2", "Bo", born="01/02/1980", surname=f"{council.surname}x")
    _, taken, _ = await council.send(first)
    await close(doors, taken["reference"])
    for extra in ((second,), (second, "", "Total,2")):
        answer = await council.send(first, *extra)
        assert (answer[1]["outcome"], answer[1]["reference"]) == ("already-taken", taken["reference"])
    assert await journeys(doors, taken["reference"]) == 1
    another = council.row("1", on="28/05/2012", agency="wirral-health")
    assert (await council.send(another))[1]["outcome"] == "already-taken"


async def test_a_later_referral_is_a_new_journey(doors: Doors):
    """A referral of after the last close is a new journey; one from before it, with a stranger, is a question."""
    council = Council(doors)
    reference = (await council.send(council.row(on="01/05/2012")))[1]["reference"]
    await close(doors, reference, on="2012-05-20")
    stranger = council.row(forename="Zed", role="child", born="01/02/2005", on="02/05/2012")
    asked = (await council.send(council.row(on="02/05/2012"), stranger))[1]
    assert (asked["outcome"], asked["faults"][0]["code"]) == ("refused", "before-last-close")
    again = (await council.send(council.row(on="29/05/2012")))[1]
    assert (again["outcome"], again["reference"]) == ("taken", reference)
    assert await journeys(doors, reference) == 2


async def test_changed_rows(doors: Doors):
    """What a later file says otherwise is told field by field; addresses are changed where that is asked for."""
    council = Council(doors)
    child = {"forename": "Mia", "role": "Child", "born": "01/02/2005"}
    reference = (await council.send(council.row(), council.row(**child)))[1]["reference"]
    later = (council.row(address="77 New Road"), council.row(**child | {"born": "02/01/2005"}, address="77 New Road"))
    for dry in ("true", "false"):
        changed = (await council.send(*later, dry_run=dry))[1]
        assert (changed["outcome"], changed["reference"]) == ("changed", reference)
        assert [(one["field"], one["held"], one["said"], one["applied"]) for one in changed["changes"]] == [
            ("address", f"5 Safe Close {council.mark}", "77 New Road", False),
            ("date_of_birth", "2005-02-01", "2005-01-02", False),
        ]
    answer = await council.send(*later, apply_changes="true")
    assert [one["applied"] for one in answer[1]["changes"]] == [True, False]
    assert (answer[-1]["differing"], answer[-1]["changed"]) == (1, True)
    left = await council.send(*later, apply_changes="true")
    assert [(one["field"], one["applied"]) for one in left[1]["changes"]] == [("date_of_birth", False)]
    async with doors.services.pool.acquire() as conn:
        family = await doors.services.vault.read_family(conn, reference)
    assert (family.address.lines, family.address.postcode) == ("77 New Road", "CH41 1ZZ")


async def test_a_changed_referral(doors: Doors):
    """By choice the newest referral is corrected as the file has it; what is refused says why and stays as it was."""
    council = Council(doors)
    reference = (await council.send(council.row()))[1]["reference"]
    changed = council.row(ward="Seacombe", on="28/05/2012")
    told = (await council.send(changed, apply_changes="true"))[1]
    assert [(one["field"], one["held"], one["said"], one["applied"]) for one in told["changes"]] == [
        ("locality", "Leasowe", "Seacombe", True),
        ("referred_on", "2012-05-29", "2012-05-28", True),
    ]
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{reference}")).json()["journey"]
    assert (shown["locality"], shown["referred_on"]) == ("Seacombe", "2012-05-28")
    assert (await council.send(changed))[1]["outcome"] == "already-taken"
    assert (
        await doors.step(reference, "identify", criteria=["poverty", "addiction"], on="2012-05-29")
    ).status_code == 200
    later = (await council.send(council.row(ward="Seacombe", on="30/05/2012"), apply_changes="true"))[1]["changes"][0]
    assert (later["field"], later["applied"], later["how"][:30]) == (
        "referred_on",
        False,
        "nothing: 2012-05-30 is after t",
    )


async def test_an_import_is_undone(doors: Doors):
    """A dry run tells it; undone, journeys are closed as opened in error and the people gone; the file is new again."""
    council = Council(doors)
    rows = [council.row("1"), council.row("2", "Bo", born="01/02/1980", surname=f"{council.surname}x")]
    plan, one, two, _ = await council.send(*rows)
    references = [one["reference"], two["reference"]]
    dry = (await council.undo(plan["import_id"], dry_run=True)).json()
    assert (dry["undone"], dry["left"], dry["dry_run"]) == (2, 0, True)
    assert (await council.send(*rows))[-1]["already_taken"] == 2
    done = (await council.undo(plan["import_id"])).json()
    assert {each["reference"]: each["outcome"] for each in done["families"]} == dict.fromkeys(references, "undone")
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{references[0]}")).json()["journey"]
    assert (shown["outcome"], shown["erased_for"]) == ("opened-in-error", "opened-in-error")
    again = (await council.undo(plan["import_id"])).json()
    assert [each["outcome"] for each in again["families"]] == ["already-undone"] * 2
    fresh = await council.send(*rows)
    assert [each["outcome"] for each in fresh[1:3]] == ["taken", "taken"]
    assert not {each["reference"] for each in fresh[1:3]} & set(references)
    assert fresh[0]["seen_before"] is False
    assert (await council.send(*rows))[-1]["already_taken"] == 2
    once_more = (await council.undo(plan["import_id"])).json()
    assert (once_more["undone"], (await council.send(*rows))[-1]["taken"]) == (2, 2)


async def test_what_happened_since_is_left(doors: Doors):
    """Families to which anything else has happened are named with it, and left as they are."""
    council = Council(doors)
    rows = [
        council.row(str(number), forename, born="01/02/1980", surname=f"{council.surname}{'x' * number}")
        for number, forename in enumerate(("Bo", "Cyrus", "Delilah"))
    ]
    plan, *families, _ = await council.send(*rows)
    families_in_order = [family["reference"] for family in families]
    worked, closed, _ = families_in_order
    assert (await doors.step(worked, "consent", basis="consent")).status_code == 200
    await close(doors, closed)
    told = (await council.undo(plan["import_id"])).json()
    told["families"].sort(key=lambda each: families_in_order.index(each["reference"]))
    assert [(each["outcome"], each["reason"]) for each in told["families"]] == [
        ("left", "since then: consent-recorded"),
        ("left", "since then: journey-closed"),
        ("undone", ""),
    ]
    assert told["families"][0]["remedy"] == f"see it: journeys show {worked}"
    assert (told["undone"], told["left"]) == (1, 2)


async def test_a_family_known_before_keeps_its_people(doors: Doors):
    """Of a family that was known, only the journey of the import is undone; the same file is new again after it."""
    council = Council(doors)
    reference = (await council.send(council.row(on="01/05/2012")))[1]["reference"]
    await close(doors, reference, on="2012-05-20")
    later = council.row(on="29/05/2012")
    plan, taken, _ = await council.send(later)
    told = (await council.undo(plan["import_id"])).json()["families"][0]
    assert (told["outcome"], "known before" in told["reason"]) == ("undone", True)
    assert (await council.undo(plan["import_id"])).json()["families"][0]["outcome"] == "already-undone"
    again = (await council.send(later))[1]
    assert (again["outcome"], again["reference"], taken["reference"]) == ("taken", reference, reference)
    assert await journeys(doors, reference) == 3


async def test_who_may_undo_what(doors: Doors):
    """A manager undoes an import that there is; nobody else, and nothing else."""
    council = Council(doors)
    plan = (await council.send(council.row()))[0]
    assert (await council.undo(plan["import_id"], "coordinator")).status_code == 403
    for wrong in ("0123", "f" * 12, "not-an-import"):
        answer = await council.undo(wrong)
        assert (answer.status_code, answer.json()["type"]) == (404, f"{PROBLEM}unknown-import")


async def test_headings_are_remembered(doors: Doors):
    """What a heading means is kept for the partner of the file: its next file needs no word of it."""
    words = HEADINGS.replace("Referral date", f"Key day {uuid.uuid4().hex[:6]}").replace("Ward", "Zone")
    key = words.split(",")[10]
    council = Council(doors, words)
    maps = [f"{key}=referred_on", "Zone=locality"]
    first = await council.send(council.row(agency="wirral-health"), map=maps)
    assert (first[0]["headings_of"], first[1]["outcome"]) == ("wirral-health", "taken")
    assert first[0]["mapped_columns"][key] == "referred_on"
    other = Council(doors, words)
    second = await other.send(other.row(agency="wirral-health"))
    assert (second[0]["headings_of"], second[1]["outcome"]) == ("wirral-health", "taken")
    named = await other.send(other.row(agency="wirral-health"), referrer="wirral-health")
    assert named[0]["headings_of"] == "wirral-health"
    async with doors.client("coordinator") as client:
        content = f"{words}\n{other.row(agency='wirral-schools')}".encode()
        answer = await client.post("/v1/imports", content=content)
    assert (answer.status_code, "Zone" in answer.json()["faults"][0]["reason"]) == (422, True)


async def test_headings_of_several_partners(doors: Doors):
    """Of a file with rows of several partners the headings are kept too, for files that no one partner's fit."""
    key = f"Day {uuid.uuid4().hex[:6]}"
    council = Council(doors, HEADINGS.replace("Referral date", key))
    rows = [council.row("1"), council.row("2", surname=f"{council.surname}x", agency="wirral-health")]
    dry = await council.send(*rows, map=f"{key}=referred_on", dry_run="true")
    assert dry[0]["headings_of"] is None
    assert (await council.send(*rows, map=f"{key}=referred_on"))[0]["headings_of"] == ""
    assert (await council.send(*rows))[0]["headings_of"] == ""


async def test_maps_that_are_none(doors: Doors):
    """A map that is not one, or of a column or heading that is not there, is refused with what is."""
    council = Council(doors)
    for maps, says in (
        ("DOB", "HEADING=column"),
        ("=surname", "HEADING=column"),
        ("DOB=birthday", "birthday is not one of our columns"),
        ("Colour=surname", "no heading of the file is Colour"),
        ([f"a{n}=surname" for n in range(61)], "the most is 60"),
    ):
        async with doors.client("coordinator") as client:
            content = f"{HEADINGS}\n{council.row()}".encode()
            answer = await client.post("/v1/imports", content=content, params={"map": maps})
        assert (answer.status_code, says in answer.json()["detail"]) == (422, True), answer.json()


async def test_records_come_back(doors: Doors):
    """Asked for, every record of the file comes back as it stood, with its line."""
    council = Council(doors)
    told = await council.send("", council.row(), records="true")
    assert [(line["line"], line["cells"][0]) for line in told if line["type"] == "record"] == [
        (1, "Family ID"),
        (3, f"{council.mark}-1"),
    ]
    assert told[-2]["lines"] == [3]


async def test_a_workbook_with_text_days_serials_and_failed_formulas(doors: Doors):
    """A workbook's text days, day numbers and real days are days; a failed formula is refused by its name."""
    council = Council(doors)
    words = HEADINGS.split(",")
    rows = [council.row(str(n), surname=f"{council.surname}{'x' * n}").split(",") for n in range(3)]
    rows[1][4], rows[2][7] = 32874, "#N/A"
    data = workbook({"R": [["Referrals of May"], words, *rows, ["Total", 3]]})
    async with doors.client("coordinator") as client:
        answer = await client.post("/v1/imports", content=data)
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["outcome"] for line in told[1:-1]] == ["taken", "taken", "refused"]
    assert (told[0]["lines_above"], told[0]["total_lines"]) == ([1], [6])
    fault = told[3]["faults"][0]
    assert (fault["code"], fault["field"], fault["value"]) == ("formula-error", "nhs_number", "#N/A")


async def test_twins_without_a_name_are_two(doors: Doors):
    """Two unnamed newborns are two members, by file and by form; a person named twice in a form is refused."""
    council = Council(doors)
    baby = council.row(forename="Baby", role="child", born="20/05/2012")
    taken = (await council.send(council.row(), baby, baby))[1]
    assert (taken["outcome"], len(taken["notes"])) == ("taken", 1)
    async with doors.client() as client:
        shown = (await client.get(f"/v1/journeys/{taken['reference']}")).json()
        assert len(shown["journey"]["members"]) == 3
        form = doors.form()
        form["members"].append(form["members"][1])
        answer = await client.post("/v1/journeys", json=form)
    assert (answer.status_code, answer.json()["faults"][0]["code"]) == (422, "repeated-row")
    again = (await council.send(council.row(), baby, baby, "Total,3"))[1]
    assert (again["outcome"], again["reference"]) == ("already-taken", taken["reference"])
