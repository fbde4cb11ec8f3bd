"""What a search costs: the index behind a build, and what a reader loads for a first search.

    python -m bench.search --opportunities 100 1000 --comments 10

Real builder, theme, Pagefind and Chromium. "As Pagefind comes" is its default interface over the
same index: its own script and style instead of ours, and its worker.
"""

import argparse
import gzip
import shutil
import tempfile
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from plugins.search.pagefind import Index, program

from .publish import Run, until

ASKED = "harvest sensor"
THEIRS = ("pagefind-ui.js", "pagefind-ui.css", "pagefind-worker.js")


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def sent(path: Path) -> int:
    """Bytes that a host sends of a file: text packed; Pagefind's own files are packed already."""
    content = path.read_bytes()
    return (
        len(gzip.compress(content, 6)) if path.suffix in (".js", ".css", ".html") else len(content)
    )


def first_search(site: Path) -> tuple[dict[str, int], float]:
    """Bytes by file beyond what every page loads, and seconds until the results stand there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        began = time.perf_counter()
        page.goto(f"http://127.0.0.1:{server.server_port}/search/?q={ASKED}")
        page.locator("#search-found li").first.wait_for()
        took = time.perf_counter() - began
        page.wait_for_load_state("networkidle")
        browser.close()
    server.shutdown()
    server.server_close()
    own = [path for path in asked if path.startswith("/pagefind/") or path.endswith("/search.js")]
    return {path: sent(site / path.strip("/")) for path in own}, took


def theirs(folder: Path) -> int:
    """Bytes of Pagefind's own interface."""
    found = program()
    assert found
    with Index(found) as index:
        index.write(folder)
    return sum(sent(folder / name) for name in THEIRS)


def measure(opportunities: int, comments: int) -> None:
    """Print the figures of one size."""
    folder = Path(tempfile.mkdtemp(prefix="emergence-bench-"))
    run = Run(folder, opportunities, comments)
    try:
        index = run.site / "current/pagefind"
        served = time.monotonic()
        until((index / "pagefind-entry.json").exists)
        until(lambda: not list((run.site / "current").glob(".pagefind-*")))
        behind = time.monotonic() - served
        files = [path for path in index.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        print(f"{opportunities} opportunities, {comments} comments each")
        print(f"  served after {run.build_seconds:.1f} s; searched {behind:.1f} s later")
        print(f"  index: {len(files)} files, {size / 1e6:.1f} MB")
        loaded, took = first_search((run.site / "current").resolve())
        ours = sum(loaded.values())
        script = next(size for path, size in loaded.items() if path.endswith("/search.js"))
        as_it_comes = ours - script + theirs(folder / "empty")
        print(f"  first search: {ours / 1e3:.0f} kB in {len(loaded)} files, {took:.2f} s")
        print(f"  of it ours {script / 1e3:.1f} kB; as Pagefind comes {as_it_comes / 1e3:.0f} kB")
    finally:
        run.end()
        shutil.rmtree(folder)


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--opportunities", type=int, nargs="+", default=[100, 1_000])
    parser.add_argument("--comments", type=int, default=10)
    arguments = parser.parse_args()
    for opportunities in arguments.opportunities:
        measure(opportunities, arguments.comments)


if __name__ == "__main__":
    main()
