"""What threads are about: their labels, and the choices by which readers leave the others out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .model import Thread, Topic
from .team import plain

MOST = 8  # choices that a page offers


def labelled(threads: Sequence[Thread], labels: Mapping[str, str]) -> tuple[Thread, ...]:
    """The threads, each with its label and its choice if `labels` has one: by the slug of its
    update or the id of its first comment. Labels that differ in capitals only are one."""
    said = {thread.id: _one_line(labels.get(_key(thread), "")) for thread in threads}
    names: dict[str, str] = {}
    for label in filter(None, said.values()):
        names.setdefault(plain(label), label)
    topics = _topics(names)
    return tuple(
        replace(thread, label=names[plain(label)], topic=topics[plain(label)]) if label else thread
        for thread in threads
        for label in [said[thread.id]]
    )


def topics_of(threads: Sequence[Thread]) -> tuple[Topic, ...]:
    """The choices of a page, in their order."""
    found = {thread.topic for thread in threads if thread.topic}
    return tuple(sorted(found, key=lambda topic: topic.number))


def _topics(names: Mapping[str, str]) -> dict[str, Topic]:
    in_order = sorted(names)
    own = in_order if len(in_order) <= MOST else in_order[: MOST - 1]
    topics = {key: Topic(number, names[key]) for number, key in enumerate(own, start=1)}
    others = Topic(MOST, "")
    return {key: topics.get(key, others) for key in in_order}


def _key(thread: Thread) -> str:
    return thread.id.split("-", 2)[2]


def _one_line(label: str) -> str:
    return " ".join(label.split())
