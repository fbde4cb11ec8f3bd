"""The static site, served file by file: what is there, what is not, and what must never be."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built site behind the symlink that the builder swaps, with a secret beside it."""
    build = tmp_path / "builds" / "1"
    (build / "opportunities" / "farm").mkdir(parents=True)
    (build / "theme").mkdir()
    (build / "index.html").write_text("<p>home", encoding="utf-8")
    (build / "404.html").write_text("<p>no such page", encoding="utf-8")
    (build / "opportunities" / "farm" / "index.html").write_text("<p>été", encoding="utf-8")
    (build / "theme" / "style.css").write_text("body {}", encoding="utf-8")
    (build / "feed.atom.xml").write_text("<feed/>", encoding="utf-8")
    (build / "empty").mkdir()
    (build / ".hidden").write_text("secret", encoding="utf-8")
    (build / "way-out").symlink_to(tmp_path)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "site").symlink_to(build)
    return build


def test_folders_answer_with_their_index(visitor: FlaskClient, site: Path) -> None:
    assert visitor.get("/").text == "<p>home"
    answer = visitor.get("/opportunities/farm/")
    assert (answer.text, answer.content_type) == ("<p>été", "text/html; charset=utf-8")
    moved = visitor.get("/opportunities/farm")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/opportunities/farm/")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/theme/style.css", "text/css; charset=utf-8"),
        ("/feed.atom.xml", "application/atom+xml; charset=utf-8"),
    ],
)
def test_files_say_what_they_are(visitor: FlaskClient, site: Path, path: str, kind: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.content_type) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/nothing/",
        "/index.html/",
        "/empty/",
        "/empty",
        "/.hidden",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/opportunities/../../secret.txt",
        "/..%5csecret.txt",
        "/theme/style.css%00.html",
        "/way-out/secret.txt",
        "/%ff",
        "/" + "a" * 5000,
    ],
)
def test_what_is_not_the_sites_is_not_found(visitor: FlaskClient, site: Path, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.text) == (404, "<p>no such page")


def test_a_path_of_a_client_never_leads_to_another_host(visitor: FlaskClient, site: Path) -> None:
    (site / "evil.example").mkdir()
    (site / "evil.example" / "index.html").write_text("a trap", encoding="utf-8")
    for path in ("//evil.example", "//evil.example/", "/-//evil.example", "///evil.example"):
        answer = visitor.get("/", environ_overrides={"PATH_INFO": path})
        assert not answer.headers.get("Location", "/").startswith("//")


def test_asking_again_costs_nothing_until_the_file_changes(
    visitor: FlaskClient, site: Path
) -> None:
    first = visitor.get("/")
    again = {"If-None-Match": first.headers["ETag"]}
    assert (visitor.get("/", headers=again).status_code, first.headers["Cache-Control"]) == (
        304,
        "no-cache",
    )
    fresh = site / "fresh"
    fresh.write_text("<p>new", encoding="utf-8")
    fresh.replace(site / "index.html")
    assert visitor.get("/", headers=again).text == "<p>new"


def test_a_part_of_a_file_can_be_asked_for(visitor: FlaskClient, site: Path) -> None:
    answer = visitor.get("/", headers={"Range": "bytes=3-"})
    assert (answer.status_code, answer.text) == (206, "home")


def test_a_swapped_build_is_served_at_once(
    visitor: FlaskClient, site: Path, tmp_path: Path
) -> None:
    second = tmp_path / "builds" / "2"
    second.mkdir()
    (second / "index.html").write_text("<p>second", encoding="utf-8")
    (tmp_path / "fresh").symlink_to(second)
    assert visitor.get("/").text == "<p>home"
    os.replace(tmp_path / "fresh", tmp_path / "site")
    assert visitor.get("/").text == "<p>second"


def test_before_the_first_build_a_page_says_so(visitor: FlaskClient) -> None:
    answer = visitor.get("/opportunities/farm/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "The site is being built" in answer.text


def test_nothing_can_be_posted_to_the_site(visitor: FlaskClient, site: Path) -> None:
    answer = visitor.post("/")
    assert answer.status_code == 405


def test_what_the_service_lacks_is_told_by_the_service(visitor: FlaskClient, site: Path) -> None:
    assert visitor.get("/-/nothing").status_code == 404
    assert "There is nothing at this address" in visitor.get("/-/nothing").text
    answer = visitor.get("/api/v1/nothing")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


def test_text_is_packed_for_whoever_takes_it_packed(visitor: FlaskClient, site: Path) -> None:
    whole = "<p>été " * 1_000
    (site / "index.html").write_text(whole, encoding="utf-8")
    plain = visitor.get("/")
    packed = visitor.get("/", headers={"Accept-Encoding": "br, gzip"})
    assert (plain.text, gzip.decompress(packed.data).decode()) == (whole, whole)
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]
    tag = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    assert visitor.get("/", headers=tag).status_code == 304
    part = visitor.get("/", headers={"Range": "bytes=0-2", "Accept-Encoding": "identity"})
    assert (part.status_code, part.data) == (206, b"<p>")
    small = visitor.get("/theme/style.css", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in small.headers


def test_a_site_that_lives_elsewhere_is_led_to(furnish: Callable[..., Flask], site: Path) -> None:
    browser = furnish(
        EMERGENCE_SITE_URL="https://camille.github.example/briefs",
        EMERGENCE_SERVICE_URL="https://talk.example.org",
        EMERGENCE_MANIFEST="https://camille.github.example/briefs/opportunities.json",
    ).test_client()
    for path in ("", "opportunities/farm/", "fr/", "a%20b/%3Cx%3E", "%2F%2Fevil.example/"):
        answer = browser.get(f"/{path}")
        assert answer.status_code == 302
        where = answer.headers["Location"]
        assert where.startswith("https://camille.github.example/briefs/") and "<" not in where
    assert browser.get("/-/signin").status_code == 200
