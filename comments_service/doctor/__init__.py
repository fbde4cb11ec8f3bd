"""What `emergence doctor` looks at: the house itself, the hosts that build the site, the doors of
its mail, and what the DNS says of its mail domain."""

from collections.abc import Iterator

from dns.resolver import Resolver

from ..settings import Settings
from . import doors, hosts, house, records
from .findings import Finding


def examine(settings: Settings, resolver: Resolver | None = None) -> Iterator[Finding]:
    """Every finding, in the order in which an operator would mend things."""
    yield from house.examine(settings)
    yield from hosts.examine(settings)
    yield from doors.examine(settings)
    yield from records.examine(settings, resolver)
