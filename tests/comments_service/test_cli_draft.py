"""`emergence draft` and `emergence new opportunity`, run beside `content/`."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from comments_service import create_app
from comments_service.actions import comments, moderation, people
from comments_service.cli import main
from comments_service.domain.discussion import Comment
from comments_service.domain.ids import mint
from comments_service.domain.letters import Kind
from comments_service.domain.marks import Mark, MarkKind
from comments_service.domain.people import Capacity, Person, Status
from comments_service.domain.team import Role, Support
from comments_service.guest_list import read_guests
from comments_service.settings import from_environment
from comments_service.storage.sqlite import SqliteStore
from plugins.discussion import citations, points

from .conftest import Circle, entry

ROOT = Path(__file__).parents[2]
BRIEF = """\
Title: A farm
Date: 2026-11-03
Slug: farm
Lang: {language}
Facilitator: Camille Le Goff
Tags: water, data
Summary: Twelve farms want to see
    their own figures.

Why it matters.

## What has been tried

A portal.

```
## no heading
```

## Who is missing ##

Somebody.
"""


class Desk:
    """A folder with content, a house, and the commands run there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {
            "EMERGENCE_DATA": str(folder / "var"),
            "EMERGENCE_MAIL_DOMAIN": "talk.example.org",
            "EMERGENCE_FACILITATORS": "Camille Le Goff <camille@example.org>",
        }
        (folder / "var").mkdir()
        self.circle = Circle(SqliteStore(folder / "var" / "emergence.db"))
        self.circle.appoint(("Camille Le Goff", "camille@example.org"))
        self.publish()

    def publish(self, language: str = "en") -> None:
        self.circle.publish(entry("farm", language=language))
        self.path("brief.md").parent.mkdir(parents=True, exist_ok=True)
        self.path("brief.md").write_text(BRIEF.format(language=language), encoding="utf-8")

    def path(self, name: str, slug: str = "farm") -> Path:
        return self.folder / "content" / "opportunities" / slug / name

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, arguments, env=self.environ)

    def draft(self, name: str) -> str:
        """Have it written, and read it."""
        done = self.run("draft", name, "farm")
        assert done.exit_code == 0, done.output
        return self.path(f"{name}.md").read_text(encoding="utf-8")

    def say(self, person: Person, text: str, **place: str) -> Comment:
        self.circle.wait(minutes=1)
        return self.circle.say(person, text, **place)

    def keep(self, person: Person, comment: Comment) -> None:
        mark = Mark(MarkKind.KEEP, comment.opportunity_id, person.id, comment.id, self.circle.now)
        with self.circle.store.transaction() as t:
            t.set_mark(mark)

    def give_role(self, person: Person, title: str, speaks: Comment | None = None) -> None:
        now = self.circle.now
        with self.circle.store.transaction() as t:
            farm = t.opportunity("farm")
            assert farm
            role = Role(mint(now), farm.id, person.id, title, "", "", now, taken=now)
            t.add_role(role)
            if speaks:
                t.set_support(Support(role.id, speaks.author_id, now, speaks.id))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path)
    yield desk
    desk.circle.store.close()


@pytest.fixture
def ada(desk: Desk) -> Person:
    return desk.circle.bring_in("Ada", status=Status.FREELANCE, know_how="Rivers")


@pytest.fixture
def zoe(desk: Desk) -> Person:
    return desk.circle.bring_in("Zoe")


def of_kind(text: str, kind: str) -> list[points.Part]:
    """The parts of a text of ours as the site reads them."""
    return [part for part in parts_of(text, points.parts_of_summary) if part.kind == kind]


def parts_of(text: str, read: object) -> list[points.Part]:
    from markdown import Markdown

    html = Markdown(extensions=["meta", "extra", "toc"]).convert(text)
    tree = citations.read(html)
    citations.mark(tree)
    return list(read(tree).all)  # type: ignore[operator]


def test_what_was_marked_is_agreed_in_the_order_of_time(
    desk: Desk, ada: Person, zoe: Person
) -> None:
    first = desk.say(ada, "The message comes first. Everything else can wait.")
    second = desk.say(zoe, "At most *one* alert a week.\n\nReally.")
    desk.say(zoe, "Nobody marked this.")
    desk.keep(zoe, second)
    desk.keep(ada, first)
    desk.keep(zoe, first)
    agreed = of_kind(desk.draft("summary"), "agreed")
    assert [part.cites for part in agreed] == [(first.id,), (second.id,)]
    assert [part.words.strip() for part in agreed] == [
        "The message comes first.",
        "At most one alert a week.",
    ]


