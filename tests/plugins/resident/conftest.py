"""A small site, the stand-in for the service, and the builder between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..discussion.small_site import Site
from ..discussion.standin import Service
from .running import Builder

HOME = """
from pelican.generators import Generator
from pelican.plugins import signals

class Home(Generator):
    def generate_output(self, writer):
        self.write_home(writer)

    def write_home(self, writer):
        writer.write_file("index.html", self.get_template("home"), self.context)

class Homes:
    @staticmethod
    def register():
        signals.get_generators.connect(Homes.generator)

    @staticmethod
    def generator(pelican):
        return Home

PLUGINS = [Homes, "plugins.discussion"]
DIRECT_TEMPLATES = []
TAG_SAVE_AS = "tags/{slug}/index.html"
PAGINATED_TEMPLATES = {"tag": 50}
"""
LINES = (
    "{% for article in ARTICLES %}{{ article.slug }}: {{ article.discussion.count }}\n{% endfor %}"
)


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.stop()


@pytest.fixture
def site(tmp_path: Path, service: Service) -> Site:
    made = Site(tmp_path, service.url)
    made.configure(HOME)
    made.write("theme/templates/home.html", LINES.replace("ARTICLES", "articles"))
    made.write("theme/templates/tag.html", LINES.replace("ARTICLES", "articles_page.object_list"))
    made.brief("water", "Water & data", "2026-11-02", "Tags: data")
    return made


@pytest.fixture
def builder(site: Site) -> Iterator[Builder]:
    running = Builder(site)
    running.wait_for("ok")
    yield running
    running.end()
