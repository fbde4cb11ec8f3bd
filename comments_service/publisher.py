"""The worker that publishes what forges say was pushed.

`python -m comments_service.publisher` does so until SIGTERM, in the served tree.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from .actions import pushes
from .actions.pushes import Published
from .command import now as _now
from .command import open_for_a_command
from .domain.pushes import Problem, PushState
from .processes import leave_with_parent
from .publishing import Outcome, State, publish
from .settings import Settings
from .storage.interface import Store

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
TROUBLE_SECONDS = 10.0
PAUSES = (5.0, 30.0)  # before a fetch that failed is tried again: a forge may not be ready

Clock = Callable[[], datetime]


def work(settings: Settings, store: Store, root: Path, clock: Clock, stop: threading.Event) -> None:
    """Publish what waits until `stop` is set, whatever goes wrong on the way."""
    while not stop.is_set():
        try:
            publish_waiting(settings, store, root, clock, stop)
            stop.wait(LOOK_SECONDS)
        except Exception:
            logger.exception("pushes cannot be settled now")
            stop.wait(TROUBLE_SECONDS)


def publish_waiting(
    settings: Settings,
    store: Store,
    root: Path,
    clock: Clock,
    stop: threading.Event,
    pauses: Sequence[float] = PAUSES,
) -> int:
    """Publish once for all pushes that wait; how many there were.

    What the pushes tell is not asked: the published branch is, at the remote of the settings.
    """
    begun = pushes.begin(store)
    if not begun:
        return 0
    outcome = _published(settings, root, stop, pauses)
    published = Published(PushState(outcome.state.value), outcome.commit, outcome.problems)
    pushes.settle(store, settings.house, begun, published, clock())
    logger.info("%s after %d pushes: %s", outcome.commit[:10], len(begun), outcome.state)
    return len(begun)


def _published(
    settings: Settings, root: Path, stop: threading.Event, pauses: Sequence[float]
) -> Outcome:
    for pause in pauses:
        outcome = _publish(settings, root)
        if outcome.commit or outcome.state is not State.REFUSED:
            return outcome
        logger.warning("nothing could be fetched; trying again in %g s", pause)
        stop.wait(pause)
    return _publish(settings, root)


def _publish(settings: Settings, root: Path) -> Outcome:
    try:
        return publish(settings, root, None)
    except Exception as trouble:
        logger.exception("publishing failed")
        kind = type(trouble).__name__
        told = f"publishing failed ({kind}); the log of `emergence serve` says more"
        return Outcome(State.REFUSED, "", (Problem("", None, told),))


def main() -> None:
    """Publish until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s publish: %(message)s")
    leave_with_parent()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # what was begun is taken again
    with open_for_a_command() as house:
        work(house.settings, house.store, Path.cwd(), _now, threading.Event())


if __name__ == "__main__":
    main()
