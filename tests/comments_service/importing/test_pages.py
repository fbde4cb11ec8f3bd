"""Which opportunity a page has become."""

from dataclasses import replace

import pytest

from comments_service.domain.phases import Opportunity, Phase
from comments_service.importing.found import BadExport, Found
from comments_service.importing.pages import Pages, read_map

FARM = Opportunity(
    "1", "farm", "Farm", "en", Phase.CLOSED, "https://e.org/opportunities/farm/", "Camille"
)
MILL = replace(FARM, id="2", slug="mill", url="https://e.org/opportunities/mill/")
GONE = replace(FARM, id="3", slug="gone", url="https://e.org/opportunities/gone/", gone=True)


def pages(table: str = "", into: str | None = None) -> Pages:
    mapped = read_map(f"page,opportunity\n{table}".encode()) if table else {}
    return Pages([FARM, MILL, GONE], {"old-farm": "1", "old-gone": "3"}, mapped, into)


def on(page: str, *names: str) -> Found:
    return Found("disqus", "1", page, names, "Ada", None, "")


@pytest.mark.parametrize(
    ("page", "slug"),
    [
        ("https://e.org/opportunities/farm/", "farm"),
        ("http://www.other.example/opportunities/FARM", "farm"),
        ("/opportunities/farm/index.html?utm=x#disqus_thread", "farm"),
        ("https://old.example/2019/old-farm.html", "farm"),
        ("https://old.example/%66arm/", "farm"),
        ("https://old.example/gone/", None),
        ("https://old.example/old-gone/", None),
        ("https://old.example/farms/", None),
        ("https://old.example/farm/comments/", None),
        ("https://old.example/", None),
        ("https://old.example/?p=12", None),
        ("http://[broken/farm", None),
        ("", None),
    ],
)
def test_a_page_is_known_by_its_address(page: str, slug: str | None) -> None:
    assert pages().slug_of(on(page)) == slug


@pytest.mark.parametrize(
    "key",
    [
        "https://old.example/2019/soil/",
        "/2019/soil",
        "soil",
        "4711",
        "soil-data",
    ],
)
def test_a_map_names_a_page_by_address_path_last_part_or_name(key: str) -> None:
    one = on("https://old.example/2019/soil/index.html", "4711", "soil-data")
    assert pages(f"{key},mill").slug_of(one) == "mill"
    assert pages(f"{key},mill").slug_of(on("https://old.example/2019/sand/")) is None


def test_a_page_without_a_path_is_mapped_by_its_whole_address() -> None:
    some = pages("https://old.example/?p=12,mill")
    assert some.slug_of(on("https://old.example/?p=12")) == "mill"
    assert some.slug_of(on("https://old.example/?p=13")) is None


def test_the_map_goes_before_the_address_and_into_takes_the_rest() -> None:
    some = pages("/opportunities/farm/,mill\n/b,farm\n/c,farm", into="farm")
    assert some.slug_of(on("https://e.org/opportunities/farm/")) == "mill"
    assert [some.slug_of(on(page)) for page in ("/b", "/c", "/d")] == ["farm"] * 3


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("/a,nowhere", "there is no opportunity “nowhere”"),
        ("/a,gone", "there is no opportunity “gone”"),
        ("/a,", "the map, line 2: a page and an opportunity"),
        ("/a,farm,more", "the map, line 2: a page and an opportunity"),
        ("/a,farm\nhttps://x.example/A/,mill", "the map, line 3: .* stands there twice"),
    ],
)
def test_a_bad_map_is_refused_with_its_line(table: str, why: str) -> None:
    with pytest.raises(BadExport, match=why):
        pages(table)


def test_nothing_goes_into_what_is_no_opportunity() -> None:
    with pytest.raises(BadExport, match="nowhere"):
        pages(into="nowhere")
    with pytest.raises(BadExport, match="begins with the line page,opportunity"):
        read_map(b"\x00\x01")
