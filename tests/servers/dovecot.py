"""Runs Debian's Dovecot on a loopback port for the tests that need a real IMAP server."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from imapclient import IMAPClient

_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/Maildir
first_valid_uid = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {home}/users
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server with one account. `port` speaks plain IMAP and STARTTLS, `tls_port` IMAPS with the certificate `ca_file`."""

    port: int
    tls_port: int
    user: str
    password: str
    ca_file: Path
    host: str = "127.0.0.1"

    def client(self) -> IMAPClient:
        """Return a new logged-in connection; use it as a context manager."""
        client = IMAPClient(self.host, self.port, ssl=False, timeout=10)
        client.login(self.user, self.password)
        return client

    def deliver(self, mail: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder, which is created if it is missing."""
        self.deliver_all([mail], folder)

    def deliver_all(self, mails: list[bytes], folder: str = "INBOX") -> None:
        """Put mails into a folder over one connection."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail)

    def put(self, mails: Iterable[bytes]) -> None:
        """Put mails straight into the folder of the inbox, which is a hundred times faster; they have no order among themselves."""
        new = self.ca_file.parent / "mail" / self.user / "Maildir" / "new"
        with self.client() as client:
            client.select_folder("INBOX")
        for number, mail in enumerate(mails):
            file = new / f"{time.time_ns()}.{number}.test"
            file.write_bytes(mail)
            file.chmod(0o644)

    def empty(self) -> None:
        """Remove all mail and all folders but the inbox."""
        with self.client() as client:
            for _, _, folder in client.list_folders():
                if folder != "INBOX":
                    client.delete_folder(folder)
            client.select_folder("INBOX")
            if uids := client.search():
                client.delete_messages(uids, silent=True)
                client.expunge()


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """Run one Dovecot for the whole session; it is stopped and its folder removed at the end."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        missing = "Dovecot is missing: apt-get install --no-install-recommends dovecot-imapd"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    # Socket paths are limited to 107 characters, which pytest's own temporary folders exceed.
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    server, process = _start(program, home)
    try:
        yield server
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    """Return the session's Dovecot with its mailbox emptied."""
    dovecot_server.empty()
    return dovecot_server


def _start(program: str, home: Path) -> tuple[Dovecot, subprocess.Popen[bytes]]:
    root = os.geteuid() == 0
    user, group, uid, gid = ("nobody", "nogroup", 65534, 65534) if root else (*_own_names(), os.getuid(), os.getgid())
    port, tls_port = _free_port(), _free_port()
    server = Dovecot(port, tls_port, "petition", "secret", home / "cert.pem")
    _certificate(home)
    config = _CONFIG.format(home=home, user=user, group=group, port=port, tls_port=tls_port)
    (home / "dovecot.conf").write_text(config, "utf-8")
    account = f"{server.user}:{{PLAIN}}{server.password}:{uid}:{gid}::{home}/mail/petition::\n"
    (home / "users").write_text(account, "utf-8")
    command = [program, "-F", "-c", str(home / "dovecot.conf")]
    if root:
        # Dovecot's login processes refuse to run as root.
        for path in [home, *home.iterdir()]:
            os.chown(path, uid, gid)
        command = ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", *command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait(server, process, home)
    return server, process


def _own_names() -> tuple[str, str]:
    return pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name


def _certificate(home: Path) -> None:
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*request, *subject, *files], check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Dovecot, process: subprocess.Popen[bytes], home: Path) -> None:
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((server.host, server.port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    process.kill()
    log = home / "dovecot.log"
    pytest.fail(f"Dovecot did not start: {log.read_text('utf-8') if log.exists() else 'no log'}")
