"""Discussions on pages built by Pelican, with the service up, down and talking rubbish."""

import re
from xml.etree import ElementTree

import pytest

from .small_site import Site
from .standin import Service, comment, person

ATOM = "{http://www.w3.org/2005/Atom}"


def test_comments_are_on_the_page_of_their_opportunity(site: Site, service: Service) -> None:
    service.tell("water", comment("a1", "ada"), comment("b1", "bob", parent="a1"))
    site.build()
    page = site.page("water")
    assert "2 comments\nby 2 people" in page
    assert re.search(r'id="c-b1" class="d1 published"', page)
    assert "/-/o/water/write?answer=a1" in page
    assert "0 comments" in site.page("wood")


def test_words_of_people_are_escaped_and_sanitised_html_is_not(
    site: Site, service: Service
) -> None:
    people = [person("ada", "<script>alert(1)</script>")]
    service.tell("water", comment("a1", "ada", "<p>I <em>do</em></p>"), people=people)
    site.build()
    for page in (site.page("water"), site.read("people/ada/index.html")):
        assert "<script>" not in page
        assert "&lt;script&gt;" in page
    assert "<p>I <em>do</em></p>" in site.page("water")


def test_a_site_that_escapes_nothing_is_not_built(site: Site) -> None:
    site.configure('JINJA_ENVIRONMENT = {"trim_blocks": True}')
    assert "JINJA_ENVIRONMENT must set autoescape" in site.build(expect=1)


def test_escaping_can_be_chosen_by_name(site: Site) -> None:
    site.configure("from jinja2 import select_autoescape")
    site.configure('JINJA_ENVIRONMENT["autoescape"] = select_autoescape()')
    site.build()


def test_translations_drafts_and_hidden_pages_have_the_discussion_too(
    site: Site, service: Service
) -> None:
    site.brief("water", "Eau", "2026-11-02", "Lang: fr", name="water.fr")
    site.brief("quiet", "Quiet", "2026-11-02", "Status: hidden")
    site.brief("early", "Early", "2026-11-02", "Status: draft")
    for slug in ("water", "quiet", "early"):
        service.tell(slug, comment(f"{slug}1", "ada"))
    site.build()
    assert "c-water1" in site.read("fr/opportunities/water/index.html")
    assert "c-quiet1" in site.page("quiet")
    assert "c-early1" in site.read("drafts/early.html")


def test_a_renamed_opportunity_keeps_its_discussion(site: Site, service: Service) -> None:
    service.tell("water", comment("a1", "ada"))
    service.tell("rivers", comment("b1", "bob", parent="a1"))
    (site.folder / "content/water.md").unlink()
    site.brief("rivers", "Rivers", "2026-11-02", "Aliases: water")
    site.build()
    assert re.search(r'c-a1.*c-b1" class="d1', site.page("rivers"), re.DOTALL)


def test_a_discussion_of_nothing_known_is_kept_until_its_page_appears(
    site: Site, service: Service
) -> None:
    service.tell("later", comment("a1", "ada"))
    assert "later" not in site.build()
    service.stop()
    site.brief("later", "Later", "2026-11-09")
    site.build()
    assert "c-a1" in site.page("later")


def test_with_the_service_down_the_last_snapshot_is_shown_with_one_warning(
    site: Site, service: Service
) -> None:
    service.tell("water", comment("a1", "ada"))
    site.build()
    service.stop()
    said = site.build()
    assert said.count("the last snapshot is shown") == 1
    assert "c-a1" in site.page("water")


def test_with_the_service_never_heard_of_pages_are_without_comments(
    site: Site, service: Service
) -> None:
    service.stop()
    assert site.build().count("pages are without comments") == 1
    assert "0 comments" in site.page("water")
    assert not (site.output / "people").exists()


@pytest.mark.parametrize("heard_before", [True, False])
def test_a_required_discussion_fails_the_build(
    site: Site, service: Service, heard_before: bool
) -> None:
    if heard_before:
        site.build()
    service.stop()
    site.configure("DISCUSSION_REQUIRED = True")
    assert "DISCUSSION_REQUIRED is set" in site.build(expect=1)


