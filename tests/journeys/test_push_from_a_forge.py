"""A forge tells of a push: what was pushed is live, or whoever pushed hears why it is not."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from email import message_from_string, policy
from pathlib import Path

import pytest

from ..servers.forges import SECRET, Sent, forgejo, github, gitlab, payload_of
from .conftest import BRIEF, House, until
from .pushing import Clone, clone_of

FARM, RIVER = "opportunities/farm/brief.md", "opportunities/river/brief.md"


@pytest.fixture
def clone(house: House, tmp_path: Path) -> Iterator[Clone]:
    """The house serves `farm` and knows the forges' secret; a push alone tells it nothing."""
    house.write(FARM, BRIEF)
    made = clone_of(house, tmp_path / "farm.git", tmp_path / "desk")
    (tmp_path / "farm.git/hooks/post-receive").unlink()
    house.environ["EMERGENCE_HOOK_SECRET"] = SECRET
    house.start()
    yield made


def deliver(house: House, sent: Sent) -> int:
    headers, body = sent
    request = urllib.request.Request(house.url + "/hooks/git", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def bad_letters(house: House) -> list[str]:
    letters = (message_from_string(text, policy=policy.default) for text in house.letters())
    found = [one for one in letters if one["Subject"] == "What was pushed could not be published"]
    return [one.get_body(("plain",)).get_content() for one in found]  # type: ignore[union-attr]


def test_a_push_that_a_forge_tells_of_is_live(house: House, clone: Clone) -> None:
    clone.write(RIVER, BRIEF.replace("their soil", "their river"))
    clone.push()
    commit = clone.git("rev-parse", "HEAD").strip()
    assert house.page("river") == ""
    sent = github(payload_of("github", after=commit))
    assert deliver(house, sent) == 202
    until(lambda: "their river" in house.page("river"), f"it is live: {house.log()}")
    assert deliver(house, sent) == 409
    clone.git("checkout", "--quiet", "-b", "draft")
    clone.write(FARM, BRIEF.replace("*soil*", "*draft*"))
    clone.push("--set-upstream", "origin", "draft")
    draft = clone.git("rev-parse", "HEAD").strip()
    large = {"commits": [{"message": "x" * 24_000_000}]}
    on_draft = payload_of("forgejo", "refs/heads/draft", draft)
    assert deliver(house, forgejo(on_draft | large)) == 202
    foreign = forgejo(payload_of("forgejo", after=draft), "x" * 32)
    assert deliver(house, foreign) == 403
    lying = forgejo(payload_of("forgejo", after=draft))  # signed, and not what stands on main
    assert deliver(house, lying) == 202
    clone.git("checkout", "--quiet", "main")
    clone.write(FARM, BRIEF.replace("*soil*", "*water*"))
    clone.push()
    assert deliver(house, gitlab(payload_of("gitlab"))) == 202
    until(lambda: "<em>water</em>" in house.page("farm"), f"it is live: {house.log()}")
    assert "draft" not in house.page("farm")
    assert bad_letters(house) == []


def test_a_bad_push_is_told_of_to_whoever_pushed_and_a_kill_loses_nothing(
    house: House, clone: Clone
) -> None:
    clone.write(FARM, BRIEF.replace("divergence", "confusion").replace("*soil*", "*sea*"))
    clone.push()
    assert deliver(house, gitlab(payload_of("gitlab"))) == 202
    house.kill()  # whatever it was at
    house.start()
    until(lambda: bad_letters(house), f"the facilitator has a letter: {house.log()}")
    [words] = bad_letters(house)
    assert "content/opportunities/farm/brief.md:3: unknown phase “confusion”" in words
    assert "What the <em>soil</em>" in house.page("farm")
    clone.write(FARM, BRIEF.replace("*soil*", "*water*"))
    clone.push()
    assert deliver(house, gitlab(payload_of("gitlab"))) == 202
    until(lambda: "<em>water</em>" in house.page("farm"), f"it is live: {house.log()}")
    assert len(bad_letters(house)) == 1
