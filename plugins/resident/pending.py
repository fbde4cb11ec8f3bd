"""Pages that may follow a moment later, lists and people: each once, however much changed."""

import time
from collections.abc import Callable

Job = Callable[[], None]

SETTLE = 0.3  # seconds to wait for more of the same
ROUND = 1.0  # seconds between two rounds, at least
LATE = 1.2  # seconds after which a page is written even while comments keep coming in


class Pending:
    """Jobs by name. A round of them is due soon after the first was added."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._since = 0.0
        self._last_round = float("-inf")

    def add(self, name: str, job: Job) -> None:
        """Have `job` done in the next round, in place of an earlier one of that name."""
        if not self._jobs:
            self._since = self._clock()
        self._jobs[name] = job

    def due_in(self) -> float | None:
        """Seconds until a job is due; None when there is none."""
        if not self._jobs:
            return None
        due = max(self._since + SETTLE, self._last_round + ROUND)
        return max(0.0, due - self._clock())

    def is_late(self) -> bool:
        """Whether the jobs must not wait for a quiet moment any more."""
        return self.due_in() == 0.0 and self._clock() - self._since > LATE

    def do_one(self) -> None:
        """Do the oldest job. It may add others, which belong to a later round."""
        name = next(iter(self._jobs))
        job = self._jobs.pop(name)
        if not self._jobs:
            self._last_round = self._clock()
        job()
