"""The names by which any Temporal client finds a journey: workflow, task queue, handlers, search attributes.

The gateway knows the path by these names alone and imports no workflow.
"""

JOURNEY_WORKFLOW = "FamilyJourney"
CLAIM_WINDOW_WORKFLOW = "ClaimWindow"
RECONCILIATION_WORKFLOW = "Reconciliation"
TASK_QUEUE = "family-journeys"
PARTNER_EVENTS = "partner_events"
PROGRESS = "progress"
REJECTED = "Rejected"
FOREIGN = "Foreign"  # a payload that no process of ours sealed, or not for where it came

# The update that carries each type of command, in the order of the path.
UPDATES = {
    "refer": "refer",
    "consent": "consent",
    "withdraw-consent": "withdraw_consent",
    "identify": "identify",
    "allocate": "allocate",
    "offer-handover": "offer_handover",
    "withdraw-handover": "withdraw_handover",
    "accept-handover": "accept_handover",
    "refuse-handover": "refuse_handover",
    "record-contact": "record_contact",
    "assess": "assess",
    "agree-plan": "agree_plan",
    "start-intervention": "start_intervention",
    "review-plan": "review_plan",
    "step-down": "step_down",
    "step-up": "step_up",
    "record-check": "record_check",
    "close": "close",
    "erase": "erase",
    "correct": "correct",
    "acknowledge": "acknowledge",
    "move-deadline": "move_deadline",
    "pause-deadline": "pause_deadline",
    "resume-deadline": "resume_deadline",
    "cancel-deadline": "cancel_deadline",
    "record-review": "record_review",
    "decide-clawback": "decide_clawback",
    "retry-message": "retry_message",
}

# Nothing personal: codes and dates only (DESIGN, section 5).
SEARCH_ATTRIBUTES = {
    "JourneyStage": "Keyword",
    "JourneyArea": "Keyword",
    "JourneyLocality": "Keyword",
    "JourneyKeyWorker": "Keyword",
    "JourneyProgramme": "Keyword",
    "JourneyNextDeadline": "Datetime",
}
