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
from gateway.http.paging import LINKED
from gateway.intake import imports, referrals, undoing
from gateway.intake.likenesses import index_all
from gateway.journeys import (
    adding,
    case,
    case_steps,
    chronology,
    corrections,
    erasure,
    find,
    genogram,
    looks,
    members,
    merging,
    moves,
    steps,
    summary,
    views,
)
from gateway.operations import clock, counts, doctor, figures, maintenance, programmes, reconcile, refusals, terms
from gateway.partners import addresses, events, messages, quarantine, receipts, registry
from gateway.services import Services, open_services
from gateway.staff import leave, me, people, queue, today
from relay.inbox import sweeping
from relay.refusals import writing_refusals
from wiring.background import beside
from wiring.settings import Settings

# The framework's own would export, past our exporter, bodies and the words of faults, wherever its variable says so.
NO_TELEMETRY: TelemetryConfig = {"auto_configure": False, "tracing": False, "metrics": False, "logs": False}
Opening = Callable[[Settings], AbstractAsyncContextManager[Services]]


class Gateway(FastAPI):
    """The framework's application, with a document that is true of parameters and pages too."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; a header or a query parameter may be left out, and cannot be null; pages are linked."""
        told = super().openapi()
        for operation in (each for path in told["paths"].values() for each in path.values()):
            for parameter in operation.get("parameters", []):
                kinds = parameter["schema"].get("anyOf")
                if kinds and {"type": "null"} in kinds:
                    (kind,) = (each for each in kinds if each != {"type": "null"})
                    parameter["schema"] = {**parameter["schema"], **kind}
                    del parameter["schema"]["anyOf"]
                if parameter["name"] == "cursor":
                    operation["responses"]["200"]["headers"] = LINKED
        return told


def create_app(settings: Settings, opening: Opening = open_services) -> FastAPI:
    """Return the gateway; `opening` opens its parts, and tests bring their own engine that way."""
    app = Gateway(
        title="Family Journeys",
        version="1",
        summary="The gateway: steps of the path, lists and views for staff, and events of partners.",
        lifespan=_lifespan(settings, opening),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the redirect would repeat whatever host the caller names
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
        merging,
        moves,
        queue,
        corrections,
        imports,
        undoing,
        find,
        views,
        case_steps,
        case,
        chronology,
        summary,
        genogram,
        looks,
        today,
        ledger,
        windows,
        counts,
        figures,
        programmes,
        people,
        me,
        leave,
        registry,
        maintenance,
        doctor,
        refusals,
        reconcile,
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
            indexing = beside(index_all(services.pool, services.vault))
            finding = beside(find.keep_findable(services.pool, services.vault))
            async with (
                indexing,
                finding,
                sweeping(services.pool, services.engine, services.mail),
                writing_refusals(services.pool),
            ):
                yield

    return lifespan