def test_a_question_without_an_answer_stays_open(desk: Desk, ada: Person, zoe: Person) -> None:
    asked = desk.say(ada, "One more thing. Who receives the message?")
    answered = desk.say(ada, "And who pays?")
    desk.say(zoe, "The cooperative.", answer=answered.id)
    desk.say(ada, "I add to my own question.", answer=asked.id)
    desk.keep(zoe, asked)
    text = desk.draft("summary")
    assert [(p.cites, p.words.strip()) for p in of_kind(text, "open")] == [
        ((asked.id,), "Who receives the message?")
    ]
    assert of_kind(text, "agreed") == []


def test_what_is_not_on_the_page_or_marked_by_nobody_present_is_left_out(
    desk: Desk, ada: Person, zoe: Person
) -> None:
    circle = desk.circle
    gone, hidden, left = (desk.say(ada, f"Number {n} matters.") for n in range(3))
    for comment in (gone, hidden):
        desk.keep(ada, comment)
    desk.keep(zoe, left)
    comments.withdraw(circle.store, ada, gone.id, circle.now)
    moderation.hide(circle.store, circle.house, circle.facilitator, hidden.id, circle.now)
    people.leave(circle.store, circle.house, zoe, "farm", circle.now)
    assert "{comment}" not in desk.draft("summary") + desk.draft("agreement")


def test_an_agreement_has_parties_team_scope_and_dates(
    desk: Desk, ada: Person, zoe: Person
) -> None:
    desk.circle.bring_in("Jeanne", capacity=Capacity.CLIENT)
    desk.circle.bring_in("Miles", capacity=Capacity.FACILITATOR)
    speaks = desk.say(zoe, "Ada knows rivers.")
    desk.give_role(ada, "data pipeline", speaks)
    desk.keep(zoe, desk.say(ada, "Three steps, each worth having."))
    clauses = parts_of(desk.draft("agreement"), points.parts_of_agreement)
    assert [clause.heading for clause in clauses] == [
        "Parties",
        "What it is about",
        "Who carries what",
        "What was agreed",
        "Dates",
    ]
    assert all(clause.is_grounded for clause in clauses)
    by_heading = {clause.heading: clause for clause in clauses}
    assert "Ada – data pipeline" in by_heading["Parties"].html
    assert (
        "Jeanne – client" in by_heading["Parties"].html and "Zoe" not in by_heading["Parties"].html
    )
    assert "Miles" not in by_heading["Parties"].html, "who carries nothing is no party"
    assert "see their own figures." in by_heading["What it is about"].html
    assert by_heading["Who carries what"].cites == (speaks.id,)


def test_no_heading_of_a_drafted_summary_is_taken_for_one_of_points(
    desk: Desk, ada: Person
) -> None:
    from markdown import Markdown

    desk.give_role(ada, "data pipeline", desk.say(ada, "I know rivers."))
    text = desk.draft("summary")
    assert "## Who carries what {.other}" in text
    html = Markdown(extensions=["meta", "extra", "toc"]).convert(text)
    assert points.parts_of_summary(citations.read(html)).unknown == []


