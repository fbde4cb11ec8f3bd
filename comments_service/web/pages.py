"""What all pages of the service share: where things are, how a form is read, how a page is shown.

URLs are built from the settings. Within the service they are paths, so that a page works under
whatever name it was asked for; no name that a client claims is ever repeated.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

from .. import errors
from ..domain.letters import NO_LONGER_WANTED
from ..domain.people import Status
from ..domain.phases import Opportunity
from ..gettext import N_
from . import here, language, session


def install(app: Flask) -> None:
    """Give templates the addresses of things."""
    app.jinja_env.globals.update(
        at=at,
        asset=asset,
        page_of=page_of,
        site_url=site_url,
        site_page=site_page,
        settings=here.settings,
        initials=initials,
        no_longer_wanted=NO_LONGER_WANTED,
        statuses=[status.value for status in Status],
    )


def at(path: str) -> str:
    """Where a page of the service is: its path below the service's own."""
    return urlsplit(here.settings().service_url).path.rstrip("/") + path


def site_url(path: str = "/") -> str:
    """Where a page of the site is: a path when both halves share an origin."""
    settings = here.settings()
    if session.origin(settings.site_url) == session.origin(settings.service_url):
        return urlsplit(settings.site_url).path.rstrip("/") + path
    return settings.site_url + path


def site_page(path: str) -> str:
    """A plain page of the site in the language of this answer, where the site has it so."""
    own, site = f"/{language.current()}{path}", here.settings().site
    if site.joinpath(own[1:]).is_dir():
        return site_url(own)
    elsewhere = not site.is_dir()  # there, the site's plugin names it like this too
    return site_url(own if elsewhere and language.current() != here.settings().language else path)


def asset(path: str) -> str:
    """Where a file of the theme is: here, if the site is built here, since fonts are not shared."""
    return at(path) if here.settings().site.joinpath(path[1:]).is_file() else site_url(path)


def initials(name: str) -> str:
    """What stands in the circle beside a name."""
    words = name.split()
    return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"


def page_of(opportunity: Opportunity, comment_id: str | None = None) -> str:
    """The opportunity's page, or a comment's place on it; only ever on a site of ours."""
    url = urljoin(here.settings().site_url + "/", opportunity.url)
    if session.origin(url) not in session.our_origins():
        url = site_url("/")
    elif session.origin(url) == session.origin(here.settings().service_url):
        url = urlsplit(url).path
    return f"{url}#c-{comment_id}" if comment_id else url


def welcome(opportunity: Opportunity) -> str:
    """The opportunity's page, where it greets somebody who takes part from now on."""
    return f"{page_of(opportunity)}#welcome"


def absolute(url: str) -> str:
    """The same for those who do not come from one of our pages."""
    return urljoin(here.settings().site_url + "/", url)


def go_to(url: str) -> Response:
    """See Other: after a POST, to a URL that this module built."""
    response = make_response("", 303)
    response.headers["Location"] = url
    return response


def show(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the service, for this reader only."""
    return make_response(render_template(template, **values), status)


def form() -> Mapping[str, str]:
    """The fields of a posted form. Raises Invalid when its bytes are no UTF-8."""
    if request.mimetype == "multipart/form-data":
        return request.form
    if request.mimetype not in ("application/x-www-form-urlencoded", ""):
        raise UnsupportedMediaType()
    try:
        body = request.get_data().decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise errors.Invalid(N_("This is not text in UTF-8.")) from None
    return dict(reversed(pairs))  # of a field that comes twice the first counts, as everywhere


def typed() -> Mapping[str, str]:
    """The same as well as it can be read, to give it back; never raises."""
    try:
        request.get_data()  # keeps the body for whoever reads it after us
        return dict(request.form)
    except HTTPException:  # more than we read
        return {}


def json_object() -> dict[str, Any]:
    """The JSON object in the request's body. Raises Invalid for anything else."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()
    try:
        document = json.loads(request.get_data().decode())
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate cannot be kept
    except (ValueError, RecursionError):
        raise errors.Invalid(N_("This is not JSON in UTF-8.")) from None
    if not isinstance(document, dict):
        raise errors.Invalid(N_("The document must be a JSON object."))
    return document


def text_or_none(document: Mapping[str, Any], field: str) -> str | None:
    """An optional text of a JSON object. Raises Invalid when it is something else."""
    value = document.get(field)
    if value is not None and not isinstance(value, str):
        raise errors.Invalid(N_("This must be text."), field=field)
    return value or None
