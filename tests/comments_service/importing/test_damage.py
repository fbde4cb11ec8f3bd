"""Files that were cut short or damaged on the way end in words."""

import gzip
import io
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from comments_service.importing import disqus as of_disqus
from comments_service.importing import isso as of_isso
from comments_service.importing import wordpress as of_wordpress
from comments_service.importing.found import BadExport, Found

from .exports import disqus, isso, post, wordpress, wp_comment

Reader = Callable[[BinaryIO], Iterator[Found]]
FORUM = disqus(post(1, "<p>é</p>"), post(2, "<p>🌱</p>", parent=1))
SITE = wordpress(wp_comment(1, "é"), wp_comment(2, "🌱", parent=1))
EACH = pytest.mark.parametrize(
    ("read", "whole"),
    [
        (of_disqus.read, FORUM),
        (of_wordpress.read, SITE),
        (of_disqus.read, gzip.compress(FORUM)),
    ],
    ids=["disqus", "wordpress", "gzip"],
)


@EACH
def test_wherever_a_file_ends_too_early_it_is_refused(read: Reader, whole: bytes) -> None:
    for end in range(len(whole.rstrip())):
        with pytest.raises(BadExport):
            list(read(io.BytesIO(whole[:end])))


@EACH
def test_a_damaged_file_is_read_or_refused(read: Reader, whole: bytes) -> None:
    for data in damaged(whole):
        try:
            list(read(io.BytesIO(data)))
        except BadExport as bad:
            assert str(bad)


def test_a_damaged_database_is_read_or_refused(tmp_path: Path) -> None:
    path = isso(tmp_path / "comments.db", {"text": "é"}, {"parent": 1})
    for data in damaged(path.read_bytes()):
        path.write_bytes(data)
        try:
            list(of_isso.read(path))
        except BadExport as bad:
            assert str(bad)


def damaged(whole: bytes) -> Iterator[bytes]:
    chance = random.Random(1)  # noqa: S311 - the same in every run
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        yield bytes(data)
