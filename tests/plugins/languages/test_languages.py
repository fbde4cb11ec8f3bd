"""Each page speaks its own language, whatever the page before it spoke."""

import pickle
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import DictLoader, Environment
from jinja2.exceptions import TemplateRuntimeError
from pelican import Pelican
from pelican.settings import read_settings

from plugins.languages.catalogues import BrokenTranslation, Catalogues
from plugins.languages.dates import Dates, isotime
from plugins.languages.page_language import install_gettext

PLURALS = {"fr": "nplurals=2; plural=(n > 1);", "ar": "nplurals=2; plural=(n != 1);"}
WORDS = {
    "fr": {"Welcome": "Bienvenue", "by %(name)s": "de %(name)s", "Good": "Bon"},
    "ar": {"Welcome": "أهلا"},
}
TEMPLATE = """<html lang="{{ lang }}" dir="{{ text_direction }}">
{% from "macros.html" import hello with context %}
{{ hello() }}, {% trans name="Ada" %}by {{ name }}{% endtrans %},
{{ ngettext("%(num)s comment", "%(num)s comments", 0) }} {{ SITENAME|upper }}
{% if article %}{{ article.date|date_words }}, {{ article.date|day }}, {{ article.date|isotime }}
{% for version in article.translations %}{{ language_name(version.lang) }}{% endfor %}
{% endif %}"""


def po(lang: str, words: dict[str, str]) -> str:
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {PLURALS.get(lang, PLURALS["ar"])}\\n"\n\n'
    )
    plural = (
        'msgid "%(num)s comment"\nmsgid_plural "%(num)s comments"\n'
        'msgstr[0] "%(num)s commentaire"\nmsgstr[1] "%(num)s commentaires"\n\n'
    )
    lines = (f'msgid "{key}"\nmsgstr "{value}"\n\n' for key, value in words.items())
    return header + (plural if lang == "fr" else "") + "".join(lines)


