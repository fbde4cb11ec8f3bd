"""My data: see what is kept of oneself, put it right, take it along, end sessions and tokens."""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify, make_response

from .. import errors
from ..actions import access, following, looking, people, taking_along
from ..domain import tokens
from ..domain.access import Scope
from ..domain.people import Person
from . import here, pages, session
from .following import read_dose

blueprint = Blueprint("me", __name__)


@blueprint.get("/-/me")
def show() -> Response:
    return _page(session.require_person())


@blueprint.post("/-/me")
def change() -> Response:
    session.require_from_us()
    person = session.require_person()
    try:
        form = pages.form()
        if form.get("do") == "token":
            label, now = form.get("label", ""), here.now()
            grant = access.make_api_token(here.store(), person, label, now)
            token = tokens.sign(here.settings().secret, Scope.API, grant.id)
            return _page(person, new_token=token)
        if act := _CHANGES.get(form.get("do", "")):
            act(person, form)
    except errors.Refusal as refusal:
        return _page(person, typed=pages.typed(), refusal=refusal)
    return pages.go_to(pages.at("/-/me"))


@blueprint.get("/-/me.json")
def take_along() -> Response:
    person = session.require_person()
    document = taking_along.my_document(here.store(), person, here.now())
    response = make_response(jsonify(document))
    response.headers["Content-Disposition"] = "attachment; filename=my-data.json"
    return response


def _correct(person: Person, form: Mapping[str, str]) -> None:
    people.correct_data(
        here.store(),
        person,
        here.now(),
        name=form.get("name", ""),
        know_how=form.get("know_how", ""),
        language=form.get("language", ""),
        status=form.get("status", ""),
        time_zone=form.get("time_zone", ""),
        links=form.get("links"),
    )


def _prefer_address(person: Person, form: Mapping[str, str]) -> None:
    people.prefer_address(here.store(), person, form.get("address", ""))


def _forget_address(person: Person, form: Mapping[str, str]) -> None:
    people.forget_address(here.store(), person, form.get("address", ""))


def _introduce(person: Person, form: Mapping[str, str]) -> None:
    words, slug = form.get("introduction", ""), form.get("slug", "")
    people.mend_introduction(here.store(), here.house(), person, slug, words, here.now())


def _come_back(person: Person, form: Mapping[str, str]) -> None:
    people.come_back(here.store(), here.house(), person, form.get("slug", ""), here.now())


def _leave(person: Person, form: Mapping[str, str]) -> None:
    people.leave(here.store(), here.house(), person, form.get("slug", ""), here.now())


def _choose_dose(person: Person, form: Mapping[str, str]) -> None:
    slug, dose = form.get("slug", ""), read_dose(form.get("dose"))
    following.choose_dose(here.store(), here.house(), person, slug, dose, here.now())


def _void_answers(person: Person, form: Mapping[str, str]) -> None:
    people.void_answer_addresses(here.store(), person, here.now())


def _revoke(person: Person, form: Mapping[str, str]) -> None:
    access.revoke(here.store(), person, form.get("grant", ""), here.now())


_CHANGES: dict[str, Callable[[Person, Mapping[str, str]], None]] = {
    "correct": _correct,
    "introduce": _introduce,
    "return": _come_back,
    "leave": _leave,
    "dose": _choose_dose,
    "void": _void_answers,
    "prefer-address": _prefer_address,
    "forget-address": _forget_address,
    "revoke": _revoke,
}


def _page(
    person: Person,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: errors.Refusal | None = None,
    new_token: str = "",
) -> Response:
    mine = looking.my_data(here.store(), person, here.now())
    return pages.show(
        "me.html",
        refusal.http_status if refusal else 200,
        mine=mine,
        person=mine.person,
        typed=typed or {},
        refusal=refusal,
        new_token=new_token,
        this_session=session.grant(),
        time_zones=people.time_zones(),
    )
