"""A family's story without names: nothing of the vault is in it, and the look is recorded for what it was."""

from tests.doors import Doors


async def test_a_story_without_names(doors: Doors):
    """With `names=false` nobody's name is told, even to one who may read names."""
    reference, _ = await doors.allocated()
    async with doors.client() as client:
        bare = (await client.get(f"/v1/journeys/{reference}", params={"names": False})).json()
        full = (await client.get(f"/v1/journeys/{reference}")).json()
    assert (bare["family"], full["family"] is None) == (None, False)


async def test_the_look_is_recorded_as_one_without_names(doors: Doors):
    """A look with `names=false` is kept as `story`, not as `story-with-names`."""
    reference, _ = await doors.allocated()
    async with doors.client() as client:
        await client.get(f"/v1/journeys/{reference}", params={"names": False})
        answer = await client.get(f"/v1/journeys/{reference}/views")
    assert ('"story"' in answer.text, "story-with-names" in answer.text) == (True, False)
