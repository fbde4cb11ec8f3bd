"""The archive in git is shown while the service was never heard, and never when it was."""

import json
from typing import Any

import pytest

from .small_site import Site
from .standin import Service, comment, person

SHOWN = "The service was never heard; the archive in git is shown"


def archive(site: Site, slug: str, *comments: dict[str, Any], **more: Any) -> None:
    """A file as `emergence archive` writes it."""
    told = {
        "slug": slug,
        "changed": "2026-11-06T10:00:00.000Z",
        "answer_to": f"discuss+{slug}@mail.example",
        "people": [person("ada", "Ada", introduction_text="I know *soil*.")],
        "comments": [one | {"text": "Markdown *here*.", "introduces": None} for one in comments],
        "roles": [],
    }
    document = {"format": "emergence-archive/1", "slug": slug, "discussion": told} | more
    site.write(f"discussions/{slug}.json", json.dumps(document))


def words(slug: str) -> dict[str, Any]:
    return comment("a1", "ada", f"<p>Kept of {slug}</p>")


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9"])
def test_the_site_is_built_from_git_alone_and_says_so(site: Site, url: str) -> None:
    site.configure(f"DISCUSSION_URL = {url!r}")
    archive(site, "water", words("water"))
    archive(site, "wood")
    assert SHOWN in site.build()
    assert "Water &amp; data: 1 comments" in site.page("water")
    assert "<p>Kept of water</p>" in site.page("water") and "answer%2Ba1" not in site.page("wood")
    assert "mailto:answer+a1@mail.example" in site.page("water")
    assert "Ada" in site.read("people/ada/index.html")
    assert "Kept of water" in site.read("feeds/water.discussion.atom.xml")
    assert not site.snapshot.exists(), "it is not taken for what the service said"


def test_what_the_service_says_or_said_wins(site: Site, service: Service) -> None:
    archive(site, "water", words("water"))
    service.tell("water", comment("b1"), people=[])
    assert SHOWN not in site.build()
    assert "Words of b1" in site.page("water") and "Kept of" not in site.page("water")
    service.stop()
    assert SHOWN not in site.build()
    assert "Words of b1" in site.page("water") and "Kept of" not in site.page("water")
    site.configure('DISCUSSION_URL = ""')
    assert SHOWN not in site.build()
    assert "Words of b1" in site.page("water")


def test_a_broken_file_is_named_and_the_others_are_shown(site: Site) -> None:
    site.configure('DISCUSSION_URL = ""')
    archive(site, "water", words("water"))
    archive(site, "wood", format="emergence-archive/2")
    site.write("discussions/torn.json", '{"format": "emergence-archive/1", "discussi')
    site.write("discussions/evil.json", json.dumps(
        {"format": "emergence-archive/1", "discussion": {"slug": "wood", "people": []}}
    ))  # fmt: skip
    site.write("discussions/README.md", "What is this?")
    log = site.build()
    for name in ("wood.json", "torn.json", "evil.json"):
        assert f"discussions/{name} cannot be read, and is left out" in log
    assert "README" not in log
    assert "Kept of water" in site.page("water") and "Wood: 0 comments" in site.page("wood")


def test_a_build_that_needs_the_service_is_not_content_with_an_archive(
    site: Site, service: Service
) -> None:
    service.stop()
    archive(site, "water", words("water"))
    site.configure("DISCUSSION_REQUIRED = True")
    site.build(expect=1)
    site.configure('DISCUSSION_REQUIRED = "unless-kept"')
    assert "the archive is shown" in site.build()
    assert "Kept of water" in site.page("water")


def test_without_a_folder_it_is_as_if_there_were_no_archive(site: Site) -> None:
    site.configure('DISCUSSION_URL = ""')
    assert SHOWN not in site.build()
    archive(site, "water", words("water"))
    site.configure('DISCUSSION_ARCHIVE = ""')
    assert SHOWN not in site.build()
    assert "Water &amp; data: 0 comments" in site.page("water")
