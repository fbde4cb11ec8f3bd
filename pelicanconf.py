"""Settings of the site, for development and for the resident builder. The environment may set what
differs from one machine to the next; `publishconf.py` is for a static host."""

import os
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_DATA = Path(os.environ.get("EMERGENCE_DATA") or _HERE / "var").absolute()

SITENAME = os.environ.get("EMERGENCE_SITE_NAME") or "Emergence"
SITEURL = (os.environ.get("EMERGENCE_SITE_URL") or "").rstrip("/")
SERVICE_URL = (os.environ.get("EMERGENCE_SERVICE_URL") or "").rstrip("/")
# Where the forge has a file edited, as https://…/edit/main/{path}; "" links to no editor.
EDIT_URL = os.environ.get("EMERGENCE_EDIT_URL") or ""
# Where the discussions are asked for; "" asks nobody.
DISCUSSION_URL = os.environ.get("EMERGENCE_DISCUSSION_URL", "http://127.0.0.1:8000")
DISCUSSION_SNAPSHOT = str(_DATA / "snapshot")
DISCUSSION_ARCHIVE = str(_HERE / "discussions")
DISCUSSION_REQUIRED = False

PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
PLUGIN_PATHS = [str(_HERE)]
PLUGINS = [
    "plugins.opportunities",
    "plugins.languages",
    "plugins.discussion",
    "plugins.history",
    "plugins.charts",
    "plugins.agreement",
    "plugins.search",
]

# Languages: DEFAULT_LANG and every folder in theme/translations/ (LANGUAGES would narrow them).
DEFAULT_LANG = "en"
LOCALE = ["C.UTF-8", "C"]
TIMEZONE = os.environ.get("EMERGENCE_TIMEZONE") or "Europe/Paris"
TYPOGRIFY = False
# Pelican's own, but tables align by attribute: our Content-Security-Policy takes no inline style.
MARKDOWN = {
    "extension_configs": {
        "markdown.extensions.codehilite": {"css_class": "highlight"},
        "markdown.extensions.extra": {"tables": {"use_align_attribute": True}},
        "markdown.extensions.meta": {},
    },
    "output_format": "html5",
}
JINJA_ENVIRONMENT = {
    "autoescape": True,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": [],
}

OPPORTUNITY_PATHS = ["opportunities"]
ARTICLE_PATHS = ["opportunities"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = []

ARTICLE_URL = "opportunities/{slug}/"
ARTICLE_SAVE_AS = "opportunities/{slug}/index.html"
ARTICLE_LANG_URL = "{lang}/opportunities/{slug}/"
ARTICLE_LANG_SAVE_AS = "{lang}/opportunities/{slug}/index.html"
DRAFT_URL = "drafts/{slug}/"
DRAFT_SAVE_AS = "drafts/{slug}/index.html"
DRAFT_LANG_URL = "{lang}/drafts/{slug}/"
DRAFT_LANG_SAVE_AS = "{lang}/drafts/{slug}/index.html"
PAGE_URL = "{slug}/"
PAGE_SAVE_AS = "{slug}/index.html"
PAGE_LANG_URL = "{lang}/{slug}/"
PAGE_LANG_SAVE_AS = "{lang}/{slug}/index.html"
DRAFT_PAGE_URL = "drafts/pages/{slug}/"
DRAFT_PAGE_SAVE_AS = "drafts/pages/{slug}/index.html"
DRAFT_PAGE_LANG_URL = "{lang}/drafts/pages/{slug}/"
DRAFT_PAGE_LANG_SAVE_AS = "{lang}/drafts/pages/{slug}/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = "tags/{slug}/index.html"
CATEGORY_SAVE_AS = ""
AUTHOR_SAVE_AS = ""
USE_FOLDER_AS_CATEGORY = False
# A page and its translations have one slug, which is the file's name: how-it-works.fr.md.
PATH_METADATA = r"pages/(?P<slug>[^/.]+)(?:\.(?P<lang>[a-z]{2,3}))?\.md"

# plugins.opportunities writes the home and the pages of the phases.
DIRECT_TEMPLATES = ["tags", "404"]
TAGS_URL = "tags/"
TAGS_SAVE_AS = "tags/index.html"
PAGINATED_TEMPLATES = {"tag": 50, "phase": 50}
PAGINATION_PATTERNS = [
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
]

# plugins.opportunities and plugins.discussion write the feeds.
FEED_ATOM = FEED_RSS = FEED_ALL_ATOM = FEED_ALL_RSS = None
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None

CACHE_PATH = str(_DATA / "cache")
CACHE_CONTENT = LOAD_CONTENT_CACHE = os.environ.get("EMERGENCE_CACHE") != "0"
CONTENT_CACHING_LAYER = "reader"
GZIP_CACHE = False
