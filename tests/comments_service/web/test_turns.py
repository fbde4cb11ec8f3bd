"""Requests that change something wait in line; nobody who only waits or only reads holds it up."""

import io
import threading
from collections.abc import Iterable
from typing import Any

from comments_service.web.turns import Turns

LARGEST = 100


class House:
    """A WSGI application that stays inside until it is let go, and counts who is in there."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.entered = threading.Semaphore(0)
        self.inside = self.most_inside = 0
        self.bodies: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        self.entered.release()
        if environ.get("gives way"):
            environ["emergence.turn"].end()
        self.let_go.wait(30)
        self.inside -= 1
        return []


def ask(line: Turns, method: str, body: bytes = b"", **more: Any) -> threading.Thread:
    environ = {"REQUEST_METHOD": method, "wsgi.input": io.BytesIO(body)}
    environ |= {"CONTENT_LENGTH": str(len(body))} | more
    thread = threading.Thread(target=line, args=(environ, None))
    thread.start()
    return thread


def test_one_change_is_served_at_a_time_and_readers_pass_by() -> None:
    house = House()
    line = Turns(house, LARGEST)
    posts = [ask(line, "POST") for _ in range(3)]
    assert house.entered.acquire(timeout=30)
    reader = ask(line, "GET")
    assert house.entered.acquire(timeout=30), "a reader does not wait"
    assert house.most_inside == 2
    house.let_go.set()
    for thread in [*posts, reader]:
        thread.join(30)
    assert (house.inside, house.most_inside, len(house.bodies)) == (0, 2, 4)


def test_whoever_only_waits_gives_way() -> None:
    house = House()
    line = Turns(house, LARGEST)
    threads = [ask(line, "POST", **{"gives way": True}) for _ in range(2)]
    assert house.entered.acquire(timeout=30) and house.entered.acquire(timeout=30)
    house.let_go.set()
    for thread in threads:
        thread.join(30)
    assert house.most_inside == 2


def test_a_request_that_fails_gives_its_turn_back() -> None:
    def fails(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        raise ValueError

    line = Turns(fails, LARGEST)
    for _ in range(2):
        try:
            line({"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO()}, None)
        except ValueError:
            continue


def test_a_slow_sender_holds_nobody_up() -> None:
    house = House()
    house.let_go.set()
    line = Turns(house, LARGEST)
    sent = threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sent.wait(30)
            return super().read(size)

    slow = ask(line, "POST", **{"wsgi.input": Slow(b"late"), "CONTENT_LENGTH": "4"})
    quick = ask(line, "POST", b"quick")
    quick.join(30)
    assert house.bodies == [b"quick"]
    sent.set()
    slow.join(30)
    assert house.bodies == [b"quick", b"late"]


def test_bodies_arrive_whole_and_too_much_is_left_to_be_refused() -> None:
    house = House()
    house.let_go.set()
    line = Turns(house, LARGEST)
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    ask(line, "POST", b"x" * 50, **chunked).join(30)
    ask(line, "POST", b"y" * 500, **chunked).join(30)  # one byte more than fits shows it
    ask(line, "POST", b"z" * 500).join(30)
    assert house.bodies == [b"x" * 50, b"y" * (LARGEST + 1), b"z" * 500]
