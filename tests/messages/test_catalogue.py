"""The catalogue of webhook payloads in the docs is what the code sends."""

from programmes.lint.partners import CASE_FILE
from tests.messages.catalogue import BEFORE, PAGE, between, catalogue, told_with_a_day

# Bookkeeping of consents, people, holders and deadlines; no shipped pack tells partners of it, though a pack may.
LEFT_OUT = {
    "consent-withdrawn",
    "handover-offered",
    "handover-accepted",
    "handover-refused",
    "handover-withdrawn",
    "contact-recorded",
    "member-joined",
    "member-left",
    "household-moved",
    "journey-reopened",
    "family-taken-in",  # its referrers are told that the referral was joined
    "family-merged",
    "family-split",
    "merge-undone",
    "family-restored",
    "family-erased",  # of an erased family nobody is told anything
}


def test_the_catalogue_is_true():
    """Every field and every example stands on the page as the code makes it."""
    remedy = "write it anew with: .venv/bin/python -m tests.messages.catalogue"
    assert between(PAGE.read_text(encoding="utf-8")).splitlines() == catalogue().splitlines(), remedy


def test_the_catalogue_is_whole():
    """Every step of the path that a notice may name has its example."""
    steps = {event.type for event in BEFORE}
    assert {name for name in told_with_a_day() - LEFT_OUT - {*CASE_FILE} if not _is_bookkeeping(name)} <= steps


def _is_bookkeeping(name: str) -> bool:
    return name.startswith(("deadline", "holder", "queue", "worker", "evidence", "claim", "window", "allocation"))
