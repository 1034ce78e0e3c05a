"""The business clock of an attempt at an activity: the server's clock, moved by the one constant of the stack."""

from datetime import UTC, datetime, timedelta

from temporalio import activity


def business_now(offset: timedelta) -> datetime:
    """Return when this attempt began; `offset` is the business clock minus the server's."""
    return activity.info().started_time.astimezone(UTC) + offset
