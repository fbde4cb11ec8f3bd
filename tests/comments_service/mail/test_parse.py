import random
import re
from collections.abc import Callable

import pytest

from comments_service.mail.parse import read_mail
from comments_service.mail.private import without_private

HEAD = b"From: Bob <bob@example.org>\r\nMessage-ID: <1@example.org>\r\nSubject: Re: x\r\n"
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def mail_of(*fields: str, body: str = "Hello") -> bytes:
    return ("\r\n".join(fields) + "\r\n\r\n" + body).encode()


def multipart(kind: str, *parts: str, head: bytes = HEAD) -> bytes:
    inner = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return head + f'Content-Type: multipart/{kind}; boundary="b"\r\n\r\n{inner}--b--\r\n'.encode()


@pytest.mark.parametrize(
    ("fields", "sender", "name"),
    [
        (["From: Bob <Bob@Example.ORG>"], "bob@example.org", "Bob"),
        (["From: bob@example.org"], "bob@example.org", ""),
        (['From: "Hoppe, Bob" <bob@example.org>'], "bob@example.org", "Hoppe, Bob"),
        (["From: =?utf-8?Q?Zo=C3=A9_=2C?= <z@example.org>"], "z@example.org", "Zoé ,"),
        (["From: =?big5?B?pKSk5Q==?= <z@example.org>"], "z@example.org", "中文"),
        (["From: Zoé <z@example.org>"], "z@example.org", "Zoé"),
        (["from : Bob\r\n <bob@example.org>"], "bob@example.org", "Bob"),
        (["From: =?utf-8?Q?a=40x.org=2C?= <z@example.org>"], "z@example.org", "a@x.org,"),
        (["From: a@example.org, b@example.org"], None, ""),
        (["From: a@example.org", "From: b@example.org"], None, ""),
        (["From: undisclosed recipients:;"], None, ""),
        (["From: nobody"], None, ""),
        (["From: <>"], None, ""),
        (["From: " + "(" * 1_900], None, ""),
        (["To: bob@example.org"], None, ""),
    ],
)
def test_the_sender_is_the_one_address_in_from(
    fields: list[str], sender: str | None, name: str
) -> None:
    mail = read_mail(mail_of(*fields))
    assert mail.sender == sender
    if sender:
        assert mail.sender_name == name


def test_ids_are_well_formed_and_bounded_and_nobody_answers_themselves() -> None:
    many = " ".join(f"<{n}@example.org>" for n in range(300))
    mail = read_mail(
        mail_of(
            "Message-ID:\r\n <7@example.org> (really)",
            "In-Reply-To: Your message of Monday <7@example.org> <8@example.org>",
            f"References: <7@example.org> nonsense <no at> <{'x' * 260}@example.org>\r\n {many}",
        )
    )
    assert mail.message_id == "<7@example.org>"
    assert mail.in_reply_to == "<8@example.org>"
    assert len(mail.references) == 100
    assert mail.references[0] == "<0@example.org>" and mail.references[-1] == "<299@example.org>"
    assert "<7@example.org>" not in mail.references


def test_a_mail_without_date_from_and_message_id_is_read_all_the_same() -> None:
    mail = read_mail(b"\r\nHello\r\n")
    assert (mail.sender, mail.message_id, mail.text) == (None, None, "Hello")


def test_the_subject_is_one_decoded_line() -> None:
    folded = "Subject: =?utf-8?Q?Un_=C3=A9t=C3?=\r\n =?utf-8?Q?=A9=0AX-Evil:_1?=\r\n and more"
    assert read_mail(mail_of(folded)).subject == "Un été X-Evil: 1 and more"


def test_plain_text_comes_first() -> None:
    html = "Content-Type: text/html\r\n\r\n<p>Hello <b>you</b></p>"
    raw = multipart("alternative", "Content-Type: text/plain\r\n\r\nHello you", html)
    assert read_mail(raw).text == "Hello you"


@pytest.mark.parametrize("plain", ["", "   \r\n", "This mail is in HTML. Get a better program."])
def test_html_is_read_where_plain_text_is_empty_or_a_stub(plain: str) -> None:
    html = "Content-Type: text/html\r\n\r\n<p>Two <b>metres</b>, give or take, at the old mill.</p>"
    raw = multipart("alternative", f"Content-Type: text/plain\r\n\r\n{plain}", html)
    assert read_mail(raw).text == "Two **metres**, give or take, at the old mill."


