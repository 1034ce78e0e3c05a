"""A stand-in of GOV.UK Notify: the parts of its documented API that we use, with its documented errors.

https://docs.notifications.service.gov.uk/rest-api.html; it is no proof that the real service answers the same.
"""

import json
import time
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import jwt
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from stack import sinks

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"council-{SERVICE}-{SECRET}"
TEMPLATE = "217a419e-6a7d-482a-9596-718b889dffce"
PLACEHOLDERS = {"email": {"subject", "body"}, "sms": {"body"}}
ERRORS = {
    400: ("BadRequestError", "Can't send to this recipient using a team-only API key"),
    403: ("AuthError", "Error: Your system clock must be accurate to within 30 seconds"),
    429: ("RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    500: ("Exception", "Internal server error"),
    503: ("Exception", "Service unavailable"),
}


@dataclass
class Notify:
    """What was taken, in order, and the answers to give next; `silent` ones are taken all the same."""

    url: str = ""
    taken: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    answers: list = field(default_factory=list)
    keep: bool = False


def error(status):
    name, message = ERRORS[status]
    return JSONResponse({"status_code": status, "errors": [{"error": name, "message": message}]}, status)


def _is_ours(request):
    token = request.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
    return claims["iss"] == SERVICE and abs(claims["iat"] - time.time()) < 30


def _app(state):
    async def take(request):
        if not _is_ours(request):
            return error(403)
        told, kind = await request.json(), request.path_params["kind"]
        if told["template_id"] != TEMPLATE or set(told["personalisation"]) < PLACEHOLDERS[kind]:
            return error(400)
        if not state.answers or state.keep:
            state.taken.append(told)
        if state.answers:
            return error(state.answers.pop(0))
        name = str(uuid.uuid4())
        sender = {"email": "from_email", "sms": "from_number"}[kind]
        template = {"id": TEMPLATE, "version": 1, "uri": f"{state.url}/v2/template/{TEMPLATE}"}
        return JSONResponse(
            {
                "id": name,
                "reference": told["reference"],
                "uri": f"{state.url}/v2/notifications/{name}",
                "content": {**told["personalisation"], sender: "council"},
                "template": template,
            },
            201,
        )

    async def listing(request):
        if not _is_ours(request):
            return error(403)
        reference = request.query_params["reference"]
        state.asked.append(reference)
        found = [{"id": str(uuid.uuid4()), **one} for one in state.taken if one["reference"] == reference]
        return JSONResponse(json.loads(json.dumps({"notifications": found, "links": {"current": ""}})))

    return Starlette(
        routes=[
            Route("/v2/notifications/{kind}", take, methods=["POST"]),
            Route("/v2/notifications", listing, methods=["GET"]),
        ]
    )


@asynccontextmanager
async def notify():
    """Serve the stand-in on loopback."""
    state = Notify()
    async with sinks.serving(_app(state)) as port:
        state.url = f"http://127.0.0.1:{port}"
        yield state
