"""`python -m gateway`: serve until told to stop, finish what was begun, then leave."""

import signal

import uvicorn

from gateway.app import create_app
from gateway.http.patience import PatientProtocol
from wiring.exit import leave
from wiring.startup import begin
from wiring.telemetry import metrics
from wiring.telemetry.traces import tracing

PATIENCE = 25  # seconds for requests under way when told to stop (SIGTERM); a second signal does not wait


def main() -> None:
    """Serve the gateway."""
    chosen = begin()
    metrics.serve(chosen, chosen.gateway_metrics_port)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(chosen),
            host=chosen.gateway_host,
            port=chosen.gateway_port,
            http=PatientProtocol,
            access_log=False,  # ours names the route and never the address
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
    )
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(
            which, lambda *_: None
        )  # uvicorn raises the signal again when it has stopped; we leave by ourselves
    with tracing(chosen, "gateway"):
        server.run()
    leave(0 if server.started else 1)


if __name__ == "__main__":
    main()
