"""The words of the case file: what may be said by a code. The CLI reads them too, so nothing is imported for it."""

from typing import Literal

NoteKind = Literal["visit", "call", "meeting", "other"]
# What is to be done, where a code says it; anything else is text, and is sealed.
DoCode = Literal[
    "attend-appointment",
    "make-appointment",
    "make-referral",
    "home-visit",
    "contact-family",
    "contact-school",
    "contact-service",
    "attendance-plan",
    "parenting-course",
    "childcare",
    "register-gp",
    "health-check",
    "treatment",
    "benefit-claim",
    "debt-advice",
    "budget-plan",
    "housing-application",
    "home-repair",
    "job-search",
    "training",
    "safety-plan",
    "send-documents",
]
Closing = Literal["done", "dropped"]
Relation = Literal[
    "parent-of",
    "step-parent-of",
    "grandparent-of",
    "guardian-of",
    "carer-of",
    "sibling-of",
    "half-sibling-of",
    "partner-of",
    "former-partner-of",
    "relative-of",
]
ConcernKind = Literal[
    "neglect",
    "physical-harm",
    "emotional-harm",
    "sexual-harm",
    "domestic-abuse",
    "exploitation",
    "online-harm",
    "radicalisation",
    "self-harm",
    "missing",
    "other",
]
ConcernAnswer = Literal[
    "emergency-called",
    "referred-to-front-door",
    "strategy-discussion",
    "taken-into-plan",
    "advice-given",
    "no-further-action",
]
