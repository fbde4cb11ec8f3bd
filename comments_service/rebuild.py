"""The requests by which other hosts are asked to build the site, and the worker that makes them.

`python -m comments_service.rebuild` asks whenever something is due, until SIGTERM.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import logging
import signal
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.parse import urlencode

from . import errors
from .actions import rebuilding
from .actions.rebuilding import Question
from .command import now as _now
from .command import open_for_a_command
from .domain.hosts import HostKind
from .domain.rebuilding import SILENT, UNREACHABLE, Answer
from .processes import leave_with_parent
from .settings import Settings
from .storage.interface import Store

logger = logging.getLogger(__name__)

EVENT = "emergence-discussion"  # GitHub's event_type; the ready workflow waits for it
LONGEST = 20  # seconds that a request may take
LARGEST = 64 * 1024  # of an answer, of which only the status counts
LOOK_SECONDS = 1.0
TROUBLE_SECONDS = 10.0

Clock = Callable[[], datetime]


def work(settings: Settings, store: Store, clock: Clock, stop: threading.Event) -> None:
    """Ask what is due until `stop` is set."""
    while not stop.is_set():
        try:
            ask_due(settings, store, clock)
            stop.wait(LOOK_SECONDS)
        except errors.Unavailable as trouble:
            logger.error("nobody can be asked to build: %s", trouble)
            stop.wait(TROUBLE_SECONDS)


def ask_due(settings: Settings, store: Store, clock: Clock) -> int:
    """Ask each host for which it is time, one after the other; how many."""
    quiet = timedelta(seconds=settings.rebuild_quiet)
    if not rebuilding.due(store, settings.rebuild, quiet, clock()):
        return 0
    with _one_at_a_time(settings):
        questions = rebuilding.due(store, settings.rebuild, quiet, clock())
        for question in questions:
            _ask_and_note(settings, store, question, clock)
    return len(questions)


def ask_all(settings: Settings, store: Store, clock: Clock) -> None:
    """Ask every host now, whatever changed."""
    with _one_at_a_time(settings):
        for question in rebuilding.at_once(store, settings.rebuild):
            _ask_and_note(settings, store, question, clock)


def _ask_and_note(settings: Settings, store: Store, question: Question, clock: Clock) -> None:
    answer = ask(settings, question, clock())
    rebuilding.settle(store, question, answer, clock())
    name = question.target.name
    if answer.error is None:
        logger.info("%s builds the site up to change %d", name, question.cursor)
    else:
        logger.warning("%s does not build the site: %s", name, answer.error)


def ask(settings: Settings, question: Question, now: datetime) -> Answer:
    """Make one request, which ends within LONGEST seconds. Call it in the main thread."""
    try:
        with _at_most(LONGEST), _OPENER.open(_request(settings, question, now)) as answer:
            answer.read(LARGEST)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(str(refusal.code), _pause(refusal.headers.get("Retry-After"), now))
    except TimeoutError:
        return Answer(SILENT)
    except (OSError, HTTPException, ValueError) as trouble:
        late = isinstance(getattr(trouble, "reason", None), TimeoutError)
        return Answer(SILENT if late else UNREACHABLE)
    return Answer(None)


def _request(settings: Settings, question: Question, now: datetime) -> urllib.request.Request:
    target = question.target
    headers = {"User-Agent": "emergence"}
    match target.kind:
        case HostKind.GITHUB:
            payload = {"service": question.service, "cursor": question.cursor}
            body = _json({"event_type": EVENT, "client_payload": payload})
            headers["Accept"] = "application/vnd.github+json"
            headers["Authorization"] = f"Bearer {target.token}"
            headers["X-GitHub-Api-Version"] = "2022-11-28"
            headers["Content-Type"] = "application/json"
        case HostKind.GITLAB:
            body = urlencode({"token": target.token, "ref": target.ref}).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        case HostKind.WEBHOOK:
            body = _json(_told(settings, question))
            headers |= _signature(settings.rebuild_secret, _message_id(question), body, now)
            headers["Content-Type"] = "application/json"
    return urllib.request.Request(target.url, body, headers, method="POST")  # noqa: S310 - checked


def _told(settings: Settings, question: Question) -> dict[str, Any]:
    return {
        "event": "discussion.changed",
        "service": question.service,
        "site": settings.site_url,
        "cursor": question.cursor,
        "discussions": question.discussions,
    }


def _message_id(question: Question) -> str:
    """The same for every try of one question, so that its receiver knows it again."""
    what = f"{question.service} {question.target.key} {question.cursor}"
    return f"msg_{hashlib.sha256(what.encode()).hexdigest()[:32]}"


def _signature(secret: bytes, id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of standardwebhooks.com; unsigned without a secret."""
    stamp = str(int(now.timestamp()))
    headers = {"webhook-id": id, "webhook-timestamp": stamp}
    if secret:
        signed = hmac.new(secret, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(signed).decode()}"
    return headers


def _json(what: dict[str, Any]) -> bytes:
    return json.dumps(what, ensure_ascii=False).encode()


def _pause(retry_after: str | None, now: datetime) -> timedelta | None:
    """What Retry-After says, in seconds or as a date (RFC 9110, 10.2.3)."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return timedelta(seconds=min(int(text), 10**6))
    try:
        return max(parsedate_to_datetime(text).astimezone(UTC) - now, timedelta())
    except (ValueError, OverflowError):
        return None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A host that moved is told of: a token goes nowhere but where the settings send it."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """The lock is the kernel's: it ends with the process."""
    with (settings.data / "rebuild.lock").open("a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when it takes longer, however slowly the bytes trickle in."""

    def end(*_: object) -> NoReturn:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main() -> None:
    """Ask until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s rebuild: %(message)s")
    leave_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # nor does a host that is slow hold it up
    with open_for_a_command() as house:
        work(house.settings, house.store, _now, threading.Event())


if __name__ == "__main__":
    main()
