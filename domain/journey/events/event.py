"""What every event carries besides its own fields, and what its class is obliged to."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.model import Value


class Event(Value):
    """What every event carries besides its own fields: `at`, the moment it was recorded.

    After one that `unsettles_claims`, a claim of the family may read otherwise. A step of the path may do that too: it
    may have been recorded late, or first.
    """

    unsettles_claims: ClassVar[bool] = False

    at: AwareDatetime
