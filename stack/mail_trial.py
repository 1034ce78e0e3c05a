"""A test mail sent by a process with the settings of this stack's worker, which need not run for it."""

import os
import subprocess
import sys
from pathlib import Path

from stack import catalog, kept_settings, state
from stack.errors import StackError
from stack.folders import Layout, default_data
from stack.process import ROOT

SECONDS = 60


def send(data: Path | None, address: str) -> str:
    """Send a test mail and return the mail server as `status` shows it; raise `StackError` with the reason."""
    layout = Layout((data or default_data()).expanduser().resolve())
    now = state.read(layout.state)
    settings = now.settings if now.supervised else kept_settings.kept(now.settings, os.environ)
    if not layout.secrets.is_dir():
        raise StackError(f"There is no system in {layout.data}. Start it with: journeys up")
    env = kept_settings.over(os.environ, settings) | catalog.environment(layout, now.ports)
    words = (sys.executable, "-m", "activities.delivery.trial", address)
    try:
        ran = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        raise StackError(f"Not sent: the mail server did not answer within {SECONDS} s.") from late
    if ran.returncode:
        raise StackError(f"Not sent: {(ran.stderr.strip().splitlines() or ['the reason is not known'])[-1]}")
    return kept_settings.described(settings)[1]
