"""What people, partners and the clock ask of a journey: imperative, in the order of the path.

Every command brings its own id (the same id twice is answered once), the moment it was given and who gave it.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from domain.journey.commands.case import *
from domain.journey.commands.claim_decisions import *
from domain.journey.commands.command import *
from domain.journey.commands.deadlines import *
from domain.journey.commands.families import *
from domain.journey.commands.holder import *
from domain.journey.commands.members import *
from domain.journey.commands.path import *
from domain.journey.commands.records import *
from domain.journey.commands.referrals import *

AnyCommand = Annotated[
    PathCommand
    | MemberCommand
    | FamilyCommand
    | HolderCommand
    | CaseCommand
    | RecordCommand
    | DeadlineCommand
    | ClaimCommand,
    Field(discriminator="type"),
]

COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
