"""What has happened on a journey: facts, appended once, in the past tense and the order of the path.

`on` is the day the thing happened, `at` the moment it was recorded. Events hold codes, numbers, dates and
references; names and free text live in the vault.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.journey.events.case import *
from domain.journey.events.claim_decisions import *
from domain.journey.events.correction import *
from domain.journey.events.deadlines import *
from domain.journey.events.event import *
from domain.journey.events.families import *
from domain.journey.events.holder import *
from domain.journey.events.members import *
from domain.journey.events.path import *
from domain.journey.events.records import *
from domain.journey.events.referrals import *

AnyEvent = Annotated[
    PathEvent
    | MemberEvent
    | FamilyEvent
    | HolderEvent
    | CaseEvent
    | RecordEvent
    | DeadlineEvent
    | ClaimEvent
    | EventCorrected,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
