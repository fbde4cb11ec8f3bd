"""The document of discussions: what the schema says, what the plugin takes, and how it merges."""

import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from plugins.discussion.client import Client
from plugins.discussion.document import joined, merged, read_answer
from plugins.discussion.errors import ServiceDown, UnusableAnswer

from .small_site import ROOT
from .standin import Service, comment, person
from .test_team import role

SCHEMA = json.loads((ROOT / "docs/discussions.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def document(**more: Any) -> dict[str, Any]:
    return {
        "format": "emergence-discussions/1",
        "service": "s",
        "since": 0,
        "cursor": 4,
        "more": False,
        "discussions": [
            {
                "slug": "water",
                "changed": "2026-11-06T10:01:00.123Z",
                "answer_to": "discuss+water@mail.example",
                "people": [person("ada", "Ada", introduction="<p>Hello</p>")],
                "comments": [
                    comment("a1", "ada", edited="2026-11-06T10:01:00+01:00"),
                    comment("a2", None, parent="a1", state="withdrawn") | {"html": ""},
                    comment("a3", "ada", introduces="ada"),
                ],
                "topics": {"a1": "technical", "an-update": "the mills"},
                "roles": [role("r1", "ada"), role("r2", "ada", taken=None, proposed_by="bob")],
                "marks": [{"kind": "carries", "by": "bob", "subject": "ada"}],
            }
        ],
    } | more


def change(path: list[Any], value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def changed(whole: dict[str, Any]) -> dict[str, Any]:
        place = whole
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        return whole

    return changed


TOLD: list[Any] = ["discussions", 0]
COMMENT = ["discussions", 0, "comments", 0]
PERSON = ["discussions", 0, "people", 0]
WRONG = [
    change(["format"], "emergence-discussions/2"),
    change(["service"], ""),
    change(["cursor"], "4"),
    change(["discussions"], {}),
    change(["discussions", 0, "slug"], ""),
    change(["discussions", 0, "slug"], "x" * 201),
    change(["discussions", 0, "people"], None),
    change([*COMMENT, "id"], "../x"),
    change([*COMMENT, "id"], 'a"b'),
    change([*COMMENT, "html"], None),
    change([*COMMENT, "state"], "loud"),
    change([*COMMENT, "written"], None),
    change([*COMMENT, "parent"], 7),
    change([*PERSON, "id"], "Ada"),
    change([*PERSON, "name"], None),
    change([*PERSON, "introduction"], []),
    change([*COMMENT, "introduces"], ["ada"]),
    change([*TOLD, "topics"], []),
    change([*TOLD, "topics"], None),
    change([*TOLD, "topics", "a1"], ""),
    change([*TOLD, "topics", "a1"], 7),
    change([*TOLD, "roles"], {}),
    change([*TOLD, "roles", 0], "ada"),
    change([*TOLD, "roles", 0, "id"], 'r"1'),
    change([*TOLD, "roles", 0, "id"], None),
    change([*TOLD, "roles", 0, "title"], None),
    change([*TOLD, "roles", 0, "person"], None),
    change([*TOLD, "roles", 0, "supporters"], None),
    change([*TOLD, "roles", 0, "supporters"], [["ada"]]),
    change([*TOLD, "roles", 0, "comments"], ["../x"]),
    change([*TOLD, "roles", 0, "taken"], True),
    change([*TOLD, "marks"], None),
    change([*TOLD, "marks", 0], None),
    change([*TOLD, "marks", 0, "by"], {}),
    change([*TOLD, "changed"], 7),
]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_good_document_is_good_for_both() -> None:
    VALIDATOR.validate(document())
    answer = read_answer(json.dumps(document()).encode())
    assert (answer.service, answer.cursor, answer.more) == ("s", 4, False)
    assert answer.discussions[0]["slug"] == "water"


@pytest.mark.parametrize("harm", WRONG)
def test_a_wrong_document_is_wrong_for_both(harm: Callable[[Any], Any]) -> None:
    wrong = harm(document())
    assert not VALIDATOR.is_valid(wrong)
    with pytest.raises(UnusableAnswer):
        read_answer(json.dumps(wrong).encode())


@pytest.mark.parametrize("time", ["yesterday", "2026-11-06T10:00:00", "2026-13-01T00:00:00Z"])
def test_a_time_is_a_moment_and_not_a_guess(time: str) -> None:
    with pytest.raises(UnusableAnswer):
        read_answer(json.dumps(change([*COMMENT, "written"], time)(document())).encode())
    with pytest.raises(UnusableAnswer):
        read_answer(json.dumps(change([*TOLD, "changed"], time)(document())).encode())


@pytest.mark.parametrize("key", ["changed", "topics", "roles", "marks"])
def test_a_service_of_an_earlier_day_need_not_tell_of_a_team(key: str) -> None:
    earlier = document()
    del earlier["discussions"][0][key]
    VALIDATOR.validate(earlier)
    assert key not in read_answer(json.dumps(earlier).encode()).discussions[0]


def test_words_that_are_not_public_are_not_in_a_document() -> None:
    assert not VALIDATOR.is_valid(change([*COMMENT, "state"], "withdrawn")(document()))


def test_what_the_stand_in_says_is_by_the_schema(service: Service) -> None:
    service.tell("water", comment("a1", "ada"), comment("a2", parent="a1"))
    VALIDATOR.validate(service.answer(0, 0))


def test_merging_replaces_people_and_puts_comments_in_by_id() -> None:
    known: Any = {
        "slug": "water", "answer_to": None, "people": [person("ada", "Ada"), person("bob", "Bob")],
        "comments": [comment("b"), comment("d")],
    }  # fmt: skip
    news: Any = {
        "slug": "water", "answer_to": "x@y", "people": [person("ada", "Ada L.")],
        "comments": [comment("a"), comment("d", state="hidden")],
    }  # fmt: skip
    result = merged(known, news)
    assert [(c["id"], c["state"]) for c in result["comments"]] == [
        ("a", "published"), ("b", "published"), ("d", "hidden"),
    ]  # fmt: skip
    assert [p["name"] for p in result["people"]] == ["Ada L."]
    assert result["answer_to"] == "x@y"
    assert merged(result, news) == result
    assert len(known["comments"]) == 2


def test_a_renamed_discussion_keeps_all_people_and_says_who_they_are_now() -> None:
    earlier: Any = {
        "slug": "old", "answer_to": None, "comments": [comment("a")],
        "people": [person("ada", "Ada"), person("bob", "Bob")],
    }  # fmt: skip
    own: Any = {
        "slug": "new", "answer_to": "x@y", "comments": [comment("b")],
        "people": [person("ada", "Ada", "client")],
    }  # fmt: skip
    result = joined(own, earlier)
    assert [(p["id"], p["as"]) for p in result["people"]] == [("ada", "client"), ("bob", "expert")]  # type: ignore[typeddict-item]
    assert [c["id"] for c in result["comments"]] == ["a", "b"]
    assert joined(None, earlier) == earlier
    earlier["roles"] = [role("a", "ada")]
    assert joined(own, earlier)["roles"] == earlier["roles"]
    assert joined(own | {"roles": []}, earlier)["roles"] == []


def test_nothing_new_is_asked_for_with_a_tag_and_heard_as_304(service: Service) -> None:
    service.tell("water", comment("a1"))
    client = Client(service.url)
    for _ in range(3):
        answer = client.changes(1)
        assert answer is None or answer.discussions == []
    assert client.changes(1) is None
    service.tell("water", comment("a2"))
    answer = client.changes(1)
    client.close()
    assert answer is not None
    assert answer.cursor == 2


def test_a_long_poll_answers_when_something_is_said(service: Service) -> None:
    client = Client(service.url)
    timer = threading.Timer(0.05, service.tell, ["water", comment("a1")])
    timer.start()
    answer = client.changes(0, wait=20)
    timer.join()
    client.close()
    assert answer is not None
    assert answer.cursor == 1


@pytest.mark.parametrize("url", ["", "ftp://x", "example.org", "http://"])
def test_an_address_that_is_none_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ValueError, match="DISCUSSION_URL"):
        Client(url)


def test_a_service_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)
        with pytest.raises(ServiceDown, match="timed out"):
            client.changes(0)


def test_an_answer_without_end_is_not_read_to_its_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.discussion.client.LARGEST_ANSWER", 1000)
    service.instead = b" " * 5000
    client = Client(service.url)
    with pytest.raises(UnusableAnswer, match="more than 1000 bytes"):
        client.changes(0)


def test_pages_that_lead_nowhere_are_not_followed(service: Service) -> None:
    service.instead = json.dumps(document(more=True, cursor=0)).encode()
    client = Client(service.url)
    with pytest.raises(UnusableAnswer, match="cursor stays"):
        client.everything()
    client.close()
