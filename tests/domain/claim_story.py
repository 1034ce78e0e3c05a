"""A family that left jobseeker's allowance for work, as its journey's events, and what may be learned of it later."""

from datetime import UTC, date, datetime, time
from typing import Any

from domain.claims.claim_file import ClaimFile, check, explain
from domain.claims.journey_claim import claim_file_of
from domain.evidence import EVIDENCE
from domain.family import Consent, Member
from domain.journey import events as e
from domain.journey.evolve import fold
from programmes import load

PACK = load("troubled-families-2012")
AS_OF = date(2013, 5, 20)
RESULT = "continuous-employment"
CLAIMED = {RESULT: 1600}
BORN = {"m1": date(1980, 2, 3), "m2": date(1999, 9, 12)}
GIVEN = Consent(id="k1", basis="consent", purpose="family-support", on=date(2012, 5, 2))


def fact(kind: Any, day: date, /, **fields: Any) -> Any:
    """An event recorded at noon of `day`, about that day unless `on` says otherwise."""
    on = {"on": day} if "on" in kind.model_fields else {}
    return kind(**{"at": datetime.combine(day, time(12), tzinfo=UTC), **on, **fields})


def seen(kind: str, name: str, day: date, /, **fields: Any) -> Any:
    """Evidence about the adult, recorded on the day it was observed."""
    told = {"id": name, "kind": kind, "member": "m1", "source": "jobcentre", "observed_on": day, **fields}
    return fact(e.EvidenceRecorded, day, evidence=EVIDENCE.validate_python(told))


def referred(number: int = 1, day: date = date(2012, 5, 1), **more: Any) -> e.FamilyReferred:
    """The referral."""
    return fact(
        e.FamilyReferred,
        day,
        journey_id=f"journey:wirral:F-7K3Q-9D2X:{number}",
        reference="F-7K3Q-9D2X",
        area="wirral",
        locality="Leasowe",
        programme=PACK.name,
        programme_version=PACK.version,
        programme_hash=PACK.hash,
        members=(Member(id="m1", role="adult"), Member(id="m2", role="child")),
        referrer="police",
        criteria=(),
        **more,
    )


PATH = [
    referred(),
    fact(e.ConsentRecorded, date(2012, 5, 2), consent=GIVEN),
    fact(e.FamilyIdentified, date(2012, 5, 4), criteria=(), eligible=True),
    fact(e.KeyWorkerAllocated, date(2012, 5, 8), key_worker="kim"),
    fact(e.ContactRecorded, date(2012, 5, 10), kind="visit"),
    fact(e.FamilyAssessed, date(2012, 5, 28), needs=("work",)),
    fact(e.PlanAgreed, date(2012, 6, 6), needs=("work",)),
    fact(e.InterventionStarted, date(2012, 6, 11)),
]
OFF_BENEFIT = {"benefit": "jsa", "from": date(2010, 1, 4), "to": date(2012, 7, 23)}
AT_WORK = [
    *PATH,
    seen("out-of-work-benefit", "b1", date(2012, 7, 24), **OFF_BENEFIT),
    seen("employment", "j1", date(2012, 7, 25), **{"from": date(2012, 7, 24)}),
]
JOB_ENDED = seen("employment", "j2", date(2013, 6, 30), **{"from": date(2012, 7, 24), "to": date(2012, 12, 1)})
JOB_AGAIN = seen("employment", "j3", date(2013, 7, 30), **{"from": date(2012, 12, 2)})


def file_of(*events: Any, later: Any = (), paid: Any = None) -> ClaimFile:
    """The claim file of a history, as of the one day of these tests."""
    file = claim_file_of(fold(events), PACK, BORN, AS_OF, paid or {}, later)
    assert file is not None
    return file


def payable_of(file: ClaimFile) -> tuple[int, tuple[str, ...]]:
    """What a file may be claimed for."""
    told = check(file, PACK).payable
    return told.amount, told.results


def findings_of(file: ClaimFile) -> Any:
    """The explanation of a file."""
    return explain(file, PACK)
