"""What the DNS says of the mail domain: MX, SPF, DMARC; and, from `keys`, DKIM."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from ..settings import Settings
from . import keys
from .findings import Finding

PATIENCE = 4.0  # seconds for one question
# RFC 6761 and 6762, and .internal: names that no public name server knows.
AT_HOME = ("localhost", "example", "invalid", "test", "local", "internal")
MOST_LOOKUPS = 10  # RFC 7208 §4.6.4
_TERM = re.compile(r"[-+?~]?(all|a|mx|ptr|include|exists|ip4|ip6)([:/].*)?|[a-z][\w.-]*=.*", re.I)


class Names:
    """Asks the name servers. Every question raises DNSException when they do not answer."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver or Resolver()
        self._resolver.lifetime = min(self._resolver.lifetime, PATIENCE)

    def ask(self, name: str, kind: str) -> list[str]:
        """The records as a zone file shows them; none is an empty list."""
        return [record.to_text() for record in self._answer(name, kind)]

    def texts(self, name: str) -> list[str]:
        """The TXT records, each put together from its parts (RFC 7208 §3.3)."""
        records = self._answer(name, "TXT")
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    def _answer(self, name: str, kind: str) -> list[Any]:
        try:
            return list(self._resolver.resolve(f"{name.rstrip('.')}.", kind))
        except (NXDOMAIN, NoAnswer):
            return []


def examine(settings: Settings, resolver: Resolver | None = None) -> Iterator[Finding]:
    """MX, SPF, DKIM and DMARC of a public mail domain; for any other, why nothing is looked up."""
    domain = settings.mail_domain
    if is_address(domain):
        words = f"{domain} is an address and no domain: set EMERGENCE_MAIL_DOMAIN"
        yield Finding("dns", False, words)
        return
    if "." not in domain or domain.rpartition(".")[2] in AT_HOME:
        words = f"{domain} is no public domain: MX, SPF, DKIM and DMARC are not looked for"
        yield Finding("dns", True, words)
        return
    try:
        names = Names(resolver)
        yield _mx(names, domain)
        yield _spf(names, domain)
        yield keys.examine(settings, names.texts)
        yield _dmarc(names, domain)
    except (DNSException, OSError) as problem:
        words = f"the name servers do not answer ({type(problem).__name__}): is there a network?"
        yield Finding("dns", False, f"{words} The records of {domain} were not looked at further")


def is_address(domain: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(domain)
    except ValueError:
        return False
    return True


def _mx(names: Names, domain: str) -> Finding:
    records = sorted(names.ask(domain, "MX"), key=lambda record: int(record.split()[0]))
    hosts = [record.split()[1].rstrip(".") for record in records]
    if not hosts:
        words = f"no MX record, so answers go nowhere: publish `{domain}. MX 10 mail.example.org.`"
        return Finding("mx", False, f"{words} with your mail server's name")
    if hosts == [""]:
        words = f"the MX record says that {domain} takes no mail (RFC 7505): name your mail server"
        return Finding("mx", False, words)
    for host in hosts:
        if not names.ask(host, "A") and not names.ask(host, "AAAA"):
            return Finding("mx", False, f"{host} has no address: publish its A or AAAA record")
    return Finding("mx", True, f"mail for {domain} comes in by {', '.join(hosts)}")


def _spf(names: Names, domain: str) -> Finding:
    found = [text for text in names.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        words = f'no SPF record: publish `{domain}. TXT "v=spf1 mx -all"`'
        return Finding("spf", False, f"{words} with the servers that send for you")
    if len(found) > 1:
        return Finding("spf", False, "two SPF records make none valid: keep one")
    if problem := what_is_wrong_with_spf(found[0]):
        return Finding("spf", False, f"“{found[0]}” {problem}")
    return Finding("spf", True, found[0])


def what_is_wrong_with_spf(record: str) -> str:
    """Why a receiver would believe too much, too little or nothing of it; empty when it is sane."""
    terms = record.lower().split()[1:]
    for term in terms:
        if not _TERM.fullmatch(term) or not _names_a_network(term):
            return f"cannot be read at “{term}”: put it right"
    if "all" in terms or "+all" in terms:
        return "lets everybody send as you: end it with -all"
    looked_up = re.compile(r"[-+?~]?(a|mx|ptr|include:.*|exists:.*)([:/].*)?|redirect=.*")
    if sum(bool(looked_up.fullmatch(term)) for term in terms) > MOST_LOOKUPS:
        return f"needs more than {MOST_LOOKUPS} look-ups, which makes it invalid: name networks"
    if not any(term in ("-all", "~all") or term.startswith("redirect=") for term in terms):
        return "says nothing of all others: end it with -all"
    return ""


def _names_a_network(term: str) -> bool:
    kind, _, network = term.lstrip("-+?~").partition(":")
    if kind not in ("ip4", "ip6"):
        return True
    try:
        return ip_network(network, strict=False).version == int(kind[-1])
    except ValueError:
        return False


def _dmarc(names: Names, domain: str) -> Finding:
    where, found = _policies(names, domain)
    if not found:
        record = f'`_dmarc.{domain}. TXT "v=DMARC1; p=none; rua=mailto:you@example.org"`'
        words = f"no DMARC record: publish {record} to begin with"
        return Finding("dmarc", False, f"{words}; docs/mail.md says when p=reject may follow")
    if len(found) > 1:
        return Finding("dmarc", False, f"two DMARC records at {where} count as none: keep one")
    policy = re.search(r";\s*p\s*=\s*(none|quarantine|reject)\s*(;|$)", found[0], re.I)
    if not policy:
        return Finding("dmarc", False, f"“{found[0]}” has no p=none, quarantine or reject: put one")
    if policy[1].lower() == "none":
        words = f"“{found[0]}” at {where} only watches: once letters arrive with dmarc=pass,"
        words += " make it p=reject, so that nobody can write as you"
        return Finding("dmarc", True, words)
    return Finding("dmarc", True, f"“{found[0]}” at {where}")


def _policies(names: Names, domain: str) -> tuple[str, list[str]]:
    """The records that hold for `domain`: its own, or of the nearest domain above with any."""
    labels = domain.split(".")
    for above in range(len(labels) - 1):
        where = "_dmarc." + ".".join(labels[above:])
        found = [t for t in names.texts(where) if re.match(r"v\s*=\s*DMARC1\s*(;|$)", t)]
        if found:
            return where, found
    return f"_dmarc.{domain}", []
