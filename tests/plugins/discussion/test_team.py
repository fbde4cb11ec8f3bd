"""Who carries what: roles, introductions and the client's marks, as the theme is given them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from plugins.discussion.attaching import DEFAULTS
from plugins.discussion.discussions import Discussions
from plugins.discussion.document import Answer
from plugins.discussion.model import Discussion, Links
from plugins.discussion.snapshot import Snapshot
from plugins.discussion.threads import build

from .standin import comment, person

LINKS = Links.of("water", "Water", "https://talk.example")
PEOPLE = [
    person("fay", "Fay", "facilitator"), person("zoe", "Zoé"), person("eli", "Élise"),
    person("bob", "Bob"), person("cli", "Claire", "client"), person("cor", "Cora", "client"),
    person("lee", "Lee", left="2026-11-09T00:00:00Z"),
]  # fmt: skip


def role(id: str, who: str, **more: Any) -> dict[str, Any]:
    known = {
        "id": id,
        "title": f"Title of {id}",
        "html": "",
        "person": who,
        "proposed_by": None,
        "taken": "2026-11-06T10:00:00Z",
        "supporters": [],
        "comments": [],
    }
    return known | more


def mark(kind: str, by: str, subject: str) -> dict[str, str]:
    return {"kind": kind, "by": by, "subject": subject}


def discuss(*comments: dict[str, Any], **more: Any) -> Discussion:
    raw: Any = {"slug": "water", "answer_to": None, "people": PEOPLE, "comments": list(comments)}
    return build(raw | more, LINKS, (), "people/{id}/")


def test_roles_stand_in_the_order_of_time_whoever_is_for_them() -> None:
    roles = [role("b", "bob"), role("a", "zoe", supporters=["eli", "fay"]), role("c", "bob")]
    assert [each.id for each in discuss(roles=roles).team] == ["b", "a", "c"]


def test_who_would_work_with_them_stands_once_in_the_order_of_names() -> None:
    supporters = ["zoe", "fay", "eli", "zoe", "bob", "lee", "nobody"]
    (found,) = discuss(roles=[role("a", "bob", supporters=supporters)]).team
    assert [each.name for each in found.supporters] == ["Élise", "Fay", "Zoé"]


def test_a_role_that_waits_for_a_yes_is_proposed_and_not_carried() -> None:
    roles = [role("a", "bob", proposed_by="fay", taken=None), role("b", "bob")]
    found = discuss(roles=roles)
    assert [each.id for each in found.team] == ["b"]
    (waiting,) = found.proposed
    assert waiting.proposed_by is not None
    assert (waiting.person.name, waiting.proposed_by.name) == ("Bob", "Fay")
    bob = next(each for each in found.people if each.id == "bob")
    assert [(each.title, each.permalink) for each in bob.roles] == [("Title of b", "#role-b")]


def test_who_left_or_was_never_here_carries_nothing() -> None:
    found = discuss(roles=[role("a", "lee"), role("b", "nobody")])
    assert found.roles == ()
    assert all(each.roles == () for each in found.people)


def test_only_published_comments_speak_for_a_role_each_once() -> None:
    roles = [role("r", "bob", comments=["c", "b", "a", "a", "nothing"])]
    said = [comment("a", "fay"), comment("b", "zoe", state="withdrawn"), comment("c", "eli")]
    (found,) = discuss(*said, roles=roles).team
    assert [each.permalink for each in found.entries] == ["#c-a", "#c-c"]


def test_a_comment_names_the_roles_that_it_speaks_for_while_somebody_carries_them() -> None:
    roles = [
        role("r", "bob", comments=["a", "a", "b"]), role("s", "zoe", comments=["a"]),
        role("t", "lee", comments=["a"]), role("u", "nobody", comments=["a"]),
    ]  # fmt: skip
    said = [comment("a", "fay"), comment("b", "fay", state="withdrawn"), comment("c", "eli")]
    first, withdrawn, other = discuss(*said, roles=roles).entries
    found = [(each.title, each.person.name, each.permalink) for each in first.speaks_for]
    assert found == [("Title of r", "Bob", "#role-r"), ("Title of s", "Zoé", "#role-s")]
    assert withdrawn.speaks_for == other.speaks_for == ()


def test_words_of_a_role_are_markup_and_its_title_is_not() -> None:
    (found,) = discuss(roles=[role("r", "bob", title="<b>", html="<p>mine</p>")]).team
    assert isinstance(found.html, Markup)
    assert not isinstance(found.title, Markup)
    assert found.taken == datetime(2026, 11, 6, 10, tzinfo=UTC)


def test_forms_for_roles_and_for_keeping_are_the_services() -> None:
    found = discuss(comment("a"), roles=[role("r", "bob")])
    assert found.roles_url == "https://talk.example/-/o/water/roles"
    assert found.team[0].url == "https://talk.example/-/o/water/roles/r"
    assert found.team[0].anchor == "role-r"
    assert found.entries[0].keep_url == "https://talk.example/-/c/a/keep"


def test_a_team_of_many_words_or_many_roles_is_not_short() -> None:
    several = [role(f"r{number}", "bob", html="<p>few words</p>") for number in range(5)]
    assert discuss(roles=several).short_team
    assert not discuss(roles=[*several, role("r5", "bob")]).short_team
    assert not discuss(roles=[role("r", "bob", html=f"<p>{'words ' * 200}</p>")]).short_team


def test_an_introduction_says_whom_it_introduces_and_is_answered_like_any_comment() -> None:
    said = [comment("a", "fay", introduces="bob"), comment("b", "bob", parent="a")]
    first, answer = discuss(*said).entries
    assert first.introduces is not None
    assert (first.introduces.name, answer.introduces, answer.answers) == ("Bob", None, first)
    (stranger,) = discuss(comment("a", "fay", introduces="nobody")).entries
    assert stranger.introduces is None


def test_marks_name_who_made_them_in_the_order_of_names() -> None:
    marks = [
        mark("recognised", "cor", "a"), mark("recognised", "cli", "a"),
        mark("recognised", "cli", "a"), mark("recognised", "nobody", "a"),
        mark("carries", "cor", "bob"), mark("carries", "cli", "bob"), mark("adores", "cli", "zoe"),
    ]  # fmt: skip
    found = discuss(comment("a", "bob"), comment("b", "zoe"), marks=marks)
    first, second = found.entries
    assert [each.name for each in first.recognised_by] == ["Claire", "Cora"]
    assert second.recognised_by == ()
    told = {each.id: each.carried_by for each in found.people if each.carried_by}
    assert told == {"bob": ("Claire", "Cora")}


def test_a_change_of_somebodys_roles_is_a_change_of_their_page_and_support_is_none() -> None:
    settings = {**DEFAULTS, "PATH": "content", "SITEURL": "", "TIMEZONE": "UTC"}
    article: Any = SimpleNamespace(
        slug="water",
        title="Water",
        status="published",
        lang="en",
        in_default_lang=True,
        _content="",
    )
    snapshot = Snapshot("nowhere")
    discussions = Discussions(settings, snapshot, [article])

    def changed(roles: list[dict[str, Any]]) -> set[str]:
        raw: Any = {"slug": "water", "answer_to": None, "people": PEOPLE, "comments": []}
        snapshot.merge(Answer("s", 1, False, [raw | {"roles": roles}]))
        return discussions.attach("water")

    changed([role("r", "bob", taken=None)])
    assert changed([role("r", "bob")]) == {"bob"}
    assert changed([role("r", "bob", supporters=["zoe"])]) == set()
    assert changed([]) == {"bob"}


def test_what_an_earlier_service_does_not_tell_is_empty() -> None:
    found = discuss(comment("a", "bob"))
    assert (found.roles, found.team, found.proposed, found.topics) == ((), (), (), ())
    (entry,) = found.entries
    assert (entry.introduces, entry.recognised_by) == (None, ())
