"""The gateway put together: parts, routes, and what surrounds them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from gateway.claims import ledger, windows
from gateway.http import problems
from gateway.http.middleware import EveryRequest
from gateway.intake import imports, referrals, undoing
from gateway.journeys import adding, corrections, erasure, members, moves, steps, views
from gateway.operations import clock, counts, doctor, maintenance, terms
from gateway.partners import addresses, events, messages, quarantine, receipts, registry
from gateway.services import Services, open_services
from gateway.staff import leave, people, queue
from relay.inbox import sweeping
from wiring.settings import Settings

# The framework's own would export, past our exporter, bodies and the words of faults, wherever its variable says so.
NO_TELEMETRY: TelemetryConfig = {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}
Opening = Callable[[Settings], AbstractAsyncContextManager[Services]]


class Gateway(FastAPI):
    """The framework's application, with a document that is true of parameters too."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; a header or a query parameter may be left out, and cannot be null."""
        told = super().openapi()
        for operation in (each for path in told["paths"].values() for each in path.values()):
            for parameter in operation.get("parameters", []):
                kinds = parameter["schema"].get("anyOf")
                if kinds and {"type": "null"} in kinds:
                    (kind,) = (each for each in kinds if each != {"type": "null"})
                    parameter["schema"] = {**parameter["schema"], **kind}
                    del parameter["schema"]["anyOf"]
        return told


def create_app(settings: Settings, opening: Opening = open_services) -> FastAPI:
    """Return the gateway; `opening` opens its parts, and tests bring their own engine that way."""
    app = Gateway(
        title="Family Journeys",
        version="1",
        summary="The one door: steps of the path, what people look at, and partner events.",
        lifespan=_lifespan(settings, opening),
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    problems.install(app)
    if settings.traces_url is not None:
        FastAPIInstrumentor.instrument_app(app, excluded_urls="healthz,readyz", exclude_spans=["send", "receive"])
    app.add_middleware(EveryRequest)
    for part in (
        referrals,
        steps,
        erasure,
        adding,
        members,
        moves,
        queue,
        corrections,
        imports,
        undoing,
        views,
        ledger,
        windows,
        counts,
        people,
        leave,
        registry,
        maintenance,
        doctor,
        events,
        receipts,
        quarantine,
        messages,
        addresses,
        terms,
    ):
        app.include_router(part.router)
    app.include_router(maintenance.health)
    app.include_router(clock.router)
    return app


def _lifespan(settings: Settings, opening: Opening) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opening(settings) as services:
            app.state.services = services
            await services.programme()
            async with sweeping(services.pool, services.engine, services.mail):
                yield

    return lifespan
