"""One way to Temporal for worker, gateway, replayer and tests: the same converter, codec and sandbox everywhere."""

import dataclasses
import logging
from functools import cache

from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.service import TLSConfig
from temporalio.worker.workflow_sandbox import SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from wiring.keys import content
from wiring.settings import Settings
from wiring.telemetry.request_id import Following
from wiring.telemetry.traces import interceptors
from wiring.temporal.codec import EncryptionCodec
from wiring.temporal.doorkeeper import Doorkeeper
from wiring.temporal.sealing import Sealing
from wiring.temporal.values import Values

# Ours, and what they import: loaded once outside the sandbox, and not again for each journey, which would hold two
# fifths of its memory. Anything else a workflow pulls in is refused. What the sandbox kept `workflows` itself from,
# clocks and chance, tests/workflows/test_sandbox.py keeps it from.
PASSED_THROUGH = (
    "activities",
    "dateutil",
    "domain",
    "holidays",
    "opentelemetry",
    "orjson",
    "six",
    "stdnum",
    "temporalio",
    "typing_inspection",
    "tzdata",
    "workflows",
)


def converter(codec: EncryptionCodec) -> DataConverter:
    """Pydantic values, sealed for where they go; so are the messages of failures, which may quote what was asked."""
    return DataConverter(
        payload_converter_class=Values,
        payload_codec=codec,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def sandbox() -> Doorkeeper:
    """Return the one sandbox runner: each workflow behind its door.

    A pass-through that is not listed raises instead of passing.
    """
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return Doorkeeper(
        restrictions=dataclasses.replace(
            restrictions,
            import_notification_policy=SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH,
        )
    )


@cache
def runtime() -> Runtime:
    """Return the SDK's runtime of this process, whose own lines go through our log: left alone it writes no JSON.

    What it adds to its lines is left out, for it may quote a failure.
    """
    forwarding = LogForwardingConfig(logger=logging.getLogger("temporal"), append_log_fields_to_message=False)
    logged = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
    return Runtime(telemetry=TelemetryConfig(logging=logged))


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """Return a client; `lazy` puts the connection off to the first call, so that a door opens without Temporal."""
    codec = EncryptionCodec.from_file(settings.secrets_dir / "codec.key")
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=converter(codec),
        # The second so that a span is there to be named by it; the last so that it sees what is really sent.
        interceptors=[*interceptors(settings), Following(), Sealing()],
        tls=_tls(settings),
        lazy=lazy,
        runtime=runtime(),
    )


def _tls(settings: Settings) -> TLSConfig | bool:
    """Return the certificates that the server is shown and checked by; False where the settings ask for none."""
    if settings.temporal_tls == "none":
        return False
    return TLSConfig(
        server_root_ca_cert=content(settings.secrets_dir, "journeys-authority.pem"),
        domain=settings.temporal_tls_name,
        client_cert=content(settings.secrets_dir, "journeys-client.pem"),
        client_private_key=content(settings.secrets_dir, "journeys-client.key"),
    )
