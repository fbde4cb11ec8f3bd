"""Each bad setting is named; an empty one is not set; the secret appears whole and private."""

import subprocess
import sys
from pathlib import Path

import pytest

from comments_service.settings import Settings, from_environment
from comments_service.values import BadSettings

SECRET = "s" * 32


def settings(tmp_path: Path, **environ: str) -> Settings:
    return from_environment({"EMERGENCE_DATA": str(tmp_path / "var")} | environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", value) for value in ("0", "65536", "-1", "http", "٣", "8000.5")),
        *(("EMERGENCE_POSTS_AN_HOUR", value) for value in ("0", "many")),
        *(("EMERGENCE_MAIL_GRACE", value) for value in ("0", "2 min", "-1")),
        *(
            (name, value)
            for name in ("EMERGENCE_SITE_URL", "EMERGENCE_SERVICE_URL")
            for value in (
                *("example.org", "/", "ftp://example.org", "https://", "javascript:alert(1)"),
                *("https://example.org/?x", "https://example.org/#x", "https://exa mple.org"),
                *("http://[::1", "http://example.org:99999", "http://example.org:port"),
            )
        ),
        *(("EMERGENCE_COMMENTS", value) for value in ("closed", "OPEN", "true")),
        *(
            ("EMERGENCE_FACILITATORS", value)
            for value in ("Ines", "ines@example.org", "Ines <ines>", "A <a@example.org>, B <b>")
        ),
        *(("EMERGENCE_MAIL_DOMAIN", value) for value in ("a b", "-a.example", "a@example.org")),
        *(("EMERGENCE_SMTP_URL", value) for value in ("mail.example.org", "http://mail", "smtp:")),
        ("EMERGENCE_SECRET", "short"),
        *(("EMERGENCE_TRUSTED_PROXIES", value) for value in ("proxy", "10.0.0.1/8", "1.2.3.4/99")),
        *(("EMERGENCE_LANGUAGE", value) for value in ("English", "e", "../en")),
        ("EMERGENCE_DATA", "/dev/null/var"),
        *(("EMERGENCE_REBUILD_SECRET", value) for value in ("whsec_c2hvcnQ=", "whsec_!", "é")),
        *(("EMERGENCE_REBUILD_QUIET", value) for value in ("0", "301", "soon")),
        *(("EMERGENCE_GIT_BRANCH", value) for value in ("-main", "a b", "../main", "main;ls")),
        *(("EMERGENCE_GIT_REMOTE", value) for value in ("--upload-pack=ls", "https://example.org")),
        *(
            ("EMERGENCE_EDIT_URL", value)
            for value in (
                "https://github.com/us/site/edit/main/",
                "http://github.com/us/site/edit/main/{path}",
                "javascript://x/{path}",
                "https://{path}/edit",
                "https://x.example/{path}/{path}",
                "https://x.example/a b/{path}",
                "/edit/{path}",
            )
        ),
        *(("EMERGENCE_HOOK_SECRET", value) for value in ("x" * 15, "é" * 16, "whsec_" + "!" * 20)),
        *(
            ("EMERGENCE_REBUILD", value)
            for value in ("example.org", "http://example.org/hook", "https://github.com/me/briefs")
        ),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        settings(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EMERGENCE_SMTP_URL", "smtp://me:pa/ss@mail.example.org:587"),
        ("EMERGENCE_SMTP_URL", "smtp://me:12/34@mail.example.org:587"),
        ("EMERGENCE_SMTP_URL", "smtp://me:12?34@mail.example.org:587"),
        ("EMERGENCE_SMTP_URL", "smtp://me:12#34@mail.example.org:587"),
        ("EMERGENCE_SMTP_URL", "smtp://me:a@b/c@mail.example.org:587"),
        ("EMERGENCE_SMTP_URL", "smtp://me:a[b@mail.example.org"),
        ("EMERGENCE_IMAP_URL", "imaps://me:pa/ss@mail.example.org/INBOX"),
        ("EMERGENCE_IMAP_URL", "imaps://me:12/34@mail.example.org/INBOX"),
        ("EMERGENCE_IMAP_URL", "imaps://me:12?34@mail.example.org/INBOX"),
    ],
)
def test_a_password_that_breaks_its_url_is_not_shown_but_how_to_write_it(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(BadSettings, match=f"{name}.*%2F.*%40.*%3A") as refused:
        settings(tmp_path, **{name: value})
    assert "34" not in str(refused.value) and "ss@" not in str(refused.value)


@pytest.mark.parametrize("password", ["a:b", "a@b", "a%2Fb", "a%3Fb"])
def test_a_password_that_can_be_told_apart_is_taken(tmp_path: Path, password: str) -> None:
    urls = f"smtp://me:{password}@mail.example.org:587", f"imaps://me:{password}@m.example.org/IN"
    found = settings(tmp_path, EMERGENCE_SMTP_URL=urls[0], EMERGENCE_IMAP_URL=urls[1])
    assert (found.smtp_url, found.imap_url) == urls


def test_nothing_set_is_a_house_on_this_machine(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.host, found.port, found.site_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert found.service_url == found.site_url
    assert found.on_loopback and not found.secure
    assert found.mail_domain == "emergence.localhost"
    assert found.database == tmp_path / "var" / "emergence.db"
    assert found.manifest == str(tmp_path / "var/site/current/opportunities.json")


def test_an_empty_setting_is_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("DATA", "HOST", "SITE_URL", "SERVICE_URL", "SITE_NAME", "SITE", "MANIFEST", "COMMENTS")
    more = ("FACILITATORS", "MAIL_DOMAIN", "SMTP_URL", "SECRET", "TRUSTED_PROXIES", "LANGUAGE")
    empty = {f"EMERGENCE_{name}": " " for name in (*names, *more)} | {"PORT": ""}
    assert from_environment(empty) == from_environment({})


def test_a_public_house(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        EMERGENCE_SITE_URL="https://Example.org/talk/",
        EMERGENCE_SERVICE_URL="https://talk.example.org",
        EMERGENCE_FACILITATORS='Ines <ines@example.org>, "Roy, Jo" <JO@example.org>',
        EMERGENCE_SECRET=SECRET,
        EMERGENCE_TRUSTED_PROXIES="10.0.0.0/8, ::1",
        EMERGENCE_SMTP_URL="smtp://me:word@mail.example.org:587",
    )
    assert found.site_url == "https://Example.org/talk"
    assert found.mail_domain == "talk.example.org"
    assert found.secure
    assert found.facilitators == (("Ines", "ines@example.org"), ("Roy, Jo", "jo@example.org"))
    assert found.secret == SECRET.encode()
    assert len(found.trusted_proxies) == 2
    assert not (found.data / "secret").exists()


def test_the_forges_editor_is_taken_as_it_is(tmp_path: Path) -> None:
    for url in (
        "https://github.com/us/site/edit/main/{path}",
        "https://git.example:3000/a/b/site/-/edit/main/{path}?view=text",
    ):
        assert settings(tmp_path, EMERGENCE_EDIT_URL=f" {url} ").edit_url == url
    assert settings(tmp_path).edit_url == ""


def test_hosts_that_build_the_site_are_named_by_their_addresses(tmp_path: Path) -> None:
    hook = "https://api.netlify.com/build_hooks/1"
    found = settings(
        tmp_path,
        EMERGENCE_REBUILD=f"https://api.github.com/repos/a/b/dispatches\n  {hook} {hook}\n",
        EMERGENCE_REBUILD_TOKEN=" token ",
        EMERGENCE_REBUILD_SECRET="whsec_" + "x" * 32,
    )
    assert [target.name for target in found.rebuild] == ["github.com/a/b", "api.netlify.com"]
    assert found.rebuild[0].token == "token"
    assert len(found.rebuild_secret) == 24
    assert found.rebuild_quiet == 20


def test_the_secret_of_the_forges_is_as_they_have_it(tmp_path: Path) -> None:
    assert settings(tmp_path).hook_secret == ""
    for secret in ("x" * 16, "whsec_" + "x" * 44, "two words, and more"):
        assert settings(tmp_path, EMERGENCE_HOOK_SECRET=f" {secret} ").hook_secret == secret


def test_an_address_that_cannot_be_asked_is_named_by_its_place(tmp_path: Path) -> None:
    both = "https://example.org/1 http://example.org/s3cret"
    with pytest.raises(BadSettings, match="EMERGENCE_REBUILD, address 2: it takes") as refused:
        settings(tmp_path, EMERGENCE_REBUILD=both)
    assert "s3cret" not in str(refused.value)


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = settings(tmp_path)
    assert settings(tmp_path).secret == first.secret
    assert len(first.secret) >= 32
    assert (first.data / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in first.data.iterdir()] == ["secret"]


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (settings(tmp_path).data / "secret").write_text("", encoding="utf-8")
    with pytest.raises(BadSettings, match="secret"):
        settings(tmp_path)


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    program = """
import sys
from comments_service.settings import from_environment
sys.stdin.readline()
print(from_environment({"EMERGENCE_DATA": sys.argv[1]}).secret.decode())
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "var")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(said) == 1 and len(said.pop()) >= 32
