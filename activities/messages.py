"""What activities take and give back: one model each way, so that fields can be added."""

from datetime import datetime

from pydantic import BaseModel

from domain.journey.commands import AnyCommand
from domain.journey.effects import Effect
from domain.journey.replies import Reply
from domain.stages import Stage

MAIL_REFUSED = "MailRefused"  # the mail server's answer is final
PARTNER_REFUSED = "PartnerRefused"  # the partner's answer is final; trying again would not mend it
NOTIFY_REFUSED = "NotifyRefused"  # GOV.UK Notify's answer is final
FINAL_ANSWERS = {PARTNER_REFUSED: "partner-refused", MAIL_REFUSED: "mail-refused", NOTIFY_REFUSED: "notify-refused"}


class Due(BaseModel):
    """The next thing on the agenda: its deadline id and its moment on the business clock."""

    id: str
    at: datetime


class CarryOut(BaseModel):
    """A batch for the journal, at a moment on the server's clock."""

    journey_id: str
    now: datetime
    commands: list[AnyCommand] = []


class CarriedOut(BaseModel):
    """What became of a batch; `effects` are all that are open now, `wake_at` is on the server's clock."""

    version: int
    stage: Stage
    replies: list[Reply] = []
    effects: list[Effect] = []
    wake_at: datetime | None = None
    agenda: list[Due] = []
    labels: dict[str, str] = {}
    next_deadline: datetime | None = None


class RunEffect(BaseModel):
    """An effect to run for a journey."""

    journey_id: str
    effect: Effect


class EffectRun(BaseModel):
    """The command that records what became of an effect."""

    command: AnyCommand
