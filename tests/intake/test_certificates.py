"""A mail server whose certificate has expired, is for somebody else, or comes from nowhere."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from xiansuo.intake.limits import Limits
from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError, Setback
from xiansuo.intake.mailbox import fetch

DAY = timedelta(days=1)


def certificate(folder: Path, begins: timedelta, ends: timedelta, address: str = "127.0.0.1") -> Path:
    """Write a self-signed certificate with its key."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "server.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, *form) + made.public_bytes(pem))
    return file


@pytest.fixture
def serve() -> Iterator[Callable[[Path], int]]:
    """Serve TLS with a certificate on loopback."""
    listeners = list[socket.socket]()

    def begin(file: Path) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def answer() -> None:
            with suppress(OSError):
                client, _ = listener.accept()
                with client, suppress(OSError), context.wrap_socket(client, server_side=True) as line:
                    line.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        return int(listener.getsockname()[1])

    yield begin
    for one in listeners:
        one.close()


@pytest.mark.parametrize(
    ("begins", "ends", "address", "trusted", "told"),
    [
        (-9 * DAY, -DAY, "127.0.0.1", True, "证书已经过期"),
        (DAY, 9 * DAY, "127.0.0.1", True, "证书还没有生效"),
        (-DAY, 9 * DAY, "192.0.2.7", True, "证书是给别的主机名的"),
        (-DAY, 9 * DAY, "127.0.0.1", False, "不是受信任的机构签发的"),
    ],
    ids=["expired", "not yet valid", "another host", "unknown authority"],
)
def test_what_is_wrong_about_a_certificate_is_told(
    tmp_path: Path,
    serve: Callable[[Path], int],
    begins: timedelta,
    ends: timedelta,
    address: str,
    *,
    trusted: bool,
    told: str,
) -> None:
    file = certificate(tmp_path, begins, ends, address)
    source = MailboxSource("信箱", "127.0.0.1", serve(file), "u", SecretStr("p"), ca_file=file if trusted else None)
    with pytest.raises(MailboxUnreachableError, match=told) as caught:
        list(fetch(source, {}, limits=Limits()))
    assert caught.value.setback is Setback.OTHER
