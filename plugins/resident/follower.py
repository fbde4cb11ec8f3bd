"""A thread that asks the service what changed, again and again, and never gives up."""

import logging
import threading
import time
from dataclasses import dataclass
from queue import SimpleQueue

from ..discussion.client import Client, is_foreign
from ..discussion.document import Answer
from ..discussion.errors import ServiceDown, UnusableAnswer

logger = logging.getLogger(__name__)
logger.filters.clear()  # Pelican's would tell of an outage once in the life of the process

WAIT = 25  # seconds that a question may stay open; the service allows 30
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


@dataclass(frozen=True, slots=True)
class News:
    """Answers to be merged; `anew` when they are everything there is."""

    answers: list[Answer]
    anew: bool = False


class Follower:
    """Puts into `news` whatever the service at `url` says after `cursor`."""

    def __init__(self, url: str, timeout: float, service: str, cursor: int) -> None:
        self.news: SimpleQueue[News] = SimpleQueue()
        self._client = Client(url, timeout)
        self._service, self._cursor = service, cursor
        self._pause = FIRST_PAUSE
        self._down = False

    def start(self) -> None:
        """Begin to ask; ends with the process."""
        threading.Thread(target=self._run, name="follower", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._ask()
            except (ServiceDown, UnusableAnswer) as error:
                if not self._down:
                    logger.warning("%s; pages stay as they are until it does", error)
                self._down = True
                self._rest()
            except Exception:
                logger.exception("Following the discussions failed; trying again")
                self._rest()

    def _ask(self) -> None:
        asked = time.monotonic()
        answer = self._client.changes(self._cursor, WAIT)
        if self._down:
            logger.info("The service answers again")
            self._down = False
        if answer and is_foreign(answer, self._service, self._cursor):
            logger.warning("Another service answers; fetching all discussions anew")
            self._pass_on(self._client.everything(), anew=True)
        elif answer and (answer.discussions or answer.cursor != self._cursor):
            self._pass_on([answer])
        elif time.monotonic() - asked < FIRST_PAUSE:
            self._rest()  # a service that knows no long polls is not to be pressed
        else:
            self._pause = FIRST_PAUSE

    def _pass_on(self, answers: list[Answer], anew: bool = False) -> None:
        self.news.put(News(answers, anew))
        if answers:
            self._service, self._cursor = answers[-1].service, answers[-1].cursor
        self._pause = FIRST_PAUSE

    def _rest(self) -> None:
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
