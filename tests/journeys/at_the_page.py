"""Somebody at the page without a browser: links that are opened, forms that are sent, a cookie."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

from .conftest import House


@dataclass
class Reader:
    """Whoever holds the cookie."""

    house: House
    cookies: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str) -> str:
        """What a page shows to them, refusals included."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            answer = opener.open(self.house.url + path, timeout=40)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            text: str = answer.read().decode()
            return text

    def send(self, path: str, **form: str) -> str:
        """Send a form, as the page's own would; the page that it leads to."""
        body = urllib.parse.urlencode(form).encode()
        return self._post(path, body, "application/x-www-form-urlencoded")

    def say(self, text: str, answer: str = "", slug: str = "farm") -> dict[str, Any]:
        """Write in the discussion, as the page's script would; the comment."""
        body = json.dumps({"text": text, "answer": answer or None}).encode()
        path = f"/api/v1/opportunities/{slug}/comments"
        comment: dict[str, Any] = json.loads(self._post(path, body, "application/json"))["comment"]
        return comment

    def write(self, text: str, answer: str = "", slug: str = "farm") -> None:
        """Write in the discussion with the form that needs no script."""
        self.send(f"/-/o/{slug}/write", text=text, answer=answer, do="send")

    def _post(self, path: str, body: bytes, kind: str) -> str:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        headers = {"Content-Type": kind, "Origin": self.house.url}
        request = urllib.request.Request(self.house.url + path, body, headers)  # noqa: S310
        with opener.open(request, timeout=40) as answer:
            text: str = answer.read().decode()
            return text


def path_in(house: House, letter: str, door: str) -> str:
    """The path of the personal link that stands in a letter."""
    found = re.search(rf"{house.url}(/-/{door}/[0-9a-z]+)", letter)
    assert found, f"no link to {door} in: {letter}"
    return found[1]


def facilitator_at_the_page(house: House) -> Reader:
    """Camille, come in by the link that `serve` printed."""
    reader = Reader(house)
    reader.send(path_in(house, (house.folder / "serve.log").read_text(encoding="utf-8"), "hello"))
    return reader


_ENTRY = re.compile(
    r'<article class="entry d(?P<depth>\d)" id="c-(?P<id>[0-9a-z]+)">'
    r'(?:(?!</article>).)*?(?:<p class="to">(?:(?!</p>).)*?#c-(?P<answers>[0-9a-z]+)|</article>)',
    re.DOTALL,
)


def tree_on(page: str) -> dict[str, str | None]:
    """Each comment's id on a static page, with that of the comment under which it stands."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for entry in _ENTRY.finditer(page):
        depth, id = int(entry["depth"]), entry["id"]
        assert id not in parents, "a comment stands on the page twice"
        del above[depth:]
        parents[id] = entry["answers"] or (above[-1] if above else None)
        above.append(id)
    return parents
