"""Evaluations a second on one core: all results of a family with 200 pieces of evidence, judged and explained."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from bench.row import Row
from domain.claims.claim_file import ClaimFile, check
from domain.claims.reading import read
from programmes import load

PIECES = 200
ROUNDS = 15
SECONDS = 0.2  # a round
AS_OF, ENGAGED = date(2013, 10, 31), date(2012, 4, 2)
CHILDREN = ("c1", "c2", "c3")
TERMS = (
    ("2012-04-16", "2012-07-20"),
    ("2012-09-04", "2012-12-21"),
    ("2013-01-07", "2013-03-28"),
    ("2013-04-15", "2013-07-23"),
)
MONTHLY = ("asb-incident", "offence", "exclusion", "police-callout", "domestic-abuse-incident")


def measure() -> Row:
    """Judge the claim and read it from its bytes in turn, so that the machine's moods fall on each alike."""
    claim, pack = family(), load("troubled-families-2012")
    content = claim.model_dump_json().encode()
    rounds = [(_rate(lambda: check(claim, pack)), _rate(lambda: read(content))) for _ in range(ROUNDS)]
    return Row(
        name=f"evaluations of a family with {PIECES} pieces of evidence, on one core",
        ours=statistics.median(ours for ours, _ in rounds),
        theirs=statistics.median(theirs for _, theirs in rounds),
        against="reading the same claim file",
        unit="a second",
    )


def family() -> ClaimFile:
    """Return the claim of two adults and three children, with evidence of every sort that the results look at."""
    born = {"a1": "1975-02-03", "a2": "1979-08-30", "c1": "1999-11-15", "c2": "2002-05-01", "c3": "2006-01-20"}
    members = [{"id": name, "role": "adult" if name < "b" else "child", "born": day} for name, day in born.items()]
    evidence = list(itertools.islice(_evidence(), PIECES))
    steps = ("lawful_basis_on", "key_worker_from", "assessed_on", "plan_on", "first_contact_on")
    return ClaimFile.model_validate(
        {
            "programme": "troubled-families-2012",
            "as_of": AS_OF,
            "engaged_from": ENGAGED,
            "family": {"members": members},
            "evidence": [
                {"id": f"e{n:03}", "source": "bench", "observed_on": AS_OF, **item} for n, item in enumerate(evidence)
            ],
            "practice": dict.fromkeys(steps, ENGAGED),
        }
    )


def _evidence() -> Iterator[dict[str, Any]]:
    for child, (first, last) in itertools.product(CHILDREN, TERMS):
        sessions = {"sessions": 130, "authorised": 4, "unauthorised": 9}
        yield {"kind": "school-attendance", "member": child, "from": first, "to": last, **sessions}
    yield {"kind": "out-of-work-benefit", "member": "a1", "benefit": "jsa", "from": "2010-01-04", "to": "2013-03-01"}
    yield {"kind": "employment", "member": "a1", "from": "2013-03-04", "hours": 30}
    yield {"kind": "esf-provision", "member": "a2", "from": "2013-08-01"}
    month = date(2011, 10, 1)
    for kind, n in itertools.product(MONTHLY, range(25)):
        begin = month + timedelta(days=31 * n)
        yield {"kind": "return", "of": kind, "from": begin, "to": begin + timedelta(days=30)}
    for n in range(PIECES):
        day = date(2011, 10, 5) + timedelta(days=12 * n)
        yield {"kind": "asb-incident", "member": "c1", "on": day, "action": "warning"}
        yield {"kind": "offence", "member": "c2", "on": day, "proven": n % 3 == 0}


def _rate(act: Callable[[], object]) -> float:
    """Count by the core's own time, so that what else runs on the machine does not count."""
    began, done = time.process_time(), 0
    while time.process_time() - began < SECONDS:
        act()
        done += 1
    return done / (time.process_time() - began)
