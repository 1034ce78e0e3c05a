"""The issuer's keys from its address: asked seldom, kept through its outages, and only over https."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.http import jwks
from gateway.http.jwks import UrlKeys, key_set
from tests.doors import Doors
from wiring.temporal.journeys import Unavailable


class Issuer:
    """A real HTTP server that publishes keys, counts the questions, and fails when told to."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        self.asked = 0
        self.away = False
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                body = json.dumps({"keys": issuer.told}).encode()
                self.send_response(503 if issuer.away else 200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing on the terminal."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keys"


def public(kid: str) -> dict:
    private = Ed25519PrivateKey.generate()
    told = jwt.algorithms.OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    return told | {"kid": kid, "alg": "EdDSA"}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    served = Issuer()
    thread = threading.Thread(target=served.server.serve_forever)
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()


async def test_asked_once(issuer: Issuer):
    """A key set that was read serves the next tokens without another question."""
    issuer.told = [public("a")]
    known = UrlKeys(issuer.url)
    assert [(await known.key("a")).key_id for _ in range(3)] == ["a", "a", "a"]
    assert issuer.asked == 1


async def test_made_up_keys_do_not_drive_questions(issuer: Issuer):
    """Tokens that name unknown keys are refused, and the issuer is not asked for each of them."""
    issuer.told = [public("a")]
    known = UrlKeys(issuer.url)
    for number in range(20):
        with pytest.raises(jwt.InvalidTokenError):
            await known.key(f"made-up-{number}")
    with pytest.raises(jwt.InvalidTokenError):
        await known.key(None)
    assert issuer.asked == 1


async def test_rotation_and_outage(issuer: Issuer, monkeypatch: pytest.MonkeyPatch):
    """A new key is found, one that was taken back no longer holds, and known keys outlive an outage of the issuer."""
    monkeypatch.setattr(jwks, "SOONEST", 0.0)
    monkeypatch.setattr(jwks, "FRESH", 0.0)
    issuer.told = [public("a")]
    known = UrlKeys(issuer.url)
    await known.key("a")
    issuer.told = [public("b")]
    assert (await known.key("b")).key_id == "b"
    with pytest.raises(jwt.InvalidTokenError):
        await known.key("a")
    issuer.away = True
    assert (await known.key("b")).key_id == "b"


async def test_never_answered(issuer: Issuer):
    """While no key was ever read nobody can tell, which is not the same as a bad token."""
    issuer.away = True
    with pytest.raises(Unavailable, match="issuer"):
        await UrlKeys(issuer.url).key("a")


@pytest.mark.parametrize("url", ["http://issuer.example/keys", "ftp://issuer.example/keys", "file:///keys"])
async def test_https_only(doors: Doors, url: str):
    """An address that anybody on the way could answer for is refused at the start."""
    chosen = doors.app.state.services.settings.model_copy(update={"jwks_url": url})
    with pytest.raises(ValueError, match="not https"):
        key_set(chosen)


@pytest.mark.parametrize("kind", ["RS256", "ES256"])
async def test_other_signatures(doors: Doors, kind: str):
    """A token signed as most identity providers do is taken, by the key that its issuer publishes for that."""
    private = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "RS256"
        else ec.generate_private_key(ec.SECP256R1())
    )
    reader = jwt.algorithms.RSAAlgorithm if kind == "RS256" else jwt.algorithms.ECAlgorithm
    told = reader.to_jwk(private.public_key(), as_dict=True) | {"kid": kind, "alg": kind}
    place = doors.stack.layout.secrets / "jwks.json"
    before = place.read_text()
    place.write_text(json.dumps({"keys": [*json.loads(before)["keys"], told]}))
    try:
        claims = jwt.decode(doors.token(), options={"verify_signature": False})
        token = jwt.encode(claims, private, algorithm=kind, headers={"kid": kind})
        async with doors.bare({"authorization": f"Bearer {token}"}) as client:
            assert (await client.get("/v1/journeys")).status_code == 200
    finally:
        place.write_text(before)
