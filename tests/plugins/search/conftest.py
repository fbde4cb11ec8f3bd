"""A small site with discussions and a search page, for the real Pagefind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..discussion.small_site import Site
from ..discussion.standin import Service, comment, person

PAGE = '<html lang="{{ article.lang }}"><body><main data-pagefind-body>'
ARTICLE = PAGE + "<h1>{{ article.title }}</h1>{{ article.content }}</main></body></html>"
SEARCH = '<html lang="{{ lang }}"><title>search</title>{{ SEARCH_PAGE }} {{ translations }}</html>'


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    running.tell(
        "water",
        comment("a1", "ada", "<p>Otters &amp; eels</p><p>swim.</p>"),
        comment("a2", "bob", "", state="withdrawn"),
        people=[person("ada", "Ada Marsh"), person("bob", "Bob")],
    )
    running.tell("wood", comment("b1", "bob", "<p>Squirrels climb.</p>"))
    yield running
    running.stop()


@pytest.fixture
def site(tmp_path: Path, service: Service) -> Site:
    made = Site(tmp_path, service.url)
    made.write("theme/templates/article.html", ARTICLE)
    made.write("theme/templates/search.html", SEARCH)
    made.write("theme/templates/index.html", "{{ SEARCH_PAGE }}")
    made.configure('PLUGINS = ["plugins.discussion", "plugins.search"]')
    return made
