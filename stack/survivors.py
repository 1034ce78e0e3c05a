"""End the parts that outlived their supervisor, so that the next stack finds its ports and data free."""

import signal

from stack import pids
from stack.state import StackState


def end(state: StackState) -> list[str]:
    """End every process that `state` says is ours and that still lives, the last started first; return their names."""
    ended = []
    for part in reversed(state.parts):
        process = pids.find(part.process)
        if process:
            pids.end(process, signal.Signals(part.stop_signal), part.stop_within)
            ended.append(part.name)
    return ended
