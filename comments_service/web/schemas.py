"""The shapes of the API's documents, as JSON schemas (2020-12) for its description."""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_MOMENT_OR_NULL: Schema = {"type": ["string", "null"], "format": "date-time"}
_ID: Schema = {"type": "string", "pattern": "^[0-9a-z]{18}$"}
_STATUS: Schema = {"enum": ["freelance", "employed", "founder", "friend", "other"]}
_DOSE: Schema = {"enum": ["each", "digest", "nothing"]}
_CAPACITY: Schema = {"enum": ["facilitator", "expert", "client"]}


def _object(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
    }


def _list(of: str) -> Schema:
    return {"type": "array", "items": _ref(of)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_PUBLIC_PERSON: Schema = {
    "id": _ID,
    "name": _TEXT,
    "status": {"enum": [*_STATUS["enum"], None]},
    "know_how": _TEXT,
    "language": _TEXT,
}

SCHEMAS: dict[str, Schema] = {
    "Anything": {"type": "object"},
    "Hooked": _object({"state": {"enum": ["asked", "ignored", "pong"]}}),
    "Refusal": _object(
        {"error": _object({"code": _TEXT, "message": _TEXT}, {"field": _TEXT})},
    ),
    "Words": _object({"text": {"type": "string", "maxLength": 16384}}),
    "NewComment": _object(
        {"text": {"type": "string", "minLength": 1, "maxLength": 16384}},
        {"answer": _TEXT_OR_NULL, "update": _TEXT_OR_NULL, "name": _TEXT, "email": _TEXT},
    ),
    "Comment": _object(
        {
            "id": _ID,
            "parent": {"type": ["string", "null"]},
            "update": _TEXT_OR_NULL,
            "author": _TEXT_OR_NULL,
            "state": {"enum": ["published", "withdrawn", "hidden", "held", "unconfirmed"]},
            "written": _MOMENT,
            "edited": _MOMENT_OR_NULL,
            "html": _TEXT,
            "answer_to": _TEXT,
            "message_id": _TEXT,
        }
    ),
    "OneComment": _object({"comment": _ref("Comment")}),
    "Published": _object({"comment": _ref("Comment"), "html_url": {"type": "string"}}),
    "Waiting": _object({"state": {"enum": ["held", "unconfirmed"]}, "message": _TEXT}),
    "Person": _object(
        _PUBLIC_PERSON
        | {
            "as": {"enum": [*_CAPACITY["enum"], "visitor"]},
            "introduction": _TEXT_OR_NULL,
            "since": _MOMENT_OR_NULL,
            "left": _MOMENT_OR_NULL,
        }
    ),
    "DiscussionBody": _object(
        {
            "slug": _TEXT,
            "answer_to": _TEXT,
            "people": _list("Person"),
            "comments": _list("Comment"),
        },
        {"changed": _MOMENT_OR_NULL},
    ),
    "Newer": _object(
        {
            "changed": _MOMENT_OR_NULL,
            "more": {"type": "boolean"},
            "comments": _list("NewerComment"),
        }
    ),
    "NewerComment": _object(
        {
            "id": _ID,
            "parent": _TEXT_OR_NULL,
            "update": _TEXT_OR_NULL,
            "author": {"oneOf": [{"type": "null"}, _ref("NewerAuthor")]},
            "introduces": _TEXT_OR_NULL,
            "state": {"enum": ["published", "withdrawn", "hidden"]},
            "written": _MOMENT,
            "edited": _MOMENT_OR_NULL,
            "html": _TEXT,
        }
    ),
    "NewerAuthor": _object({"id": _ID, "name": _TEXT, "initials": _TEXT}),
    "Changes": _object(
        {
            "format": {"const": "emergence-discussions/1"},
            "service": _ID,
            "since": {"type": "integer", "minimum": 0},
            "cursor": {"type": "integer", "minimum": 0},
            "more": {"type": "boolean"},
            "discussions": _list("DiscussionBody"),
        }
    ),
    "Discussion": _object(
        {
            "format": {"const": "emergence-discussions/1"},
            "service": _ID,
            "cursor": {"type": "integer", "minimum": 0},
            "discussion": _ref("DiscussionBody"),
        }
    ),
    "RoleWords": _object(
        {"title": {"type": "string", "minLength": 1, "maxLength": 120}},
        {"words": {"type": "string", "maxLength": 1000}},
    ),
    "NewRole": _object(
        {"title": {"type": "string", "minLength": 1, "maxLength": 120}},
        {"words": {"type": "string", "maxLength": 1000}, "person": _TEXT_OR_NULL},
    ),
    "NewSupport": _object({}, {"comment": _TEXT_OR_NULL, "text": _TEXT}),
    "OneRole": _object(
        {
            "role": _object(
                {
                    "id": _ID,
                    "title": _TEXT,
                    "html": _TEXT,
                    "person": _ID,
                    "proposed_by": _TEXT_OR_NULL,
                    "taken": _MOMENT_OR_NULL,
                    "laid_down": _MOMENT_OR_NULL,
                    "supporters": {"type": "array", "items": _ID},
                    "comments": {"type": "array", "items": _ID},
                }
            )
        }
    ),
    "Keeping": _object({"comment": _ID, "kept": {"type": "boolean"}}),
    "Guest": _object(
        {"name": _TEXT, "email": _TEXT},
        {
            "why": _TEXT,
            "introduction": _TEXT,
            "as": _CAPACITY,
            "status": _STATUS,
            "know_how": _TEXT,
            "language": _TEXT,
        },
    ),
    "Invited": _object(
        {"invitation": _ID, "opportunity": _TEXT, "person": _object({"id": _ID, "name": _TEXT})}
    ),
    "Dose": _object({"dose": _DOSE}),
    "Following": _object({"opportunity": _TEXT, "dose": _DOSE}),
    "Held": _object({"held": _list("HeldComment")}),
    "HeldComment": _object(
        {
            "id": _ID,
            "opportunity": _TEXT,
            "written": _MOMENT,
            "html": _TEXT,
            "text": _TEXT,
            "author": _object({"id": _ID, "name": _TEXT}),
        }
    ),
    "Preview": _object({"html": _TEXT}),
    "Me": _object(
        {
            "person": _object(_PUBLIC_PERSON | {"facilitates": {"type": "boolean"}}),
            "participations": _list("Participation"),
        }
    ),
    "Participation": _object(
        {
            "opportunity": _TEXT,
            "as": _CAPACITY,
            "introduction": _TEXT,
            "since": _MOMENT_OR_NULL,
            "left": _MOMENT_OR_NULL,
        }
    ),
}
