"""A static host on loopback that serves folders below a prefix, as project pages are; and a walk
through all that a site there links to."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import urlopen

from bs4 import BeautifulSoup

ADDRESSES = ("href", "src", "action", "poster")
OF_META = ("og:url", "og:image")


class _Files(SimpleHTTPRequestHandler):
    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        pages = sorted(Path(self.directory).glob("*/404.html"))
        body = pages[0].read_bytes() if code == 404 and pages else b"no such page"
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")  # as GitHub's and GitLab's pages do
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def static_host(root: Path) -> Iterator[str]:
    """The address at which the folders of `root` are served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Walk:
    """All that was found from one page on: files by URL, links to others, and what is broken."""

    site: str
    found: dict[str, str] = field(default_factory=dict)  # URL without fragment → text
    away: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    fragments: set[tuple[str, str, str]] = field(default_factory=set)  # page, target, anchor


def walk(site: str, *more: str) -> Walk:
    """Follow every link and asset from the home of `site`, and from `more` pages."""
    done = Walk(site)
    waiting = [(site + "/", site + "/"), *((site, site + one) for one in more)]
    seen = set()
    while waiting:
        source, url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        try:
            with urlopen(url) as answer:
                kind, text = answer.headers.get_content_type(), answer.read()
        except HTTPError as refused:
            with refused:
                done.broken.add(f"{source} → {url}: {refused.code}")
            continue
        done.found[url] = text.decode("utf-8", "replace")
        for link in _links(kind, done.found[url]):
            waiting += _sorted_in(done, url, link)
    for page, target, anchor in done.fragments:
        if target in done.found and not _has(done.found[target], anchor):
            done.broken.add(f"{page} → {target}#{anchor}: no such place")
    return done


def _sorted_in(done: Walk, page: str, link: str) -> list[tuple[str, str]]:
    url, anchor = urldefrag(urljoin(page, link))
    if urlsplit(url).scheme not in ("http", "https"):
        return []
    if url != done.site and not url.startswith(done.site + "/"):
        if urlsplit(url).netloc == urlsplit(done.site).netloc:
            done.broken.add(f"{page} → {url}: outside of {done.site}")
        done.away.add(url)
        return []
    if anchor:
        done.fragments.add((page, url, unquote(anchor)))
    return [(page, url)]


def _links(kind: str, text: str) -> Iterator[str]:
    if kind == "text/html":
        yield from _of_page(BeautifulSoup(text, "html.parser"))
    elif kind == "text/css":
        yield from re.findall(r"url\([\"']?([^)\"']+)", text)
    elif kind.endswith("xml") and "<svg" not in text:
        yield from re.findall(r"<(?:loc|uri|id)>(https?:[^<]+)<", text)
        yield from re.findall(r"<link[^>]* href=\"([^\"]+)\"", text)
    elif kind == "application/json" and "emergence-opportunities" in text:
        yield from (one["url"] for one in json.loads(text)["opportunities"])


def _of_page(page: BeautifulSoup) -> Iterator[str]:
    for tag in page.find_all(True):
        yield from (str(tag[name]) for name in ADDRESSES if tag.get(name))
        yield from (one.split()[0] for one in str(tag.get("srcset", "")).split(",") if one.strip())
        if tag.name == "meta" and tag.get("property") in OF_META:
            yield str(tag["content"])
        if tag.name == "meta" and str(tag.get("http-equiv", "")).lower() == "refresh":
            yield str(tag["content"]).partition("url=")[2]


def _has(text: str, anchor: str) -> bool:
    return BeautifulSoup(text, "html.parser").find(id=anchor) is not None
