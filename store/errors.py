"""What the store refuses, as errors a caller can tell apart."""


class StoreError(Exception):
    """The store cannot do this."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.__doc__)


class VersionConflict(StoreError):
    """Somebody else wrote to this journey first, or answered this command; load it again and decide again."""


class IdentifierTaken(StoreError):
    """A person identifier belongs to another family, or to two members; look at that family first."""


class Erased(StoreError):
    """The family was erased; nothing can be kept under its reference again."""


class UnknownProgramme(StoreError):
    """No rule pack is kept under this hash; keep the pack before a journey is pinned to it."""


class UnknownEventVersion(StoreError):
    """The journal holds an event newer than this program; run the newer release."""


class PartnerExists(StoreError):
    """A partner of this name is known already; rotate its secret instead."""
