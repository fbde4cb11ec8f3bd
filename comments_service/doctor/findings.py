"""What the doctor says: one line for each thing that was looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen and, if it is not well, what to do."""

    what: str
    well: bool
    words: str
