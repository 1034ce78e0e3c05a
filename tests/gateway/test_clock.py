"""The gateway tells the business clock to whoever asks."""

from tests.doors import NOON, Doors


async def test_the_clock_is_the_business_clock(doors: Doors):
    """Without a token, `/clock` tells the time of the stack, the day in Britain and the programme's nation."""
    async with doors.bare() as client:
        answer = await client.get("/clock")
    assert answer.json() == {"now": NOON.isoformat().replace("+00:00", "Z"), "today": "2012-06-01", "nation": "ENG"}
