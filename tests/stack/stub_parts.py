"""Run a supervisor with real Postgres and Temporal, and with stubs where worker, gateway and migrations would be."""

import sys
from dataclasses import replace
from pathlib import Path

from stack.catalog import daily
from stack.process import Part
from stack.state import Ports
from stack.supervisor import main

MIGRATIONS = "print('migrated')"
WORKER = "import os, pathlib, signal; pathlib.Path(os.environ['JOURNEYS_READY_FILE']).touch(); signal.pause()"
GATEWAY = """
import http.server, os
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
address = os.environ["JOURNEYS_GATEWAY_HOST"], int(os.environ["JOURNEYS_GATEWAY_PORT"])
http.server.HTTPServer(address, Health).serve_forever()
"""
BROKEN = "raise SystemExit('the vault key is missing')"


def stubbed(data: Path, ports: Ports) -> list[Part]:
    programs = {"migrations": MIGRATIONS, "worker": WORKER, "gateway": GATEWAY}
    if (data / "break-worker").exists():
        programs["worker"] = BROKEN
    return [
        replace(part, argv=(sys.executable, "-c", programs[part.name])) if part.name in programs else part
        for part in daily(data, ports)
    ]


if __name__ == "__main__":
    main(stubbed)