class Site:
    """A theme and articles in several languages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("article.html", "page.html", "index.html"):
            self.write(f"theme/templates/{name}", TEMPLATE)
        self.write(
            "theme/templates/macros.html", "{% macro hello() %}{{ _('Welcome') }}{% endmacro %}"
        )
        self.write("theme/static/.keep", "")
        self.catalogue("fr")
        self.article("en", "orchard", "2026-11-03 09:05")
        self.article("fr", "orchard", "2026-11-01 09:05")

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def catalogue(self, lang: str, text: str = "") -> None:
        words = text or po(lang, WORDS[lang])
        self.write(f"theme/translations/{lang}/LC_MESSAGES/messages.po", words)

    def article(self, lang: str, slug: str, day: str) -> None:
        header = f"Title: {slug}\nSlug: {slug}\nDate: {day}\nLang: {lang}\n"
        self.write(f"content/blog/{slug}.{lang}.md", f"{header}\nWords.\n")

    def pelican(self, **changes: Any) -> Any:
        ours = {
            "PATH": str(self.folder / "content"),
            "OUTPUT_PATH": str(self.folder / "output"),
            "THEME": str(self.folder / "theme"),
            "PLUGINS": ["plugins.languages"],
            "TIMEZONE": "Europe/Paris",
            "LOCALE": ["C"],
            "SITENAME": "Emergence",
            "ARTICLE_PATHS": ["blog"],
            "STATIC_PATHS": [],
            "DIRECT_TEMPLATES": ["index"],
            "ARTICLE_SAVE_AS": "{slug}.en.html",
            "ARTICLE_LANG_SAVE_AS": "{slug}.{lang}.html",
            "CATEGORY_SAVE_AS": "",
            "AUTHOR_SAVE_AS": "",
            "TAG_SAVE_AS": "",
            "FEED_ALL_ATOM": None,
            "CATEGORY_FEED_ATOM": None,
            "TRANSLATION_FEED_ATOM": None,
        }
        return Pelican(read_settings(override={**ours, **changes}))

    def read(self, name: str) -> str:
        return " ".join((self.folder / "output" / name).read_text(encoding="utf-8").split())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_two_languages_in_one_build(site: Site) -> None:
    site.pelican().run()
    assert site.read("orchard.en.html") == (
        '<html lang="en" dir="ltr"> Welcome, by Ada, 0 comments EMERGENCE'
        " 3 November 2026, 3 November, 2026-11-03T08:05:00Z français"
    )
    assert site.read("orchard.fr.html") == (
        '<html lang="fr" dir="ltr"> Bienvenue, de Ada, 0 commentaire EMERGENCE'
        " 1er novembre 2026, 1er novembre, 2026-11-01T08:05:00Z English"
    )


def test_a_page_of_no_article_speaks_the_language_of_the_site(site: Site) -> None:
    site.pelican().run()
    assert site.read("index.html").startswith('<html lang="en" dir="ltr"> Welcome')
    site.pelican(DEFAULT_LANG="fr", ARTICLE_PATHS=["none"]).run()
    assert site.read("index.html").startswith('<html lang="fr" dir="ltr"> Bienvenue')


def test_a_third_language_is_a_folder(site: Site) -> None:
    site.catalogue("ar")
    site.article("ar", "orchard", "2026-11-03")
    pelican = site.pelican()
    pelican.run()
    assert pelican.settings["LANGUAGES"] == ["en", "ar", "fr"]
    assert site.read("orchard.ar.html").startswith('<html lang="ar" dir="rtl"> أهلا, by Ada')


def test_a_language_without_a_catalogue_keeps_the_words_of_the_theme(site: Site) -> None:
    site.article("de", "orchard", "2026-11-03")
    site.pelican().run()
    page = site.read("orchard.de.html")
    assert page.startswith('<html lang="de" dir="ltr"> Welcome')
    assert "3. November 2026" in page


def test_words_changed_between_two_runs_of_one_instance_are_new(site: Site) -> None:
    pelican = site.pelican()
    pelican.run()
    site.catalogue("fr", po("fr", {"Welcome": "Bonjour"}))
    pelican.run()
    assert "Bonjour" in site.read("orchard.fr.html")


@pytest.mark.parametrize(
    "broken", ['msgid "a"\nmsgid "b"\n', 'msgid "%(a)s"\nmsgstr "%(b)s"\n', "nonsense\n"]
)
def test_a_broken_catalogue_stops_the_build_and_is_named(site: Site, broken: str) -> None:
    site.catalogue("fr", broken)
    with pytest.raises(BrokenTranslation, match=r"translations/fr/LC_MESSAGES/messages\.po:\d"):
        site.pelican().run()


def test_a_macro_that_cannot_know_the_language_says_so(site: Site) -> None:
    environment = Environment(
        loader=DictLoader(
            {
                "macros": "{% macro hello() %}{{ _('Welcome') }}{% endmacro %}",
                "page": "{{ m.hello() }}",
            }
        ),
        autoescape=True,
    )
    install_gettext(environment, Catalogues(site.folder / "theme"))
    source = "{% import 'macros' as m %}{{ m.hello() }}"
    with pytest.raises(TemplateRuntimeError, match="with context"):
        environment.from_string(source).render(lang="fr")


def test_words_of_people_are_escaped_in_translated_sentences(site: Site) -> None:
    environment = Environment(autoescape=True)
    install_gettext(environment, Catalogues(site.folder / "theme"))
    template = environment.from_string("{{ _('by %(name)s', name=name) }}")
    assert template.render(lang="fr", name="<Ada>") == "de &lt;Ada&gt;"


def test_an_explicit_language_comes_before_that_of_the_article(site: Site) -> None:
    environment = Environment(autoescape=True)
    install_gettext(environment, Catalogues(site.folder / "theme"))
    article = {"lang": "en"}
    template = environment.from_string("{{ _('Welcome') }}")
    assert template.render(lang="fr", article=article) == "Bienvenue"
    assert template.render(lang="fr-ca") == "Bienvenue"


def test_catalogues_survive_the_cache(site: Site) -> None:
    copied = pickle.loads(pickle.dumps(Catalogues(site.folder / "theme")))  # noqa: S301
    assert copied["fr"].gettext("Welcome") == "Bienvenue"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "3 November 2026, 00:30"),
        ("fr", "3 novembre 2026, 00:30"),
        ("nonsense", "3 November 2026, 00:30"),
    ],
)
def test_a_time_is_shown_in_the_zone_of_the_site(lang: str, words: str) -> None:
    dates = Dates(ZoneInfo("Europe/Paris"))
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    assert dates.datetime_words(lang, late) == words
    assert dates.datetime_words(lang, late.isoformat()) == words
    assert dates.date_words("en", late) == "3 November 2026"
    assert dates.date_words("fr", date(2026, 11, 1)) == "1er novembre 2026"
    assert dates.datetime_words("fr", "2026-11-02") == "2 novembre 2026"


def test_machines_read_utc() -> None:
    assert isotime(datetime(2026, 11, 3, 0, 30, tzinfo=ZoneInfo("Europe/Paris"))) == (
        "2026-11-02T23:30:00Z"
    )
    assert isotime(date(2026, 11, 3)) == "2026-11-03"
    assert isotime("2026-11-03T10:00:00+00:00") == "2026-11-03T10:00:00Z"
