"""The data categories that agreements, consents and notices name, and what each of them opens."""

from typing import Literal

# No category opens a name, a date of birth or an address: a message names its family by reference alone.
Category = Literal["stage", "dates", "key-worker", "criteria", "needs", "outcome", "members"]
