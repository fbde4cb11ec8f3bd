"""What is kept between builds: whole, of the right service, or not at all."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from plugins.discussion.client import Client, pull
from plugins.discussion.document import read_answer
from plugins.discussion.errors import RefusedSnapshot
from plugins.discussion.snapshot import Snapshot, discard

from .small_site import ROOT, Site
from .standin import Service, comment


def told(service: Service, since: int = 0) -> Any:
    return read_answer(json.dumps(service.answer(since, 0)).encode())


def loaded(folder: Path) -> Snapshot:
    snapshot = Snapshot(str(folder))
    snapshot.load()
    return snapshot


def ids(snapshot: Snapshot, slug: str) -> list[str]:
    raw = snapshot.get(slug)
    return [each["id"] for each in raw["comments"]] if raw else []


@pytest.fixture
def kept(tmp_path: Path, service: Service) -> Path:
    """The folder of a snapshot of two discussions."""
    service.tell("water", comment("a1"), comment("a2"))
    service.tell("wood", comment("b1"))
    snapshot = Snapshot(str(tmp_path / "snapshot"))
    snapshot.merge(told(service))
    snapshot.save()
    return tmp_path / "snapshot"


def test_a_snapshot_is_read_as_it_was_saved(kept: Path) -> None:
    again = loaded(kept)
    assert (again.service, again.cursor) == ("service-1", 2)
    assert again.slugs() == ["water", "wood"]
    assert ids(again, "water") == ["a1", "a2"]


def test_its_files_are_json_that_others_can_read(kept: Path) -> None:
    for path in [kept / "head.json", *kept.glob("discussions/*")]:
        assert json.loads(path.read_bytes())["format"] == "emergence-snapshot/1"


def test_one_change_writes_one_discussion_and_the_head(kept: Path, service: Service) -> None:
    before = {path: path.stat().st_ino for path in kept.rglob("*.json")}
    snapshot = loaded(kept)
    service.tell("water", comment("a3"))
    snapshot.merge(told(service, snapshot.cursor))
    snapshot.save()
    written = {path.name for path in kept.rglob("*.json") if path.stat().st_ino != before[path]}
    assert written == {"head.json", "water.json"}
    assert ids(loaded(kept), "water") == ["a1", "a2", "a3"]


def test_merging_the_same_answer_again_changes_nothing(kept: Path, service: Service) -> None:
    snapshot = loaded(kept)
    snapshot.merge(told(service))
    snapshot.save()
    assert ids(loaded(kept), "water") == ["a1", "a2"]


@pytest.mark.parametrize("name", ["head.json", "discussions/water.json"])
@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-20],
        lambda data: data[:10],
        lambda data: b"",
        lambda data: data.replace(b'"cursor"', b'"CURSOR"').replace(b"a1", b"a9"),
        lambda data: b"\x80" + data,
        lambda data: data.replace(b"emergence-snapshot/1", b"emergence-snapshot/0"),
    ],
    ids=["truncated", "cut off", "empty", "changed", "bytes", "other format"],
)
def test_a_harmed_file_is_refused_and_nothing_of_it_used(kept: Path, name: str, harm: Any) -> None:
    (kept / name).write_bytes(harm((kept / name).read_bytes()))
    snapshot = Snapshot(str(kept))
    with pytest.raises(RefusedSnapshot):
        snapshot.load()
    assert (snapshot.service, snapshot.cursor, snapshot.slugs()) == ("", 0, [])


def test_a_missing_discussion_is_refused(kept: Path) -> None:
    (kept / "discussions/water.json").unlink()
    with pytest.raises(RefusedSnapshot, match="1 discussions are missing"):
        loaded(kept)


def test_a_discussion_of_another_service_is_refused(kept: Path, service: Service) -> None:
    foreign = Snapshot(str(kept.parent / "other"))
    service.id = "service-2"
    foreign.merge(told(service))
    foreign.save()
    (kept.parent / "other/discussions/water.json").replace(kept / "discussions/water.json")
    with pytest.raises(RefusedSnapshot, match="another service"):
        loaded(kept)


def test_a_harmed_snapshot_is_fetched_anew_by_the_next_build(site: Site, service: Service) -> None:
    service.tell("water", comment("a1"))
    site.build()
    path = site.snapshot / "discussions/water.json"
    path.write_bytes(path.read_bytes()[:-30])
    assert site.build().count("refused (water.json is truncated or was changed)") == 1
    assert "c-a1" in site.page("water")
    assert "refused" not in site.build()


def test_a_harmed_snapshot_is_not_half_used_when_the_service_is_down(
    site: Site, service: Service
) -> None:
    service.tell("water", comment("a1"))
    service.tell("wood", comment("b1"))
    site.build()
    service.stop()
    path = site.snapshot / "discussions/water.json"
    path.write_bytes(b"")
    assert "pages are without comments" in site.build()
    assert "0 comments" in site.page("wood")


def test_another_service_is_fetched_anew(site: Site, service: Service) -> None:
    service.tell("water", comment("a1"))
    service.tell("wood", comment("b1"))
    site.build()
    service.forget("service-2")
    service.tell("wood", comment("c1"))
    assert "another service" in site.build()
    assert "0 comments" in site.page("water")
    assert "c-c1" in site.page("wood")
    assert sorted(os.listdir(site.snapshot / "discussions")) == ["wood.json"]


def test_a_service_set_back_to_a_backup_is_fetched_anew(kept: Path, service: Service) -> None:
    service.forget("service-1")
    service.tell("wood", comment("c1"))
    snapshot = loaded(kept)
    client = Client(service.url)
    assert pull(client, snapshot) == {"water", "wood"}
    client.close()
    snapshot.save()
    assert (loaded(kept).cursor, loaded(kept).slugs()) == (1, ["wood"])


def test_of_two_builders_the_slower_does_not_take_the_cursor_back(
    kept: Path, service: Service
) -> None:
    slow, fast = loaded(kept), loaded(kept)
    service.tell("water", comment("a3"))
    slow.merge(told(service, slow.cursor))
    service.tell("water", comment("a4"))
    fast.merge(told(service, fast.cursor))
    fast.save()
    slow.save()
    assert ids(loaded(kept), "water") == ["a1", "a2", "a3", "a4"]
    service.tell("wood", comment("b2"))
    slow.merge(told(service, slow.cursor))
    slow.save()
    after = loaded(kept)
    assert (after.cursor, ids(after, "water"), ids(after, "wood")) == (
        5, ["a1", "a2", "a3", "a4"], ["b1", "b2"],
    )  # fmt: skip


def test_a_builder_whose_folder_was_discarded_writes_all_of_it_again(
    kept: Path, service: Service
) -> None:
    snapshot = loaded(kept)
    discard(str(kept))
    service.tell("wood", comment("b2"))
    snapshot.merge(told(service, snapshot.cursor))
    snapshot.save()
    assert loaded(kept).slugs() == ["water", "wood"]


def test_a_death_while_saving_leaves_an_older_cursor_that_is_good(
    kept: Path, service: Service
) -> None:
    dying = """
