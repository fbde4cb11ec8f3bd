"""Labels of threads, and comments that are moved: nothing that led to one leads astray."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from comments_service import errors
from comments_service.actions import comments, moderation, receiving, topics
from comments_service.actions.placing import place_by_references
from comments_service.actions.threads import thread_of
from comments_service.domain.discussion import Comment, Place
from comments_service.domain.incoming import Answering, Mail
from comments_service.domain.letters import Kind
from comments_service.domain.people import Person

from ..conftest import Circle, entry

Tree = dict[str, Comment]


class Walked(dict[str, Comment]):
    """Comments by id that count how often one is looked up."""

    steps = 0

    def __getitem__(self, id: str) -> Comment:
        self.steps += 1
        return super().__getitem__(id)

    def __contains__(self, id: object) -> bool:
        self.steps += 1
        return super().__contains__(id)


@pytest.fixture
def ada(circle: Circle) -> Person:
    return circle.bring_in("Ada")


@pytest.fixture
def tree(circle: Circle, ada: Person) -> Tree:
    """Two threads: a with b, c below b, d below c, e below a; and x with y."""
    made: Tree = {}
    for name, under in zip("abcdexy", ["", "a", "b", "c", "a", "", "x"], strict=True):
        place = {"answer": made[under].id} if under else {}
        made[name] = circle.say(ada, f"This is {name}.", **place)
        circle.wait(seconds=1)
    return made


def label(circle: Circle, thread: str, words: str, by: Person | None = None) -> str:
    who = by or circle.facilitator
    return topics.label_thread(circle.store, who, "farm", thread, words, circle.now)


def move(circle: Circle, tree: Tree, names: str, place: Place, *, alone: bool = False) -> None:
    ids = [tree[name].id for name in names]
    topics.move(circle.store, circle.facilitator, "farm", ids, place, circle.now, alone=alone)


def under(tree: Tree, name: str) -> Place:
    return Place(answer=tree[name].id)


def shape(circle: Circle, tree: Tree) -> str:
    """`ab` says that b answers a; a root stands alone, or after its update's first letter."""
    names = {comment.id: name for name, comment in tree.items()}
    rows = []
    for one in circle.exported()["comments"]:
        above = names[one["parent"]] if one["parent"] else (one["update"] or "")[:1].upper()
        rows.append(above + names[one["id"]])
    return " ".join(sorted(rows, key=lambda row: row[-1]))


def test_a_thread_is_labelled_and_the_label_taken_away(circle: Circle, tree: Tree) -> None:
    a, before = tree["a"].id, circle.changes()["cursor"]
    assert label(circle, a, " Technical ") == "technical"
    assert label(circle, "first-day", "Water & soil") == "Water & soil"
    assert circle.exported()["topics"] == {a: "technical", "first-day": "Water & soil"}
    assert circle.changes()["cursor"] > before
    label(circle, a, "")
    assert circle.exported()["topics"] == {"first-day": "Water & soil"}


@pytest.mark.parametrize("words", ["x" * 41, "x" * 5_000, 7])
def test_a_label_out_of_bounds_is_refused(circle: Circle, tree: Tree, words: Any) -> None:
    with pytest.raises(errors.Invalid) as refused:
        label(circle, tree["a"].id, words)
    assert refused.value.field == "label"
    assert label(circle, tree["a"].id, "two\nlines") == "two lines"


