"""A name server on loopback that knows what a test tells it, and a resolver that asks only it."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.message
import dns.rcode
import dns.rrset
from dns.resolver import Resolver


@dataclass
class NameServer:
    """Answers for the records it was given; any other name does not exist."""

    port: int
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def publish(self, name: str, kind: str, *records: str) -> None:
        """Put records in, as a zone file writes them, in place of what was there."""
        self.records[name, kind] = list(records)

    def publish_text(self, name: str, *texts: str) -> None:
        """Put TXT records in, in parts of at most 255 characters, as the DNS wants them."""
        parts = [[text[i : i + 255] for i in range(0, len(text), 255)] for text in texts]
        self.publish(name, "TXT", *(" ".join(f'"{one}"' for one in text) for text in parts))

    def resolver(self) -> Resolver:
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.port
        return resolver

    def answer(self, asked: bytes) -> bytes:
        question = dns.message.from_wire(asked)
        reply = dns.message.make_response(question)
        [wanted] = question.question
        name, kind = wanted.name.to_text().rstrip("."), wanted.rdtype.name
        if records := self.records.get((name, kind)):
            reply.answer.append(dns.rrset.from_text(wanted.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


@contextlib.contextmanager
def running_name_server() -> Iterator[NameServer]:
    """A server without any records yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        server = NameServer(door.getsockname()[1])
        worker = threading.Thread(target=_serve, args=(door, server))
        worker.start()
        yield server
        door.sendto(b"", door.getsockname())  # an empty question ends it
        worker.join()


def _serve(door: socket.socket, server: NameServer) -> None:
    while True:
        asked, whom = door.recvfrom(4096)
        if not asked:
            return
        door.sendto(server.answer(asked), whom)
