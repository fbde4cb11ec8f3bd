"""“I have reread this version and stand by it.” It is no electronic signature, and says so."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rereading:
    """That somebody stands by one version of an agreement.

    `version` is the digest of its words. `commit` is the git commit that the site named for them
    at that moment, to be looked up later; empty when they were not committed.
    """

    opportunity_id: str
    person_id: str
    version: str
    at: datetime
    commit: str = ""
