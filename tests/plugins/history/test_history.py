"""Who changed what and when, as a build of a real repository finds it."""

import logging

import pytest

from .story import BART, Story, day


def test_a_page_tells_who_changed_it_when_and_why_the_latest_first(story: Story) -> None:
    story.brief("water")
    story.brief("wood")
    story.commit("Begin", 3)
    story.brief("water", text="The object and the context.")
    story.commit("Say more", 5, by=BART)
    story.build()
    assert story.told() == ["05 Bart: Say more", "03 Camille: Begin"]
    assert story.told("wood") == ["03 Camille: Begin"]
    assert story.articles["water"].last_changed.isoformat() == day(5)
    assert story.words() == "The -object.- [object and the context.]"


def test_all_texts_of_the_folder_belong_to_the_page_and_nothing_else_does(story: Story) -> None:
    story.brief("water")
    story.write("opportunities/water/map.svg", "<svg/>")
    story.commit("Begin", 1)
    story.update("water", "2026-11-02-the-well.md", "What the well says")
    story.commit("An update", 2)
    story.write("opportunities/water/summary.md", "Title: Summary\n\nAgreed.\n")
    story.commit("A summary", 3)
    story.write("opportunities/water/map.svg", "<svg></svg>")
    story.commit("A picture", 4)
    story.write("opportunities/water/notes.md", "Title: Notes\n\nNothing.\n")
    story.commit("Notes", 5)
    story.build()
    files = [[(f.kind, f.title, f.how) for f in change.files] for change in story.history()]
    assert files == [
        [("summary", "", "added")],
        [("update", "What the well says", "added")],
        [("brief", "", "added")],
    ]


def test_a_translation_shows_the_same_history_on_a_page_of_its_own(story: Story) -> None:
    story.brief("water")
    story.brief("water", name="brief.fr.md", title="L’eau")
    story.commit("Begin", 1)
    story.build()
    assert story.exists("opportunities/water/history/index.html")
    assert story.exists("fr/opportunities/water/history/index.html")
    assert [file.language for file in story.history()[0].files] == ["fr", None]


def test_an_article_that_is_no_opportunity_has_the_history_of_its_file(story: Story) -> None:
    story.write("news/one.md", "Title: One\nDate: 2026-11-01\nSlug: one\n\nOne.\n")
    story.write("news/two.md", "Title: Two\nDate: 2026-11-01\nSlug: two\n\nTwo.\n")
    story.commit("Begin", 1)
    story.write("news/one.md", "Title: One\nDate: 2026-11-01\nSlug: one\n\nOne more.\n")
    story.commit("More", 2)
    for plugins in (["plugins.history"], ["plugins.opportunities", "plugins.history"]):
        story.build(PLUGINS=plugins, ARTICLE_PATHS=["news"])
        assert story.told("one") == ["02 Camille: More", "01 Camille: Begin"]
        assert story.told("two") == ["01 Camille: Begin"]
        assert story.phases("one") == []


def test_a_renamed_folder_keeps_its_history_and_says_what_it_was_called(story: Story) -> None:
    story.brief("wells")
    story.update("wells", "2026-11-02-first.md", "First")
    story.commit("Begin", 2)
    story.git("mv", "content/opportunities/wells", "content/opportunities/water")
    story.commit("Another name", 3)
    story.brief("water", text="Quite another object, and more of it.")
    story.commit("More", 4)
    story.build()
    assert story.told() == ["04 Camille: More", "03 Camille: Another name", "02 Camille: Begin"]
    renamed = story.history()[1].files
    assert {(file.how, file.former, file.name) for file in renamed} == {
        ("renamed", "wells", "water")
    }


def test_a_file_rewritten_while_its_folder_was_renamed_comes_along(story: Story) -> None:
    story.brief("wells", text="A long text that stays as it is.\n\n" * 5)
    story.update("wells", "2026-11-02-first.md", "First", text="One two three four five.")
    story.commit("Begin", 2)
    story.git("mv", "content/opportunities/wells", "content/opportunities/water")
    story.write(
        "opportunities/water/updates/2026-11-02-first.md", "Title: Second\n\nAll of it is new.\n"
    )
    story.commit("Another name", 3)
    story.build()
    assert {file.how for file in story.history()[0].files} == {"renamed"}
    assert story.told() == ["03 Camille: Another name", "02 Camille: Begin"]


def test_a_new_opportunity_at_a_former_name_has_a_history_of_its_own(story: Story) -> None:
    story.brief("water", text="The old water, which was about wells and pumps and pipes.")
    story.commit("Begin", 2)
    story.git("mv", "content/opportunities/water", "content/opportunities/wells")
    story.commit("Another name", 3)
    story.brief("water", text="Rivers now.")
    story.commit("A new one", 4)
    story.build()
    assert story.told("water") == ["04 Camille: A new one"]
    assert story.told("wells") == ["03 Camille: Another name", "02 Camille: Begin"]