NASTY = [
    "{comment}nothing and [a link]({comment}nothing) and |comment|x",
    "# A heading\n\n> quoted",
    "<script>alert(1)</script> & <!-- drafted -->",
    "*stars* _lines_ `code` ~~~ | tables | $x$",
    "2026. It began with a number.",
    "- 1) - + lists",
    "word " * 3_000,
    "x" * 5_000,
    "{standard}",
    "ends in {: .open #c-1 }",
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_whatever_people_write_is_one_point_that_cites_its_comment(
    desk: Desk, ada: Person, text: str
) -> None:
    comment = desk.say(ada, text)
    desk.keep(ada, comment)
    desk.give_role(ada, text[:100])
    summary = desk.draft("summary")
    [point] = of_kind(summary, "agreed")
    assert point.cites == (comment.id,) and not point.is_standard
    assert len(point.words) < 400 and "<script" not in summary
    clauses = parts_of(desk.draft("agreement"), points.parts_of_agreement)
    assert [c.number for c in clauses] == ["1", "2", "3", "4", "5"]
    assert all(c.is_grounded and set(c.cites) <= {comment.id} for c in clauses)


def test_a_draft_speaks_the_language_of_its_opportunity(desk: Desk, ada: Person) -> None:
    desk.publish("fr")
    desk.circle.bring_in("Jeanne", capacity=Capacity.CLIENT)
    desk.keep(ada, desk.say(ada, "Le message d’abord. Le reste attend."))
    text = desk.draft("summary")
    assert "Lang: fr" in text and "## Ce qui est convenu" in text
    assert [p.words.strip() for p in of_kind(text, "agreed")] == ["Le message d’abord."]
    assert "Parties" in desk.draft("agreement")


def test_a_draft_replaces_an_earlier_one_and_nothing_that_somebody_wrote(
    desk: Desk, ada: Person
) -> None:
    desk.draft("summary")
    desk.keep(ada, desk.say(ada, "A second look."))
    assert "A second look." in desk.draft("summary")
    path = desk.path("summary.md")
    edited = path.read_text(encoding="utf-8").replace("second", "third")
    path.write_text(edited, encoding="utf-8")
    done = desk.run("draft", "summary", "farm")
    assert done.exit_code == 0 and "left as it is" in done.stderr
    assert "A second look." in done.stdout and "left as it is" not in done.stdout
    assert path.read_text(encoding="utf-8") == edited
    assert sorted(p.name for p in path.parent.iterdir()) == ["brief.md", "summary.md"]


@pytest.mark.parametrize("more", [b"\n", b" ", b"\xff", b"More words.\n"])
def test_one_byte_more_makes_it_somebodys_own(desk: Desk, more: bytes) -> None:
    desk.draft("agreement")
    path = desk.path("agreement.md")
    path.write_bytes(path.read_bytes() + more)
    before = path.read_bytes()
    assert "left as it is" in desk.run("draft", "agreement", "farm").stderr
    assert path.read_bytes() == before


def test_a_draft_goes_where_it_is_asked_to(desk: Desk) -> None:
    assert desk.run("draft", "summary", "farm", "--output", "elsewhere.md").exit_code == 0
    assert not desk.path("summary.md").exists() and Path("elsewhere.md").exists()
    assert desk.run("draft", "summary", "farm", "--output", "-").stdout.startswith("Title: ")


def test_a_draft_of_what_is_not_there_says_so(desk: Desk) -> None:
    assert "no opportunity called" in desk.run("draft", "summary", "nowhere").stderr
    desk.circle.publish(entry("farm"), entry("mill"))
    done = desk.run("draft", "summary", "mill")
    assert done.exit_code == 1 and "--output" in done.stderr


CONFIGURATION = """
PATH, OUTPUT_PATH, THEME = "content", "output", "theme"
PLUGINS = ["plugins.opportunities", "plugins.discussion"]
ARTICLE_PATHS, STATIC_PATHS, DIRECT_TEMPLATES = ["opportunities"], [], []
SITENAME, SITEURL, TIMEZONE, DEFAULT_LANG = "Emergence", "", "UTC", "en"
LANGUAGES = ["en", "fr"]
DISCUSSION_URL, DISCUSSION_SNAPSHOT, DISCUSSION_TIMEOUT = {url!r}, "snapshot", 5
JINJA_ENVIRONMENT = {{"autoescape": True}}
ARTICLE_URL, ARTICLE_SAVE_AS = "{{slug}}/", "{{slug}}/index.html"
AUTHOR_SAVE_AS = TAG_SAVE_AS = CATEGORY_SAVE_AS = ""
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None
"""


def build(desk: Desk, url: str) -> str:
    """Build a small site with the service at `url`; what Pelican said."""
    (desk.folder / "theme/templates").mkdir(parents=True, exist_ok=True)
    (desk.folder / "theme/static").mkdir(exist_ok=True)
    for name in ("article", "home", "opportunity", "person", "phase", "tag"):
        (desk.folder / f"theme/templates/{name}.html").write_text("{{ SITENAME }}", "utf-8")
    (desk.folder / "pelicanconf.py").write_text(CONFIGURATION.format(url=url), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pelican", "-s", "pelicanconf.py", "--fatal", "errors"],
        cwd=desk.folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    said = re.sub(r"\s+", " ", done.stdout + done.stderr)
    assert done.returncode == 0, said
    return said


@pytest.fixture
def service(desk: Desk) -> Iterator[str]:
    """The service over HTTP, as the site asks it."""
    settings = replace(from_environment(desk.environ))
    app = create_app(settings, desk.circle.store, now=lambda: desk.circle.now)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_site_builds_with_both_drafts(
    desk: Desk, service: str, ada: Person, zoe: Person
) -> None:
    for text in NASTY:
        desk.keep(zoe, desk.say(ada, text))
    desk.say(zoe, "And when?")
    desk.give_role(ada, "data pipeline")
    desk.draft("summary")
    desk.draft("agreement")
    said = build(desk, service)
    assert "cites" not in said and "cited" not in said and "ERROR" not in said


def test_the_build_warns_of_every_placeholder_that_is_left(desk: Desk, service: str) -> None:
    assert "TODO" not in build(desk, service)
    assert desk.run("new", "opportunity", "A mill").exit_code == 0
    said = build(desk, service)
    assert said.count("a placeholder waits for words") == 4
    assert "content/opportunities/a-mill/brief.md:10" in said


def test_a_title_or_a_slug_begins_an_opportunity(desk: Desk) -> None:
    assert desk.run("new", "opportunity", "Le Moulin d’été", "--lang", "fr").exit_code == 0
    text = desk.path("brief.md", "le-moulin-dete").read_text(encoding="utf-8")
    assert "Title: Le Moulin d’été\n" in text and "## Le contexte" in text
    done = desk.run("new", "opportunity", "mill", "--title", "The\nmill", "--language", "en")
    assert done.exit_code == 0
    text = desk.path("brief.md", "mill").read_text(encoding="utf-8")
    assert "Title: The mill\n" in text and "Phase: brief\n" in text and "Status: draft\n" in text
    again = desk.run("new", "opportunity", "mill")
    assert again.exit_code == 1 and "exists already" in again.stderr


def test_the_next_one_begins_from_the_last_ones_people_and_structure(
    desk: Desk, ada: Person, zoe: Person
) -> None:
    circle = desk.circle
    desk.give_role(ada, "data pipeline")
    people.leave(circle.store, circle.house, zoe, "farm", circle.now)
    circle.invite("Bea")
    done = desk.run("new", "opportunity", "mill", "--from", "farm", "--invite-list", "guests.csv")
    assert done.exit_code == 0, done.output
    text = desk.path("brief.md", "mill").read_text(encoding="utf-8")
    assert re.findall("^## (.+)$", text, re.MULTILINE) == ["What has been tried", "Who is missing"]
    assert "Tags: water, data\n" in text and "portal" not in text and "figures" not in text
    assert "Ada: expert, data pipeline; took part" in done.output
    assert "Bea: expert; did not answer" in done.output
    assert "Zoe: expert; took part, and left" in done.output
    guests = [guest for _, guest in read_guests(Path("guests.csv").read_bytes())]
    assert {(g.name, g.email) for g in guests} == {
        ("Ada", "ada@example.org"),
        ("Zoe", "zoe@example.org"),
    }
    [known] = [guest for guest in guests if guest.name == "Ada"]
    assert (known.status, known.know_how) == (Status.FREELANCE, "Rivers")
    assert len(circle.letters(Kind.INVITATION)) == 2  # Ada and Bea: nobody is mailed by that


def test_no_cell_of_an_invite_list_is_a_formula_and_it_can_be_taken_as_it_is(desk: Desk) -> None:
    desk.circle.bring_in("Ada", introduction="=1+1 and *rivers*", know_how="@rivers")
    desk.circle.publish(entry("farm"), entry("mill"))
    new = ("new", "opportunity", "A mill", "--from", "farm", "--invite-list", "guests.csv")
    assert desk.run(*new).exit_code == 0
    cells = re.split("[,\n]", Path("guests.csv").read_text(encoding="utf-8"))
    assert not [cell for cell in cells if cell.startswith(("=", "@", '"=', '"@'))]
    done = desk.run("invite", "mill", "--csv", "guests.csv")
    assert done.exit_code == 0, done.output
    with desk.circle.store.reading() as look:
        ada = look.person_by_email("ada@example.org")
    assert ada
    part = desk.circle.part_of(ada, "mill")
    assert part and part.introduction == "=1+1 and *rivers*" and ada.know_how == "@rivers"


def test_an_invite_list_is_not_written_over(desk: Desk) -> None:
    Path("guests.csv").write_text("mine", encoding="utf-8")
    done = desk.run("new", "opportunity", "mill", "--from", "farm", "--invite-list", "guests.csv")
    assert done.exit_code == 1 and "guests.csv exists already" in done.stderr
    assert Path("guests.csv").read_text(encoding="utf-8") == "mine"
    assert not desk.path("brief.md", "mill").exists()
    assert desk.run("new", "opportunity", "mill", "--invite-list", "x.csv").exit_code == 2
    assert desk.run("new", "opportunity", "mill", "--from", "nowhere").exit_code == 1
