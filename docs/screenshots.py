"""Takes the README's pictures anew: a house in a temporary folder, the demo's story, a phone.

`make screenshots`, or with a folder as argument: every page, light and dark, 360 and 1280 px wide,
to be looked at.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

SLUG = "farmers-data-platform"
HERE, DESK = f"/-/o/{SLUG}", f"/-/desk/o/{SLUG}"
ROOMS: dict[str, list[str]] = {  # who walks through which pages; nobody: those of the sitemap
    "": [],
    "facilitator": [
        *("/-/desk/", "/-/desk/people", "/-/desk/search?q=fridge", "/-/me", "/-/mailbox/", DESK),
        *(f"{DESK}/{part}" for part in ("client", "threads", "suggestions", "notes", "mail")),
    ],
    "expert": [f"{HERE}/{part}" for part in ("roles", "reread", "marks", "suggest", "write")],
    "client": [f"{HERE}/marks"],
}
IMAGES = Path(__file__).parent / "images"
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@contextmanager
def a_house_with_a_story() -> Iterator[tuple[str, str]]:
    """The address of a running house, and what the demo printed."""
    with tempfile.TemporaryDirectory() as data, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.close()
        environ = os.environ | {"EMERGENCE_DATA": data, "PORT": str(port), "EMERGENCE_LMTP": "off"}
        command = [sys.executable, "-m", "comments_service.cli", "serve"]
        house = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(url + "/")
            told = subprocess.run(
                [sys.executable, "-m", "demo"],
                env=environ,
                check=True,
                capture_output=True,
                text=True,
                encoding="utf-8",
            )
            time.sleep(3)  # list pages follow within two seconds
            yield url, told.stdout
        finally:
            house.terminate()
            house.wait(30)


def wait_for(url: str) -> None:
    """Return when `url` answers with 200."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url} does not answer")


def sign_in(page: Page, told: str, who: str) -> None:
    """Open the personal link that the demo printed for `who`."""
    link = re.search(rf"(?i){who}.*?\n\s*(http\S+)", told)
    if link is None:
        sys.exit(f"the demo printed no link for {who}")
    page.goto(link[1])
    page.locator("main form button").first.click()


def for_the_readme(browser: Browser, url: str, told: str) -> None:
    """An opportunity, its team and the desk, on a phone, in English."""
    IMAGES.mkdir(exist_ok=True)
    page = browser.new_page(viewport={"width": 360, "height": 780}, device_scale_factor=2)
    page.goto(f"{url}/opportunities/{SLUG}/")
    page.screenshot(path=IMAGES / "opportunity.png")
    page.locator("#team details summary").first.click()
    page.locator("#team").evaluate("part => part.scrollIntoView({behavior: 'instant'})")
    page.screenshot(path=IMAGES / "team.png")
    sign_in(page, told, "facilitator")
    page.goto(url + "/-/me")
    page.locator("select[name=language]").select_option("en")
    page.locator("form:has(select[name=language]) button").first.click()
    page.goto(f"{url}/-/desk/o/{SLUG}")
    page.screenshot(path=IMAGES / "desk.png")
    for image in IMAGES.glob("*.png"):
        with Image.open(image) as picture:
            picture.convert("RGB").quantize(128).save(image, optimize=True)


def every_page(browser: Browser, url: str, told: str, folder: Path) -> None:
    """The pages of the site and most of the service's in light and dark, narrow and wide."""
    folder.mkdir(parents=True, exist_ok=True)
    for who, paths in ROOMS.items():
        context = browser.new_context()
        page = context.new_page()
        if who:
            sign_in(page, told, who)
        else:
            page.goto(url + "/sitemap.xml")
            paths = [*re.findall(rf"<loc>{url}(.*?)</loc>", page.content()), "/404.html"]
        for path in paths:
            page.goto(url + path)
            name = re.sub(r"\W+", "_", f"{who}{path}").strip("_") or "home"
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                for width in (360, 1280):
                    page.set_viewport_size({"width": width, "height": 800})
                    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
        context.close()


def main() -> None:
    with a_house_with_a_story() as (url, told), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        if len(sys.argv) > 1:
            every_page(browser, url, told, Path(sys.argv[1]))
        else:
            for_the_readme(browser, url, told)
        browser.close()


if __name__ == "__main__":
    main()
