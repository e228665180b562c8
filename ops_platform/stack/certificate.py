"""A certificate made by ourselves, so that browsers give the page a camera in the demo."""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAYS = 365


def ensure_certificate(folder: Path, hosts: tuple[str, ...]) -> tuple[Path, Path]:
    """Return certificate and key for these hosts, made anew when there are none or they expire."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    if not (certificate.exists() and key.exists() and _good(certificate, hosts)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key, hosts)
    return certificate, key


def own_addresses() -> tuple[str, ...]:
    """Return the names and addresses this machine may be called by."""
    found = {"localhost", "127.0.0.1", socket.gethostname()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # No packet is sent: the kernel only says which address it would send from.
            probe.connect(("192.0.2.1", 9))
            found.add(probe.getsockname()[0])
        except OSError:
            pass
    return tuple(sorted(found))


def _names(hosts: tuple[str, ...]) -> x509.SubjectAlternativeName:
    names: list[x509.GeneralName] = []
    for host in hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return x509.SubjectAlternativeName(names)


def _good(certificate: Path, hosts: tuple[str, ...]) -> bool:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    lasting = found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=7)
    return lasting and set(names) == set(_names(hosts))


def _make(certificate: Path, key: Path, hosts: tuple[str, ...]) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ops-platform")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(_names(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
