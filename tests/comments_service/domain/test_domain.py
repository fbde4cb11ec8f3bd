"""The words of the house: ids, moments, tokens, addresses, lines, digests."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from comments_service import errors
from comments_service.domain import tokens
from comments_service.domain.access import LASTS, Grant, Scope
from comments_service.domain.discussion import Place, clean_text, same_words
from comments_service.domain.ids import ALPHABET, LENGTH, looks_like_id, mint
from comments_service.domain.people import (
    Capacity,
    Participant,
    Person,
    Status,
    normal_email,
    one_line,
)
from comments_service.domain.permissions import may_facilitate
from comments_service.domain.phases import Opportunity, Phase
from comments_service.domain.times import from_text, to_text

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
SECRET = b"0" * 32


def test_ids_sort_by_time_and_survive_a_folded_case() -> None:
    moments = [NOW + timedelta(milliseconds=n * n) for n in range(200)]
    moments += [datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
    ids = {moment: mint(moment) for moment in moments}
    assert sorted(ids.values()) == [ids[moment] for moment in sorted(moments)]
    for id in ids.values():
        assert len(id) == LENGTH and set(id) <= set(ALPHABET) and looks_like_id(id)


def test_ids_of_one_moment_differ() -> None:
    assert len({mint(NOW) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize("text", ["", "0" * 17, "0" * 19, "i" * 18, "A" * 18, "٠" * 18, "../" * 6])
def test_what_we_did_not_mint_does_not_look_like_an_id(text: str) -> None:
    assert not looks_like_id(text)


def test_moments_are_utc_to_the_millisecond_and_come_back() -> None:
    paris = timezone(timedelta(hours=1))
    moment = datetime(2026, 11, 3, 10, 0, 0, 123999, tzinfo=paris)
    assert to_text(moment) == "2026-11-03T09:00:00.123Z"
    assert from_text(to_text(moment)) == moment.replace(microsecond=123000)
    assert to_text(NOW) == "2026-11-03T09:00:00.000Z"


def test_a_token_opens_what_it_was_made_for_whatever_its_case() -> None:
    subject = mint(NOW)
    token = tokens.sign(SECRET, "confirm", subject)
    assert tokens.read(SECRET, "confirm", token) == subject
    assert tokens.read(SECRET, "confirm", f" {token.upper()}\n") == subject
    assert tokens.read(SECRET, "session", token) is None
    assert tokens.read(b"1" * 32, "confirm", token) is None
    for broken in ("", subject, token[:-1], token + "a", "x" + token[1:], token[:-1] + "é"):
        assert tokens.read(SECRET, "confirm", broken) is None


@pytest.mark.parametrize("scope", Scope)
def test_a_grant_opens_its_scope_until_it_expires_or_ends(scope: Scope) -> None:
    grant = Grant("g", scope, "p", NOW, NOW + LASTS[scope])
    assert grant.opens(scope, NOW)
    assert not grant.opens(scope, grant.expires)
    assert not any(grant.opens(other, NOW) for other in Scope if other is not scope)
    ended = Grant("g", scope, "p", NOW, NOW + LASTS[scope], ended=NOW)
    assert not ended.opens(scope, NOW)


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Ines@Example.ORG ", "ines@example.org"),
        ("inès@exämple.org", "inès@exämple.org"),
        ("a+b_c.d@sub.example.org", "a+b_c.d@sub.example.org"),
        *((text, None) for text in ("", "@", "a@", "@b", "a b@c.d", "a@b..c", "a@b.", "a@b@c")),
        *((text, None) for text in ("a@b\nBcc: c", "a,b@c.d", "<a@b.c>", "a\ud800@b.c")),
        ("a@" + "b" * 254, None),
        ("a\u200b@b.c", None),
        ("erased-1@Erased.invalid", None),
    ],
)
def test_an_address_is_normalised_or_refused(text: str, email: str | None) -> None:
    assert normal_email(text) == email


def test_one_line_starts_no_header_and_keeps_names_whole() -> None:
    assert one_line(" Ines\r\nBcc: all@example.org ") == "Ines Bcc: all@example.org"
    assert one_line("a\u2028b\x00c\u202ed\x85e\x1bf") == "a b c d e f"
    assert one_line("O\u2019Neill-Łukasiewicz") == "O\u2019Neill-Łukasiewicz"
    assert one_line("علی\u200cرضا") == "علی\u200cرضا"


def test_a_text_keeps_its_lines_and_nothing_that_xml_cannot_hold() -> None:
    assert clean_text("\r\n a\r\nb\rc\td\n\n") == "a\nb\nc\td"
    assert clean_text("a\x00\x01\x0b\x0c\x1b\x1f\x7f\ufffe\uffffb") == "ab"


def test_only_the_same_words_in_the_same_place_are_the_same() -> None:
    base = same_words("p", "o", Place(), "text")
    assert base == same_words("p", "o", Place(), "text")
    others = [
        same_words("q", "o", Place(), "text"),
        same_words("p", "x", Place(), "text"),
        same_words("p", "o", Place(answer="c"), "text"),
        same_words("p", "o", Place(update="c"), "text"),
        same_words("p", "o", Place(), "text."),
    ]
    assert len({base, *others}) == 6


@pytest.mark.parametrize("status", Status)
def test_a_status_gives_no_right(status: Status) -> None:
    person = Person("p", "Ines", "ines@example.org", "en", status=status)
    part = Participant("o", person, Capacity.EXPERT, joined=NOW)
    assert not may_facilitate(person, part)
    assert not may_facilitate(None, None)


def test_a_facilitator_by_invitation_facilitates_while_present() -> None:
    person = Person("p", "Ines", "ines@example.org", "en")

    def part(joined: datetime | None, left: datetime | None) -> Participant:
        return Participant("o", person, Capacity.FACILITATOR, joined=joined, left=left)

    assert may_facilitate(person, part(NOW, None))
    assert not may_facilitate(person, part(None, None))
    assert not may_facilitate(person, part(NOW, NOW))


@pytest.mark.parametrize("phase", Phase)
def test_one_writes_in_every_phase_but_the_last(phase: Phase) -> None:
    found = Opportunity("o", "farm", "Farm", "en", phase, "https://example.org", "Camille")
    assert found.accepts_words is (phase is not Phase.CLOSED)


def refusals(kind: type[errors.Refusal] = errors.Refusal) -> list[type[errors.Refusal]]:
    return [kind, *(found for sub in kind.__subclasses__() for found in refusals(sub))]


def test_every_refusal_has_a_code_of_its_own_and_is_drawn_in_the_tree() -> None:
    ours = [kind for kind in refusals() if kind.__module__ == errors.__name__]
    assert len({kind.code for kind in ours}) == len(ours)
    drawn = errors.__doc__ or ""
    for kind in ours:
        assert kind.__name__ in drawn
        assert kind is errors.Refusal or str(kind.http_status) in next(
            line for line in drawn.splitlines() if f"── {kind.__name__} " in line
        )


def test_a_refusal_says_its_words_filled_in_and_leaves_a_percent_sign_alone() -> None:
    assert str(errors.Invalid("%(n)d fit", field="text", n=3)) == "3 fit"
    assert str(errors.Invalid("100% wrong")) == "100% wrong"
