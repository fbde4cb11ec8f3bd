"""The site that these tests build: a content folder, the little theme beside this file, Pelican."""

import json
import re
from pathlib import Path
from typing import Any

from pelican import Pelican
from pelican.settings import read_settings

THEME = Path(__file__).parent / "theme"
BRIEF = "Title: {title}\nDate: {date}\n{more}\n{text}\n"
OURS = ["plugins.opportunities"]


def settings_for(folder: Path, **changes: Any) -> dict[str, Any]:
    """Settings like those of the site, in a folder of its own."""
    ours = {
        "PATH": str(folder / "content"),
        "OUTPUT_PATH": str(folder / "output"),
        "CACHE_PATH": str(folder / "cache"),
        "THEME": str(THEME),
        "PLUGINS": OURS,
        "SITENAME": "Emergence",
        "SITEURL": "https://site.example",
        "TIMEZONE": "UTC",
        "LOCALE": ["C"],
        "DEFAULT_LANG": "en",
        "LANGUAGES": ["en", "fr"],
        "ARTICLE_PATHS": ["opportunities"],
        "STATIC_PATHS": [],
        "ARTICLE_URL": "opportunities/{slug}/",
        "ARTICLE_SAVE_AS": "opportunities/{slug}/index.html",
        "ARTICLE_LANG_URL": "{lang}/opportunities/{slug}/",
        "ARTICLE_LANG_SAVE_AS": "{lang}/opportunities/{slug}/index.html",
        "DRAFT_URL": "drafts/{slug}/",
        "DRAFT_SAVE_AS": "drafts/{slug}/index.html",
        "PAGE_URL": "{slug}/",
        "PAGE_SAVE_AS": "{slug}/index.html",
        "TAG_URL": "tags/{slug}/",
        "TAG_SAVE_AS": "tags/{slug}/index.html",
        "CATEGORY_SAVE_AS": "",
        "AUTHOR_SAVE_AS": "",
        "DIRECT_TEMPLATES": [],
        "PAGINATED_TEMPLATES": {"tag": 50, "phase": 50},
        "PAGINATION_PATTERNS": [
            (1, "{url}", "{save_as}"),
            (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
        ],
        "FEED_ALL_ATOM": None,
        "CATEGORY_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        "TRANSLATION_FEED_ATOM": None,
    }
    return dict(read_settings(override={**ours, **changes}))


class Site:
    """A content folder to write in; `build` runs Pelican on it, in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.content = folder / "content"
        self.output = folder / "output"
        (self.content / "opportunities").mkdir(parents=True)

    def write(self, path: str, text: str | bytes) -> None:
        """Put a file into the content folder; text is UTF-8."""
        file = self.content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def brief(
        self,
        slug: str,
        more: str = "",
        text: str = "The object.",
        *,
        title: str = "",
        date: str = "2026-11-03",
        name: str = "brief.md",
    ) -> None:
        """A brief in the folder `slug`; `more` are further lines of its header."""
        header = BRIEF.format(
            title=title or slug.title(), date=date, more=f"{more}\n" if more else "", text=text
        )
        self.write(f"opportunities/{slug}/{name}", header)

    def update(
        self, slug: str, name: str, title: str, text: str = "Words.", more: str = ""
    ) -> None:
        header = f"Title: {title}\n{more}\n" if more else f"Title: {title}\n"
        self.write(f"opportunities/{slug}/updates/{name}", f"{header}\n{text}\n")

    def pelican(self, **changes: Any) -> Any:
        return Pelican(settings_for(self.folder, **changes))

    def build(self, **changes: Any) -> None:
        self.pelican(**changes).run()

    def exists(self, path: str) -> bool:
        return (self.output / path).is_file()

    def read(self, path: str) -> str:
        return (self.output / path).read_text(encoding="utf-8")

    def page(self, slug: str, lang: str = "") -> str:
        return self.read(f"{lang}/opportunities/{slug}/index.html".lstrip("/"))

    def manifest(self) -> Any:
        return json.loads(self.read("opportunities.json"))

    def entry(self, slug: str) -> Any:
        """What the manifest says of one opportunity."""
        return next(e for e in self.manifest()["opportunities"] if e["slug"] == slug)


def links(html: str) -> list[str]:
    """Addresses of the links in a page, in order."""
    return re.findall(r'<a [^>]*href="([^"]*)"', html)
