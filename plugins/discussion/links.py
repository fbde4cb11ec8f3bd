"""Where the service's forms and addresses of one discussion are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, urlsplit


class CitedIn(NamedTuple):
    """Where a comment is cited: in the "summary" or the "agreement", in a point ("agreed", "open",
    "aside") or a "clause"."""

    where: str
    kind: str
    number: str
    heading: str
    anchor: str

    @property
    def permalink(self) -> str:
        """The place of the point or the clause on the page."""
        return f"#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Links:
    """Where a discussion's forms and addresses are; one for each page, shared by its entries."""

    slug: str
    title: str
    service_url: str
    feed_url: str
    opportunity: str  # what the service's pages about it have in common
    subject: str  # of a mail that answers, percent-encoded
    service_elsewhere: str = ""  # the service's origin, when it is another than the page's
    cited: Mapping[str, tuple[CitedIn, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, slug: str, title: str, service_url: str = "", feed_url: str = "", site_url: str = ""
    ) -> "Links":
        """The links of an opportunity's page."""
        opportunity = f"{service_url}/-/o/{quote(slug, safe='')}"
        subject = quote(f"Re: {title}", safe="")
        elsewhere = service_url and origin(service_url) != origin(site_url)
        there = origin(service_url) if elsewhere else ""
        return cls(slug, title, service_url, feed_url, opportunity, subject, there)

    def mailto(self, address: str | None, message_id: str = "") -> str:
        """An RFC 6068 link that opens an answer in a mail program; "" without an address."""
        if not address:
            return ""
        answers = f"&In-Reply-To={quote(message_id, safe='')}" if message_id else ""
        return f"mailto:{quote(address, safe='@+')}?subject={self.subject}{answers}"


def origin(url: str) -> str:
    """What browsers call the origin of an absolute URL; "" of any other."""
    parts = urlsplit(url.lower())
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, ":")
    return f"{parts.scheme}://{parts.netloc.removesuffix(default)}" if parts.netloc else ""
