"""What `emergence serve` runs, and what it says first."""

import os
from urllib.parse import urlsplit

from .processes import Child, python
from .settings import Settings

NEXT = """\
  Next: `make demo` in another terminal tells a whole story;
        `.venv/bin/emergence new opportunity TITLE` begins your own;
        `.venv/bin/emergence --help` lists the rest.
"""


def children(settings: Settings) -> list[Child]:
    """Web, builder, mail worker and the doors of mail; each can end without the others."""
    environ = {
        **os.environ,
        "EMERGENCE_DATA": str(settings.data),
        "PORT": str(settings.port),
        "EMERGENCE_SITE_URL": settings.site_url,
        "EMERGENCE_SERVICE_URL": settings.service_url,
        "EMERGENCE_DISCUSSION_URL": f"http://{settings.host}:{settings.port}",
    }
    builder = ("-m", "plugins.resident", "--settings", "pelicanconf.py", "--content", "content")
    mail = ("-m", "comments_service.cli", "mail")
    running = [
        Child("web", python("-m", "comments_service.server"), environ),
        Child("builder", python(*builder, "--site", str(settings.data / "site")), environ),
        Child("mail", python(*mail, "send"), environ),
    ]
    if settings.lmtp:
        running.append(Child("lmtp", python(*mail, "lmtp"), environ))
    if settings.imap_url:
        running.append(Child("fetch", python(*mail, "fetch"), environ))
    return running


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
