"""What `emergence serve` runs, and what it says first."""

import os

from .processes import Child, python
from .settings import Settings

NEXT = """\
  Next: `make demo` in another terminal tells a whole story;
        `.venv/bin/emergence new opportunity TITLE` begins your own;
        `.venv/bin/emergence --help` lists the rest.
"""


def children(settings: Settings) -> list[Child]:
    """The web process, the builder and the mail worker; each can end without the others."""
    environ = {
        **os.environ,
        "EMERGENCE_DATA": str(settings.data),
        "PORT": str(settings.port),
        "EMERGENCE_SITE_URL": settings.site_url,
        "EMERGENCE_SERVICE_URL": settings.service_url,
        "EMERGENCE_DISCUSSION_URL": f"http://{settings.host}:{settings.port}",
    }
    builder = ("-m", "plugins.resident", "--settings", "pelicanconf.py", "--content", "content")
    return [
        Child("web", python("-m", "comments_service.server"), environ),
        Child("builder", python(*builder, "--site", str(settings.data / "site")), environ),
        Child("mail", python("-m", "comments_service.cli", "mail", "send"), environ),
    ]


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
    lines += ["", NEXT] if first else [""]
    lines.append(f"  Ctrl-C ends it. Everything stays in {settings.data}\n")
    return "\n".join(lines)
