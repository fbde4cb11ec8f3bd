"""From where a request comes, as far as it can be believed: for limits, and for nothing else."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request

from ..values import Network
from . import here

Address = IPv4Address | IPv6Address


def client_network() -> str:
    """The client's network: an IPv4 address, or the /64 of an IPv6 one; "" when unknown.

    X-Forwarded-For is believed only as far as the settings' trusted proxies wrote it.
    """
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
    address = client_address(request.remote_addr or "", forwarded, here.settings().trusted_proxies)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address) if address else ""


def client_address(remote: str, forwarded: str, trusted: Iterable[Network]) -> Address | None:
    """The right-most address that no trusted proxy vouches for as another proxy of ours."""
    believed = _address(remote)
    chain = [part.strip() for part in forwarded.split(",")] if forwarded else []
    while believed and chain and any(believed in network for network in trusted):
        further = _address(chain.pop())
        if further is None:  # whatever stands left of nonsense is nonsense
            break
        believed = further
    return believed


def from_loopback() -> bool:
    """Whether a program on this machine asks, for a name of this machine.

    The name matters: another site can point its own name at 127.0.0.1 and have a browser ask.
    """
    address = _address(request.remote_addr or "")
    name = request.host.rpartition(":")[0] if ":" in request.host else request.host
    ours = name in ("127.0.0.1", "[::1]", "localhost")
    relayed = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return bool(address and address.is_loopback and ours and not relayed)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