def test_the_text_around_a_picture_is_one_text() -> None:
    raw = multipart(
        "mixed",
        "Content-Type: text/plain\r\n\r\nAbove",
        "Content-Type: image/png; name=river.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA",
        "Content-Type: text/plain\r\n\r\nBelow",
    )
    mail = read_mail(raw)
    assert mail.text == "Above\n\nBelow"
    (picture,) = mail.attachments
    assert (picture.name, picture.kind, picture.size) == ("river.png", "image/png", 3)


def test_a_footer_that_a_list_put_under_html_does_not_replace_it() -> None:
    raw = multipart(
        "mixed",
        "Content-Type: text/html\r\n\r\n<p>My words</p>",
        "Content-Type: text/plain\r\n\r\nSent to you by a list",
    )
    assert read_mail(raw).text == "My words\n\nSent to you by a list"


def test_files_are_named_whatever_their_names_say() -> None:
    def file(disposition: str, kind: str = "application/pdf") -> str:
        return f"Content-Type: {kind}\r\nContent-Disposition: {disposition}\r\n\r\nx"

    raw = multipart(
        "mixed",
        "Content-Type: text/plain\r\n\r\nSee the files",
        file('attachment; filename="../../etc/pass\twd"'),
        file("attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf"),
        file('attachment; filename="=?utf-8?Q?C:\\\\r=C3=A9.pdf?="'),
        file("attachment", kind="text/plain"),
        file("inline", kind="message/rfc822"),
        file(f"attachment; filename={'x' * 300}"),
        file("inline", kind="application/pgp-signature"),
    )
    mail = read_mail(raw)
    assert mail.text == "See the files"
    names = [file.name for file in mail.attachments]
    assert names == ["pass wd", "résumé.pdf", "ré.pdf", "file.txt", "file.eml", "x" * 100]


def test_a_pdf_inside_an_alternative_is_a_file_and_a_calendar_is_not() -> None:
    mixed = (
        'Content-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n'
        "<p>Hello</p>\r\n--c\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n--c--\r\n"
    )
    calendar = "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"
    raw = multipart("alternative", "Content-Type: text/plain\r\n\r\nHello", mixed, calendar)
    mail = read_mail(raw)
    assert mail.text == "Hello"
    assert [file.name for file in mail.attachments] == ["a.pdf"]


def test_flowed_lines_are_put_together() -> None:
    flowed = "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n"
    body = "Two met \r\nres.\r\n> quo \r\n>> deeper \r\n> ted\r\n From here\r\n-- \r\nBob"
    mail = read_mail(HEAD + (flowed + body).encode())
    assert mail.text.startswith("Two metres.\n")
    assert "From here" in mail.text and "Bob" not in mail.text


@pytest.mark.parametrize(
    "text",
    ["🎉", "مرحبا بالعالم", "שלום", "?", "-", "+1", "1.", "> no quote, a proverb"],
)
def test_few_and_strange_words_are_words(text: str) -> None:
    assert read_mail(PLAIN + text.encode()).text == text


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: multipart/mixed\r\n\r\n--zzzz\r\n\r\nHello\r\n--zzzz--\r\n",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello",
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\nHello",
        HEAD + b"Content-Type: nonsense\r\n\r\nHello",
        HEAD + b"Content-Type: text/plain; charset*=x'y\r\n\r\nHello",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsb\r\nG8=\r\n",
        HEAD + b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=U",
        HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\nHel=\r\nlo",
        HEAD + b"Content-Transfer-Encoding: x-unheard-of\r\n\r\nHello",
        b"From bob@example.org Tue Nov  3 10:12:00 2026\n" + HEAD + b"\r\nHello",
        HEAD.replace(b"\r\n", b"\n") + b"\nHello",
        HEAD + b"Hello",
        HEAD + b"\r\nHe\0llo\0",
    ],
)
def test_broken_mails_keep_their_words(raw: bytes) -> None:
    assert read_mail(raw).text == "Hello"


