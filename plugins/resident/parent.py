"""Ending with the parent: the parent holds the other end of a pipe that is our standard input."""

import os
import stat
import threading
from collections.abc import Callable


def when_parent_is_gone(act: Callable[[], object]) -> None:
    """Call `act`, in a thread of its own, once the pipe closes, however the parent went.

    Does nothing when standard input is no pipe: a terminal, or nothing at all.
    """
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def wait() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        act()

    threading.Thread(target=wait, name="parent", daemon=True).start()
