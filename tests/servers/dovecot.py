"""A real Dovecot in a folder of its own, on loopback: every user name has a mailbox, and one
password opens all of them."""

import contextlib
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "sésame/@"
CONF = """\
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
disable_plaintext_auth = no
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{folder}/certificate
ssl_key = <{folder}/key
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
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
service anvil {{
  chroot =
}}
{more}
"""
WITHOUT_IDLE = "imap_capability = IMAP4rev1 UIDPLUS"


@dataclass(frozen=True)
class Dovecot:
    """A running Dovecot."""

    folder: Path
    port: int
    tls_port: int

    @property
    def certificate(self) -> Path:
        """What vouches for it, for whoever chooses to believe that."""
        return self.folder / "certificate"

    def url(self, user: str, scheme: str = "imap", folder: str = "INBOX") -> str:
        """As EMERGENCE_IMAP_URL takes it."""
        port = self.tls_port if scheme == "imaps" else self.port
        return f"{scheme}://{user}:s%C3%A9same%2F%40@127.0.0.1:{port}/{folder}"

    @contextlib.contextmanager
    def mailbox(self, user: str) -> Iterator[imaplib.IMAP4]:
        """The inbox of a user, as their own mail program sees it."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{PASSWORD}".encode())
            client.select("INBOX")
            yield client
        finally:
            client.logout()

    def put(self, user: str, raw: bytes, flags: str = "") -> None:
        """Deliver a message."""
        with self.mailbox(user) as client:
            status, words = client.append("INBOX", flags, None, raw)
            assert status == "OK", words

    def unread(self, user: str) -> int:
        with self.mailbox(user) as client:
            return len(client.search(None, "UNSEEN")[1][0].split())

    def read(self, user: str) -> int:
        with self.mailbox(user) as client:
            return len(client.search(None, "SEEN")[1][0].split())

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace", encoding="utf-8") if path.exists() else ""


@contextlib.contextmanager
def running_dovecot(more: str = "", ports: tuple[int, int] | None = None) -> Iterator[Dovecot]:
    """Dovecot, with `more` in its configuration. Fails the test, in words, when there is none."""
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    program, openssl = shutil.which("dovecot", path=path), shutil.which("openssl")
    if program is None or openssl is None:
        pytest.fail("Dovecot is missing: sudo apt-get install dovecot-imapd openssl")
    folder = Path(tempfile.mkdtemp(prefix="emergence-dovecot-"))  # its processes are other users
    server = Dovecot(folder, *(ports or _free_ports()))
    try:
        _configure(server, openssl, more)
        process = subprocess.Popen([program, "-F", "-c", str(folder / "conf")])
        try:
            _wait_for_greeting(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder)


def _configure(server: Dovecot, openssl: str, more: str) -> None:
    folder, root = server.folder, os.getuid() == 0
    me = pwd.getpwuid(os.getuid())
    owner = pwd.getpwnam("nobody") if root else me
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(server.certificate)]
    subprocess.run([*command, "-keyout", str(folder / "key")], check=True, capture_output=True)
    values = {
        "folder": folder,
        "internal": "dovecot" if root else me.pw_name,
        "login": "dovenull" if root else me.pw_name,
        "group": "dovecot" if root else me.pw_gid,
        "password": PASSWORD,
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
        "port": server.port,
        "tls_port": server.tls_port,
        "more": more,
    }
    (folder / "conf").write_text(CONF.format(**values), encoding="utf-8")


def _wait_for_greeting(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 30
    while process.poll() is None:
        with contextlib.suppress(OSError), imaplib.IMAP4("127.0.0.1", server.port) as client:
            client.noop()
            return
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    pytest.fail(f"Dovecot does not answer: {server.log()[-2000:]}")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        for listener in (one, other):
            listener.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
