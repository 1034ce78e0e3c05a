"""Certificates are made once, renewed in time, and signed by one authority."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from stack import certificates

NAMES = ("authority.key", "server.key", "server.pem", "tool.key", "tool.pem", "trust.pem")


def _ensure(folder: Path) -> dict[str, bytes]:
    certificates.ensure(folder, "server", ("tool",), ("trust",))
    return {each.name: each.read_bytes() for each in folder.iterdir()}


def test_made_once(tmp_path):
    """A second run changes nothing; every file is for its owner alone, and the authority signed each certificate."""
    first = _ensure(tmp_path)
    assert tuple(sorted(first)) == NAMES
    assert _ensure(tmp_path) == first
    assert {each.stat().st_mode & 0o077 for each in tmp_path.iterdir()} == {0}
    authority = x509.load_pem_x509_certificate(first["trust.pem"])
    for name in ("server.pem", "tool.pem"):
        x509.load_pem_x509_certificate(first[name]).verify_directly_issued_by(authority)


def test_renewed_before_the_end(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """One that ends within half a year is made anew, with its key; the authority stays."""
    monkeypatch.setattr(certificates, "LIFE", timedelta(days=100))
    first = _ensure(tmp_path)
    monkeypatch.undo()
    second = _ensure(tmp_path)
    assert {name for name in NAMES if first[name] != second[name]} == {
        "server.key",
        "server.pem",
        "tool.key",
        "tool.pem",
    }


def test_another_authority_signs_all_anew(tmp_path):
    """Where the authority's key is lost, it and everything that it signed are made anew."""
    first = _ensure(tmp_path)
    (tmp_path / "authority.key").unlink()
    second = _ensure(tmp_path)
    assert [name for name in NAMES if first[name] == second[name]] == []
