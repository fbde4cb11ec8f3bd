"""The API's description (OpenAPI 3.1), at /api/v1/openapi.json; schemas.py has its shapes."""

from typing import Any

from flask import Blueprint, Response, jsonify

from . import here, session
from .schemas import SCHEMAS

blueprint = Blueprint("openapi", __name__)

Described = dict[str, Any]


@blueprint.get("/api/v1/openapi.json")
def describe() -> Response:
    return jsonify(description(here.settings().service_url, here.settings().site_name))


def description(service_url: str, site_name: str) -> Described:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site_name}: discussions",
            "version": "1",
            "description": "Read and write the discussions of opportunities. A program sends a "
            "token that a person made on “My data”; the site's own script sends the cookie.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": service_url}],
        "security": [{}, {"token": []}, {"cookie": []}],
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": session.COOKIE},
            },
            "responses": {"Refusal": _answer("A clear no, in the reader's language.", "Refusal")},
        },
    }


def _paths() -> Described:
    slug, id = _path_parameter("slug"), _path_parameter("id")
    return {
        "/api/v1/discussions": {
            "get": _operation(
                "What changed in all discussions after a cursor",
                {200: "Changes", 304: None},
                parameters=[_query("since", "integer"), _query("wait", "number")],
            )
        },
        "/api/v1/discussions/{slug}": {
            "parameters": [slug],
            "get": _operation("One discussion, whole", {200: "Discussion", 304: None}),
        },
        "/api/v1/discussions/{slug}.mbox": {
            "parameters": [slug],
            "get": _archive("One discussion as an archive of mail, an mbox (RFC 4155)"),
        },
        "/api/v1/opportunities/{slug}/newer": {
            "parameters": [slug],
            "get": _operation(
                "Comments that were shown, edited or withdrawn after a time, for a page of then",
                {200: "Newer", 304: None},
                parameters=[_moment("than")],
            ),
        },
        "/api/v1/opportunities/{slug}/comments": {
            "parameters": [slug],
            "post": _operation(
                "Write in a discussion; a visitor gives name and e-mail",
                {201: "Published", 202: "Waiting"},
                body="NewComment",
            ),
        },
        "/api/v1/opportunities/{slug}/invitations": {
            "parameters": [slug],
            "post": _operation("Invite somebody, as a facilitator", {201: "Invited"}, "Guest"),
        },
        "/api/v1/opportunities/{slug}/following": {
            "parameters": [slug],
            "put": _operation(
                "How much of it is mailed to somebody who takes part or follows",
                {200: "Following"},
                body="Dose",
            ),
        },
        "/api/v1/comments/{id}": {
            "parameters": [id],
            "patch": _operation("Mend one's own comment", {200: "OneComment"}, "Words"),
            "delete": _operation("Withdraw one's own comment", {200: "OneComment"}),
        },
        "/api/v1/comments/{id}/approval": {
            "parameters": [id],
            "post": _operation("Publish a held or hidden comment", {200: "OneComment"}),
        },
        "/api/v1/comments/{id}/hiding": {
            "parameters": [id],
            "post": _operation("Take a comment off the page", {200: "OneComment"}),
        },
        "/api/v1/comments/{id}/keeping": {
            "parameters": [id],
            "put": _operation("Mark a comment worth keeping", {200: "Keeping"}),
            "delete": _operation("Take that mark away", {200: "Keeping"}),
        },
        "/api/v1/opportunities/{slug}/roles": {
            "parameters": [slug],
            "post": _operation(
                "Claim a role, or propose one to the person who is named",
                {201: "OneRole"},
                "NewRole",
            ),
        },
        "/api/v1/roles/{id}": {
            "parameters": [id],
            "patch": _operation("Say one's role in other words", {200: "OneRole"}, "RoleWords"),
            "delete": _operation("Lay one's role down, or decline it", {200: "OneRole"}),
        },
        "/api/v1/roles/{id}/taking": {
            "parameters": [id],
            "post": _operation("Take a role that was proposed to one", {200: "OneRole"}),
        },
        "/api/v1/roles/{id}/support": {
            "parameters": [id],
            "put": _operation(
                "Stand by somebody's role: quietly, by a comment of one's own, or in words",
                {200: "OneRole"},
                "NewSupport",
            ),
            "delete": _operation("Take that back", {200: "OneRole"}),
        },
        "/api/v1/held": {"get": _operation("What waits for the facilitator", {200: "Held"})},
        "/api/v1/preview": {
            "post": _operation("What these words would look like", {200: "Preview"}, "Words")
        },
        "/api/v1/me": {"get": _operation("Who is signed in", {200: "Me"})},
        "/api/v1/openapi.json": {"get": _operation("This description", {200: "Anything"})},
        "/hooks/git": {"post": _hook()},
    }


def _hook() -> Described:
    """It is there where EMERGENCE_HOOK_SECRET is set."""
    operation = _operation(
        "A push, as GitHub, GitLab, Gitea and Forgejo tell of it, each signed in its own way",
        {200: "Hooked", 202: "Hooked"},
        body="Anything",
    )
    form: Described = {"type": "object", "properties": {"payload": {"type": "string"}}}
    operation["requestBody"]["content"]["application/x-www-form-urlencoded"] = {"schema": form}
    operation["responses"]["403"] = {"description": "No forge vouches for it."}
    return operation | {"security": [{}]}


def _operation(
    summary: str,
    answers: dict[int, str | None],
    body: str | None = None,
    parameters: list[Described] | None = None,
) -> Described:
    responses: Described = {
        str(status): _answer(summary, schema) if schema else {"description": "Nothing new."}
        for status, schema in answers.items()
    }
    responses["default"] = {"$ref": "#/components/responses/Refusal"}
    operation: Described = {"summary": summary, "responses": responses}
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": _json(body)}
    return operation


def _archive(summary: str) -> Described:
    operation = _operation(summary, {304: None})
    content: Described = {"application/mbox": {"schema": {"type": "string"}}}
    operation["responses"]["200"] = {"description": summary, "content": content}
    return operation


def _answer(words: str, schema: str) -> Described:
    return {"description": words, "content": _json(schema)}


def _json(schema: str) -> Described:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _path_parameter(name: str) -> Described:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, kind: str) -> Described:
    schema = {"type": kind, "minimum": 0, "default": 0}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _moment(name: str) -> Described:
    schema = {"type": "string", "format": "date-time"}
    return {"name": name, "in": "query", "required": False, "schema": schema}
