"""Certificates by which Temporal's server and those who call it know one another (mutual TLS)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stack.secrets import write_private

HOST = "temporal"  # the server's name in docker-compose.yml and in its certificate
AUTHORITY_LIFE = timedelta(days=3650)
LIFE = timedelta(days=730)
RENEW = timedelta(days=180)  # before the end
KEY_FILE = "authority.key"


@dataclass(frozen=True)
class Authority:
    """Who signs: a certificate of our own making, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def ensure(folder: Path, server: str, clients: tuple[str, ...], trusting: tuple[str, ...]) -> None:
    """Make `NAME.pem` and `NAME.key` for the server and each client; renew one that ends within half a year.

    `authority.key` signs them, and is for whoever makes secrets alone; `NAME.pem` of `trusting` are the authority's
    certificate, for each who checks by it. Where one of these is missing, all are made anew.
    """
    authority = _authority(folder, [folder / f"{name}.pem" for name in trusting])
    _ensure_one(folder, server, authority, ExtendedKeyUsageOID.SERVER_AUTH)
    for name in clients:
        _ensure_one(folder, name, authority, ExtendedKeyUsageOID.CLIENT_AUTH)


def _authority(folder: Path, copies: list[Path]) -> Authority:
    key_file = folder / KEY_FILE
    if not all(file.exists() for file in (key_file, *copies)):
        made = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate("family-journeys", made, AUTHORITY_LIFE)
        write_private(key_file, _private(made))
        for file in copies:
            write_private(file, _public(certificate))
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key_file} is not a key of this script; remove it and run the script again")
    return Authority(x509.load_pem_x509_certificate(copies[0].read_bytes()), key)


def _ensure_one(folder: Path, name: str, authority: Authority, use: x509.ObjectIdentifier) -> None:
    place, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    if place.exists() and key_file.exists() and _is_good(place, authority):
        return
    key = ec.generate_private_key(ec.SECP256R1())
    write_private(key_file, _private(key))
    write_private(place, _public(_certificate(name, key, LIFE, authority, use)))


def _is_good(place: Path, authority: Authority) -> bool:
    """Tell whether the authority signed a certificate that lasts for a while."""
    certificate = x509.load_pem_x509_certificate(place.read_bytes())
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (InvalidSignature, ValueError):
        return False
    return certificate.not_valid_after_utc - datetime.now(UTC) > RENEW


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    life: timedelta,
    authority: Authority | None = None,
    use: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    """Return a certificate for a use, signed by the authority; without one, the authority's own."""
    now = datetime.now(UTC)
    signer, issuer = (authority.key, authority.certificate.subject) if authority else (key, _name(name))
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if use is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    if use == ExtendedKeyUsageOID.SERVER_AUTH:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _public(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