def test_only_a_thread_of_this_discussion_is_labelled_by_its_facilitator(
    circle: Circle, tree: Tree, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    elsewhere = circle.say(circle.facilitator, "There.", "mill")
    held = circle.confirm(circle.drop_by("Zoe", "Hello."))
    for thread in (tree["b"].id, elsewhere.id, held.id, "nothing", ""):
        with pytest.raises(errors.Invalid):
            label(circle, thread, "technical")
    with pytest.raises(errors.NotAllowed):
        label(circle, tree["a"].id, "technical", ada)
    with pytest.raises(errors.NotAllowed):
        topics.move(circle.store, ada, "farm", [tree["b"].id], Place(), circle.now)
    with pytest.raises(errors.NotAllowed):
        topics.threads(circle.store, ada, "farm")


@pytest.mark.parametrize(
    ("names", "to", "alone", "became"),
    [
        ("b", "x", False, "a xb bc cd ae x xy"),
        ("b", "x", True, "a xb ac cd ae x xy"),
        ("b", "new", False, "a b bc cd ae x xy"),
        ("be", "new", False, "a b bc cd be x xy"),
        ("eb", "new", True, "a b ac cd be x xy"),
        ("a", "y", False, "ya ab bc cd ae x xy"),
        ("a", "y", True, "ya b bc cd e x xy"),
        ("b", "update", False, "a Fb bc cd ae x xy"),
        ("be", "update", False, "a Fb bc cd Fe x xy"),
        ("bd", "x", False, "a xb bc cd ae x xy"),
        ("bd", "x", True, "a xb ac bd ae x xy"),
        ("abcde", "x", False, "xa ab bc cd ae x xy"),
        ("abcde", "x", True, "xa ab bc cd ae x xy"),
        ("b", "c", True, "a cb ac cd ae x xy"),
        ("e", "d", False, "a ab bc cd de x xy"),
        ("b", "a", False, "a ab bc cd ae x xy"),
    ],
)
def test_any_of_them_move_with_what_answers_them_or_alone(
    circle: Circle, tree: Tree, names: str, to: str, alone: bool, became: str
) -> None:
    places = {"new": Place(), "update": Place(update="first-day")}
    move(circle, tree, names, places.get(to) or under(tree, to), alone=alone)
    assert shape(circle, tree) == became


def test_what_is_left_behind_by_a_root_stays_under_its_update(circle: Circle, tree: Tree) -> None:
    move(circle, tree, "a", Place(update="first-day"))
    move(circle, tree, "a", under(tree, "x"), alone=True)
    assert shape(circle, tree) == "xa Fb bc cd Fe x xy"


@pytest.mark.parametrize(("names", "to", "alone"), [("a", "a", False), ("a", "d", False)])
@pytest.mark.parametrize("more", ["", "x"])
def test_nothing_is_moved_below_itself(
    circle: Circle, tree: Tree, names: str, to: str, alone: bool, more: str
) -> None:
    before = shape(circle, tree)
    with pytest.raises(errors.Invalid, match="below itself"):
        move(circle, tree, names + more, under(tree, to), alone=alone)
    with pytest.raises(errors.Invalid, match="below itself"):
        move(circle, tree, to + more, under(tree, to), alone=True)
    assert shape(circle, tree) == before


def test_moving_back_undoes_it(circle: Circle, tree: Tree) -> None:
    label(circle, tree["a"].id, "technical")
    before = circle.exported()
    move(circle, tree, "a", under(tree, "y"))
    move(circle, tree, "a", Place())
    assert circle.exported() == before | {"changed": circle.exported()["changed"]}


def test_two_facilitators_at_once_make_no_circle(circle: Circle, tree: Tree) -> None:
    def cross(names: str) -> bool:
        try:
            move(circle, tree, names[0], under(tree, names[1]))
        except errors.Invalid:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(cross, ("ax", "xa"))) == [False, True]


def test_nothing_moves_between_opportunities_or_to_what_nobody_reads(
    circle: Circle, tree: Tree, ada: Person
) -> None:
    circle.publish(entry("farm"), entry("mill"))
    elsewhere = circle.say(circle.facilitator, "There.", "mill")
    held = circle.confirm(circle.drop_by("Zoe", "Hello."))
    before = shape(circle, tree)
    moderation.hide(circle.store, circle.house, circle.facilitator, tree["y"].id, circle.now)
    for place in (
        Place(answer=elsewhere.id),
        Place(answer=held.id),
        Place(answer=tree["y"].id),
        Place(answer="nothing"),
        Place(update="nothing"),
    ):
        with pytest.raises(errors.Invalid):
            move(circle, tree, "b", place)
    for ids in ([elsewhere.id], [tree["b"].id, held.id], ["nothing"], []):
        with pytest.raises(errors.Invalid):
            topics.move(circle.store, circle.facilitator, "farm", ids, Place(), circle.now)
    assert shape(circle, tree) == before


def test_what_is_withdrawn_or_hidden_moves_too(circle: Circle, tree: Tree, ada: Person) -> None:
    comments.withdraw(circle.store, ada, tree["b"].id, circle.now)
    moderation.hide(circle.store, circle.house, circle.facilitator, tree["c"].id, circle.now)
    move(circle, tree, "bc", under(tree, "x"), alone=True)
    assert shape(circle, tree) == "a xb bc ad ae x xy"


