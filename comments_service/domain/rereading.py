"""“I have reread this version and stand by it.” It is no electronic signature, and says so."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rereading:
    """That somebody stands by one version of an agreement."""

    opportunity_id: str
    person_id: str
    version: str  # the git commit that last changed the file, or a digest of what is not committed
    at: datetime
