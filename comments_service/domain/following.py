"""How much of a discussion somebody wants by mail: the dose, and when a digest is due."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DIGEST_AT = time(7, 0)  # where the reader lives


class Dose(StrEnum):
    """What is mailed to somebody of one opportunity."""

    EACH = "each"  # every comment; a participant's, until they choose
    DIGEST = "digest"  # once a day what is unseen, and nothing on a day without news
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Following:
    """A person's choice for one opportunity. A participant without one gets each comment."""

    opportunity_id: str
    person_id: str
    since: datetime
    dose: Dose = Dose.EACH
    seen: int = 0  # the cursor up to which digests have told
    digested: datetime | None = None
    ended: datetime | None = None


def dose_now(following: Following | None, *, takes_part: bool) -> Dose:
    """What is mailed to somebody as things are. Who takes part and chose nothing gets each comment.

    A following that ended counts for nothing, but taking part does.
    """
    if takes_part:
        return following.dose if following else Dose.EACH
    return following.dose if following and following.ended is None else Dose.NOTHING


def digest_is_due(following: Following, zone: ZoneInfo, now: datetime) -> bool:
    """Whether it is after seven in the morning in `zone` and no digest was made since then."""
    if following.dose is not Dose.DIGEST or following.ended:
        return False
    here = now.astimezone(zone)
    last = here.replace(hour=DIGEST_AT.hour, minute=DIGEST_AT.minute, second=0, microsecond=0)
    if here < last:
        last -= timedelta(days=1)
    return max(following.digested or following.since, following.since) < last
