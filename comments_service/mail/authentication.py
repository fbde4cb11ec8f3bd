"""What our own mail server found out about a sender: Authentication-Results (RFC 8601).

A field counts only with our server's authserv-id, and only in the topmost run of such fields. The
server must remove those that came with its name from outside (RFC 8601 §5); should it not, they
stand below a Received field, and the run ends there.
"""

import re

from .mime import Header

_LONGEST = 10_000


def dmarc_result(header: Header, authserv_id: str) -> str:
    """`pass`, `fail`, `none`, … in lower case; empty when our server says nothing of DMARC.

    When its fields disagree, `fail` wins.
    """
    if not authserv_id:
        return ""
    results: list[str] = []
    seen = False
    for name, value in header.fields:
        if name == "received" and seen:
            break
        if name == "authentication-results":
            who, said = _read(value)
            if who == authserv_id.strip().lower():
                seen = True
                results += said
    return "fail" if "fail" in results else next(iter(results), "")


def _read(value: str) -> tuple[str, list[str]]:
    """Whose account it is, and the results that it gives for DMARC."""
    who, *methods = _without_comments(value[:_LONGEST]).split(";")
    name = who.split()[0].strip('"').lower() if who.split() else ""
    found = (re.match(r"\s*dmarc(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,20})", m, re.I) for m in methods)
    return name, [result[1].lower() for result in found if result]


def _without_comments(value: str) -> str:
    """`value` without comments, which nest, and without what stands in quotes after a `=`.

    Either may hold what the sender chose: `smtp.mailfrom="; dmarc=pass"`.
    """
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif quoted or (letter == '"' and depth == 0):
            quoted = not quoted if letter == '"' else quoted
            if letter != '"' and "=" not in kept:
                kept.append(letter)  # the authserv-id may be quoted
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif depth == 0:
            kept.append(letter)
    return "".join(kept)
