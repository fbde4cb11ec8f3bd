"""Whatever somebody types comes out as safe HTML, in bounded time, with every word in it."""

import re
import threading
import time
from html.parser import HTMLParser

import pytest

from comments_service.domain.discussion import LONGEST_TEXT
from comments_service.markup import to_html

WANTED = {"p", "br", "a", "em", "strong", "code", "hr", "h3", "h4", "h5", "h6", "pre"} | {
    *("blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
}
SECONDS = (
    5.0  # of this thread's own computing, on a slow and busy machine; most take a tenth of one
)


def tags_in(html: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """As a browser would find them, each with its attributes."""
    found: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, attrs))

    Reader().feed(html)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
        "<iframe src=//evil.example></iframe>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<style>*{background:url(//evil.example)}</style>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x]( javascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](<java\nscript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        "<javascript://example.org/%0aalert(1)>",
        "![x](javascript:alert(1))",
        "![x](https://evil.example/pixel.gif)",
        "![x][y]\n\n[y]: https://evil.example/pixel.gif",
        "[x][y]\n\n[y]: javascript:alert(1)",
        '[x](https://example.org "a\\" onmouseover=alert(1) b=\\"")',
        '[x](https://example.org/" onmouseover="alert(1))',
        "[x](https://example.org/'onmouseover='alert(1))",
        'https://example.org/"onmouseover="alert(1)',
        "[<script>alert(1)</script>](https://example.org)",
        "```html\n<script>alert(1)</script>\n```",
        "``` { .x onclick=alert(1) }\nx\n```",
        "`<script>alert(1)</script>`",
        "    <script>alert(1)</script>",
        "a | b\n--|--\n<script>alert(1)</script> | <img src=x onerror=alert(1)>",
        "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03",
        "# <script>alert(1)</script> {: onclick=alert(1) }",
        "> <script>\n> alert(1)\n> </script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<div style='x' class='y' id='z'>styled</div>",
    ],
)
def test_nothing_that_acts_comes_through(text: str) -> None:
    for tag, attributes in tags_in(to_html(text)):
        assert tag in WANTED
        assert {name for name, _ in attributes} <= {"href", "title", "rel", "start"}
        for name, value in attributes:
            assert name != "href" or not re.match(r"(?i)(?!https?:|mailto:)[^/?#]*:", value or "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
        ("<b>not bold</b>", "<p>&lt;b&gt;not bold&lt;/b&gt;</p>"),
        ("*so* **it** `is`", "<p><em>so</em> <strong>it</strong> <code>is</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("#12 is next", "<p>#12 is next</p>"),
        ("# Roof", "<h3>Roof</h3>"),
        ("#### Tiles ##", "<h4>Tiles</h4>"),
        ("Regards\n--\nInes", "<p>Regards<br>\n--<br>\nInes</p>"),
        ("3. third", '<ol start="3">\n<li>third</li>\n</ol>'),
        ("> said\n\nanswered", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>answered</p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        (
            "«\u00a0Très bien\u00a0» 👩\u200d💻 שלום",
            "<p>«&nbsp;Très bien&nbsp;» 👩\u200d💻 שלום</p>",
        ),
        ("**العربية** 日本語", "<p><strong>العربية</strong> 日本語</p>"),
    ],
)
def test_what_people_write_reads_as_they_meant_it(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "url", "shown"),
    [
        ("[the roof](https://example.org)", "https://example.org", "the roof"),
        ("[see [1]](https://example.org)", "https://example.org", "see [1]"),
        ("[a](https://example.org/a_(b))", "https://example.org/a_(b)", "a"),
        ("![a plan](https://example.org/p.png)", "https://example.org/p.png", "a plan"),
        (
            "See https://example.org/a_b_c.",
            "https://example.org/a_b_c",
            "https://example.org/a_b_c",
        ),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("<https://example.org/>", "https://example.org/", "https://example.org/"),
        ("<me@example.org>", "mailto:me@example.org", "me@example.org"),
        ("[next](#c-1)", "#c-1", "next"),
    ],
)
def test_a_link_leads_where_it_says(text: str, url: str, shown: str) -> None:
    html = to_html(text)
    assert f'<a href="{url}" rel="nofollow noopener ugc">{shown}</a>' in html
    assert html.count("<a ") == 1


def of_length(pattern: str) -> str:
    return (pattern * LONGEST_TEXT)[:LONGEST_TEXT]


NASTY = [
    *("[", "![", "](", "[a](", "[a](<", "[]", "[x]", "[[x]", '[a](b "', "[a][b] ", "[a]: b\n"),
    *(">", "> ", "> - ", "> a\n", "- ", "1. ", "- a\n", "- a\n\n", "- a\n\n    b\n\n", "* ", "+ "),
    *("*", "_", "*a ", "**a*", "a*", "_a", "*a_ ", "***a ", "*a_b**c__d***e___f", "a**b"),
    *("`", "`a", "``a`", "```\n", "```a\n", "~~~~ {", "|", "|a", "a|b\n-|-\n", "|`"),
    *("<", "<a", "<a ", "<a='", "</", "<!--", "<?", "<![CDATA[", "<div>", "<http://", "<a@"),
    *("&", "&#", "\\", "\\*", "# a\n", "#", "a\n---\n", "---\n", " ", "\t", "a\n\n", "    a\n\n"),
    *("http://", "http://a(", "https://a.b ", "\x02klzzwxh:0000\x03", "\u202e", "é", "👩\u200d💻"),
]


@pytest.mark.parametrize("share", [1.0, 0.5, 0.2])
@pytest.mark.parametrize("pattern", NASTY)
def test_no_text_takes_long(pattern: str, share: float) -> None:
    text = of_length(pattern)
    some = text[: int(share * LONGEST_TEXT)]
    begin = time.thread_time()
    to_html(some + "x" * (LONGEST_TEXT - len(some)))
    assert time.thread_time() - begin < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(" " * 4 * depth + "- x" for depth in range(90)),
        "\n".join("> " * depth + "- x" for depth in range(1, 120)),
        "*" * 5_000 + "a" + "*" * 5_000,
        "[" * 3_000 + "a" + "](b)" * 3_000,
        "\n".join(">" * depth + " x" for depth in range(1, 170)),
    ],
)
def test_deep_nesting_takes_no_longer(text: str) -> None:
    begin = time.thread_time()
    to_html(text[:LONGEST_TEXT])
    assert time.thread_time() - begin < SECONDS


def test_what_is_nested_too_deeply_comes_out_as_it_was_typed() -> None:
    html = to_html("1. " * 5_000 + "<b>&</b>\nend")
    assert html.startswith("<p>1. 1. 1. ")
    assert html.endswith("&lt;b&gt;&amp;&lt;/b&gt;<br>end</p>")
    assert to_html("*fine* again") == "<p><em>fine</em> again</p>"


def test_threads_do_not_mix_their_words() -> None:
    mixed: list[str] = []

    def render(name: str) -> None:
        for number in range(100):
            if to_html(f"*{name}* {number}") != f"<p><em>{name}</em> {number}</p>":
                mixed.append(name)

    threads = [threading.Thread(target=render, args=[name]) for name in ("Ines", "Jo", "Mo")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mixed == []
