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


def update_of(command_type: str) -> str:
    """Return the name of the update that carries a type of command, such as `step_down` for `step-down`."""
    return command_type.replace("-", "_")


# Nothing personal: codes and dates only (DESIGN, section 5).
SEARCH_ATTRIBUTES = {
    "JourneyStage": "Keyword",
    "JourneyArea": "Keyword",
    "JourneyLocality": "Keyword",
    "JourneyKeyWorker": "Keyword",
    "JourneyProgramme": "Keyword",
    "JourneyNextDeadline": "Datetime",
}
