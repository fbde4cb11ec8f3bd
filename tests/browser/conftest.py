"""A site built by Pelican with the real plugins and theme, served to a real Chromium."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from . import invented

HOUSE = Path(__file__).resolve().parents[2]
AXE = "4.14.1"


class _Discussions(BaseHTTPRequestHandler):
    """The service, as far as a build asks it."""

    def do_GET(self) -> None:
        self.send_document(invented.document())

    def send_document(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Files(SimpleHTTPRequestHandler):
    """A static host, with the 404 page that such hosts serve."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory, "404.html")
        if code != 404 or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serving(handler: object) -> Iterator[str]:
    """The address of `handler` for as long as the generator is open."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def build_site(content: Path, output: Path, service: str, data: Path) -> None:
    """Run the whole of Pelican, as `emergence build` does."""
    environment = {
        **os.environ,
        "EMERGENCE_DATA": str(data),
        "EMERGENCE_DISCUSSION_URL": service,
        "EMERGENCE_SITE_URL": "",
        "EMERGENCE_SERVICE_URL": "",
    }
    command = [sys.executable, "-m", "pelican", str(content), "-s", "pelicanconf.py"]
    done = subprocess.run(
        [*command, "-o", str(output), "-D", "--fatal", "errors"],
        cwd=HOUSE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.fixture(scope="session")
def invented_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with discussions of 0, 1, 12 and 186 comments in two languages."""
    folder = tmp_path_factory.mktemp("site")
    content, output = folder / "content", folder / "output"
    shutil.copytree(HOUSE / "content" / "pages", content / "pages")
    invented.write_content(content)
    service = serving(_Discussions)
    build_site(content, output, next(service), folder / "var")
    service.close()  # type: ignore[attr-defined]
    return output


@pytest.fixture(scope="session")
def site(invented_site: Path) -> Iterator[str]:
    """The address at which the invented site is served."""
    yield from serving(partial(_Files, directory=str(invented_site)))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that remembers nothing."""
    context = chromium.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, fetched once into var/npm."""
    folder = HOUSE / "var" / "npm"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    package = script.parent / "package.json"
    if not package.exists() or json.loads(package.read_text(encoding="utf-8"))["version"] != AXE:
        npm = shutil.which("npm")
        assert npm, "npm is missing: the accessibility tests need it to fetch axe-core"
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", f"axe-core@{AXE}"],
            check=True,
            capture_output=True,
        )
    return script.read_text(encoding="utf-8")
