"""The OpenAPI document is true: what a generator of requests makes of it finds no answer that it does not describe."""

import asyncio
import hashlib
import os
import re
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.openapi.checks import RejectedPositiveData

from tests.doors import NOON, Doors, signed

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "8"))  # of each operation and mode; more by hand
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# What no schema can say is refused though the schema allows it: a day that has not come yet, a reference with a wrong
# check character, a cursor that we never told, each by a problem of its own; and by `bad-request` only these.
UNSAID = re.compile(r"control character|NUL|give a key_worker, or any|nothing says where|neither a telephone")
# A parameter that we do not know is passed over, and any text is a text, also one that was made from something else.
PASSED_OVER = re.compile(r"query: violates `(additionalProperties`|type` .* became (object|array))")
TEMPORAL = "/v1/doctor"  # looks into Temporal, which there is none of here: it says so, and looks at the rest
PARTNER = "wirral-schools"
SIGNED = {"/v1/events", "/v1/receipts", "/v1/events/{event_id}"}
GOOD = {
    "time": NOON.isoformat(),
    "type": "family-journeys.evidence.exclusion",
    "data": {"on": "2012-05-01", "type": "fixed"},
}
WHOLE = {"/v1/rebuild", "/v1/verify", "/v1/rearm"}  # over the whole journal: they take no input worth many cases


class Signs(AuthBase):
    """Signs a request as the partner, once it stands as it goes out."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put the signature on it."""
        body = request.body or ""
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        name = None if text else request.path_url
        if request.headers.get("content-type") == "application/json":
            told = sorted(
                f"{name.lower()}:{value}" for name, value in request.headers.items() if name.lower().startswith("ce-")
            )
            name = hashlib.sha256("\n".join(told).encode("latin-1")).hexdigest()
        fresh = signed(self._secret, text, name=name)
        request.headers.update({name: value for name, value in fresh.items() if name.startswith("webhook-")})
        return request


class Search:
    """Sends what is generated, and keeps count and whatever is wrong with the answers."""

    def __init__(self, address: str, token: str, secret: str, references: Sequence[str]) -> None:
        self._schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        self._headers = {"authorization": f"Bearer {token}"}
        self._references = references
        self._secret = secret
        self.cases: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self._mode = GenerationMode.POSITIVE
        self.outcomes: Counter[str] = Counter()
        self.findings: dict[str, str] = {}

    def run(self, *, temporal: bool) -> None:
        """Go through every operation, or through those that look into Temporal, which is away then."""
        for result in self._schema.get_all_operations():
            operation = result.ok()
            if operation.path.startswith(TEMPORAL) == temporal:
                for mode in MODES:
                    self._operation(operation, mode)

    def _operation(self, operation: APIOperation, mode: GenerationMode) -> None:
        self._mode = mode
        bounds = settings(
            max_examples=1 if operation.path in WHOLE else CASES * (4 if operation.path in SIGNED else 1),
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        test = bounds(given(case=operation.as_strategy(generation_mode=mode))(self._case))
        # What takes no input cannot be given a wrong one.
        with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
            test()

    def _signs(self, case: Case) -> Any:
        """Return what signs a partner's request, unless its headers are what is wrong with it on purpose."""
        if case.operation.path not in SIGNED:
            return None
        if case.meta and any(
            part.mode is GenerationMode.NEGATIVE for place, part in case.meta.components.items() if place == "header"
        ):
            return None
        case.headers["ce-source"] = f"/partners/{PARTNER}"
        for each in case.body if isinstance(case.body, list) else [case.body]:
            if isinstance(each, dict) and isinstance(each.get("source"), str):
                each["source"] = f"/partners/{PARTNER}"
                if self._mode is GenerationMode.POSITIVE and self.cases.total() % 2:
                    each.update(GOOD, id=uuid.uuid4().hex)  # else hardly one is agreed and of this century
        return Signs(self._secret)

    def _case(self, case: Case) -> None:
        label = case.operation.label
        self.cases[label] += 1
        if "reference" in case.path_parameters and self.cases[label] % 2:
            case.path_parameters["reference"] = self._references[self.cases[label] % len(self._references)]
        answer = case.call(headers=self._headers, auth=self._signs(case))
        self.statuses[answer.status_code] += 1
        self.outcomes.update(_outcomes(answer))
        try:
            case.validate_response(answer, headers=self._headers)
        except FailureGroup as group:
            for fault in group.exceptions:
                if not _known(fault, answer):
                    self.findings[f"{label}: {type(fault).__name__}"] = f"{fault}\n{case.as_curl_command()}"[:1500]


def _known(fault: Exception, answer: Response) -> bool:
    """Whether the answer is right though the check cannot know it."""
    match fault:
        case AcceptedNegativeData():
            return bool(PASSED_OVER.search(str(fault))) or "refused" in _outcomes(answer)
        case RejectedPositiveData():
            told = answer.json()
            return not told["type"].endswith(":bad-request") or bool(UNSAID.search(told["detail"]))
        case _:
            return False


def _outcomes(answer: Response) -> list[str]:
    """What became of each event, where events were sent: a batch is taken though one of it is refused."""
    told = answer.json()
    return [each["outcome"] for each in told.get("receipts", [])] if isinstance(told, dict) else []


@pytest.mark.slow(15)
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")  # the generator's own
async def test_nothing_is_found(doors: Doors, address: str, capsys: pytest.CaptureFixture[str]):
    """No generated request, good or bad, is answered in a way that the document does not tell."""
    references: list[Any] = [(await doors.allocated())[0], await doors.referred()]
    search = await asyncio.to_thread(Search, address, doors.token(), await doors.partner(PARTNER), references)
    await asyncio.to_thread(search.run, temporal=False)
    doors.engine.away = True
    try:
        await asyncio.to_thread(search.run, temporal=True)
    finally:
        doors.engine.away = False
    told = f"{len(search.cases)} operations, {search.cases.total()} cases, {dict(search.statuses)}"
    with capsys.disabled():
        print(f"\nschemathesis: {told}, events {dict(search.outcomes)}")  # noqa: T201
    assert not search.findings, "\n\n".join(f"{what}\n{told}" for what, told in search.findings.items())
    assert len(search.cases) > 40
    assert {"quarantined", "refused"} <= search.outcomes.keys(), "events came through the signature, and were judged"