def test_no_service_at_all_is_no_reason_to_warn(site: Site) -> None:
    site.configure('DISCUSSION_URL = ""')
    assert "WARNING" not in site.build().upper()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>I am a proxy</html>", 200),
        (b'{"format": "something/2"}', 200),
        (b'{"format": "emergence-discussions/1", "service": "s", "cursor"', 200),
        (b'{"format": "emergence-discussions/1", "service": "s", "cursor": 4, "discussions": '
         b'[{"slug": "water", "people": [], "comments": [{"id": "../../x"}]}]}', 200),
        (b"", 503),
        (b"", 404),
    ],
    ids=["html", "other format", "truncated", "path in an id", "unavailable", "not found"],
)  # fmt: skip
def test_an_unusable_answer_is_as_good_as_none(
    site: Site, service: Service, body: bytes, status: int
) -> None:
    service.tell("water", comment("a1", "ada"))
    site.build()
    service.instead, service.status = body, status
    assert site.build().count("the last snapshot is shown") == 1
    assert "c-a1" in site.page("water")


def test_a_long_answer_comes_in_pages(site: Site, service: Service) -> None:
    service.page_size = 2
    for number in range(7):
        service.tell(f"slug-{number}", comment(f"c{number}", "ada"))
    service.tell("water", comment("last", "ada"))
    site.build()
    assert len(service.asked) == 4
    assert "c-last" in site.page("water")


def test_a_person_has_a_page_with_what_they_take_part_in(site: Site, service: Service) -> None:
    site.brief("quiet", "Quiet", "2026-11-05", "Status: hidden")
    for slug in ("wood", "water", "quiet"):
        service.tell(slug, comment(f"{slug}1", "ada"), people=[person("ada", "Ada")])
    service.tell("water", people=[person("ada", "Ada", "client"), person("eve", "Eve", "visitor")])
    site.build()
    page = site.read("people/ada/index.html")
    assert "Ada</h1> spoke 3 times" in page
    assert re.search(r"Water &amp; data</a> as client.*Wood</a> as expert", page, re.DOTALL)
    assert "Quiet" not in page
    assert not (site.output / "people/eve").exists()


def test_a_persons_page_is_in_their_language_if_the_site_has_it(
    site: Site, service: Service
) -> None:
    site.brief("water", "Eau", "2026-11-02", "Lang: fr", name="water.fr")
    people = [person("ada", "Ada", language="fr"), person("jan", "Jan", language="nl")]
    service.tell("water", people=people)
    site.build()
    french, dutch = site.read("people/ada/index.html"), site.read("people/jan/index.html")
    assert 'lang="fr"' in french
    assert "/fr/opportunities/water/" in french
    assert 'lang="en"' in dutch


def test_each_discussion_has_a_feed_of_its_newest_words(site: Site, service: Service) -> None:
    for number in range(60):
        words = f"<p>{number} &lt;&amp; <em>\x0b</em></p>"
        service.tell("water", comment(f"c{number:02}", "ada", words))
    service.tell("water", comment("d", state="withdrawn"), comment("e", state="hidden"))
    site.configure('SITEURL = "https://site.example"')
    site.build()
    feed = ElementTree.fromstring(site.read("feeds/water.discussion.atom.xml"))  # noqa: S314
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 50
    assert [entries[0].findtext(f"{ATOM}{name}") for name in ("id", "content", "title")] == [
        "tag:mail.example,2026-11-06:c-c59", "<p>59 &lt;&amp; <em></em></p>", "ada",
    ]  # fmt: skip
    links = [each.get("href") for each in entries[0].findall(f"{ATOM}link")]
    assert links == ["https://site.example/opportunities/water/#c-c59"]
    assert feed.findtext(f"{ATOM}title") == "Water & data"


def test_a_feed_without_words_is_the_same_in_every_build(site: Site) -> None:
    site.build()
    first = site.read("feeds/wood.discussion.atom.xml")
    site.build()
    assert site.read("feeds/wood.discussion.atom.xml") == first


def test_a_theme_without_persons_is_said_once(site: Site, service: Service) -> None:
    (site.folder / "theme/templates/person.html").unlink()
    service.tell("water", comment("a1", "ada"), comment("b1", "bob"))
    assert site.build().count("no person.html") == 1
