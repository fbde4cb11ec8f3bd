"""A mistake in a header stops the build, and is named with its file and line."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from plugins.opportunities.check import BrokenBriefs, check_folder, main

from .site import Site

ROOT = Path(__file__).parents[3]
BRIEF = "content/opportunities/orchard/brief.md"

CONFIGURATION = """
PATH = "content"
THEME = {theme!r}
PLUGINS = ["plugins.opportunities"]
TIMEZONE = "UTC"
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
DIRECT_TEMPLATES = []
ARTICLE_URL = ARTICLE_SAVE_AS = "{{slug}}.html"
"""


def problems(site: Site) -> list[str]:
    with pytest.raises(BrokenBriefs) as raised:
        site.build()
    assert not site.exists("index.html")
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Title: T\nDate: 2026-11-03\nPhase: brain-storm\n", 3, "unknown phase “brain-storm”"),
        ("Date: 2026-11-03\n", 1, "no title"),
        ("Title:\nDate: 2026-11-03\n", 1, "no title"),
        ("\nTitle: T\nDate: 2026-11-03\n", 1, "no header: the first line must be"),
        ("Title: T\n", 1, "no date"),
        ("Title: T\nDate: soon\n", 2, "“soon” is no date"),
        ("Title: T\nDate: 2026-02-30\n", 2, "“2026-02-30” is no date"),
        ("Title: T\nDate: Monday\n", 2, "“Monday” is no date"),
        ("Title: T\nDate: 2026-11-03\nModified: later\n", 3, "“later” is no date"),
        ("Title: T\nDate: 2026-11-03\nCloses: at Easter\n", 3, "Closes “at Easter” is no date"),
        ("Title: T\nDate: 2026-11-03\nStatus: secret\n", 3, "unknown status “secret”"),
        ("Title: T\nDate: 2026-11-03\nSlug: École\n", 3, "the slug “École” may hold only"),
        ("Title: T\nDate: 2026-11-03\nSlug: ../up\n", 3, "the slug “../up” may hold only"),
        ("Title: T\nDate: 2026-11-03\nAliases: a b\n", 3, "the alias “a b” may hold only"),
        ("Title: T\nDate: 2026-11-03\nAliases: orchard\n", 3, "the alias “orchard” is the slug"),
        ("Title: T\nDate: 2026-11-03\nLang: French\n", 3, "“french” is no language code"),
        ("Title: T\nDate: 2026-11-03\nTitle: U\n", 1, "Title must be given once"),
        ("Title: T\nDate: 2026-11-03\nClosed-because: A\nClosed-because: B\n", 3, "Closed-Because"),
        ("Title: T\n    and more\nDate: 2026-11-03\n", 1, "Title must be given once"),
        ("---\nTitle: T\nDate: 2026-11-03\nPhase: none\n---\n", 4, "unknown phase “none”"),
        ("Title: T\r\nDate: 2026-11-03\r\nPhase: none\r\n", 3, "unknown phase “none”"),
        (b"Title: T\nDate: 2026-11-03\n\nText, \xe9t\xe9.\n", 4, "this line is not UTF-8 text"),
    ],
)
def test_each_mistake_in_a_brief_names_file_and_line(
    site: Site, text: str | bytes, line: int, said: str
) -> None:
    site.write("opportunities/orchard/brief.md", text)
    (found,) = problems(site)
    assert found.startswith(f"{BRIEF}:{line}: {said}")


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("2026-11-04-x.md", "Date: 2026-11-04\n", 1, "no title"),
        ("x.md", "Title: T\n", 1, "no date"),
        ("x.md", "Title: T\nDate: then\n", 2, "“then” is no date"),
        ("2026-11-04 x.md", "Title: T\nDate: 2026-11-04\n", 1, "as a slug, the name"),
        ("2026-11-04-x.old.md", "Title: T\n", 1, "as a slug, the name “x.old”"),
        (
            "2026-11-04-x.fr.md",
            "Title: T\nLang: en\n",
            2,
            "Lang says en and the file's name says fr",
        ),
        ("2026-11-04-x.md", b"Title: \xff\n", 1, "this line is not UTF-8 text"),
    ],
)
def test_each_mistake_in_an_update_names_file_and_line(
    site: Site, name: str, text: str | bytes, line: int, said: str
) -> None:
    site.brief("orchard")
    site.write(f"opportunities/orchard/updates/{name}", text)
    (found,) = problems(site)
    assert found.startswith(f"content/opportunities/orchard/updates/{name}:{line}: {said}")


def test_two_updates_with_one_slug(site: Site) -> None:
    site.brief("orchard")
    site.update("orchard", "2026-11-04-x.md", "One")
    site.update("orchard", "2026-11-05-x.md", "Two")
    site.update("orchard", "2026-11-05-x.fr.md", "Deux")
    at = "content/opportunities/orchard/updates/2026-11-05-x.md:1"
    first = "opportunities/orchard/updates/2026-11-04-x.md:1"
    assert problems(site) == [f"{at}: the slug “x” is already that of {first}"]


def test_two_briefs_with_one_slug(site: Site) -> None:
    site.brief("orchard")
    site.brief("water", "Slug: orchard")
    at = "content/opportunities/water/brief.md:3"
    first = "opportunities/orchard/brief.md:1"
    assert problems(site) == [f"{at}: the slug “orchard” is already that of {first}"]


def test_one_slug_in_two_languages_is_a_translation(site: Site) -> None:
    site.brief("orchard")
    site.brief("verger", "Slug: orchard\nLang: fr")
    site.build()
    assert "orchard|" in site.page("orchard", "fr")


def test_two_briefs_in_the_same_language_in_one_folder(site: Site) -> None:
    site.brief("orchard", "Lang: fr")
    site.brief("orchard", name="brief.fr.md")
    assert "the slug “orchard” is already that of" in problems(site)[0]


def test_the_briefs_of_a_folder_agree_on_slug_and_phase(site: Site) -> None:
    site.brief("orchard", "Phase: brief")
    site.brief("orchard", "Slug: verger\nPhase: closed", name="brief.fr.md")
    assert "another slug than in opportunities/orchard/brief.md" in " ".join(problems(site))
    site.brief("orchard", "Phase: closed", name="brief.fr.md")
    assert "another phase than in opportunities/orchard/brief.md:3" in problems(site)[0]


def test_an_alias_that_is_taken(site: Site) -> None:
    site.brief("orchard", "Aliases: garden")
    site.brief("water", "Aliases: spring, orchard")
    site.brief("wood", "Aliases: garden")
    assert problems(site) == [
        "content/opportunities/water/brief.md:3: "
        "the alias “orchard” is the slug of opportunities/orchard/brief.md:1",
        "content/opportunities/wood/brief.md:3: "
        "the alias “garden” is already that of opportunities/orchard/brief.md:3",
    ]


def test_an_alias_of_an_update_that_is_taken(site: Site) -> None:
    site.brief("orchard")
    site.write("opportunities/orchard/updates/2026-11-04-a.md", "Title: A\n\nA.\n")
    path = "opportunities/orchard/updates/2026-11-05-b.md"
    site.write(path, "Title: B\nAliases: a, B!\n\nB.\n")
    assert problems(site) == [
        f"content/{path}:2: the alias “B!” may hold only a-z, 0-9 and single hyphens",
        f"content/{path}:2: "
        "the alias “a” is the slug of opportunities/orchard/updates/2026-11-04-a.md:1",
    ]


def test_texts_without_a_brief(site: Site) -> None:
    site.write("opportunities/orchard/summary.md", "Agreed.\n")
    (found,) = problems(site)
    assert (
        found == "content/opportunities/orchard/summary.md:1: no brief.md in opportunities/orchard/"
    )


def test_all_mistakes_are_logged_not_only_the_first(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.write("opportunities/orchard/brief.md", "Phase: none\n")
    site.brief("water", "Closes: never")
    found = problems(site)
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert errors == found
    assert len(found) == 4


def test_the_build_of_a_mended_brief_goes_on_in_the_same_instance(site: Site) -> None:
    site.brief("orchard", "Phase: none")
    pelican = site.pelican()
    for _ in range(2):
        with pytest.raises(BrokenBriefs):
            pelican.run()
    site.brief("orchard", "Phase: closed")
    pelican.run()
    assert "orchard|closed" in site.page("orchard")


def test_a_brief_that_pelican_cannot_convert_stops_the_build(site: Site) -> None:
    site.brief("orchard")
    with pytest.raises(BrokenBriefs, match="orchard/brief.md:1: Pelican made no page"):
        site.build(MARKDOWN={"extensions": ["no.such.extension"]})


def pelican_command(site: Site, *options: str) -> list[str]:
    configuration = CONFIGURATION.format(theme=str(Path(__file__).parent / "theme"))
    (site.folder / "pelicanconf.py").write_text(configuration, encoding="utf-8")
    return [sys.executable, "-m", "pelican", "--log-handler", "plain", *options]


@pytest.mark.parametrize("options", [[], ["--fatal", "errors"]])
def test_the_command_fails_and_says_all(site: Site, options: list[str]) -> None:
    site.brief("orchard", "Phase: none")
    site.brief("water", "Phase: nowhere")
    done = subprocess.run(
        pelican_command(site, *options),
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "opportunities/orchard/brief.md:3: unknown phase “none”" in done.stderr
    assert "opportunities/water/brief.md:3: unknown phase “nowhere”" in done.stderr


@pytest.fixture
def autoreloading(site: Site) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        pelican_command(site, "--autoreload"),
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    deadline = Timer(60, running.kill)
    deadline.start()
    yield running
    deadline.cancel()
    running.kill()
    running.communicate()


def test_autoreload_waits_for_the_mistake_to_be_mended(
    site: Site, autoreloading: subprocess.Popen[str]
) -> None:
    site.brief("orchard", "Phase: none")
    assert autoreloading.stdout is not None
    said = []
    for line in autoreloading.stdout:
        said.append(line)
        if "Caught exception" in line:
            site.brief("orchard", "Phase: closed")
        if "Done" in line and site.exists("orchard.html"):
            break
    else:
        pytest.fail("it never built: " + "".join(said))
    assert len([line for line in said if "unknown phase" in line]) <= 2, "".join(said)


def test_the_check_command_prints_every_problem(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.brief("orchard", "Phase: none")
    assert main([str(site.content)]) == 1
    at = site.content / "opportunities/orchard/brief.md"
    assert capsys.readouterr().out.startswith(f"{at}:3: unknown phase “none”")
    site.brief("orchard")
    assert main([str(site.content)]) == 0
    assert main([]) == 2
    assert check_folder(site.content / "opportunities") == []
