"""Asking the service what changed: HTTP over one connection that stays open, nothing kept on disk.

http.client rather than urllib.request, which opens a connection for every question: a long poll
asks again the moment that it was answered.
"""

import http.client
import logging
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from .document import Answer, read_answer
from .errors import ServiceDown, UnusableAnswer
from .snapshot import Snapshot

logger = logging.getLogger(__name__)

LARGEST_ANSWER = 64 * 1024 * 1024


class Client:
    """A service at `url`. Not for several threads at once."""

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"DISCUSSION_URL must be an http or https address, not {url!r}")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else None
        self.url = url
        self.timeout = timeout
        self._base = parts.path.rstrip("/")
        self._connection = (kind or http.client.HTTPConnection)(
            parts.hostname, parts.port, timeout=timeout
        )
        self._tag = ""
        self._nothing_new = ("", "")  # a question, and the tag of its empty answer

    def close(self) -> None:
        """End the connection; the next question opens another."""
        self._connection.close()

    def changes(self, since: int, wait: float = 0) -> Answer | None:
        """What changed after `since`; None for nothing. Waits up to `wait` seconds for something.

        Raises ServiceDown and UnusableAnswer.
        """
        query: dict[str, str | int] = {"since": since}
        if wait:
            query["wait"] = f"{wait:g}"
        path = f"{self._base}/api/v1/discussions?{urlencode(query)}"
        try:
            body = self._get(path, self.timeout + wait)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            reason = str(error) or type(error).__name__
            raise ServiceDown(f"{self.url} does not answer: {reason}") from None
        except (ServiceDown, UnusableAnswer):
            self.close()
            raise
        if body is None:
            return None
        answer = read_answer(body)
        # Only "nothing new" may be heard again as 304: whatever else came could still get lost.
        self._nothing_new = (path, self._tag) if self._tag and not answer.discussions else ("", "")
        return answer

    def _get(self, path: str, timeout: float) -> bytes | None:
        connection = self._connection
        connection.timeout = timeout
        if connection.sock:
            connection.sock.settimeout(timeout)
        headers = {"Accept": "application/json"}
        if self._nothing_new[0] == path:
            headers["If-None-Match"] = self._nothing_new[1]
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read(LARGEST_ANSWER + 1)
        if len(body) > LARGEST_ANSWER:
            raise UnusableAnswer(f"more than {LARGEST_ANSWER} bytes in one answer")
        if response.status == http.HTTPStatus.NOT_MODIFIED:
            return None
        if response.status != http.HTTPStatus.OK:
            raise ServiceDown(f"{self.url} refuses: {response.status} {response.reason}")
        self._tag = response.getheader("ETag") or ""
        return body

    def everything(self) -> list[Answer]:
        """All discussions from the beginning. Raises ServiceDown and UnusableAnswer."""
        self._nothing_new = ("", "")
        return list(self._pages(0))

    def _pages(self, since: int) -> Iterator[Answer]:
        service, more = "", True
        while more:
            answer = self.changes(since)
            if answer is None:
                return
            if service and answer.service != service:
                raise UnusableAnswer("the service became another one between two pages")
            yield answer
            service, more = answer.service, answer.more
            if more and answer.cursor <= since:
                raise UnusableAnswer(f"there is more, but the cursor stays at {since}")
            since = answer.cursor


def is_foreign(answer: Answer, service: str, cursor: int) -> bool:
    """Whether `answer` comes from another service than what is known, or from its younger self.

    A service that was set back to a backup numbers its changes again from there.
    """
    return bool(service) and (answer.service != service or answer.cursor < cursor)


def pull(client: Client, snapshot: Snapshot) -> set[str]:
    """Bring `snapshot` up to date, in memory; gives the slugs of what changed.

    Raises ServiceDown and UnusableAnswer; what was merged by then stays good.
    """
    changed: set[str] = set()
    more = True
    while more:
        answer = client.changes(snapshot.cursor)
        if answer is None:
            break
        if is_foreign(answer, snapshot.service, snapshot.cursor):
            logger.warning("The snapshot comes from another service; fetching all discussions anew")
            return changed | snapshot.begin_anew(client.everything())
        if answer.more and answer.cursor <= snapshot.cursor:
            raise UnusableAnswer(f"there is more, but the cursor stays at {snapshot.cursor}")
        changed |= snapshot.merge(answer)
        more = answer.more
    return changed
