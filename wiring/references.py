"""Drawing a new family reference: at random, never derived from a name."""

import secrets

from domain.family import ALPHABET, reference_of

SYMBOLS = 7


def new_reference() -> str:
    """Return a reference that is most likely unused; whoever takes it makes sure."""
    return reference_of("".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS)))
