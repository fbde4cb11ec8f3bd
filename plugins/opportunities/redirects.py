"""A small page at each address that an opportunity had before, leading to where it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Template
from pelican.generators import PelicanTemplateNotFound

from .attach import Article

if TYPE_CHECKING:
    from .generator import OpportunitiesGenerator

_PAGE = """<!doctype html>
<html lang="{{ article.lang }}">
<head>
<meta charset="utf-8">
<title>{{ article.title|striptags|e }}</title>
<meta http-equiv="refresh" content="0; url={{ SITEURL }}/{{ article.url }}">
<link rel="canonical" href="{{ SITEURL }}/{{ article.url }}">
<meta name="robots" content="noindex">
</head>
<body><p><a href="{{ SITEURL }}/{{ article.url }}">{{ article.title|striptags|e }}</a></p></body>
</html>
"""


def write(generator: OpportunitiesGenerator, writer: Any) -> None:
    """Write the page of each alias, in each language, with the theme's `redirect` if it has one."""
    template: Template | None = None
    for versions in generator.versions.values():
        for brief in versions:
            if brief.status == "draft":
                continue
            for alias in brief.opportunity.aliases:
                template = template or _template(generator)
                writer.write_file(
                    _address(brief, alias, "SAVE_AS"),
                    template,
                    generator.context,
                    relative_urls=generator.settings["RELATIVE_URLS"],
                    url=_address(brief, alias, "URL"),
                    article=brief,
                )


def _template(generator: OpportunitiesGenerator) -> Template:
    try:
        found: Template = generator.get_template("redirect")
    except PelicanTemplateNotFound:
        found = generator.env.from_string(_PAGE)
    return found


def _address(brief: Article, alias: str, key: str) -> str:
    """The address that `brief` would have if the alias were its slug."""
    setting = f"ARTICLE_{key}" if brief.in_default_lang else f"ARTICLE_LANG_{key}"
    return str(brief.settings[setting]).format(**{**brief.url_format, "slug": alias})
