"""The OpenAPI document is true: what a generator of requests makes of it finds no answer that it does not describe."""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.doors import Doors

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "8"))  # of each operation and mode; more by hand
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# Who gets in is proven route by route in test_security.py. What no schema can say (a day that has not come yet, a
# reference with a wrong check character, a cursor that we never told) is refused though the schema allows it.
ELSEWHERE = [ignored_auth, positive_data_acceptance]
# A parameter that we do not know is passed over, and any text is a text, also one that was made from something else.
PASSED_OVER = re.compile(r"query: violates `(additionalProperties`|type` .* became (object|array))")
TEMPORAL = "/v1/doctor"  # looks into Temporal, which there is none of here: the answer is 503, as the document says
WHOLE = {"/v1/rebuild", "/v1/verify", "/v1/rearm"}  # over the whole journal: they take no input worth many cases


class Search:
    """Sends what is generated, and keeps count and whatever is wrong with the answers."""

    def __init__(self, address: str, token: str, references: Sequence[str]) -> None:
        self._schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        self._headers = {"authorization": f"Bearer {token}"}
        self._references = references
        self.cases: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.findings: dict[str, str] = {}

    def run(self) -> None:
        """Go through every operation."""
        for result in self._schema.get_all_operations():
            operation = result.ok()
            if operation.path.startswith(TEMPORAL):
                continue
            for mode in MODES:
                self._operation(operation, mode)

    def _operation(self, operation: APIOperation, mode: GenerationMode) -> None:
        bounds = settings(
            max_examples=1 if operation.path in WHOLE else CASES,
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

    def _case(self, case: Case) -> None:
        label = case.operation.label
        self.cases[label] += 1
        if "reference" in case.path_parameters and self.cases[label] % 2:
            case.path_parameters["reference"] = self._references[self.cases[label] % len(self._references)]
        try:
            answer = case.call_and_validate(headers=self._headers, excluded_checks=ELSEWHERE)
        except FailureGroup as group:
            for fault in group.exceptions:
                if isinstance(fault, AcceptedNegativeData) and PASSED_OVER.search(str(fault)):
                    continue
                self.findings[f"{label}: {type(fault).__name__}"] = f"{fault}\n{case.as_curl_command()}"[:1500]
        else:
            self.statuses[answer.status_code] += 1


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")  # the generator's own
async def test_nothing_is_found(doors: Doors, address: str, capsys: pytest.CaptureFixture[str]):
    """No generated request, good or bad, is answered in a way that the document does not tell."""
    references: list[Any] = [(await doors.allocated())[0], await doors.referred()]
    search = await asyncio.to_thread(Search, address, doors.token(), references)
    await asyncio.to_thread(search.run)
    with capsys.disabled():
        print(f"\nschemathesis: {len(search.cases)} operations, {search.cases.total()} cases, {dict(search.statuses)}")  # noqa: T201
    assert not search.findings, "\n\n".join(f"{what}\n{told}" for what, told in search.findings.items())
    assert len(search.cases) > 40
