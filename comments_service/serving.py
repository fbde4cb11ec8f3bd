"""What `emergence serve` runs, what it says first, and that it is alone in its house."""

import errno
import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .processes import Child, python
from .settings import Settings
from .values import BadSettings

WEB_STARTS = 10.0  # seconds at most; the site builds without the service too
LAST_ONE_ENDS = 15.0  # seconds that the processes of a killed `emergence serve` may take to go

NEXT = """\
  Next: `make demo` in another terminal tells a whole story;
        `.venv/bin/emergence new opportunity TITLE` begins your own;
        `.venv/bin/emergence --help` lists the rest.
"""


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder, with the port free; raise BadSettings when somebody else has either.

    The lock is the kernel's: it ends with this process, however that ends. What a killed one left
    running is waited for.
    """
    with (settings.data / "serve.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadSettings(
                f"Another `emergence serve` uses {settings.data}. End that one, or set "
                "EMERGENCE_DATA (and PORT) to have a second house."
            ) from None
        lock.seek(0)
        _find_the_port_free(settings, LAST_ONE_ENDS if lock.read() else 0)
        lock.write("Somebody serves, or was killed.\n")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def _find_the_port_free(settings: Settings, patience: float) -> None:
    until = time.monotonic() + patience
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    while True:
        try:  # without SO_REUSEPORT, by which two servers would share the port
            socket.create_server((settings.host, settings.port), family=family).close()
            return
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                words = f"cannot be listened at ({problem.strerror or problem})"
                raise BadSettings(
                    f"{where} {words}: put EMERGENCE_HOST and PORT right."
                ) from problem
            if time.monotonic() > until:
                raise BadSettings(
                    f"Something listens at {where} already. End it, or set PORT to another number."
                ) from None
        time.sleep(0.1)


def is_served(settings: Settings) -> bool:
    """Whether an `emergence serve` holds the data folder."""
    with (settings.data / "serve.lock").open("a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def site_environ(settings: Settings) -> dict[str, str]:
    """What the site's own settings read, for a process that builds it or looks it over."""
    return {
        **os.environ,
        "EMERGENCE_DATA": str(settings.data),
        "PORT": str(settings.port),
        "EMERGENCE_SITE_URL": settings.site_url,
        "EMERGENCE_SERVICE_URL": settings.service_url,
        "EMERGENCE_DISCUSSION_URL": f"http://{settings.host}:{settings.port}",
    }


def children(settings: Settings) -> list[Child]:
    """Web, builder, mail worker and the doors of mail; each can end without the others.

    There is no builder where another host builds the site.
    """
    environ = site_environ(settings)
    builder = ("-m", "plugins.resident", "--settings", "pelicanconf.py", "--content", "content")
    mail = ("-m", "comments_service.cli", "mail")
    running = [Child("web", python("-m", "comments_service.server"), environ)]
    if not settings.site_is_elsewhere:
        command = python(*builder, "--site", str(settings.data / "site"))
        running.append(Child("builder", command, environ, when=_web_answers(settings)))
    running.append(Child("mail", python(*mail, "send"), environ))
    if settings.lmtp:
        running.append(Child("lmtp", python(*mail, "lmtp"), environ))
    if settings.rebuild:
        running.append(Child("rebuild", python("-m", "comments_service.rebuild"), environ))
    if settings.hook_secret:
        running.append(Child("publish", python("-m", "comments_service.publisher"), environ))
    if settings.imap_url:
        running.append(Child("fetch", python(*mail, "fetch"), environ))
    return running


def _web_answers(settings: Settings) -> Callable[[], bool]:
    """Whether the web process takes connections, or has had all its time to begin to."""
    until = time.monotonic() + WEB_STARTS

    def answers() -> bool:
        try:
            socket.create_connection((settings.host, settings.port), 0.5).close()
        except OSError:
            return time.monotonic() > until
        return True

    return answers


def greeting(settings: Settings, link: str, first: bool) -> str:
    """What to open, and after a first start what to try next. `link` is the facilitator's own."""
    lines = [
        "",
        f"  The site             {settings.site_url}/",
        "  Come in as the facilitator (once, within a day)",
        f"                       {link}",
    ]
    if not settings.smtp_url and settings.on_loopback:
        lines.append(f"  The letters it sent  {settings.service_url}/-/mailbox/")
    lines += [f"  Mail comes in        {way}" for way in _ways_in(settings)]
    lines += ["", NEXT] if first else [""]
    lines.append(f"  Ctrl-C ends it. Everything stays in {settings.data}\n")
    return "\n".join(lines)


def _ways_in(settings: Settings) -> list[str]:
    ways = []
    if settings.lmtp:
        host, port = settings.lmtp
        ways.append(f"by LMTP at {host}:{port}")
    if settings.imap_url:  # without its user and password
        ways.append(f"from the mailbox at {urlsplit(settings.imap_url).hostname}")
    return ways