def test_addresses_and_links_of_one_reader_are_never_shown() -> None:
    token = "1" + "01m6ga60m00nfchwp1" + "4q5ivnn2hv73f4dzfv5v7axl"[:24]
    private = [
        f"reply+{token}@talk.example.org",
        f"STOP+{token.upper()}@TALK.EXAMPLE.ORG",
        f"https://talk.example.org/-/stop/{token[1:]}",
        f"https://safe.example.com/?u=https%3A%2F%2Ftalk.example.org%2F-%2Fhello%2F{token[1:]}&d=1",
        f"reply+{token[:20]}=\n> {token[20:]}@talk.example.org",
        token,
    ]
    said = "Look: https://talk.example.org/-/o/farm/write?answer=01m6ga60m00nfchwp1 (public)"
    body = "\n".join([said, *private, "", "On 3 Nov 2026, a <a@b.org> wrote:", *private])
    mail = read_mail(PLAIN + body.encode())
    shown = (mail.text + mail.cut).lower()
    assert said in mail.text
    assert token[1:12] not in shown.replace("01m6ga60m00nfchwp1 (public)", "")


TOKEN = "0123456789abcdefgh" + "abcdefghijklmnopqrstuvwx"


@pytest.mark.parametrize(
    "private",
    [
        f"https://talk.example.org/-/invitation/{TOKEN[:15]}\n> {TOKEN[15:]}",
        f"https://talk.example.org/-/invitation/{TOKEN[:20]}=\n> > {TOKEN[20:]}",
        f"https://talk.example.org/-/hello/{TOKEN[:9]}\n> {TOKEN[9:30]}\n> {TOKEN[30:]}",
        f"https://talk.example.org/-/hello/{TOKEN[:3]}\n{TOKEN[3:]}".upper(),
        f"https://s.example/?u=https%3A%2F%2Ftalk%2F-%2Fhello%2F{TOKEN[:15]}\n> {TOKEN[15:]}&d=1",
        f"https://s.example/?u=https%253A%252F%252Ftalk%252F-%252Fhello%252F{TOKEN}%2526x",
        f"https://s.example/?u=https%25253A%25252F%25252Ftalk%25252F-%25252Fhello%25252F{TOKEN}",
        f"s.example/?u=https%253A%252F%252Ftalk%252F-%252Fhello%252F{TOKEN}%2526x",
        f"https://s.example/?u=mailto%253Areply%252B1{TOKEN}%2540talk.example.org",
        f"mailto:stop%252b1{TOKEN}%2540talk.example.org",
    ],
)
def test_a_link_of_one_reader_is_cut_out_however_it_was_broken_or_encoded(private: str) -> None:
    shown = without_private(f"> Come in: {private}\n\nYes, gladly.")
    assert shown.startswith("> Come in: ") and shown.endswith("\n\nYes, gladly.")
    letters = re.sub("[^0-9a-z]", "", shown.lower())
    assert not any(TOKEN[at : at + 8] in letters for at in range(len(TOKEN) - 8))


@pytest.mark.parametrize(
    "words",
    [
        "egg\nham\nbread\nbeans\nmeat\nfeta\ncabbage\nsteak\nyam\nrye",
        "https://talk.example.org/-/o/farm/write?answer=01m6ga60m00nfchwp1\n> anyway",
        "https://example.org/%2525252F-%2525252F100%25",
    ],
)
def test_what_is_public_stays_as_it_was(words: str) -> None:
    assert without_private(words) == words


def test_one_answers_below_what_a_colleague_forwarded() -> None:
    sent = "Ada wrote, on 3 November:\n\nHow deep is it?\n\n— answer above this line —\n\nRead it."
    forwarded = (
        "Two metres, says my colleague of the waterworks.\n\n"
        "________________________________\nFrom: Bob <bob@example.org>\n"
        "Sent: Tuesday, 3 November 2026 10:12\nTo: Zoé <z@example.org>\nSubject: Fwd: x\n\n"
        "Can you tell?\n\nFrom: Ada <discuss+farm@talk.example.org>\n"
        f"Sent: Tuesday, 3 November 2026 09:12\nTo: Bob\nSubject: x\n\n{sent}\n"
    )
    mail = read_mail(PLAIN + forwarded.encode(), sent=sent)
    assert mail.text == "Two metres, says my colleague of the waterworks."
    assert "Can you tell?" in mail.cut


def test_a_mail_of_nothing_but_a_quote_is_kept() -> None:
    mail = read_mail(PLAIN + b"On 3 Nov 2026, a <a@b.org> wrote:\n> all of it")
    assert mail.text.endswith("> all of it") and mail.cut == ""