def test_a_rename_on_one_line_follows_what_the_other_line_did_meanwhile(story: Story) -> None:
    story.brief("wells", text="First.\n\nSecond.\n\nThird.\n\nFourth.")
    story.commit("Begin", 1)
    story.git("checkout", "--quiet", "-b", "side")
    story.git("mv", "content/opportunities/wells", "content/opportunities/water")
    story.commit("Another name", 2)
    story.git("checkout", "--quiet", "main")
    story.brief("wells", text="First.\n\nSecond.\n\nThird.\n\nFourth, and more.")
    story.commit("Meanwhile", 3, by=BART)
    story.git("merge", "--quiet", "--no-edit", "side", date=day(4))
    story.build()
    assert story.told() == [
        "03 Bart: Meanwhile",
        "02 Camille: Another name",
        "01 Camille: Begin",
    ]


def test_a_merge_counts_only_if_it_changed_something_itself(story: Story) -> None:
    story.brief("water", text="One.\n\nTwo.\n\nThree.")
    story.commit("Begin", 1)
    story.git("checkout", "--quiet", "-b", "side")
    story.brief("water", text="One.\n\nTwo.\n\nThree, by the side.")
    story.commit("Side", 2, by=BART)
    story.git("checkout", "--quiet", "main")
    story.brief("water", text="One, by the main line.\n\nTwo.\n\nThree.")
    story.commit("Main", 3)
    story.git("merge", "--quiet", "--no-edit", "side", date=day(4))
    story.build()
    assert story.told() == ["03 Camille: Main", "02 Bart: Side", "01 Camille: Begin"]

    story.git("checkout", "--quiet", "-b", "other", "HEAD~2")
    story.brief("water", text="One, by nobody.\n\nTwo.\n\nThree.")
    story.commit("Other", 5, by=BART)
    story.git("checkout", "--quiet", "main")
    story.git("merge", "--quiet", "other", check=False)
    story.brief("water", text="One, by both of us.\n\nTwo.\n\nThree, by the side.")
    story.commit("Come together", 6)
    story.build()
    assert story.told()[:2] == ["06 Camille: Come together", "05 Bart: Other"]
    assert story.history()[0].is_merge
    assert "[One, by both of us.]" in story.words()
    assert "side" not in story.words()


def test_everybody_who_wrote_it_is_named_once_and_as_mailmap_has_them(story: Story) -> None:
    story.brief("water")
    story.commit(
        "Together\n\nCo-authored-by: Bart <bart@example.org>\n"
        "Co-authored-by: cam <cam@old.example>\nCo-authored-by: dee@example.org",
        1,
    )
    story.brief("water", text="More.")
    story.commit("Nameless", 2, by="bart@example.org <bart@example.org>")
    story.build()
    assert story.told() == ["02 bart: Nameless", "01 Camille and Bart and cam and dee: Together"]
    mailmap = "Camille Le Goff <camille@example.org> <cam@old.example>\n"
    mailmap += "Camille Le Goff <camille@example.org>\nBart V. <bart@example.org>\n"
    (story.folder / ".mailmap").write_text(mailmap, encoding="utf-8")
    story.build()
    assert story.told() == [
        "02 Bart V.: Nameless",
        "01 Camille Le Goff and Bart V. and dee: Together",
    ]
    assert not any("@" in name for change in story.history() for name in change.authors)


def test_what_is_not_committed_comes_first_and_has_no_date(story: Story) -> None:
    story.brief("water", text="One.")
    story.commit("Begin", 1)
    story.brief("water", text="One and two.")
    story.update("water", "2026-11-02-new.md", "New")
    story.brief("wood")
    story.build()
    assert story.told() == ["not committed", "01 Camille: Begin"]
    now = story.history()[0]
    assert (now.authors, now.hash, now.date) == ((), "", None)
    assert [(file.kind, file.how) for file in now.files] == [
        ("brief", "changed"),
        ("update", "added"),
    ]
    assert "two." in story.words()
    assert story.articles["water"].last_changed.isoformat() == day(1)
    assert story.told("wood") == ["not committed"]
    assert story.articles["wood"].last_changed is None
    assert story.phases("wood") == []


def test_a_rename_that_is_only_staged_keeps_the_history(story: Story) -> None:
    story.brief("wells")
    story.commit("Begin", 1)
    story.git("mv", "content/opportunities/wells", "content/opportunities/water")
    story.build()
    assert story.told() == ["not committed", "01 Camille: Begin"]