import os, sys
from plugins.discussion import snapshot
real = snapshot.replace
def replace(path, content):
    if path.endswith("head.json"):
        os._exit(9)
    real(path, content)
snapshot.replace = replace
one = snapshot.Snapshot(sys.argv[1])
one.load()
from plugins.discussion.client import Client, pull
pull(Client(sys.argv[2]), one)
one.save()
"""
    service.tell("water", comment("a3"))
    died = subprocess.run(
        [sys.executable, "-c", dying, str(kept), service.url], cwd=ROOT, timeout=30, check=False
    )
    assert died.returncode == 9
    after = loaded(kept)
    assert (after.cursor, ids(after, "water")) == (2, ["a1", "a2", "a3"])
    client = Client(service.url)
    assert pull(client, after) == {"water"}
    client.close()
    assert (after.cursor, ids(after, "water")) == (3, ["a1", "a2", "a3"])


def test_a_full_disk_is_said_and_the_next_save_makes_it_good(kept: Path, service: Service) -> None:
    snapshot = loaded(kept)
    service.tell("water", comment("a3", html="x" * 9000))
    snapshot.merge(told(service, snapshot.cursor))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            snapshot.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ids(loaded(kept), "water") == ["a1", "a2"]
    assert not list(kept.glob("**/.*"))
    snapshot.save()
    assert ids(loaded(kept), "water") == ["a1", "a2", "a3"]


@pytest.mark.parametrize("slug", [".", "..", ".hidden", "a/../b", "é" * 30, "con%2fusing"])
def test_a_slug_is_only_a_name_of_a_file(tmp_path: Path, service: Service, slug: str) -> None:
    service.tell(slug, comment("a1"))
    snapshot = Snapshot(str(tmp_path / "snapshot"))
    snapshot.merge(told(service))
    snapshot.save()
    assert len(os.listdir(tmp_path / "snapshot/discussions")) == 1
    assert loaded(tmp_path / "snapshot").slugs() == [slug]
