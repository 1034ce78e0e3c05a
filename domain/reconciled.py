"""What a reconciliation of Temporal's histories with the journal found: put back, or named with what to do."""

from datetime import datetime

from pydantic import BaseModel


class PutBack(BaseModel):
    """A command that the journal has again."""

    reference: str
    step: str
    at: datetime
    actor: str


class NotPutBack(BaseModel):
    """What the journal lacks, why it could not be put back, and what to do."""

    reference: str
    what: str
    why: str
    remedy: str


class Reconciled(BaseModel):
    """What was found: how many journeys were looked at, what the journal has again, and what it has not."""

    journeys: int = 0
    put_back: list[PutBack] = []
    not_put_back: list[NotPutBack] = []
