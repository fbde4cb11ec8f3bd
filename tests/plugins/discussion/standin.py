"""A small HTTP server that tells of discussions as the contract says, for want of the service:
long polls, pages of an answer, ETags, and every way to fail."""

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FORMAT = "emergence-discussions/1"


def person(id: str, name: str, capacity: str = "expert", **more: Any) -> dict[str, Any]:
    """A person as the service tells of them."""
    known = {
        "id": id,
        "name": name,
        "status": "freelance",
        "know_how": "",
        "language": "en",
        "as": capacity,
        "introduction": None,
        "since": "2026-11-03T09:00:00Z",
        "left": None,
    }
    return known | more


def comment(id: str, author: str | None = None, html: str = "", **more: Any) -> dict[str, Any]:
    """A comment as the service tells of it."""
    known = {
        "id": id,
        "parent": None,
        "update": None,
        "author": author,
        "state": "published",
        "written": "2026-11-06T10:00:00Z",
        "edited": None,
        "html": html or f"<p>Words of {id}</p>",
        "answer_to": f"answer+{id}@mail.example",
        "message_id": f"<{id}@mail.example>",
    }
    return known | more


class Service:
    """Serves what it was told; `url` stays the same over `stop` and `start`."""

    def __init__(self) -> None:
        self.id = "service-1"
        self.page_size = 100
        self.instead: bytes | None = None
        self.status = 200
        self.asked: list[str] = []
        self._cursor = 0
        self._changed: dict[str, int] = {}
        self._people: dict[str, dict[str, Any]] = {}
        self._comments: dict[str, dict[str, tuple[int, dict[str, Any]]]] = {}
        self._news = threading.Condition()
        self._server: _Server | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.service = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        server, self._server = self._server, None
        if server:
            with self._news:
                server.ending = True
                self._news.notify_all()
            server.shutdown()
            server.server_close()
            server.end_connections()

    def forget(self, id: str) -> None:
        """Become another service, that knows nothing."""
        with self._news:
            self.id, self._cursor = id, 0
            self._changed, self._people, self._comments = {}, {}, {}
            self._news.notify_all()

    def tell(
        self, slug: str, *comments: dict[str, Any], people: list[dict[str, Any]] | None = None
    ) -> int:
        """Change a discussion; gives the new cursor."""
        with self._news:
            self._cursor += 1
            known = self._people.setdefault(slug, {})
            if people is not None:
                self._people[slug] = {each["id"]: each for each in people}
            else:
                for each in comments:
                    if each["author"]:
                        known.setdefault(each["author"], person(each["author"], each["author"]))
            for each in comments:
                self._comments.setdefault(slug, {})[each["id"]] = (self._cursor, each)
            self._changed[slug] = self._cursor
            self._news.notify_all()
            return self._cursor

    def answer(self, since: int, wait: float) -> dict[str, Any]:
        server = self._server
        with self._news:
            self._news.wait_for(
                lambda: self._cursor != since or server is None or server.ending, timeout=wait
            )
            changed = sorted((n, slug) for slug, n in self._changed.items() if n > since)
            page = changed[: self.page_size]
            more = len(changed) > len(page)
            return {
                "format": FORMAT,
                "service": self.id,
                "since": since,
                "cursor": page[-1][0] if more else self._cursor,
                "more": more,
                "discussions": [self._told(slug, since) for _, slug in page],
            }

    def _told(self, slug: str, since: int) -> dict[str, Any]:
        comments = self._comments.get(slug, {})
        return {
            "slug": slug,
            "changed": f"2026-11-06T10:00:00.{self._changed[slug]:03}Z",
            "answer_to": f"discuss+{slug}@mail.example",
            "people": list(self._people.get(slug, {}).values()),
            "comments": [c for _, (n, c) in sorted(comments.items()) if n > since],
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    service: Service
    ending = False

    def __init__(self, *args: Any) -> None:
        self._open: set[Any] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        for request in list(self._open):
            self.shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A builder that goes away in the middle of an answer is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the body would wait 40 ms for the header's receipt
    server: _Server

    def do_GET(self) -> None:
        service, parts = self.server.service, urlsplit(self.path)
        service.asked.append(self.path)
        query = parse_qs(parts.query)
        since = int(query.get("since", ["0"])[0])
        document = service.answer(since, float(query.get("wait", ["0"])[0]))
        if self.server.ending:
            self.close_connection = True
            return
        tag = f'"{document["service"]}-{document["cursor"]}"'
        body = json.dumps(document).encode() if service.instead is None else service.instead
        unchanged = self.headers.get("If-None-Match") == tag and service.instead is None
        self.send_response(304 if unchanged else service.status)
        self.send_header("ETag", tag)
        if not unchanged:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not unchanged:
            with suppress(OSError):
                self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence; `Service.asked` has the questions."""
