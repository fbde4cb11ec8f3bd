"""Settings of a house with a public mail domain, and a name server that knows its records."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from comments_service.settings import Settings, from_environment
from tests.servers.name_server import NameServer, running_name_server


@pytest.fixture
def settings_with(tmp_path: Path) -> Callable[..., Settings]:
    """Settings with these changed, by the end of their names."""

    def make(**changed: object) -> Settings:
        environ = {
            "EMERGENCE_DATA": str(tmp_path),
            "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
            "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
            "EMERGENCE_LMTP": "off",
        }
        changes = {f"EMERGENCE_{name.upper()}": str(value) for name, value in changed.items()}
        port = {"PORT": str(changed["port"])} if "port" in changed else {}
        return from_environment(environ | changes | port)

    return make


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    """All is well with talk.example.org; tests spoil one thing."""
    with running_name_server() as server:
        server.publish("talk.example.org", "MX", "10 mail.example.org.")
        server.publish("mail.example.org", "A", "192.0.2.10")
        server.publish_text("talk.example.org", "unrelated words", "v=spf1 mx -all")
        server.publish_text("_dmarc.talk.example.org", "v=DMARC1; p=reject")
        yield server
