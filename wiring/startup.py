"""How a process of ours begins: its log first, so that even wrong settings are told as a line of JSON."""

import structlog
from pydantic import ValidationError

from wiring.exit import leave
from wiring.settings import Settings, settings
from wiring.telemetry.logging import start_logging

log = structlog.stdlib.get_logger("process")


def begin() -> Settings:
    """Start the log and return the settings; wrong ones are named, never quoted, and end the process with 1."""
    start_logging("INFO")
    try:
        chosen = settings()
    except ValidationError as fault:
        named = {".".join(map(str, one["loc"])) or "settings": one["msg"] for one in fault.errors()}
        log.critical("wrong settings", settings=named, remedy="set them in the environment, with the prefix JOURNEYS_")
        leave(1)
    start_logging(chosen.log_level)
    return chosen
