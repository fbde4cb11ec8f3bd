"""A manifest on another host is asked for every minute, and read only when it changed."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from comments_service.actions.manifest import FORMAT
from comments_service.manifest import LOOK_SECONDS, ManifestSource

from .conftest import Circle, entry


@dataclass
class Site:
    """A static host with one file, which tells its versions apart by some headers."""

    url: str = ""
    text: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)

    def publish(self, *slugs: str, **headers: str) -> None:
        document = {"format": FORMAT, "opportunities": [entry(slug) for slug in slugs]}
        self.text = json.dumps(document).encode()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def status(self, asked: Any) -> int:
        if not self.text:
            return 404
        tag = asked["If-None-Match"]
        date = asked["If-Modified-Since"]
        if tag is not None:  # RFC 9110, 13.1.3: a date beside a tag counts for nothing
            return 304 if tag == self.headers.get("ETag") else 200
        return 304 if date and date == self.headers.get("Last-Modified") else 200


@pytest.fixture
def site() -> Iterator[Site]:
    here = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the library's name
            here.answers.append(here.status(self.headers))
            self.send_response(here.answers[-1])
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if here.answers[-1] == 200:
                self.wfile.write(here.text)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here.url = f"http://127.0.0.1:{server.server_port}/briefs/opportunities.json"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


def refresh(source: ManifestSource, circle: Circle) -> bool:
    return source.refresh(circle.store, circle.now)


@pytest.mark.parametrize(
    "versions",
    [
        ({"ETag": '"1"'}, {"ETag": '"2"'}),
        (
            {"Last_Modified": "Tue, 03 Nov 2026 09:00:00 GMT"},
            {"Last_Modified": "Tue, 03 Nov 2026 09:05:00 GMT"},
        ),
        (
            {"ETag": 'W/"1"', "Last_Modified": "Tue, 03 Nov 2026 09:00:00 GMT"},
            {"ETag": 'W/"2"', "Last_Modified": "Tue, 03 Nov 2026 09:00:00 GMT"},
        ),
    ],
)
def test_what_did_not_change_is_not_sent_again(
    circle: Circle, site: Site, versions: tuple[dict[str, str], dict[str, str]]
) -> None:
    source = ManifestSource(site.url, circle.house)
    site.publish("farm", "mill", **versions[0])
    assert refresh(source, circle)
    assert not refresh(source, circle) and not refresh(source, circle)
    site.publish("farm", "mill", "dyke", **versions[1])
    assert refresh(source, circle)
    assert not refresh(source, circle)
    assert site.answers == [200, 304, 304, 200, 304]


def test_a_host_that_names_no_version_is_read_each_time(circle: Circle, site: Site) -> None:
    source = ManifestSource(site.url, circle.house)
    site.publish("farm", "mill")
    assert refresh(source, circle)
    assert not refresh(source, circle)
    assert site.answers == [200, 200]


def test_a_broken_version_is_read_again_and_told_of_once(
    circle: Circle, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    source = ManifestSource(site.url, circle.house)
    assert not refresh(source, circle)  # nothing is published yet
    site.publish("farm", "mill", ETag='"1"')
    whole, site.text = site.text, site.text[:50]
    assert not refresh(source, circle) and not refresh(source, circle)
    assert len(caplog.messages) == 2
    site.text = whole
    assert refresh(source, circle)
    assert site.answers == [404, 200, 200, 200]


def test_another_host_is_asked_once_a_minute() -> None:
    assert LOOK_SECONDS["https"] == 60
