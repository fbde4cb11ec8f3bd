"""What our own mail server found out about a sender: Authentication-Results (RFC 8601).

A field counts only with our server's authserv-id, and only in the topmost run of such fields, which
a Received field ends. The run may begin below Received fields of our own: the topmost, written by
the server that handed the mail over, and those by hosts of its domain or of the authserv-id's; for
many programs put their field below it. What stands below another server's Received never counts.

Right below our own, a field that the sender made up cannot be told from a genuine one: the server
must remove those that come with its name from outside (RFC 8601 §5).
"""

import re
import unicodedata
from collections.abc import Iterator

from .mime import LONGEST_HEADER, MOST_FIELDS, Header, Part

_LONGEST = 10_000
_METHOD = re.compile(r"\s*dmarc(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*([^\s;]*)", re.IGNORECASE)
_BY = re.compile(r"\bby\s+\[?([\w.-]{1,253})", re.IGNORECASE)


def dmarc_result(message: Part, sender: str | None, authserv_id: str) -> str:
    """`pass`, `fail`, `none`, … in lower case; empty when our server says nothing of DMARC.

    `sender` is the address in From, and a pass for another domain is none. Nothing passes when the
    header is longer than what is read of it. When the fields disagree, `fail` wins.
    """
    fields = message.header.fields
    is_whole = len(fields) < MOST_FIELDS and message.start <= LONGEST_HEADER
    results = []
    for method in _said_by_ours(message.header, authserv_id.strip().lower()):
        found = _METHOD.match(method)
        if found and (found[1].lower() != "pass" or (is_whole and _is_about(sender, method))):
            results.append(found[1].lower())
    return "fail" if "fail" in results else next(iter(results), "")


def _is_about(sender: str | None, method: str) -> bool:
    """Whether a result is for the domain of `sender`, as far as it names one."""
    told = {_domain(value) for value in _FROM.findall(method)}
    return sender is not None and told <= {_domain(sender)}


def _domain(address: str) -> str:
    """The domain of an address or a domain, in letters, whichever way they were written (IDNA)."""
    labels = address.rpartition("@")[2][:255].lower().rstrip(".").split(".")
    return unicodedata.normalize("NFC", ".".join(map(_in_letters, labels)))


def _in_letters(label: str) -> str:
    try:
        return label[4:].encode("ascii").decode("punycode") if label[:4] == "xn--" else label
    except ValueError:
        return label


def _said_by_ours(header: Header, ours: str) -> Iterator[str]:
    """The results that our server gives, for all methods."""
    domains = {_parent(ours)} if ours else set()
    begun, is_topmost = False, True
    for name, value in header.fields:
        if name == "received":
            by = _BY.search(_without_comments(value[:_LONGEST]))
            host = by[1].lower().rstrip(".") if by else ""
            if begun or not (is_topmost or _is_ours(host, domains)):
                return
            if is_topmost and "." in host:
                domains.add(_parent(host))
            is_topmost = False
        elif name == "authentication-results":
            who, *methods = _without_comments(value[:_LONGEST]).split(";")
            if ours and next(iter(who.split()), "").strip('"').lower() == ours:
                begun = True
                yield from methods


def _is_ours(host: str, domains: set[str]) -> bool:
    """Whether it is in one of the domains, or bears a name that no other machine knows."""
    local = bool(host) and ("." not in host or host.startswith("127."))
    return local or any(f".{host}".endswith(f".{domain}") for domain in domains)


def _parent(host: str) -> str:
    """The domain that a host is in; a domain of two labels is its own."""
    return host.partition(".")[2] if host.count(".") > 1 else host


def _without_comments(value: str) -> str:
    """`value` without comments, which nest, and without what stands in quotes after a `=`.

    Either may hold what the sender chose: `smtp.mailfrom="; dmarc=pass"`.
    """
    kept: list[str] = []
    depth, quoted, escaped, is_named = 0, False, False, True
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif quoted or (letter == '"' and depth == 0):
            quoted = not quoted if letter == '"' else quoted
            if letter != '"' and is_named:
                kept.append(letter)  # the authserv-id may be quoted
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif depth == 0:
            kept.append(letter)
            is_named = is_named and letter != "="
    return "".join(kept)
