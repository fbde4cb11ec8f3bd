"""A site that lives on another host, built there by the ready workflows, and kept current."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from standardwebhooks.webhooks import Webhook

from comments_service.rebuild import EVENT
from comments_service.storage.sqlite import SqliteStore

from ..comments_service.conftest import Circle
from ..servers.building_host import BuildingHost, building_host
from ..servers.static_host import static_host, walk
from .conftest import House, until
from .workflows import DEPLOY, HOSTS, Forge, yaml

SLUG = "farmers-data-platform"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
ANSWERS = "/api/v1/discussions?since=0"


@pytest.fixture
def host() -> Iterator[BuildingHost]:
    with building_host() as running:
        yield running


@pytest.fixture
def forge(tmp_path: Path, house: House, host: BuildingHost) -> Iterator[Forge]:
    """Project pages below a prefix, and a service elsewhere that asks `host` to build them."""
    served = tmp_path / "served"
    served.mkdir()
    with static_host(served) as url:
        forge = Forge(tmp_path / "forge", f"{url}/briefs", house.url)
        forge.begin()
        house.environ |= {
            "EMERGENCE_SITE_URL": forge.site,
            "EMERGENCE_SERVICE_URL": house.url,
            "EMERGENCE_MANIFEST": f"{forge.site}/opportunities.json",
            "EMERGENCE_REBUILD": f"{host.url}/build_hooks/1",
            "EMERGENCE_REBUILD_SECRET": SECRET,
            "EMERGENCE_REBUILD_QUIET": "1",
        }
        shutil.rmtree(house.folder / "content")  # nobody needs the text where the service is
        house.start(ANSWERS)
        yield forge


def published(forge: Forge, host: str) -> None:
    """Build as this host does, and serve what came of it."""
    public = forge.build(host)
    assert public, forge.said[-1]
    served = forge.folder.parent / "served" / "briefs"
    shutil.rmtree(served, ignore_errors=True)
    shutil.copytree(public, served)


def page(forge: Forge) -> str:
    path = forge.folder.parent / "served" / "briefs" / "opportunities" / SLUG / "index.html"
    return path.read_text(encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """The pages, feeds and documents; what indexes them for the search is made anew each time."""
    kinds = (".html", ".xml", ".json", ".css", ".js")
    paths = [p for p in folder.rglob("*") if p.suffix in kinds and "pagefind" not in p.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", HOSTS)
def test_each_workflow_gives_a_whole_site_below_a_prefix(forge: Forge, name: str) -> None:
    published(forge, name)
    assert "pip install --editable .[search]" in "".join(forge.said)
    search = [f"/{p}" for p in ("search/", "fr/search/", "pagefind/pagefind.js")]
    has_search = (forge.folder.parent / "served/briefs/search").exists()
    found = walk(forge.site, "/404.html", "/opportunities.json", *(search if has_search else ()))
    assert found.broken == set()
    for path in ("/", "/fr/", f"/opportunities/{SLUG}/", f"/fr/opportunities/{SLUG}/"):
        assert forge.site + path in found.found
    here = {url for url in found.away if url.startswith(forge.service)}
    assert here and all(url.startswith(forge.service + "/-/") for url in here)
    assert "Camille Le Goff" in found.found[f"{forge.site}/opportunities/{SLUG}/"], "of the history"


def test_a_site_below_a_prefix_reads_and_searches_in_a_browser(
    forge: Forge, phone: BrowserContext
) -> None:
    published(forge, "github")
    tab, lost = phone.new_page(), []
    tab.on(
        "response", lambda got: lost.append(f"{got.status} {got.url}") if got.status >= 400 else 0
    )
    tab.on("requestfailed", lambda request: lost.append(request.url))
    tab.on("pageerror", lambda error: lost.append(str(error)))
    for path in ("/", "/fr/", f"/fr/opportunities/{SLUG}/", "/tags/"):
        assert tab.goto(forge.site + path, wait_until="networkidle")
        assert _is_styled(tab)
    if (forge.folder.parent / "served/briefs/search").exists():
        tab.goto(f"{forge.site}/search/?q=cooperative", wait_until="networkidle")
        tab.locator(f"main a[href*='/briefs/opportunities/{SLUG}/']").first.wait_for()
    # The service learns of an opportunity from the manifest, within a minute.
    assert [one for one in lost if "/newer" not in one] == []


def _is_styled(tab: Page) -> bool:
    styled = "getComputedStyle(document.body).fontFamily.includes(',')"
    return bool(tab.evaluate(f"document.styleSheets.length > 0 && {styled}"))


def test_a_comment_is_on_the_other_host_once_it_was_built_anew(
    forge: Forge, house: House, host: BuildingHost
) -> None:
    published(forge, "github")
    told = house.json("invite", SLUG, "bob@example.org", "--name", "Bob", "--json")
    assert told["opportunity"] == SLUG
    store = SqliteStore(house.folder / "var" / "emergence.db")
    try:
        circle = Circle(store, now=datetime.now(UTC))
        host.asked.clear()
        ada = circle.bring_in("Ada", SLUG)
        circle.now = datetime.now(UTC)
        circle.say(ada, "How deep is the river?", SLUG)
    finally:
        store.close()
    until(lambda: host.asked, "the host is asked to build")
    [_, headers, body] = host.asked[0]
    asked = Webhook(SECRET).verify(body.decode(), headers)
    assert asked["site"] == forge.site and SLUG in asked["discussions"]
    published(forge, "github")
    assert "How deep is the river?" in page(forge)
    assert walk(forge.site, "/404.html").broken == set()
    stands_without_the_service(forge, house)


def stands_without_the_service(forge: Forge, house: House) -> None:
    """A build that nobody answers shows what was last heard; one that never heard stops."""
    house.stop()
    before = files(forge.folder.parent / "served" / "briefs")
    published(forge, "github")
    assert files(forge.folder.parent / "served" / "briefs") == before
    assert walk(forge.site, "/404.html").broken == set()
    shutil.rmtree(forge.folder / "kept-github")
    assert forge.build("github") is None
    assert "does not answer" in forge.said[-2] + forge.said[-1]
    assert "How deep is the river?" in page(forge), "what is published stays"


@pytest.mark.parametrize("name", HOSTS)
def test_a_brief_that_cannot_be_read_publishes_nothing_and_is_named(
    forge: Forge, name: str
) -> None:
    brief = forge.repository / "content" / "opportunities" / SLUG / "brief.md"
    text = brief.read_text(encoding="utf-8")
    brief.write_text(text.replace("Phase: ", "Phase: some"), encoding="utf-8")
    forge.git("commit", "--quiet", "-a", "-m", "A phase that there is not")
    assert forge.build(name) is None
    assert f"{SLUG}/brief.md" in "".join(forge.said)


@pytest.mark.parametrize(
    ("name", "schema", "more"),
    [
        ("github-pages.yml", "vendor.github-workflows", ()),
        ("gitlab-ci.yml", "vendor.gitlab-ci", ("--data-transform", "gitlab-ci")),
    ],
)
def test_a_workflow_is_what_its_host_takes(name: str, schema: str, more: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *more]
    done = subprocess.run(
        [*command, str(DEPLOY / name)], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_github_builds_when_asked_and_gives_the_build_no_rights() -> None:
    workflow: dict[str, Any] = yaml("github-pages.yml")
    assert workflow["on"]["repository_dispatch"]["types"] == [EVENT]
    assert {"push", "workflow_dispatch", "schedule"} <= set(workflow["on"])
    jobs = workflow["jobs"]
    assert workflow["permissions"] == {"contents": "read"}
    assert "write" not in jobs["build"]["permissions"].values()
    assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    [checkout] = [s for s in jobs["build"]["steps"] if "checkout" in s.get("uses", "")]
    assert checkout["with"]["fetch-depth"] == 0
    [cache] = [s for s in jobs["build"]["steps"] if "actions/cache" in s.get("uses", "")]
    assert "var/snapshot" in cache["with"]["path"].split()


def test_gitlab_keeps_the_history_and_the_snapshot() -> None:
    pages: dict[str, Any] = yaml("gitlab-ci.yml")["pages"]
    assert pages["variables"]["GIT_DEPTH"] == "0"
    assert "var/snapshot" in pages["cache"]["paths"]
    assert pages["artifacts"]["paths"] == ["public"]
    assert json.dumps(pages["rules"]).count("CI_DEFAULT_BRANCH") == 1


def test_the_guide_names_what_the_workflows_use() -> None:
    guide = (DEPLOY.parent / "docs" / "hosting.md").read_text(encoding="utf-8")
    for name in ("github-pages.yml", "gitlab-ci.yml", "netlify.toml"):
        used = set(re.findall(r"\bEMERGENCE_[A-Z_]+", (DEPLOY / name).read_text(encoding="utf-8")))
        assert {one for one in used - {"EMERGENCE_DATA"} if one not in guide} == set()
        assert f"../deploy/{name}" in guide
    assert EVENT in guide
