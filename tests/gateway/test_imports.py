"""A council's file through the staff door."""

import json
from pathlib import Path

from tests.doors import PROBLEM, Doors

SAMPLE = Path(__file__).parents[2] / "samples" / "referrals.csv"
HEADER = SAMPLE.read_bytes().split(b"\r\n")[0]
BAD = {42: "bad-date", 43: "missing", 44: "unknown-criterion", 95: "future-date", 96: "bad-nhs-number", 97: "missing"}
BAD_TOO = {98: "formula", 207: "repeated-row", 208: "person-in-other-family"}


async def send(doors: Doors, data: bytes, role: str = "coordinator"):
    async with doors.client(role) as client:
        return await client.post("/v1/imports", content=data, headers={"content-type": "text/csv"})


def lines(answer) -> list[dict]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson"), answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def csv_of(doors: Doors, *numbers: str) -> bytes:
    """A small file of families nobody knows."""
    rows = [
        f"{number},{doors.form()['members'][0]['surname']},Wren,adult,1978-04-18,,,,,,,,Leasowe,wirral-schools,2012-05-29,poverty"
        for number in numbers
    ]
    return b"\r\n".join([HEADER, *(row.encode() for row in rows), b""])


async def test_the_sample(doors: Doors):
    """Good families are taken, each bad row is told by line; the same file again changes nothing and says so."""
    first, again = lines(await send(doors, SAMPLE.read_bytes())), lines(await send(doors, SAMPLE.read_bytes()))
    assert (first[0]["type"], first[0]["families"], first[0]["rows"]) == ("plan", 58, 207)
    told = {
        fault["line"]: fault["code"] for line in first[1:-1] for fault in line["faults"] if fault["field"] != "referrer"
    }
    assert told == BAD | BAD_TOO
    assert first[-1] == {
        "type": "summary", "taken": 50, "joined": 0, "already_taken": 0, "differing": 0, "refused": 8,
        "refused_rows": 9, "changed": True
    }  # fmt: skip
    assert again[-1] == first[-1] | {"taken": 0, "already_taken": 50, "changed": False}
    assert [line["reference"] for line in again[1:-1]] == [line["reference"] for line in first[1:-1]]


async def test_goes_on_where_it_stopped(doors: Doors):
    """An import cut short by an outage says so, and the same file again takes the rest and nobody twice."""
    data, submit, count = csv_of(doors, "A1", "A2", "A3"), doors.engine.submit, iter((False, True))

    async def falling(*given):
        doors.engine.away = next(count, True)
        return await submit(*given)

    doors.engine.submit = falling
    try:
        cut = lines(await send(doors, data))
    finally:
        doors.engine.submit, doors.engine.away = submit, False
    assert [line["type"] for line in cut] == ["plan", "family", "interrupted"]
    rest = lines(await send(doors, data))
    assert [line["outcome"] for line in rest[1:-1]] == ["already-taken", "taken", "taken"]


async def test_known_from_elsewhere(doors: Doors):
    """A family known already that another partner refers joins its open journey, and its reference is named."""
    data = csv_of(doors, "B1")
    reference = lines(await send(doors, data))[1]["reference"]
    again = lines(await send(doors, data.replace(b"wirral-schools", b"wirral-health")))[1]
    assert (again["outcome"], again["reference"], again["faults"]) == ("joined", reference, [])


async def test_a_mended_file(doors: Doors):
    """The same referral in a file mended elsewhere is told as taken, with its reference, and changes nothing."""
    data = csv_of(doors, "B1")
    reference = lines(await send(doors, data))[1]["reference"]
    told = lines(await send(doors, data.replace(b"B1", b"B9")))
    assert (told[1]["outcome"], told[1]["reference"]) == ("already-taken", reference)
    assert told[-1]["changed"] is False


async def test_an_erased_familys_file(doors: Doors):
    """The file of a family that was erased is refused, tried out or sent, and nothing leads to the old reference."""
    data = csv_of(doors, "E1")
    reference = lines(await send(doors, data))[1]["reference"]
    assert (await doors.step(reference, "close", outcome="moved-away")).status_code == 200
    assert (await doors.step(reference, "erase", reason="request")).status_code == 200
    for params in ({"dry_run": True}, {}):
        async with doors.client() as client:
            answer = await client.post("/v1/imports", content=data, params=params)
        family = lines(answer)[1]
        assert (family["outcome"], [fault["code"] for fault in family["faults"]]) == ("refused", ["erased"])
        assert reference not in answer.text


async def test_bad_files(doors: Doors):
    """A file that cannot be read as a whole is refused as one problem, naming where."""
    for data, code in (
        (b"", "empty-file"),
        (HEADER, "empty-file"),
        (HEADER + b",Stra\xdfe\r\nA1,x", "not-utf-8"),
        (b"a,b\r\n1,2", "missing-columns"),
        (HEADER + b'\r\n"A1,x', "bad-csv"),
    ):
        answer = await send(doors, data)
        assert (answer.status_code, answer.json()["type"]) == (422, f"{PROBLEM}bad-file")
        assert answer.json()["faults"][0]["code"] == code


async def test_too_large(doors: Doors):
    """A body beyond the limit is refused."""
    answer = await send(doors, b"x" * (33 * 1024 * 1024))
    assert (answer.status_code, answer.json()["type"]) == (413, f"{PROBLEM}too-large")
