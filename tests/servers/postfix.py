"""A real Postfix in a folder of its own, on loopback: hands our domain's mail to our LMTP server
and puts everybody else's into a Maildir per address."""

import contextlib
import email
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

MAIN = """\
compatibility_level = 3.6
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
multi_instance_enable = yes

relay_domains = {domain}
transport_maps = inline:{{ {{ {domain} = lmtp:inet:127.0.0.1:{lmtp} }} }}
virtual_mailbox_domains = example.org, example.net
virtual_mailbox_base = {folder}/mailboxes
virtual_mailbox_maps = texthash:{folder}/people
virtual_minimum_uid = 1
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = no
message_size_limit = 40000000

smtputf8_enable = yes
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
lmtp_connection_cache_on_demand = no
default_destination_concurrency_failed_cohort_limit = 0
"""

# The verified door does what a filter for DMARC does in a real house: it says who was proven, and
# what a sender says of that himself is taken out (RFC 8601 §5).
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
    -o {{ cleanup_service_name = without-claims }}
127.0.0.1:{verified} inet n - n - - smtpd
    -o {{ smtpd_client_restrictions = check_client_access regexp:{folder}/proven }}
without-claims unix n - n - 0 cleanup
    -o {{ header_checks = regexp:{folder}/claims }}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix."""

    folder: Path
    port: int  # takes mail from anybody, and takes out what they say of their own identity
    verified: int  # the same for senders whose domain vouches for them: DMARC passes

    @property
    def url(self) -> str:
        """As EMERGENCE_SMTP_URL takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    def maildir(self, address: str) -> Path:
        """Where the mail of one of its people lies."""
        return self.folder / "mailboxes" / address

    def received(self, address: str) -> list[EmailMessage]:
        """The mail of one of its people, oldest first."""
        paths = sorted(self.maildir(address).glob("new/*"), key=lambda p: p.stat().st_mtime_ns)
        return [email.message_from_bytes(p.read_bytes(), policy=policy.default) for p in paths]

    def empty_mailboxes(self) -> None:
        for path in (self.folder / "mailboxes").iterdir():
            shutil.rmtree(path)

    def waiting(self) -> int:
        """How many messages it has taken and not handed on."""
        kinds = ("incoming", "active", "deferred", "maildrop", "hold")
        queue = self.folder / "queue"
        return sum(p.is_file() for kind in kinds for p in (queue / kind).rglob("*"))

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace", encoding="utf-8") if path.exists() else ""

    def send(self, message: bytes, sender: str, *to: str, verified: bool = False) -> str:
        """Send it with swaks, as a mail program does; the server's last words."""
        port = self.verified if verified else self.port
        told = subprocess.run(
            [
                *("swaks", "--server", f"127.0.0.1:{port}", "--helo", "client.example.org"),
                *("--from", sender, "--to", ",".join(to), "--data", "-", "--silent", "2"),
            ],
            input=message,
            capture_output=True,
        )
        words = (told.stdout + told.stderr).decode(errors="replace")
        assert told.returncode == 0, words
        return words


@contextlib.contextmanager
def running_postfix(
    domain: str, lmtp: int, people: Sequence[str], more: str = ""
) -> Iterator[Postfix]:
    """Postfix for `people` (addresses in example.org and example.net), with `domain` handed to LMTP
    on that port, and `more` lines in its main.cf in place of those of the same names. Fails the
    test, in words, when there is no Postfix or nobody to start it."""
    if not shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin"):
        pytest.fail("Postfix is missing: sudo apt-get install postfix")
    if os.getuid() != 0:
        pytest.fail("Postfix is started by root only; `-m 'not postfix'` leaves these tests out")
    # Its daemons are other users, who may not go everywhere.
    folder = Path(tempfile.mkdtemp(prefix="emergence-postfix-", dir="/tmp"))
    try:
        yield from _running(_configured(folder, domain, lmtp, people, more))
    finally:
        shutil.rmtree(folder)


def _configured(folder: Path, domain: str, lmtp: int, people: Sequence[str], more: str) -> Postfix:
    postfix, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    port, verified = _free_ports(2)
    folder.chmod(0o755)
    for name, owner in (("queue", 0), ("data", postfix.pw_uid), ("mailboxes", nobody.pw_uid)):
        (folder / name).mkdir()
        os.chown(folder / name, owner, -1)
    conf = folder / "conf"
    conf.mkdir()
    user, group = nobody.pw_uid, nobody.pw_gid
    values = {"folder": folder, "domain": domain, "lmtp": lmtp, "user": user, "group": group}
    (conf / "main.cf").write_text(_without(more, MAIN.format(**values)) + more, encoding="utf-8")
    (conf / "master.cf").write_text(
        MASTER.format(folder=folder, port=port, verified=verified), encoding="utf-8"
    )
    (folder / "people").write_text("".join(f"{one} {one}/\n" for one in people), encoding="utf-8")
    (folder / "claims").write_text(
        f"/^Authentication-Results: *{domain};/ IGNORE\n", encoding="utf-8"
    )
    claim = f"PREPEND Authentication-Results: {domain}; dmarc=pass"
    (folder / "proven").write_text(f"/./ {claim}\n", encoding="utf-8")
    return Postfix(folder, port, verified)


def _without(more: str, main: str) -> str:
    """`main` without what `more` says too: each process would warn of it, and block its own log."""
    named = set(re.findall(r"^(\w+) *=", more, re.MULTILINE))
    lines = main.splitlines(keepends=True)
    return "".join(line for line in lines if line.partition("=")[0].strip() not in named)


def _running(server: Postfix) -> Iterator[Postfix]:
    command = ["postfix", "-c", str(server.folder / "conf")]
    environ = os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin"}
    started = subprocess.run(
        [*command, "start"], capture_output=True, text=True, env=environ, encoding="utf-8"
    )
    try:
        assert started.returncode == 0, started.stderr + server.log()
        for port in (server.port, server.verified):
            _wait_for_greeting(port, server)
        yield server
    finally:
        subprocess.run([*command, "stop"], capture_output=True, env=environ)


def _wait_for_greeting(port: int, server: Postfix) -> None:
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 30) as s:
            if s.recv(3) == b"220":
                return
        if time.monotonic() > end:
            pytest.fail(f"Postfix does not answer: {server.log()[-2000:]}")
        time.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
