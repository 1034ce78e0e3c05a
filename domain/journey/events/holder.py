"""Who holds the family: allocation, and handovers with their two sides."""

from datetime import date
from typing import Literal

from domain.journey.events.event import Event
from domain.model import Code


class KeyWorkerAllocated(Event):
    """One named person holds this family from `on`."""

    type: Literal["key-worker-allocated"] = "key-worker-allocated"
    on: date
    key_worker: Code
    waiver: Code | None = None


class HandoverOffered(Event):
    """The holder offers the family to another key worker; until accepted, the holder keeps it."""

    type: Literal["handover-offered"] = "handover-offered"
    on: date
    to: Code
    to_team: Code | None = None
    to_area: Code | None = None


class HandoverWithdrawn(Event):
    """The offer was taken back before it was answered; the holder stays."""

    type: Literal["handover-withdrawn"] = "handover-withdrawn"
    on: date


class HandoverAccepted(Event):
    """The offered key worker holds the family from `on`."""

    type: Literal["handover-accepted"] = "handover-accepted"
    on: date
    key_worker: Code
    waiver: Code | None = None


class HandoverRefused(Event):
    """The offer was declined; the holder stays."""

    type: Literal["handover-refused"] = "handover-refused"
    on: date
    reason: Code | None = None


HolderEvent = KeyWorkerAllocated | HandoverOffered | HandoverWithdrawn | HandoverAccepted | HandoverRefused