def test_a_closed_opportunity_stays_as_it_is(circle: Circle, tree: Tree) -> None:
    circle.publish(entry("farm", phase="closed"))
    with pytest.raises(errors.Closed):
        label(circle, tree["a"].id, "technical")
    with pytest.raises(errors.Closed):
        move(circle, tree, "b", Place())
    assert topics.threads(circle.store, circle.facilitator, "farm").threads


def test_ids_and_message_ids_stay_and_nobody_is_mailed_or_digested_of_a_move(
    circle: Circle, tree: Tree
) -> None:
    with circle.store.reading() as look:
        farm = look.opportunity("farm")
        assert farm
        start, letters = look.cursor(farm.id), len(look.letters(1_000))
    before = {c["id"]: c["message_id"] for c in circle.exported()["comments"]}
    move(circle, tree, "bx", Place(update="first-day"))
    assert {c["id"]: c["message_id"] for c in circle.exported()["comments"]} == before
    with circle.store.reading() as look:
        assert len(look.letters(1_000)) == letters
        assert look.comments_changed(farm.id, start, look.cursor(farm.id)) == []


def test_an_answer_to_an_old_mail_finds_its_comment_in_the_new_place(
    circle: Circle, tree: Tree, ada: Person
) -> None:
    [letter] = [
        x
        for x in circle.letters(Kind.COMMENT)
        if x.subject == tree["c"].id and x.person_id == circle.facilitator.id
    ]
    move(circle, tree, "b", under(tree, "x"))
    to = Answering(letter.id)
    mail = Mail("camille@example.org", text="I see.", message_id="<1@home>")
    kept = receiving.keep(circle.store, "lmtp", "c@example.org", str(to), b"raw", circle.now)
    settled = receiving.settle(circle.store, circle.house, kept, mail, to, circle.now)
    with circle.store.reading() as look:
        comment = look.comment(settled.comment_id or "")
        assert comment and comment.parent_id == tree["c"].id
        thread = thread_of(look, circle.house, comment, None)
    ids = [tree[name].message_id for name in "xbc"]
    assert (thread.opening, list(thread.above)) == ("This is x.", ids)


def test_a_mail_that_answers_by_references_finds_a_moved_comment(
    circle: Circle, tree: Tree, ada: Person
) -> None:
    move(circle, tree, "b", Place())
    with circle.store.reading() as look:
        farm = look.opportunity("farm")
        assert farm
        mail = Mail("ada@example.org", text="Yes.", in_reply_to=tree["b"].message_id)
        assert place_by_references(look, farm, mail) == Place(answer=tree["b"].id)


def test_the_table_has_every_thread_with_its_label_in_order(circle: Circle, tree: Tree) -> None:
    label(circle, tree["x"].id, "Soil")
    move(circle, tree, "b", Place(update="first-day"))
    found = topics.threads(circle.store, circle.facilitator, "farm")
    rows = [
        (t.label, [(line.written.comment.text[8], line.depth) for line in t.lines])
        for t in found.threads
    ]
    assert rows == [
        ("", [("b", 0), ("c", 1), ("d", 2)]),
        ("", [("a", 0), ("e", 1)]),
        ("Soil", [("x", 0), ("y", 1)]),
    ]
    assert found.labels == ["Soil"]


def test_a_chain_of_six_hundred_is_moved_in_a_moment(circle: Circle, ada: Person) -> None:
    circle.house = replace(circle.house, posts_an_hour=10**6)
    chain = [circle.say(ada, "0")]
    for number in range(1, 600):
        chain.append(circle.say(ada, str(number), answer=chain[-1].id))
    shown = {comment.id: comment for comment in chain}
    walked = Walked(shown)
    topics._without(walked, {chain[5].id})
    topics._tops(walked, set(shown))
    assert walked.steps <= 20 * len(chain)
    ids = [comment.id for comment in chain[5::2]]
    topics.move(circle.store, circle.facilitator, "farm", ids, Place(), circle.now, alone=True)
    parents = {c["id"]: c["parent"] for c in circle.exported()["comments"]}
    assert (parents[chain[5].id], parents[chain[7].id]) == (None, chain[5].id)
    assert (parents[chain[6].id], parents[chain[8].id]) == (chain[4].id, chain[6].id)
