"""Every route, those of tomorrow too, asked strangely: whatever is sent, the answer says what is wrong with it."""

import json
import re
from typing import Any

import pytest

from tests.doors import Doors
from tests.gateway.test_every_role import guarded

OURS = 500
AWAY = 503  # said where there is no Temporal behind the engine of these tests
PLACES = ("%00", "%ff%fe", "%D9%A1", "..%2F..%2Fetc%2Fpasswd", "x" * 3000)
SIGNS = ("\x00", "\ud800", "\uff1d1", "A" * 60_000, "")
VALUES: tuple[Any, ...] = (None, -1, 10**400, 1e308, [None], {"a": {}}, ["\x00"], "9999-12-31", "0001-01-01", *SIGNS)


def bodies(fields: list[str]) -> list[str]:
    """Bodies that are no object, and objects with each strange value in each field and in all."""
    whole = ["null", "{", "[" * 5000, '{"a":NaN}', '{"\\u0000": 1}']
    each = [json.dumps(dict.fromkeys(fields, value)) for value in VALUES]
    return whole + each


@pytest.mark.slow(12)
async def test_no_request_is_a_fault_of_ours(doors: Doors):
    """No route answers 500 to a strange address, question or body."""
    reference, _ = await doors.allocated()
    faults = []
    async with doors.client() as client:
        for route, method, _ in guarded(doors):
            fields = [name for body in route.dependant.body_params[:1] for name in _fields(body)]
            names = [one.alias for one in route.dependant.query_params]
            good = re.sub(r"{\w+(:path)?}", "none", route.path.replace("{reference}", reference))
            asked: list[tuple[str, dict[str, Any]]] = []
            if "{" in route.path:
                asked += [(re.sub(r"{\w+(:path)?}", place, route.path), {}) for place in PLACES]
            if method != "GET":
                asked += [(good, {"content": body.encode("utf-8", "surrogatepass")}) for body in bodies(fields)]
            asked += [
                (good, {"params": dict.fromkeys(names, sign[:2000])}) for sign in SIGNS if names and sign != "\ud800"
            ]
            for address, more in asked:
                answer = await client.request(method, address, headers={"content-type": "application/json"}, **more)
                if answer.status_code >= OURS and answer.status_code != AWAY:
                    faults.append((method, route.path, address[:60], str(more)[:200], answer.text[:200]))
    assert faults == []


def _fields(body: Any) -> list[str]:
    """The fields of a body's model, as they are spelled."""
    told = getattr(body.field_info.annotation, "model_fields", {})
    return [one.alias or name for name, one in told.items()]
