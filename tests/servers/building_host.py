"""A host on loopback that is asked to build a site: answers as it is told, and remembers."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class BuildingHost:
    """What it was asked, and what it says. While `open` is not set, it keeps everybody waiting."""

    url: str = ""
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    pause: float = 0  # seconds before each byte of the body
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)  # path, headers
    open: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0  # how many at most were there at the same time
    _inside: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self._lock:
            headers = {name.lower(): value for name, value in handler.headers.items()}
            self.asked.append((handler.path, headers, body))
            self._inside += 1
            self.at_once = max(self.at_once, self._inside)
        try:
            self.open.wait(60)
            self._answer(handler)
        except OSError:
            pass  # whoever asked has gone
        finally:
            with self._lock:
                self._inside -= 1

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(self.status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        if self.body:
            handler.send_header("Content-Length", str(len(self.body)))
        handler.end_headers()
        if not self.pause:
            handler.wfile.write(self.body)
            return
        for byte in self.body:
            threading.Event().wait(self.pause)
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()


@contextmanager
def building_host() -> Iterator[BuildingHost]:
    """One that takes everything, until told otherwise."""
    host = BuildingHost()
    host.open.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the library's name
            host.take(self)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    host.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield host
    finally:
        host.open.set()
        server.shutdown()
        server.server_close()
        thread.join()
