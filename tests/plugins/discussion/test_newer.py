"""Where a page leads for what is newer than itself, and when it leads nowhere."""

import re

import pytest

from plugins.discussion.links import Links, origin
from plugins.discussion.model import Discussion

from .small_site import Site
from .standin import Service, comment

ARTICLE = "{{ article.discussion.changed }} [{{ article.discussion.newer_url }}]"


@pytest.mark.parametrize(
    ("site", "service", "elsewhere"),
    [
        ("https://example.org", "https://talk.example.org", "https://talk.example.org"),
        ("https://example.org", "http://example.org", "http://example.org"),
        ("https://example.org", "https://example.org:8443/talk", "https://example.org:8443"),
        ("", "https://talk.example.org", "https://talk.example.org"),
        ("https://example.org/site", "https://example.org/talk", ""),
        ("https://Example.org:443", "https://example.org", ""),
        ("https://example.org", "", ""),
        ("", "", ""),
    ],
)
def test_only_a_service_at_another_origin_is_asked_for_what_is_newer(
    site: str, service: str, elsewhere: str
) -> None:
    links = Links.of("wa ter", "Water", service, site_url=site)
    assert links.service_elsewhere == elsewhere
    discussion = Discussion("wa ter", links, changed="2026-11-06T10:00:00.001Z")
    page = f"{service}/-/o/wa%20ter/newer?than=2026-11-06T10:00:00.001Z"
    assert discussion.newer_url == (page if elsewhere else "")
    assert discussion.newer_data_url == f"{service}/api/v1/opportunities/wa%20ter/newer"


def test_an_address_without_a_host_has_no_origin() -> None:
    assert origin("/talk") == origin("") == ""


def test_a_page_says_up_to_when_it_is_whole(site: Site, service: Service) -> None:
    site.configure('SERVICE_URL = "https://talk.example"\nSITEURL = "https://example.org"')
    site.write("theme/templates/article.html", ARTICLE)
    service.tell("water", comment("a1", "ada"))
    site.build()
    first = site.page("water")
    assert re.search(r"^2026-11-06T10:00:00.\d{3}Z \[https://talk", first)
    service.tell("water", comment("a2", "ada"))
    site.build()
    assert site.page("water") > first
    assert site.page("wood") == " [https://talk.example/-/o/wood/newer?than=]"
