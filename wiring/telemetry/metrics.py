"""What Prometheus is told: counters of this process, gauges of the whole system, on a port of their own.

No label holds a reference, a name or anything else of one family or one member of staff: labels are codes of ours.
The port is not the gateway's: figures are for the operators' network, and the one public door shows none.
"""

from threading import Thread
from wsgiref.simple_server import WSGIServer

import structlog
from prometheus_client import Counter, Gauge, Histogram, start_http_server

from wiring.settings import Settings

Server = tuple[WSGIServer, Thread]
log = structlog.stdlib.get_logger("figures")

REQUESTS = Histogram(
    "journeys_request_seconds",
    "Time to answer a request, by the route's pattern.",
    ["route", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
)
# Without labels, so that it is there at 0 from the start: a labelled counter is born with its first burst, and that is
# no increase to Prometheus.
FAILED = Counter("journeys_requests_failed_total", "Requests answered with a fault of our own (5xx).")
REFUSED_ENTRY = Counter("journeys_refused_entry_total", "Requests turned away at the door, by why.", ["why"])
ACTIVITIES = Histogram(
    "journeys_activity_seconds",
    "Time of one attempt at an activity, by how it ended.",
    ["activity", "outcome"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30),
)
FOREIGN_PAYLOADS = Counter(
    "journeys_foreign_payloads_total", "Refused at Temporal's port: sealed by nobody of ours.", ["part", "why"]
)
GAUGES = {
    "stage": Gauge("journeys_stage", "Journeys by stage.", ["stage"]),
    "reminder": Gauge("journeys_reminders", "Reminders that fell due, by where they stand.", ["state"]),
    "inbox": Gauge("journeys_partner_events", "Partner events by what became of them.", ["state"]),
    "inbox_age": Gauge("journeys_partner_events_oldest_seconds", "Age of the oldest partner event waiting.", ["state"]),
    "claim": Gauge("journeys_claims", "Claims by state.", ["state"]),
    "lateness": Gauge(
        "journeys_reminder_lateness_seconds", "Lateness of reminders sent in the last day.", ["percentile"]
    ),
}
EFFECTS = Gauge("journeys_effects", "What is to be done in the world, by what became of it.", ["effect", "state"])
FOREIGN_UNSEEN = Gauge(
    "journeys_foreign_payloads_unseen", "Refused at Temporal's port, and not yet seen by an administrator."
)
UNTOLD = Gauge("journeys_effects_untold", "Effects whose outcome is not on their journey's history yet.")
OVERDUE = Gauge("journeys_deadlines_overdue", "Deadlines passed by 15 minutes with nothing sent.")
OVERDUE_AGE = Gauge("journeys_deadlines_overdue_oldest_seconds", "How long ago the oldest of them passed.")
HEADS_KEPT = Gauge("journeys_heads_timestamp_seconds", "When the ends of journals were last written down outside.")
LOOKED = Gauge("journeys_figures_timestamp_seconds", "When the gauges were last read from the database.")


def serve(settings: Settings, port: int) -> Server | None:
    """Serve this process's figures until it ends; port 0 serves none.

    A port that another program took while this process was away is told and gone without: nobody's reminder waits for a
    figure, and an alert says that none come.
    """
    if not port:
        return None
    try:
        return start_http_server(port, settings.metrics_host)
    except OSError as fault:
        log.warning("no figures are served", host=settings.metrics_host, port=port, fault=fault.strerror)
        return None
