"""A small site of two opportunities, built by the real command."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

CONFIGURATION = """
import os
SITENAME = "Emergence"
SITEURL = os.environ.get("SITEURL", "")
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
PLUGINS = ["plugins.discussion"]
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
LANGUAGES = ["en", "fr"]
DISCUSSION_URL = {url!r}
DISCUSSION_SNAPSHOT = "snapshot"
DISCUSSION_TIMEOUT = 5
JINJA_ENVIRONMENT = {{"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}}
ARTICLE_URL = "opportunities/{{slug}}/"
ARTICLE_SAVE_AS = "opportunities/{{slug}}/index.html"
ARTICLE_LANG_URL = "{{lang}}/opportunities/{{slug}}/"
ARTICLE_LANG_SAVE_AS = "{{lang}}/opportunities/{{slug}}/index.html"
DIRECT_TEMPLATES = ["index"]
AUTHOR_SAVE_AS = TAG_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None
"""

ARTICLE = """{{ article.title }}: {{ article.discussion.count }} comments
by {{ article.discussion.spoken }} people
{% for thread in article.discussion.threads %}
{% for entry in thread.entries %}
<div id="{{ entry.anchor }}" class="d{{ entry.shown_depth }} {{ entry.state }}">
<b>{{ entry.author.name }}</b> {{ entry.html }} <a href="{{ entry.mailto }}">mail</a>
<a href="{{ entry.answer_url }}">answer</a></div>
{% endfor %}
{% endfor %}
"""

PERSON = """<html lang="{{ lang }}"><h1>{{ person.name }}</h1> spoke {{ person.spoken }} times
{% for article, here in taking_part %}
<a href="{{ SITEURL }}/{{ article.url }}">{{ article.title }}</a> as {{ here.capacity }}
{% endfor %}
</html>"""

BRIEF = "Title: {title}\nDate: {date}\nSlug: {slug}\n{more}\n\nThe object and the context.\n"


class Site:
    """A Pelican site in a folder; `build` runs the real command."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.snapshot = folder / "snapshot"
        for path, text in (("article", ARTICLE), ("person", PERSON), ("index", "home")):
            self.write(f"theme/templates/{path}.html", text)
        self.write("theme/static/style.css", "")
        self.write("pelicanconf.py", CONFIGURATION.format(url=url))
        self.brief("water", "Water & data", "2026-11-02")
        self.brief("wood", "Wood", "2026-11-01")

    def write(self, path: str, text: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text, encoding="utf-8")

    def brief(self, slug: str, title: str, date: str, more: str = "", name: str = "") -> None:
        text = BRIEF.format(slug=slug, title=title, date=date, more=more)
        self.write(f"content/{name or slug}.md", text)

    def configure(self, line: str) -> None:
        with (self.folder / "pelicanconf.py").open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")

    def build(self, *options: str, expect: int = 0) -> str:
        """What Pelican wrote to the terminal."""
        command = [sys.executable, "-m", "pelican", "-s", "pelicanconf.py", "--fatal", "errors"]
        done = subprocess.run(
            [*command, "--log-handler", "plain", *options],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            timeout=60,
            check=False,
            encoding="utf-8",
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr

    def read(self, path: str) -> str:
        return (self.output / path).read_text(encoding="utf-8")

    def page(self, slug: str) -> str:
        return self.read(f"opportunities/{slug}/index.html")