def test_an_empty_commit_and_one_that_touches_other_things_are_no_changes(story: Story) -> None:
    story.brief("water")
    story.commit("Begin", 1)
    story.git("commit", "--quiet", "--allow-empty", "-m", "Nothing", date=day(2))
    (story.folder / "README").write_text("Read me.", encoding="utf-8")
    story.git("add", "README")
    story.git("commit", "--quiet", "-m", "README", date=day(3))
    story.build()
    assert story.told() == ["01 Camille: Begin"]


NAMES = ('it\'s "quoted"', "é à ü 水", "two\nlines", "tab\there", "back\\slash", ":(top)", "-dash")


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_names(story: Story, name: str) -> None:
    story.brief(name, "Slug: odd", title="Odd")
    story.commit("Begin", 1)
    story.brief(name, "Slug: odd", "More.", title="Odd")
    story.commit("More\x01: \"quotes\", 'é' 水 <b>", 2, by='Zoë O\'Neil "Z" <z@example.org>')
    story.build()
    assert story.told("odd")[1] == "01 Camille: Begin"
    assert story.told("odd")[0].startswith("02 Zoë O'Neil")
    assert story.told("odd")[0].endswith("\"quotes\", 'é' 水 <b>")


def test_phases_begin_when_the_brief_said_so(story: Story) -> None:
    for on, phase in enumerate(
        ("brief", "divergence", "divergence", "divergance", "divergence"), 1
    ):
        story.brief("water", more=f"Phase: {phase}", text=f"Text {on}.")
        story.commit(f"Text {on}", on)
    story.brief("water", more="Phase: Convergence", text="Text 5.")
    story.commit("Now a team", 6, by=BART)
    story.update("water", "2026-11-07-new.md", "New")
    story.commit("An update", 7)
    story.brief("water", more="Phase: engagement")
    story.build()
    assert story.phases() == ["01 brief", "02 divergence", "06 convergence"]
    now, _, team, *_ = story.history()
    assert team.phase_change is not None
    assert now.phase_change is not None
    assert (team.phase_change.before, team.phase_change.phase) == ("divergence", "convergence")
    assert (now.phase_change.before, now.phase_change.date) == ("convergence", None)


def test_what_was_a_draft_is_no_part_of_the_history(story: Story) -> None:
    story.brief("water")
    story.write("opportunities/water/updates/2026-11-02-a.md", "Title: A\nStatus: draft\n\nNo.\n")
    story.commit("Begin", 1)
    story.write("opportunities/water/updates/2026-11-02-a.md", "Title: A\nStatus: draft\n\nNot.\n")
    story.commit("Think about it", 2)
    story.build()
    assert story.told() == ["01 Camille: Begin"]
    assert [file.kind for file in story.history()[0].files] == ["brief"]
    story.write("opportunities/water/updates/2026-11-02-a.md", "Title: A\n\nYes.\n")
    story.commit("Out with it", 3)
    story.build()
    assert story.told() == ["03 Camille: Out with it", "01 Camille: Begin"]
    assert [(file.kind, file.how) for file in story.history()[0].files] == [("update", "added")]
    story.brief("early", more="Status: draft")
    story.commit("Early", 4)
    story.build()
    assert story.history("early") == ()
    assert not story.exists("drafts/early/history/index.html")


def test_a_text_that_was_taken_away_is_told(story: Story) -> None:
    story.brief("water")
    story.update("water", "2026-11-02-the-well.md", "The well")
    story.commit("Begin", 1)
    story.git("rm", "--quiet", "content/opportunities/water/updates/2026-11-02-the-well.md")
    story.commit("Taken back", 2)
    story.build()
    [gone] = story.history()[0].files
    assert (gone.kind, gone.how, gone.title) == ("update", "removed", "the well")


def test_a_page_shows_the_words_of_the_latest_changes_and_lists_the_others(story: Story) -> None:
    for on in range(1, 7):
        story.brief("water", text=f"Text {on}.")
        story.commit(f"Text {on}", on)
    story.build(HISTORY_SHOWN=2)
    shown, older = story.pages["water"]
    assert [each.change.subject for each in shown] == ["Text 6", "Text 5"]
    assert [each.subject for each in older] == ["Text 4", "Text 3", "Text 2", "Text 1"]
    assert story.articles["water"].history_url == "opportunities/water/history/"
    story.build(HISTORY_PAGES=False)
    assert story.articles["water"].history_url is None
    assert story.pages == {}


def test_a_theme_without_the_template_has_histories_and_no_pages(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    (story.theme / "templates/history.html").unlink()
    story.brief("water")
    story.commit("Begin", 1)
    with caplog.at_level(logging.WARNING):
        story.build(OUTPUT_PATH=str(story.folder / "fresh"))
    assert story.told() == ["01 Camille: Begin"]
    assert story.articles["water"].history_url is None
    assert "no history.html" in caplog.text
