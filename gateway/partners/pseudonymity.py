"""What of an event would tell whom it is about: its identifier, wherever else it stands, is not kept."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from domain.intake.referral_columns import shown
from gateway.partners.cloudevents import LONGEST_SUBJECT
from store.sealing import normal

SCHEMES = ("upn", "nhs-number", "nino", "police-urn", "uprn")
TELLING = 8  # characters of an identifier that are hardly in a text by chance

Raw = Mapping[str, Any]


def readable(subject: str) -> bool:
    """Whether a subject is a known scheme with an identifier that may be somebody's."""
    scheme, _, identifier = subject.partition(":")
    return scheme in SCHEMES and bool(normal(scheme, identifier)) and len(subject) <= LONGEST_SUBJECT


def tells(subject: str, text: str) -> bool:
    """Whether a text holds the identifier of a subject, by letters and digits alone."""
    scheme, _, identifier = subject.partition(":")
    plain = _bare(normal(scheme, identifier))
    return len(plain) >= TELLING and plain in _bare(text)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))


def own_id(raw: Raw) -> str:
    """Return a refused event's id as its partner gave it, safe to show: the partner knows it, we may not keep it."""
    return text_of(raw.get("id"))[:120] or "(no id)"


def nameable(raw: Raw) -> bool:
    """Whether an event's id names nobody, as far as can be read: then it is kept, whatever the event is refused for.

    The others share a row for each reason, so that every reason is seen.
    """
    name, subject = raw.get("id"), raw.get("subject")
    if not name:
        return True
    plain = isinstance(name, str) and isinstance(subject, str) and readable(subject)
    return plain and not tells(str(subject), str(name))


def text_of(told: object) -> str:
    """Return what can be shown of an attribute; of one that is no text, nothing."""
    return shown(told) if isinstance(told, str) else ""
