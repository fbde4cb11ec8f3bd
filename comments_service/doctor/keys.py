"""Whether the DKIM record in the DNS belongs to the key that letters are signed with."""

import base64
from collections.abc import Callable
from pathlib import Path

from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from ..settings import Settings
from .findings import Finding

SHORTEST = 1024  # bits; receivers pass over shorter keys (RFC 8301 §3.2)
Texts = Callable[[str], list[str]]  # the TXT records of a name

_INTEGER, _BITS, _SEQUENCE = 0x02, 0x03, 0x30
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")  # rsaEncryption: RFC 8017 appendix A.1


def examine(settings: Settings, texts: Texts) -> Finding:
    """What the record of the selector says, beside the key that the settings name."""
    name = f"{settings.dkim_selector}._domainkey.{settings.mail_domain}"
    records = [tags for tags in map(_tags, texts(name)) if "p" in tags]
    if settings.dkim_key:
        return _compared(name, records, settings.dkim_key)
    if records:
        return Finding("dkim", True, f"a key at {name}; your mail server has to sign with it")
    words = "no EMERGENCE_DKIM_KEY: your mail server has to sign, by a selector of its own"
    return Finding("dkim", True, words)


def _compared(name: str, records: list[dict[str, str]], path: Path) -> Finding:
    try:
        modulus, exponent = _numbers(path)
    except (OSError, UnparsableKeyError, ValueError, AssertionError, IndexError) as problem:
        words = f"{path} holds no RSA key that can be read ({type(problem).__name__})"
        return Finding("dkim", False, f"{words}: make one with `openssl genrsa 2048`")
    if modulus.bit_length() < SHORTEST:
        words = f"the key in {path} is too short to count: make one with `openssl genrsa 2048`"
        return Finding("dkim", False, words)
    ours = _published(modulus, exponent)
    if wrong := _wrong(name, records, ours):
        publish = f'publish `{name}. TXT "v=DKIM1; k=rsa; p={ours[0]}"`'
        return Finding("dkim", False, f"{wrong}: {publish}")
    return Finding("dkim", True, f"the record at {name} belongs to our key")


def _wrong(name: str, records: list[dict[str, str]], ours: tuple[str, str]) -> str:
    if not records:
        return "the key that we sign with is not in the DNS"
    if len(records) > 1:
        return f"there are {len(records)} records at {name}, and receivers take one"
    if not records[0]["p"]:
        return f"the key at {name} is revoked"
    if records[0]["p"] not in ours:
        return f"the record at {name} is of another key than we sign with"
    if "y" in records[0].get("t", "").split(":"):
        return f"the record at {name} says that it is a test (t=y) and does not count"
    return ""


def _numbers(path: Path) -> tuple[int, int]:
    key = parse_pem_private_key(path.read_bytes())
    return key["modulus"], key["publicExponent"]


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}


def _published(modulus: int, exponent: int) -> tuple[str, str]:
    """A public key as it may stand in a record: in its usual wrapping, and bare (RFC 6376 §3.6.1).

    Written here since dkimpy's own ASN.1 cannot write anything longer than 127 bytes.
    """
    bare = _der(_SEQUENCE, _integer(modulus) + _integer(exponent))
    wrapped = _der(_SEQUENCE, _RSA + _der(_BITS, b"\0" + bare))
    return base64.b64encode(wrapped).decode(), base64.b64encode(bare).decode()


def _integer(number: int) -> bytes:
    return _der(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
