"""The commands of a family's path, for tests of the workflow: today, one after the other."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

from domain.calendar import local_date
from domain.family import Member
from domain.journey import commands
from programmes import load
from wiring.references import new_reference


def today() -> date:
    """Return the date in Britain."""
    return local_date(datetime.now(UTC))


def common(**more: Any) -> dict[str, Any]:
    """Return what every command carries, with an id of its own."""
    return {"command_id": uuid.uuid4().hex, "at": datetime.now(UTC), "actor": "coordinator:test", "on": today(), **more}


def journey_of(reference: str) -> str:
    """Return the id of a family's first journey."""
    return f"journey:wirral:{reference}:1"


def refer(reference: str, **more: Any) -> commands.ReferFamily:
    """Refer a family of an adult and a child."""
    programme = load("wirral-2012")
    return commands.ReferFamily(
        **common(**more),
        journey_id=journey_of(reference),
        reference=reference,
        area="wirral",
        locality="Leasowe",
        programme=programme.name,
        programme_version=programme.version,
        programme_hash=programme.hash,
        members=(Member(id="m1", role="adult"), Member(id="m2", role="child")),
        referrer="wirral-schools",
        criteria=("poverty", "addiction"),
    )


def until_intervention(key_worker: str = "kw-1") -> list[commands.AnyCommand]:
    """Return the steps after the referral, up to the start of the intervention."""
    return [
        commands.RecordConsent(**common(), consent_id="c1", basis="consent", purpose="family-support"),
        commands.IdentifyFamily(**common(), criteria=("poverty", "addiction")),
        commands.AllocateKeyWorker(**common(), key_worker=key_worker),
        commands.RecordContact(**common()),
        commands.AssessFamily(**common(), needs=("debt", "parenting")),
        commands.AgreePlan(**common(), needs=("debt",)),
        commands.StartIntervention(**common()),
    ]


def to_the_end() -> list[commands.AnyCommand]:
    """Return the steps from step-down over step-up and step-down again to the close."""
    return [
        commands.StepDown(**common()),
        commands.StepUp(**common(), reason="crisis"),
        commands.StepDown(**common()),
        commands.CloseJourney(**common(), outcome="moved-away"),
    ]


def fresh() -> str:
    """Return a reference that no other test uses."""
    return new_reference()
