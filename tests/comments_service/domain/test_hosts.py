"""A host is known by its URL; what is secret in it shows nowhere."""

import pytest

from comments_service.domain.hosts import BadTarget, HostKind, read_target

HOOK = "https://api.netlify.com/build_hooks/5f1c0ffee"


@pytest.mark.parametrize(
    ("text", "kind", "name", "url", "ref"),
    [
        (
            "https://api.github.com/repos/camille/briefs/dispatches",
            HostKind.GITHUB,
            "github.com/camille/briefs",
            "https://api.github.com/repos/camille/briefs/dispatches",
            "",
        ),
        (
            "https://git.example.org/api/v3/repos/a/b.c/dispatches/",
            HostKind.GITHUB,
            "git.example.org/a/b.c",
            "https://git.example.org/api/v3/repos/a/b.c/dispatches",
            "",
        ),
        (
            "https://gitlab.com/api/v4/projects/7/trigger/pipeline",
            HostKind.GITLAB,
            "gitlab.com/7",
            "https://gitlab.com/api/v4/projects/7/trigger/pipeline",
            "main",
        ),
        (
            "http://127.0.0.1:81/api/v4/projects/a%2Fb/trigger/pipeline?ref=site",
            HostKind.GITLAB,
            "127.0.0.1:81/a/b",
            "http://127.0.0.1:81/api/v4/projects/a%2Fb/trigger/pipeline",
            "site",
        ),
        (HOOK, HostKind.WEBHOOK, "api.netlify.com", HOOK, ""),
        (f"{HOOK}?a=b", HostKind.WEBHOOK, "api.netlify.com", f"{HOOK}?a=b", ""),
        ("http://[::1]:81/x", HostKind.WEBHOOK, "[::1]:81", "http://[::1]:81/x", ""),
    ],
)
def test_the_path_tells_what_a_host_understands(
    text: str, kind: HostKind, name: str, url: str, ref: str
) -> None:
    target = read_target(text, "token")
    assert (target.kind, target.name, target.url, target.ref) == (kind, name, url, ref)


@pytest.mark.parametrize(
    "text",
    [
        "https://mine@api.github.com/repos/camille/briefs/dispatches",
        "https://x:mine@api.github.com/repos/camille/briefs/dispatches",
        "https://mine@gitlab.com/api/v4/projects/7/trigger/pipeline?ref=main",
        "https://gitlab.com/api/v4/projects/7/trigger/pipeline?token=mine&ref=main",
    ],
)
def test_an_address_may_bring_its_own_token(text: str) -> None:
    target = read_target(text, "everybody's")
    assert target.token == "mine"
    assert "mine" not in target.url + target.name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://example.org/hook", "https://"),
        ("ftp://example.org/hook", "https://"),
        ("example.org/hook", "https://"),
        ("https://", "https://"),
        ("https://[::1/hook", "https://"),
        ("https://example.org:99999/hook", "https://"),
        ("https://example.org/hook#part", "https://"),
        ("https://github.com/camille/briefs", "api.github.com/repos/OWNER/REPO/dispatches"),
        ("https://api.github.com/repos/camille/dispatches", "OWNER/REPO"),
        ("https://gitlab.com/api/v4/projects/7/pipeline", "trigger/pipeline"),
        ("https://me:secret@example.org/hook", "no user"),
    ],
)
def test_what_cannot_be_asked_is_refused_without_repeating_it(text: str, words: str) -> None:
    with pytest.raises(BadTarget) as refused:
        read_target(text, "token")
    assert words in str(refused.value)
    assert "secret" not in str(refused.value) and "hook" not in str(refused.value).split()


@pytest.mark.parametrize("path", ["repos/a/b/dispatches", "api/v4/projects/7/trigger/pipeline"])
def test_a_forge_is_not_asked_without_a_token(path: str) -> None:
    with pytest.raises(BadTarget, match="EMERGENCE_REBUILD_TOKEN"):
        read_target(f"https://git.example.org/{path}", "")


def test_neither_key_nor_representation_gives_a_secret_away() -> None:
    target = read_target("https://tok3n@api.github.com/repos/a/b/dispatches", "")
    hook = read_target(HOOK, "")
    assert "tok3n" not in repr(target) + target.key
    assert "5f1c0ffee" not in repr(hook) + hook.key + hook.name


def test_a_new_token_makes_no_new_host() -> None:
    text = "https://api.github.com/repos/a/b/dispatches"
    assert read_target(text, "one").key == read_target(text, "two").key
