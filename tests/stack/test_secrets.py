"""The keys of a stack are made once, and only their owner may read them."""

import base64
import json
import stat
from datetime import UTC, datetime, timedelta

import jwt

from stack import secrets

FILES = ["codec.key", "jwks.json", "jwt.json", "subject.key", "vault.key"]


def test_secrets_are_private(tmp_path):
    """The folder is closed to others, and so is every file in it."""
    folder = tmp_path / "secrets"
    secrets.ensure(folder)
    assert sorted(each.name for each in folder.iterdir()) == FILES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}


def test_keys_have_their_length(tmp_path):
    """Each symmetric key is 32 random bytes, and the codec's current key is among its keys."""
    secrets.ensure(tmp_path)
    codec = json.loads((tmp_path / "codec.key").read_text())
    keys = [codec["keys"][codec["current"]], *((tmp_path / name).read_text() for name in ("vault.key", "subject.key"))]
    assert [len(base64.b64decode(key, validate=True)) for key in keys] == [32, 32, 32]
    assert len(set(keys)) == 3


def test_secrets_are_never_replaced(tmp_path):
    """A second run changes no key, and makes the one that is missing."""
    secrets.ensure(tmp_path)
    (tmp_path / "vault.key").unlink()
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    secrets.ensure(tmp_path)
    after = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    assert after.keys() - before.keys() == {"vault.key"}
    assert {name: after[name] for name in before} == before


def test_an_older_codec_key_learns_when_payloads_became_bound(tmp_path):
    """The keys of an earlier release stay; beside them comes the moment of the upgrade, once, for the owner alone."""
    secrets.ensure(tmp_path)
    codec = tmp_path / "codec.key"
    older = {name: value for name, value in json.loads(codec.read_text()).items() if name != "bound_since"}
    codec.write_text(json.dumps(older))
    secrets.ensure(tmp_path)
    upgraded = json.loads(codec.read_text())
    assert {name: upgraded[name] for name in older} == older
    ahead = datetime.fromisoformat(upgraded["bound_since"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < ahead <= timedelta(minutes=10)
    assert stat.S_IMODE(codec.stat().st_mode) == 0o600
    secrets.ensure(tmp_path)
    assert json.loads(codec.read_text()) == upgraded


def test_public_key_verifies(tmp_path):
    """A token signed with the private key is accepted by the public set, which holds no private part."""
    secrets.ensure(tmp_path)
    private = json.loads((tmp_path / "jwt.json").read_text())
    public = json.loads((tmp_path / "jwks.json").read_text())
    token = jwt.encode({"sub": "c-1"}, jwt.PyJWK(private).key, "EdDSA", headers={"kid": private["kid"]})
    key = jwt.PyJWKSet.from_dict(public)[private["kid"]]
    assert jwt.decode(token, key, algorithms=["EdDSA"]) == {"sub": "c-1"}
    assert all("d" not in each for each in public["keys"])