def test_an_author_who_quotes_a_book_keeps_the_quote() -> None:
    sent = "Ada wrote, on 3 November:\n\nHow deep is it?\n\n— answer above this line —"
    body = "The book says:\n\n> Still waters run deep.\n\nOn 3 Nov 2026, Ada <a@b.org> wrote:\n"
    mail = read_mail(PLAIN + (body + "> How deep is it?\n").encode(), sent=sent)
    assert mail.text == "The book says:\n\n> Still waters run deep."


def test_a_travel_plan_is_no_header() -> None:
    plan = "From: Paris\nTo: Lyon\nDate: 3 May 2026\n\nWho comes along?"
    assert read_mail(PLAIN + plan.encode()).text == plan


@pytest.mark.parametrize("when", ["3 November", "3 November 2026, at 10:12"])
def test_a_sentence_that_tells_of_somebody_writing_is_no_attribution(when: str) -> None:
    words = f"On {when} Ada wrote:\n\nthat the river is deep. I think so too."
    assert read_mail(PLAIN + words.encode()).text == words


def nested(depth: int) -> bytes:
    levels = (
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth)
    )
    return HEAD + "".join(levels).encode() + b"\r\nHello"


BOMBS: dict[str, Callable[[], bytes]] = {
    "25 MB of text": lambda: PLAIN + b"Hello there\r\n" * 2_000_000,
    "one line of 25 MB": lambda: PLAIN + b"x" * 25_000_000,
    "10,000 levels": lambda: nested(10_000),
    "100,000 parts": lambda: multipart("mixed", *["\r\nHello"] * 100_000),
    "25 MB of HTML": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>a</p>" * 3_000_000,
    "100 large HTML parts": lambda: multipart(
        "mixed", *["Content-Type: text/html\r\n\r\n" + "<br>" * 60_000] * 100
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_of_too_large_a_mail_the_top_is_read_and_the_rest_is_said_to_be_there(bomb: str) -> None:
    mail = read_mail(BOMBS[bomb]())
    assert mail.sender == "bob@example.org"
    assert "more in this mail than was read" in mail.cut
    assert len(mail.text) <= 300_000 and len(mail.attachments) <= 100


def test_a_million_headers_do_not_hide_the_text() -> None:
    mail = read_mail(HEAD + b"X-Flood: 1\r\n" * 1_000_000 + b"\r\nHello")
    assert (mail.sender, mail.text) == ("bob@example.org", "Hello")


SAMPLES = [
    PLAIN
    + b"Hello\r\n\r\nOn 3 Nov 2026 at 10:12, Ada <a@b.org> wrote:\r\n> How deep?\r\n-- \r\nBob",
    nested(5),
    multipart(
        "alternative",
        "Content-Type: text/plain; charset=iso-2022-jp; format=flowed\r\n\r\n\x1b$B8@\x1b(B \r\nx",
        "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        '<div class=3D"gmail_attr">On</div><blockquote><table><tr><td>x</table></blockquote>',
        head=HEAD
        + b"Authentication-Results: mx.example.org;\r\n"
        + b" dmarc=pass (p=none) header.from=example.org\r\n",
    ),
    multipart(
        'report; report-type="delivery-status"',
        "\r\nIt did not arrive",
        "Content-Type: message/delivery-status\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n",
    ),
]


def test_no_bytes_raise() -> None:
    chance = random.Random(3)  # noqa: S311 - the same bytes in every run
    pieces = [b"\0", b"\xff\xfe", b"=?utf-8?b?", b"?=", b";", b'"', b"(", b"\r\n\r\n", b"--b\r\n"]
    pieces += [b"charset=utf-7;", b"> ", b"<", b"\r\n ", b"=", b"\x1b$B", b"multipart/mixed;"]
    for _ in range(2_000):
        raw = bytearray(chance.choice(SAMPLES))
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(raw) + 1)
            match chance.randrange(4):
                case 0:
                    raw[place : place + 1] = bytes([chance.randrange(256)])
                case 1:
                    raw[place:place] = chance.choice(pieces)
                case 2:
                    del raw[place : place + chance.randrange(40)]
                case 3:
                    raw += raw[place:]
        mail = read_mail(bytes(raw), sent="How deep?\n", authserv_id="mx.example.org")
        (mail.text + mail.cut + mail.subject + mail.sender_name).encode()
        assert "\0" not in mail.text
